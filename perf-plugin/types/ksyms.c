// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../util/name-index.h"
#include "ksyms.h"

#define KALLSYMS	"/proc/kallsyms"

/* A line is an address, a type, a name (KSYM_NAME_LEN is 512) and a module's name (56). */
#define READ_SIZE	65536
#define MAX_LINE	1024

/* A symbol of one name. */
struct hit {
	uint64_t addr;
	char *module;		/* NULL: the kernel proper */
	bool is_text;
};

struct wanted {
	char *name;
	size_t len;
	struct hit *hits;
	unsigned int nr_hits;
};

struct ksyms {
	struct wanted *wanted;
	uint32_t nr, cap;
	struct name_index index;	/* of those of wanted, plus 1 */
	uint32_t nr_found;	/* of wanted, in the kernel proper */
	bool stop_early;
	bool hidden;
};

int ksyms__new(struct ksyms **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void ksyms__free(struct ksyms *ksyms)
{
	uint32_t i, j;

	if (!ksyms)
		return;
	for (i = 0; i < ksyms->nr; i++) {
		for (j = 0; j < ksyms->wanted[i].nr_hits; j++)
			free(ksyms->wanted[i].hits[j].module);
		free(ksyms->wanted[i].hits);
		free(ksyms->wanted[i].name);
	}
	free(ksyms->wanted);
	name_index__exit(&ksyms->index);
	free(ksyms);
}

static struct wanted *lookup(const struct ksyms *ksyms, const char *name, size_t len)
{
	struct name_walk walk = name_index__walk(&ksyms->index, name, len);
	uint32_t number;

	while ((number = name_walk__next(&walk))) {
		struct wanted *wanted = &ksyms->wanted[number - 1];

		if (wanted->len == len && !memcmp(wanted->name, name, len))
			return wanted;
	}
	return NULL;
}

static int grow(struct ksyms *ksyms)
{
	uint32_t cap = ksyms->cap ? 2 * ksyms->cap : 32;
	struct wanted *wanted = reallocarray(ksyms->wanted, cap, sizeof(*wanted));

	if (!wanted)
		return -ENOMEM;
	ksyms->wanted = wanted;
	ksyms->cap = cap;
	return 0;
}

int ksyms__want(struct ksyms *ksyms, const char *name)
{
	size_t len = strlen(name);
	char *copy;

	if (lookup(ksyms, name, len))
		return 0;
	if (ksyms->nr == ksyms->cap && grow(ksyms))
		return -ENOMEM;
	copy = strdup(name);
	if (!copy || name_index__add(&ksyms->index, name, len, ksyms->nr + 1)) {
		free(copy);
		return -ENOMEM;
	}
	ksyms->wanted[ksyms->nr++] = (struct wanted){ .name = copy, .len = len };
	return 0;
}

void ksyms__stop_early(struct ksyms *ksyms)
{
	ksyms->stop_early = true;
}

static bool is_text(char type)
{
	return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

static bool is_in_module(const struct hit *hit, const char *module, size_t len)
{
	if (!module || !hit->module)
		return !module && !hit->module;
	return strlen(hit->module) == len && !memcmp(hit->module, module, len);
}

static int add_hit(struct ksyms *ksyms, struct wanted *wanted, const struct ksym *line)
{
	struct hit *hits;
	char *module = NULL;
	unsigned int i;

	if (!line->addr) {
		/* Data can be at 0 (per-CPU offsets), code can't. */
		ksyms->hidden |= line->is_text;
		return 0;
	}
	for (i = 0; i < wanted->nr_hits; i++) {
		if (wanted->hits[i].addr == line->addr &&
		    is_in_module(&wanted->hits[i], line->module, line->module_len))
			return 0;
	}
	hits = reallocarray(wanted->hits, wanted->nr_hits + 1, sizeof(*hits));
	if (!hits)
		return -ENOMEM;
	wanted->hits = hits;
	if (line->module) {
		module = strndup(line->module, line->module_len);
		if (!module)
			return -ENOMEM;
	}
	if (!wanted->nr_hits && !module)
		ksyms->nr_found++;
	hits[wanted->nr_hits++] = (struct hit){
		.addr = line->addr, .module = module, .is_text = line->is_text
	};
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* "ffffffff81000000 T _text", "ffffffffc0201000 t dummy_xmit\t[dummy]": false if it isn't one. */
static bool parse_line(const char *pos, const char *end, struct ksym *line)
{
	const char *start = pos;

	*line = (struct ksym){ 0 };
	for (; pos < end && hex_digit(*pos) >= 0; pos++)
		line->addr = line->addr << 4 | hex_digit(*pos);
	if (pos == start || pos - start > 16 || end - pos < 4 || pos[0] != ' ' || pos[2] != ' ')
		return false;
	line->is_text = is_text(pos[1]);
	line->name = pos + 3;
	for (pos = line->name; pos < end && *pos != '\t'; pos++)
		;
	line->name_len = pos - line->name;
	if (pos == end)
		return line->name_len;
	if (end - pos < 4 || pos[1] != '[' || end[-1] != ']')
		return false;
	line->module = pos + 2;
	line->module_len = end - 1 - line->module;
	return line->name_len;
}

/* What is done with each line, and when that is enough. */
struct reader {
	ksyms_fn fn;
	void *ctx;
	const struct ksyms *until_found;	/* all that it wants; NULL: read on */
};

/* Takes the whole lines of @buf; returns the number of bytes used, or what stopped it. */
static int take_lines(const struct reader *reader, const char *buf, size_t len, size_t *used)
{
	const char *pos = buf, *end = buf + len, *eol;
	struct ksym sym;
	int ret;

	while ((eol = memchr(pos, '\n', end - pos))) {
		if (!parse_line(pos, eol, &sym))
			return -EINVAL;
		ret = reader->fn(&sym, reader->ctx);
		if (ret)
			return ret;
		pos = eol + 1;
	}
	*used = pos - buf;
	return end - pos > MAX_LINE ? -EINVAL : 0;
}

static int take_last_line(const struct reader *reader, const char *buf, size_t len)
{
	struct ksym sym;

	if (!len)
		return 0;
	return parse_line(buf, buf + len, &sym) ? reader->fn(&sym, reader->ctx) : -EINVAL;
}

static int read_symbols(const struct reader *reader, int fd, char *buf)
{
	const struct ksyms *until = reader->until_found;
	size_t len = 0, used;
	int ret;

	for (;;) {
		ssize_t n = read(fd, buf + len, READ_SIZE - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return take_last_line(reader, buf, len);
		len += n;
		ret = take_lines(reader, buf, len, &used);
		if (ret || (until && until->stop_early && until->nr_found == until->nr))
			return ret;
		len -= used;
		memmove(buf, buf + used, len);
	}
}

static int read_file(const char *path, const struct reader *reader, struct diag *diag)
{
	char *buf = malloc(READ_SIZE);
	int fd, err;

	if (!path)
		path = KALLSYMS;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !buf)
		err = buf ? -errno : -ENOMEM;
	else
		err = read_symbols(reader, fd, buf);
	if (fd >= 0)
		close(fd);
	free(buf);
	if (err < 0)
		diag__error(diag, err, "cannot read kernel symbols from %s: %s", path,
			    err == -EINVAL ? "not in the format of kallsyms" : strerror(-err));
	return err;
}

static int take_wanted(const struct ksym *sym, void *ctx)
{
	struct ksyms *ksyms = ctx;
	struct wanted *wanted = lookup(ksyms, sym->name, sym->name_len);

	return wanted ? add_hit(ksyms, wanted, sym) : 0;
}

int ksyms__read(struct ksyms *ksyms, const char *path, struct diag *diag)
{
	const struct reader reader = { take_wanted, ksyms, ksyms };

	ksyms->hidden = false;
	ksyms->nr_found = 0;
	return read_file(path, &reader, diag);
}

int ksyms__for_each(const char *path, ksyms_fn fn, void *ctx, struct diag *diag)
{
	const struct reader reader = { fn, ctx, NULL };

	return read_file(path, &reader, diag);
}

struct ends {
	const uint64_t *addrs;
	uint64_t *ends;
	unsigned int nr;
};

static int take_end(const struct ksym *sym, void *ctx)
{
	const struct ends *ends = ctx;

	for (unsigned int i = 0; sym->is_text && i < ends->nr; i++)
		if (sym->addr > ends->addrs[i] && sym->addr < ends->ends[i])
			ends->ends[i] = sym->addr;
	return 0;
}

int ksyms__find_ends(const char *path, const uint64_t *addrs, uint64_t *ends, unsigned int nr,
		     struct diag *diag)
{
	struct ends ctx = { addrs, ends, nr };

	for (unsigned int i = 0; i < nr; i++)
		ends[i] = UINT64_MAX;
	return ksyms__for_each(path, take_end, &ctx, diag);
}

bool ksyms__hidden(const struct ksyms *ksyms)
{
	return ksyms->hidden;
}

static unsigned int select_hits(const struct wanted *wanted, const char *module, bool text,
				uint64_t *addrs, unsigned int max)
{
	size_t len = module ? strlen(module) : 0;
	bool anywhere = module && !strcmp(module, "*");
	unsigned int i, nr = 0;

	for (i = 0; i < wanted->nr_hits; i++) {
		const struct hit *hit = &wanted->hits[i];

		if (hit->is_text != text || (!anywhere && !is_in_module(hit, module, len)))
			continue;
		if (nr < max)
			addrs[nr] = hit->addr;
		nr++;
	}
	return nr;
}

unsigned int ksyms__find(const struct ksyms *ksyms, const char *module, const char *name,
			 uint64_t *addrs, unsigned int max)
{
	const struct wanted *wanted = lookup(ksyms, name, strlen(name));
	unsigned int nr;

	if (!wanted)
		return 0;
	nr = select_hits(wanted, module, true, addrs, max);
	return nr ? nr : select_hits(wanted, module, false, addrs, max);
}
