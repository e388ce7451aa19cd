/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording did not get: for the end of every command that records. */
#ifndef BTFSNOOP_LOSSES_H
#define BTFSNOOP_LOSSES_H

#include "record/session.h"

/* Warns, on stderr, of all that was lost and of what may help; says nothing where nothing was. */
void losses__say(const struct session_result *result);

#endif
