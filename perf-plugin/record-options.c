// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record-events.h"
#include "record-options.h"
#include "util/verbose.h"

static int follow_modules__set(const struct option *opt, const char *arg, bool unset)
{
	enum follow_modules *follow = opt->value;

	(void)arg;
	*follow = unset ? FOLLOW_NOTHING : FOLLOW_ALL;
	return 0;
}

void record_options__add(struct record_options *rec, const struct option *options, unsigned int nr)
{
	/* The last place stays OPT_END(). */
	for (unsigned int i = 0; i < nr && rec->nr_options + 1 < RECORD_OPTIONS_MAX; i++)
		rec->options[rec->nr_options++] = options[i];
}

/* What is traced, and what is recorded of it. */
static void add_what(struct record_options *rec)
{
	const struct option options[] = {
		OPT_CALLBACK('f', "function", rec, "spec",
			     "function to trace, and what to record of it: 'name(item, ...)'; "
			     "tp:name(...) for a tracepoint. May be given several times",
			     record_events__keep_spec),
		OPT_CALLBACK(0, "filter", rec, "filter",
			     "what has to be true for there to be an event of the -f or -e before",
			     record_events__keep_filter),
		OPT_CALLBACK_NOARG(0, "errors", &rec->kept[TEXT_ERRORS],
				   "only calls of the -f before that return an error: < 0, an "
				   "error pointer, false", text_option__keep),
		OPT_CALLBACK(0, "exclude", &rec->kept[TEXT_EXCLUDE], "pattern",
			     "leave out the functions that this pattern matches",
			     text_option__keep),
		OPT_BOOLEAN(0, "deref", &rec->deref,
			    "with patterns, too, record what pointer parameters point to"),
		OPT_BOOLEAN(0, "graph", &rec->graph,
			    "record each call at its return, with return value and duration, for "
			    "report --graph"),
		OPT_CALLBACK_NOARG(0, "follow-modules", &rec->follow_modules,
				   "trace the functions of modules that are loaded meanwhile, too; "
				   "without being asked for *: and other patterns of modules",
				   follow_modules__set),
		OPT_STRING(0, "vmlinux", &rec->vmlinux, "file",
			   "kernel with DWARF, for patterns of source files"),
		OPT_STRING(0, "max-data", &rec->max_data, "size",
			   "bytes to keep of a struct or array (1K)"),
		OPT_STRING(0, "max-string", &rec->max_string, "size",
			   "bytes to keep of a string behind a pointer (128)"),
	};

	record_options__add(rec, options, sizeof(options) / sizeof(options[0]));
}

/* What has to be so for there to be an event. */
static void add_conditions(struct record_options *rec)
{
	const struct option options[] = {
		OPT_BOOLEAN('a', "all-cpus", &rec->all, "system-wide collection from all CPUs"),
		OPT_STRING('p', "pid", &rec->pids, "pid",
			   "only existing processes (comma separated)"),
		OPT_STRING('t', "tid", &rec->tids, "tid",
			   "only existing threads (comma separated)"),
		OPT_STRING('C', "cpu", &rec->cpus, "cpu", "only these CPUs (0-2,5)"),
		OPT_STRING('u', "uid", &rec->user, "user", "only tasks of this user"),
		OPT_CALLBACK(0, "comm", &rec->kept[TEXT_COMM], "comm[,comm...]",
			     "only tasks with one of these names (globs)", text_option__keep),
		OPT_STRING('G', "cgroup", &rec->cgroup, "path",
			   "only tasks in this cgroup (version 2) or below"),
		OPT_STRING(0, "duration", &rec->duration, "range",
			   "only calls that take so long: '>10ms', '<=1s', '1ms..10ms'"),
		OPT_CALLBACK(0, "stack-has", &rec->kept[TEXT_STACK_HAS], "func[,func...]",
			     "only with these functions on the call chain", text_option__keep),
		OPT_STRING(0, "sequence", &rec->sequence_list, "func,func...",
			   "only while the task is in all of these, entered in this order"),
		OPT_STRING(0, "track", &rec->track_text, "what",
			   "follow objects, from where they first pass the filter until they are "
			   "freed: a parameter's name (skb) or a type (struct sk_buff *); only "
			   "their events are recorded"),
		OPT_STRING(0, "track-until", &rec->track_until_list, "func[(param)],...",
			   "they also end where one of these functions is entered with them"),
		OPT_U64(0, "track-max", &rec->track_max, "objects followed at a time (65536)"),
		OPT_BOOLEAN(0, "exclude-perf", &rec->exclude_perf,
			    "don't record events of this program itself"),
	};

	record_options__add(rec, options, sizeof(options) / sizeof(options[0]));
}

