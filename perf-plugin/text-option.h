/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of several commands that can be given several times and belong together (record/texts.h). */
#ifndef BTFSNOOP_TEXT_OPTION_H
#define BTFSNOOP_TEXT_OPTION_H

#include "cli/options.h"
#include "record/texts.h"

/* The value of such an option: where its texts go, and what they are. */
struct text_option {
	struct texts *texts;
	enum text_kind kind;
};

/* The option's callback: keeps @arg. A filter needs a spec in front of it, as perf's needs an event. */
int text_option__keep(const struct option *opt, const char *arg, bool unset);

#endif
