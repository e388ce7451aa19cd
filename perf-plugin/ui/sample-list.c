// SPDX-License-Identifier: GPL-2.0-only
#include "sample-list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"
#include "../render/unit.h"
#include "browser.h"
#include "dialog.h"
#include "sample.h"
#include "save.h"

#define MAX_TASK_WIDTH	24

enum list_time {
	TIME_ABSOLUTE,
	TIME_RELATIVE,		/* since the first sample of the list */
	TIME_DELTA,		/* since the one above */
	NR_TIMES,
};

struct sample_list {
	struct view *view;
	struct input *input;
	struct samples *samples;
	struct browser *browser;
	const char *title;
	const uint32_t *list;
	uint32_t nr;
	bool many_events;
	size_t task_width;	/* of the widest task that was shown */
	enum list_time time;
	struct buf text;
};

static const char help_text[] =
	"Up, Down, PgUp, PgDn,\n"
	"Space, Home, End    Move\n"
	"Left, Right         Scroll sideways; Left at the margin: back\n"
	"Enter               All of the sample, its structs to unfold\n"
	"r                   Go to the other end of the call: entry or return\n"
	"T                   Time: as recorded, since the first, since the one above\n"
	"/                   Only samples with this text (Enter: done, Esc: all)\n"
	"V                   Times in nanoseconds\n"
	"P                   Print the list to perf.samples.N\n"
	"Esc                 Back\n"
	"q, ^C               Quit\n";

/* ---- drawing -------------------------------------------------------------------------------- */

static void draw_time(struct sample_list *l, uint32_t row, struct screen_line *line)
{
	uint64_t time = samples__time(l->samples, l->list[row]);
	uint64_t base = 0;

	if (l->time == TIME_RELATIVE)
		base = samples__time(l->samples, l->list[0]);
	else if (l->time == TIME_DELTA)
		base = samples__time(l->samples, l->list[row ? row - 1 : 0]);
	buf__clear(&l->text);
	unit__timestamp(&l->text, time - base, l->view->exact);
	line__cell(line, COLOR_ADDR, buf__str(&l->text), 13, true);
	line__adds(line, COLOR_NORMAL, "  ");
}

static void draw_task(struct sample_list *l, uint32_t row, struct screen_line *line)
{
	struct sample_task task = samples__task(l->samples, l->list[row]);
	size_t width;

	buf__clear(&l->text);
	buf__addf(&l->text, "%s/%d", task.comm, task.tid);
	width = text__width(buf__str(&l->text), l->text.len);
	if (width > l->task_width && l->task_width < MAX_TASK_WIDTH) {
		l->task_width = width < MAX_TASK_WIDTH ? width : MAX_TASK_WIDTH;
		browser__draw_again(l->browser);
	}
	line__cell(line, COLOR_NORMAL, buf__str(&l->text), l->task_width, false);
}

static void add_values(struct sample_list *l, const struct perfdata_sample *sample)
{
	const struct input_event *event = input__event(l->input, sample->event);
	const struct value_opts opts = { .symbols = input__symbols(l->input) };
	const char *func = event->shows_func ? input__func(l->input, sample) : NULL;

	if (l->many_events)
		buf__addf(&l->text, "%s: ", event->name);
	if (func)
		buf__addf(&l->text, "%s: ", func);
	if (event->foreign >= 0 && sample->raw_size)
		foreign__print(input__foreign(l->input), event->foreign, sample->raw,
			       sample->raw_size, sample->cpu, sample->time, &l->text);
	else if (!event->view)
		buf__addx(&l->text, sample->ip);
	else if (event_view__fits(event->view, sample->raw_size))
		event_view__line(event->view, sample->raw, sample->raw_size, &opts, &l->text);
	else
		buf__adds(&l->text, "(cut short)");
}

static void draw(void *page, uint32_t row, struct screen_line *line)
{
	struct sample_list *l = page;
	struct perfdata_sample sample;
	int err;

	draw_time(l, row, line);
	draw_task(l, row, line);
	err = samples__read(l->samples, l->list[row], &sample);
	buf__clear(&l->text);
	if (err)
		buf__addf(&l->text, "(can't be read: %s)", strerror(-err));
	else
		add_values(l, &sample);
	if (!err)
		line__addf(line, COLOR_NORMAL, " [%03d] ",
			   (int32_t)sample.cpu < 0 ? 0 : (int32_t)sample.cpu);
	line__adds(line, COLOR_NORMAL, buf__str(&l->text));
}

