/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of which a file has an event at their entry and one at their return. */
#ifndef BTFSNOOP_REPORT_OTHER_END_H
#define BTFSNOOP_REPORT_OTHER_END_H

#include "input.h"

/* The event of the other ends of @event's calls, or -1: by its name, else by its function. */
int other_end__event(const struct input *input, unsigned int event);

#endif
