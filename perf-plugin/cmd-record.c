// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop record: options, and what is said at the end. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "cli/shorthand.h"
#include "cli/term.h"
#include "plan/track.h"
#include "record/session.h"
#include "text-option.h"
#include "util/verbose.h"

#define DEFAULT_RING_SIZE	(8u << 20)
#define DEFAULT_MAX_DATA	1024
#define DEFAULT_MAX_STRING	128
#define DEFAULT_TRACK_MAX	65536
#define LARGEST_TRACK_MAX	(16u << 20)
#define MAX_TRACK_UNTIL		16
#define MAX_CAPTURE		32768	/* of one value: two of them fit into a record */

struct record {
	struct texts texts;
	struct spec **specs;
	unsigned int nr_specs;
	char **stack_has;
	char **sequence;
	char *comm_filter;
	char *duration_filter;
	const char *sequence_list;
	const char *track_text;
	const char *track_until_list;
	struct track_what track;
	char *track_until[MAX_TRACK_UNTIL];
	char *track_until_copy;		/* which they are in */
	uint64_t track_max;
	const char *duration;
	const char *cgroup;
	const char *vmlinux;
	bool deref;
	bool graph;
	enum follow_modules follow_modules;
	const char *output;
	const char *pids;
	const char *tids;
	const char *cpus;
	const char *user;
	const char *mmap_pages;
	const char *delay;
	const char *clock;
	const char *max_size;
	const char *max_data;
	const char *max_string;
	const char *backend;
	bool all;
	bool no_inherit;
	bool exclude_perf;
	bool dry_run;
	bool quiet;
	uint64_t max_events;
	uint64_t cpu_mask[BS_MAX_CPUS / 64];
	struct session_window *windows;
};

static const char *const record_usage[] = {
	"perf btfsnoop record -f <spec> [-f <spec>...] [<options>] [-- <command> [<options>]]",
	NULL,
};

/* ---- options that need more than a look --------------------------------------------------- */

/* What parsing an option's argument came to: 0, or a message is printed. */
static int check(int err, const char *option, const char *arg, struct diag *diag)
{
	char *msg = NULL;

	if (err && asprintf(&msg, "%s: %s", option, diag->msg ? diag->msg : strerror(-err)) >= 0) {
		free(diag->msg);
		diag->msg = msg;
		diag__print(diag, arg, err, stderr);
	}
	diag__exit(diag);
	return err;
}

static int refuse(const char *option, const char *arg, const char *reason)
{
	fprintf(stderr, "error: %s %s: %s\n", option, arg, reason);
	return -EINVAL;
}

static int choose_clock(const struct record *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	int err;

	opts->clockid = CLOCK_MONOTONIC;
	if (!rec->clock)
		return 0;
	err = check(parse__clockid(rec->clock, &opts->clockid, &diag), "-k", rec->clock,
		    &diag);
	if (!err && opts->clockid == CLOCK_MONOTONIC_RAW)
		return refuse("-k", rec->clock, "BPF programs cannot read this clock "
						"(mono, boot, tai and real they can)");
	return err;
}

static int choose_user(const struct record *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;

	if (!rec->user)
		return 0;
	opts->by_uid = true;
	return check(parse__user(rec->user, &opts->uid, &diag), "-u", rec->user, &diag);
}

static int add_target(const char *option, const char *list, bool threads,
		      struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	unsigned int nr = 0;
	pid_t *ids = NULL;
	int err;

	if (!list)
		return 0;
	err = parse__pids(list, &ids, &nr, &diag);
	for (unsigned int i = 0; i < nr && !err; i++)
		err = threads ? target__add_thread(opts->target, ids[i], &diag) :
				target__add_process(opts->target, ids[i], &diag);
	free(ids);
	return check(err, option, list, &diag);
}

static int choose_cpus(struct record *rec, struct session_opts *opts)
{
	long nr_cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct diag diag = DIAG_INIT;

	if (!rec->cpus)
		return 0;
	if (nr_cpus <= 0 || nr_cpus > BS_MAX_CPUS)
		nr_cpus = BS_MAX_CPUS;
	opts->cpus = rec->cpu_mask;
	return check(parse__cpus(rec->cpus, rec->cpu_mask, nr_cpus, &diag), "-C", rec->cpus,
		     &diag);
}

