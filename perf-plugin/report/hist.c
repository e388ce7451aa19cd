// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../render/unit.h"
#include "../types/type.h"
#include "../util/suggest.h"
#include "hist.h"

#define MAX_KEYS	32		/* two bits of status each in one word */
#define MAX_NEAR	3

enum key_kind {
	KEY_COMM,
	KEY_PID,
	KEY_TID,
	KEY_CPU,
	KEY_FUNC,
	KEY_TRACE,			/* all of a foreign tracepoint's text */
	KEY_FIELD,
};

struct key {
	enum key_kind kind;
	unsigned int field;
};

struct string {
	UT_hash_handle hh;
	char text[];
};

struct strings {
	struct string *table;
};

/* Samples whose keys are the same; the status word is the last of the key. */
struct entry {
	UT_hash_handle hh;
	uint64_t samples;
	uint64_t period;
	uint64_t min;			/* durations in ns */
	uint64_t max;
	uint64_t sum;
	uint64_t key[];			/* numbers, and addresses of struct string's text */
};

struct hist {
	struct input *input;
	const struct input_event *event;
	struct strings *strings;
	struct key keys[MAX_KEYS];
	unsigned int nr_keys;
	struct entry *entries;
	uint64_t nr_samples;
	uint64_t period;
	struct value_opts value_opts;
	struct buf text;		/* scratch */
};

static const struct key_name {
	const char *name;
	enum key_kind kind;
	const char *header;
} key_names[] = {
	{ "comm", KEY_COMM, "Command" },
	{ "pid", KEY_PID, "PID" },
	{ "tid", KEY_TID, "TID" },
	{ "cpu", KEY_CPU, "CPU" },
	{ "sym", KEY_FUNC, "Function" },
	{ "symbol", KEY_FUNC, "Function" },
	{ "func", KEY_FUNC, "Function" },
	{ "function", KEY_FUNC, "Function" },
	{ "trace", KEY_TRACE, "Trace output" },
};

#define NR_KEY_NAMES	(sizeof(key_names) / sizeof(*key_names))

int strings__new(struct strings **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void strings__free(struct strings *strings)
{
	struct string *s, *tmp;

	if (!strings)
		return;
	HASH_ITER(hh, strings->table, s, tmp) {
		HASH_DEL(strings->table, s);
		free(s);
	}
	free(strings);
}

/* The one copy of @text; NULL when out of memory. */
static const char *strings__get(struct strings *strings, const char *text, size_t len)
{
	struct string *s;

	HASH_FIND(hh, strings->table, text, len, s);
	if (s)
		return s->text;
	s = malloc(sizeof(*s) + len + 1);
	if (!s)
		return NULL;
	memcpy(s->text, text, len);
	s->text[len] = '\0';
	HASH_ADD_KEYPTR(hh, strings->table, s->text, len, s);
	return s->text;
}

/* ---- keys -------------------------------------------------------------------------------- */

/* Up to the next comma; those within brackets are part of an expression. */
static size_t key_len(const char *sort)
{
	int depth = 0;
	size_t len;

	for (len = 0; sort[len] && (sort[len] != ',' || depth > 0); len++)
		depth += (sort[len] == '(' || sort[len] == '[') -
			 (sort[len] == ')' || sort[len] == ']');
	return len;
}

/* Is @key ("skb->len", "skb__len", with or without "EVENT.") field @index of the event? */
static bool names_field(const struct event_view *view, unsigned int index, const char *key,
			size_t len)
{
	const struct schema *schema = event_view__schema(view);
	const struct field *f = &schema->fields[index];
	const char *label = event_view__label(view, index);
	size_t n = strlen(schema->name);

	if ((strlen(f->name) == len && !strncmp(f->name, key, len)) ||
	    (strlen(f->expr) == len && !strncmp(f->expr, key, len)) ||
	    (strlen(label) == len && !strncmp(label, key, len)))
		return event_view__is_word(view, index);
	if (len > n && !strncmp(key, schema->name, n) && key[n] == '.')
		return names_field(view, index, key + n + 1, len - n - 1);
	return false;
}

static bool find_key(const struct input_event *event, const char *text, size_t len,
		     struct key *key)
{
	unsigned int i;

	for (i = 0; event->schema && i < event->schema->nr_fields; i++) {
		if (names_field(event->view, i, text, len)) {
			*key = (struct key){ .kind = KEY_FIELD, .field = i };
			return true;
		}
	}
	for (i = 0; i < NR_KEY_NAMES; i++) {
		if (strlen(key_names[i].name) != len || strncmp(key_names[i].name, text, len))
			continue;
		*key = (struct key){ .kind = key_names[i].kind };
		return (key->kind != KEY_TRACE || event->foreign >= 0) &&
		       (key->kind != KEY_FUNC || event->schema);
	}
	return false;
}

static void add_key(struct hist *hist, struct key key)
{
	if (hist->nr_keys < MAX_KEYS)
		hist->keys[hist->nr_keys++] = key;
}

/* A pointer to a struct that was recorded too differs with each object: no use for groups. */
static bool is_pointer_to_object(const struct schema *schema, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < schema->nr_fields; i++) {
		if (schema->fields[i].pointer == (int)index)
			return true;
	}
	return false;
}

