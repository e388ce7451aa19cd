// SPDX-License-Identifier: GPL-2.0-only
#include "unit.h"

static void add_decimals(struct buf *out, uint64_t v, unsigned int digits)
{
	char text[9];
	unsigned int i;

	for (i = digits; i; i--) {
		text[i - 1] = '0' + v % 10;
		v /= 10;
	}
	buf__add(out, text, digits);
}

void unit__duration(struct buf *out, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" } };
	unsigned int i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (ns < units[i].ns)
			continue;
		buf__addu(out, ns / units[i].ns);
		buf__addc(out, '.');
		add_decimals(out, ns % units[i].ns / (units[i].ns / 1000), 3);
		buf__adds(out, units[i].name);
		return;
	}
	buf__addu(out, ns);
	buf__adds(out, "ns");
}

void unit__timestamp(struct buf *out, uint64_t ns, bool nanoseconds)
{
	buf__addu(out, ns / 1000000000);
	buf__addc(out, '.');
	add_decimals(out, ns % 1000000000 / (nanoseconds ? 1 : 1000), nanoseconds ? 9 : 6);
}
