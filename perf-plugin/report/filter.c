// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/parse.h"
#include "filter.h"

#define MAX_CPUS	65536

struct names {
	char **names;
	unsigned int nr;
};

/* Of the file's clock in ns, both ends included. */
struct time_range {
	uint64_t start, stop;
	double first, last;		/* shares of the file's span, 0 to 1, ... */
	bool is_share;			/* ... that start and stop are to be set by */
};

struct filter {
	struct names comms;
	struct names funcs;
	pid_t *pids;
	unsigned int nr_pids;
	pid_t *tids;
	unsigned int nr_tids;
	uint64_t *cpus;			/* a bit each; NULL: all */
	struct time_range *times;	/* none: all */
	unsigned int nr_times;
};

static int parse_names(struct names *n, const char *option, const char *text, struct diag *diag)
{
	while (*text) {
		size_t len = strcspn(text, ",");
		char **more = reallocarray(n->names, n->nr + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		n->names = more;
		n->names[n->nr] = strndup(text, len);
		if (!n->names[n->nr])
			return -ENOMEM;
		n->nr++;
		text += len + (text[len] == ',');
	}
	return n->nr ? 0 : diag__error(diag, -EINVAL, "%s: no name given", option);
}

static void free_names(struct names *n)
{
	unsigned int i;

	for (i = 0; i < n->nr; i++)
		free(n->names[i]);
	free(n->names);
}

/* No names are all names. */
static bool has_name(const struct names *n, const char *name)
{
	unsigned int i;

	for (i = 0; i < n->nr; i++) {
		if (name && !strcmp(n->names[i], name))
			return true;
	}
	return !n->nr;
}

/* Seconds with up to nine decimals, as script prints them. Returns what follows, NULL if none. */
static const char *parse_seconds(const char *text, uint64_t *ns)
{
	uint64_t seconds, fraction = 0, unit = 1000000000;
	char *end;

	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	seconds = strtoull(text, &end, 10);
	if (errno || __builtin_mul_overflow(seconds, unit, ns))
		return NULL;
	if (*end == '.') {
		for (end++; *end >= '0' && *end <= '9'; end++) {
			unit /= 10;
			fraction += (*end - '0') * unit;
		}
	}
	return __builtin_add_overflow(*ns, fraction, ns) ? NULL : end;
}

static struct time_range *add_time(struct filter *f)
{
	struct time_range *more = reallocarray(f->times, f->nr_times + 1, sizeof(*more));

	if (!more)
		return NULL;
	f->times = more;
	more[f->nr_times] = (struct time_range){ .stop = UINT64_MAX };
	return &more[f->nr_times++];
}

/* "start,stop", whose end is that of the text, or a space. Returns what follows, NULL: is none. */
static const char *parse_seconds_range(const char *p, struct time_range *range)
{
	const char *start;

	if (*p != ',')
		p = parse_seconds(p, &range->start);
	if (!p || !*p || *p == ' ')
		return p;
	if (*p != ',')
		return NULL;
	start = ++p;
	if (!*p || *p == ' ')
		return p;
	p = parse_seconds(p, &range->stop);
	/* 12.000001 printed stands for all of that microsecond, so take its end. */
	if (p && strcspn(start, " ") - strcspn(start, ". ") <= strlen(".000000"))
		range->stop += 999;
	return p && range->start <= range->stop && (!*p || *p == ' ') ? p : NULL;
}

/* A number in front of a '%', as a share. */
static const char *parse_percent(const char *p, double *share)
{
	char *end;

	if (*p < '0' || *p > '9')
		return NULL;
	*share = strtod(p, &end) / 100;
	return *end == '%' && *share >= 0 && *share <= 1 ? end + 1 : NULL;
}

/* "10%-20%", or "10%/2", the second of tenths. */
static const char *parse_share(const char *p, struct time_range *range)
{
	unsigned long nr;
	char *end;

	range->is_share = true;
	p = parse_percent(p, &range->first);
	if (!p)
		return NULL;
	if (*p == '-') {
		p = parse_percent(p + 1, &range->last);
		return p && range->first <= range->last ? p : NULL;
	}
	if (*p != '/' || p[1] < '1' || p[1] > '9' || !range->first)
		return NULL;
	nr = strtoul(p + 1, &end, 10);
	if (nr > 1e6 || (nr - 1) * range->first >= 1)
		return NULL;
	range->last = nr * range->first < 1 ? nr * range->first : 1;
	range->first = (nr - 1) * range->first;
	return end;
}

static int parse_time(struct filter *f, const char *text, struct diag *diag)
{
	bool shares = strchr(text, '%');
	const char *p = text;
	char separator = shares ? ',' : ' ';

	do {
		struct time_range *range;

		p += strspn(p, " ");
		range = add_time(f);
		if (!range)
			return -ENOMEM;
		p = shares ? parse_share(p, range) : parse_seconds_range(p, range);
		if (p && *p)
			p = *p == separator || *p == ' ' ? p + 1 : NULL;
	} while (p && *p);
	if (p)
		return 0;
	diag__error(diag, -EINVAL, "--time: '%s' is no span of time", text);
	diag__hint(diag, "--time START,STOP in seconds, as script prints them; either can be left "
		   "out");
	diag__hint(diag, "or shares of the whole: --time 10%%-20%%, the second tenth: 10%%/2");
	return -EINVAL;
}

bool filter__needs_span(const struct filter *f)
{
	return f->nr_times && f->times[0].is_share;
}

/* What lies at a share of @span; that of all of it may round to more than 64 bits. */
static uint64_t share_of(double share, uint64_t span)
{
	double ns = share * (double)span + 0.5;

	return ns < (double)span ? (uint64_t)ns : share > 0 ? span : 0;
}

void filter__set_span(struct filter *f, uint64_t first, uint64_t last)
{
	uint64_t span = last - first;

	for (unsigned int i = 0; i < f->nr_times; i++) {
		struct time_range *range = &f->times[i];

		range->start = first + share_of(range->first, span);
		range->stop = first + share_of(range->last, span);
		/* What follows starts where this ends. */
		if (range->stop > range->start && range->stop < last)
			range->stop--;
	}
}

static int parse_ids(const char *option, const char *text, pid_t **ids, unsigned int *nr,
		     struct diag *diag)
{
	int err;

	diag__set_text(diag, text);
	err = parse__pids(text, ids, nr, diag);
	diag__hint(diag, "this is the value of %s", option);
	diag__set_text(diag, NULL);
	return err;
}

static int parse_cpus(struct filter *f, const char *text, struct diag *diag)
{
	int err;

	f->cpus = calloc(MAX_CPUS / 64, sizeof(*f->cpus));
	if (!f->cpus)
		return -ENOMEM;
	diag__set_text(diag, text);
	err = parse__cpus(text, f->cpus, MAX_CPUS, diag);
	diag__hint(diag, "this is the value of --cpu");
	diag__set_text(diag, NULL);
	return err;
}

static int parse_all(struct filter *f, const struct filter_opts *opts, struct diag *diag)
{
	int err = 0;

	if (opts->comms)
		err = parse_names(&f->comms, "--comms", opts->comms, diag);
	if (!err && opts->funcs)
		err = parse_names(&f->funcs, "--symbols", opts->funcs, diag);
	if (!err && opts->pids)
		err = parse_ids("--pid", opts->pids, &f->pids, &f->nr_pids, diag);
	if (!err && opts->tids)
		err = parse_ids("--tid", opts->tids, &f->tids, &f->nr_tids, diag);
	if (!err && opts->cpus)
		err = parse_cpus(f, opts->cpus, diag);
	if (!err && opts->time)
		err = parse_time(f, opts->time, diag);
	return err;
}

int filter__new(const struct filter_opts *opts, struct filter **out, struct diag *diag)
{
	struct filter *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	err = parse_all(f, opts, diag);
	if (err)
		filter__free(f);
	else
		*out = f;
	return err;
}

void filter__free(struct filter *f)
{
	if (!f)
		return;
	free_names(&f->comms);
	free_names(&f->funcs);
	free(f->pids);
	free(f->tids);
	free(f->cpus);
	free(f->times);
	free(f);
}

bool filter__needs_comm(const struct filter *f)
{
	return f->comms.nr;
}

bool filter__needs_func(const struct filter *f)
{
	return f->funcs.nr;
}

static bool has_pid(const pid_t *pids, unsigned int nr, pid_t pid)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (pids[i] == pid)
			return true;
	}
	return !nr;
}

static bool has_time(const struct filter *f, uint64_t time)
{
	for (unsigned int i = 0; i < f->nr_times; i++)
		if (time >= f->times[i].start && time <= f->times[i].stop)
			return true;
	return !f->nr_times;
}

bool filter__match(const struct filter *f, const struct perfdata_sample *s, const char *comm,
		   const char *func)
{
	if (!has_time(f, s->time))
		return false;
	if (!has_pid(f->pids, f->nr_pids, s->pid) || !has_pid(f->tids, f->nr_tids, s->tid))
		return false;
	if (f->cpus && (s->cpu < 0 || s->cpu >= MAX_CPUS ||
			!(f->cpus[s->cpu / 64] >> (s->cpu % 64) & 1)))
		return false;
	return has_name(&f->comms, comm) && has_name(&f->funcs, func);
}