static void add_default_keys(struct hist *hist)
{
	const struct schema *schema = hist->event->schema;
	unsigned int i;

	add_key(hist, (struct key){ .kind = KEY_COMM });
	if (hist->event->foreign >= 0)
		add_key(hist, (struct key){ .kind = KEY_TRACE });
	if (!schema)
		return;
	add_key(hist, (struct key){ .kind = KEY_FUNC });
	for (i = 0; i < schema->nr_fields; i++) {
		/* Buffers, too: they are for those who ask. */
		if (event_view__is_word(hist->event->view, i) &&
		    !is_pointer_to_object(schema, i) && schema->fields[i].kind != FIELD_BUFFER)
			add_key(hist, (struct key){ .kind = KEY_FIELD, .field = i });
	}
}

static void add_keys(struct hist *hist, const char *sort)
{
	while (*sort) {
		size_t len = key_len(sort);
		struct key key;

		if (find_key(hist->event, sort, len, &key))
			add_key(hist, key);
		sort += len + (sort[len] == ',');
	}
}

static int complain_key(const struct input *input, const char *text, size_t len, struct diag *diag)
{
	const char *near[MAX_NEAR];
	char word[128];
	struct suggest suggest;
	unsigned int i, j, nr;

	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	diag__error(diag, -EINVAL, "no event has a sort key '%s'", word);
	suggest__init(&suggest, word);
	for (i = 0; i < NR_KEY_NAMES; i++)
		suggest__offer(&suggest, key_names[i].name);
	for (i = 0; i < input__nr_events(input); i++) {
		const struct schema *schema = input__event(input, i)->schema;

		for (j = 0; schema && j < schema->nr_fields; j++) {
			if (event_view__is_word(input__event(input, i)->view, j))
				suggest__offer(&suggest, event_view__label(
					input__event(input, i)->view, j));
		}
	}
	nr = suggest__best(&suggest, near, MAX_NEAR);
	if (nr)
		diag__hint(diag, "did you mean '%s'?", near[0]);
	else
		diag__hint(diag, "keys are comm, pid, tid, cpu, sym, trace and what was recorded");
	return -EINVAL;
}

int hist__check_sort(const struct input *input, const char *sort, struct diag *diag)
{
	unsigned int i, nr = input__nr_events(input);

	while (*sort) {
		size_t len = key_len(sort);
		struct key key;

		for (i = 0; i < nr; i++) {
			if (find_key(input__event(input, i), sort, len, &key))
				break;
		}
		if (i == nr)
			return complain_key(input, sort, len, diag);
		sort += len + (sort[len] == ',');
	}
	return 0;
}

/* ---- collecting -------------------------------------------------------------------------- */

int hist__new(struct input *input, unsigned int index, const char *sort, struct strings *strings,
	      struct hist **out)
{
	struct hist *hist = calloc(1, sizeof(*hist));

	if (!hist)
		return -ENOMEM;
	hist->input = input;
	hist->event = input__event(input, index);
	hist->strings = strings;
	hist->value_opts.symbols = input__symbols(input);
	if (sort)
		add_keys(hist, sort);
	else
		add_default_keys(hist);
	*out = hist;
	return 0;
}

void hist__free(struct hist *hist)
{
	struct entry *e, *tmp;

	if (!hist)
		return;
	HASH_ITER(hh, hist->entries, e, tmp) {
		HASH_DEL(hist->entries, e);
		free(e);
	}
	buf__exit(&hist->text);
	free(hist);
}

uint64_t hist__nr_samples(const struct hist *hist)
{
	return hist->nr_samples;
}

uint64_t hist__total_period(const struct hist *hist)
{
	return hist->period;
}

