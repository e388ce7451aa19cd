// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "dialog.h"
#include "histogram.h"
#include "sample-rows.h"
#include "sample.h"
#include "save.h"

#define MAX_UNFOLDED	20000		/* nodes that E unfolds */

static const char help_text[] =
	"UP/DOWN/PGUP\n"
	"PGDN/SPACE\n"
	"HOME/END      Navigate\n"
	"ENTER         Unfold or fold; a value without parts: all about it\n"
	"RIGHT/+       Unfold\n"
	"LEFT/-        Fold; LEFT where nothing is to be folded: go back\n"
	"e             Unfold or fold it with all below\n"
	"E             Unfold all\n"
	"C             Fold all\n"
	"t             Types on/off\n"
	"z             Members that are zero on/off\n"
	"x             Bytes of it, of the record on its first lines, on/off\n"
	"/             Filter by member's name, inside what is folded, too\n"
	"i             Histogram of it in all samples of the entry\n"
	"n/p           Next/previous sample of the entry\n"
	"r/j           From a call's entry to its return, and back\n"
	"P             Print to a file, perf.sample.N\n"
	"h/?/F1        This window\n"
	"ESC           Go back\n"
	"q/CTRL+C      Quit\n";

struct sample_page {
	struct samples *samples;
	struct input *input;
	struct browser *browser;
	struct sample_rows *rows;
	const uint32_t *list;
	uint32_t nr;
	uint32_t at;			/* in the list */
	uint32_t alone;			/* a list of its own */
	bool is_quit;			/* by a page on top of this one */
	int err;			/* that happened where nobody could be told */
};

/* ---- for the browser ------------------------------------------------------------------------- */

static void draw_row(void *ctx, uint32_t row, struct screen_line *line)
{
	struct sample_page *page = ctx;

	sample_rows__draw(page->rows, row, line);
}

static void draw_title(void *ctx, struct screen_line *line)
{
	const struct sample_page *page = ctx;
	unsigned int event = samples__event(page->samples, page->list[page->at]);

	line__addf(line, COLOR_ROOT, "Sample %u of %u of event '%s'", page->at + 1, page->nr,
		   input__event(page->input, event)->name);
}

static bool match_row(void *ctx, uint32_t row, const char *filter)
{
	struct sample_page *page = ctx;

	return sample_rows__match(page->rows, row, filter);
}

static struct value_node *current_node(const struct sample_page *page)
{
	return sample_rows__node(page->rows, browser__row(page->browser));
}

/* The rows changed; the cursor stays with @node, NULL: on its row. */
static int lay_out(struct sample_page *page, const struct value_node *node)
{
	int err = sample_rows__lay_out(page->rows);
	uint32_t row;

	if (err)
		return err;
	browser__set_rows(page->browser, sample_rows__nr(page->rows));
	row = node ? sample_rows__row(page->rows, node) : SAMPLE_ROWS_NONE;
	if (row != SAMPLE_ROWS_NONE)
		browser__set_row(page->browser, row);
	return 0;
}

static void change_filtering(void *ctx, bool on)
{
	struct sample_page *page = ctx;
	struct value_node *node = current_node(page);
	int err = 0;

	if (on) {
		err = sample_rows__begin_search(page->rows);
		node = node && !err && sample_rows__tree(page->rows) ?
		       value_tree__find_like(sample_rows__tree(page->rows), node) : NULL;
	} else {
		sample_rows__end_search(page->rows, &node);
	}
	if (!err)
		err = lay_out(page, node);
	if (err)
		page->err = err;
}

/* ---- which sample ---------------------------------------------------------------------------- */

static int show_sample(struct sample_page *page)
{
	int err;

	browser__set_filter(page->browser, "");
	err = sample_rows__load(page->rows, page->list[page->at]);
	browser__set_rows(page->browser, sample_rows__nr(page->rows));
	if (!err || err == -ENOMEM)
		return err;
	browser__say(page->browser, "This sample can't be read: %s",
		     err == -ESTALE || err == -EINVAL ? "the file has changed" : strerror(-err));
	return 0;
}

/* The same member in another sample. */
static int show_at(struct sample_page *page, uint32_t at)
{
	struct buf path = BUF_INIT, other = BUF_INIT;
	struct value_tree *tree = sample_rows__tree(page->rows);
	const struct value_node *node = current_node(page);
	uint32_t row = browser__row(page->browser), i;
	int err;

	if (tree && node)
		value_tree__path(tree, node, &path);
	page->at = at;
	err = show_sample(page);
	tree = sample_rows__tree(page->rows);
	for (i = 0; !err && tree && path.len && i < sample_rows__nr(page->rows); i++) {
		node = sample_rows__node(page->rows, i);
		if (!node)
			continue;
		buf__clear(&other);
		value_tree__path(tree, node, &other);
		if (!other.failed && !strcmp(buf__str(&other), path.data)) {
			row = i;
			break;
		}
	}
	if (!err && row < sample_rows__nr(page->rows))
		browser__set_row(page->browser, row);
	buf__exit(&path);
	buf__exit(&other);
	return err;
}

