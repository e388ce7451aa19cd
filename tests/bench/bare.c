// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long it takes to attach a program that does nothing to many functions by the bare system
 * calls, and to detach it.
 *
 *	bare BACKEND FUNCTIONS [TYPE]
 *
 * BACKEND is one of kinds[]; FUNCTIONS how many (0: all), TYPE that of a parameter they have. What
 * the kernel refuses is left out.
 *
 * Printed: functions=N attach=SECONDS detach=SECONDS; loading is not part of it where there is one
 * program only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "../progs/prog.h"
#include "functions.h"
#include "link.h"

struct bare {
	struct targets targets;
	int *links;
};

static const struct kind {
	const char *name;
	int attach_type;
} kinds[] = {
	{ "fentry", LINK_FENTRY },
	{ "fsession", LINK_FSESSION },
	{ "kprobe", 0 },
	{ "kprobe.multi", LINK_KPROBE_MULTI },
	{ "kprobe.session", LINK_KPROBE_SESSION },
	{ "fentry.multi", LINK_FENTRY_MULTI },
	{ "fexit.multi", LINK_FEXIT_MULTI },
	{ "fsession.multi", LINK_FSESSION_MULTI },
};

static double seconds(void)
{
	return prog__now_ns() / 1e9;
}

static void attach_at_once(struct bare *bare, int type)
{
	int program = link__program(type, 0), fd;
	double start, attached, detached;

	if (program < 0)
		prog__die(-program, "can't load");
	/* Once for what is refused, and once for the time. */
	fd = link__many_possible(program, type, &bare->targets);
	close(fd);
	start = seconds();
	fd = fd < 0 ? fd : link__many(program, type, &bare->targets);
	if (fd < 0)
		prog__die(-fd, "can't attach to %u functions", bare->targets.nr);
	attached = seconds();
	close(fd);
	detached = seconds();
	printf("functions=%u attach=%.3f detach=%.3f\n", bare->targets.nr, attached - start,
	       detached - attached);
}

/* One link a function: fentry has a program for each as well. What is refused doesn't count. */
static void attach_one_by_one(struct bare *bare, int type)
{
	int program = type ? -1 : link__program(0, 0);
	unsigned int nr = 0;
	double start = seconds(), attached;

	for (unsigned int i = 0; i < bare->targets.nr; i++) {
		int fd = program;

		if (type)
			fd = link__program(type, bare->targets.ids[i]);
		if (fd >= 0)
			bare->links[nr] = type ? link__tracing(fd) :
						 link__kprobe(fd, bare->targets.addrs[i]);
		if (fd >= 0 && bare->links[nr] >= 0)
			nr++;
		if (type && fd >= 0)
			close(fd);
	}
	attached = seconds();
	if (!nr)
		prog__die(0, "the kernel takes none");
	for (unsigned int i = 0; i < nr; i++)
		close(bare->links[i]);
	printf("functions=%u attach=%.3f detach=%.3f\n", nr, attached - start,
	       seconds() - attached);
}

static void bare__find(struct bare *bare, const char *type, unsigned int max)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct targets *targets = &bare->targets;
	struct function *functions;

	if (!btf)
		prog__die(errno, "the kernel's BTF");
	targets->nr = functions__find(btf, type, &functions);
	if (max && targets->nr > max)
		targets->nr = max;
	targets->addrs = calloc(targets->nr, sizeof(*targets->addrs));
	targets->ids = calloc(targets->nr, sizeof(*targets->ids));
	bare->links = calloc(targets->nr, sizeof(*bare->links));
	if (!targets->addrs || !targets->ids || !bare->links)
		prog__die(errno, "no memory");
	for (unsigned int i = 0; i < targets->nr; i++) {
		targets->addrs[i] = functions[i].addr;
		targets->ids[i] = functions[i].id;
	}
	free(functions);
	btf__free(btf);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 1 << 20, 1 << 20 };
	struct bare bare = {};
	const struct kind *kind = NULL;

	for (unsigned int i = 0; argc >= 3 && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].name, argv[1]))
			kind = &kinds[i];
	if (!kind) {
		fprintf(stderr, "usage: bare BACKEND FUNCTIONS [TYPE]\n");
		return 129;
	}
	setrlimit(RLIMIT_NOFILE, &files);
	bare__find(&bare, argv[3], prog__number(argv[2], 0, 1 << 20));
	if (!kind->attach_type || kind->attach_type == LINK_FENTRY ||
	    kind->attach_type == LINK_FSESSION)
		attach_one_by_one(&bare, kind->attach_type);
	else
		attach_at_once(&bare, kind->attach_type);
	return 0;
}
