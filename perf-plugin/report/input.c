// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../perfdata/attr.h"
#include "../perfdata/schemas.h"
#include "../perfdata/tasks.h"
#include "../render/foreign-schema.h"
#include "../render/symbols.h"
#include "../render/text.h"
#include "../types/integers.h"
#include "../util/verbose.h"
#include "condition.h"
#include "input.h"
#include "kallsyms.h"
#include "maps.h"

struct input {
	struct perfdata_reader *reader;
	struct tasks *tasks;
	struct filter *filter;
	struct condition *condition;		/* NULL: none */
	bool nanoseconds;			/* input_opts */
	struct foreign *foreign;
	struct symbols *symbols;
	struct maps *maps;
	bool symbols_found;			/* or looked for in vain */
	struct file_schemas *schemas;
	struct btf *plain;			/* C's integers */
	struct input_event **events;
	unsigned int nr_events;
	const char *comm_then;			/* of the task of what was read by offset */
	int32_t tid_then;
	struct buf dso;				/* input__dso()'s answer */
};

struct perfdata_reader *input__reader(const struct input *input)
{
	return input->reader;
}

struct foreign *input__foreign(const struct input *input)
{
	return input->foreign;
}

bool input__nanoseconds(const struct input *input)
{
	return input->nanoseconds;
}

const struct btf *input__plain_btf(const struct input *input)
{
	return input->plain;
}

struct maps *input__maps(const struct input *input)
{
	return input->maps;
}

struct symbols *input__symbols(const struct input *input)
{
	return input->symbols;
}

unsigned int input__nr_events(const struct input *input)
{
	return input->nr_events;
}

const struct input_event *input__event(const struct input *input, unsigned int index)
{
	return input->events[index];
}

/* The schema of one of our events, NULL for others and where the file has none. */
static int find_schema(struct input *input, const struct perfdata_event *pe,
		       const struct schema **schema)
{
	int err = file_schemas__find(input->schemas, input->reader, pe, schema);
	const char *why;

	if (!err && file_schemas__are_missing(input->schemas, &why))
		pr_warning("warning: the types in the file are %s%s%s: structs are shown in parts "
			   "only\n", why ? "broken (" : "missing", why ? why : "", why ? ")" : "");
	return err;
}

/* The fields of a tracepoint of perf's; types they need are added to the plain ones. */
static int describe_foreign(struct input *input, const struct perfdata_event *pe,
			    struct input_event *event)
{
	const struct foreign_field *fields;
	unsigned int nr = foreign__fields(input->foreign, event->foreign, &fields);
	int err;

	if (!nr)
		return 0;
	err = foreign_schema__new(pe->name, pe->attr->config, fields, nr, input->plain,
				  &event->own_schema);
	if (err)
		return err;
	event->schema = event->own_schema;
	return event_view__new(event->schema, &event->view);
}

static int describe_event(struct input *input, const struct perfdata_event *pe,
			  struct input_event *event)
{
	struct buf name = BUF_INIT;
	int err;

	text__adds(&name, pe->name ? pe->name : "[unknown]");
	event->name = buf__take(&name);
	event->foreign = -1;
	if (!event->name)
		return -ENOMEM;
	if (pe->attr->type != PERF_TYPE_TRACEPOINT && !attr__is_late(pe->attr))
		return 0;
	err = find_schema(input, pe, &event->schema);
	if (err)
		return err;
	if (event->schema) {
		event->shows_func = !schema__is_named_after_func(event->schema);
		return event_view__new(event->schema, &event->view);
	}
	if (!pe->format)
		return 0;
	event->foreign = foreign__add(input->foreign, pe->name, pe->format, pe->format_len);
	return event->foreign < 0 ? 0 : describe_foreign(input, pe, event);
}

