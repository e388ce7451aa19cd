/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf's configuration (perf-config(1)): /etc/perfconfig, then ~/.perfconfig, whose values take
 * precedence; or the one file that $PERF_CONFIG names. $PERF_CONFIG_NOSYSTEM and
 * $PERF_CONFIG_NOGLOBAL leave one out. The home directory's file has to belong to the user or root.
 *
 *	[btfsnoop]				; how perf btfsnoop's options are preset
 *		percent-limit = 0.5		# in every command that has --percent-limit
 *		report-sort = "comm,skb->len"	# in report only
 *	[tui]
 *		btfsnoop = off
 */
#ifndef BTFSNOOP_CLI_CONFIG_H
#define BTFSNOOP_CLI_CONFIG_H

#include <stdbool.h>

struct config_value {
	const char *text;	/* "true" for a key that stands alone */
	const char *path;	/* where it stands */
	unsigned int line;
};

/*
 * The value of [@section] @key, whose letters' case doesn't matter; NULL: it has none. The files
 * are read when the first value is asked for; what is broken in one is said then, and the file
 * counts up to there. What is returned stays valid.
 */
const struct config_value *config__get(const char *section, const char *key);

/*
 * @text as git and perf understand it: true, yes, on and numbers other than 0; false, no, off, 0
 * and the empty string. Returns 1, 0, or -EINVAL for something else.
 */
int config__bool(const char *text);

/* [@section] @key, @fallback where there is none or it is neither true nor false. */
bool config__is_set(const char *section, const char *key, bool fallback);

#endif
