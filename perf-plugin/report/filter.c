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

struct filter {
	struct names comms;
	struct names funcs;
	pid_t *pids;
	unsigned int nr_pids;
	pid_t *tids;
	unsigned int nr_tids;
	uint64_t *cpus;			/* a bit each; NULL: all */
	uint64_t start;
	uint64_t stop;
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

static int parse_time(struct filter *f, const char *text, struct diag *diag)
{
	const char *p = text;

	if (*p != ',')
		p = parse_seconds(p, &f->start);
	if (p && *p == ',') {
		p++;
		/* 12.000001 printed stands for all of that microsecond, so take its end. */
		if (*p) {
			p = parse_seconds(p, &f->stop);
			f->stop += 999;
		}
	}
	if (!p || *p || f->start > f->stop) {
		diag__error(diag, -EINVAL, "--time: '%s' is no span of time", text);
		diag__hint(diag, "--time START,STOP in seconds, as script prints them; either can "
			   "be left out");
		return -EINVAL;
	}
	return 0;
}

static int parse_all(struct filter *f, const struct filter_opts *opts, struct diag *diag)
{
	int err = 0;

	if (opts->comms)
		err = parse_names(&f->comms, "--comms", opts->comms, diag);
	if (!err && opts->funcs)
		err = parse_names(&f->funcs, "--symbols", opts->funcs, diag);
	if (!err && opts->pids)
		err = parse__pids(opts->pids, &f->pids, &f->nr_pids, diag);
	if (!err && opts->tids)
		err = parse__pids(opts->tids, &f->tids, &f->nr_tids, diag);
	if (!err && opts->cpus) {
		f->cpus = calloc(MAX_CPUS / 64, sizeof(*f->cpus));
		err = f->cpus ? parse__cpus(opts->cpus, f->cpus, MAX_CPUS, diag) : -ENOMEM;
	}
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
	f->stop = UINT64_MAX;
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

bool filter__match(const struct filter *f, const struct perfdata_sample *s, const char *comm,
		   const char *func)
{
	if (s->time < f->start || s->time > f->stop)
		return false;
	if (!has_pid(f->pids, f->nr_pids, s->pid) || !has_pid(f->tids, f->nr_tids, s->tid))
		return false;
	if (f->cpus && (s->cpu < 0 || s->cpu >= MAX_CPUS ||
			!(f->cpus[s->cpu / 64] >> (s->cpu % 64) & 1)))
		return false;
	return has_name(&f->comms, comm) && has_name(&f->funcs, func);
}
