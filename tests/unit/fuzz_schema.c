// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: types and schemas out of a file, and a record that they are said to describe
 * (make fuzz). The input is two bytes with the record's length, the record, and BTF.
 *
 * fuzz_schema --seeds=DIR writes the schemas of the tests' specs there, with a record each, as
 * inputs to start from.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/plan/event.h"
#include "../../perf-plugin/render/event.h"
#include "../../perf-plugin/render/retval.h"
#include "../../perf-plugin/render/symbols.h"
#include "data_fixture.h"
#include "spec_table.h"
#include "spec_types.h"

#define SEED_STRING	8	/* bytes that a seed's string or buffer has */
#define PIECE		64

static int no_messages(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static void show_field(const struct event_view *view, unsigned int index, const uint8_t *raw,
		       size_t raw_size, const struct value_opts *opts, struct buf *text)
{
	enum item_status status = event_view__status(view, index, raw);
	const struct field *f = &event_view__schema(view)->fields[index];
	uint8_t *old;

	if (!event_view__is_number(view, index))
		event_view__field(view, index, raw, raw_size, opts, text);
	else
		event_view__scalar(view, index, event_view__number(view, index, raw), status, opts,
				   text);
	event_view__item(view, index, raw, raw_size, opts, text);
	retval__add(view, index, raw, raw_size, opts, text);
	if (f->kind != FIELD_BYTES)
		return;
	event_view__changes(view, index, NULL, raw, opts, text);
	/* Again of no more than there is. */
	old = calloc(1, f->size + 1);
	if (!old)
		abort();
	memcpy(old, raw + f->offset, f->size / 2);
	old = realloc(old, f->size ? f->size : 1);
	event_view__changes(view, index, old, raw, opts, text);
	free(old);
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
	for (i = 0; event_view__fits(view, raw_size) && i < schema->nr_fields; i++)
		show_field(view, i, raw, raw_size, &opts, &text);
	event_view__free(view);
	buf__exit(&text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
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

/* BTF says in its first bytes where all is: mostly the length is to stay. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	uint8_t piece[PIECE];
	size_t at, len;

	if (size < PIECE || seed % 4 == 0)
		return LLVMFuzzerMutate(data, size, max);
	at = seed / 256 % size;
	len = 1 + seed / 4 % PIECE;
	if (len > size - at)
		len = size - at;
	memcpy(piece, data + at, len);
	LLVMFuzzerMutate(piece, len, len);
	memcpy(data + at, piece, len);
	return size;
}

/* ---- what to start from ---------------------------------------------------------------------- */

static const char *seeds_dir;
static unsigned int nr_seeds;

static void add_seed(const void *raw, uint16_t raw_size, struct btf *btf)
{
	const void *types;
	char path[4096];
	uint32_t size;
	FILE *file;

	types = btf__raw_data(btf, &size);
	snprintf(path, sizeof(path), "%s/%04u", seeds_dir, nr_seeds++);
	file = fopen(path, "w");
	if (!types || !file || fwrite(&raw_size, sizeof(raw_size), 1, file) != 1 ||
	    fwrite(raw, 1, raw_size, file) != raw_size || fwrite(types, 1, size, file) != size ||
	    fclose(file))
		abort();
}

/* A record as @schema says: numbers of all kinds, and short strings. */
static size_t make_raw(const struct schema *schema, uint8_t *raw)
{
	size_t at = schema->fixed_size;
	uint32_t loc;
	unsigned int i;

	for (i = 0; i < at; i++)
		raw[i] = i % 3 ? i * 37 : 0;
	if (schema->status_offset)
		memset(raw + schema->status_offset, 0, sizeof(uint64_t));
	for (i = 0; i < schema->nr_fields; i++) {
		const struct field *f = &schema->fields[i];

		if (f->kind != FIELD_STRING && f->kind != FIELD_BUFFER)
			continue;
		loc = at | SEED_STRING << 16;
		memcpy(raw + f->offset, &loc, sizeof(loc));
		memcpy(raw + at, "a text\0", SEED_STRING);
		at += SEED_STRING;
	}
	return at;
}

static void seed_event(const struct event *event)
{
	static uint8_t raw[UINT16_MAX];
	const void *data;
	struct btf *btf;
	uint32_t size;

	data = btf__raw_data(event->schema.btf, &size);
	btf = btf__new(data, size);
	if (!btf || schema__to_btf(&event->schema, btf))
		abort();
	add_seed(raw, make_raw(&event->schema, raw), btf);
	btf__free(btf);
}

/* The event of a spec; of those that mean no function of their own, on f(). */
static void seed_spec(const char *text, const struct kfunc *func)
{
	const struct event_opts opts = { .max_data = 64, .max_string = 32 };
	struct typed_spec *typed = NULL;
	struct diag diag = DIAG_INIT;
	struct event_list *events;
	struct spec *spec = NULL;

	if (event_list__new(&events))
		abort();
	if (!spec__parse(text, &spec, &diag) && !typed_spec__new(spec, func, &typed, &diag) &&
	    !event_list__add(events, typed, &opts, &diag))
		seed_event(events->events[0]);
	typed_spec__free(typed);
	event_list__free(events);
	spec__free(spec);
	diag__exit(&diag);
}

static void seed_fixtures(void)
{
	uint8_t raw[FLOWS_FIXED + 64];
	struct fixture f;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		flows_init(&f);
		if (schema__to_btf(&f.schemas[0], f.btf))
			abort();
		add_seed(raw, flows_raw(i, raw), f.btf);
		fixture_exit(&f);
	}
	fixture_init(&f);
	if (schema__to_btf(&f.schemas[0], f.btf) || schema__to_btf(&f.schemas[1], f.btf))
		abort();
	memset(raw, 0, sizeof(raw));
	add_seed(raw, FIXTURE_SEND_FIXED, f.btf);
	fixture_exit(&f);
}

static void write_seeds(void)
{
	struct spec_types types;
	size_t i;

	spec_types_build(&types);
	seed_fixtures();
	for (i = 0; i < sizeof(spec_rows) / sizeof(spec_rows[0]); i++)
		seed_spec(spec_rows[i].spec, types.funcs);
	btf__free(types.btf);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int i;

	for (i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], "--seeds=", 8))
			continue;
		seeds_dir = (*argv)[i] + 8;
		write_seeds();
		printf("%u seeds\n", nr_seeds);
		exit(0);
	}
	return 0;
}
