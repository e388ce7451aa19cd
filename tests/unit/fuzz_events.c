// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way through the text of a -e: names, terms, modifiers, groups (make fuzz). The first
 * line of the input is the text, the others are what the kernel's files say: a PMU's format, an
 * event of it, its CPUs.
 *
 * What it checks beyond memory: an error has a message and a place in the text, and leaves nothing
 * behind; an event has a name, a leader before it, and whatever is sampled of it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../perf-plugin/events/error.h"
#include "../../perf-plugin/events/evlist.h"
#include "events_fixture.h"
#include "fuzz_check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_INPUT	4096

static const char *const seeds[] = {
	"cycles:u,{cs,faults:k}:W,L1-dcache-load-misses:pp,r1a8",
	"cpu/event=0x3c,umask=1,edge,period=5/u,imc/event=1/,mem-loads:P",
	"sched:sched_*,syscalls:sys_enter_read/call-graph=fp,max-stack=3/:k",
	"mem:0x1000/8:rw:u,cs/freq=10,name='a,b',no-inherit/",
	"cpu/fuzzed,given=3/\nconfig:0-7,32-35\ngiven=?,event=1\n0-3,7\n",
	"cpu/given=1/\nconfig1:0-63\nevent=0x3c\n0\n",
};

static struct events_tree tree;
static FILE *null;

static void remove_tree(void)
{
	events_tree__remove(&tree);
}

static void write_seeds(const char *dir)
{
	char path[512];

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/events-%zu", dir, i);
		file = fopen(path, "w");
		if (file) {
			fputs(seeds[i], file);
			fclose(file);
		}
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	null = fopen("/dev/null", "w");
	CHECK(null);
	for (int i = 1; i < *argc; i++) {
		if (!strncmp((*argv)[i], "--seeds=", 8)) {
			write_seeds((*argv)[i] + 8);
			exit(0);
		}
	}
	CHECK(events_tree__make(&tree));
	atexit(remove_tree);
	return 0;
}

static void check_events(const struct evlist *list)
{
	for (unsigned int i = 0; i < evlist__nr(list); i++) {
		const struct evsel *evsel = evlist__at(list, i);

		CHECK(evsel->name && *evsel->name);
		CHECK(evsel->leader <= i);
		CHECK(evlist__at(list, evsel->leader)->leader == evsel->leader);
		CHECK(evsel->attr.size == PERFDATA_ATTR_SIZE);
		CHECK(evsel->attr.sample_period);
		CHECK(evsel->attr.sample_type & PERF_SAMPLE_TIME);
		CHECK((evsel->attr.type != PERF_TYPE_TRACEPOINT || evsel->system || evsel->pmu) &&
		      !!evsel->system == !!evsel->format);
	}
}

/* The lines behind the text are files of a PMU. */
static char *put_files(char *text)
{
	static const char *const paths[] = {
		DEVICE("cpu/format/given"), DEVICE("cpu/events/fuzzed"), DEVICE("msr/cpumask"),
	};
	char *line = strchr(text, '\n');

	if (line)
		*line++ = '\0';
	for (size_t i = 0; line && i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *next = strchr(line, '\n');

		if (next)
			*next++ = '\0';
		CHECK(events_tree__put(&tree, paths[i], line));
		line = next;
	}
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct evlist_sampling sampling = { .chains = true, .freq = 99 };
	struct evlist *list = evlist__new(&tree.roots);
	struct diag diag = DIAG_INIT;
	char *text = strndup((const char *)data, size < MAX_INPUT ? size : MAX_INPUT);
	int err;

	CHECK(list && text);
	err = evlist__parse(list, put_files(text), &diag);
	CHECK(!!err == diag__is_set(&diag));
	if (err) {
		CHECK(!evlist__nr(list));
		CHECK(!diag.has_span || diag.span.pos <= strlen(text));
		event_error__print(&diag, text, 80, null);
	} else {
		CHECK(evlist__nr(list));
		evlist__add_filter(list, "common_pid != 1", NULL);
		evlist__configure(list, &sampling);
		check_events(list);
	}
	diag__exit(&diag);
	evlist__free(list);
	free(text);
	return 0;
}
