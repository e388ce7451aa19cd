// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>

#include "address.h"

void address__ip4(struct buf *out, const uint8_t addr[4])
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		buf__add(out, ".", i != 0);
		buf__addu(out, addr[i]);
	}
}

/* An IPv4 address is in there: ::ffff:0:0/96 (RFC 4291) or ISATAP's interface (RFC 5214). */
static bool has_ip4(const uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	return !memcmp(addr, mapped, sizeof(mapped)) ||
	       ((addr[8] | 2) == 2 && !addr[9] && addr[10] == 0x5e && addr[11] == 0xfe);
}

/* The first of the longest runs of two or more zeros; returns its length. */
static unsigned int zero_run(const unsigned int *words, unsigned int nr, unsigned int *start)
{
	unsigned int i, len = 0, longest = 1;

	*start = nr;
	for (i = 0; i < nr; i++) {
		len = words[i] ? 0 : len + 1;
		if (len > longest) {
			longest = len;
			*start = i + 1 - len;
		}
	}
	return *start < nr ? longest : 0;
}

void address__ip6(struct buf *out, const uint8_t addr[16])
{
	unsigned int words[8], i, run, start, nr = has_ip4(addr) ? 6 : 8;
	bool colon = false;

	for (i = 0; i < 8; i++)
		words[i] = addr[i * 2] << 8 | addr[i * 2 + 1];
	run = zero_run(words, nr, &start);
	for (i = 0; i < nr; i++) {
		if (run && i == start) {
			buf__add(out, "::", 2);
			colon = false;
			i += run - 1;
			continue;
		}
		buf__add(out, ":", colon);
		buf__addf(out, "%x", words[i]);
		colon = true;
	}
	if (nr == 8)
		return;
	buf__add(out, ":", colon);
	address__ip4(out, addr + 12);
}

void address__mac(struct buf *out, const uint8_t addr[6])
{
	buf__addf(out, "%02x:%02x:%02x:%02x:%02x:%02x", addr[0], addr[1], addr[2], addr[3],
		  addr[4], addr[5]);
}
