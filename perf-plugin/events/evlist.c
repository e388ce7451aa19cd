// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "evlist-parts.h"
#include "tracepoint.h"

/* ---- made --------------------------------------------------------------------------------- */

void evsel__exit(struct evsel *evsel)
{
	free(evsel->name);
	free(evsel->system);
	free(evsel->tracepoint);
	free(evsel->format);
	free(evsel->filter);
	free(evsel->pmu);
	free(evsel->cpus);
	free(evsel->group_name);
	free(evsel->ids);
	*evsel = (struct evsel){ 0 };
}

struct evlist *evlist__new(const struct evlist_roots *roots)
{
	struct evlist *list = calloc(1, sizeof(*list));

	if (!list)
		return NULL;
	if (roots)
		list->roots = *roots;
	if (!list->roots.sysfs)
		list->roots.sysfs = "/sys";
	if (!list->roots.tracefs)
		list->roots.tracefs = tracepoint__root();
	return list;
}

static void evlist__cut(struct evlist *list, unsigned int nr)
{
	while (list->evsels.nr > nr)
		evsel__exit(&list->evsels.list[--list->evsels.nr]);
}

void evlist__clear(struct evlist *list)
{
	evlist__cut(list, 0);
	list->last = 0;
}

void evlist__free(struct evlist *list)
{
	if (!list)
		return;
	evlist__close(list);
	evlist__clear(list);
	free(list->evsels.list);
	free(list->foreign);
	buf__exit(&list->records);
	free(list);
}

unsigned int evlist__nr(const struct evlist *list)
{
	return list ? list->evsels.nr : 0;
}

const struct evsel *evlist__at(const struct evlist *list, unsigned int index)
{
	return &list->evsels.list[index];
}

int evlist__parse(struct evlist *list, const char *text, struct diag *diag)
{
	unsigned int before = list->evsels.nr;
	int err = events__parse(text, &list->roots, &list->evsels, diag);

	if (err) {
		evlist__cut(list, before);
		return err;
	}
	list->last = before;
	return 0;
}

/* ---- filters ------------------------------------------------------------------------------ */

static int add_filter(struct evsel *evsel, const char *filter)
{
	char *both;
	int nr = evsel->filter ? asprintf(&both, "(%s) && (%s)", evsel->filter, filter) :
				 asprintf(&both, "%s", filter);

	if (nr < 0)
		return -ENOMEM;
	free(evsel->filter);
	evsel->filter = both;
	return 0;
}

int evlist__add_filter(struct evlist *list, const char *filter, struct diag *diag)
{
	int err = 0;

	for (unsigned int i = list->last; i < list->evsels.nr && !err; i++) {
		if (!evsel__is_tracepoint(&list->evsels.list[i]))
			return diag__error(diag, -EINVAL,
					   "--filter option should follow a -e tracepoint: %s is "
					   "none", list->evsels.list[i].name);
		err = add_filter(&list->evsels.list[i], filter);
	}
	return err;
}

void evlist__forget_filters(struct evlist *list)
{
	for (unsigned int i = list->last; i < list->evsels.nr; i++) {
		free(list->evsels.list[i].filter);
		list->evsels.list[i].filter = NULL;
	}
}

int evlist__exclude_process(struct evlist *list, pid_t pid)
{
	char filter[40];
	int err = 0;

	snprintf(filter, sizeof(filter), "common_pid != %d", (int)pid);
	for (unsigned int i = 0; i < list->evsels.nr && !err; i++)
		if (evsel__is_tracepoint(&list->evsels.list[i]))
			err = add_filter(&list->evsels.list[i], filter);
	return err;
}

/* ---- how they are sampled ----------------------------------------------------------------- */

static void set_rate(struct evsel *evsel, const struct evlist_sampling *sampling)
{
	struct perf_event_attr *attr = &evsel->attr;
	bool each = evsel__is_tracepoint(evsel) || attr->type == PERF_TYPE_BREAKPOINT;

	if (evsel->has & EVSEL_HAS_PERIOD)
		return;
	attr->freq = !each && !sampling->period;
	if (attr->freq)
		attr->sample_freq = sampling->freq ? sampling->freq : EVLIST_DEFAULT_FREQ;
	else
		attr->sample_period = sampling->period ? sampling->period : 1;
}

static void set_chains(struct evsel *evsel, const struct evlist_sampling *sampling)
{
	struct perf_event_attr *attr = &evsel->attr;

	if (sampling->chains && !(evsel->has & EVSEL_HAS_CHAIN))
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	if (!(attr->sample_type & PERF_SAMPLE_CALLCHAIN)) {
		attr->sample_max_stack = 0;
		return;
	}
	if (!attr->sample_max_stack)
		attr->sample_max_stack = sampling->max_stack;
	attr->exclude_callchain_kernel = sampling->chains && sampling->no_kernel_chain;
	attr->exclude_callchain_user = sampling->chains && sampling->no_user_chain;
}

bool evlist__has_chains(const struct evlist *list)
{
	return evlist__nr(list) && list->evsels.list[0].attr.sample_type & PERF_SAMPLE_CALLCHAIN;
}

/*
 * perf report gives a sample without a chain that of the one before it, in a file where there are
 * some (6.1, util/callchain.c, sample__resolve_callchain()): so what has none
 * gets an empty one.
 */
static void add_empty_chains(struct evlist *list, bool chains)
{
	for (unsigned int i = 0; i < list->evsels.nr; i++)
		chains |= !!(list->evsels.list[i].attr.sample_type & PERF_SAMPLE_CALLCHAIN);
	for (unsigned int i = 0; i < list->evsels.nr && chains; i++) {
		struct perf_event_attr *attr = &list->evsels.list[i].attr;

		if (attr->sample_type & PERF_SAMPLE_CALLCHAIN)
			continue;
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
		attr->exclude_callchain_kernel = attr->exclude_callchain_user = 1;
	}
}

void evlist__configure(struct evlist *list, const struct evlist_sampling *sampling)
{
	for (unsigned int i = 0; i < list->evsels.nr; i++) {
		struct evsel *evsel = &list->evsels.list[i];
		struct perf_event_attr *attr = &evsel->attr;

		attr->sample_type |= PERFDATA_SAMPLE_TYPE;
		if (!evsel__is_tracepoint(evsel))
			attr->sample_type &= ~(uint64_t)PERF_SAMPLE_RAW;
		attr->read_format = PERF_FORMAT_ID | EVSEL_FORMAT_LOST;
		attr->sample_id_all = 1;
		attr->use_clockid = 1;
		attr->clockid = sampling->clockid;
		attr->watermark = 1;
		if (evsel->precise_max)
			attr->precise_ip = EVSEL_MAX_PRECISE;
		set_rate(evsel, sampling);
		set_chains(evsel, sampling);
	}
	add_empty_chains(list, sampling->chains);
}