static int add_events(struct input *input)
{
	unsigned int nr = perfdata_reader__nr_events(input->reader);
	int err = 0;

	while (input->nr_events < nr && !err) {
		struct input_event *event = calloc(1, sizeof(*event)), **more;

		more = reallocarray(input->events, input->nr_events + 1, sizeof(*more));
		if (more)
			input->events = more;
		if (!event || !more) {
			free(event);
			return -ENOMEM;
		}
		input->events[input->nr_events] = event;
		err = describe_event(input,
				     perfdata_reader__event(input->reader, input->nr_events),
				     event);
		input->nr_events++;
	}
	return err;
}

static int make_plain_btf(struct input *input)
{
	input->plain = btf__new_empty();
	return input->plain ? integers__add(input->plain) : -ENOMEM;
}

/* The time of the first sample and of the last: what the file says, or has. */
static int find_span(struct input *input, struct diag *diag)
{
	const struct perfdata_info *info = perfdata_reader__info(input->reader);
	uint64_t first = info->first_time, last = info->last_time;
	struct perfdata_record record;
	int err = 0;

	if (!last && perfdata_reader__rewind(input->reader))
		return diag__error(diag, -ESPIPE, "--time: the end of a pipe is not known, so "
				   "there are no shares of it");
	while (!last && (err = perfdata_reader__next(input->reader, &record)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		first = first && first < record.time ? first : record.time;
		last = last > record.time ? last : record.time;
	}
	if (!info->last_time && !err)
		err = perfdata_reader__rewind(input->reader);
	if (!err)
		filter__set_span(input->filter, first, last);
	return err;
}

/* What of the filter is about this file. */
static int prepare_filter(struct input *input, const struct filter_opts *opts, struct diag *diag)
{
	int err = filter__needs_span(input->filter) ? find_span(input, diag) : 0;

	if (!err && opts->expr)
		err = condition__new(input, opts->expr, &input->condition, diag);
	return err;
}

static const char *default_path(void)
{
	struct stat st;

	if (!fstat(STDIN_FILENO, &st) && S_ISFIFO(st.st_mode))
		return "-";
	return "perf.data";
}

int input__open(const struct input_opts *opts, struct input **out, struct diag *diag)
{
	struct input *input = calloc(1, sizeof(*input));
	int err;

	if (!input)
		return -ENOMEM;
	input->nanoseconds = opts->nanoseconds;
	err = filter__new(&opts->filter, &input->filter, diag);
	if (!err && opts->live)
		err = perfdata_reader__open_live(opts->live, &input->reader, diag);
	else if (!err)
		err = perfdata_reader__open(opts->path ? opts->path : default_path(), opts->force,
					    &input->reader, diag);
	if (!err)
		err = tasks__new(&input->tasks);
	if (!err)
		err = file_schemas__new(&input->schemas);
	if (!err)
		err = make_plain_btf(input);
	if (!err)
		err = foreign__new(&input->foreign);
	if (!err)
		err = symbols__new(&input->symbols);
	if (!err)
		err = maps__new(input->symbols, perfdata_reader__info(input->reader),
				&input->maps);
	if (!err && opts->kallsyms)
		err = symbols__set_path(input->symbols, opts->kallsyms);
	if (!err)
		input->symbols_found = opts->kallsyms;
	if (!err)
		err = add_events(input);
	if (!err)
		err = prepare_filter(input, &opts->filter, diag);
	if (err)
		input__close(input);
	else
		*out = input;
	return err;
}

void input__close(struct input *input)
{
	unsigned int i;

	if (!input)
		return;
	condition__free(input->condition);
	for (i = 0; i < input->nr_events; i++) {
		event_view__free(input->events[i]->view);
		foreign_schema__free(input->events[i]->own_schema);
		free(input->events[i]->name);
		free(input->events[i]);
	}
	free(input->events);
	file_schemas__free(input->schemas);
	buf__exit(&input->dso);
	btf__free(input->plain);
	foreign__free(input->foreign);
	maps__free(input->maps);
	symbols__free(input->symbols);
	if (input->tasks)
		tasks__free(input->tasks);
	if (input->reader)
		perfdata_reader__close(input->reader);
	filter__free(input->filter);
	free(input);
}

/* A pipe says what kernel it is of before the first sample, but not when it is opened. */
static int find_symbols(struct input *input)
{
	char *path = kallsyms__find(perfdata_reader__info(input->reader));
	int err = path ? symbols__set_path(input->symbols, path) : 0;

	free(path);
	input->symbols_found = true;
	return err;
}

static bool is_wanted(struct input *input, const struct perfdata_sample *sample)
{
	const struct filter *f = input->filter;

	return filter__match(f, sample, filter__needs_comm(f) ? input__comm(input, sample) : NULL,
			     filter__needs_func(f) ? input__symbol(input, sample) : NULL);
}

/* Returns 1, 0 for a sample that is not shown, or a negative errno. */
static int filter_sample(struct input *input, const struct perfdata_sample *sample)
{
	int ret = is_wanted(input, sample);

	if (ret && input->condition)
		ret = condition__is_true(input->condition, sample);
	if (!ret)
		input->events[sample->event]->dropped_period += sample->period;
	return ret;
}

int input__next(struct input *input, struct perfdata_record *record, struct diag *diag)
{
	int err;

	input->comm_then = NULL;
	for (;;) {
		err = perfdata_reader__next(input->reader, record);
		if (err <= 0)
			break;
		if (input->nr_events < perfdata_reader__nr_events(input->reader)) {
			err = add_events(input);
			if (err)
				break;
		}
		if (record->type != PERF_RECORD_SAMPLE) {
			err = tasks__record(input->tasks, record);
			if (!err)
				err = maps__record(input->maps, record);
			if (err)
				break;
			if (record->type == PERF_RECORD_MMAP)
				kallsyms__take_mmap(input->symbols, record->header);
			return 1;
		}
		err = input->symbols_found ? 0 : find_symbols(input);
		if (err)
			break;
		err = filter_sample(input, &record->sample);
		if (err > 0)
			return 1;
		if (err)
			break;
	}
	if (!err && input->condition) {
		err = condition__end(input->condition, diag);
		if (err)
			return err;
	}
	if (err)
		diag__error(diag, err, "reading stopped: %s", strerror(-err));
	return err;
}

int input__each_sample(struct input *input,
		       int (*fn)(void *ctx, const struct perfdata_sample *sample), void *ctx,
		       struct diag *diag)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(input, &record, diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		err = fn(ctx, &record.sample);
		if (err)
			break;
	}
	return err;
}

