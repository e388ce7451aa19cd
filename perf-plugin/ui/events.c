// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "dialog.h"

struct events {
	struct view *view;
	struct input *input;
	unsigned int *shown;	/* by row */
	uint32_t nr;
	size_t width;		/* of the counts */
};

static void draw(void *page, uint32_t row, struct screen_line *line)
{
	struct events *events = page;
	char count[24];

	snprintf(count, sizeof(count), "%" PRIu64,
		 results__nr_samples(events->view->results, events->shown[row]));
	line__cell(line, COLOR_NORMAL, count, events->width, true);
	line__addf(line, COLOR_NORMAL, " %s", input__event(events->input,
							   events->shown[row])->name);
}

static void draw_title(void *page, struct screen_line *line)
{
	struct events *events = page;
	uint64_t lost = perfdata_reader__lost(input__reader(events->input));

	line__adds(line, COLOR_ROOT, "Available samples");
	if (lost)
		line__addf(line, COLOR_ROOT, ", lost: %" PRIu64, lost);
}

static int collect(struct events *events, bool empty)
{
	unsigned int nr = input__nr_events(events->input);
	uint64_t samples;
	size_t width;

	events->shown = calloc(nr + 1, sizeof(*events->shown));
	if (!events->shown)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr; i++) {
		samples = results__nr_samples(events->view->results, i);
		if (!samples && !empty)
			continue;
		events->shown[events->nr++] = i;
		width = snprintf(NULL, 0, "%" PRIu64, samples);
		events->width = width > events->width ? width : events->width;
	}
	return 0;
}

static void help(void)
{
	dialog__text("Keys: events", "Up, Down, PgUp, PgDn,\n"
		     "Space, Home, End  Move\n"
		     "Enter, Right      Show the event\n"
		     "/                 Only events with this text\n"
		     "Esc, q, ^C        Quit\n");
}

/* True when an event with samples was chosen. */
static bool choose(struct events *events, struct browser *browser, unsigned int *event)
{
	uint32_t row = browser__row(browser);

	if (row == BROWSER_NONE)
		return false;
	if (!results__nr_samples(events->view->results, events->shown[row])) {
		browser__say(browser, "There are no samples of this event");
		return false;
	}
	*event = events->shown[row];
	return true;
}

static int run(struct events *events, struct browser *browser, unsigned int *event)
{
	for (;;) {
		switch (browser__run(browser, -1)) {
		case KEY_ENTER: case KEY_RIGHT:
			if (choose(events, browser, event))
				return PAGE_BACK;
			break;
		case KEY_ESC:
			if (dialog__yes_no("Do you really want to exit?"))
				return PAGE_QUIT;
			break;
		case 'q': case KEY_CTRL('c'): case KEY_GONE:
			return PAGE_QUIT;
		case 'h': case '?': case KEY_F1:
			help();
			break;
		}
	}
}

int events_page__run(struct view *view, bool empty, unsigned int *event)
{
	const struct browser_ops ops = { .draw = draw, .title = draw_title };
	struct events events = { .view = view, .input = results__input(view->results) };
	struct browser *browser = NULL;
	int end = collect(&events, empty);

	if (!end)
		end = browser__new(&ops, &events, &browser);
	if (!end) {
		browser__set_sideways(browser, false);
		browser__set_help(browser, "ESC: exit, ENTER|->: show samples, h: help");
		browser__set_rows(browser, events.nr);
		for (uint32_t i = 0; i < events.nr; i++)
			if (events.shown[i] == *event)
				browser__set_row(browser, i);
		end = run(&events, browser, event);
	}
	browser__free(browser);
	free(events.shown);
	return end;
}
