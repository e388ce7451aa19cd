// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perfdata/procfs.h"
#include "record-chains.h"

#define MAX_STACK_PATH	"/proc/sys/kernel/perf_event_max_stack"

static int parse_frames(const char *option, const char *arg, const char *number, unsigned int limit,
			unsigned int *frames)
{
	char reason[64], *end;
	unsigned long n = strtoul(number, &end, 10);

	if (*number < '0' || *number > '9' || *end)
		return options__refuse(option, arg, "a number of frames is expected");
	if (!n || n > limit) {
		snprintf(reason, sizeof(reason), "1 to %u frames are possible", limit);
		return options__refuse(option, arg, reason);
	}
	*frames = n;
	return 0;
}

static int parse_mode(const char *mode, unsigned int limit, unsigned int *frames)
{
	size_t len = strcspn(mode, ",");

	if (len == 2 && !strncmp(mode, "fp", len))
		return mode[len] ? parse_frames("--call-graph", mode, mode + len + 1, limit, frames)
				 : 0;
	if (len == 5 && !strncmp(mode, "dwarf", len))
		return options__refuse("--call-graph", mode,
				       "a BPF program cannot copy the user's stack and registers: "
				       "fp is possible");
	if (len == 3 && !strncmp(mode, "lbr", len))
		return options__refuse("--call-graph", mode,
				       "branch records are not of the call that is traced: fp is "
				       "possible");
	return options__refuse("--call-graph", mode, "not one of: fp");
}

int record_chains__choose(const struct record_chains *chains, struct chain_opts *opts)
{
	int64_t limit;
	int err = 0;

	if (procfs__read_number(&limit, MAX_STACK_PATH) || limit <= 0 || limit > BS_MAX_CHAIN)
		limit = BS_MAX_CHAIN;
	opts->max_stack = limit;
	if (chains->mode)
		err = parse_mode(chains->mode, limit, &opts->max_stack);
	if (!err && chains->max_stack)
		err = parse_frames("--max-stack", chains->max_stack, chains->max_stack, limit,
				   &opts->max_stack);
	if (err || (!chains->wanted && !chains->mode && !chains->kernel && !chains->user))
		return err;
	opts->kernel = chains->kernel || !chains->user;
	opts->user = chains->user || !chains->kernel;
	return 0;
}
