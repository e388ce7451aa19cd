// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "schema.h"

const struct schema_func *schema__func(const struct schema *schema, uint64_t addr)
{
	unsigned int i, low = 0, high = schema->nr_funcs;

	if (!addr)
		return NULL;
	if (schema->funcs_sorted) {
		while (low < high) {
			i = low + (high - low) / 2;
			if (schema->funcs[i].addr == addr)
				return &schema->funcs[i];
			if (schema->funcs[i].addr < addr)
				low = i + 1;
			else
				high = i;
		}
		return NULL;
	}
	for (i = 0; i < schema->nr_funcs; i++) {
		if (schema->funcs[i].addr == addr)
			return &schema->funcs[i];
	}
	return NULL;
}

const struct schema_func *schema__func_or_only(const struct schema *schema, uint64_t addr)
{
	const struct schema_func *func = schema__func(schema, addr);

	return func || schema->nr_funcs != 1 ? func : &schema->funcs[0];
}

bool schema__is_named_after_func(const struct schema *schema)
{
	for (unsigned int i = 0; i < schema->nr_funcs; i++) {
		const char *func = schema->funcs[i].name;
		size_t len = strlen(func);

		if (strncmp(schema->name, func, len) ||
		    (schema->name[len] && strcmp(schema->name + len, "__return")))
			return false;
	}
	return true;
}

void schema__exit(struct schema *schema)
{
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		free(schema->fields[i].name);
		free(schema->fields[i].expr);
	}
	for (i = 0; i < schema->nr_funcs; i++) {
		free(schema->funcs[i].name);
		free(schema->funcs[i].module);
	}
	free(schema->fields);
	free(schema->funcs);
	free(schema->name);
	free(schema->spec);
	*schema = (struct schema){ 0 };
}

void schemas__free(struct schema *schemas, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		schema__exit(&schemas[i]);
	free(schemas);
}
