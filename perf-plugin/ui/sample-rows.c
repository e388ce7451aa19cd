// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/dump.h"
#include "../render/symbols.h"
#include "../render/text.h"
#include "../render/unit.h"
#include "sample-rows.h"

#define BYTES_PER_ROW	16
#define MAX_SEARCHED	20000		/* nodes that a search looks at */
#define MAX_DESCRIBED	256		/* bytes shown of a member */
#define MAX_CHAIN	512

enum row_kind {
	ROW_TEXT,
	ROW_NODE,
	ROW_BYTES,
};

struct row {
	enum row_kind kind;
	enum color color;		/* of a text */
	struct value_node *node;	/* ROW_BYTES: NULL of the whole record */
	size_t at;			/* of a text, in rows.text; of bytes */
};

struct sample_rows {
	struct samples *samples;
	struct input *input;
	struct sample_look look;
	struct perfdata_sample sample;	/* no pointers */
	struct buf raw;
	struct buf text;		/* each with a NUL */
	uint32_t nr_head;		/* rows of text above the values ... */
	uint32_t nr_text;		/* ... and all */
	struct row *texts;
	struct value_tree *tree;
	const struct event_view *view;	/* of the tree */
	struct value_tree *kept;	/* that of another event, which was there before */
	const struct event_view *kept_view;
	struct value_tree *search;	/* NULL: no search */
	bool has_bytes;
	struct value_node *bytes;	/* whose; NULL: the record's, or none */
	struct row *rows;
	uint32_t nr;
	uint32_t cap;
	struct buf filter;		/* that matches were looked for by */
	bool *matches;			/* by row; NULL: not looked for */
};

