// SPDX-License-Identifier: GPL-2.0-only
#include "schemas.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <uthash.h>

#include "../plan/name.h"
#include "hash.h"

#define MAX_ID	65534	/* common_type has 16 bits, and perf's scripts keep 65535 */

struct merged_schema {
	struct schema schema;		/* name, functions and fields are its own */
	const struct schema *source;	/* the first of them */
	char *print;			/* what its bytes mean, for comparison */
	uint32_t print_size;
	uint64_t print_key;		/* see hash.h */
};

struct taken_name {
	UT_hash_handle hh;
	char name[];
};

struct merged_schemas {
	struct merged_schema *list;
	unsigned int nr;
	struct schema *schemas;		/* finished, in a row; members are the list's */
	struct subset *subset;
	struct taken_name *names;	/* hash table */
	uint64_t ids[(MAX_ID + 64) / 64];	/* a bit each that is taken */
};

int merged_schemas__new(struct merged_schemas **out)
{
	struct merged_schemas *merged = calloc(1, sizeof(*merged));

	*out = merged;
	if (!merged)
		return -ENOMEM;
	return subset__new(&merged->subset);
}

static void merged_schema__exit(struct merged_schema *m)
{
	for (unsigned int i = 0; i < m->schema.nr_funcs; i++) {
		free(m->schema.funcs[i].name);
		free(m->schema.funcs[i].module);
	}
	free(m->schema.funcs);
	free(m->schema.fields);		/* strings in it are the source's */
	free(m->schema.name);
	free(m->print);
}

void merged_schemas__free(struct merged_schemas *merged)
{
	struct taken_name *name, *tmp;

	if (!merged)
		return;
	HASH_ITER(hh, merged->names, name, tmp) {
		HASH_DEL(merged->names, name);
		free(name);
	}
	for (unsigned int i = 0; i < merged->nr; i++)
		merged_schema__exit(&merged->list[i]);
	free(merged->list);
	free(merged->schemas);
	subset__free(merged->subset);
	free(merged);
}

uint16_t merged_schemas__take_id(struct merged_schemas *merged, uint64_t wanted)
{
	uint64_t id = wanted;

	if (!id || id > MAX_ID || merged->ids[id / 64] >> id % 64 & 1)
		for (id = MAX_ID; id && merged->ids[id / 64] >> id % 64 & 1; id--)
			;
	merged->ids[id / 64] |= 1ULL << id % 64;
	return id;
}

/* The fields with types copied into @subset, in an array of their own; NULL, *@err: failed. */
static struct field *copy_fields(const struct schema *schema, struct subset *subset, int *err)
{
	struct field *fields = calloc(schema->nr_fields + 1, sizeof(*fields));
	int id = 0;

	*err = -ENOMEM;
	if (!fields)
		return NULL;
	for (unsigned int i = 0; i < schema->nr_fields && id >= 0; i++) {
		fields[i] = schema->fields[i];
		id = subset__add(subset, schema->btf, fields[i].type_id);
		fields[i].type_id = id;
	}
	*err = id < 0 ? id : 0;
	if (*err) {
		free(fields);
		return NULL;
	}
	return fields;
}

/*
 * What tells schemas apart: the BTF that one makes alone, without what the same event can have
 * different each time: id, functions, the spec. The same types are copied in the same way.
 */
static int make_print(const struct schema *schema, char **print, uint32_t *size)
{
	struct schema alone = *schema;
	struct subset *subset;
	const void *raw = NULL;
	int err = subset__new(&subset);

	*print = NULL;
	if (err)
		return err;
	alone.id = 0;
	alone.spec = NULL;
	alone.nr_funcs = 0;
	alone.fields = copy_fields(schema, subset, &err);
	if (!err)
		err = schema__to_btf(&alone, subset__btf(subset));
	if (!err) {
		raw = btf__raw_data(subset__btf(subset), size);
		*print = raw ? malloc(*size) : NULL;
		err = *print ? 0 : -ENOMEM;
	}
	if (!err)
		memcpy(*print, raw, *size);
	free(alone.fields);
	subset__free(subset);
	return err;
}

static int func__cmp(const void *a, const void *b)
{
	const struct schema_func *l = a, *r = b;

	if (l->addr != r->addr)
		return l->addr < r->addr ? -1 : 1;
	return strcmp(l->name, r->name);
}

/* Adds a copy of the function. Returns 0 or -ENOMEM. */
static int add_func(struct schema *schema, struct schema_func func)
{
	const char *module = func.module;

	func.name = strdup(func.name);
	func.module = module ? strdup(module) : NULL;
	if (!func.name || (module && !func.module)) {
		free(func.name);
		free(func.module);
		return -ENOMEM;
	}
	schema->funcs[schema->nr_funcs++] = func;
	return 0;
}

