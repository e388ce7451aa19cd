// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

#define MAX_SYMBOLS	(1u << 22)	/* of kernels with all debugging there are 500,000 */
#define MAX_POOL	(256u << 20)
#define MAX_NAME	512		/* KSYM_NAME_LEN, include/linux/kallsyms.h */
#define MAX_SIZE	(1u << 20)	/* farther behind a symbol an address is not part of it */

struct symbol {
	uint64_t addr;
	uint32_t name;			/* in the pool, with a NUL */
	uint32_t module;		/* in the pool; 0: the kernel proper */
	uint16_t len;
	uint8_t rank;			/* of several at one address the least is shown */
};

struct symbols {
	char *path;
	char *reference;
	uint64_t reference_addr;
	uint64_t shift;			/* addresses in the file - addresses recorded */
	bool was_read;
	bool hidden;			/* all addresses read as zero */
	uint64_t nr_lines;
	const char *problem;
	struct symbol *list;		/* by address once they are read */
	uint32_t nr;
	uint32_t cap;
	uint32_t module;		/* the one that was added last */
	struct buf pool;
};

int symbols__new(struct symbols **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void symbols__free(struct symbols *s)
{
	if (!s)
		return;
	free(s->path);
	free(s->reference);
	free(s->list);
	buf__exit(&s->pool);
	free(s);
}

int symbols__set_path(struct symbols *s, const char *path)
{
	free(s->path);
	s->path = strdup(path);
	return s->path ? 0 : -ENOMEM;
}

void symbols__set_reference(struct symbols *s, const char *name, uint64_t addr)
{
	char *copy = strdup(name);

	if (!copy)
		return;
	free(s->reference);
	s->reference = copy;
	s->reference_addr = addr;
}

const char *symbols__problem(const struct symbols *s)
{
	return s->problem;
}

/* ---- reading ------------------------------------------------------------------------------- */

/*
 * Code before data. Of equals the last in the file is shown, as by perf, to which all others have no
 * size (symbols__fixup_end(), choose_best_symbol() in tools/perf/util/symbol.c).
 */
static uint8_t rank(char type)
{
	return strchr("tTwW", type) ? 0 : 1;
}

/* A name that does nothing to a terminal. */
static size_t name_len(const char *name)
{
	size_t len;

	for (len = 0; name[len] > ' ' && name[len] <= '~'; len++)
		;
	return len < MAX_NAME && (!name[len] || isspace((unsigned char)name[len])) ? len : 0;
}

/* Where in the pool the module's name is, of what follows a symbol's: "\t[nf_nat]". */
static uint32_t add_module(struct symbols *s, const char *text)
{
	const char *name = strchr(text, '[');
	size_t len = name ? strcspn(++name, "]\n") : 0;

	if (!len || len > MAX_NAME)
		return 0;
	/* A module's symbols stand together. */
	if (s->module && strlen(s->pool.data + s->module) == len &&
	    !memcmp(s->pool.data + s->module, name, len))
		return s->module;
	s->module = s->pool.len;
	for (size_t i = 0; i < len; i++)
		buf__addc(&s->pool, name[i] > ' ' && name[i] <= '~' ? name[i] : '?');
	buf__addc(&s->pool, '\0');
	return s->module;
}

static int add_symbol(struct symbols *s, uint64_t addr, char type, const char *name, size_t len)
{
	uint32_t module;
	struct symbol *more;

	/* Offset 0 says that there is no module. */
	if (!s->pool.len)
		buf__addc(&s->pool, '\0');
	module = add_module(s, name + len);
	if (s->pool.failed)
		return -ENOMEM;

	if (s->nr == MAX_SYMBOLS || s->pool.len > MAX_POOL)
		return -E2BIG;
	if (s->nr == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 1 << 16;

		more = reallocarray(s->list, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->list = more;
		s->cap = cap;
	}
	s->list[s->nr++] = (struct symbol){
		.addr = addr, .name = s->pool.len, .len = len, .rank = rank(type),
		.module = module,
	};
	buf__add(&s->pool, name, len);
	buf__addc(&s->pool, '\0');
	return s->pool.failed ? -ENOMEM : 0;
}

/* "ffffffff81000000 T _text" or, in a module, "ffffffffc0000000 t func	[module]" */
static int take_line(struct symbols *s, const char *line)
{
	uint64_t addr;
	size_t len;
	char *end;
	char type;

	errno = 0;
	addr = strtoull(line, &end, 16);
	if (errno || end == line || end[0] != ' ' || !isalpha((unsigned char)end[1]) ||
	    end[2] != ' ')
		return -EINVAL;
	type = end[1];
	len = name_len(end + 3);
	s->hidden = !addr && (s->hidden || !s->nr_lines);
	s->nr_lines++;
	/* Absolute ones and those of per-CPU data are no addresses. */
	if (!addr || !len || strchr("aA", type) || !(addr >> 32))
		return 0;
	return add_symbol(s, addr, type, end + 3, len);
}

static int read_lines(struct symbols *s, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	while (!err && getline(&line, &size, file) > 0)
		err = take_line(s, line);
	if (!err && ferror(file))
		err = -EIO;
	free(line);
	return err;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *l = a, *r = b;

	if (l->addr != r->addr)
		return l->addr < r->addr ? -1 : 1;
	if (l->rank != r->rank)
		return l->rank - r->rank;
	return l->name > r->name ? -1 : 1;
}

static void find_shift(struct symbols *s)
{
	size_t len = s->reference ? strlen(s->reference) : 0;
	uint32_t i;

	for (i = 0; len && i < s->nr; i++) {
		const struct symbol *sym = &s->list[i];

		if (sym->len == len && !sym->module &&
		    !memcmp(s->pool.data + sym->name, s->reference, len)) {
			s->shift = sym->addr - s->reference_addr;
			return;
		}
	}
}

static void drop_modules(struct symbols *s)
{
	uint32_t i, nr = 0;

	for (i = 0; i < s->nr; i++) {
		if (!s->list[i].module)
			s->list[nr++] = s->list[i];
	}
	s->nr = nr;
}

static int read_file(struct symbols *s)
{
	FILE *file;
	int err;

	if (!s->path) {
		s->problem = "the symbols of the kernel that was recorded are not here";
		return -ENOENT;
	}
	file = fopen(s->path, "re");
	if (!file) {
		s->problem = "the file of symbols cannot be opened";
		return -errno;
	}
	err = read_lines(s, file);
	fclose(file);
	if (err == -EINVAL)
		s->problem = "the file of symbols is not in the format of kallsyms";
	else if (err)
		s->problem = "the file of symbols cannot be read";
	else if (s->hidden)
		s->problem = "the kernel hides symbols (sysctl kernel.kptr_restrict)";
	else if (!s->nr)
		s->problem = "the file of symbols has none";
	return err;
}

static void read_symbols(struct symbols *s)
{
	s->was_read = true;
	if (read_file(s))
		s->nr = 0;
	find_shift(s);
	if (s->shift)
		drop_modules(s);
	if (s->nr)
		qsort(s->list, s->nr, sizeof(*s->list), by_address);
}

/* ---- looking up ---------------------------------------------------------------------------- */

/* The last symbol at or below @addr, of several the first; NULL: none. */
static const struct symbol *find_symbol(const struct symbols *s, uint64_t addr)
{
	uint32_t low = 0, high = s->nr;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	while (low > 1 && s->list[low - 2].addr == s->list[low - 1].addr)
		low--;
	return low && addr - s->list[low - 1].addr < MAX_SIZE ? &s->list[low - 1] : NULL;
}

const char *symbols__find(struct symbols *s, uint64_t addr, uint64_t *offset, const char **module)
{
	const struct symbol *sym;

	if (!s->was_read)
		read_symbols(s);
	sym = find_symbol(s, addr + s->shift);
	if (!sym)
		return NULL;
	*offset = addr + s->shift - sym->addr;
	*module = sym->module ? s->pool.data + sym->module : "";
	return s->pool.data + sym->name;
}

void symbols__add(struct symbols *s, uint64_t addr, struct buf *out)
{
	const struct symbol *sym;

	if (!s->was_read)
		read_symbols(s);
	sym = find_symbol(s, addr + s->shift);
	if (!sym) {
		buf__addx(out, addr);
		return;
	}
	buf__add(out, s->pool.data + sym->name, sym->len);
	if (addr + s->shift == sym->addr)
		return;
	buf__addc(out, '+');
	buf__addx(out, addr + s->shift - sym->addr);
}
