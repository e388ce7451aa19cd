// SPDX-License-Identifier: GPL-2.0-only
#include "traceable.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../util/name-index.h"

#define INVALID		"__ftrace_invalid_address"	/* weak functions that lost (6.1) */

/* A function in one of the lists; the strings are inside the list's text. */
struct entry {
	const char *name;
	const char *module;	/* "": the kernel proper */
};

struct list {
	char *text;
	struct entry *entries;
	uint32_t nr;
	struct name_index index;	/* of entries, plus 1; of foo.isra.0 by foo */
	bool is_read;
};

struct traceable {
	struct list functions;
	struct list blacklist;
	char why_unknown[128];
};

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

/* The length of a name up to what the compiler appended. */
static size_t base_len(const char *name)
{
	return strcspn(name, ".");
}

static int list__index(struct list *list)
{
	for (uint32_t i = 0; i < list->nr; i++) {
		const char *name = list->entries[i].name;

		if (name_index__add(&list->index, name, base_len(name), i + 1))
			return -ENOMEM;
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

static struct name_walk list__walk(const struct list *list, const char *name)
{
	return name_index__walk(&list->index, name, base_len(name));
}

/* The next entry that could be about the name walked for; NULL: no more. */
static const struct entry *list__next(const struct list *list, struct name_walk *walk)
{
	uint32_t number = name_walk__next(walk);

	return number ? &list->entries[number - 1] : NULL;
}

static void list__exit(struct list *list)
{
	name_index__exit(&list->index);
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
	struct name_walk walk = list__walk(list, name);
	const struct entry *entry;

	if (!list->is_read)
		return TRACEABLE_UNKNOWN;
	while ((entry = list__next(list, &walk)))
		if (!strcmp(entry->name, name) && !strcmp(entry->module, module ? module : ""))
			return TRACEABLE_YES;
	return TRACEABLE_NO;
}

bool traceable__is_blacklisted(const struct traceable *traceable, const char *name)
{
	const struct list *list = &traceable->blacklist;
	struct name_walk walk = list__walk(list, name);
	const struct entry *entry;

	while ((entry = list__next(list, &walk)))
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
	struct name_walk walk = list__walk(list, name);
	const struct entry *entry;
	size_t len = strlen(name);

	while ((entry = list__next(list, &walk)))
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