static int choose_size(const char *option, const char *arg, uint64_t max, uint64_t *size)
{
	struct diag diag = DIAG_INIT;
	int err;

	if (!arg)
		return 0;
	err = check(parse__size(arg, size, &diag), option, arg, &diag);
	if (!err && (!*size || *size > max))
		return refuse(option, arg, max == MAX_CAPTURE ? "1 byte to 32K" : "too small");
	return err;
}

static int choose_ring(const struct record *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	bool rounded = false;
	int err;

	opts->ring_size = DEFAULT_RING_SIZE;
	if (!rec->mmap_pages)
		return 0;
	err = check(parse__pages(rec->mmap_pages, &opts->ring_size, &rounded, &diag), "-m",
		    rec->mmap_pages, &diag);
	if (!err && rounded)
		pr_info("rounding mmap pages size to %u bytes\n", opts->ring_size);
	return err;
}

static int choose_sizes(const struct record *rec, struct session_opts *opts)
{
	uint64_t data = DEFAULT_MAX_DATA, string = DEFAULT_MAX_STRING;
	int err;

	err = choose_size("--max-size", rec->max_size, UINT64_MAX, &opts->max_size);
	if (!err)
		err = choose_size("--max-data", rec->max_data, MAX_CAPTURE, &data);
	if (!err)
		err = choose_size("--max-string", rec->max_string, MAX_CAPTURE, &string);
	opts->event_opts.max_data = data;
	opts->event_opts.max_string = string;
	return err;
}

static int choose_backend(const struct record *rec, struct session_opts *opts)
{
	int backend = rec->backend ? backend__by_name(rec->backend) : BACKEND_AUTO;

	if (backend < 0)
		return refuse("--backend", rec->backend,
			      "not one of auto, fentry, fsession, fentry.multi, fsession.multi, "
			      "tracing-multi, kprobe, kprobe.multi, kprobe.session, tp_btf");
	opts->backend = backend;
	return 0;
}

static int choose_windows(struct record *rec, struct session_opts *opts)
{
	struct parse_window *windows = NULL;
	struct diag diag = DIAG_INIT;
	unsigned int nr = 0;
	int err;

	if (!rec->delay)
		return 0;
	err = check(parse__delay(rec->delay, &windows, &nr, &diag), "-D", rec->delay, &diag);
	if (!err && nr && windows[0].from_ns == UINT64_MAX)
		err = refuse("-D", rec->delay, "nothing could enable recording later");
	if (!err)
		rec->windows = calloc(nr, sizeof(*rec->windows));
	if (!err && !rec->windows)
		err = -ENOMEM;
	for (unsigned int i = 0; i < nr && !err; i++)
		rec->windows[i] = (struct session_window){ windows[i].from_ns, windows[i].to_ns };
	free(windows);
	opts->windows = rec->windows;
	opts->nr_windows = nr;
	return err;
}

/* A list that came in several options. *@list is what came, NULL for none. */
static int join(const struct texts *texts, enum text_kind kind, char **list)
{
	if (!texts__has(texts, kind))
		return 0;
	*list = texts__join(texts, kind);
	return *list ? 0 : -ENOMEM;
}

static int choose_comm(struct record *rec)
{
	struct diag diag = DIAG_INIT;
	struct buf filter = BUF_INIT;
	char *list = NULL;
	int err = join(&rec->texts, TEXT_COMM, &list);

	if (!err && list) {
		err = check(shorthand__comm(list, &filter, &diag), "--comm", list, &diag);
		rec->comm_filter = buf__take(&filter);
	}
	free(list);
	return !err && list && !rec->comm_filter ? -ENOMEM : err;
}

static int choose_duration(struct record *rec)
{
	struct diag diag = DIAG_INIT;
	struct buf filter = BUF_INIT;
	int err;

	if (!rec->duration)
		return 0;
	err = check(shorthand__duration(rec->duration, &filter, &diag), "--duration", rec->duration,
		    &diag);
	rec->duration_filter = buf__take(&filter);
	return !err && !rec->duration_filter ? -ENOMEM : err;
}

static int choose_stack(struct record *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	char *list = NULL;
	int err = join(&rec->texts, TEXT_STACK_HAS, &list);

	if (!err && list)
		err = check(parse__names(list, BS_MAX_STACK_HAS, &rec->stack_has,
					 &opts->nr_stack_has, &diag), "--stack-has", list, &diag);
	opts->stack_has = rec->stack_has;
	free(list);
	return err;
}

