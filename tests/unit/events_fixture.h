/* SPDX-License-Identifier: GPL-2.0-only */
/* What events/ asks the system for, in a folder: PMUs and tracepoints. */
#ifndef EVENTS_FIXTURE_H
#define EVENTS_FIXTURE_H

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../perf-plugin/events/evlist.h"

struct events_tree {
	char dir[64];
	char sysfs[96];
	char tracefs[96];
	struct evlist_roots roots;
};

/* Writes @text into a file below the tree, whose folders are made. Returns false on failure. */
static inline bool events_tree__put(const struct events_tree *tree, const char *path,
				    const char *text)
{
	char full[512], *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", tree->dir, path);
	for (slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(full, 0700) && errno != EEXIST)
			return false;
		*slash = '/';
	}
	file = fopen(full, "w");
	if (!file)
		return false;
	fputs(text, file);
	return !fclose(file);
}

#define DEVICE(name)	"sys/bus/event_source/devices/" name

static const char *const events_files[][2] = {
	{ DEVICE("cpu/type"), "4\n" },
	{ DEVICE("cpu/format/event"), "config:0-7,32-35\n" },
	{ DEVICE("cpu/format/umask"), "config:8-15\n" },
	{ DEVICE("cpu/format/edge"), "config:18\n" },
	{ DEVICE("cpu/format/ldlat"), "config1:0-15\n" },
	{ DEVICE("cpu/format/wide"), "config2:0-63\n" },
	{ DEVICE("cpu/format/odd"), "config9:0-63\n" },
	{ DEVICE("cpu/events/cpu-cycles"), "event=0x3c\n" },
	{ DEVICE("cpu/events/mem-loads"), "event=0xcd,umask=0x1,ldlat=3\n" },
	{ DEVICE("cpu/events/asks"), "event=0x1,ldlat=?\n" },
	{ DEVICE("cpu/events/broken"), "event=,=,\n" },
	{ DEVICE("msr/type"), "9\n" },
	{ DEVICE("msr/format/event"), "config:0-63\n" },
	{ DEVICE("msr/events/tsc"), "event=0x00\n" },
	{ DEVICE("software/type"), "1\n" },
	{ DEVICE("uncore_imc_0/type"), "20\n" },
	{ DEVICE("uncore_imc_0/cpumask"), "0\n" },
	{ DEVICE("uncore_imc_0/format/event"), "config:0-7\n" },
	{ DEVICE("uncore_imc_1/type"), "21\n" },
	{ DEVICE("uncore_imc_1/cpumask"), "0,18-19\n" },
	{ DEVICE("uncore_imc_1/format/event"), "config:0-7\n" },
	{ "trace/events/enable", "0\n" },
	{ "trace/events/sched/enable", "0\n" },
	{ "trace/events/sched/sched_switch/id", "316\n" },
	{ "trace/events/sched/sched_switch/format", "name: sched_switch\nID: 316\n" },
	{ "trace/events/sched/sched_wakeup/id", "318\n" },
	{ "trace/events/sched/sched_wakeup/format", "name: sched_wakeup\nID: 318\n" },
	{ "trace/events/sched/sched_waking/id", "319\n" },
	{ "trace/events/sched/sched_waking/format", "name: sched_waking\nID: 319\n" },
	{ "trace/events/syscalls/sys_enter_read/id", "700\n" },
	{ "trace/events/syscalls/sys_enter_read/format", "name: sys_enter_read\nID: 700\n" },
	{ "trace/events/syscalls/sys_exit_read/id", "699\n" },
	{ "trace/events/syscalls/sys_exit_read/format", "name: sys_exit_read\nID: 699\n" },
};

static inline bool events_tree__make(struct events_tree *tree)
{
	bool done = true;

	strcpy(tree->dir, "/tmp/events.XXXXXX");
	if (!mkdtemp(tree->dir))
		return false;
	for (size_t i = 0; i < sizeof(events_files) / sizeof(events_files[0]); i++)
		done = done && events_tree__put(tree, events_files[i][0], events_files[i][1]);
	snprintf(tree->sysfs, sizeof(tree->sysfs), "%s/sys", tree->dir);
	snprintf(tree->tracefs, sizeof(tree->tracefs), "%s/trace", tree->dir);
	tree->roots = (struct evlist_roots){ .sysfs = tree->sysfs, .tracefs = tree->tracefs };
	return done;
}

static inline int events_tree__remove_one(const char *path, const struct stat *st, int type,
					  struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void events_tree__remove(struct events_tree *tree)
{
	nftw(tree->dir, events_tree__remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
