// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run a command while one of limit.bpf.c's programs is attached to vfs_read(): what tracing costs at
 * least. Nothing consumes its ring meanwhile.
 *
 *	limit PROGRAM [ABOVE] -- COMMAND...
 *
 * With PROGRAM goes PROGRAM_return, if there is one. ABOVE is the filter's number, 1 without it. How many events there were goes to stderr.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "command.h"
#include "limit.skel.h"

static int count(void *ctx, void *record, size_t size)
{
	(void)record;
	(void)size;
	++*(unsigned int *)ctx;
	return 0;
}

static bool is_wanted(const char *program, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(program, name, len) && (!program[len] || !strcmp(program + len, "_return"));
}

/* A single kprobe as record makes it, on a perf event: not the older way through tracefs. */
static void load(struct limit_bpf *skel, const char *name)
{
	struct bpf_program *program;
	bool found = false;

	bpf_object__for_each_program(program, skel->obj) {
		bool wanted = is_wanted(bpf_program__name(program), name);

		bpf_program__set_autoload(program, wanted);
		found |= wanted;
	}
	if (!found)
		die(name, ENOENT);
	if (limit_bpf__load(skel))
		die(name, errno);
	bpf_object__for_each_program(program, skel->obj)
		if (is_wanted(bpf_program__name(program), name) && !bpf_program__attach(program))
			die(name, errno);
}

int main(int argc, char **argv)
{
	struct limit_bpf *skel = limit_bpf__open();
	unsigned int events = 0, above = 1;
	struct ring_buffer *ring;
	int status, i = 2;

	if (argc > 2 && strcmp(argv[2], "--"))
		above = strtoul(argv[i++], NULL, 0);
	if (argc < i + 2 || strcmp(argv[i], "--")) {
		fprintf(stderr, "usage: limit PROGRAM [ABOVE] -- COMMAND...\n");
		return 129;
	}
	if (!skel)
		die("open", errno);
	skel->rodata->above = above;
	load(skel, argv[1]);
	ring = ring_buffer__new(bpf_map__fd(skel->maps.ring), count, &events, NULL);
	if (!ring)
		die("ring buffer", errno);
	status = run(argv + i + 1);
	if (ring_buffer__consume(ring) < 0)
		die("ring buffer", EIO);
	fprintf(stderr, "events=%u\n", events);
	return status;
}
