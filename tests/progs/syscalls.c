// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make system calls with the arguments that the command line names, and no others while they are
 * made: syscalls socket 77 100 -3 , lseek 3 5 0
 *
 * A line for each call: its name and what it returned, a negative errno when it failed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "prog.h"

enum { MAX_CALLS = 64, MAX_ARGS = 6 };

#define CALL(name) { #name, SYS_##name }

static const struct {
	const char *name;
	long number;
} known[] = {
	CALL(chmod), CALL(close), CALL(dup2), CALL(fcntl), CALL(getpriority), CALL(kill), CALL(listen),
	CALL(lseek), CALL(memfd_create), CALL(mkdir), CALL(nanosleep), CALL(openat), CALL(pread64),
	CALL(prlimit64), CALL(read), CALL(rmdir), CALL(sendto), CALL(setpriority), CALL(socket),
	CALL(unlink), CALL(write),
};

struct call {
	const char *name;
	long number, args[MAX_ARGS], returned;
};

static char buffer[1 << 16];

static long find_number(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].name, name))
			return known[i].number;
	prog__die(0, "no call is known by the name '%s'", name);
}

/* A number, signed or not; "buf", zeros to read into; or a string. */
static long argument(const char *word)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(word, &end, 0);
	if (!errno && end != word && !*end)
		return value;
	return strcmp(word, "buf") ? (long)word : (long)buffer;
}

/* The calls that are separated by words "," in argv. Returns their number. */
static int parse(char **argv, struct call *calls)
{
	int nr = 0;

	for (; *argv && nr < MAX_CALLS; nr++) {
		struct call *call = &calls[nr];
		int args = 0;

		call->name = *argv;
		call->number = find_number(*argv++);
		for (; *argv && strcmp(*argv, ","); argv++) {
			if (args == MAX_ARGS)
				prog__die(0, "%s with more than %d arguments", call->name, MAX_ARGS);
			call->args[args++] = argument(*argv);
		}
		if (*argv)
			argv++;
	}
	return nr;
}

int main(int argc, char **argv)
{
	static struct call calls[MAX_CALLS];
	int nr;

	if (argc < 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: syscalls NAME ARGUMENT... [, NAME ARGUMENT...]...\nNames:");
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			fprintf(stderr, " %s", known[i].name);
		fprintf(stderr, "\nArguments: numbers, strings, buf for a buffer of 64 KB\n");
		return 129;
	}
	nr = parse(argv + 1, calls);
	for (int i = 0; i < nr; i++) {
		const long *args = calls[i].args;

		calls[i].returned = syscall(calls[i].number, args[0], args[1], args[2], args[3], args[4],
					    args[5]);
		if (calls[i].returned < 0)
			calls[i].returned = -errno;
	}
	printf("pid=%d tid=%d comm=syscalls\n", getpid(), prog__tid());
	for (int i = 0; i < nr; i++)
		printf("call=%d name=%s return=%ld\n", i, calls[i].name, calls[i].returned);
	return 0;
}
