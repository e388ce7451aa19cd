/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts of tracepoints of perf's by the bytes they were made of. To have one made by the process
 * that does it takes long, and most occur often.
 */
#ifndef BTFSNOOP_REPORT_TEXT_MEMO_H
#define BTFSNOOP_REPORT_TEXT_MEMO_H

#include "input.h"

struct text_memo;

/* Returns 0 or -ENOMEM. */
int text_memo__new(struct input *input, struct text_memo **out);
void text_memo__free(struct text_memo *memo);

/*
 * The text kept for a sample with the same bytes, or NULL; then text_memo__keep() takes it, which
 * has to stay where it is. Nothing is kept of events whose text has what differs between such
 * samples.
 */
const char *text_memo__find(struct text_memo *memo, const struct perfdata_sample *sample);
void text_memo__keep(struct text_memo *memo, const struct perfdata_sample *sample,
		     const char *text);

/* Forgets all. */
void text_memo__clear(struct text_memo *memo);

#endif