/* The key's word for a text; 0 when out of memory, as no text has that address. */
static uint64_t text_word(struct hist *hist, const char *text, size_t len)
{
	return (uintptr_t)strings__get(hist->strings, text, len);
}

static bool is_readable(enum item_status status)
{
	return status == ITEM_OK || status == ITEM_CUT;
}

static uint64_t field_word(struct hist *hist, const struct key *key,
			   const struct perfdata_sample *s, enum item_status *status)
{
	const struct event_view *view = hist->event->view;

	*status = event_view__status(view, key->field, s->raw);
	if (event_view__is_number(view, key->field))
		return is_readable(*status) ? event_view__number(view, key->field, s->raw) : 0;
	buf__clear(&hist->text);
	event_view__field(view, key->field, s->raw, s->raw_size, &hist->value_opts, &hist->text);
	return text_word(hist, buf__str(&hist->text), hist->text.len);
}

static uint64_t key_word(struct hist *hist, const struct key *key,
			 const struct perfdata_sample *s, enum item_status *status)
{
	const char *text = NULL;

	switch (key->kind) {
	case KEY_PID:
		return (int64_t)s->pid;
	case KEY_TID:
		return (int64_t)s->tid;
	case KEY_CPU:
		return (int64_t)s->cpu;
	case KEY_COMM:
		text = input__comm(hist->input, s);
		break;
	case KEY_FUNC:
		text = input__func(hist->input, s);
		text = text ? text : "[unknown]";
		break;
	case KEY_TRACE:
		buf__clear(&hist->text);
		foreign__print(input__foreign(hist->input), hist->event->foreign, s->raw,
			       s->raw_size, s->cpu, s->time, &hist->text);
		return text_word(hist, buf__str(&hist->text), hist->text.len);
	case KEY_FIELD:
		return field_word(hist, key, s, status);
	}
	return text_word(hist, text, strlen(text));
}

static bool is_number(const struct hist *hist, const struct key *key)
{
	return key->kind == KEY_PID || key->kind == KEY_TID || key->kind == KEY_CPU ||
	       (key->kind == KEY_FIELD &&
		event_view__is_number(hist->event->view, key->field));
}

static struct entry *find_entry(struct hist *hist, const uint64_t *key)
{
	size_t size = (hist->nr_keys + 1) * sizeof(*key);
	struct entry *e;

	HASH_FIND(hh, hist->entries, key, size, e);
	if (e)
		return e;
	e = calloc(1, sizeof(*e) + size);
	if (!e)
		return NULL;
	memcpy(e->key, key, size);
	e->min = UINT64_MAX;
	HASH_ADD_KEYPTR(hh, hist->entries, e->key, size, e);
	return e;
}

static void add_duration(struct entry *e, uint64_t ns)
{
	e->sum += ns;
	if (ns < e->min)
		e->min = ns;
	if (ns > e->max)
		e->max = ns;
}

int hist__add(struct hist *hist, const struct perfdata_sample *s)
{
	const struct schema *schema = hist->event->schema;
	uint64_t key[MAX_KEYS + 1] = { 0 };
	struct entry *e;
	unsigned int i;

	if (schema && !event_view__fits(hist->event->view, s->raw_size))
		return 0;
	for (i = 0; i < hist->nr_keys; i++) {
		enum item_status status = ITEM_OK;

		key[i] = key_word(hist, &hist->keys[i], s, &status);
		if (!key[i] && !is_number(hist, &hist->keys[i]))
			return -ENOMEM;
		key[hist->nr_keys] |= (uint64_t)status << (i * 2);
	}
	e = find_entry(hist, key);
	if (!e)
		return -ENOMEM;
	e->samples++;
	e->period += s->period;
	if (schema && schema->duration_offset)
		add_duration(e, event_view__duration(hist->event->view, s->raw));
	hist->nr_samples++;
	hist->period += s->period;
	return 0;
}

/* ---- showing ----------------------------------------------------------------------------- */

static enum item_status key_status(const struct hist *hist, const struct entry *e, unsigned int i)
{
	return e->key[hist->nr_keys] >> (i * 2) & 3;
}

