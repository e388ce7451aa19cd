// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"
#include "../render/unit.h"
#include "../util/name-index.h"
#include "bars.h"
#include "bins.h"
#include "column-set.h"
#include "distribution.h"
#include "tally.h"
#include "values-hist.h"

#define MAX_KEYS	16
#define MAX_GROUPS	1024	/* entries counted, of all events; and ... */
#define MAX_SHOWN	16	/* ... shown of an event */
#define MAX_TEXTS	8192	/* different texts of an entry */
#define TEXT_ROWS	20
#define KEY_END		'\x1f'	/* is in no text that is shown */
#define LINEAR_ROWS	20

enum scale { SCALE_AUTO, SCALE_LOG2, SCALE_LINEAR };

/* The samples of an event that have the same keys. */
struct group {
	unsigned int event;
	char *keys;			/* "cat", KEY_END, "17"; NULL without */
	uint64_t nr_samples;
	uint64_t nr_unreadable;
	struct distribution *numbers;	/* of a quantity, else ... */
	struct bins *bins;		/* NULL: log2 was asked for */
	struct tally *texts;
};

struct values_hist {
	struct input *input;
	const struct values_hist_opts *opts;
	size_t expr_len;		/* of opts->expr, without the scale */
	enum scale scale;
	unsigned int rows;		/* 0: as many as usual */
	struct column_set *values;
	struct column_set *keys[MAX_KEYS];
	unsigned int nr_keys;
	struct group *groups;
	uint32_t nr_groups;
	uint32_t last;			/* the one counted last */
	struct name_index index;	/* of groups by event and keys, plus 1 */
	uint64_t nr_left_out;		/* samples of too many entries */
	struct buf key;			/* scratch */
	struct buf text;
	struct buf out;
};

/* ---- what was asked for -------------------------------------------------------------------- */

/* The scale, if the @len bytes of @text end in it; *@len is then what stands before. */
static bool take_suffix(const char *text, size_t *len, const char *suffix)
{
	size_t n = strlen(suffix);

	if (*len <= n || strncmp(text + *len - n, suffix, n))
		return false;
	*len -= n;
	return true;
}

static size_t parse_scale(struct values_hist *h, const char *text)
{
	size_t len = strlen(text), digits = 0, before;

	while (digits < len && digits < 4 && isdigit((unsigned char)text[len - 1 - digits]))
		digits++;
	before = len - digits;
	if (digits && take_suffix(text, &before, ":linear:")) {
		h->scale = SCALE_LINEAR;
		h->rows = strtoul(text + len - digits, NULL, 10);
		return before;
	}
	if (take_suffix(text, &len, ":linear"))
		h->scale = SCALE_LINEAR;
	else if (take_suffix(text, &len, ":log2"))
		h->scale = SCALE_LOG2;
	return len;
}

static int prepare(struct values_hist *h, struct diag *diag)
{
	const char *sort = h->opts->sort ? h->opts->sort : "";
	size_t len;
	int err;

	h->expr_len = parse_scale(h, h->opts->expr);
	err = column_set__new(h->input, h->opts->expr, h->expr_len, &h->values, diag);
	while (!err && *sort) {
		len = column__key_len(sort);
		if (h->nr_keys == MAX_KEYS)
			return diag__error(diag, -EINVAL, "more than %d sort keys", MAX_KEYS);
		err = column_set__new(h->input, sort, len, &h->keys[h->nr_keys], diag);
		if (!err)
			h->nr_keys++;
		sort += len + (sort[len] == ',');
	}
	return err;
}

/* ---- collecting ---------------------------------------------------------------------------- */

static int new_group(struct values_hist *h, const struct column *value, unsigned int event,
		     struct group *group)
{
	int err = 0;

