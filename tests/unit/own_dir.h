/* SPDX-License-Identifier: GPL-2.0-only */
/* A directory of a test's own, in which it runs, for cmocka_run_group_tests(). */
#ifndef BTFSNOOP_TESTS_OWN_DIR_H
#define BTFSNOOP_TESTS_OWN_DIR_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/btfsnoop-test-XXXXXX";

static inline int enter_dir(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir);
}

static inline int leave_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") || system(command);
}

#endif