static void draw_header(void *page, struct screen_line *line)
{
	static const char *const times[NR_TIMES] = { "Time", "Since first", "Since above" };
	struct sample_list *l = page;

	line__cell(line, COLOR_ROOT, times[l->time], 13, true);
	line__adds(line, COLOR_ROOT, "  ");
	line__cell(line, COLOR_ROOT, "Task", l->task_width, false);
	line__adds(line, COLOR_ROOT, "  CPU  Values");
}

static void draw_title(void *page, struct screen_line *line)
{
	struct sample_list *l = page;
	uint32_t row = browser__row(l->browser);

	line__addf(line, COLOR_ROOT, "Sample %u of %u  %s", row == BROWSER_NONE ? 0 : row + 1,
		   l->nr, l->title);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static int open_sample(struct sample_list *l)
{
	uint32_t row = browser__row(l->browser);

	if (row == BROWSER_NONE)
		return PAGE_BACK;
	return sample_page__run(l->samples, l->input, l->list, l->nr, row, l->view->diag);
}

/* The list that the call's other end is in, with the cursor there. */
static int open_other_end(struct sample_list *l)
{
	uint32_t row = browser__row(l->browser), other = SAMPLES_NONE, nr, at;
	const uint32_t *list;
	unsigned int event;
	int err;

	if (row != BROWSER_NONE)
		other = samples__other_end(l->samples, l->list[row]);
	if (other == SAMPLES_NONE) {
		browser__say(l->browser, "There is no other end of this call in the file");
		return PAGE_BACK;
	}
	event = samples__event(l->samples, other);
	err = samples__of_entry(l->samples, event, samples__entry(l->samples, other), &list, &nr);
	for (at = 0; !err && at < nr && list[at] != other; at++)
		;
	return err ? err : sample_list__run(l->view, input__event(l->input, event)->name, list, nr,
					    at < nr ? at : 0);
}

static int print(struct sample_list *l)
{
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct screen_line line = LINE_INIT;
	bool stopped = false;
	int err;

	dialog__progress("Printing", 0, l->nr);
	for (uint32_t i = 0; i < l->nr && !text.failed && !stopped; i++) {
		line__clear(&line);
		draw(l, i, &line);
		buf__add(&text, buf__str(&line.text), line.text.len);
		buf__addc(&text, '\n');
		stopped = dialog__progress("Printing", i + 1, l->nr);
	}
	err = text.failed ? -ENOMEM : stopped ? -ECANCELED : save__text("samples", &text, &name);
	if (err)
		browser__say(l->browser, "Nothing was printed: %s", strerror(-err));
	else
		browser__say(l->browser, "%s written", buf__str(&name));
	line__exit(&line);
	buf__exit(&text);
	buf__exit(&name);
	return PAGE_BACK;
}

/* A key that doesn't leave the page: how the page it opened ended, PAGE_BACK for none. */
static int handle(struct sample_list *l, int key)
{
	switch (key) {
	case KEY_ENTER:
		return open_sample(l);
	case 'r':
		return open_other_end(l);
	case 'T':
		l->time = (l->time + 1) % NR_TIMES;
		break;
	case 'V':
		l->view->exact = !l->view->exact;
		break;
	case 'P':
		return print(l);
	case 'h': case '?': case KEY_F1:
		dialog__text("Keys: samples", help_text);
		break;
	}
	return PAGE_BACK;
}

static int run(struct sample_list *l)
{
	int key, end;

	for (;;) {
		key = browser__run(l->browser, -1);
		switch (key) {
		case KEY_ESC: case KEY_LEFT:
			return PAGE_BACK;
		case 'q': case KEY_CTRL('c'): case KEY_GONE:
			return PAGE_QUIT;
		}
		end = handle(l, key);
		if (end < 0 || end == PAGE_QUIT)
			return end;
	}
}

int sample_list__run(struct view *view, const char *title, const uint32_t *list, uint32_t nr,
		     uint32_t at)
{
	const struct browser_ops ops = { .draw = draw, .header = draw_header, .title = draw_title };
	struct sample_list l = {
		.view = view, .input = results__input(view->results),
		.samples = results__samples(view->results), .title = title, .list = list, .nr = nr,
		.task_width = 8,
	};
	int end = browser__new(&ops, &l, &l.browser);

	if (end)
		return end;
	browser__set_rows(l.browser, nr);
	browser__set_row(l.browser, at);
	browser__set_help(l.browser, "h: help  Enter: values  r: entry/return  T: time  /: filter  "
			  "Esc: back  q: quit");
	end = run(&l);
	browser__free(l.browser);
	buf__exit(&l.text);
	return end;
}
