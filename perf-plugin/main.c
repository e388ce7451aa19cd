// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop: finds the subcommand and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "cli/term.h"
#include "util/suggest.h"

static const struct command {
	const char *name;
	int (*fn)(int argc, const char **argv);
	const char *summary;
} commands[] = {
	{ "record", cmd_record, "trace functions, write what they were called with to perf.data" },
	{ "stat", cmd_stat, "count calls and their values, record nothing" },
	{ "report", cmd_report, "read perf.data, show values and latencies by function" },
	{ "diff", cmd_diff, "compare recordings: counts, latencies, values; what changed most first" },
	{ "script", cmd_script, "read perf.data, show each event" },
	{ "merge", cmd_merge, "put recordings together, of perf record too, on one timeline" },
	{ "trace", cmd_trace, "show functions' calls while they happen" },
	{ "top", cmd_top, "show what is called most right now" },
	{ "info", cmd_info, "show signatures of functions and whether they can be traced" },
	{ "features", cmd_features, "show what this kernel can do, and how -f would be attached" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

#ifndef BTFSNOOP_VERSION
#define BTFSNOOP_VERSION "unknown"
#endif

/* Commands may be cut short like perf kwork's, from three letters on while they are unique. */
#define MIN_PREFIX 3

static const struct command *command__find(const char *name, bool *ambiguous)
{
	const struct command *found = NULL;

	*ambiguous = false;
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
		if (strlen(name) < MIN_PREFIX || strncmp(commands[i].name, name, strlen(name)))
			continue;
		*ambiguous = found;
		found = &commands[i];
	}
	return *ambiguous ? NULL : found;
}

static int complain_unknown(const char *name, bool ambiguous)
{
	const char *near[NR_COMMANDS];
	struct suggest suggest;
	unsigned int nr = 0;

	fprintf(stderr, "perf btfsnoop: '%s' is %s command. See 'perf btfsnoop --help'.\n", name,
		ambiguous ? "more than one" : "no");
	suggest__init(&suggest, name);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!ambiguous)
			suggest__offer(&suggest, commands[i].name);
		else if (!strncmp(commands[i].name, name, strlen(name)))
			near[nr++] = commands[i].name;
	}
	if (!ambiguous)
		nr = suggest__best(&suggest, near, NR_COMMANDS);
	for (unsigned int i = 0; i < nr; i++)
		fprintf(stderr, "%s'%s'%s", !i ? "hint: did you mean " : i + 1 < nr ? ", " : " or ",
			near[i], i + 1 < nr ? "" : "?\n");
	return OPTIONS_EXIT_USAGE;
}

static int show_version(const struct option *opt, const char *arg, bool unset)
{
	(void)opt;
	(void)arg;
	(void)unset;
	printf("perf-btfsnoop version %s\n", BTFSNOOP_VERSION);
	exit(0);
}

static int disable_pager(const struct option *opt, const char *arg, bool unset)
{
	(void)opt;
	(void)arg;
	if (!unset)
		pager__disable();
	return 0;
}

/* What -h prints first: the commands, and a line about each. */
struct usage {
	char first[256];
	char summaries[NR_COMMANDS][128];
	const char *lines[NR_COMMANDS + 3];
	const char *names[NR_COMMANDS + 1];
};

static void usage__init(struct usage *usage)
{
	int len = snprintf(usage->first, sizeof(usage->first), "perf btfsnoop [<options>] ");

	usage->lines[0] = usage->first;
	usage->lines[1] = "";
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		usage->names[i] = commands[i].name;
		len += snprintf(usage->first + len, sizeof(usage->first) - len, "%c%s",
				i ? '|' : '{', commands[i].name);
		snprintf(usage->summaries[i], sizeof(usage->summaries[i]), "%-10s%s",
			 commands[i].name, commands[i].summary);
		usage->lines[i + 2] = usage->summaries[i];
	}
	snprintf(usage->first + len, sizeof(usage->first) - len, "}");
}

/*
 * What is closed of stdin, stdout and stderr becomes something that can't be used either, so that
 * no file of ours gets its number and messages.
 */
static void fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

/* What could not be written to stdout at last is an error, too. */
static int check_stdout(int status)
{
	int err = fflush(stdout) ? errno : 0;

	if (status || (!err && !ferror(stdout)))
		return status;
	fprintf(stderr, "error: cannot write to stdout%s%s\n", err ? ": " : "",
		err ? strerror(err) : "");
	return 1;
}

int main(int argc, const char **argv)
{
	const struct option options[] = {
		OPT_CALLBACK_NOARG(0, "no-pager", NULL, "do not put output through a pager",
				   disable_pager),
		OPT_CALLBACK_NOARG('v', "version", NULL, "show the version", show_version),
		OPT_END(),
	};
	struct usage usage = { 0 };
	const struct command *command;
	bool ambiguous;

	fill_standard_files();
	term__init();
	usage__init(&usage);
	argc = options__parse_commands(argc, argv, options, usage.names, usage.lines);
	if (argc < 0)
		return -argc;
	if (!argc)
		return options__usage(usage.lines, options);
	if (!strcmp(argv[0], "complete"))	/* for a shell: not one of those that are shown */
		return cmd_complete(argc, argv);
	command = command__find(argv[0], &ambiguous);
	if (!command)
		return complain_unknown(argv[0], ambiguous);
	argv[0] = command->name;
	term__take_foreground();
	return check_stdout(command->fn(argc, argv));
}