int input__sample_at(struct input *input, uint64_t offset, const char *comm,
		     struct perfdata_sample *sample)
{
	struct perfdata_record record;
	int err = perfdata_reader__read_at(input->reader, offset, &record);

	if (err)
		return err;
	if (record.type != PERF_RECORD_SAMPLE || record.sample.event >= input->nr_events)
		return -EINVAL;
	*sample = record.sample;
	input->comm_then = comm;
	input->tid_then = sample->tid;
	return 0;
}

bool input__can_rewind(struct input *input)
{
	return !perfdata_reader__rewind(input->reader);
}

int input__rewind(struct input *input)
{
	struct tasks *tasks;
	int err = tasks__new(&tasks);

	if (err)
		return err;
	tasks__free(input->tasks);
	input->tasks = tasks;
	maps__forget(input->maps);
	for (unsigned int i = 0; i < input->nr_events; i++)
		input->events[i]->dropped_period = 0;
	return perfdata_reader__rewind(input->reader);
}

const char *input__comm(struct input *input, const struct perfdata_sample *sample)
{
	if (input->comm_then && sample->tid == input->tid_then)
		return input->comm_then;
	return tasks__comm(input->tasks, sample->pid, sample->tid);
}

/* NULL for an event that is not ours. */
static const struct schema_func *find_func(const struct input *input,
					   const struct perfdata_sample *sample)
{
	const struct schema *schema = input->events[sample->event]->schema;

	return schema ? schema__func_or_only(schema, sample->ip) : NULL;
}

const char *input__func(struct input *input, const struct perfdata_sample *sample)
{
	const struct schema_func *func = find_func(input, sample);

	return func ? func->name : NULL;
}

