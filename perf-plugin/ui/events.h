/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of all events of a file: "Available samples". */
#ifndef BTFSNOOP_UI_EVENTS_H
#define BTFSNOOP_UI_EVENTS_H

#include <stdbool.h>

#include "view.h"

/*
 * Lets one of the events be chosen, the cursor on *@event at first; only of those with samples
 * without @empty. Returns PAGE_BACK with *@event set, PAGE_QUIT, or a negative errno.
 */
int events_page__run(struct view *view, bool empty, unsigned int *event);

#endif