	*group = (struct group){ .event = event };
	if (h->nr_keys) {
		group->keys = strdup(buf__str(&h->key) + sizeof(event));
		if (!group->keys)
			return -ENOMEM;
	}
	if (!column__is_quantity(value))
		return tally__new(MAX_TEXTS, &group->texts);
	err = distribution__new(column__is_signed(value), &group->numbers);
	if (!err && h->scale != SCALE_LOG2)
		err = bins__new(column__is_signed(value), &group->bins);
	return err;
}

static void free_group(struct group *group)
{
	free(group->keys);
	distribution__free(group->numbers);
	bins__free(group->bins);
	tally__free(group->texts);
}

/* h->key becomes the event's index and the texts of the keys. */
static int make_key(struct values_hist *h, const struct perfdata_sample *s)
{
	buf__clear(&h->key);
	buf__add(&h->key, &s->event, sizeof(s->event));
	for (unsigned int i = 0; i < h->nr_keys; i++) {
		struct column_value value;
		struct column *column;
		int err = column_set__get(h->keys[i], s->event, &column);

		if (err)
			return err;
		if (i)
			buf__addc(&h->key, KEY_END);
		if (!column)
			continue;
		err = column__read(column, s, &value);
		if (err)
			return err;
		column__add(column, &value, &h->key);
	}
	return h->key.failed ? -ENOMEM : 0;
}

static bool is_group(const struct values_hist *h, uint32_t index)
{
	const struct group *group = &h->groups[index];

	return !memcmp(h->key.data, &group->event, sizeof(group->event)) &&
	       (!group->keys || !strcmp(h->key.data + sizeof(group->event), group->keys));
}

/* The group of h->key; *@out is NULL where there are too many. */
static int find_group(struct values_hist *h, const struct column *value, unsigned int event,
		      struct group **out)
{
	struct name_walk walk = name_index__walk(&h->index, h->key.data, h->key.len);
	struct group *more;
	uint32_t number;

	*out = NULL;
	while ((number = name_walk__next(&walk))) {
		if (is_group(h, number - 1)) {
			*out = &h->groups[number - 1];
			return 0;
		}
	}
	if (h->nr_groups == MAX_GROUPS)
		return 0;
	more = reallocarray(h->groups, h->nr_groups + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	h->groups = more;
	*out = &more[h->nr_groups++];
	if (new_group(h, value, event, *out))
		return -ENOMEM;
	return name_index__add(&h->index, h->key.data, h->key.len, h->nr_groups);
}

static bool is_unreadable(const struct column_value *value)
{
	return value->status & ITEM_FAULT;
}

static int add_value(struct values_hist *h, struct group *group, struct column *column,
		     const struct perfdata_sample *s)
{
	struct column_value value;
	int err = column__read(column, s, &value);

	if (err)
		return err;
	group->nr_samples++;
	if (group->texts) {
		buf__clear(&h->text);
		column__add(column, &value, &h->text);
		return tally__add(group->texts, buf__str(&h->text), h->text.len, 1);
	}
	if (is_unreadable(&value)) {
		group->nr_unreadable++;
		return 0;
	}
	err = distribution__add(group->numbers, value.number, 1);
	if (!err && group->bins)
		err = bins__add(group->bins, value.number);
	return err;
}

static int add_sample(void *ctx, const struct perfdata_sample *s)
{
	struct values_hist *h = ctx;
	struct column *column;
	struct group *group;
	int err = column_set__get(h->values, s->event, &column);

	if (err || !column)
		return err;
	if (!h->nr_keys && h->last < h->nr_groups && h->groups[h->last].event == s->event)
		return add_value(h, &h->groups[h->last], column, s);
	err = make_key(h, s);
	if (!err)
		err = find_group(h, column, s->event, &group);
	if (err)
		return err;
	if (!group) {
		h->nr_left_out++;
		return 0;
	}
	h->last = group - h->groups;
	return add_value(h, group, column, s);
}

/* ---- showing ------------------------------------------------------------------------------- */

/* Adds ", NAME VALUE" to a line of comment, which goes on in the next one when it is full. */
static void add_figure(struct values_hist *h, size_t *start, const char *name,
		       struct column *column, uint64_t number)
{
	struct column_value value = { .status = ITEM_OK, .number = number };
	size_t before = h->text.len;

