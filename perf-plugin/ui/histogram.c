// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"
#include "../render/unit.h"
#include "../report/bars.h"
#include "../report/bins.h"
#include "../report/column.h"
#include "../report/distribution.h"
#include "../report/tally.h"
#include "browser.h"
#include "dialog.h"
#include "histogram.h"
#include "save.h"

#define MAX_TEXTS	65536		/* different ones that are counted */
#define MAX_TEXT_ROWS	1000		/* that are shown */
#define LINEAR_ROWS	20
#define SAVED_COLUMNS	80
#define MAX_LABEL	40		/* columns */

static const char help_text[] =
	"UP/DOWN/PGUP\n"
	"PGDN/SPACE\n"
	"HOME/END      Navigate\n"
	"l             Ranges that double / of equal width\n"
	"/             Filter\n"
	"P             Print to a file, perf.histogram.N\n"
	"h/?/F1        This window\n"
	"ESC/LEFT      Go back\n"
	"q/CTRL+C      Quit\n";

struct histogram {
	struct samples *samples;
	struct input *input;
	const uint32_t *list;
	uint32_t nr;
	unsigned int event;
	struct column *column;
	struct distribution *numbers;	/* of a quantity ... */
	struct bins *bins;
	struct tally *texts;		/* ... and of all others */
	uint64_t nr_values;
	uint64_t nr_unreadable;		/* of a quantity */
	bool is_linear;
	bool is_cut;			/* someone had enough before all was read */
	struct bars *bars;
	size_t label_width;
	unsigned int count_width;
	struct browser *browser;
	struct buf text;
};

/* ---- counting -------------------------------------------------------------------------------- */

static int prepare(struct histogram *h, const char *expr, struct diag *diag)
{
	int err = column__new(h->input, h->event, expr, &h->column, diag);

	if (err)
		return err;
	if (!column__is_quantity(h->column))
		return tally__new(MAX_TEXTS, &h->texts);
	err = distribution__new(column__is_signed(h->column), &h->numbers);
	return err ? err : bins__new(column__is_signed(h->column), &h->bins);
}

static int add_sample(struct histogram *h, const struct perfdata_sample *sample)
{
	struct column_value value;
	int err = column__read(h->column, sample, &value);

	if (err)
		return err;
	h->nr_values++;
	if (h->texts) {
		buf__clear(&h->text);
		column__add(h->column, &value, &h->text);
		return tally__add(h->texts, buf__str(&h->text), h->text.len, 1);
	}
	if (value.status & ITEM_FAULT) {
		h->nr_unreadable++;
		return 0;
	}
	err = distribution__add(h->numbers, value.number, 1);
	return err ? err : bins__add(h->bins, value.number);
}

