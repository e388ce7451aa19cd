// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print what a function's parameter points to, at each call, as bpf_snprintf_btf() does it in the
 * kernel: by the kernel's own BTF, with code that none of ours is in. What is recorded of the same
 * call has to have the same values.
 *
 *	judge [-c COMM] FUNCTION|tp:NAME INDEX STRUCT -- COMMAND...
 *
 * Calls made while COMMAND runs are printed after it has ended, one below the other, each behind a
 * line with "=". Its status is passed on.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "command.h"
#include "judge.skel.h"

static int print_text(void *ctx, void *text, size_t size)
{
	(void)ctx;
	printf("=\n%.*s\n", (int)size, (const char *)text);
	return 0;
}

static unsigned int find_type(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id;

	if (!btf)
		die("the kernel's BTF", errno);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
	if (id < 0)
		die(name, -id);
	btf__free(btf);
	return id;
}

static struct judge_bpf *load(const char *where, unsigned int index, const char *type, const char *comm)
{
	bool tracepoint = !strncmp(where, "tp:", 3);
	struct judge_bpf *skel = judge_bpf__open();
	struct bpf_program *used, *unused;
	int err;

	if (!skel)
		die("open", errno);
	used = tracepoint ? skel->progs.judge_tracepoint : skel->progs.judge_function;
	unused = tracepoint ? skel->progs.judge_function : skel->progs.judge_tracepoint;
	skel->rodata->param_index = index;
	skel->rodata->type_id = find_type(type);
	strncpy((char *)skel->rodata->comm, comm, sizeof(skel->rodata->comm) - 1);
	bpf_program__set_autoload(unused, false);
	err = bpf_program__set_attach_target(used, 0, where + (tracepoint ? 3 : 0));
	if (!err)
		err = judge_bpf__load(skel);
	if (!err && !bpf_program__attach(used))
		err = -errno;
	if (err)
		die(where, -err);
	return skel;
}

int main(int argc, char **argv)
{
	const char *comm = "";
	struct ring_buffer *ring;
	struct judge_bpf *skel;
	int option, status;

	while ((option = getopt(argc, argv, "+c:")) == 'c')
		comm = optarg;
	argv += optind;
	argc -= optind;
	if (option != -1 || argc < 5 || strcmp(argv[3], "--")) {
		fprintf(stderr, "usage: judge [-c COMM] FUNCTION|tp:NAME INDEX STRUCT -- COMMAND...\n");
		return 129;
	}
	if (!*comm)
		comm = argv[4];
	skel = load(argv[0], atoi(argv[1]), argv[2], comm);
	ring = ring_buffer__new(bpf_map__fd(skel->maps.ring), print_text, NULL, NULL);
	if (!ring)
		die("ring buffer", errno);
	status = run(argv + 4);
	if (ring_buffer__consume(ring) < 0)
		die("ring buffer", EIO);
	return status;
}