	buf__clear(&h->text);
	buf__adds(&h->text, name);
	buf__addc(&h->text, ' ');
	column__add(column, &value, &h->text);
	before = h->out.len - *start;
	if (before > 2 && before + 2 + h->text.len > (size_t)h->opts->columns) {
		buf__adds(&h->out, ",\n");
		*start = h->out.len;
		before = 0;
	}
	buf__adds(&h->out, before > 2 ? ", " : before ? "" : "# ");
	buf__adds(&h->out, buf__str(&h->text));
}

/* An average has decimals, which the column would not show. */
static void add_average(struct values_hist *h, const struct group *group, struct column *column)
{
	double mean = distribution__mean(group->numbers);

	buf__adds(&h->out, ", avg ");
	if (column__is_duration(column))
		unit__duration(&h->out, mean >= 0x1p64 ? UINT64_MAX :
			       mean > 0 ? (uint64_t)(mean + 0.5) : 0);
	else
		buf__addf(&h->out, mean < 1e15 && mean > -1e15 ? "%.2f" : "%.6g", mean);
}

static void add_figures(struct values_hist *h, const struct group *group, struct column *column)
{
	const struct distribution *d = group->numbers;
	size_t start = h->out.len;

	buf__addf(&h->out, "# %" PRIu64 " value%s", distribution__count(d),
		  distribution__count(d) == 1 ? "" : "s");
	if (group->nr_unreadable)
		buf__addf(&h->out, ", %" PRIu64 " unreadable", group->nr_unreadable);
	buf__addc(&h->out, '\n');
	if (!distribution__count(d))
		return;
	start = h->out.len;
	buf__adds(&h->out, "# ");
	add_figure(h, &start, "min", column, distribution__min(d));
	add_average(h, group, column);
	add_figure(h, &start, "p50", column, distribution__quantile(d, 0.5));
	add_figure(h, &start, "p90", column, distribution__quantile(d, 0.9));
	add_figure(h, &start, "p99", column, distribution__quantile(d, 0.99));
	add_figure(h, &start, "max", column, distribution__max(d));
	buf__addc(&h->out, '\n');
}

/* Programs leave out by themselves what they don't want. */
static bool wants_all(const struct values_hist *h)
{
	return h->opts->separator || h->opts->json;
}

static int add_texts(const struct values_hist *h, const struct tally *texts, struct bars *bars)
{
	uint32_t *order = calloc(tally__nr(texts) + 1, sizeof(*order));
	uint32_t rows = h->rows ? h->rows : TEXT_ROWS;
	uint64_t rest = tally__total(texts);

	if (!order)
		return -ENOMEM;
	tally__order(texts, order);
	for (uint32_t i = 0; i < tally__nr(texts) && (i < rows || wants_all(h)); i++) {
		size_t len;
		const char *text = tally__value(texts, order[i], &len);

		bars__text(bars, text, len, tally__count(texts, order[i]));
		rest -= tally__count(texts, order[i]);
	}
	if (rest)
		bars__text(bars, "(others)", strlen("(others)"), rest);
	free(order);
	return 0;
}

/* Few different numbers get a row each, if nothing else was asked for. */
static void add_numbers(const struct values_hist *h, const struct group *group, unsigned int form,
			struct bars *bars)
{
	unsigned int rows = h->rows ? h->rows : LINEAR_ROWS;

