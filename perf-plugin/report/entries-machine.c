// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/csv.h"
#include "../render/json.h"
#include "entries-machine.h"

#define FLUSH_SIZE	(64 << 10)
#define MAX_DIGITS	15	/* of a number that any reader takes as it is */

/* "comm" and not "Command": the word that -s and -F know it by. */
static void add_name(const struct aggregate *agg, unsigned int column, struct buf *out)
{
	const char *name = aggregate__header(agg, column), *expr = aggregate__expr(agg, column);
	size_t start = out->len;

	if (aggregate__is_key(agg, column) && expr) {
		buf__adds(out, expr);
		return;
	}
	buf__adds(out, name);
	for (; start < out->len && !out->failed; start++) {
		char *c = &out->data[start];

		/* What is in brackets is a name. */
		if (*c == '(')
			break;
		*c = *c == ' ' ? '_' : tolower((unsigned char)*c);
	}
}

/* Integers that are too large to be exact everywhere are strings. */
static void add_number(const struct buf *cell, struct json *json)
{
	const char *text = buf__str(cell), *digits = text + (*text == '-');
	size_t len = strspn(digits, "0123456789");
	char *end;

	if (!digits[len] && len > MAX_DIGITS) {
		if (*text == '-')
			json__s64(json, strtoll(text, NULL, 10));
		else
			json__u64(json, strtoull(text, NULL, 10));
	} else if (!digits[len] && len) {
		json__raw(json, text, cell->len);
	} else {
		json__double(json, strtod(text, &end), 15);
	}
}

static void add_object(struct aggregate *agg, const char *event, uint32_t entry,
		       const struct buf *keys, struct buf *cell, struct buf *out)
{
	struct json json = JSON_INIT(out);
	unsigned int i, nr = aggregate__nr_columns(agg);
	bool is_number;

	json__open(&json, '{');
	if (event) {
		json__key(&json, "event");
		json__strings(&json, event);
	}
	for (i = 0; i < nr; i++) {
		buf__clear(cell);
		aggregate__raw_cell(agg, entry, i, &is_number, cell);
		json__raw_key(&json, buf__str(&keys[i]), keys[i].len);
		if (!cell->len)
			json__null(&json);
		else if (is_number)
			add_number(cell, &json);
		else
			json__string(&json, buf__str(cell), cell->len);
	}
	json__close(&json, '}');
	buf__addc(out, '\n');
}

/* The columns' names as keys: an array to free. */
static struct buf *make_keys(const struct aggregate *agg, unsigned int nr)
{
	struct buf *keys = calloc(nr + 1, sizeof(*keys)), name = BUF_INIT;

	for (unsigned int i = 0; keys && i < nr; i++) {
		buf__clear(&name);
		add_name(agg, i, &name);
		json__prepare_key(&keys[i], buf__str(&name), name.len);
	}
	buf__exit(&name);
	return keys;
}

int entries_json__print(struct aggregate *agg, const char *event, const uint32_t *list, uint32_t nr,
			FILE *file)
{
	unsigned int nr_columns = aggregate__nr_columns(agg);
	struct buf *keys = make_keys(agg, nr_columns), out = BUF_INIT, cell = BUF_INIT;
	int err = keys ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < nr && !err; i++) {
		add_object(agg, event, list[i], keys, &cell, &out);
		if (out.len >= FLUSH_SIZE)
			err = buf__flush(&out, file);
	}
	if (!err)
		err = cell.failed ? -ENOMEM : buf__flush(&out, file);
	for (unsigned int i = 0; keys && i < nr_columns; i++)
		buf__exit(&keys[i]);
	free(keys);
	buf__exit(&out);
	buf__exit(&cell);
	return err;
}

static void add_heading(const struct aggregate *agg, bool event, struct buf *cell, struct buf *out)
{
	if (event)
		buf__adds(out, "event");
	for (unsigned int i = 0; i < aggregate__nr_columns(agg); i++) {
		buf__clear(cell);
		add_name(agg, i, cell);
		buf__add(out, ",", event || i);
		csv__add(out, buf__str(cell), cell->len, ",");
	}
	buf__addc(out, '\n');
}

static void add_line(struct aggregate *agg, const char *event, uint32_t entry, struct buf *cell,
		     struct buf *out)
{
	bool is_number;

	if (event)
		csv__add(out, event, strlen(event), ",");
	for (unsigned int i = 0; i < aggregate__nr_columns(agg); i++) {
		buf__clear(cell);
		aggregate__raw_cell(agg, entry, i, &is_number, cell);
		buf__add(out, ",", event || i);
		csv__add(out, buf__str(cell), cell->len, ",");
	}
	buf__addc(out, '\n');
}

int entries_csv__print(struct aggregate *agg, const char *event, bool heading,
		       const uint32_t *list, uint32_t nr, FILE *file)
{
	struct buf out = BUF_INIT, cell = BUF_INIT;
	int err = 0;

	if (heading)
		add_heading(agg, event, &cell, &out);
	for (uint32_t i = 0; i < nr && !err; i++) {
		add_line(agg, event, list[i], &cell, &out);
		if (out.len >= FLUSH_SIZE)
			err = buf__flush(&out, file);
	}
	if (!err)
		err = cell.failed ? -ENOMEM : buf__flush(&out, file);
	buf__exit(&out);
	buf__exit(&cell);
	return err;
}
