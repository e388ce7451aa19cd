// SPDX-License-Identifier: GPL-2.0-only
#include "command.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../perfdata/procfs.h"
#include "../util/buf.h"

#define MAX_ARGS	(1 << 20)

/* perf's own options whose value is a word of its own (tools/perf/perf.c, handle_options()). */
static bool takes_value(const char *option)
{
	return !strcmp(option, "--debug") || !strcmp(option, "--buildid-dir") ||
	       !strcmp(option, "--debugfs-dir");
}

static const char *next_arg(const char *arg, const char *end)
{
	if (arg)
		arg += strlen(arg) + 1;
	return arg && arg < end ? arg : NULL;
}

/* The value of option @arg if that is @name: behind '=' or the argument @next. */
static const char *long_value(const char *arg, const char *next, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(arg, name, len))
		return NULL;
	return arg[len] == '=' ? arg + len + 1 : arg[len] ? NULL : next;
}

static void read_option(struct command *c, const char *arg, const char *next)
{
	const char *input = long_value(arg, next, "--input");
	const char *kallsyms = long_value(arg, next, "--kallsyms");

	if (!strncmp(arg, "-i", 2))
		input = arg[2] ? arg + 2 : next;
	if (input)
		c->input = input;
	if (kallsyms)
		c->kallsyms = kallsyms;
}

void command__read(struct command *c)
{
	struct buf args = BUF_INIT;
	const char *arg, *next, *end;
	bool is_value = false;

	*c = (struct command){ 0 };
	if (procfs__read(&args, MAX_ARGS, "/proc/self/cmdline") || !args.len) {
		buf__exit(&args);
		return;
	}
	end = args.data + args.len;
	c->args = args.data;
	for (arg = next_arg(args.data, end); arg && strcmp(arg, "--"); arg = next) {
		next = next_arg(arg, end);
		if (c->name)
			read_option(c, arg, next);
		else if (*arg != '-' && !is_value)
			c->name = arg;
		is_value = !c->name && takes_value(arg);
	}
}

void command__exit(struct command *c)
{
	free(c->args);
	*c = (struct command){ 0 };
}

bool command__has_lines(const struct command *c)
{
	return !c->name || !strcmp(c->name, "script");
}
