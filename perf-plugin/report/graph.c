// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/retval.h"
#include "../render/text.h"
#include "../render/unit.h"
#include "graph.h"
#include "lines.h"

#define FLUSH_SIZE	(64 << 10)
#define MAX_INDENT	100		/* calls deep; more is shown as this */
#define MAX_CPUS	65536
#define TASK_WIDTH	24

struct graph {
	struct input *input;
	const struct graph_opts *opts;
	struct buf out;
	uint64_t first_time;
	bool has_first;
	int32_t *tids;			/* by CPU: whose line was the last, plus one */
	char (*comms)[TASK_WIDTH];	/* ... and its name */
	unsigned int nr_cpus;
};

/* ---- the columns in front ------------------------------------------------------------------ */

static void add_headings(struct graph *g)
{
	const char *time = g->opts->time ? "    TIME      " : "";
	const char *bar = g->opts->time ? "     |        " : "";

	buf__addf(&g->out, "# %sCPU TASK-TID                   DURATION        FUNCTION CALLS\n",
		  time);
	buf__addf(&g->out, "# %s |     |                         |              |   |   |   |\n",
		  bar);
}

static void add_time(struct graph *g, uint64_t time)
{
	size_t start = g->out.len, len, width = g->opts->nanoseconds ? 15 : 12;

	if (!g->has_first)
		g->first_time = time;
	g->has_first = true;
	if (g->opts->time == GRAPH_RELATIVE)
		time -= g->first_time;
	unit__timestamp(&g->out, time, g->opts->nanoseconds);
	len = g->out.len - start;
	if (len < width) {
		buf__fill(&g->out, ' ', width - len);
		if (g->out.failed)
			return;
		memmove(g->out.data + start + width - len, g->out.data + start, len);
		memset(g->out.data + start, ' ', width - len);
	}
	buf__adds(&g->out, " |  ");
}

static void add_task(struct buf *out, const char *comm, int32_t tid)
{
	buf__adds(out, comm);
	buf__addc(out, '-');
	buf__addd(out, tid);
}

/* As ftrace: how long is too long, in powers of ten from 10 us on. */
static char overhead(uint64_t ns)
{
	static const char marks[] = "$@*#!+";
	uint64_t limit = 1000000000;
	unsigned int i;

	for (i = 0; marks[i]; i++, limit /= 10) {
		if (ns > limit)
			return marks[i];
	}
	return ' ';
}

static void add_duration(struct buf *out, uint64_t ns)
{
	buf__addf(out, "%c %7" PRIu64 ".%03u us", overhead(ns), ns / 1000,
		  (unsigned int)(ns % 1000));
}

static int grow_cpus(struct graph *g, unsigned int cpu)
{
	unsigned int nr = cpu + 1;
	int32_t *tids = reallocarray(g->tids, nr, sizeof(*tids));
	char (*comms)[TASK_WIDTH];

	if (!tids)
		return -ENOMEM;
	g->tids = tids;
	comms = reallocarray(g->comms, nr, sizeof(*comms));
	if (!comms)
		return -ENOMEM;
	g->comms = comms;
	memset(tids + g->nr_cpus, 0xff, (nr - g->nr_cpus) * sizeof(*tids));
	memset(comms + g->nr_cpus, 0, (nr - g->nr_cpus) * sizeof(*comms));
	g->nr_cpus = nr;
	return 0;
}

/* What function_graph prints where a CPU goes on with another task. */
static int add_switch(struct graph *g, const struct line *line)
{
	unsigned int cpu = line->sample->cpu;
	int32_t tid = line->sample->tid;
	int err;

	if (cpu >= MAX_CPUS)
		return 0;
	if (cpu >= g->nr_cpus) {
		err = grow_cpus(g, cpu);
		if (err)
			return err;
	}
	if (g->tids[cpu] == tid && g->comms[cpu][0])
		return 0;
	if (g->comms[cpu][0]) {
		buf__adds(&g->out, " ------------------------------------------\n");
		buf__addf(&g->out, "%3u)  ", cpu);
		add_task(&g->out, g->comms[cpu], g->tids[cpu]);
		buf__adds(&g->out, "  =>  ");
		add_task(&g->out, line->comm, tid);
		buf__adds(&g->out, "\n ------------------------------------------\n");
	}
	g->tids[cpu] = tid;
	snprintf(g->comms[cpu], sizeof(*g->comms), "%s", line->comm);
	return 0;
}

static void add_columns(struct graph *g, const struct line *line)
{
	size_t start;

	if (g->opts->time)
		add_time(g, line->time);
	if (line->sample->cpu < 0)
		buf__adds(&g->out, "  -)  ");
	else
		buf__addf(&g->out, "%3d)  ", line->sample->cpu);
	start = g->out.len;
	add_task(&g->out, line->comm, line->sample->tid);
	text__pad(&g->out, start, TASK_WIDTH);
	buf__adds(&g->out, "| ");
	if (line->kind == LINE_POINT || line->kind == LINE_OPEN)
		buf__fill(&g->out, ' ', 16);
	else
		add_duration(&g->out, line->duration);
	buf__adds(&g->out, " |  ");
	buf__fill(&g->out, ' ', 2 * (line->depth < MAX_INDENT ? line->depth : MAX_INDENT));
}

