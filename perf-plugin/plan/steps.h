/* SPDX-License-Identifier: GPL-2.0-only */
/* What a plan does: operations for an event's filters and items, at the entry and the return. */
#ifndef BTFSNOOP_PLAN_STEPS_H
#define BTFSNOOP_PLAN_STEPS_H

#include "compile.h"
#include "layout.h"

/*
 * Fills in the operations of @plan and all that says where things are in its record. Strings that
 * something is compared with are added to @matches. Returns 0, -E2BIG or -EINVAL with a message in
 * @diag, -ENOMEM.
 */
int steps__make(struct bs_plan *plan, const struct content *content, const struct layout *layout,
		struct match_list *matches, struct diag *diag);

/*
 * One event cannot hold what is asked for: @limit says what there is too much of. Returns -E2BIG,
 * for @diag is filled in.
 */
int steps__too_much(const struct typed_spec *typed, struct diag *diag, const char *limit);

#endif
