// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: types and schemas out of a file, and a record that they are said to describe.
 * The input is two bytes with the record's length, the record, and BTF. Build with clang
 * -fsanitize=fuzzer,address,undefined and the sources of perf-plugin/plan/schema*.c, plan/name.c,
 * render (but foreign.c and tep.c), types/{type,layout,declare}.c and util; what an empty corpus
 * needs is a schema of each kind: LLVMFuzzerCustomMutator() has these to begin with.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/render/event.h"
#include "../../perf-plugin/render/symbols.h"
#include "data_fixture.h"

#define MAX_INPUT	(64 << 10)

static int no_messages(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static void show(const struct schema *schema, const uint8_t *raw, size_t raw_size,
		 struct symbols *symbols)
{
	struct value_opts opts = { .zeros = raw_size & 1, .hex = raw_size & 2,
				   .symbols = symbols };
	struct buf text = BUF_INIT;
	struct event_view *view;
	unsigned int i;

	schema__format(schema, &text);
	if (event_view__new(schema, &view))
		abort();
	if (event_view__fits(view, raw_size)) {
		event_view__line(view, raw, raw_size, &opts, &text);
		event_view__trees(view, raw, raw_size, &opts, &text);
	}
	for (i = 0; event_view__fits(view, raw_size) && i < schema->nr_fields; i++) {
		enum item_status status = event_view__status(view, i, raw);

		if (!event_view__is_number(view, i))
			event_view__field(view, i, raw, raw_size, &opts, &text);
		else
			event_view__scalar(view, i, event_view__number(view, i, raw), status,
					   &opts, &text);
	}
	event_view__free(view);
	buf__exit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct schema *schemas;
	struct symbols *symbols;
	const char *why;
	unsigned int i, nr;
	struct btf *btf;
	uint16_t raw_size;
	uint8_t *raw;

	libbpf_set_print(no_messages);
	if (size < sizeof(raw_size))
		return 0;
	memcpy(&raw_size, data, sizeof(raw_size));
	data += sizeof(raw_size);
	size -= sizeof(raw_size);
	if (raw_size > size)
		return 0;
	btf = btf__new(data + raw_size, size - raw_size);
	if (!btf)
		return 0;
	/* A copy of its own, so that reading beyond it is seen. */
	raw = malloc(raw_size ? raw_size : 1);
	if (!raw || symbols__new(&symbols))
		abort();
	memcpy(raw, data, raw_size);
	if (!schemas__from_btf(btf, &schemas, &nr, &why)) {
		for (i = 0; i < nr; i++)
			show(&schemas[i], raw, raw_size, symbols);
		schemas__free(schemas, nr);
	} else if (!why) {
		abort();
	}
	symbols__free(symbols);
	free(raw);
	btf__free(btf);
	return 0;
}

/* One of the fixtures' files as an input. */
static size_t begin(uint8_t *data, size_t max, unsigned int seed)
{
	uint16_t raw_size = seed & 1 ? FLOWS_FIXED + 64 : FIXTURE_SEND_FIXED + 16;
	struct fixture f;
	const void *btf;
	uint32_t size;
	size_t len = sizeof(raw_size) + raw_size;

	if (seed & 1)
		flows_init(&f);
	else
		fixture_init(&f);
	if (schema__to_btf(&f.schemas[0], f.btf) ||
	    (!(seed & 1) && schema__to_btf(&f.schemas[1], f.btf)))
		abort();
	btf = btf__raw_data(f.btf, &size);
	if (len + size <= max) {
		memcpy(data, &raw_size, sizeof(raw_size));
		memset(data + sizeof(raw_size), 0, raw_size);
		if (seed & 1)
			flows_raw(seed / 2 % 4, data + sizeof(raw_size));
		memcpy(data + len, btf, size);
		len += size;
	} else {
		len = 0;
	}
	fixture_exit(&f);
	return len;
}

/* From nothing, or from what bears no resemblance to BTF, nothing ever comes. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	if (size < 64 || seed % 1024 == 0)
		size = begin(data, max, seed / 1024);
	return size ? LLVMFuzzerMutate(data, size, max) : 0;
}