static int choose_sequence(struct record *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	int err;

	if (!rec->sequence_list)
		return 0;
	err = parse__names(rec->sequence_list, BS_MAX_SEQUENCE, &rec->sequence, &opts->nr_sequence,
			   &diag);
	if (err && strchr(rec->sequence_list, '('))
		diag__hint(&diag, "what to record of a function is said by its -f");
	opts->sequence = rec->sequence;
	return check(err, "--sequence", rec->sequence_list, &diag);
}

static int choose_track_until(struct record *rec, struct session_opts *opts)
{
	const char *list = rec->track_until_list;
	char *rest, *text;

	if (!list)
		return 0;
	if (!rec->track_text)
		return refuse("--track-until", list, "nothing is followed without --track");
	rec->track_until_copy = rest = strdup(list);
	if (!rest)
		return -ENOMEM;
	while ((text = strsep(&rest, ","))) {
		if (opts->nr_track_until == MAX_TRACK_UNTIL)
			return refuse("--track-until", list, "more than 16 functions");
		rec->track_until[opts->nr_track_until++] = text;
	}
	opts->track_until = rec->track_until;
	return 0;
}

static int choose_track(struct record *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	char max[24];
	int err;

	snprintf(max, sizeof(max), "%" PRIu64, rec->track_max);
	err = choose_track_until(rec, opts);
	if (!err && rec->track_max && !rec->track_text)
		return refuse("--track-max", max, "nothing is followed without --track");
	if (err || !rec->track_text)
		return err;
	if (rec->sequence_list)
		return refuse("--track", rec->track_text, "a --sequence is of one task, an object "
							  "is followed through several");
	if (rec->track_max > LARGEST_TRACK_MAX)
		return refuse("--track-max", max, "more than 16,777,216 objects");
	err = check(track_what__parse(rec->track_text, &rec->track, &diag), "--track",
		    rec->track_text, &diag);
	opts->track = &rec->track;
	opts->event_opts.track = &rec->track;
	opts->track_max = rec->track_max ? rec->track_max : DEFAULT_TRACK_MAX;
	return err;
}

/* What has to be so for there to be an event. */
static int choose_conditions(struct record *rec, struct session_opts *opts)
{
	int err = choose_comm(rec);

	if (!err)
		err = choose_duration(rec);
	if (!err)
		err = choose_stack(rec, opts);
	if (!err)
		err = choose_sequence(rec, opts);
	if (!err)
		err = choose_track(rec, opts);
	opts->nr_common = !!rec->comm_filter + !!rec->duration_filter;
	opts->cgroup = rec->cgroup;
	opts->vmlinux = rec->vmlinux;
	opts->event_opts.deref = rec->deref;
	opts->event_opts.graph = rec->graph;
	return err;
}

static int choose_all(struct record *rec, struct session_opts *opts)
{
	int err = choose_clock(rec, opts);

	if (!err)
		err = choose_user(rec, opts);
	if (!err)
		err = choose_cpus(rec, opts);
	if (!err)
		err = choose_ring(rec, opts);
	if (!err)
		err = choose_sizes(rec, opts);
	if (!err)
		err = choose_backend(rec, opts);
	if (!err)
		err = choose_windows(rec, opts);
	if (!err)
		err = choose_conditions(rec, opts);
	if (!err)
		err = add_target("-p", rec->pids, false, opts);
	if (!err)
		err = add_target("-t", rec->tids, true, opts);
	return err;
}

/* ---- running ------------------------------------------------------------------------------ */

static void say_losses(const struct session_result *result)
{
	if (result->lost_ring)
		pr_warning("warning: %llu samples lost: the ring buffer was full "
			   "(-m makes it larger)\n", (unsigned long long)result->lost_ring);
	if (result->lost_slot)
		pr_warning("warning: %llu returns lost: too many calls at a time\n",
			   (unsigned long long)result->lost_slot);
	if (result->untracked)
		pr_warning("warning: %llu objects not followed: there were too many at a time "
			   "(--track-max allows more)\n", (unsigned long long)result->untracked);
	if (result->missed)
		pr_warning("warning: %llu calls not seen: made while another was being recorded "
			   "on the same CPU, or too many at a time for a kretprobe\n",
			   (unsigned long long)result->missed);
}

