// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target.h"

static int add(struct target *target, pid_t tid)
{
	pid_t *tids;

	for (unsigned int i = 0; i < target->nr_tids; i++)
		if (target->tids[i] == tid)
			return 0;
	tids = realloc(target->tids, (target->nr_tids + 1) * sizeof(*tids));
	if (!tids)
		return -ENOMEM;
	target->tids = tids;
	tids[target->nr_tids++] = tid;
	return 0;
}

static bool exists(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", tid);
	return !access(path, F_OK);
}

int target__add_process(struct target *target, pid_t pid, struct diag *diag)
{
	struct dirent *entry;
	char path[64];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return diag__error(diag, -ESRCH, "there is no process %d", pid);
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			err = add(target, atoi(entry->d_name));
	closedir(dir);
	return err;
}

int target__add_thread(struct target *target, pid_t tid, struct diag *diag)
{
	if (!exists(tid))
		return diag__error(diag, -ESRCH, "there is no thread %d", tid);
	return add(target, tid);
}

/* A zombie is there until its parent asks for it, but does nothing any more. */
static bool runs(pid_t tid)
{
	char path[64], text[128], *state;
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	state = strrchr(text, ')');	/* the name before it can have anything in it */
	return !state || (state[1] && !strchr("ZX", state[2]));
}

bool target__is_alive(const struct target *target)
{
	for (unsigned int i = 0; i < target->nr_tids; i++)
		if (runs(target->tids[i]))
			return true;
	return false;
}

void target__exit(struct target *target)
{
	free(target->tids);
	target->tids = NULL;
	target->nr_tids = 0;
}
