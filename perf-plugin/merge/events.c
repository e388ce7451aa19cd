// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

#define CHAIN_OR_NOT	(~(uint64_t)PERF_SAMPLE_CALLCHAIN)

static bool is_dummy(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_DUMMY;
}

static struct merged_foreign *merged__at(struct merged_events *merged, unsigned int out)
{
	return &merged->foreign[out - merged->ours.nr];
}

/* ---- tracepoints of the kernel ------------------------------------------------------------- */

/* What stands behind "name: " in the text of a format: to be freed. NULL without it or memory. */
static char *tracepoint_name(const struct perfdata_event *event)
{
	const char *at = memmem(event->format, event->format_len, "name: ", 6), *end;

	if (!at)
		return NULL;
	at += 6;
	end = memchr(at, '\n', event->format + event->format_len - at);
	return end ? strndup(at, end - at) : NULL;
}

/* The text with another id in its line "ID: N"; NULL without memory. */
static char *change_id(const char *format, size_t size, uint16_t id, size_t *new_size)
{
	const char *line = memmem(format, size, "\nID: ", 5), *end;
	struct buf text = BUF_INIT;

	if (!line)
		return NULL;
	line += 5;
	end = memchr(line, '\n', format + size - line);
	if (!end)
		end = format + size;
	buf__add(&text, format, line - format);
	buf__addu(&text, id);
	buf__add(&text, end, format + size - end);
	*new_size = text.len;
	return buf__take(&text);
}

/* Of a tracepoint's system and format, without its id; 0: it is none. */
static uint64_t format_key(const struct perfdata_event *event)
{
	const char *line, *end, *format = event->format;
	size_t size = event->format_len;
	uint64_t key;

	if (!format || !event->system || event->attr->type != PERF_TYPE_TRACEPOINT)
		return 0;
	key = hash__str(event->system);
	line = memmem(format, size, "\nID: ", 5);
	if (!line)
		return hash__add(key, format, size) | 1;
	line += 5;
	end = memchr(line, '\n', format + size - line);
	key = hash__add(key, format, line - format);
	return (end ? hash__add(key, end, format + size - end) : key) | 1;
}

static bool is_same_text(const char *a, size_t a_size, const char *b, size_t b_size)
{
	return a_size == b_size && !memcmp(a, b, a_size);
}

/* A tracepoint that is in the merged file already, with the same format; NULL: none. */
static struct merged_foreign *find_tracepoint(struct merged_events *merged,
					      const struct perfdata_event *event, const char *name)
{
	uint64_t key = format_key(event);
	size_t size;
	char *text;
	bool same;

	for (unsigned int i = 0; i < merged->nr_foreign; i++) {
		struct merged_foreign *m = &merged->foreign[i];

		if (m->format_key != key || !m->public.format ||
		    strcmp(m->public.system, event->system) || strcmp(m->tracepoint, name))
			continue;
		text = change_id(event->format, event->format_len, m->id, &size);
		same = text && is_same_text(text, size, m->public.format, m->public.format_size);
		free(text);
		if (same)
			return m;
	}
	return NULL;
}

/* Gives the event its format, with an id of its own if another tracepoint has that. */
static int set_tracepoint(struct merged_events *merged, struct merged_foreign *m,
			  const struct perfdata_event *event)
{
	const struct merged_foreign *same;

	m->tracepoint = tracepoint_name(event);
	if (!m->tracepoint)
		return -ENOMEM;
	same = find_tracepoint(merged, event, m->tracepoint);
	m->id = same ? same->id : merged_schemas__take_id(merged->schemas, event->attr->config);
	if (!m->id)
		return -E2BIG;
	m->public.system = event->system;
	m->public.tracepoint = m->tracepoint;
	m->public.format = event->format;
	m->public.format_size = event->format_len;
	m->attr.config = m->id;
	if (m->id == event->attr->config)
		return 0;
	m->format = change_id(event->format, event->format_len, m->id, &m->public.format_size);
	m->public.format = m->format;
	return m->format ? 0 : -ENOMEM;
}

/* ---- events that are not ours -------------------------------------------------------------- */

/*
 * What the attr of an event in the merged file is: all are told apart by an id in front. If any has
 * call chains, all others get empty ones: perf report gives samples that have none that of the
 * sample before (util/callchain.c, sample__resolve_callchain(): the cursor stays as it was).
 */
static void init_attr(const struct merged_events *merged, struct perf_event_attr *attr,
		      const struct perf_event_attr *in)
{
	*attr = *in;
	attr->sample_type |= PERF_SAMPLE_IDENTIFIER;
	if (merged->has_chains)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	attr->sample_id_all = 1;
	/* These say which event brought the records about tasks: the first one, in the end. */
	attr->mmap = attr->mmap2 = attr->mmap_data = 0;
	attr->comm = attr->comm_exec = attr->task = 0;
	attr->size = 0;
}