/* How it is done. */
static void add_how(struct record_options *rec)
{
	const struct option options[] = {
		OPT_STRING('m', "mmap-pages", &rec->mmap_pages, "pages",
			   "size of the ring buffer, in pages or with a unit (8M)"),
		OPT_STRING('D', "delay", &rec->delay, "ms",
			   "ms to wait before recording, or spans of ms to record in "
			   "(10-20,30-40)"),
		OPT_STRING('k', "clockid", &rec->clock, "clockid",
			   "clock for the samples: mono (the default), boot, tai, real"),
		RECORD_CHAINS_OPTIONS(&rec->chains),
		OPT_U64(0, "max-events", &rec->max_events, "stop after that many events"),
		OPT_STRING(0, "backend", &rec->backend, "name",
			   "how to attach: auto, fentry, fsession, fentry.multi, "
			   "fsession.multi, tracing-multi, kprobe, kprobe.multi, kprobe.session"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
	};

	record_options__add(rec, options, sizeof(options) / sizeof(options[0]));
}

int record_options__init(struct record_options *rec, int argc, const char **argv)
{
	const char **full = calloc(argc + 2, sizeof(*full));	/* parsing moves argv about */

	memset(rec, 0, sizeof(*rec));
	if (!full)
		return -ENOMEM;
	full[0] = "perf";
	full[1] = "btfsnoop";
	memcpy(full + 2, argv, argc * sizeof(*full));
	rec->full_argv = full;
	rec->session = (struct session_opts){
		.argc = argc + 2, .argv = full, .target = &rec->target,
	};
	for (int kind = 0; kind < NR_TEXT_KINDS; kind++)
		rec->kept[kind] = (struct text_option){ &rec->texts, kind };
	add_what(rec);
	add_conditions(rec);
	add_how(rec);
	return record_events__init(rec);
}

void record_options__exit(struct record_options *rec)
{
	for (unsigned int i = 0; i < rec->nr_specs; i++)
		spec__free(rec->specs[i]);
	free(rec->specs);
	free(rec->windows);
	free(rec->comm_filter);
	free(rec->duration_filter);
	free(rec->stack_has);
	free(rec->sequence);
	free(rec->track_until_copy);
	track_what__exit(&rec->track);
	record_events__exit(rec);
	texts__exit(&rec->texts);
	target__exit(&rec->target);
	free(rec->full_argv);
}

bool record_options__has_spec(const struct record_options *rec)
{
	return texts__has(&rec->texts, TEXT_SPEC);
}

int record_options__no_spec(const struct record_options *rec, const char *const *usage,
			    const struct option *options)
{
	if (!evlist__nr(rec->evlist))
		return options__usage_error(usage, options, "nothing to trace: -f is missing");
	/* Without the usage: it would push the way out of sight. */
	fputs("error: events of -e stand beside those of -f, which is missing\n"
	      "hint: 'perf record -k mono -e ...' records them alone, and 'perf btfsnoop merge -o FILE "
	      "A B' puts\n"
	      "hint: its file and one of ours together, on one timeline\n", stderr);
	return OPTIONS_EXIT_USAGE;
}
