// SPDX-License-Identifier: GPL-2.0-only
#include "traceable.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A function in one of the lists; the strings are inside the list's text. */
struct entry {
	const char *name;
	const char *module;	/* "": the kernel proper */
};

struct list {
	char *text;
	struct entry *entries;	/* sorted */
	size_t nr;
	bool is_read;
};

struct traceable {
	struct list functions;
	struct list blacklist;
	char why_unknown[128];
};

static int compare_entries(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->module, b->module);
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
	list->entries = calloc(nr_lines, sizeof(*list->entries));
	if (!list->entries)
		return -ENOMEM;
	for (char *line = strtok_r(list->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		list->entries[list->nr++] = parse_line(line);
	qsort(list->entries, list->nr, sizeof(*list->entries), compare_entries);
	list->is_read = true;
	return 0;
}

/* The first entry that is not below @name and @module. */
static size_t list__lower(const struct list *list, const char *module, const char *name)
{
	struct entry wanted = { .name = name, .module = module };
	size_t low = 0, high = list->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_entries(&list->entries[mid], &wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void list__exit(struct list *list)
{
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
	struct entry wanted = { .name = name, .module = module ? module : "" };
	size_t at;

	if (!list->is_read)
		return TRACEABLE_UNKNOWN;
	at = list__lower(list, wanted.module, name);
	if (at < list->nr && !compare_entries(&list->entries[at], &wanted))
		return TRACEABLE_YES;
	return TRACEABLE_NO;
}

bool traceable__is_blacklisted(const struct traceable *traceable, const char *name)
{
	const struct list *list = &traceable->blacklist;
	size_t at = list__lower(list, "", name);

	return at < list->nr && !strcmp(list->entries[at].name, name);
}

const char *traceable__why_unknown(const struct traceable *traceable)
{
	return traceable->functions.is_read ? NULL : traceable->why_unknown;
}

void traceable__for_each_clone(const struct traceable *traceable, const char *name,
			       void (*fn)(const char *clone, void *ctx), void *ctx)
{
	const struct list *list = &traceable->functions;
	size_t len = strlen(name);

	for (size_t at = list__lower(list, "", name); at < list->nr; at++) {
		const char *other = list->entries[at].name;

		if (strncmp(other, name, len))
			break;
		if (other[len] == '.')
			fn(other, ctx);
	}
}

void traceable__for_each(const struct traceable *traceable, const char *pattern,
			 void (*fn)(const char *module, const char *name, void *ctx), void *ctx)
{
	const struct list *list = &traceable->functions;

	for (size_t at = 0; at < list->nr; at++) {
		const struct entry *entry = &list->entries[at];

		if (!fnmatch(pattern, entry->name, 0))
			fn(*entry->module ? entry->module : NULL, entry->name, ctx);
	}
}
