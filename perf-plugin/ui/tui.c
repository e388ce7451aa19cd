// SPDX-License-Identifier: GPL-2.0-only
#include "tui.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../cli/config.h"
#include "browser.h"
#include "dialog.h"
#include "entries.h"
#include "events.h"
#include "screen.h"

bool tui__is_possible(struct input *input, bool forced)
{
	bool wanted = config__is_set("tui", "btfsnoop", config__is_set("tui", "report", true));

	return (forced || wanted) && screen__is_possible() && input__can_rewind(input);
}

/* A colour that slang doesn't know is left as it was: perf's own TUI is of the same mind. */
void tui__colors(struct color_pair pairs[COLOR_MAX])
{
	colors__defaults(pairs);
	for (enum color i = 0; i < COLOR_MAX; i++) {
		const struct config_value *value = config__get("colors", color__name(i));

		if (value)
			color__set(pairs, i, value->text);
	}
}

static uint64_t file_size(const char *path)
{
	struct stat st;

	return stat(path ? path : "perf.data", &st) ? 0 : st.st_size;
}

static unsigned int nr_shown(const struct view *view, unsigned int *first)
{
	unsigned int nr = 0;

	for (unsigned int i = input__nr_events(results__input(view->results)); i-- > 0;) {
		if (!results__nr_samples(view->results, i))
			continue;
		*first = i;
		nr++;
	}
	return nr;
}

/* The next event (@step 1), or the one before (-1), that has samples. */
static unsigned int neighbour(const struct view *view, unsigned int event, int step)
{
	unsigned int nr = input__nr_events(results__input(view->results));

	do {
		event = (event + nr + step) % nr;
	} while (!results__nr_samples(view->results, event));
	return event;
}

/* Pages of events until one says that it's enough, or back. */
static int show_events(struct view *view, unsigned int *event)
{
	int end;

	for (;;) {
		if (!results__nr_samples(view->results, *event))
			return PAGE_BACK;
		end = entries_page__run(view, *event);
		if (end == PAGE_NEXT_EVENT)
			*event = neighbour(view, *event, 1);
		else if (end == PAGE_PREV_EVENT)
			*event = neighbour(view, *event, -1);
		else if (end == PAGE_BACK && view->event >= 0)
			*event = view->event;
		else
			return end;
	}
}

static int show(struct view *view, const struct tui_opts *opts)
{
	unsigned int event = 0, nr = nr_shown(view, &event);
	int end;

	if (!nr && !opts->show_empty) {
		dialog__message("", "The file has no samples%s.",
				input__nr_events(results__input(view->results)) ?
				", or none passes the filters" : "");
		return PAGE_QUIT;
	}
	do {
		end = nr > 1 || !nr ? events_page__run(view, opts->show_empty, &event) : PAGE_BACK;
		while (end == PAGE_BACK) {
			end = show_events(view, &event);
			if (end != PAGE_BACK || nr != 1)
				break;
			if (dialog__yes_no("Do you really want to exit?"))
				end = PAGE_QUIT;
		}
	} while (end >= 0 && end != PAGE_QUIT);
	return end;
}

static int run(struct input *input, const struct tui_opts *opts, struct diag *diag)
{
	struct view view = {
		.callchain = opts->callchain, .percent_limit = opts->percent_limit,
		.absolute = opts->absolute, .event = -1, .diag = diag,
	};
	int err;

	err = results__new(input, &opts->aggregate, opts->hierarchy, file_size(opts->path),
			   &view.results);
	if (!err)
		err = results__read(view.results, diag);
	if (!err)
		err = show(&view, opts);
	results__free(view.results);
	return err;
}

int tui__report(struct input *input, const struct tui_opts *opts, struct diag *diag)
{
	struct color_pair pairs[COLOR_MAX];
	int err = aggregate__check(input, &opts->aggregate, diag);

	if (err)
		return err;
	tui__colors(pairs);
	err = screen__open(pairs, diag);
	if (err)
		return err;
	err = run(input, opts, diag);
	screen__close();
	return err == -ECANCELED || err >= 0 ? 0 : err;
}