static int step(struct sample_page *page, int by)
{
	if (by < 0 ? !page->at : page->at + 1 == page->nr) {
		browser__say(page->browser, "This is the %s sample", by < 0 ? "first" : "last");
		return 0;
	}
	return show_at(page, page->at + by);
}

/* Where in an ascending list @index stands; @nr: nowhere. */
static uint32_t find_index(const uint32_t *list, uint32_t nr, uint32_t index)
{
	uint32_t low = 0, high = nr;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (list[mid] < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low < nr && list[low] == index ? low : nr;
}

static int jump(struct sample_page *page)
{
	uint32_t index = page->list[page->at], other, at;
	unsigned int event = samples__event(page->samples, index);
	const struct schema *schema = input__event(page->input, event)->schema;
	int err;

	other = samples__other_end(page->samples, index);
	if (other == SAMPLES_NONE) {
		browser__say(page->browser, samples__has_other_end(page->samples, event) ?
			     "The other end of this call is not in the file" :
			     "No event of the other ends of these calls was recorded");
		return 0;
	}
	event = samples__event(page->samples, other);
	err = samples__of_entry(page->samples, event, samples__entry(page->samples, other),
				&page->list, &page->nr);
	if (err)
		return err;
	at = find_index(page->list, page->nr, other);
	if (at == page->nr) {
		page->alone = other;
		page->list = &page->alone;
		page->nr = 1;
		at = 0;
	}
	err = show_at(page, at);
	if (!err)
		browser__say(page->browser, schema && schema->at_return ?
			     "The entry of the call; r: back to its return" :
			     "The return of the call; r: back to its entry");
	return err;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int unfold(struct sample_page *page, struct value_node *node)
{
	int err = value_tree__unfold(sample_rows__tree(page->rows), node);

	if (err == -E2BIG)
		browser__say(page->browser, "There is too much unfolded already");
	return err && err != -E2BIG ? err : lay_out(page, node);
}

static int fold(struct sample_page *page, struct value_node *node)
{
	value_node__fold(node);
	return lay_out(page, node);
}

static int unfold_all(struct sample_page *page, struct value_node *node, struct value_node *cursor)
{
	int err = value_tree__unfold_all(sample_rows__tree(page->rows), node,
					 sample_rows__look(page->rows)->zeros, MAX_UNFOLDED);

	if (err == -E2BIG)
		browser__say(page->browser, "Not all could be unfolded: it's too much");
	return err && err != -E2BIG ? err : lay_out(page, cursor);
}

static int describe(struct sample_page *page, const struct value_node *node)
{
	struct buf text = BUF_INIT;
	int err = 0;

	sample_rows__describe(page->rows, node, &text);
	if (text.failed)
		err = -ENOMEM;
	else
		dialog__text("Member", buf__str(&text));
	buf__exit(&text);
	return err;
}

static int enter(struct sample_page *page, struct value_node *node)
{
	if (!node)
		return 0;
	if (!value_node__has_parts(node))
		return describe(page, node);
	return value_node__is_unfolded(node) ? fold(page, node) : unfold(page, node);
}

/* Left: true when there's nothing to fold, and nothing around it. */
static bool leave(struct sample_page *page, struct value_node *node, int *err)
{
	struct value_node *parent = node ? value_node__parent(node) : NULL;

	if (!node)
		return true;
	if (value_node__is_unfolded(node)) {
		*err = fold(page, node);
		return false;
	}
	if (!parent || !value_node__parent(parent))
		return true;
	browser__set_row(page->browser, sample_rows__row(page->rows, parent));
	return false;
}

static int toggle_all(struct sample_page *page, struct value_node *node)
{
	if (!node)
		return 0;
	if (!value_node__is_unfolded(node))
		return unfold_all(page, node, node);
	value_node__fold_all(node);
	return lay_out(page, node);
}

static int fold_all(struct sample_page *page, struct value_node *node)
{
	struct value_tree *tree = sample_rows__tree(page->rows);

	if (!tree)
		return 0;
	value_node__fold_all(value_tree__root(tree));
	return lay_out(page, node);
}

static int toggle_bytes(struct sample_page *page, const struct value_node *node)
{
	sample_rows__toggle_bytes(page->rows, node);
	return lay_out(page, node);
}

/* Of the member in all samples of the list. Columns know members of what was captured by path. */
static int show_histogram(struct sample_page *page, const struct value_node *node)
{
	struct value_tree *tree = sample_rows__tree(page->rows);
	struct buf path = BUF_INIT;
	struct diag diag = DIAG_INIT;
	int ret = 0;

	if (tree && node)
		value_tree__path(tree, node, &path);
	if (path.failed)
		ret = -ENOMEM;
	else if (!path.len)
		browser__say(page->browser, "Choose a value for its histogram");
	else
		ret = histogram_page__run(page->samples, page->input, path.data, page->list,
					  page->nr, &diag);
	if (ret < 0 && ret != -ENOMEM) {
		dialog__error(&diag, path.data, ret);
		ret = 0;
	}
	page->is_quit = ret == PAGE_QUIT;
	diag__exit(&diag);
	buf__exit(&path);
	return ret < 0 ? ret : 0;
}

static int save(struct sample_page *page)
{
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct screen_line line = LINE_INIT;
	uint32_t row;
	int err;

	draw_title(page, &line);
	for (row = 0; row <= sample_rows__nr(page->rows); row++) {
		buf__adds(&text, buf__str(&line.text));
		buf__addc(&text, '\n');
		line__clear(&line);
		if (row < sample_rows__nr(page->rows))
			sample_rows__draw(page->rows, row, &line);
	}
	err = text.failed ? -ENOMEM : save__text("sample", &text, &name);
	if (err)
		browser__say(page->browser, "It can't be written: %s", strerror(-err));
	else
		browser__say(page->browser, "%s written", buf__str(&name));
	line__exit(&line);
	buf__exit(&text);
	buf__exit(&name);
	return 0;
}

/* Keys for the tree. */
static int tree_key(struct sample_page *page, int key)
{
	struct value_node *node = current_node(page);
	struct sample_look *look = sample_rows__look(page->rows);

	switch (key) {
	case KEY_ENTER:
		return enter(page, node);
	case KEY_RIGHT: case '+':
		return node && value_node__has_parts(node) ? unfold(page, node) : 0;
	case '-':
		return node && value_node__is_unfolded(node) ? fold(page, node) : 0;
	case 'e': case 'c':
		return toggle_all(page, node);
	case 'E':
		return sample_rows__tree(page->rows) ?
		       unfold_all(page, value_tree__root(sample_rows__tree(page->rows)), node) : 0;
	case 'C':
		return fold_all(page, node);
	case 't':
		look->types = !look->types;
		return lay_out(page, node);
	case 'z':
		look->zeros = !look->zeros;
		browser__say(page->browser, "Members that are zero are %s",
			     look->zeros ? "shown" : "not shown");
		return lay_out(page, node);
	case 'x':
		return toggle_bytes(page, node);
	default:
		return 0;
	}
}

/* All others. Returns 0 or a negative errno. */
static int page_key(struct sample_page *page, int key)
{
	switch (key) {
	case 'n':
		return step(page, 1);
	case 'p':
		return step(page, -1);
	case 'r': case 'j':
		return jump(page);
	case 'i':
		return show_histogram(page, current_node(page));
	case 'P':
		return save(page);
	case 'h': case '?': case KEY_F1:
		dialog__text("Help", help_text);
		return 0;
	default:
		return tree_key(page, key);
	}
}

/* The cursor is on the first value at first. */
static int show_first(struct sample_page *page)
{
	int err = show_sample(page);
	uint32_t row = 0;

	while (row < sample_rows__nr(page->rows) && !sample_rows__node(page->rows, row))
		row++;
	if (!err && row < sample_rows__nr(page->rows))
		browser__set_row(page->browser, row);
	return err;
}

static int run(struct sample_page *page)
{
	int key, err = show_first(page);

	while (!err) {
		key = browser__run(page->browser, -1);
		if (page->err)
			return page->err;
		if (key == KEY_ESC || (key == KEY_LEFT && leave(page, current_node(page), &err)))
			return PAGE_BACK;
		if (key == 'q' || key == KEY_CTRL('c') || key == KEY_GONE)
			return PAGE_QUIT;
		if (!err)
			err = page_key(page, key);
		if (page->is_quit)
			return PAGE_QUIT;
	}
	return err;
}

int sample_page__run(struct samples *samples, struct input *input, const uint32_t *list,
		     uint32_t nr, uint32_t at, struct diag *diag)
{
	static const struct browser_ops ops = {
		.draw = draw_row, .title = draw_title, .match = match_row,
		.filtering = change_filtering,
	};
	struct sample_page page = {
		.samples = samples, .input = input, .list = list, .nr = nr, .at = at,
	};
	int ret;

	if (at >= nr)
		return PAGE_BACK;
	ret = browser__new(&ops, &page, &page.browser);
	if (!ret)
		ret = sample_rows__new(samples, input, &page.rows);
	if (!ret) {
		browser__set_sideways(page.browser, false);
		browser__set_help(page.browser, "h: help  Enter: unfold  n/p: next/previous  "
				  "r: entry/return  t: types  z: zeros  x: bytes");
		ret = run(&page);
	}
	if (ret < 0)
		diag__error(diag, ret, "the sample can't be shown: %s", strerror(-ret));
	sample_rows__free(page.rows);
	browser__free(page.browser);
	return ret;
}
