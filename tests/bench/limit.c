// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run a command while programs of limit.bpf.c are attached, and write what they record to a file,
 * raw: what tracing costs at least.
 *
 *	limit -o FILE [-t] [-a COUNT] [-n FUNCTIONS] PROGRAM -- COMMAND...
 *	limit list TYPE		functions with a parameter of type struct TYPE *: "NAME PARAMETER"
 *	limit offset TYPE MEMBER, limit size TYPE
 *				of the kernel's struct TYPE
 *
 * PROGRAM is the name of one in limit.bpf.c, or what stands before the __ in those of several. -t
 * records the command's process only, -a only reads of more than COUNT bytes, -n attaches
 * functions_* to so many functions only (all).
 *
 * Printed: events=N lost=N bytes=N, to stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../progs/prog.h"
#include "functions.h"
#include "limit.skel.h"
#include "link.h"

enum { POLL_MS = 2, BUFFER_SIZE = 1 << 20 };

struct options {
	const char *file, *program;
	bool of_command;
	unsigned long above;
	unsigned int max_functions;
	char **command;
};

/* What comes out of the ring, on its way into the file. */
struct sink {
	int fd;
	unsigned int used;
	unsigned long events, bytes;
	char buffer[BUFFER_SIZE];
};

static void sink__flush(struct sink *sink)
{
	if (write(sink->fd, sink->buffer, sink->used) != (ssize_t)sink->used)
		prog__die(errno, "can't write");
	sink->bytes += sink->used;
	sink->used = 0;
}

static int take(void *ctx, void *record, size_t size)
{
	struct sink *sink = ctx;

	if (sink->used + size > sizeof(sink->buffer))
		sink__flush(sink);
	memcpy(sink->buffer + sink->used, record, size);
	sink->used += size;
	sink->events++;
	return 0;
}

static const struct btf_type *find_struct(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	if (id < 0)
		prog__die(-id, "struct %s", name);
	return btf__type_by_id(btf, id);
}

/* In bytes, of a member that is directly in it or in anonymous ones; -1: there is none. */
static long member_offset(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++, member++) {
		const struct btf_type *t = btf__type_by_id(btf, member->type);
		long inner, bytes = btf_member_bit_offset(type, i) / 8;

		if (!strcmp(btf__name_by_offset(btf, member->name_off), name))
			return bytes;
		inner = !member->name_off && btf_is_composite(t) ? member_offset(btf, t, name) : -1;
		if (inner >= 0)
			return bytes + inner;
	}
	return -1;
}

static int show(const struct btf *btf, char **words)
{
	struct function *functions;
	unsigned int nr;

	if (!strcmp(words[0], "list")) {
		nr = functions__find(btf, words[1], &functions);
		for (unsigned int i = 0; i < nr; i++)
			printf("%s %u\n", functions[i].name, functions[i].parameter);
	} else if (!strcmp(words[0], "offset")) {
		printf("%ld\n", member_offset(btf, find_struct(btf, words[1]), words[2]));
	} else {
		printf("%u\n", find_struct(btf, words[1])->size);
	}
	return 0;
}

static bool belongs(const struct bpf_program *program, const char *wanted)
{
	const char *name = bpf_program__name(program);
	size_t len = strlen(wanted);

	return !strncmp(name, wanted, len) && (!name[len] || !strncmp(name + len, "__", 2));
}

static void attach_functions(struct bpf_program *program, const struct btf *btf, unsigned int max)
{
	bool is_kprobe = !strcmp(bpf_program__section_name(program), "kprobe.multi");
	int type = is_kprobe ? LINK_KPROBE_MULTI : LINK_FENTRY_MULTI;
	struct targets targets = {};
	struct function *functions;
	int fd;

	targets.nr = functions__find(btf, "sk_buff", &functions);
	if (max && targets.nr > max)
		targets.nr = max;
	targets.addrs = calloc(targets.nr, sizeof(*targets.addrs));
	targets.cookies = calloc(targets.nr, sizeof(*targets.cookies));
	targets.ids = calloc(targets.nr, sizeof(*targets.ids));
	if (!targets.addrs || !targets.cookies || !targets.ids)
		prog__die(errno, "no memory");
	for (unsigned int i = 0; i < targets.nr; i++) {
		targets.addrs[i] = functions[i].addr;
		targets.cookies[i] = functions[i].parameter;
		targets.ids[i] = functions[i].id;
	}
	fd = link__many_possible(bpf_program__fd(program), type, &targets);
	if (fd < 0)
		prog__die(-fd, "can't attach to %u functions", targets.nr);
	free(functions);
}

