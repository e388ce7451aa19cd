/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of an event's entries: what perf report shows. */
#ifndef BTFSNOOP_UI_ENTRIES_H
#define BTFSNOOP_UI_ENTRIES_H

#include "view.h"

/*
 * Shows event @event. Returns how it ended, an enum page_end, or a negative errno. With view->event
 * set at PAGE_BACK, that event is to be shown next; it is also when samples were grouped anew.
 */
int entries_page__run(struct view *view, unsigned int event);

#endif
