// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "../perfdata/procfs.h"
#include "../util/glob.h"
#include "../util/suggest.h"
#include "tracepoint.h"

#define MAX_FORMAT	(1u << 20)

struct search {
	const char *tracefs;
	struct piece system, name;
	int (*add)(void *ctx, struct evsel *evsel);
	void *ctx;
	struct diag *diag;
	unsigned int nr;		/* found */
	bool refused;			/* @add said no, and why */
};

const char *tracepoint__root(void)
{
	static const char *const roots[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
	};

	for (unsigned int i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/events", roots[i]);
		if (!access(path, F_OK) || errno == EACCES)
			return roots[i];
	}
	return NULL;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The folders below events/@system, "" for the systems. Returns how many, or a negative errno. */
static int list(const char *tracefs, const char *system, struct dirent ***entries)
{
	struct buf path = BUF_INIT;
	int nr;

	buf__addf(&path, "%s/events/%s", tracefs, system);
	nr = scandir(buf__str(&path), entries, NULL, by_name);
	nr = nr < 0 ? -errno : nr;
	buf__exit(&path);
	return nr;
}

static void free_list(struct dirent **entries, int nr)
{
	for (int i = 0; i < nr; i++)
		free(entries[i]);
	if (nr >= 0)
		free(entries);
}

static bool is_glob(struct piece piece)
{
	for (size_t i = 0; i < piece.len; i++)
		if (strchr("*?[", piece.at[i]))
			return true;
	return false;
}

/* ---- one of them -------------------------------------------------------------------------- */

/* As perf's: what they are sampled with comes later. */
static int describe(const char *tracefs, const char *system, const char *name, struct evsel *evsel)
{
	struct buf format = BUF_INIT;
	int64_t id;
	int err = procfs__read_number(&id, "%s/events/%s/%s/id", tracefs, system, name);

	if (!err)
		err = procfs__read(&format, MAX_FORMAT, "%s/events/%s/%s/format", tracefs, system,
				   name);
	if (!err && (!format.len || id < 0))
		err = -EINVAL;
	if (err) {
		buf__exit(&format);
		return err;
	}
	evsel->attr.type = PERF_TYPE_TRACEPOINT;
	evsel->attr.config = id;
	evsel->format_size = format.len;
	evsel->format = buf__take(&format);
	evsel->system = strdup(system);
	evsel->tracepoint = strdup(name);
	if (asprintf(&evsel->name, "%s:%s", system, name) < 0)
		evsel->name = NULL;
	return evsel->format && evsel->system && evsel->tracepoint && evsel->name ? 0 : -ENOMEM;
}

/* Folders that are no tracepoint, and what the kernel keeps from us, are passed over. */
static int add_one(struct search *search, const char *system, const char *name)
{
	struct evsel evsel = { 0 };
	int err = describe(search->tracefs, system, name, &evsel);

	if (!err) {
		search->nr++;
		err = search->add(search->ctx, &evsel);
		search->refused = err;
		return err;
	}
	evsel__exit(&evsel);
	return err == -ENOMEM || (err == -EACCES && !is_glob(search->name)) ? err : 0;
}

static int add_system(struct search *search, const char *system)
{
	struct dirent **entries = NULL;
	int nr = list(search->tracefs, system, &entries), err = nr < 0 ? nr : 0;

	for (int i = 0; i < nr && !err; i++) {
		const char *name = entries[i]->d_name;

		if (*name != '.' &&
		    glob__matches(search->name.at, search->name.len, name, strlen(name)))
			err = add_one(search, system, name);
	}
	free_list(entries, nr);
	return err == -ENOTDIR ? 0 : err;
}

static int add_all(struct search *search)
{
	struct dirent **entries = NULL;
	int nr = list(search->tracefs, "", &entries), err = nr < 0 ? nr : 0;

	for (int i = 0; i < nr && !err; i++) {
		const char *system = entries[i]->d_name;

		if (*system != '.' &&
		    glob__matches(search->system.at, search->system.len, system, strlen(system)))
			err = add_system(search, system);
	}
	free_list(entries, nr);
	return err;
}

/* ---- none of them ------------------------------------------------------------------------- */

static void suggest_name(const char *tracefs, struct piece system, struct piece name,
			 struct diag *diag)
{
	char *own_system = piece__copy(system), *own_name = piece__copy(name);
	struct dirent **entries = NULL;
	const char *best[1] = { NULL };
	struct suggest suggest;
	int nr = -1;

	if (own_system && own_name && !is_glob(system) && !is_glob(name))
		nr = list(tracefs, own_system, &entries);
	if (nr >= 0) {
		suggest__init(&suggest, own_name);
		for (int i = 0; i < nr; i++)
			if (*entries[i]->d_name != '.')
				suggest__offer(&suggest, entries[i]->d_name);
		if (suggest__best(&suggest, best, 1))
			diag__hint(diag, "Hint:\tDid you mean '%s:%s'?", own_system, best[0]);
	}
	free_list(entries, nr);
	free(own_system);
	free(own_name);
}

static int report(const struct search *search, int err, struct span span)
{
	struct diag *diag = search->diag;
	int system_len = search->system.len, name_len = search->name.len;

	diag__error_at(diag, err, span, "%s", err == -EACCES ? "can't access trace events" :
							       "unknown tracepoint");
	if (err == -EACCES) {
		diag__hint(diag, "Error:\tNo permissions to read %s/events/%.*s/%.*s",
			   search->tracefs, system_len, search->system.at, name_len,
			   search->name.at);
		diag__hint(diag, "Hint:\tTry 'sudo mount -o remount,mode=755 %s'",
			   search->tracefs);
		return err;
	}
	diag__hint(diag, "Error:\tFile %s/events/%.*s/%.*s not found.", search->tracefs, system_len,
		   search->system.at, name_len, search->name.at);
	suggest_name(search->tracefs, search->system, search->name, diag);
	diag__hint(diag, "Hint:\tPerhaps this kernel misses some CONFIG_ setting to enable this "
		   "feature?.");
	return err;
}

int tracepoint__find(const char *tracefs, struct piece system, struct piece name, struct span span,
		     int (*add)(void *ctx, struct evsel *evsel), void *ctx, struct diag *diag)
{
	struct search search = {
		.tracefs = tracefs, .system = system, .name = name, .add = add, .ctx = ctx,
		.diag = diag,
	};
	int err;

	if (!tracefs) {
		diag__error_at(diag, -ENOENT, span, "can't access trace events");
		diag__hint(diag, "Error:\tUnable to find debugfs/tracefs");
		diag__hint(diag, "Hint:\tIs the debugfs/tracefs filesystem mounted?");
		diag__hint(diag, "Hint:\tTry 'sudo mount -t tracefs nodev /sys/kernel/tracing'");
		return -ENOENT;
	}
	err = add_all(&search);
	if (search.refused || err == -ENOMEM)
		return err;
	if (err == -EACCES)
		return report(&search, err, span);
	return search.nr && !err ? 0 : report(&search, err ? err : -ENOENT, span);
}