/* What could not be read comes last, whatever number stands there. */
static int compare_key(const struct hist *hist, unsigned int i, const struct entry *l,
		       const struct entry *r)
{
	enum item_status l_status = key_status(hist, l, i), r_status = key_status(hist, r, i);
	const struct key *key = &hist->keys[i];
	uint64_t a = l->key[i], b = r->key[i];

	if (!is_readable(l_status) || !is_readable(r_status))
		return is_readable(l_status) ? -1 : is_readable(r_status) ? 1 :
		       (int)l_status - (int)r_status;
	if (!is_number(hist, key))
		return a == b ? 0 : strcmp((const char *)(uintptr_t)a, (const char *)(uintptr_t)b);
	if (key->kind == KEY_FIELD)
		return event_view__compare(hist->event->view, key->field, a, b);
	return (int64_t)a < (int64_t)b ? -1 : (int64_t)a > (int64_t)b;
}

static int compare_keys(const struct hist *hist, const struct entry *l, const struct entry *r)
{
	unsigned int i;
	int diff = 0;

	for (i = 0; i < hist->nr_keys && !diff; i++)
		diff = compare_key(hist, i, l, r);
	return diff;
}

static int by_share(const void *a, const void *b, void *hist)
{
	const struct entry *l = *(struct entry *const *)a, *r = *(struct entry *const *)b;

	if (l->period != r->period)
		return l->period > r->period ? -1 : 1;
	if (l->samples != r->samples)
		return l->samples > r->samples ? -1 : 1;
	return compare_keys(hist, l, r);
}

static const char *key_header(const struct hist *hist, const struct key *key)
{
	size_t i;

	if (key->kind == KEY_FIELD)
		return event_view__label(hist->event->view, key->field);
	for (i = 0; key_names[i].kind != key->kind; i++)
		;
	return key_names[i].header;
}

/* A number that is shown as one: such columns are aligned on the right. */
static bool is_quantity(const struct hist *hist, const struct key *key)
{
	return is_number(hist, key) &&
	       (key->kind != KEY_FIELD ||
		hist->event->schema->fields[key->field].display == FIELD_BY_TYPE);
}

static void add_columns(const struct hist *hist, struct table *table)
{
	unsigned int i;

	table__column(table, "Overhead", true);
	table__column(table, "Samples", true);
	for (i = 0; i < hist->nr_keys; i++)
		table__column(table, key_header(hist, &hist->keys[i]),
			      is_quantity(hist, &hist->keys[i]));
	if (hist->event->schema && hist->event->schema->duration_offset) {
		table__column(table, "Min", true);
		table__column(table, "Avg", true);
		table__column(table, "Max", true);
	}
}

static void add_key_text(struct hist *hist, const struct entry *e, unsigned int i)
{
	const struct key *key = &hist->keys[i];

	if (!is_number(hist, key))
		buf__adds(&hist->text, (const char *)(uintptr_t)e->key[i]);
	else if (key->kind == KEY_FIELD)
		event_view__scalar(hist->event->view, key->field, e->key[i],
				   key_status(hist, e, i), &hist->value_opts, &hist->text);
	else
		buf__addd(&hist->text, e->key[i]);
}

static void end_cell(struct hist *hist, struct table *table)
{
	table__cell(table, buf__str(&hist->text), hist->text.len);
	buf__clear(&hist->text);
}

static void add_row(struct hist *hist, const struct entry *e, struct table *table)
{
	uint64_t durations[3] = { e->min, e->sum / e->samples, e->max };
	unsigned int i;

	buf__clear(&hist->text);
	buf__addf(&hist->text, "%.2f%%", hist->period ? e->period * 100.0 / hist->period : 0.0);
	end_cell(hist, table);
	buf__addu(&hist->text, e->samples);
	end_cell(hist, table);
	for (i = 0; i < hist->nr_keys; i++) {
		add_key_text(hist, e, i);
		end_cell(hist, table);
	}
	if (!hist->event->schema || !hist->event->schema->duration_offset)
		return;
	for (i = 0; i < 3; i++) {
		unit__duration(&hist->text, durations[i]);
		end_cell(hist, table);
	}
}

int hist__table(struct hist *hist, struct table *table)
{
	size_t i = 0, nr = HASH_COUNT(hist->entries);
	struct entry **order = calloc(nr + 1, sizeof(*order)), *e, *tmp;

	if (!order)
		return -ENOMEM;
	HASH_ITER(hh, hist->entries, e, tmp)
		order[i++] = e;
	qsort_r(order, nr, sizeof(*order), by_share, hist);
	add_columns(hist, table);
	for (i = 0; i < nr; i++)
		add_row(hist, order[i], table);
	free(order);
	return hist->text.failed ? -ENOMEM : 0;
}