/* ---- functions and values ------------------------------------------------------------------ */

/* Is the field shown, of this side of a call? */
static bool is_shown(const struct graph *g, const struct event_view *view, unsigned int index,
		     bool at_return)
{
	const struct field *f = &event_view__schema(view)->fields[index];

	return f->at_return == at_return && !(f->is_return && f->kind != FIELD_BYTES) &&
	       (g->opts->structs || event_view__is_word(view, index));
}

static void add_values(struct graph *g, const struct event_view *view,
		       const struct perfdata_sample *s, bool at_return, const char *before)
{
	const struct schema *schema = event_view__schema(view);
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		if (!is_shown(g, view, i, at_return))
			continue;
		buf__adds(&g->out, before);
		before = ", ";
		if (!event_view__is_word(view, i) && schema->fields[i].pointer >= 0)
			buf__addc(&g->out, '*');
		event_view__item(view, i, s->raw, s->raw_size, &g->opts->values, &g->out);
	}
}

static const char *func_name(struct graph *g, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(g->input, s->event);
	const char *func = input__func(g->input, s);

	return func ? func : event->schema ? event->schema->name : event->name;
}

/* "f(a=1, b=2)" */
static void add_call(struct graph *g, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(g->input, s->event);

	buf__adds(&g->out, func_name(g, s));
	if (event_view__fits(event->view, s->raw_size)) {
		buf__addc(&g->out, '(');
		add_values(g, event->view, s, false, "");
		buf__addc(&g->out, ')');
	} else {
		buf__addf(&g->out, "(cut short: %u of %u bytes)", s->raw_size,
			  event->schema->fixed_size);
	}
}

/* " = -11 (EAGAIN), a@return=2" */
static void add_return(struct graph *g, const struct perfdata_sample *s)
{
	const struct event_view *view = input__event(g->input, s->event)->view;
	const struct schema *schema = event_view__schema(view);
	const char *before = " ";
	unsigned int i;

	if (!event_view__fits(view, s->raw_size))
		return;
	for (i = 0; i < schema->nr_fields; i++) {
		if (!schema->fields[i].is_return || schema->fields[i].kind == FIELD_BYTES)
			continue;
		buf__adds(&g->out, " = ");
		retval__add(view, i, s->raw, s->raw_size, &g->opts->values, &g->out);
		before = ", ";
		break;
	}
	add_values(g, view, s, true, before);
}

/* What is no function stands in a comment. */
static void add_comment(struct graph *g, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(g->input, s->event);

	buf__addf(&g->out, "/* %s:", event->name);
	if (!input_event__is_ours(event)) {
		buf__addc(&g->out, ' ');
		if (event->foreign >= 0 && s->raw_size)
			foreign__print(input__foreign(g->input), event->foreign, s->raw,
				       s->raw_size, s->cpu, s->time, &g->out);
		else
			buf__addx(&g->out, s->ip);
	} else if (event_view__fits(event->view, s->raw_size)) {
		add_values(g, event->view, s, false, " ");
	}
	buf__adds(&g->out, " */");
}

static void add_point(struct graph *g, const struct perfdata_sample *s)
{
	const struct input_event *event = input__event(g->input, s->event);

	if (!input_event__is_ours(event) || event->schema->is_tracepoint) {
		add_comment(g, s);
		return;
	}
	add_call(g, s);
	add_return(g, s);
	buf__addc(&g->out, ';');
}

static int add_line(struct graph *g, const struct line *line)
{
	const struct perfdata_sample *s = line->sample;
	int err;

	if (!s) {
		buf__addf(&g->out, "     [LOST %" PRIu64 " EVENTS]\n", line->nr_lost);
		return 0;
	}
	err = add_switch(g, line);
	if (err)
		return err;
	add_columns(g, line);
	if (line->kind == LINE_POINT) {
		add_point(g, s);
	} else if (line->kind == LINE_OPEN) {
		add_call(g, s);
		buf__adds(&g->out, " {");
	} else if (line->kind == LINE_LEAF) {
		add_call(g, s);
		add_return(g, s);
		buf__addc(&g->out, ';');
	} else {
		buf__addc(&g->out, '}');
		add_return(g, s);
	}
	if (line->kind == LINE_TAIL) {
		buf__adds(&g->out, " /* ");
		add_call(g, s);
		buf__adds(&g->out, " */");
	}
	buf__addc(&g->out, '\n');
	return 0;
}

static int show_line(const struct line *line, void *ctx)
{
	struct graph *g = ctx;
	int err = add_line(g, line);

	if (err || (g->out.len < FLUSH_SIZE && !g->out.failed && !g->opts->live))
		return err;
	return buf__flush(&g->out, stdout);
}

int graph__print(struct input *input, const struct graph_opts *opts, struct diag *diag)
{
	struct graph g = { .input = input, .opts = opts };
	int err;

	if (opts->headings)
		add_headings(&g);
	err = lines__read(input, &opts->lines, show_line, &g, diag);
	if (!err)
		err = buf__flush(&g.out, stdout);
	buf__exit(&g.out);
	free(g.tids);
	free(g.comms);
	return err;
}
