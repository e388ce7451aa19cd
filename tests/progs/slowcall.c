// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call into the kernel that takes long: read() on an empty pipe (ksys_read(), vfs_read(),
 * pipe_read(), since 6.15 anon_pipe_read()), or nanosleep() (hrtimer_nanosleep(), do_nanosleep()).
 *
 * Prints a line when the calling thread sleeps in the kernel, so that a recording can begin after
 * the function was entered, and another with the return value when the call is over. read() ends
 * after -m MS, or with -w FILE that long after FILE has come into being.
 *
 * Another thread of the process looks at /proc meanwhile: it reads too, but not on fd.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "prog.h"

enum { READ_SIZE = 64, WRITTEN = 7 };

struct call {
	int is_sleep, cpu, pipe[2], err;
	long ms;
	volatile int tid;
	long returned;
	uint64_t ns;
};

static void *call__run(void *arg)
{
	struct call *call = arg;
	struct timespec time = { call->ms / 1000, call->ms % 1000 * 1000000 };
	char data[READ_SIZE];
	uint64_t start;

	prog__pin(call->cpu);
	call->tid = prog__tid();
	start = prog__now_ns();
	if (call->is_sleep)
		call->returned = nanosleep(&time, NULL);
	else
		call->returned = read(call->pipe[0], data, sizeof(data));
	call->ns = prog__now_ns() - start;
	return NULL;
}

/* Not nanosleep(), which would be recorded too. */
static void pause_ms(long ms)
{
	poll(NULL, 0, ms);
}

/* Until the thread sleeps: state S, the field behind the name in parentheses (proc(5)). */
static void wait_until_asleep(struct call *call)
{
	char path[64], stat[512], *name_end;
	FILE *file;

	for (;;) {
		pause_ms(1);
		if (!call->tid)
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", call->tid);
		file = fopen(path, "re");
		if (!file)
			prog__die(errno, "%s", path);
		if (!fgets(stat, sizeof(stat), file))
			stat[0] = '\0';
		fclose(file);
		name_end = strrchr(stat, ')');
		if (name_end && !strncmp(name_end, ") S", 3))
			return;
	}
}

static void run(struct call *call, const char *release)
{
	pthread_t thread;

	if (pipe2(call->pipe, O_CLOEXEC))
		prog__die(errno, "pipe");
	if (pthread_create(&thread, NULL, call__run, call))
		prog__die(errno, "no thread");
	wait_until_asleep(call);
	printf("inside=1 pid=%d tid=%d fd=%d count=%d ms=%ld\n", getpid(), call->tid, call->pipe[0],
	       READ_SIZE, call->ms);
	fflush(stdout);

	if (!call->is_sleep) {
		while (release && access(release, F_OK))
			pause_ms(1);
		pause_ms(call->ms);
		if (write(call->pipe[1], "written", WRITTEN) != WRITTEN)
			prog__die(errno, "write");
	}
	pthread_join(thread, NULL);
	printf("inside=0 return=%ld ns=%llu\n", call->returned, (unsigned long long)call->ns);
}

int main(int argc, char **argv)
{
	struct call call = { .cpu = -1, .ms = 100 };
	const char *release = NULL;
	int option;

	while ((option = getopt(argc, argv, "k:m:w:C:")) != -1) {
		switch (option) {
		case 'k':
			call.is_sleep = !strcmp(optarg, "nanosleep");
			if (!call.is_sleep && strcmp(optarg, "read"))
				prog__die(0, "'%s' is neither read nor nanosleep", optarg);
			break;
		case 'm': call.ms = prog__number(optarg, 0, 1000000); break;
		case 'w': release = optarg; break;
		case 'C': call.cpu = prog__number(optarg, 0, 1023); break;
		default:
			fprintf(stderr,
				"usage: slowcall [-k read|nanosleep] [-m MS] [-w FILE] [-C CPU]\n");
			return 129;
		}
	}
	run(&call, release);
	return 0;
}
