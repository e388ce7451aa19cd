// SPDX-License-Identifier: GPL-2.0-only
#include "traceable.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_BUCKETS	65536	/* about as many as there are functions */
#define INVALID		"__ftrace_invalid_address"	/* weak functions that lost (6.1) */

/* A function in one of the lists; the strings are inside the list's text. */
struct entry {
	const char *name;
	const char *module;	/* "": the kernel proper */
	uint32_t next;		/* in its bucket: index plus 1, 0 at the end */
};

/* Entries by the hash of their names, of foo.isra.0 that of foo. */
struct list {
	char *text;
	struct entry *entries;
	uint32_t nr;
	uint32_t *buckets;	/* index of the first entry plus 1, 0: empty */
	bool is_read;
};

struct traceable {
	struct list functions;
	struct list blacklist;
	char why_unknown[128];
};

/* FNV-1a, of what is in front of the first dot. */
static uint32_t hash_base(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name && *name != '.'; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return (hash ^ hash >> 16) % NR_BUCKETS;
}

/* The whole file, a NUL behind it. Files of tracefs and debugfs have no size beforehand. */
static int read_text(const char *path, char **text)
{
	FILE *f = fopen(path, "re");
	size_t len = 0;
	ssize_t got;
	int err = 0;

	if (!f)
		return -errno;
	*text = NULL;
	errno = 0;
	got = getdelim(text, &len, '\0', f);
	if (got < 0 && (errno || ferror(f)))
		err = errno ? -errno : -EIO;
	else if (got < 0)
		err = -ENODATA;
	fclose(f);
	if (err) {
		free(*text);
		*text = NULL;
	}
	return err;
}

/*
 * "name" or "name [module]" (kernel/trace/ftrace.c, t_show), or of the blacklist
 * "0x..-0x..\tname [module]" (kernel/kprobes.c, kprobe_blacklist_seq_show).
 */
static struct entry parse_line(char *line)
{
	char *tab = strrchr(line, '\t'), *bracket;
	struct entry entry = { .name = tab ? tab + 1 : line, .module = "" };

	bracket = strstr(entry.name, " [");
	if (bracket) {
		*bracket = '\0';
		entry.module = bracket + 2;
		bracket = strchr(bracket + 2, ']');
		if (bracket)
			*bracket = '\0';
	}
	return entry;
}

/* Puts all entries into their buckets, so that each bucket has them in the list's order. */
static int list__index(struct list *list)
{
	list->buckets = calloc(NR_BUCKETS, sizeof(*list->buckets));
	if (!list->buckets)
		return -ENOMEM;
	for (uint32_t i = list->nr; i-- > 0;) {
		uint32_t *bucket = &list->buckets[hash_base(list->entries[i].name)];

		list->entries[i].next = *bucket;
		*bucket = i + 1;
	}
	return 0;
}

static int list__read(struct list *list, const char *path)
{
	size_t nr_lines = 1;
	char *save = NULL;
	int err;

	err = read_text(path, &list->text);
	if (err)
		return err;
	for (const char *c = list->text; *c; c++)
		nr_lines += *c == '\n';
	if (nr_lines >= UINT32_MAX)
		return -EFBIG;
	list->entries = calloc(nr_lines, sizeof(*list->entries));
	if (!list->entries)
		return -ENOMEM;
	for (char *line = strtok_r(list->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, INVALID, strlen(INVALID)))
			list->entries[list->nr++] = parse_line(line);
	err = list__index(list);
	list->is_read = !err;
	return err;
}

/* The first entry that could be about @name, and the one behind @entry; NULL: none. */
static const struct entry *list__first(const struct list *list, const char *name)
{
	uint32_t index = list->is_read ? list->buckets[hash_base(name)] : 0;

	return index ? &list->entries[index - 1] : NULL;
}

static const struct entry *list__next(const struct list *list, const struct entry *entry)
{
	return entry->next ? &list->entries[entry->next - 1] : NULL;
}

static void list__exit(struct list *list)
{
	free(list->buckets);
	free(list->entries);
	free(list->text);
}

/* tracefs is at one of two places, if it is mounted at all. */
static int read_functions(struct traceable *traceable, const char *path)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing/available_filter_functions",
		"/sys/kernel/debug/tracing/available_filter_functions",
	};
	int err = -ENOENT, first = 0;

	if (path)
		err = list__read(&traceable->functions, path);
	for (size_t i = 0; !path && err && err != -ENOMEM && i < 2; i++) {
		err = list__read(&traceable->functions, paths[i]);
		if (!first)
			first = err;
	}
	if (!err || err == -ENOMEM)
		return err;
	snprintf(traceable->why_unknown, sizeof(traceable->why_unknown), "%s: %s",
		 path ? path : paths[0], strerror(-(first ? first : err)));
	return 0;
}

int traceable__new(const char *functions, const char *blacklist, struct traceable **out)
{
	struct traceable *traceable = calloc(1, sizeof(*traceable));
	int err;

	if (!traceable)
		return -ENOMEM;
	err = read_functions(traceable, functions);
	if (!err && list__read(&traceable->blacklist,
			       blacklist ? blacklist : "/sys/kernel/debug/kprobes/blacklist") ==
			    -ENOMEM)
		err = -ENOMEM;
	if (err) {
		traceable__free(traceable);
		return err;
	}
	*out = traceable;
	return 0;
}

void traceable__free(struct traceable *traceable)
{
	if (!traceable)
		return;
	list__exit(&traceable->functions);
	list__exit(&traceable->blacklist);
	free(traceable);
}

enum traceable_answer traceable__ask(const struct traceable *traceable, const char *module,
				     const char *name)
{
	const struct list *list = &traceable->functions;
	const struct entry *entry;

	if (!list->is_read)
		return TRACEABLE_UNKNOWN;
	for (entry = list__first(list, name); entry; entry = list__next(list, entry))
		if (!strcmp(entry->name, name) && !strcmp(entry->module, module ? module : ""))
			return TRACEABLE_YES;
	return TRACEABLE_NO;
}

bool traceable__is_blacklisted(const struct traceable *traceable, const char *name)
{
	const struct list *list = &traceable->blacklist;
	const struct entry *entry;

	for (entry = list__first(list, name); entry; entry = list__next(list, entry))
		if (!strcmp(entry->name, name))
			return true;
	return false;
}

const char *traceable__why_unknown(const struct traceable *traceable)
{
	return traceable->functions.is_read ? NULL : traceable->why_unknown;
}

void traceable__for_each_clone(const struct traceable *traceable, const char *name,
			       void (*fn)(const char *clone, void *ctx), void *ctx)
{
	const struct list *list = &traceable->functions;
	const struct entry *entry;
	size_t len = strlen(name);

	for (entry = list__first(list, name); entry; entry = list__next(list, entry))
		if (!strncmp(entry->name, name, len) && entry->name[len] == '.')
			fn(entry->name, ctx);
}

void traceable__for_each(const struct traceable *traceable,
			 bool (*match)(const char *name, const void *ctx), const void *match_ctx,
			 void (*fn)(const char *module, const char *name, void *ctx), void *ctx)
{
	const struct list *list = &traceable->functions;

	for (uint32_t i = 0; i < list->nr; i++) {
		const struct entry *entry = &list->entries[i];

		if (match(entry->name, match_ctx))
			fn(*entry->module ? entry->module : NULL, entry->name, ctx);
	}
}
