// SPDX-License-Identifier: GPL-2.0-only
#include "perf-file.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "../perfdata/format.h"
#include "../util/buf.h"

#define FDS	"/proc/self/fd"

/*
 * How the tracing data begins (tools/perf/util/trace-event-read.c, trace_report()); a version, a
 * byte for the byte order and not much more follow before the plugins are loaded.
 */
static const char tracing_magic[] = { 23, 8, 68, 't', 'r', 'a', 'c', 'i', 'n', 'g' };
#define LOOK_BACK	64

static bool is_perf_data(int fd)
{
	uint64_t magic;
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       pread(fd, &magic, sizeof(magic), 0) == sizeof(magic) && magic == PERFDATA_MAGIC;
}

/* Was the beginning of its tracing data just read? What else is open is not perf's input. */
static bool stands_in_tracing_data(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR), from = at > LOOK_BACK ? at - LOOK_BACK : 0;
	char bytes[LOOK_BACK];
	ssize_t len = at > 0 ? pread(fd, bytes, at - from, from) : 0;

	return len > 0 && memmem(bytes, len, tracing_magic, sizeof(tracing_magic));
}

/* -1: none. The file's offset is perf's: it stays. */
static int find_fd(void)
{
	DIR *dir = opendir(FDS);
	struct dirent *entry;
	int fd, found = -1;

	while (dir && found < 0 && (entry = readdir(dir))) {
		if (*entry->d_name < '0' || *entry->d_name > '9')
			continue;
		fd = atoi(entry->d_name);
		if (fd != dirfd(dir) && is_perf_data(fd) && stands_in_tracing_data(fd))
			found = fd;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Where perf reads when no file was named: NULL for a pipe (util/data.c, check_pipe()). */
static const char *default_input(const struct command *command)
{
	struct stat st;

	if (!command->name || (strcmp(command->name, "script") && strcmp(command->name, "report")))
		return NULL;
	return !fstat(STDIN_FILENO, &st) && S_ISFIFO(st.st_mode) ? NULL : "perf.data";
}

/*
 * A file that nothing says perf has open: it may be by chance that it is called so, in a directory
 * of others, and reading from a FIFO takes away what perf is to read.
 */
static bool is_own_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && (!st.st_uid || st.st_uid == geteuid());
}

char *perf_file__path(const struct command *command)
{
	const char *input = command->input ? command->input : default_input(command);
	struct buf path = BUF_INIT;
	int fd = find_fd();

	if (fd >= 0)
		buf__addf(&path, FDS "/%d", fd);
	else if (input && strcmp(input, "-") && is_own_file(input))
		buf__adds(&path, input);
	else
		return NULL;
	return buf__take(&path);
}