static int read_samples(struct histogram *h)
{
	struct perfdata_sample sample;
	uint32_t i;
	int err = 0;

	for (i = 0; i < h->nr && !err; i++) {
		if (samples__event(h->samples, h->list[i]) != h->event)
			continue;
		if (dialog__progress("Reading samples", i, h->nr)) {
			h->is_cut = true;
			break;
		}
		/* What can't be read any more is as if it had not been there. */
		err = samples__read(h->samples, h->list[i], &sample);
		err = err ? (err == -ENOMEM ? err : 0) : add_sample(h, &sample);
	}
	return err;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static int add_texts(struct histogram *h)
{
	uint32_t nr = tally__nr(h->texts), *order = calloc(nr + 1, sizeof(*order)), i;
	uint64_t rest = tally__total(h->texts), count;
	const char *text;
	size_t len;

	if (!order)
		return -ENOMEM;
	tally__order(h->texts, order);
	for (i = 0; i < nr && i < MAX_TEXT_ROWS; i++) {
		text = tally__value(h->texts, order[i], &len);
		count = tally__count(h->texts, order[i]);
		bars__text(h->bars, text, len, count);
		rest -= count;
	}
	if (rest)
		bars__text(h->bars, "(others)", strlen("(others)"), rest);
	free(order);
	return 0;
}

static void measure(struct histogram *h)
{
	unsigned int i;
	char count[24];

	h->label_width = 0;
	for (i = 0; i < bars__nr(h->bars); i++) {
		const char *label = bars__label(h->bars, i);
		size_t width = text__width(label, strlen(label));

		if (width > h->label_width)
			h->label_width = width;
	}
	if (h->label_width > MAX_LABEL)
		h->label_width = MAX_LABEL;
	h->count_width = snprintf(count, sizeof(count), "%" PRIu64, bars__max(h->bars));
}

static int lay_out(struct histogram *h)
{
	unsigned int form = column__is_duration(h->column) ? BARS_DURATION : 0;
	int err;

	bars__free(h->bars);
	h->bars = NULL;
	err = bars__new(&h->bars);
	if (err)
		return err;
	if (h->texts)
		err = add_texts(h);
	else if (distribution__count(h->numbers) && h->is_linear)
		bins__rows(h->bins, LINEAR_ROWS, form, h->bars);
	else if (distribution__count(h->numbers))
		bars__distribution(h->bars, h->numbers, form);
	if (h->nr_unreadable)
		bars__text(h->bars, "(unreadable)", strlen("(unreadable)"), h->nr_unreadable);
	measure(h);
	browser__set_rows(h->browser, bars__nr(h->bars));
	return err;
}

static void draw_row(void *ctx, uint32_t row, struct screen_line *line)
{
	struct histogram *h = ctx;
	uint64_t count = bars__count(h->bars, row), total = bars__total(h->bars);
	double percent = total ? 100.0 * count / total : 0;
	int width = screen__columns() - 2;

	line__adds(line, COLOR_NORMAL, "  ");
	line__cell(line, COLOR_NORMAL, bars__label(h->bars, row), h->label_width, false);
	line__addf(line, COLOR_NORMAL, "  %*" PRIu64 "  ", h->count_width, count);
	line__addf(line, color__of_percent(percent), "%6.2f%%", percent);
	line__adds(line, COLOR_NORMAL, "  ");
	width -= line__width(line);
	if (width <= 0 || !bars__max(h->bars))
		return;
	buf__clear(&h->text);
	bars__bar(&h->text, (double)count / bars__max(h->bars), width, !screen__is_utf8());
	line__adds(line, COLOR_NORMAL, buf__str(&h->text));
}

static void draw_title(void *ctx, struct screen_line *line)
{
	const struct histogram *h = ctx;

	line__addf(line, COLOR_ROOT, "Histogram of %s%s, %" PRIu64 " samples%s of event '%s'",
		   column__label(h->column), h->texts ? "" : h->is_linear ? " (linear)" : " (log2)",
		   h->nr_values, h->is_cut ? " (not all)" : "",
		   input__event(h->input, h->event)->name);
}

static void add_figure(struct histogram *h, const char *name, uint64_t number,
		       struct screen_line *line)
{
	struct column_value value = { .status = ITEM_OK, .number = number };

	buf__clear(&h->text);
	column__add(h->column, &value, &h->text);
	line__addf(line, COLOR_ROOT, "  %s %s", name, buf__str(&h->text));
}

static void add_average(struct histogram *h, struct screen_line *line)
{
	double mean = distribution__mean(h->numbers);

	buf__clear(&h->text);
	if (column__is_duration(h->column))
		unit__duration(&h->text, mean > 0 ? (uint64_t)(mean + 0.5) : 0);
	else
		buf__addf(&h->text, mean < 1e15 && mean > -1e15 ? "%.2f" : "%.6g", mean);
	line__addf(line, COLOR_ROOT, "  avg %s", buf__str(&h->text));
}

static void draw_header(void *ctx, struct screen_line *line)
{
	struct histogram *h = ctx;
	const struct distribution *d = h->numbers;

	if (!d || !distribution__count(d)) {
		line__addf(line, COLOR_ROOT, "  %u different values",
			   h->texts ? tally__nr(h->texts) : 0);
		return;
	}
	add_figure(h, "min", distribution__min(d), line);
	add_average(h, line);
	add_figure(h, "p50", distribution__quantile(d, 0.5), line);
	add_figure(h, "p90", distribution__quantile(d, 0.9), line);
	add_figure(h, "p99", distribution__quantile(d, 0.99), line);
	add_figure(h, "max", distribution__max(d), line);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int save(struct histogram *h)
{
	const struct bars_opts opts = {
		.label = column__label(h->column), .columns = SAVED_COLUMNS,
		.ascii = !screen__is_utf8(), .headings = true,
	};
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct screen_line line = LINE_INIT;
	int err;

	draw_title(h, &line);
	buf__addf(&text, "# %s\n", buf__str(&line.text));
	line__clear(&line);
	draw_header(h, &line);
	buf__addf(&text, "#%s\n#\n", buf__str(&line.text));
	err = bars__print(h->bars, &opts, &text);
	if (!err)
		err = text.failed ? -ENOMEM : save__text("histogram", &text, &name);
	if (err)
		browser__say(h->browser, "It can't be written: %s", strerror(-err));
	else
		browser__say(h->browser, "%s written", buf__str(&name));
	line__exit(&line);
	buf__exit(&text);
	buf__exit(&name);
	return 0;
}

static int handle_key(struct histogram *h, int key)
{
	switch (key) {
	case 'l':
		if (h->texts) {
			browser__say(h->browser, "Ranges are for numbers only");
			return 0;
		}
		h->is_linear = !h->is_linear;
		return lay_out(h);
	case 'P':
		return save(h);
	case 'h': case '?': case KEY_F1:
		dialog__text("Help", help_text);
		return 0;
	default:
		return 0;
	}
}

static int run(struct histogram *h)
{
	int key, err = lay_out(h);

	while (!err) {
		key = browser__run(h->browser, -1);
		if (key == KEY_ESC || key == KEY_LEFT)
			return PAGE_BACK;
		if (key == 'q' || key == KEY_CTRL('c') || key == KEY_GONE)
			return PAGE_QUIT;
		err = handle_key(h, key);
	}
	return err;
}

static void exit_histogram(struct histogram *h)
{
	browser__free(h->browser);
	bars__free(h->bars);
	bins__free(h->bins);
	distribution__free(h->numbers);
	tally__free(h->texts);
	column__free(h->column);
	buf__exit(&h->text);
}

int histogram_page__run(struct samples *samples, struct input *input, const char *expr,
			const uint32_t *list, uint32_t nr, struct diag *diag)
{
	static const struct browser_ops ops = {
		.draw = draw_row, .header = draw_header, .title = draw_title,
	};
	struct histogram h = { .samples = samples, .input = input, .list = list, .nr = nr };
	int ret;

	if (!nr)
		return PAGE_BACK;
	h.event = samples__event(samples, list[0]);
	ret = prepare(&h, expr, diag);
	if (!ret)
		ret = browser__new(&ops, &h, &h.browser);
	if (!ret)
		ret = read_samples(&h);
	if (!ret) {
		browser__set_help(h.browser, "l: log2/linear  /: filter  P: print  h: help  "
				  "ESC: back");
		ret = run(&h);
	}
	if (ret < 0)
		diag__error(diag, ret, "the histogram can't be shown: %s", strerror(-ret));
	exit_histogram(&h);
	return ret;
}
