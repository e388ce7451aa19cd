// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target.h"

static int add_id(pid_t **ids, unsigned int *nr, pid_t id)
{
	pid_t *grown;

	for (unsigned int i = 0; i < *nr; i++)
		if ((*ids)[i] == id)
			return 0;
	grown = realloc(*ids, (*nr + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*ids = grown;
	grown[(*nr)++] = id;
	return 0;
}

static bool exists(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", tid);
	return !access(path, F_OK);
}

static int add_threads(struct target *target, pid_t pid)
{
	struct dirent *entry;
	char path[64];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return -ESRCH;
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			err = add_id(&target->tids, &target->nr_tids, atoi(entry->d_name));
	closedir(dir);
	return err;
}

int target__add_process(struct target *target, pid_t pid, struct diag *diag)
{
	int err = add_threads(target, pid);

	if (err == -ESRCH)
		return diag__error(diag, err, "there is no process %d", pid);
	return err ? err : add_id(&target->pids, &target->nr_pids, pid);
}

int target__refresh(struct target *target)
{
	unsigned int before = target->nr_tids;

	for (unsigned int i = 0; i < target->nr_pids; i++)
		if (add_threads(target, target->pids[i]) == -ENOMEM)
			return -ENOMEM;
	return target->nr_tids - before;
}

int target__add_thread(struct target *target, pid_t tid, struct diag *diag)
{
	if (!exists(tid))
		return diag__error(diag, -ESRCH, "there is no thread %d", tid);
	return add_id(&target->tids, &target->nr_tids, tid);
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
	free(target->pids);
	*target = (struct target){ 0 };
}
