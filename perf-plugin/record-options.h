/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of all commands that record, each in its own way: what is traced, of whom, under which
 * conditions. A command puts the table behind its own options,
 *
 *	const struct option options[] = {
 *		OPT_STRING('o', "output", &ctx.output, "file", "output file name"),
 *		OPT_PARENT(rec.options),
 *	};
 *
 * and has to give options that have another letter elsewhere: no_inherit, max_size, dry_run.
 */
#ifndef BTFSNOOP_RECORD_OPTIONS_H
#define BTFSNOOP_RECORD_OPTIONS_H

#include "cli/options.h"
#include "plan/track.h"
#include "record-chains.h"
#include "record/session.h"
#include "text-option.h"

#define RECORD_OPTIONS_MAX	48
#define RECORD_MAX_TRACK_UNTIL	16

/* What --backend takes, for messages. */
#define RECORD_BACKENDS	"auto, fentry, fsession, fentry.multi, fsession.multi, tracing-multi, " \
			"kprobe, kprobe.multi, kprobe.session, tp_btf"

/* Must not move once it was initialised: the table points into it. */
struct record_options {
	struct option options[RECORD_OPTIONS_MAX];
	unsigned int nr_options;
	struct session_opts session;	/* what record_options__choose() makes of all */
	struct target target;

	/* What the options say; those below have none in the table. */
	bool no_inherit;
	bool failure;			/* --errors of every spec */
	const char *max_size;

	struct evlist *evlist;		/* of -e */
	bool filters_event;		/* a --filter now is that of the last -e */
	uint64_t period;
	const char *freq;

	struct texts texts;
	struct text_option kept[NR_TEXT_KINDS];
	const char *sequence_list;
	const char *track_text;
	const char *track_until_list;
	uint64_t track_max;
	const char *duration;
	const char *cgroup;
	const char *vmlinux;
	bool deref;
	struct record_chains chains;
	bool graph;
	enum follow_modules follow_modules;
	const char *pids;
	const char *tids;
	const char *cpus;
	const char *user;
	const char *mmap_pages;
	const char *delay;
	const char *clock;
	const char *max_data;
	const char *max_string;
	const char *backend;
	bool all;
	bool exclude_perf;
	uint64_t max_events;

	/* What is made of them, and session points to. */
	const char **full_argv;
	struct spec **specs;
	unsigned int nr_specs;
	char **stack_has;
	char **sequence;
	char *comm_filter;
	char *duration_filter;
	struct track_what track;
	char *track_until[RECORD_MAX_TRACK_UNTIL];
	char *track_until_copy;		/* which they are in */
	uint64_t cpu_mask[BS_MAX_CPUS / 64];
	struct session_window *windows;
};

/*
 * @argv is the command line as the command got it, before its options are parsed: the file's header
 * will say it. Returns 0 or -ENOMEM.
 */
int record_options__init(struct record_options *rec, int argc, const char **argv);
void record_options__exit(struct record_options *rec);

/* Puts more options into the table. */
void record_options__add(struct record_options *rec, const struct option *options, unsigned int nr);

/* Was there an -f? */
bool record_options__has_spec(const struct record_options *rec);

/* Says that there was none, and what to do. Returns the exit status, 129. */
int record_options__no_spec(const struct record_options *rec, const char *const *usage,
			    const struct option *options);

/*
 * Fills rec->session, all but path and dry_run, from the options and the workload at argv[0] and on.
 * Returns 0, or the exit status after what is wrong was printed.
 */
int record_options__choose(struct record_options *rec, int argc, const char **argv);

/*
 * What --comm and --duration say, as an expression for samples that were recorded already; @expr
 * stays empty without these. Returns as record_options__choose().
 */
int record_options__condition(struct record_options *rec, struct buf *expr);

#endif