	if (h->scale == SCALE_LINEAR || (group->bins && bins__span(group->bins) <= LINEAR_ROWS))
		bins__rows(group->bins, rows, form, bars);
	else
		bars__distribution(bars, group->numbers, form);
}

static int make_bars(const struct values_hist *h, const struct group *group,
		     const struct column *column, struct bars **bars)
{
	int err = bars__new(bars);

	if (err)
		return err;
	if (group->texts)
		return add_texts(h, group->texts, *bars);
	add_numbers(h, group, column__is_duration(column) ? BARS_DURATION : 0, *bars);
	return 0;
}

static int print_bars(struct values_hist *h, const struct group *group, struct column *column)
{
	struct bars_opts opts = {
		.label = column__label(column), .columns = h->opts->columns,
		.ascii = h->opts->ascii, .colors = h->opts->colors,
		.headings = h->opts->headings, .separator = h->opts->separator,
	};
	struct bars *bars;
	int err = make_bars(h, group, column, &bars);

	if (!err)
		err = bars__print(bars, &opts, &h->out);
	bars__free(bars);
	return err;
}

static void add_keys(const struct group *group, struct buf *out)
{
	for (const char *c = group->keys; *c; c++) {
		if (*c == KEY_END)
			buf__adds(out, ", ");
		else
			buf__addc(out, *c);
	}
}

/* With a separator each line says what it is of. */
static int print_separated(struct values_hist *h, const struct group *group,
			   struct column *column)
{
	const char *separator = h->opts->separator;
	struct buf lines = BUF_INIT, out = h->out;
	char *line, *rest;
	int err;

	h->out = lines;
	err = print_bars(h, group, column);
	lines = h->out;
	h->out = out;
	for (line = lines.data; !err && line && *line; line = rest + 1) {
		rest = strchr(line, '\n');
		*rest = '\0';
		buf__adds(&h->out, input__event(h->input, group->event)->name);
		buf__adds(&h->out, separator);
		if (group->keys) {
			add_keys(group, &h->out);
			buf__adds(&h->out, separator);
		}
		buf__adds(&h->out, line);
		buf__addc(&h->out, '\n');
	}
	buf__exit(&lines);
	return err;
}

static int print_group(struct values_hist *h, const struct group *group)
{
	struct column *column;
	int err = column_set__get(h->values, group->event, &column);

	if (err)
		return err;
	if (h->opts->separator)
		return print_separated(h, group, column);
	if (h->opts->headings) {
		buf__addf(&h->out, "# Samples: %" PRIu64 "  of event '%s'", group->nr_samples,
			  input__event(h->input, group->event)->name);
		if (group->keys) {
			buf__addf(&h->out, ", %s: ", h->opts->sort);
			add_keys(group, &h->out);
		}
		buf__addc(&h->out, '\n');
	}
	if (group->numbers)
		add_figures(h, group, column);
	else if (tally__error(group->texts))
		buf__addf(&h->out, "# too many values: counts are up to %" PRIu64 " too low\n",
			  tally__error(group->texts));
	buf__adds(&h->out, h->opts->headings ? "#\n" : "");
	err = print_bars(h, group, column);
	buf__addc(&h->out, '\n');
	return err;
}

static void add_json_figure(struct json *json, const char *name, struct column *column,
			    uint64_t number)
{
	struct column_value value = { .status = ITEM_OK, .number = number };

	json__key(json, name);
	column__json(column, &value, json);
}

static void add_json_numbers(const struct group *group, struct column *column, struct json *json)
{
	const struct distribution *d = group->numbers;

	json__key(json, "nr");
	json__u64(json, distribution__count(d));
	json__key(json, "nr_fault");
	json__u64(json, group->nr_unreadable);
	if (!distribution__count(d))
		return;
	json__key(json, "avg");
	json__double(json, distribution__mean(d), 15);
	add_json_figure(json, "min", column, distribution__min(d));
	add_json_figure(json, "max", column, distribution__max(d));
	add_json_figure(json, "p50", column, distribution__quantile(d, 0.5));
	add_json_figure(json, "p90", column, distribution__quantile(d, 0.9));
	add_json_figure(json, "p99", column, distribution__quantile(d, 0.99));
}

static void add_json_keys(const struct group *group, struct json *json)
{
	const char *key = group->keys, *end;

	json__key(json, "keys");
	json__open(json, '[');
	for (end = key; end; key = end + 1) {
		end = strchr(key, KEY_END);
		json__string(json, key, end ? (size_t)(end - key) : strlen(key));
	}
	json__close(json, ']');
}

static int add_json(struct values_hist *h, const struct group *group)
{
	struct json json = JSON_INIT(&h->out);
	struct bars *bars = NULL;
	struct column *column;
	int err = column_set__get(h->values, group->event, &column);

	if (!err)
		err = make_bars(h, group, column, &bars);
	if (err) {
		bars__free(bars);
		return err;
	}
	json__open(&json, '{');
	json__key(&json, "event");
	json__strings(&json, input__event(h->input, group->event)->name);
	if (group->keys)
		add_json_keys(group, &json);
	json__key(&json, "name");
	json__string(&json, h->opts->expr, h->expr_len);
	json__key(&json, "unit");
	json__strings(&json, column__is_duration(column) ? "ns" : "");
	json__key(&json, "samples");
	json__u64(&json, group->nr_samples);
	if (group->numbers)
		add_json_numbers(group, column, &json);
	json__key(&json, "histogram");
	err = bars__json(bars, &json);
	json__close(&json, '}');
	buf__addc(&h->out, '\n');
	bars__free(bars);
	return err;
}

static int flush(struct values_hist *h)
{
	if (h->text.failed)
		h->out.failed = true;
	return buf__flush(&h->out, stdout);
}

/* By events, the largest first. */
static int by_size(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->event != y->event)
		return x->event < y->event ? -1 : 1;
	if (x->nr_samples != y->nr_samples)
		return x->nr_samples > y->nr_samples ? -1 : 1;
	return x->keys && y->keys ? strcmp(x->keys, y->keys) : 0;
}