/* The place of a sample whose function the file does not name. */
static bool find_place(struct input *input, const struct perfdata_sample *sample,
		       struct place *place)
{
	const struct schema *schema = input->events[sample->event]->schema;

	if (schema && (!sample->ip || schema__func(schema, sample->ip)))
		return false;
	maps__find(input->maps, sample->pid, sample->misc & PERF_RECORD_MISC_CPUMODE_MASK,
		   sample->ip, place);
	return !schema || place->sym;
}

const char *input__symbol(struct input *input, const struct perfdata_sample *sample)
{
	struct place place;

	return find_place(input, sample, &place) ? place.sym : input__func(input, sample);
}

const char *input__dso(struct input *input, const struct perfdata_sample *sample)
{
	const struct schema_func *func;
	struct place place;

	if (find_place(input, sample, &place))
		return place.dso;
	func = find_func(input, sample);
	if (!func)
		return NULL;
	if (!func->module)
		return "[kernel.kallsyms]";
	buf__clear(&input->dso);
	buf__addc(&input->dso, '[');
	text__adds(&input->dso, func->module);
	buf__addc(&input->dso, ']');
	return buf__str(&input->dso);
}

void input__print_warnings(struct input *input)
{
	const char *text = perfdata_reader__warning(input->reader);

	while (text && *text) {
		size_t len = strcspn(text, "\n");

		pr_warning("warning: %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
	if (symbols__problem(input->symbols))
		pr_warning("warning: code addresses have no names: %s\n",
			   symbols__problem(input->symbols));
}

static void header_line(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf__addf(out, "# %s : ", name);
	text__adds(out, value);
	buf__addc(out, '\n');
}

static void header_event(struct buf *out, const struct input_event *event)
{
	const struct schema *schema = event->schema;

	buf__addf(out, "# event : name = %s", event->name);
	if (schema && schema->nr_funcs > 1)
		buf__addf(out, ", functions = %u", schema->nr_funcs);
	if (schema && schema->spec) {
		buf__adds(out, ", spec = ");
		text__adds(out, schema->spec);
	}
	buf__addc(out, '\n');
}

static void header_number(struct buf *out, const char *name, uint64_t value, const char *unit)
{
	if (value)
		buf__addf(out, "# %s : %llu%s\n", name, (unsigned long long)value, unit);
}

void input__header(const struct input *input, struct buf *out)
{
	const struct perfdata_info *info = perfdata_reader__info(input->reader);
	unsigned int i;
	char date[64];
	time_t when = info->captured_on;

	buf__adds(out, "# ========\n");
	if (when && ctime_r(&when, date))
		buf__addf(out, "# captured on    : %s", date);
	header_line(out, "hostname", info->hostname);
	header_line(out, "os release", info->os_release);
	header_line(out, "perf version", info->version);
	header_line(out, "arch", info->arch);
	header_number(out, "nrcpus online", info->nr_cpus_online, "");
	header_number(out, "nrcpus avail", info->nr_cpus_avail, "");
	header_line(out, "cpudesc", info->cpu_desc);
	header_number(out, "total memory", info->total_mem_kb, " kB");
	if (info->nr_cmdline)
		buf__adds(out, "# cmdline :");
	for (i = 0; i < info->nr_cmdline; i++) {
		buf__addc(out, ' ');
		text__adds(out, info->cmdline[i]);
	}
	if (info->nr_cmdline)
		buf__addc(out, '\n');
	for (i = 0; i < input->nr_events; i++)
		header_event(out, input->events[i]);
	if (info->last_time) {
		buf__addf(out, "# time of first sample : %llu.%06llu\n",
			  (unsigned long long)info->first_time / 1000000000,
			  (unsigned long long)info->first_time % 1000000000 / 1000);
		buf__addf(out, "# time of last sample : %llu.%06llu\n",
			  (unsigned long long)info->last_time / 1000000000,
			  (unsigned long long)info->last_time % 1000000000 / 1000);
		buf__addf(out, "# sample duration : %10.3f ms\n",
			  (info->last_time - info->first_time) / 1e6);
	}
	buf__adds(out, "# ========\n#\n");
}