/* In perf's words (tools/perf/builtin-record.c, __cmd_record). */
static void sum_up(const struct session_opts *opts, const struct session_result *result)
{
	uint64_t lost = result->lost_ring + result->lost_slot;

	if (result->hit_max_size)
		pr_info("[ perf btfsnoop record: perf size limit reached (%llu KB), "
			"stopping session ]\n", (unsigned long long)(opts->max_size >> 10));
	pr_info("[ perf btfsnoop record: Woken up %llu times to write data ]\n",
		(unsigned long long)result->nr_wakeups);
	say_losses(result);
	pr_info("[ perf btfsnoop record: Captured and wrote %.3f MB %s (%llu samples",
		result->size / 1024.0 / 1024.0, opts->path,
		(unsigned long long)result->nr_samples);
	if (lost)
		pr_info(", %llu lost", (unsigned long long)lost);
	pr_info(") ]\n");
}

static int run(struct record *rec, struct session_opts *opts)
{
	struct session_result result;
	struct diag diag = DIAG_INIT;
	const struct spec *failed;
	int err;

	opts->specs = rec->specs;
	opts->nr_specs = rec->nr_specs;
	if (!opts->dry_run)
		term__take_foreground();
	err = session__run(opts, &result, &failed, &diag);
	if (err)
		diag__print(&diag, failed ? failed->text : NULL, err, stderr);
	else if (!opts->dry_run)
		sum_up(opts, &result);
	diag__exit(&diag);
	if (err == -EINTR && result.exit_status)
		return result.exit_status;
	return err ? 1 : result.exit_status;
}

static int parse_specs(struct record *rec)
{
	const char *const common[TEXTS_MAX_COMMON] = { rec->comm_filter, rec->duration_filter };

	return texts__parse(&rec->texts, common, &rec->specs, &rec->nr_specs);
}

static void record__exit(struct record *rec, struct session_opts *opts)
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
	texts__exit(&rec->texts);
	target__exit(opts->target);
}

static int follow_modules__set(const struct option *opt, const char *arg, bool unset)
{
	enum follow_modules *follow = opt->value;

	(void)arg;
	*follow = unset ? FOLLOW_NOTHING : FOLLOW_ALL;
	return 0;
}

