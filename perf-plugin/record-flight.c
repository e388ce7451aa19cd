// SPDX-License-Identifier: GPL-2.0-only
#include "record-flight.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/control.h"
#include "record/memory.h"
#include "util/preset.h"

#define MAX_KEEP_SIZE		(1ULL << 40)
#define NSEC_PER_SEC		1000000000ULL
#define NSEC_PER_MSEC		1000000ULL

void record_flight__init(struct record_flight *o, struct record_options *rec)
{
	const struct option options[] = {
		OPT_STRING_OPTARG(0, "overwrite", &o->overwrite, "time|size",
				  "keep the last records in memory (so long, in so many bytes: "
				  "10s, 64M, 10s,1G) and write only snapshots, by --trigger, "
				  "SIGUSR2 or --control", "64M"),
		OPT_CALLBACK(0, "trigger", &rec->kept[TEXT_TRIGGER], "expr",
			     "an event of the -f before for which this is true causes a snapshot",
			     text_option__keep),
		OPT_STRING(0, "trigger-delay", &o->trigger_delay, "time",
			   "go on recording for so long before the snapshot (500ms)"),
		OPT_UINTEGER(0, "trigger-max", &o->trigger_max,
			     "stop after so many snapshots that were triggered"),
		OPT_BOOLEAN(0, "snapshot-at-end", &o->at_end,
			    "with --overwrite, write a snapshot when recording ends, too"),
		OPT_STRING_OPTARG(0, "switch-output", &o->switch_output, "signal|size|time",
				  "begin a new file at SIGUSR2, when one has this size (100M) or "
				  "after this time (30s)", "signal"),
		OPT_UINTEGER(0, "switch-max-files", &o->max_files,
			     "keep so many files or snapshots, remove the oldest"),
		OPT_BOOLEAN(0, "timestamp-filename", &o->stamped,
			    "append the time to the output file's name"),
		OPT_BOOLEAN(0, "timestamp-boundary", &o->boundary,
			    "record the time of the first and the last sample (always done)"),
		OPT_STRING(0, "control", &o->control, "fd:ctl-fd[,ack-fd]|fifo:ctl-fifo[,ack-fifo]",
			   "take commands while recording: enable [event], disable [event], "
			   "evlist [-v|-g|-F], snapshot, stop, ping; answered with 'ack'"),
		OPT_PARENT(rec->options),
	};

	_Static_assert(sizeof(options) <= sizeof(o->options), "there is room");
	memset(o, 0, sizeof(*o));
	o->flight.control_fd = o->flight.ack_fd = -1;
	memcpy(o->options, options, sizeof(options));
}

struct unit {
	const char *name;
	uint64_t factor;
};

/* perf's units: M is a size, m a time. */
static const struct unit sizes[] = {
	{ "B", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 0 },
};

static const struct unit times[] = {
	{ "ms", NSEC_PER_MSEC }, { "s", NSEC_PER_SEC }, { "m", 60 * NSEC_PER_SEC },
	{ "h", 3600 * NSEC_PER_SEC }, { "d", 24 * 3600 * NSEC_PER_SEC }, { NULL, 0 },
};

/* "10s", in one of @units. False: it is not, or 0, or too much. */
static bool parse_amount(const char *text, size_t len, const struct unit *units, uint64_t *amount)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *text < '0' || *text > '9')
		return false;
	for (; units->name; units++)
		if (strlen(units->name) == (size_t)(text + len - end) &&
		    !memcmp(units->name, end, strlen(units->name)))
			break;
	if (!units->name || !(value > 0) || value * units->factor >= 0x1p62)
		return false;
	*amount = value * units->factor;
	return *amount;
}

/* Of seconds: memory is not to run out because there are more events than was thought. */
static uint64_t most_memory(void)
{
	uint64_t quarter = (uint64_t)sysconf(_SC_PHYS_PAGES) / 4 * sysconf(_SC_PAGESIZE);

	return quarter < (1ULL << 30) ? quarter : 1ULL << 30;
}

static int choose_overwrite(const struct record_flight *o, struct flight_opts *flight)
{
	const char *at = o->overwrite;

	if (!at)
		return 0;
	for (;;) {
		size_t len = strcspn(at, ",");

		if (!(!flight->keep_size && parse_amount(at, len, sizes, &flight->keep_size)) &&
		    !(!flight->keep_ns && parse_amount(at, len, times, &flight->keep_ns)))
			return options__refuse("--overwrite", o->overwrite,
					       "neither a time (10s, 500ms, 5m), nor a size (64M, "
					       "1G), nor both (10s,1G)");
		if (!at[len])
			break;
		at += len + 1;
	}
	if (!flight->keep_size)
		flight->keep_size = most_memory();
	if (flight->keep_size < MEMORY_MIN_SIZE || flight->keep_size > MAX_KEEP_SIZE)
		return options__refuse("--overwrite", o->overwrite, "1M at least, 1024G at most");
	return 0;
}