int sample_rows__new(struct samples *samples, struct input *input, struct sample_rows **out)
{
	struct sample_rows *rows = calloc(1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	rows->samples = samples;
	rows->input = input;
	*out = rows;
	return 0;
}

void sample_rows__free(struct sample_rows *rows)
{
	if (!rows)
		return;
	value_tree__free(rows->tree);
	value_tree__free(rows->kept);
	value_tree__free(rows->search);
	buf__exit(&rows->raw);
	buf__exit(&rows->text);
	buf__exit(&rows->filter);
	free(rows->texts);
	free(rows->rows);
	free(rows->matches);
	free(rows);
}

/* ---- what is no tree ----------------------------------------------------------------------- */

/* The text that was appended since @start becomes a row. */
static void end_text(struct sample_rows *rows, size_t start, enum color color)
{
	uint32_t nr = rows->nr_text;
	struct row *more;

	buf__addc(&rows->text, '\0');
	if (!(nr & (nr - 1))) {
		more = reallocarray(rows->texts, nr ? nr * 2 : 1, sizeof(*more));
		if (!more) {
			rows->text.failed = true;
			return;
		}
		rows->texts = more;
	}
	rows->texts[rows->nr_text++] = (struct row){
		.kind = ROW_TEXT, .color = color, .at = start,
	};
}

static void add_head(struct sample_rows *rows, uint32_t index)
{
	const struct input_event *event = input__event(rows->input, rows->sample.event);
	struct sample_task task = samples__task(rows->samples, index);
	const char *func = input__func(rows->input, &rows->sample);
	struct buf *text = &rows->text;
	size_t start = text->len;

	buf__adds(text, "Function: ");
	if (func)
		text__adds(text, func);
	else
		buf__adds(text, event->name);
	if (event->view && event_view__schema(event->view)->duration_offset &&
	    event_view__fits(event->view, rows->raw.len)) {
		buf__adds(text, "  Duration: ");
		unit__duration(text, event_view__duration(event->view, buf__str(&rows->raw)));
	}
	end_text(rows, start, COLOR_NORMAL);
	start = text->len;
	buf__addf(text, "Task: %s  pid/tid: %d/%d  CPU: %d  Time: ", task.comm, task.pid, task.tid,
		  rows->sample.cpu);
	unit__timestamp(text, rows->sample.time, true);
	end_text(rows, start, COLOR_NORMAL);
}

/* The text that libtraceevent makes of one of perf's own tracepoints; and why there is no tree. */
static void add_text(struct sample_rows *rows, const struct input_event *event, bool fits)
{
	size_t start = rows->text.len;

	if (event->foreign >= 0)
		foreign__print(input__foreign(rows->input), event->foreign, buf__str(&rows->raw),
			       rows->raw.len, rows->sample.cpu, rows->sample.time, &rows->text);
	else if (event->view && !fits)
		buf__adds(&rows->text, "(the record is shorter than its event says)");
	else if (!event->view)
		buf__adds(&rows->text, "(no values were recorded)");
	if (rows->text.len > start)
		end_text(rows, start, COLOR_NORMAL);
}

static void add_chain(struct sample_rows *rows, const uint64_t *chain, uint64_t nr)
{
	size_t start = rows->text.len;
	uint64_t i;

	if (!nr)
		return;
	buf__adds(&rows->text, "Call chain:");
	end_text(rows, start, COLOR_NORMAL);
	for (i = 0; i < nr && i < MAX_CHAIN; i++) {
		if (chain[i] >= PERF_CONTEXT_MAX)
			continue;
		start = rows->text.len;
		buf__adds(&rows->text, "    ");
		symbols__add(input__symbols(rows->input), chain[i], &rows->text);
		end_text(rows, start, COLOR_NORMAL);
	}
}

/* ---- loading ------------------------------------------------------------------------------- */

/* Where there is but one struct, it is what people came for. */
static int unfold_only(struct value_tree *tree)
{
	struct value_node *root = value_tree__root(tree), *only = NULL;
	uint32_t i;
	int err;

	for (i = 0; i < value_node__nr_parts(root); i++) {
		if (!value_node__has_parts(value_node__part(root, i)))
			continue;
		if (only)
			return 0;
		only = value_node__part(root, i);
	}
	err = only ? value_tree__unfold(tree, only) : 0;
	return err == -E2BIG ? 0 : err;
}

/* @before is the tree of the sample that was shown before, of rows.view. */
static int make_tree(struct sample_rows *rows, const struct event_view *view,
		     struct value_tree *before)
{
	const struct value_opts opts = { .symbols = input__symbols(rows->input) };
	const struct value_tree *like = NULL;
	int err;

	err = value_tree__new(view, buf__str(&rows->raw), rows->raw.len, &opts, &rows->tree);
	if (err)
		return err;
	if (view == rows->view)
		like = before;
	else if (view == rows->kept_view)
		like = rows->kept;
	err = like ? value_tree__unfold_like(rows->tree, like) : unfold_only(rows->tree);
	if (rows->bytes)
		rows->bytes = like != before ? NULL :
			      value_tree__find_like(rows->tree, rows->bytes);
	return err;
}

/*
 * What the sample before looked like is known for the next one of its event, also after one of
 * another event: one jumps to and fro between entry and return.
 */
static void keep_tree(struct sample_rows *rows, struct value_tree *before,
		      const struct event_view *view)
{
	if (!before || view == rows->view) {
		value_tree__free(before);
		return;
	}
	value_tree__free(rows->kept);
	rows->kept = before;
	rows->kept_view = view;
}

/* The pointers into @sample end with the next thing that is read. */
static int copy_sample(struct sample_rows *rows, const struct perfdata_sample *sample)
{
	rows->sample = *sample;
	rows->sample.raw = NULL;
	rows->sample.callchain = NULL;
	buf__clear(&rows->raw);
	buf__add(&rows->raw, sample->raw, sample->raw ? sample->raw_size : 0);
	return rows->raw.failed ? -ENOMEM : 0;
}

static int load(struct sample_rows *rows, uint32_t index, struct value_tree *before)
{
	const struct input_event *event;
	struct perfdata_sample sample;
	bool fits;
	int err;

	err = samples__read(rows->samples, index, &sample);
	if (!err)
		err = copy_sample(rows, &sample);
	if (err)
		return err;
	event = input__event(rows->input, sample.event);
	add_head(rows, index);
	fits = event->view && event_view__fits(event->view, rows->raw.len);
	add_text(rows, event, fits);
	if (fits)
		err = make_tree(rows, event->view, before);
	rows->nr_head = rows->nr_text;
	add_chain(rows, sample.callchain, sample.nr_callchain);
	return err || !rows->text.failed ? err : -ENOMEM;
}

int sample_rows__load(struct sample_rows *rows, uint32_t index)
{
	bool is_of_record = rows->has_bytes && !rows->bytes;
	const struct event_view *view = rows->view;
	struct value_tree *before = rows->tree;
	int err, ret;

	value_tree__free(rows->search);
	rows->search = NULL;
	rows->tree = NULL;
	rows->nr_text = rows->nr_head = 0;
	buf__clear(&rows->text);
	err = load(rows, index, before);
	if (!rows->tree)
		rows->bytes = NULL;
	rows->view = rows->tree ? input__event(rows->input, rows->sample.event)->view : NULL;
	keep_tree(rows, before, view);
	rows->has_bytes = is_of_record || rows->bytes;
	ret = sample_rows__lay_out(rows);
	return err ? err : ret;
}

struct sample_look *sample_rows__look(struct sample_rows *rows)
{
	return &rows->look;
}

struct value_tree *sample_rows__tree(struct sample_rows *rows)
{
	return rows->search ? rows->search : rows->tree;
}

int sample_rows__begin_search(struct sample_rows *rows)
{
	const struct value_opts opts = { .symbols = input__symbols(rows->input) };
	int err;

	if (!rows->tree || rows->search)
		return 0;
	err = value_tree__new(rows->view, buf__str(&rows->raw), rows->raw.len, &opts,
			      &rows->search);
	if (!err)
		err = value_tree__unfold_all(rows->search, value_tree__root(rows->search),
					     rows->look.zeros, MAX_SEARCHED);
	return err == -ENOMEM ? err : 0;
}

void sample_rows__end_search(struct sample_rows *rows, struct value_node **node)
{
	if (!rows->search)
		return;
	if (*node)
		*node = value_tree__find_like(rows->tree, *node);
	value_tree__free(rows->search);
	rows->search = NULL;
}

void sample_rows__toggle_bytes(struct sample_rows *rows, const struct value_node *node)
{
	struct value_node *mine = NULL;

	if (node && rows->tree)
		mine = rows->search ? value_tree__find_like(rows->tree, node) :
				      (struct value_node *)node;
	rows->has_bytes = !rows->has_bytes || rows->bytes != mine;
	rows->bytes = rows->has_bytes ? mine : NULL;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int add_row(struct sample_rows *rows, struct row row)
{
	if (rows->nr == rows->cap) {
		uint32_t cap = rows->cap ? rows->cap * 2 : 256;
		struct row *more = reallocarray(rows->rows, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		rows->rows = more;
		rows->cap = cap;
	}
	rows->rows[rows->nr++] = row;
	return 0;
}

static const uint8_t *bytes_of(const struct sample_rows *rows, const struct value_node *node,
			       uint32_t *offset, uint32_t *size)
{
	if (node)
		return value_tree__bytes(rows->search ? rows->search : rows->tree, node, offset,
					 size);
	*offset = 0;
	*size = rows->raw.len;
	return (const uint8_t *)rows->raw.data;
}

static int add_bytes(struct sample_rows *rows, struct value_node *node)
{
	uint32_t offset, size, at;
	int err = 0;

	if (!bytes_of(rows, node, &offset, &size))
		return 0;
	for (at = 0; at < size && !err; at += BYTES_PER_ROW)
		err = add_row(rows, (struct row){ .kind = ROW_BYTES, .node = node, .at = at });
	return err;
}

static int add_nodes(struct sample_rows *rows, struct value_node *node)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < value_node__nr_parts(node) && !err; i++) {
		struct value_node *part = value_node__part(node, i);

		if (!rows->look.zeros && value_node__is_zero(part))
			continue;
		err = add_row(rows, (struct row){ .kind = ROW_NODE, .node = part });
		if (!err && rows->has_bytes && !rows->search && rows->bytes == part)
			err = add_bytes(rows, part);
		if (!err && value_node__is_unfolded(part))
			err = add_nodes(rows, part);
	}
	return err;
}

int sample_rows__lay_out(struct sample_rows *rows)
{
	struct value_tree *tree = sample_rows__tree(rows);
	uint32_t i;
	int err = 0;

	rows->nr = 0;
	free(rows->matches);
	rows->matches = NULL;
	for (i = 0; i < rows->nr_head && !err; i++)
		err = add_row(rows, rows->texts[i]);
	if (!err && rows->has_bytes && !rows->bytes)
		err = add_bytes(rows, NULL);
	if (!err && tree)
		err = add_nodes(rows, value_tree__root(tree));
	for (; i < rows->nr_text && !err; i++)
		err = add_row(rows, rows->texts[i]);
	return err;
}

uint32_t sample_rows__nr(const struct sample_rows *rows)
{
	return rows->nr;
}

struct value_node *sample_rows__node(const struct sample_rows *rows, uint32_t row)
{
	return row < rows->nr ? rows->rows[row].node : NULL;
}

uint32_t sample_rows__row(const struct sample_rows *rows, const struct value_node *node)
{
	uint32_t i;

	for (; node; node = value_node__parent(node)) {
		for (i = 0; i < rows->nr; i++) {
			if (rows->rows[i].kind == ROW_NODE && rows->rows[i].node == node)
				return i;
		}
	}
	return SAMPLE_ROWS_NONE;
}

/* ---- drawing ------------------------------------------------------------------------------- */

/* "0010:  45 00 00 54 ...  E..T" */
static void draw_bytes(const struct sample_rows *rows, const struct row *row,
		       struct screen_line *line)
{
	unsigned int indent = row->node ? 2 * value_node__depth(row->node) + 4 : 2;
	struct buf text = BUF_INIT;
	uint32_t offset, size, len;
	const uint8_t *data = bytes_of(rows, row->node, &offset, &size);

	len = size - row->at < BYTES_PER_ROW ? size - row->at : BYTES_PER_ROW;
	dump__lines(&text, data + row->at, len, 0);
	/* The line's own offset is always 0, and it ends in a newline. */
	if (text.len > 5 && !text.failed)
		line__addf(line, COLOR_JUMP_ARROWS, "%*s%04zx:%.*s", indent, "", offset + row->at,
			   (int)text.len - 6, text.data + 5);
	buf__exit(&text);
}

static bool is_mark(const struct buf *text)
{
	return !strcmp(buf__str(text), "(null)") || !strcmp(buf__str(text), "(fault)");
}

/* " = (type)value"; what is unfolded below needs not to be said twice: " (type)". */
static void draw_value(struct sample_rows *rows, const struct value_node *node, struct buf *text,
		       struct screen_line *line)
{
	struct value_tree *tree = sample_rows__tree(rows);
	const char *value;
	bool is_brief;

	buf__clear(text);
	value_tree__value(tree, node, text);
	value = buf__str(text);
	is_brief = value_node__is_unfolded(node) &&
		   (*value == '{' || !strncmp(value, "[...]", strlen("[...]")));
	line__adds(line, COLOR_NORMAL, is_brief ? " " : " = ");
	if (rows->look.types) {
		struct buf type = BUF_INIT;

		value_tree__type(tree, node, &type);
		if (type.len)
			line__addf(line, COLOR_ADDR, "(%s)", type.data);
		buf__exit(&type);
	}
	/* How much of a struct was captured stands behind it. */
	if (is_brief)
		value = strstr(value, "  // ") ?: "";
	line__adds(line, is_mark(text) ? COLOR_JUMP_ARROWS : COLOR_NORMAL, value);
}

static void draw_node(struct sample_rows *rows, struct value_node *node, struct screen_line *line)
{
	struct value_tree *tree = sample_rows__tree(rows);
	struct buf text = BUF_INIT;

	line__addf(line, COLOR_NORMAL, "%*s%c ", 2 * value_node__depth(node), "",
		   !value_node__has_parts(node) ? ' ' : value_node__is_unfolded(node) ? '-' : '+');
	value_tree__label(tree, node, &text);
	line__add(line, COLOR_NORMAL, buf__str(&text), text.len);
	draw_value(rows, node, &text, line);
	buf__exit(&text);
}

void sample_rows__draw(struct sample_rows *rows, uint32_t index, struct screen_line *line)
{
	const struct row *row = &rows->rows[index];

	if (row->kind == ROW_TEXT)
		line__adds(line, row->color, rows->text.data + row->at);
	else if (row->kind == ROW_BYTES)
		draw_bytes(rows, row, line);
	else
		draw_node(rows, row->node, line);
}

/* ---- search -------------------------------------------------------------------------------- */

static bool has_text(const char *text, const char *filter)
{
	const char *c = filter;

	while (*c && !isupper((unsigned char)*c))
		c++;
	return *c ? strstr(text, filter) : strcasestr(text, filter);
}

static void find_matches(struct sample_rows *rows, const char *filter)
{
	struct value_tree *tree = sample_rows__tree(rows);
	bool inside[UINT8_MAX + 2] = { false };	/* by depth: a match, in the rows behind */
	struct buf label = BUF_INIT;
	unsigned int depth;
	uint32_t i;

	for (i = 0; i < rows->nr; i++) {
		if (rows->rows[i].kind != ROW_NODE)
			continue;
		buf__clear(&label);
		value_tree__label(tree, rows->rows[i].node, &label);
		rows->matches[i] = has_text(buf__str(&label), filter);
	}
	/* What a match is inside of is shown with it: it stands in a row above. */
	for (i = rows->nr; i--;) {
		if (rows->rows[i].kind != ROW_NODE)
			continue;
		depth = value_node__depth(rows->rows[i].node);
		rows->matches[i] |= inside[depth + 1];
		inside[depth + 1] = false;
		inside[depth] |= rows->matches[i];
	}
	buf__exit(&label);
}

bool sample_rows__match(struct sample_rows *rows, uint32_t row, const char *filter)
{
	if (rows->matches && strcmp(buf__str(&rows->filter), filter)) {
		free(rows->matches);
		rows->matches = NULL;
	}
	if (!rows->matches) {
		rows->matches = calloc(rows->nr + 1, sizeof(*rows->matches));
		buf__clear(&rows->filter);
		buf__adds(&rows->filter, filter);
		if (!rows->matches)
			return true;
		find_matches(rows, filter);
	}
	return row < rows->nr && rows->matches[row];
}

/* ---- in words ------------------------------------------------------------------------------ */

static void describe_bytes(struct value_tree *tree, const struct value_node *node, struct buf *out)
{
	uint32_t offset, size;
	const void *data = value_tree__bytes(tree, node, &offset, &size);

	if (!data)
		return;
	buf__addf(out, "Bytes: %u, from %u on in the record\n\n", size, offset);
	dump__lines(out, data, size < MAX_DESCRIBED ? size : MAX_DESCRIBED, 0);
	if (size > MAX_DESCRIBED)
		buf__adds(out, "...\n");
}

void sample_rows__describe(struct sample_rows *rows, const struct value_node *node,
			   struct buf *out)
{
	struct value_tree *tree = sample_rows__tree(rows);

	value_tree__path(tree, node, out);
	buf__adds(out, "\n\nType:  ");
	value_tree__type(tree, node, out);
	buf__adds(out, "\nValue: ");
	value_tree__value(tree, node, out);
	buf__addc(out, '\n');
	describe_bytes(tree, node, out);
}
