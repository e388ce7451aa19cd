// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "../progs/prog.h"
#include "functions.h"

#define TRACING	"/sys/kernel/tracing/"

enum { REGISTERS = 6 };

struct symbol {
	char *name;
	uint64_t addr;
	unsigned int nr;	/* symbols of this name */
};

struct symbols {
	struct symbol *all;
	unsigned int nr;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

static void *grown(void *array, unsigned int nr, size_t size)
{
	/* A power of two is full. */
	if (nr & (nr - 1))
		return array;
	array = realloc(array, (nr ? nr * 2 : 1) * size);
	if (!array)
		prog__die(errno, "no memory");
	return array;
}

/* Lines "NAME" or, of /proc/kallsyms, "ADDRESS TYPE NAME"; modules' are left out. */
static struct symbols read_symbols(const char *path, int kallsyms)
{
	struct symbols symbols = {};
	FILE *file = fopen(path, "r");
	char line[1024], name[512];
	unsigned int kept = 0;

	if (!file)
		prog__die(errno, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		unsigned long long addr = 0;
		char type = 't';

		if (strchr(line, '['))
			continue;
		if (kallsyms ? sscanf(line, "%llx %c %511s", &addr, &type, name) != 3 :
			       sscanf(line, "%511s", name) != 1)
			continue;
		symbols.all = grown(symbols.all, symbols.nr, sizeof(*symbols.all));
		symbols.all[symbols.nr++] = (struct symbol){ strdup(name), addr, 1 };
	}
	fclose(file);
	if (!symbols.nr)
		prog__die(0, "%s is empty", path);
	qsort(symbols.all, symbols.nr, sizeof(*symbols.all), by_name);
	for (unsigned int i = 1; i < symbols.nr; i++) {
		if (!strcmp(symbols.all[kept].name, symbols.all[i].name))
			symbols.all[kept].nr++;
		else
			symbols.all[++kept] = symbols.all[i];
	}
	symbols.nr = kept + 1;
	return symbols;
}

static const struct symbol *find_symbol(const struct symbols *symbols, const char *name)
{
	struct symbol key = { .name = (char *)name };

	return bsearch(&key, symbols->all, symbols->nr, sizeof(key), by_name);
}

/* The first parameter that is a pointer to `struct TYPE`, or -1. */
static int parameter_of(const struct btf *btf, const struct btf_type *proto, const char *type)
{
	const struct btf_param *params = btf_params(proto);

	for (int i = 0; i < btf_vlen(proto) && i < REGISTERS; i++) {
		const struct btf_type *t = btf__type_by_id(btf, params[i].type);

		if (!btf_is_ptr(t))
			continue;
		do
			t = btf__type_by_id(btf, t->type);
		while (t && btf_is_mod(t));
		if (t && btf_is_struct(t) && !strcmp(btf__name_by_offset(btf, t->name_off), type))
			return i;
	}
	return -1;
}

/* What a trampoline calls when it is left: with one of its own it never ends. */
static int never_ends(const char *name)
{
	return !strcmp(name, "rcu_read_unlock_special");
}

static int by_function_name(const void *a, const void *b)
{
	return strcmp(((const struct function *)a)->name, ((const struct function *)b)->name);
}

unsigned int functions__find(const struct btf *btf, const char *type, struct function **out)
{
	struct symbols traceable = read_symbols(TRACING "available_filter_functions", 0);
	struct symbols kallsyms = read_symbols("/proc/kallsyms", 1);
	struct function *functions = NULL;
	unsigned int nr = 0;

	for (unsigned int id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const struct symbol *symbol, *entry;
		const char *name;
		int parameter = 0;

		if (!btf_is_func(t))
			continue;
		name = btf__name_by_offset(btf, t->name_off);
		if (type)
			parameter = parameter_of(btf, btf__type_by_id(btf, t->type), type);
		entry = parameter < 0 || never_ends(name) ? NULL : find_symbol(&traceable, name);
		symbol = entry && entry->nr == 1 ? find_symbol(&kallsyms, name) : NULL;
		if (!symbol || symbol->nr != 1 || (nr && !strcmp(functions[nr - 1].name, name)))
			continue;
		functions = grown(functions, nr, sizeof(*functions));
		functions[nr++] = (struct function){ name, id, parameter, symbol->addr };
	}
	qsort(functions, nr, sizeof(*functions), by_function_name);
	*out = functions;
	return nr;
}