/* Adds the functions of @source, those that came with another file are there already. */
static int add_funcs(struct schema *schema, const struct schema *source, const struct moves *moves)
{
	unsigned int nr_before = schema->nr_funcs;
	struct schema_func *funcs, *before;
	int err = 0;

	funcs = reallocarray(schema->funcs, (size_t)nr_before + source->nr_funcs + 1,
			     sizeof(*funcs));
	if (!funcs)
		return -ENOMEM;
	schema->funcs = funcs;
	/* In an order in which they are found soon: of a pattern there can be 50,000. */
	before = calloc((size_t)nr_before + 1, sizeof(*before));
	if (!before)
		return -ENOMEM;
	if (nr_before)
		memcpy(before, funcs, nr_before * sizeof(*before));
	qsort(before, nr_before, sizeof(*before), func__cmp);
	for (unsigned int i = 0; i < source->nr_funcs && !err; i++) {
		struct schema_func func = source->funcs[i];

		func.addr = moves__addr(moves, func.addr);
		if (!bsearch(&func, before, nr_before, sizeof(*before), func__cmp))
			err = add_func(schema, func);
	}
	free(before);
	return err;
}

static bool is_taken(const char *name, const void *ctx)
{
	const struct merged_schemas *merged = ctx;
	struct taken_name *taken;

	HASH_FIND_STR(merged->names, name, taken);
	return taken;
}

/* A name that nobody has, as much as possible like @wanted; to be freed. NULL without memory. */
static char *take_name(struct merged_schemas *merged, const char *wanted)
{
	char *name = name__unique(wanted, is_taken, merged);
	struct taken_name *taken;
	size_t size = name ? strlen(name) + 1 : 0;

	taken = name ? malloc(sizeof(*taken) + size) : NULL;
	if (!taken) {
		free(name);
		return NULL;
	}
	memcpy(taken->name, name, size);
	HASH_ADD_STR(merged->names, name, taken);
	return name;
}

/* The one that means the same and was called the same; NULL: none. */
static struct merged_schema *find(struct merged_schemas *merged, const struct schema *schema,
				  const char *print, uint32_t print_size, uint64_t print_key)
{
	for (unsigned int i = 0; i < merged->nr; i++) {
		struct merged_schema *m = &merged->list[i];

		if (m->print_key == print_key && m->print_size == print_size &&
		    !memcmp(m->print, print, print_size) && !strcmp(m->source->name, schema->name))
			return m;
	}
	return NULL;
}

static int append(struct merged_schemas *merged, const struct schema *schema, char *print,
		  uint32_t print_size)
{
	struct merged_schema *m;

	/* A power of two: full. */
	if (!(merged->nr & (merged->nr - 1))) {
		m = reallocarray(merged->list, merged->nr ? merged->nr * 2 : 1, sizeof(*m));
		if (!m)
			return -ENOMEM;
		merged->list = m;
	}
	m = &merged->list[merged->nr];
	*m = (struct merged_schema){ .schema = *schema, .source = schema };
	m->schema.funcs = NULL;
	m->schema.nr_funcs = 0;
	m->schema.fields = NULL;
	m->schema.name = take_name(merged, schema->name);
	m->schema.id = merged_schemas__take_id(merged, schema->id);
	if (!m->schema.name)
		return -ENOMEM;
	if (!m->schema.id) {
		free(m->schema.name);
		return -E2BIG;
	}
	m->print = print;
	m->print_size = print_size;
	merged->nr++;
	return 0;
}

int merged_schemas__add(struct merged_schemas *merged, const struct schema *schema,
			const struct moves *moves, unsigned int *index)
{
	struct merged_schema *m;
	uint32_t print_size;
	uint64_t key;
	char *print;
	int err;

	err = make_print(schema, &print, &print_size);
	if (err)
		return err;
	key = hash__add(HASH_INIT, print, print_size);
	m = find(merged, schema, print, print_size, key);
	if (!m) {
		err = append(merged, schema, print, print_size);
		if (err) {
			free(print);
			return err;
		}
		m = &merged->list[merged->nr - 1];
		m->print_key = key;
	} else {
		free(print);
	}
	*index = m - merged->list;
	return add_funcs(&m->schema, schema, moves);
}

static int finish_schema(struct merged_schemas *merged, struct merged_schema *m)
{
	int err;

	m->schema.fields = copy_fields(m->source, merged->subset, &err);
	if (err)
		return err;
	m->schema.btf = subset__btf(merged->subset);
	return schema__to_btf(&m->schema, subset__btf(merged->subset));
}

int merged_schemas__finish(struct merged_schemas *merged, struct perfdata_events *events)
{
	int err = 0;

	*events = (struct perfdata_events){ 0 };
	if (!merged->nr)
		return 0;
	for (unsigned int i = 0; i < merged->nr && !err; i++)
		err = finish_schema(merged, &merged->list[i]);
	if (err)
		return err;
	merged->schemas = calloc(merged->nr, sizeof(*merged->schemas));
	if (!merged->schemas)
		return -ENOMEM;
	for (unsigned int i = 0; i < merged->nr; i++)
		merged->schemas[i] = merged->list[i].schema;
	events->schemas = merged->schemas;
	events->nr = merged->nr;
	events->btf = btf__raw_data(subset__btf(merged->subset), &events->btf_size);
	return events->btf ? 0 : -ENOMEM;
}

const struct schema *merged_schemas__at(const struct merged_schemas *merged, unsigned int index)
{
	return &merged->schemas[index];
}
