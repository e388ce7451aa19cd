// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "events/error.h"
#include "perfdata/procfs.h"
#include "record-events.h"
#include "util/preset.h"
#include "util/verbose.h"

#define MAX_RATE_PATH	"/proc/sys/kernel/perf_event_max_sample_rate"
#define USUAL_WIDTH	80

static unsigned int terminal_width(void)
{
	struct winsize size;

	return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : USUAL_WIDTH;
}

/* ---- what the options say ----------------------------------------------------------------- */

static int parse_event(const struct option *opt, const char *arg, bool unset)
{
	struct record_options *rec = opt->value;
	struct diag diag = DIAG_INIT;
	int err;

	rec->filters_event = !unset;
	if (unset) {
		evlist__clear(rec->evlist);
		return 0;
	}
	err = evlist__parse(rec->evlist, arg, &diag);
	if (err)
		event_error__print(&diag, arg, terminal_width(), stderr);
	diag__exit(&diag);
	return err;
}

/* A callback of the texts in front of which something has to be done. */
static int keep_text(const struct option *opt, enum text_kind kind, const char *arg, bool unset)
{
	struct record_options *rec = opt->value;
	struct option of_text = *opt;

	of_text.value = &rec->kept[kind];
	return text_option__keep(&of_text, arg, unset);
}

int record_events__keep_spec(const struct option *opt, const char *arg, bool unset)
{
	struct record_options *rec = opt->value;

	rec->filters_event = false;
	return keep_text(opt, TEXT_SPEC, arg, unset);
}

int record_events__keep_filter(const struct option *opt, const char *arg, bool unset)
{
	struct record_options *rec = opt->value;
	struct diag diag = DIAG_INIT;
	int err;

	if (!rec->filters_event)
		return keep_text(opt, TEXT_FILTER, arg, unset);
	err = unset ? (evlist__forget_filters(rec->evlist), 0) :
		      evlist__add_filter(rec->evlist, arg, &diag);
	if (err)
		fprintf(stderr, "%s\n", diag.msg ? diag.msg : strerror(-err));
	diag__exit(&diag);
	return err;
}

int record_events__init(struct record_options *rec)
{
	const struct option options[] = {
		OPT_CALLBACK('e', "event", rec, "event",
			     "record these events of the kernel, too: as perf record's; see perf "
			     "list. May be given several times", parse_event),
		OPT_U64('c', "count", &rec->period,
			"-e: a sample each time so many have occurred"),
		OPT_STRING('F', "freq", &rec->freq, "freq or 'max'",
			   "-e: so many samples a second (4000); all of a tracepoint's"),
	};

	rec->evlist = evlist__new(NULL);
	if (!rec->evlist)
		return -ENOMEM;
	record_options__add(rec, options, sizeof(options) / sizeof(options[0]));
	return 0;
}

void record_events__exit(struct record_options *rec)
{
	evlist__free(rec->evlist);
}

/* ---- what comes of it --------------------------------------------------------------------- */

/* What -F says, within what the machine allows; as perf says it (tools/perf/util/record.c). */
static int choose_rate(const struct record_options *rec, uint64_t *freq)
{
	int64_t max = INT64_MAX;
	char *end;

	procfs__read_number(&max, MAX_RATE_PATH);
	if (!rec->freq) {
		*freq = EVLIST_DEFAULT_FREQ < max ? EVLIST_DEFAULT_FREQ : max;
		return 0;
	}
	if (!strcmp(rec->freq, "max")) {
		pr_info("info: Using a maximum frequency rate of %lld Hz\n", (long long)max);
		*freq = max;
		return 0;
	}
	errno = 0;
	*freq = strtoull(rec->freq, &end, 10);
	if (errno || *end || end == rec->freq || strchr(rec->freq, '-'))
		return options__refuse("-F", rec->freq,
				       "not a number of samples a second, nor 'max'");
	if (!*freq)
		return options__refuse("-F", rec->freq, "frequency and count are zero, aborting");
	if (*freq <= (uint64_t)max)
		return 0;
	pr_warning("warning: Maximum frequency rate (%lld Hz) exceeded, throttling from %llu Hz to "
		   "%lld Hz.\n         The limit can be raised via " MAX_RATE_PATH ".\n",
		   (long long)max, (unsigned long long)*freq, (long long)max);
	*freq = max;
	return 0;
}

/* With -a it is only how long is recorded. */
static bool is_of_command(const struct record_options *rec)
{
	const struct session_opts *opts = &rec->session;

	return opts->workload && !opts->system_wide && !rec->pids && !rec->tids;
}

/* What is said of functions' events and can't be of these. */
static int check(const struct record_options *rec)
{
	bool asked = (rec->freq && !preset__is("freq")) || (rec->period && !preset__is("count"));
	const char *reason = NULL;

	if (!evlist__nr(rec->evlist) && asked)
		reason = "-c and -F are for events of -e: there is none";
	else if (rec->freq && rec->period)
		reason = "cannot set frequency and period at the same time";
	else if (evlist__nr(rec->evlist) && rec->user && is_of_command(rec))
		reason = "-u: events of -e are recorded of the tasks that a user has, not of a "
			 "command: use -a, -p or -t as well";
	else if (evlist__nr(rec->evlist) && rec->user && rec->cgroup)
		reason = "-u: the kernel records events of -e by cgroup or by task, not by both";
	else if (evlist__nr(rec->evlist) && rec->cgroup && (rec->pids || rec->tids))
		reason = "-G: the kernel records events of -e by cgroup or by task, not by both";
	if (!reason)
		return 0;
	fprintf(stderr, "error: %s\n", reason);
	preset__explain(NULL, reason, stderr);
	return -EINVAL;
}

/* Of a preset and what stands on the command line, that counts. */
static void drop_presets(struct record_options *rec)
{
	if (rec->freq && preset__is("count"))
		rec->period = 0;
	else if (rec->period && preset__is("freq"))
		rec->freq = NULL;
}

int record_events__choose(struct record_options *rec)
{
	struct evlist_sampling sampling = {
		.clockid = rec->session.clockid,
		.chains = chain_opts__any(&rec->session.chains),
		.max_stack = rec->session.chains.max_stack,
		.no_kernel_chain = !rec->session.chains.kernel,
		.no_user_chain = !rec->session.chains.user,
	};
	int err;

	drop_presets(rec);
	err = check(rec);
	if (err || !evlist__nr(rec->evlist))
		return err;
	sampling.period = rec->period;
	err = choose_rate(rec, &sampling.freq);
	if (err)
		return err;
	evlist__configure(rec->evlist, &sampling);
	rec->session.evlist = rec->evlist;
	return 0;
}
