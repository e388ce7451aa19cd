// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	uint32_t hash;
	struct hit *hits;
	unsigned int nr_hits;
};

struct ksyms {
	struct wanted *wanted;
	uint32_t nr, cap;
	uint32_t *slots;	/* hash table of indices into wanted, plus 1; open addressing */
	uint32_t mask;
	uint32_t nr_found;	/* of wanted, in the kernel proper */
	bool stop_early;
	bool hidden;
};

/* One line of the file; the strings have no NUL. */
struct line {
	uint64_t addr;
	char type;
	const char *name, *module;
	size_t name_len, module_len;
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
	free(ksyms->slots);
	free(ksyms);
}

/* FNV-1a */
static uint32_t hash_bytes(const char *bytes, size_t len)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

static struct wanted *lookup(const struct ksyms *ksyms, const char *name, size_t len)
{
	uint32_t hash = hash_bytes(name, len), slot;

	if (!ksyms->nr)
		return NULL;
	for (slot = hash & ksyms->mask; ksyms->slots[slot]; slot = (slot + 1) & ksyms->mask) {
		struct wanted *wanted = &ksyms->wanted[ksyms->slots[slot] - 1];

		if (wanted->hash == hash && wanted->len == len && !memcmp(wanted->name, name, len))
			return wanted;
	}
	return NULL;
}

static void insert(struct ksyms *ksyms, uint32_t idx)
{
	uint32_t slot = ksyms->wanted[idx].hash & ksyms->mask;

	while (ksyms->slots[slot])
		slot = (slot + 1) & ksyms->mask;
	ksyms->slots[slot] = idx + 1;
}

/* Doubles the room; at least half of the slots stay free. */
static int grow(struct ksyms *ksyms)
{
	uint32_t i, cap = ksyms->cap ? 2 * ksyms->cap : 32;
	struct wanted *wanted = reallocarray(ksyms->wanted, cap, sizeof(*wanted));
	uint32_t *slots;

	if (!wanted)
		return -ENOMEM;
	ksyms->wanted = wanted;
	slots = calloc(2 * (size_t)cap, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(ksyms->slots);
	ksyms->slots = slots;
	ksyms->mask = 2 * cap - 1;
	ksyms->cap = cap;
	for (i = 0; i < ksyms->nr; i++)
		insert(ksyms, i);
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
	if (!copy)
		return -ENOMEM;
	ksyms->wanted[ksyms->nr] = (struct wanted){
		.name = copy, .len = len, .hash = hash_bytes(name, len)
	};
	insert(ksyms, ksyms->nr++);
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

static int add_hit(struct ksyms *ksyms, struct wanted *wanted, const struct line *line)
{
	struct hit *hits;
	char *module = NULL;
	unsigned int i;

	if (!line->addr) {
		/* Data can be at 0 (per-CPU offsets), code can't. */
		ksyms->hidden |= is_text(line->type);
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
		.addr = line->addr, .module = module, .is_text = is_text(line->type)
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
static bool parse_line(const char *pos, const char *end, struct line *line)
{
	const char *start = pos;

	*line = (struct line){ 0 };
	for (; pos < end && hex_digit(*pos) >= 0; pos++)
		line->addr = line->addr << 4 | hex_digit(*pos);
	if (pos == start || pos - start > 16 || end - pos < 4 || pos[0] != ' ' || pos[2] != ' ')
		return false;
	line->type = pos[1];
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

static int take_line(struct ksyms *ksyms, const char *pos, const char *end)
{
	struct wanted *wanted;
	struct line line;

	if (!parse_line(pos, end, &line))
		return -EINVAL;
	wanted = lookup(ksyms, line.name, line.name_len);
	return wanted ? add_hit(ksyms, wanted, &line) : 0;
}

/* Takes the whole lines of @buf; returns the number of bytes used, or a negative errno. */
static ssize_t take_lines(struct ksyms *ksyms, const char *buf, size_t len)
{
	const char *pos = buf, *end = buf + len, *eol;

	while ((eol = memchr(pos, '\n', end - pos))) {
		int err = take_line(ksyms, pos, eol);

		if (err)
			return err;
		pos = eol + 1;
	}
	return end - pos > MAX_LINE ? -EINVAL : pos - buf;
}

static int read_symbols(struct ksyms *ksyms, int fd, char *buf)
{
	size_t len = 0;

	for (;;) {
		ssize_t used, n = read(fd, buf + len, READ_SIZE - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return len ? take_line(ksyms, buf, buf + len) : 0;
		len += n;
		used = take_lines(ksyms, buf, len);
		if (used < 0)
			return used;
		if (ksyms->stop_early && ksyms->nr_found == ksyms->nr)
			return 0;
		len -= used;
		memmove(buf, buf + used, len);
	}
}

int ksyms__read(struct ksyms *ksyms, const char *path, struct diag *diag)
{
	char *buf = malloc(READ_SIZE);
	int fd, err;

	if (!path)
		path = KALLSYMS;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !buf) {
		err = buf ? -errno : -ENOMEM;
	} else {
		ksyms->hidden = false;
		ksyms->nr_found = 0;
		err = read_symbols(ksyms, fd, buf);
	}
	if (fd >= 0)
		close(fd);
	free(buf);
	if (err)
		diag__error(diag, err, "cannot read kernel symbols from %s: %s", path,
			    err == -EINVAL ? "not in the format of kallsyms" : strerror(-err));
	return err;
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
