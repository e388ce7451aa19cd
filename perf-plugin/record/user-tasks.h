/* SPDX-License-Identifier: GPL-2.0-only */
/* The tasks that a user has now, of which the kernel is asked one by one for the events of -e. */
#ifndef BTFSNOOP_RECORD_USER_TASKS_H
#define BTFSNOOP_RECORD_USER_TASKS_H

#include <stdint.h>

#include "target.h"

/*
 * Adds the threads whose (real) user is @uid to @out: those among @among, all there are where it has
 * none. Returns 0, -ESRCH with a message in @diag if there are none, or -ENOMEM.
 */
int user_tasks__add(uint32_t uid, const struct target *among, struct target *out,
		    struct diag *diag);

#endif