/* What is the same by its attr, but has another format, is another one. */
static bool has_same_format(struct merged_events *merged, const struct merged_foreign *m,
			    const struct perfdata_event *event)
{
	const struct merged_foreign *same;
	char *name;

	if (!m->public.format)
		return true;
	name = tracepoint_name(event);
	same = name ? find_tracepoint(merged, event, name) : NULL;
	free(name);
	return same && same->id == m->id;
}

/* The event that is the same in the merged file; -1: none. */
static int find_foreign(struct merged_events *merged, const struct perfdata_event *event)
{
	uint64_t name_key = hash__str(event->name), key = format_key(event);
	struct perf_event_attr attr;

	init_attr(merged, &attr, event->attr);
	for (unsigned int i = 0; i < merged->nr_foreign; i++) {
		const struct merged_foreign *m = &merged->foreign[i];
		struct perf_event_attr other;

		if (m->name_key != name_key || m->format_key != key ||
		    strcmp(m->public.name, event->name))
			continue;
		other = m->attr;
		/* Its id can be another one at another boot. */
		if (m->public.format)
			other.config = attr.config;
		if (!memcmp(&attr, &other, sizeof(attr)) && has_same_format(merged, m, event))
			return i;
	}
	return -1;
}

static int add_foreign(struct merged_events *merged, const struct perfdata_event *event)
{
	struct merged_foreign *m;
	int err = 0;

	m = reallocarray(merged->foreign, merged->nr_foreign + 1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	merged->foreign = m;
	m += merged->nr_foreign;
	*m = (struct merged_foreign){
		.public.name = event->name, .name_key = hash__str(event->name),
		.format_key = format_key(event),
	};
	init_attr(merged, &m->attr, event->attr);
	if (event->format && event->system && event->attr->type == PERF_TYPE_TRACEPOINT)
		err = set_tracepoint(merged, m, event);
	if (err) {
		free(m->tracepoint);
		free(m->format);
		return err;
	}
	merged->nr_foreign++;
	return 0;
}

static int take_foreign(struct merged_events *merged, struct merge_file *file, unsigned int index,
			struct diag *diag)
{
	const struct perfdata_event *event = perfdata_reader__event(file->reader, index);
	struct merged_event *to = &file->events[index];
	int err, found;

	if (event->attr->type == PERF_TYPE_TRACEPOINT && (!event->format || !event->system))
		return diag__error(diag, -EINVAL, "'%s' does not say what the fields of %s are",
				   file->path, merge_file__safe(file, event->name));
	found = find_foreign(merged, event);
	if (found < 0) {
		found = merged->nr_foreign;
		err = add_foreign(merged, event);
		if (err)
			return diag__error(diag, err, "cannot take in %s of '%s': %s",
					   merge_file__safe(file, event->name), file->path,
					   err == -E2BIG ? "too many tracepoints" :
					   strerror(-err));
	}
	to->out = merged->ours.nr + found;
	to->out_type = merged->foreign[found].attr.sample_type;
	to->adds_chain = to->out_type & ~to->in_type & PERF_SAMPLE_CALLCHAIN;
	if (merged->foreign[found].id && merged->foreign[found].id != event->attr->config)
		to->common_type = merged->foreign[found].id;
	return 0;
}

/* ---- events of ours ------------------------------------------------------------------------ */

static int take_ours(struct merged_events *merged, struct merge_file *file, unsigned int index,
		     struct diag *diag)
{
	const struct perfdata_event *event = perfdata_reader__event(file->reader, index);
	const struct perf_event_attr *attr = event->attr;
	struct merged_event *to = &file->events[index];
	int err;

	err = file_schemas__find(file->schemas, file->reader, event, &to->schema);
	if (err)
		return diag__error(diag, err, "out of memory");
	/* Without its types it is a tracepoint as any other. */
	if (!to->schema)
		return 0;
	if ((attr->sample_type & CHAIN_OR_NOT) != PERFDATA_SAMPLE_TYPE || !attr->sample_id_all)
		return diag__error(diag, -EINVAL, "'%s': the samples of %s are not as btfsnoop makes "
				   "them", file->path,
				   merge_file__safe(file, event->name));
	err = merged_schemas__add(merged->schemas, to->schema, &file->moves, &to->out);
	if (err)
		return diag__error(diag, err, "cannot take in %s of '%s': %s",
				   merge_file__safe(file, event->name), file->path,
				   err == -E2BIG ? "too many events" : strerror(-err));
	to->is_ours = true;
	if (!(attr->sample_type & PERF_SAMPLE_CALLCHAIN))
		return 0;
	merged->no_kernel_chain &= attr->exclude_callchain_kernel;
	merged->no_user_chain &= attr->exclude_callchain_user;
	if (attr->sample_max_stack > merged->max_stack)
		merged->max_stack = attr->sample_max_stack;
	return 0;
}

/* All that could be known only when all files had been looked at. */
static void finish_ours(struct merged_events *merged, struct merge_file *file)
{
	for (unsigned int i = 0; i < file->nr_events; i++) {
		struct merged_event *to = &file->events[i];
		const struct schema *schema;

		if (!to->is_ours)
			continue;
		schema = merged_schemas__at(merged->schemas, to->out);
		to->out_type = merged->sample_type;
		to->adds_chain = merged->sample_type & ~to->in_type & PERF_SAMPLE_CALLCHAIN;
		if (schema->id != to->schema->id)
			to->common_type = schema->id;
		to->default_id = PERFDATA_SAMPLE_ID(to->out);
	}
}

/* ---- ids ----------------------------------------------------------------------------------- */

static int add_id(struct merged_events *merged, struct merge_file *file, unsigned int event,
		  uint64_t *id)
{
	struct merged_event *to = &file->events[event];
	struct merged_foreign *m;
	uint64_t *grown;

	if (to->is_ours || to->is_dropped) {
		*id = to->default_id;
		return 0;
	}
	m = merged__at(merged, to->out);
	/* A power of two: full. */
	if (!(m->public.nr_ids & (m->public.nr_ids - 1))) {
		grown = reallocarray(m->ids, m->public.nr_ids ? m->public.nr_ids * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		m->ids = grown;
	}
	*id = ++merged->next_id;
	m->ids[m->public.nr_ids++] = *id;
	if (!to->default_id)
		to->default_id = *id;
	return 0;
}

static int by_in(const void *a, const void *b)
{
	const struct merged_id *l = a, *r = b;

	if (l->in != r->in)
		return l->in < r->in ? -1 : 1;
	/* Of an id that is there twice the first event counts, as for the reader. */
	return l->event < r->event ? -1 : l->event > r->event;
}

static int add_ids(struct merged_events *merged, struct merge_file *file)
{
	unsigned int event, nr = 0;
	uint64_t id;
	int err = 0;

	while (perfdata_reader__id(file->reader, nr, &id, &event))
		nr++;
	file->ids = calloc(nr ? nr : 1, sizeof(*file->ids));
	if (!file->ids)
		return -ENOMEM;
	while (file->nr_ids < nr && !err) {
		struct merged_id *to = &file->ids[file->nr_ids];

		perfdata_reader__id(file->reader, file->nr_ids, &to->in, &event);
		to->event = event;
		err = add_id(merged, file, event, &to->out);
		file->nr_ids++;
	}
	/* An event that says none still needs one. */
	for (unsigned int i = 0; i < file->nr_events && !err; i++)
		if (!file->events[i].is_dropped && !file->events[i].default_id)
			err = add_id(merged, file, i, &id);
	if (nr)
		qsort(file->ids, nr, sizeof(*file->ids), by_in);
	return err;
}

/* ---- all of them --------------------------------------------------------------------------- */

static int prepare_file(struct merged_events *merged, struct merge_file *file, struct diag *diag)
{
	file->nr_events = perfdata_reader__nr_events(file->reader);
	file->events = calloc(file->nr_events, sizeof(*file->events));
	if (!file->events)
		return diag__error(diag, -ENOMEM, "out of memory");
	for (unsigned int i = 0; i < file->nr_events; i++) {
		const struct perfdata_event *event = perfdata_reader__event(file->reader, i);

		file->events[i].in_type = event->attr->sample_type;
		file->events[i].read_format = event->attr->read_format;
		file->events[i].has_branch_index = event->attr->branch_sample_type &
						   PERF_SAMPLE_BRANCH_HW_INDEX;
		file->events[i].is_dropped = file->nr_events > 1 && is_dummy(event->attr);
		if (!file->events[i].is_dropped)
			merged->has_chains |= event->attr->sample_type & PERF_SAMPLE_CALLCHAIN;
	}
	return 0;
}

/*
 * Without one of ours the first event stands for records about tasks; what perf had a dummy for is
 * its.
 */
static void mark_first(struct merged_events *merged)
{
	struct perf_event_attr *attr;

	if (merged->ours.nr || !merged->nr_foreign)
		return;
	attr = &merged->foreign[0].attr;
	attr->mmap = attr->mmap2 = 1;
	attr->comm = attr->comm_exec = attr->task = 1;
}

/* The group that the event leads in its file, where it is one in the merged file, too. */
static void take_group(struct merged_events *merged, const struct merge_file *file,
		       unsigned int index)
{
	const struct perfdata_event *event = perfdata_reader__event(file->reader, index);
	unsigned int nr = event->nr_members, i;
	const struct merged_event *events = &file->events[index];
	struct merged_foreign *leader;

	if (nr < 2 || nr > file->nr_events - index || events->is_ours || events->is_dropped)
		return;
	for (i = 1; i < nr; i++)
		if (events[i].is_ours || events[i].is_dropped ||
		    events[i].out != events->out + i)
			return;
	leader = merged__at(merged, events->out);
	/* Another file can have grouped the same events in another way: the first counts. */
	for (i = 0; i < nr; i++)
		if (leader[i].is_grouped)
			return;
	for (i = 0; i < nr; i++)
		leader[i].is_grouped = true;
	leader->public.nr_members = nr;
	leader->public.group_name = event->group_name;
}

static int publish(struct merged_events *merged)
{
	merged->public = calloc(merged->nr_foreign + 1, sizeof(*merged->public));
	if (!merged->public)
		return -ENOMEM;
	mark_first(merged);
	for (unsigned int i = 0; i < merged->nr_foreign; i++) {
		struct merged_foreign *m = &merged->foreign[i];

		m->public.attr = &m->attr;
		m->public.ids = m->ids;
		merged->public[i] = m->public;
	}
	return 0;
}

/* Ours first, in all files: how many there are has to be known for the others. */
static int take_all(struct merged_events *merged, struct merge_file *files, unsigned int nr,
		    struct diag *diag)
{
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++)
		err = prepare_file(merged, &files[i], diag);
	if (merged->has_chains)
		merged->sample_type |= PERF_SAMPLE_CALLCHAIN;
	for (unsigned int i = 0; i < nr && !err; i++) {
		for (unsigned int j = 0; j < files[i].nr_events && !err; j++)
			if (file_schemas__is_ours(perfdata_reader__event(files[i].reader, j)))
				err = take_ours(merged, &files[i], j, diag);
	}
	if (!err) {
		err = merged_schemas__finish(merged->schemas, &merged->ours);
		if (err)
			diag__error(diag, err, "cannot unite the types: %s", strerror(-err));
	}
	for (unsigned int i = 0; i < nr && !err; i++)
		for (unsigned int j = 0; j < files[i].nr_events && !err; j++)
			if (!files[i].events[j].is_ours && !files[i].events[j].is_dropped)
				err = take_foreign(merged, &files[i], j, diag);
	return err;
}

int merged_events__new(struct merged_events *merged, struct merge_file *files, unsigned int nr,
		       struct diag *diag)
{
	uint64_t first_id;
	int err;

	/* Chains are without a part if all of them are. */
	*merged = (struct merged_events){
		.sample_type = PERFDATA_SAMPLE_TYPE, .no_kernel_chain = true, .no_user_chain = true,
	};
	err = merged_schemas__new(&merged->schemas);
	if (err)
		return diag__error(diag, err, "out of memory");
	err = take_all(merged, files, nr, diag);
	for (unsigned int i = 0; i < nr && !err; i++) {
		finish_ours(merged, &files[i]);
		err = add_ids(merged, &files[i]);
	}
	for (unsigned int i = 0; i < nr && !err; i++)
		for (unsigned int j = 0; j < files[i].nr_events; j++)
			take_group(merged, &files[i], j);
	if (!err)
		err = publish(merged);
	if (err) {
		if (!diag__is_set(diag))
			diag__error(diag, err, "cannot unite the events: %s", strerror(-err));
		return err;
	}
	/* Records of an event that is dropped are the first one's. */
	first_id = merged->ours.nr ? PERFDATA_SAMPLE_ID(0) : *merged->foreign->ids;
	for (unsigned int i = 0; i < nr; i++) {
		for (unsigned int j = 0; j < files[i].nr_events; j++) {
			struct merged_event *to = &files[i].events[j];

			if (!to->is_dropped)
				continue;
			to->default_id = first_id;
			to->out_type = merged->ours.nr ? merged->sample_type :
				       merged->foreign->attr.sample_type;
		}
		for (unsigned int j = 0; j < files[i].nr_ids; j++)
			if (!files[i].ids[j].out)
				files[i].ids[j].out = first_id;
	}
	return 0;
}

void merged_events__exit(struct merged_events *merged)
{
	for (unsigned int i = 0; i < merged->nr_foreign; i++) {
		free(merged->foreign[i].ids);
		free(merged->foreign[i].tracepoint);
		free(merged->foreign[i].format);
	}
	free(merged->foreign);
	free(merged->public);
	merged_schemas__free(merged->schemas);
	*merged = (struct merged_events){ 0 };
}
