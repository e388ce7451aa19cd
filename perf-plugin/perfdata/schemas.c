// SPDX-License-Identifier: GPL-2.0-only
#include "schemas.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/integers.h"
#include "attr.h"

/* The events that one BTF object of the file describes. */
struct schema_set {
	struct btf *btf;
	struct schema *schemas;
	unsigned int nr;
};

struct file_schemas {
	struct schema_set *sets;
	unsigned int nr_sets;
	unsigned int nr_btfs;		/* BTF objects of the file that were looked at */
	const char *why;		/* one of them can't be read */
	bool missed;			/* there was need of a schema */
	bool told;			/* that types are missing */
};

int file_schemas__new(struct file_schemas **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void file_schemas__free(struct file_schemas *s)
{
	unsigned int i;

	if (!s)
		return;
	for (i = 0; i < s->nr_sets; i++) {
		schemas__free(s->sets[i].schemas, s->sets[i].nr);
		btf__free(s->sets[i].btf);
	}
	free(s->sets);
	free(s);
}

bool file_schemas__is_ours(const struct perfdata_event *event)
{
	return event->name && !strncmp(event->name, SCHEMAS_SYSTEM, strlen(SCHEMAS_SYSTEM)) &&
	       (event->attr->type == PERF_TYPE_TRACEPOINT || attr__is_late(event->attr));
}

/* Adds what a BTF object describes; those of BPF programs describe nothing. */
static int add_set(struct file_schemas *s, const void *data, uint32_t size)
{
	struct schema_set set = { .btf = btf__new(data, size) }, *sets;
	int err;

	if (!set.btf) {
		s->why = "libbpf can't read it";
		return 0;
	}
	err = schemas__from_btf(set.btf, &set.schemas, &set.nr, &s->why);
	if (!err && set.nr)
		err = integers__add(set.btf);
	if (!err && set.nr) {
		sets = reallocarray(s->sets, s->nr_sets + 1, sizeof(*sets));
		if (sets) {
			s->sets = sets;
			sets[s->nr_sets++] = set;
			return 0;
		}
		err = -ENOMEM;
	}
	schemas__free(set.schemas, set.nr);
	btf__free(set.btf);
	return err == -ENOMEM ? err : 0;
}

/* Looks into the BTF objects that the file has got since. */
static int read_sets(struct file_schemas *s, struct perfdata_reader *reader)
{
	const void *data;
	uint32_t size;
	int err = 0;

	while (!err && (data = perfdata_reader__btf(reader, s->nr_btfs, &size))) {
		s->nr_btfs++;
		err = add_set(s, data, size);
	}
	return err;
}

static const struct schema *find(const struct file_schemas *s, const struct perfdata_event *event)
{
	const char *name = event->name + strlen(SCHEMAS_SYSTEM);

	for (unsigned int i = 0; i < s->nr_sets; i++) {
		const struct schema_set *set = &s->sets[i];

		for (unsigned int j = 0; j < set->nr; j++)
			if ((set->schemas[j].id == event->attr->config ||
			     attr__is_late(event->attr)) && !strcmp(set->schemas[j].name, name))
				return &set->schemas[j];
	}
	return NULL;
}

int file_schemas__find(struct file_schemas *s, struct perfdata_reader *reader,
		       const struct perfdata_event *event, const struct schema **out)
{
	int err;

	*out = NULL;
	if (!file_schemas__is_ours(event))
		return 0;
	*out = find(s, event);
	if (*out)
		return 0;
	err = read_sets(s, reader);
	if (err)
		return err;
	s->missed = true;
	*out = find(s, event);
	return 0;
}

bool file_schemas__are_missing(struct file_schemas *s, const char **why)
{
	if (!s->missed || s->nr_sets || s->told)
		return false;
	s->told = true;
	*why = s->why;
	return true;
}