static void attach(struct limit_bpf *skel, const struct options *options, const struct btf *btf)
{
	struct bpf_program *program;
	bool any = false;

	bpf_object__for_each_program(program, skel->obj) {
		bool wanted = belongs(program, options->program);

		bpf_program__set_autoload(program, wanted);
		any |= wanted;
	}
	if (!any)
		prog__die(0, "there is no program %s", options->program);
	if (strncmp(options->program, "call_", 5))
		bpf_map__set_autocreate(skel->maps.calls, false);
	if (limit_bpf__load(skel))
		prog__die(errno, "can't load");
	bpf_object__for_each_program(program, skel->obj) {
		if (!bpf_program__autoload(program))
			continue;
		if (!strncmp(bpf_program__name(program), "functions_", 10))
			attach_functions(program, btf, options->max_functions);
		else if (!bpf_program__attach(program))
			prog__die(errno, "can't attach");
	}
}

/* The command, which waits until something is written to *go. */
static pid_t prepare(char **command, int *go)
{
	int fds[2];
	pid_t pid;
	char byte;

	if (pipe2(fds, O_CLOEXEC))
		prog__die(errno, "pipe");
	pid = fork();
	if (pid < 0)
		prog__die(errno, "fork");
	if (!pid) {
		close(fds[1]);
		if (read(fds[0], &byte, 1) == 1)
			execvp(command[0], command);
		prog__die(errno, "%s", command[0]);
	}
	close(fds[0]);
	*go = fds[1];
	return pid;
}

static void consume(struct ring_buffer *ring, struct sink *sink, pid_t pid)
{
	int status;

	do {
		usleep(POLL_MS * 1000);
		if (ring_buffer__consume(ring) < 0)
			prog__die(EIO, "ring buffer");
		if (sink->used > sizeof(sink->buffer) / 2)
			sink__flush(sink);
	} while (!waitpid(pid, &status, WNOHANG));
	sink__flush(sink);
	if (status)
		prog__die(0, "the command failed");
}

static int run(const struct options *options, const struct btf *btf)
{
	static struct sink sink;
	struct limit_bpf *skel = limit_bpf__open();
	struct ring_buffer *ring;
	pid_t pid;
	int go;

	if (!skel)
		prog__die(errno, "can't open");
	pid = prepare(options->command, &go);
	skel->rodata->tgid = options->of_command ? pid : 0;
	skel->rodata->above = options->above;
	skel->rodata->skb_size = find_struct(btf, "sk_buff")->size;
	attach(skel, options, btf);
	sink.fd = open(options->file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ring = ring_buffer__new(bpf_map__fd(skel->maps.ring), take, &sink, NULL);
	if (sink.fd < 0 || !ring)
		prog__die(errno, "%s", sink.fd < 0 ? options->file : "ring buffer");
	if (write(go, "", 1) != 1)
		prog__die(errno, "pipe");
	consume(ring, &sink, pid);
	fprintf(stderr, "events=%lu lost=%llu bytes=%lu\n", sink.events,
		(unsigned long long)skel->bss->lost, sink.bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = {};
	struct btf *btf = btf__load_vmlinux_btf();
	int option;

	if (!btf)
		prog__die(errno, "the kernel's BTF");
	if (argc >= 3 && (!strcmp(argv[1], "list") || !strcmp(argv[1], "size") ||
			  (argc == 4 && !strcmp(argv[1], "offset"))))
		return show(btf, argv + 1);
	while ((option = getopt(argc, argv, "+o:ta:n:")) != -1) {
		switch (option) {
		case 'o': options.file = optarg; break;
		case 't': options.of_command = true; break;
		case 'a': options.above = prog__number(optarg, 0, 1L << 40); break;
		case 'n': options.max_functions = prog__number(optarg, 1, 1 << 20); break;
		default: options.file = NULL; optind = argc; break;
		}
	}
	if (!options.file || optind + 2 >= argc || strcmp(argv[optind + 1], "--")) {
		fprintf(stderr, "usage: limit -o FILE [-t] [-a COUNT] [-n FUNCTIONS] PROGRAM -- "
			"COMMAND...\n"
			"       limit list TYPE | size TYPE | offset TYPE MEMBER\n");
		return 129;
	}
	options.program = argv[optind];
	options.command = argv + optind + 2;
	if (libbpf_register_prog_handler("fentry.multi", BPF_PROG_TYPE_TRACING,
					 (enum bpf_attach_type)LINK_FENTRY_MULTI, NULL) < 0)
		prog__die(errno, "libbpf");
	return run(&options, btf);
}