static int print_groups(struct values_hist *h)
{
	unsigned int shown = 0, left_out = 0;
	int err = 0;

	if (h->nr_groups)
		qsort(h->groups, h->nr_groups, sizeof(*h->groups), by_size);
	for (uint32_t i = 0; i < h->nr_groups && !err; i++) {
		shown = i && h->groups[i].event == h->groups[i - 1].event ? shown + 1 : 0;
		if (shown >= MAX_SHOWN && !wants_all(h)) {
			left_out++;
			continue;
		}
		err = h->opts->json ? add_json(h, &h->groups[i]) : print_group(h, &h->groups[i]);
		if (!err)
			err = flush(h);
	}
	if (h->opts->json) {
		if (h->nr_left_out)
			fprintf(stderr, "%" PRIu64 " samples of more than %u entries were left out\n",
				h->nr_left_out, MAX_GROUPS);
		return err;
	}
	if (left_out)
		buf__addf(&h->out, "# %u smaller entries are not shown\n", left_out);
	if (h->nr_left_out)
		buf__addf(&h->out, "# %" PRIu64 " samples of more than %u entries were left out\n",
			  h->nr_left_out, MAX_GROUPS);
	if (!h->nr_groups && h->opts->headings)
		buf__adds(&h->out, "# no samples\n");
	return err ? err : flush(h);
}

int values_hist__print(struct input *input, const struct values_hist_opts *opts, struct diag *diag)
{
	struct values_hist h = { .input = input, .opts = opts };
	int err = prepare(&h, diag);

	if (!err)
		err = input__each_sample(h.input, add_sample, &h, diag);
	if (!err)
		err = print_groups(&h);
	for (uint32_t i = 0; i < h.nr_groups; i++)
		free_group(&h.groups[i]);
	free(h.groups);
	for (unsigned int i = 0; i < h.nr_keys; i++)
		column_set__free(h.keys[i]);
	column_set__free(h.values);
	name_index__exit(&h.index);
	buf__exit(&h.key);
	buf__exit(&h.text);
	buf__exit(&h.out);
	return err;
}