/* Returns how many arguments are left, at argv[0] and on, or a status as options__parse() does. */
static int parse_options(int argc, const char **argv, struct record *rec)
{
	struct text_option kept[NR_TEXT_KINDS];
	const struct option options[] = {
		OPT_CALLBACK('f', "function", &kept[TEXT_SPEC], "spec",
			     "function to trace, and what to record of it: 'name(item, ...)'; "
			     "tp:name(...) for a tracepoint. May be given several times",
			     text_option__keep),
		OPT_CALLBACK(0, "filter", &kept[TEXT_FILTER], "filter",
			     "what has to be true for there to be an event of the -f before",
			     text_option__keep),
		OPT_CALLBACK_NOARG(0, "errors", &kept[TEXT_ERRORS],
				   "only calls of the -f before that return an error: < 0, an "
				   "error pointer, false", text_option__keep),
		OPT_CALLBACK(0, "exclude", &kept[TEXT_EXCLUDE], "pattern",
			     "leave out functions that patterns would find", text_option__keep),
		OPT_BOOLEAN(0, "deref", &rec->deref,
			    "with patterns, too, record what pointer parameters point to"),
		OPT_BOOLEAN(0, "graph", &rec->graph,
			    "record each call at its return, with return value and duration, for "
			    "report --graph"),
		OPT_CALLBACK_NOARG(0, "follow-modules", &rec->follow_modules,
				   "trace the functions of modules that are loaded meanwhile, too; "
				   "without being asked for *: and other patterns of modules",
				   follow_modules__set),
		OPT_BOOLEAN('a', "all-cpus", &rec->all, "system-wide collection from all CPUs"),
		OPT_STRING('p', "pid", &rec->pids, "pid", "record events on existing process id"),
		OPT_STRING('t', "tid", &rec->tids, "tid", "record events on existing thread id"),
		OPT_STRING('C', "cpu", &rec->cpus, "cpu", "list of cpus to monitor"),
		OPT_STRING('u', "uid", &rec->user, "user", "user to record events of"),
		OPT_STRING(0, "vmlinux", &rec->vmlinux, "file",
			   "kernel with DWARF, for patterns of source files"),
		OPT_CALLBACK(0, "comm", &kept[TEXT_COMM], "comm[,comm...]",
			     "only tasks with one of these names (globs)", text_option__keep),
		OPT_STRING('G', "cgroup", &rec->cgroup, "path",
			   "only tasks in this cgroup (version 2) or below"),
		OPT_STRING(0, "duration", &rec->duration, "range",
			   "only calls that take so long: '>10ms', '<=1s', '1ms..10ms'"),
		OPT_CALLBACK(0, "stack-has", &kept[TEXT_STACK_HAS], "func[,func...]",
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
		OPT_BOOLEAN('i', "no-inherit", &rec->no_inherit, "leave out child tasks"),
		OPT_STRING('o', "output", &rec->output, "file", "output file name"),
		OPT_STRING('m', "mmap-pages", &rec->mmap_pages, "pages",
			   "size of the ring buffer, in pages or with a unit (8M)"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN('q', "quiet", &rec->quiet, "don't print any message"),
		OPT_STRING('D', "delay", &rec->delay, "ms",
			   "ms to wait before recording, or spans of ms to record in "
			   "(10-20,30-40)"),
		OPT_STRING('k', "clockid", &rec->clock, "clockid",
			   "clock for the samples: mono (the default), boot, tai, real"),
		OPT_U64(0, "max-events", &rec->max_events, "stop after that many events"),
		OPT_STRING(0, "max-size", &rec->max_size, "size",
			   "stop when the file has reached this size"),
		OPT_STRING(0, "max-data", &rec->max_data, "size",
			   "bytes to keep of a struct or array (1K)"),
		OPT_STRING(0, "max-string", &rec->max_string, "size",
			   "bytes to keep of a string behind a pointer (128)"),
		OPT_STRING(0, "backend", &rec->backend, "name",
			   "how to attach: auto, fentry, fsession, fentry.multi, "
			   "fsession.multi, tracing-multi, kprobe, kprobe.multi, kprobe.session"),
		OPT_BOOLEAN(0, "exclude-perf", &rec->exclude_perf,
			    "don't record events of this program itself"),
		OPT_BOOLEAN(0, "dry-run", &rec->dry_run, "check options and specs, then exit"),
		OPT_END(),
	};

	for (int kind = 0; kind < NR_TEXT_KINDS; kind++)
		kept[kind] = (struct text_option){ &rec->texts, kind };
	argc = options__parse(argc, argv, options, record_usage, OPTIONS_STOP_AT_NON_OPTION);
	if (argc >= 0 && !texts__has(&rec->texts, TEXT_SPEC))
		return -options__usage_error(record_usage, options,
					     "nothing to trace: -f is missing");
	return argc;
}

static void choose_flags(const struct record *rec, int argc, const char **argv,
			 struct session_opts *opts)
{
	opts->path = rec->output;
	opts->follow_modules = rec->follow_modules;
	opts->system_wide = rec->all || (!argc && !rec->pids && !rec->tids);
	opts->follow = !rec->no_inherit && !rec->tids;
	opts->exclude_self = rec->exclude_perf;
	opts->max_events = rec->max_events;
	opts->dry_run = rec->dry_run;
	opts->workload = argc ? (char *const *)argv : NULL;
}

int cmd_record(int argc, const char **argv)
{
	struct record rec = { .output = "perf.data" };
	const char **full = calloc(argc + 2, sizeof(*full));	/* parsing moves argv about */
	struct target target = { 0 };
	struct session_opts opts = { .argc = argc + 2, .argv = full, .target = &target };
	int status = 1, err;

	if (!full)
		return 1;
	full[0] = "perf";
	full[1] = "btfsnoop";
	memcpy(full + 2, argv, argc * sizeof(*full));
	argc = parse_options(argc, argv, &rec);
	if (argc < 0) {
		status = -argc;
		goto out;
	}
	if (rec.quiet)
		verbose = -1;
	choose_flags(&rec, argc, argv, &opts);
	/* What an option cannot be is wrong usage; what a spec cannot be is shown with its place. */
	err = choose_all(&rec, &opts);
	if (err && err != -ENOMEM)
		status = OPTIONS_EXIT_USAGE;
	if (!err)
		err = parse_specs(&rec);
	if (!err)
		status = run(&rec, &opts);
out:
	record__exit(&rec, &opts);
	free(full);
	return status;
}