static int choose_switch(const struct record_flight *o, struct flight_opts *flight)
{
	const char *arg = o->switch_output;

	if (!arg)
		return 0;
	flight->several = true;
	if (!strcmp(arg, "signal"))
		flight->on_signal = true;
	else if (!parse_amount(arg, strlen(arg), sizes, &flight->switch_size) &&
		 !parse_amount(arg, strlen(arg), times, &flight->switch_ns))
		return options__refuse("--switch-output", arg, "neither 'signal', nor a size "
				       "(100M, 1G), nor a time (30s, 10m, 1h)");
	if (o->overwrite && !flight->on_signal)
		return options__refuse("--switch-output", arg, "with --overwrite nothing is "
				       "written but snapshots");
	flight->several = !o->overwrite;
	return 0;
}

static int choose_trigger(const struct record_flight *o, const struct record_options *rec,
			  struct flight_opts *flight)
{
	bool any = texts__has(&rec->texts, TEXT_TRIGGER);

	if (any && !flight->keep_size && !flight->several)
		return options__refuse("--trigger", NULL, "there is nothing to write without "
				       "--overwrite, and no new file without --switch-output");
	if (o->trigger_delay && !any && !preset__is("trigger-delay"))
		return options__refuse("--trigger-delay", o->trigger_delay, "there is no --trigger");
	if (o->trigger_max && !any && !preset__is("trigger-max"))
		return options__refuse("--trigger-max", NULL, "there is no --trigger");
	if (o->trigger_delay && !parse_amount(o->trigger_delay, strlen(o->trigger_delay), times,
					      &flight->trigger_delay_ns))
		return options__refuse("--trigger-delay", o->trigger_delay, "no time (500ms, 2s)");
	if (o->at_end && !flight->keep_size && !preset__is("snapshot-at-end"))
		return options__refuse("--snapshot-at-end", NULL, "all is written without --overwrite");
	flight->trigger_max = o->trigger_max;
	flight->at_end = o->at_end && flight->keep_size;
	return 0;
}

/* Of fd: a file can get the acks, but nothing can be waited for in one. */
static int check_control(const struct record_flight *o, const struct flight_opts *flight)
{
	struct stat st;

	if (!fstat(flight->control_fd, &st) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return options__refuse("--control", o->control,
				       "commands come by a FIFO, not by a regular file");
	return 0;
}

static int choose_control(const struct record_flight *o, struct flight_opts *flight)
{
	struct diag diag = DIAG_INIT;
	int err;

	if (!o->control)
		return 0;
	err = control__open(o->control, &flight->control_fd, &flight->ack_fd, &diag);
	if (err)
		options__refuse("--control", o->control, diag.msg ? diag.msg : strerror(-err));
	diag__exit(&diag);
	flight->has_control = !err;
	return err ? err : check_control(o, flight);
}

/* As perf does (util/data.c): without -o, what stdout is piped into gets it, unless it can't be. */
static void choose_path(const struct record_flight *o, struct session_opts *opts)
{
	bool is_file = o->overwrite || o->switch_output || o->stamped;
	struct stat st;

	if (opts->path)
		return;
	opts->path = !is_file && !fstat(STDOUT_FILENO, &st) && S_ISFIFO(st.st_mode) ? "-" :
		     "perf.data";
}

static int check_path(const struct record_flight *o, const struct session_opts *opts)
{
	const char *option = o->overwrite ? "--overwrite" :
			     o->switch_output ? "--switch-output" :
			     o->stamped ? "--timestamp-filename" : NULL;
	struct stat st;

	if (!*opts->path)
		return options__refuse("-o", NULL, "the file's name is empty");
	if (!option)
		return 0;
	if (!strcmp(opts->path, "-"))
		return options__refuse(option, NULL,
				       "a pipe is written as it comes; -o says which file");
	if (!stat(opts->path, &st) && !S_ISREG(st.st_mode))
		return options__refuse(option, NULL, "the output is no regular file");
	return 0;
}

int record_flight__choose(struct record_flight *o, struct record_options *rec)
{
	struct flight_opts *flight = &o->flight;
	int err;

	choose_path(o, &rec->session);
	err = check_path(o, &rec->session);
	if (!err)
		err = choose_overwrite(o, flight);
	if (!err)
		err = choose_switch(o, flight);
	if (!err)
		err = choose_trigger(o, rec, flight);
	if (!err)
		err = choose_control(o, flight);
	if (!err && o->max_files && !flight->keep_size && !flight->several &&
	    !preset__is("switch-max-files"))
		err = options__refuse("--switch-max-files", NULL, "there is but one file");
	flight->stamped = o->stamped;
	flight->max_files = o->max_files;
	rec->session.flight = flight;
	return err ? OPTIONS_EXIT_USAGE : 0;
}

void record_flight__exit(struct record_flight *o)
{
	/* Those of fd: are the caller's. */
	if (!o->control || strncmp(o->control, "fifo:", 5))
		return;
	if (o->flight.control_fd >= 0)
		close(o->flight.control_fd);
	if (o->flight.ack_fd >= 0)
		close(o->flight.ack_fd);
}
