// SPDX-License-Identifier: GPL-2.0-only
/* The entries' page as it is drawn, and printed. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "dialog.h"
#include "entries-parts.h"
#include "save.h"

bool entries__row(const struct entries *e, struct row *row)
{
	uint32_t index = browser__row(e->browser);

	if (index == BROWSER_NONE || index >= rows__nr(e->rows))
		return false;
	*row = rows__at(e->rows, index);
	return true;
}

static char mark_of(const struct entries *e, struct row row)
{
	bool leaf = row.level + 1 == results__nr_levels(e->view->results, e->event);

	if (leaf && !e->chains)
		return ' ';
	return rows__is_unfolded(e->rows, row) ? '-' : '+';
}

struct columns_opts entries__columns_opts(const struct entries *e, struct row row)
{
	bool levels = results__nr_levels(e->view->results, e->event) > 1;

	return (struct columns_opts){
		.total = e->view->absolute ? 1 : rows__share(e->rows),
		.exact = e->view->exact,
		.marks = e->chains && !levels,
		.mark = mark_of(e, row),
	};
}

static void draw(void *page, uint32_t index, struct screen_line *line)
{
	struct entries *e = page;
	struct row row = rows__at(e->rows, index);
	struct columns_opts opts = entries__columns_opts(e, row);
	const char *text;
	size_t len;

	if (!row.line) {
		if (columns__draw(e->columns, &opts, row, line))
			browser__draw_again(e->browser);
		return;
	}
	text = rows__chain_line(e->rows, row, &len);
	line__add(line, COLOR_NORMAL, text, len);
}

static void draw_header(void *page, struct screen_line *line)
{
	struct entries *e = page;
	struct columns_opts opts = entries__columns_opts(e, (struct row){ 0 });

	columns__header(e->columns, &opts, e->at, line);
}

static void draw_title(void *page, struct screen_line *line)
{
	struct entries *e = page;
	struct aggregate *agg = results__level(e->view->results, e->event, 0);
	uint64_t lost = perfdata_reader__lost(input__reader(e->input));

	line__addf(line, COLOR_ROOT, "Samples: %" PRIu64 "  of event '%s'",
		   rows__nr_samples(e->rows), input__event(e->input, e->event)->name);
	for (unsigned int i = 0; i < rows__nr_zooms(e->rows); i++)
		line__addf(line, COLOR_ROOT, ", %s: %s", rows__zooms(e->rows)[i].header,
			   rows__zooms(e->rows)[i].text);
	line__addf(line, COLOR_ROOT, ", Event count (approx.): %" PRIu64, aggregate__period(agg));
	if (lost)
		line__addf(line, COLOR_ROOT, ", lost: %" PRIu64, lost);
}

const struct browser_ops entries_ops = {
	.draw = draw, .header = draw_header, .title = draw_title,
};

int entries__update(struct entries *e)
{
	struct row row = { 0 };
	bool had_row = entries__row(e, &row);
	int err = rows__update(e->rows);

	if (err)
		return err;
	browser__set_rows(e->browser, rows__nr(e->rows));
	if (had_row)
		browser__set_row(e->browser, rows__find(e->rows, row.level, row.entry));
	return 0;
}

/* ---- printing ------------------------------------------------------------------------------- */

/* A line without the spaces at its end. */
static void add_line(const struct screen_line *line, struct buf *text)
{
	const char *start = buf__str(&line->text);
	size_t len = line->text.len;

	while (len && start[len - 1] == ' ')
		len--;
	buf__add(text, start, len);
	buf__addc(text, '\n');
}

static int add_rows(struct entries *e, struct buf *text)
{
	uint32_t nr = rows__nr(e->rows);
	struct screen_line line = LINE_INIT;
	bool stopped = false;

	/* Once for the widths, once for the text. */
	dialog__progress("Printing", 0, 2 * (uint64_t)nr);
	for (uint64_t i = 0; i < 2 * (uint64_t)nr && !text->failed && !stopped; i++) {
		line__clear(&line);
		if (i == nr) {
			draw_header(e, &line);
			buf__adds(text, "# ");
			add_line(&line, text);
			line__clear(&line);
		}
		draw(e, i % nr, &line);
		if (i >= nr) {
			buf__adds(text, "  ");
			add_line(&line, text);
		}
		stopped = dialog__progress("Printing", i + 1, 2 * (uint64_t)nr);
	}
	line__exit(&line);
	return text->failed ? -ENOMEM : stopped ? -ECANCELED : 0;
}

void entries__print_rows(struct entries *e)
{
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct screen_line line = LINE_INIT;
	int err;

	draw_title(e, &line);
	buf__adds(&text, "# ");
	add_line(&line, &text);
	buf__adds(&text, "#\n");
	err = add_rows(e, &text);
	if (!err)
		err = save__text("hist", &text, &name);
	if (err)
		browser__say(e->browser, "Nothing was printed: %s", strerror(-err));
	else
		browser__say(e->browser, "%s written", buf__str(&name));
	line__exit(&line);
	buf__exit(&text);
	buf__exit(&name);
}
