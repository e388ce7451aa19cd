// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/parse.h"
#include "cli/shorthand.h"
#include "record-events.h"
#include "record-options.h"
#include "util/preset.h"
#include "util/verbose.h"

#define DEFAULT_RING_SIZE	(8u << 20)
#define CHAINS_RING_SIZE	(32u << 20)	/* each event has room for a whole call chain */
#define DEFAULT_MAX_DATA	1024
#define DEFAULT_MAX_STRING	128
#define DEFAULT_TRACK_MAX	65536
#define LARGEST_TRACK_MAX	(16u << 20)
#define MAX_CAPTURE		32768	/* of one value: two of them fit into a record */

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

static bool has_clock(clockid_t id)
{
	return id == CLOCK_MONOTONIC || id == CLOCK_BOOTTIME || id == CLOCK_TAI ||
	       id == CLOCK_REALTIME;
}

static int choose_clock(const struct record_options *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	int err;

	opts->clockid = CLOCK_MONOTONIC;
	if (!rec->clock)
		return 0;
	err = check(parse__clockid(rec->clock, &opts->clockid, &diag), "-k", rec->clock,
		    &diag);
	if (!err && !has_clock(opts->clockid))
		return options__refuse("-k", rec->clock, "BPF programs cannot read this clock "
				       "(mono, boot, tai and real they can)");
	return err;
}

static int choose_user(const struct record_options *rec, struct session_opts *opts)
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

static int choose_cpus(struct record_options *rec, struct session_opts *opts)
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
		return options__refuse(option, arg,
				       max == MAX_CAPTURE ? "1 byte to 32K" : "too small");
	return err;
}

static int choose_ring(const struct record_options *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	bool rounded = false;
	int err;

	opts->ring_size = chain_opts__any(&opts->chains) ? CHAINS_RING_SIZE : DEFAULT_RING_SIZE;
	if (!rec->mmap_pages)
		return 0;
	err = check(parse__pages(rec->mmap_pages, &opts->ring_size, &rounded, &diag), "-m",
		    rec->mmap_pages, &diag);
	if (!err && rounded)
		pr_info("rounding mmap pages size to %u bytes\n", opts->ring_size);
	return err;
}

static int choose_sizes(const struct record_options *rec, struct session_opts *opts)
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

static int choose_backend(const struct record_options *rec, struct session_opts *opts)
{
	int backend = rec->backend ? backend__by_name(rec->backend) : BACKEND_AUTO;

	if (backend < 0)
		return options__refuse("--backend", rec->backend, "not one of " RECORD_BACKENDS);
	opts->backend = backend;
	return 0;
}

static int choose_windows(struct record_options *rec, struct session_opts *opts)
{
	struct parse_window *windows = NULL;
	struct diag diag = DIAG_INIT;
	unsigned int nr = 0;
	int err;

	if (!rec->delay)
		return 0;
	err = check(parse__delay(rec->delay, &windows, &nr, &diag), "-D", rec->delay, &diag);
	if (!err && nr && windows[0].from_ns == UINT64_MAX &&
	    !(opts->flight && opts->flight->has_control))
		err = options__refuse("-D", rec->delay, "nothing could enable recording later, "
				      "without --control");
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

static int choose_comm(struct record_options *rec)
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

static int choose_duration(struct record_options *rec)
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

static int choose_stack(struct record_options *rec, struct session_opts *opts)
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

static int choose_sequence(struct record_options *rec, struct session_opts *opts)
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

static int choose_track_until(struct record_options *rec, struct session_opts *opts)
{
	const char *list = rec->track_until_list;
	char *rest, *text;

	if (!list)
		return 0;
	if (!rec->track_text)
		return preset__is("track-until") ? 0 :
		       options__refuse("--track-until", list,
				       "nothing is followed without --track");
	rec->track_until_copy = rest = strdup(list);
	if (!rest)
		return -ENOMEM;
	while ((text = strsep(&rest, ","))) {
		if (opts->nr_track_until == RECORD_MAX_TRACK_UNTIL)
			return options__refuse("--track-until", list, "more than 16 functions");
		rec->track_until[opts->nr_track_until++] = text;
	}
	opts->track_until = rec->track_until;
	return 0;
}

static int choose_track(struct record_options *rec, struct session_opts *opts)
{
	struct diag diag = DIAG_INIT;
	char max[24];
	int err;

	snprintf(max, sizeof(max), "%" PRIu64, rec->track_max);
	err = choose_track_until(rec, opts);
	if (!err && rec->track_max && !rec->track_text && !preset__is("track-max"))
		return options__refuse("--track-max", max, "nothing is followed without --track");
	if (err || !rec->track_text)
		return err;
	if (rec->sequence_list)
		return options__refuse("--track", rec->track_text, "a --sequence is of one task, "
				       "an object is followed through several");
	if (rec->track_max > LARGEST_TRACK_MAX)
		return options__refuse("--track-max", max, "more than 16,777,216 objects");
	err = check(track_what__parse(rec->track_text, &rec->track, &diag), "--track",
		    rec->track_text, &diag);
	opts->track = &rec->track;
	opts->event_opts.track = &rec->track;
	opts->track_max = rec->track_max ? rec->track_max : DEFAULT_TRACK_MAX;
	return err;
}

/* What has to be so for there to be an event. */
static int choose_conditions(struct record_options *rec, struct session_opts *opts)
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

static int choose_all(struct record_options *rec, struct session_opts *opts)
{
	int err = choose_clock(rec, opts);

	if (!err)
		err = choose_user(rec, opts);
	if (!err)
		err = choose_cpus(rec, opts);
	if (!err)
		err = record_chains__choose(&rec->chains, &opts->chains);
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
	if (!err)
		err = record_events__choose(rec);
	return err;
}

static void choose_flags(const struct record_options *rec, int argc, const char **argv,
			 struct session_opts *opts)
{
	opts->follow_modules = rec->follow_modules;
	opts->system_wide = rec->all || (!argc && !rec->pids && !rec->tids);
	opts->follow = !rec->no_inherit && !rec->tids;
	opts->exclude_self = rec->exclude_perf;
	opts->max_events = rec->max_events;
	opts->workload = argc ? (char *const *)argv : NULL;
}

static int parse_specs(struct record_options *rec)
{
	const char *const common[TEXTS_MAX_COMMON] = { rec->comm_filter, rec->duration_filter };
	int err = texts__parse(&rec->texts, common, &rec->specs, &rec->nr_specs);

	for (unsigned int i = 0; i < rec->nr_specs && rec->failure; i++)
		rec->specs[i]->errors = true;
	rec->session.specs = rec->specs;
	rec->session.nr_specs = rec->nr_specs;
	return err;
}

int record_options__choose(struct record_options *rec, int argc, const char **argv)
{
	int err;

	choose_flags(rec, argc, argv, &rec->session);
	/* What an option cannot be is wrong usage; what a spec cannot be is shown with its place. */
	err = choose_all(rec, &rec->session);
	if (err)
		return err == -ENOMEM ? 1 : OPTIONS_EXIT_USAGE;
	return parse_specs(rec) ? 1 : 0;
}

int record_options__condition(struct record_options *rec, struct buf *expr)
{
	int err = choose_comm(rec);

	if (!err)
		err = choose_duration(rec);
	if (err)
		return err == -ENOMEM ? 1 : OPTIONS_EXIT_USAGE;
	if (rec->comm_filter)
		buf__addf(expr, "(%s)", rec->comm_filter);
	if (rec->duration_filter)
		buf__addf(expr, "%s(%s)", expr->len ? " && " : "", rec->duration_filter);
	return expr->failed ? 1 : 0;
}
