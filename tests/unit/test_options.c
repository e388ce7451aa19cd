// SPDX-License-Identifier: GPL-2.0-only
/* Options by perf's conventions: expected texts are what perf 6.1 prints for the same table. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../perf-plugin/cli/options.h"
#include "../../perf-plugin/cli/pager.h"

#define MAX_ARGS 16

/* What the options of the table below write to. */
static struct values {
	bool all_cpus;
	bool no_inherit;
	bool all_kernel;
	bool hidden;
	int verbose;
	int priority;
	unsigned int max_stack;
	uint64_t count;
	bool count_set;
	const char *output;
	const char *level;
	const char *called_with;
	int nr_calls;
	bool called_unset;
	bool noarg;
	bool parent;
	const char *chains;
} v;

static int record_call(const struct option *opt, const char *arg, bool unset)
{
	struct values *values = opt->value;

	values->nr_calls++;
	values->called_with = arg;
	values->called_unset = unset;
	if (arg && !strcmp(arg, "bad")) {
		fputs("Invalid argument for --call/-c\n", stderr);
		return -EINVAL;
	}
	return 0;
}

static int set_noarg(const struct option *opt, const char *arg, bool unset)
{
	assert_null(arg);
	*(bool *)opt->value = !unset;
	return 0;
}

static const struct option parent_options[] = {
	OPT_BOOLEAN('P', "parent", &v.parent, "an option of the parent"),
	{ .type = OPTION_STRING, .short_name = 'g', .long_name = "chains", .arg_name = "how",
	  .help = "how, or some", .value = &v.chains, .flags = OPTION_LASTARG,
	  .default_arg = "some" },
	OPT_END(),
};

static const struct option options[] = {
	OPT_BOOLEAN('a', "all-cpus", &v.all_cpus, "system-wide collection from all CPUs"),
	OPT_BOOLEAN('i', "no-inherit", &v.no_inherit, "child tasks do not inherit counters"),
	OPT_BOOLEAN(0, "all-kernel", &v.all_kernel, "Configure all used events to run in kernel space."),
	OPT_INCR('v', "verbose", &v.verbose, "be more verbose"),
	OPT_INTEGER('r', "realtime", &v.priority, "collect data with this RT SCHED_FIFO priority"),
	OPT_UINTEGER(0, "max-stack", &v.max_stack, "depth"),
	{ .type = OPTION_U64, .short_name = 'n', .long_name = "count", .arg_name = "n",
	  .help = "event period to sample", .value = &v.count, .set = &v.count_set },
	OPT_STRING('o', "output", &v.output, "file", "output file name"),
	OPT_STRING_OPTARG('z', "compression-level", &v.level, "n", "Compress records", "1"),
	OPT_CALLBACK('c', "call", &v, "word", "calls back", record_call),
	OPT_CALLBACK_OPTARG('S', "snapshot", &v, "opts", "calls back or not", record_call, "full"),
	OPT_CALLBACK_NOARG(0, "noarg", &v.noarg, "calls back", set_noarg),
	{ .type = OPTION_BOOLEAN, .long_name = "secret", .value = &v.hidden,
	  .help = "not for everyone", .flags = OPTION_HIDDEN | OPTION_NONEG },
	OPT_PARENT(parent_options),
};

static const char *const usage[] = {
	"perf record [<options>] [<command>]",
	"perf record [<options>] -- <command> [<options>]",
	NULL,
};

/* stderr and stdout of what runs between start and end. */
static struct capture {
	int fd;
	int saved;
	int which;
} cap;

static void capture__start(int which)
{
	fflush(stdout);
	cap.which = which;
	cap.fd = memfd_create("captured", 0);
	cap.saved = dup(which);
	assert_true(cap.fd >= 0 && cap.saved >= 0);
	dup2(cap.fd, which);
}

static char *capture__end(void)
{
	char *text = calloc(1, 65536);

	fflush(stdout);
	fflush(stderr);
	dup2(cap.saved, cap.which);
	close(cap.saved);
	assert_non_null(text);
	assert_true(pread(cap.fd, text, 65535, 0) >= 0);
	close(cap.fd);
	return text;
}

/* Splits @line at spaces ('' is an empty argument) behind argv[0]. */
static int split(char *line, const char **argv)
{
	char *save = NULL;
	int argc = 0;

	argv[argc++] = "record";
	for (char *arg = strtok_r(line, " ", &save); arg; arg = strtok_r(NULL, " ", &save)) {
		assert_true(argc < MAX_ARGS - 1);
		argv[argc++] = strcmp(arg, "''") ? arg : "";
	}
	argv[argc] = NULL;
	return argc;
}

static const char *rest[MAX_ARGS];
static char line_copy[512];

static int parse_flags(const char *line, unsigned int flags)
{
	int argc;

	memset(&v, 0, sizeof(v));
	snprintf(line_copy, sizeof(line_copy), "%s", line);
	argc = split(line_copy, rest);
	return options__parse(argc, rest, options, usage, flags);
}

static int parse(const char *line)
{
	return parse_flags(line, 0);
}

/* Parses what is wrong, and returns what is said about it; the caller frees it. */
static char *parse_error(const char *line, int status)
{
	char *text;
	int ret;

	capture__start(STDERR_FILENO);
	ret = parse(line);
	text = capture__end();
	if (ret != -status)
		print_error("%s: %d\n%s", line, ret, text);
	assert_int_equal(ret, -status);
	return text;
}

static void test_booleans(void **state)
{
	(void)state;
	assert_int_equal(parse(""), 0);
	assert_false(v.all_cpus);
	assert_int_equal(parse("-a"), 0);
	assert_true(v.all_cpus);
	assert_int_equal(parse("--all-cpus"), 0);
	assert_true(v.all_cpus);
	assert_int_equal(parse("--all-c"), 0);
	assert_true(v.all_cpus);
	assert_int_equal(parse("-a --no-all-cpus"), 0);
	assert_false(v.all_cpus);
	assert_int_equal(parse("-a --no-all-c"), 0);
	assert_false(v.all_cpus);
	assert_int_equal(parse("-P"), 0);
	assert_true(v.parent);
	assert_int_equal(parse("--par"), 0);
	assert_true(v.parent);
	assert_int_equal(parse("--noarg"), 0);
	assert_true(v.noarg);
	assert_int_equal(parse("--noarg --no-noarg"), 0);
	assert_false(v.noarg);
}

static void test_negated_names(void **state)
{
	(void)state;
	assert_int_equal(parse("-i"), 0);
	assert_true(v.no_inherit);
	assert_int_equal(parse("--no-inherit"), 0);
	assert_true(v.no_inherit);
	assert_int_equal(parse("--no-inh"), 0);
	assert_true(v.no_inherit);
	assert_int_equal(parse("-i --inherit"), 0);
	assert_false(v.no_inherit);
	assert_int_equal(parse("-i --inh"), 0);
	assert_false(v.no_inherit);
	assert_int_equal(parse("-i --no-no-inherit"), 0);
	assert_false(v.no_inherit);
}

static void test_counts(void **state)
{
	(void)state;
	assert_int_equal(parse("-vvv"), 0);
	assert_int_equal(v.verbose, 3);
	assert_int_equal(parse("-v --verbose -v --verb"), 0);
	assert_int_equal(v.verbose, 4);
	assert_int_equal(parse("-vv --no-verbose"), 0);
	assert_int_equal(v.verbose, 0);
	assert_int_equal(parse("-vv --no-verbose -v"), 0);
	assert_int_equal(v.verbose, 1);
}

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(parse("-r 5"), 0);
	assert_int_equal(v.priority, 5);
	assert_int_equal(parse("-r5"), 0);
	assert_int_equal(v.priority, 5);
	assert_int_equal(parse("-r -5"), 0);
	assert_int_equal(v.priority, -5);
	assert_int_equal(parse("--realtime=5"), 0);
	assert_int_equal(v.priority, 5);
	assert_int_equal(parse("--realtime 5"), 0);
	assert_int_equal(v.priority, 5);
	assert_int_equal(parse("--real 5 --no-realtime"), 0);
	assert_int_equal(v.priority, 0);
	assert_int_equal(parse("-r 2147483647"), 0);
	assert_int_equal(v.priority, 2147483647);
	assert_int_equal(parse("--max-stack 4294967295"), 0);
	assert_int_equal(v.max_stack, 4294967295U);
	assert_int_equal(parse("-n 18446744073709551615"), 0);
	assert_true(v.count == UINT64_MAX);
	assert_true(v.count_set);
	assert_int_equal(parse("-a"), 0);
	assert_false(v.count_set);
}

static void test_bad_numbers(void **state)
{
	static const char *const lines[] = {
		"-r x", "-r 5x", "-r ''", "-r 2147483648", "-r -2147483649", "--realtime=",
		"--max-stack -1", "--max-stack 4294967296", "-n -1", "-n 18446744073709551616",
		"-n 1.5", "-n 0x", "-nx", "--count=1k", "-n", "--count",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *text = parse_error(lines[i], 129);

		assert_non_null(strstr(text, " Error: "));
		assert_non_null(strstr(text, "\n Usage: "));
		free(text);
	}
}

static void test_strings(void **state)
{
	(void)state;
	assert_int_equal(parse("-o x"), 0);
	assert_string_equal(v.output, "x");
	assert_int_equal(parse("-ox"), 0);
	assert_string_equal(v.output, "x");
	assert_int_equal(parse("-o=x"), 0);
	assert_string_equal(v.output, "=x");
	assert_int_equal(parse("--output=x=y"), 0);
	assert_string_equal(v.output, "x=y");
	assert_int_equal(parse("--output="), 0);
	assert_string_equal(v.output, "");
	assert_int_equal(parse("--out x"), 0);
	assert_string_equal(v.output, "x");
	assert_int_equal(parse("-o -"), 0);
	assert_string_equal(v.output, "-");
	assert_int_equal(parse("-o -a"), 0);
	assert_string_equal(v.output, "-a");
	assert_false(v.all_cpus);
	assert_int_equal(parse("-o x -o y"), 0);
	assert_string_equal(v.output, "y");
	assert_int_equal(parse("-o x --no-output"), 0);
	assert_null(v.output);
	assert_int_equal(parse("-avo x"), 0);
	assert_true(v.all_cpus);
	assert_int_equal(v.verbose, 1);
	assert_string_equal(v.output, "x");
	assert_int_equal(parse("-aox"), 0);
	assert_string_equal(v.output, "x");
}

static void test_optional_arguments(void **state)
{
	(void)state;
	assert_int_equal(parse("-z"), 0);
	assert_string_equal(v.level, "1");
	assert_int_equal(parse("-z22"), 0);
	assert_string_equal(v.level, "22");
	assert_int_equal(parse("-z 22"), 1);
	assert_string_equal(v.level, "1");
	assert_string_equal(rest[0], "22");
	assert_int_equal(parse("--compression-level"), 0);
	assert_string_equal(v.level, "1");
	assert_int_equal(parse("--compression-level=5"), 0);
	assert_string_equal(v.level, "5");
	assert_int_equal(parse("--compression-level 5"), 1);
	assert_string_equal(v.level, "1");
	assert_int_equal(parse("-z --no-compression-level"), 0);
	assert_null(v.level);
	/* One that takes the next word, unless that is an option, too. */
	assert_int_equal(parse("-g none -a"), 0);
	assert_string_equal(v.chains, "none");
	assert_int_equal(parse("-g -a"), 0);
	assert_string_equal(v.chains, "some");
	assert_int_equal(parse("-g"), 0);
	assert_string_equal(v.chains, "some");
	assert_int_equal(parse("--chains=all x"), 1);
	assert_string_equal(v.chains, "all");
	assert_int_equal(parse("-S"), 0);
	assert_string_equal(v.called_with, "full");
	assert_int_equal(parse("-Sx"), 0);
	assert_string_equal(v.called_with, "x");
	assert_int_equal(parse("--no-snapshot"), 0);
	assert_null(v.called_with);
	assert_true(v.called_unset);
}

static void test_callbacks(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(parse("-c x -cy --call=z"), 0);
	assert_int_equal(v.nr_calls, 3);
	assert_string_equal(v.called_with, "z");
	assert_int_equal(parse("--no-call"), 0);
	assert_true(v.called_unset);
	text = parse_error("-c bad", 129);
	assert_string_equal(text, "Invalid argument for --call/-c\n"
				  "\n Usage: perf record [<options>] [<command>]\n"
				  "    or: perf record [<options>] -- <command> [<options>]\n"
				  "\n    -c, --call <word>     calls back\n");
	free(text);
}

static void test_arguments(void **state)
{
	(void)state;
	assert_int_equal(parse("x -a y"), 2);
	assert_true(v.all_cpus);
	assert_string_equal(rest[0], "x");
	assert_string_equal(rest[1], "y");
	assert_null(rest[2]);
	assert_int_equal(parse("-"), 1);
	assert_string_equal(rest[0], "-");
	assert_int_equal(parse("x -- -a"), 2);
	assert_false(v.all_cpus);
	assert_string_equal(rest[1], "-a");
	assert_int_equal(parse("--"), 0);
	assert_int_equal(parse("-- -- x"), 2);
	assert_string_equal(rest[0], "--");
	assert_int_equal(parse("''"), 1);
	assert_string_equal(rest[0], "");

	assert_int_equal(parse_flags("-v ls -a", OPTIONS_STOP_AT_NON_OPTION), 2);
	assert_int_equal(v.verbose, 1);
	assert_false(v.all_cpus);
	assert_string_equal(rest[0], "ls");
	assert_string_equal(rest[1], "-a");
	assert_int_equal(parse_flags("-v -- ls -a", OPTIONS_STOP_AT_NON_OPTION), 2);
	assert_string_equal(rest[0], "ls");
	assert_int_equal(parse_flags("ls -- x", OPTIONS_STOP_AT_NON_OPTION), 3);
	assert_string_equal(rest[1], "--");
	assert_int_equal(options__parse(0, rest, options, usage, 0), 0);
}

#define USAGE							\
	"\n Usage: perf record [<options>] [<command>]\n"	\
	"    or: perf record [<options>] -- <command> [<options>]\n\n"

static void test_errors(void **state)
{
	static const struct {
		const char *line;
		const char *text;
	} cases[] = {
		{ "-r", " Error: switch `r' requires a value" USAGE
			"    -r, --realtime <n>    collect data with this RT SCHED_FIFO priority\n" },
		{ "-vr", " Error: switch `r' requires a value" USAGE
			 "    -r, --realtime <n>    collect data with this RT SCHED_FIFO priority\n" },
		{ "-r abc", " Error: switch `r' expects a numerical value" USAGE
			    "    -r, --realtime <n>    collect data with this RT SCHED_FIFO priority\n" },
		{ "--realtime abc", " Error: option `realtime' expects a numerical value" USAGE
			"    -r, --realtime <n>    collect data with this RT SCHED_FIFO priority\n" },
		{ "--output", " Error: option `output' requires a value" USAGE
			      "    -o, --output <file>   output file name\n" },
		{ "--all-cpus=3", " Error: option `all-cpus' takes no value" USAGE
			"    -a, --all-cpus        system-wide collection from all CPUs\n" },
		{ "--no-output=3", " Error: option `no-output' takes no value" USAGE
				   "    -o, --output <file>   output file name\n" },
		{ "--noarg=3", " Error: option `noarg' takes no value" USAGE
			       "        --noarg           calls back\n" },
		{ "--no-secret", " Error: option `no-secret' isn't available" USAGE
				 "        --secret          not for everyone\n" },
		{ "-all-cpus", " Error: did you mean `--all-cpus` (with two dashes ?)\n" },
		{ "-output", NULL },
		{ "-secret", " Error: did you mean `--secret` (with two dashes ?)\n" },
		{ "--all", " Error: Ambiguous option: all (could be --all-cpus or --all-kernel)\n" USAGE
			   "    -a, --all-cpus        system-wide collection from all CPUs\n"
			   "        --all-kernel      Configure all used events to run in kernel space.\n" },
		{ "--no-all", " Error: Ambiguous option: no-all (could be --no-all-cpus or --no-all-kernel)\n"
			      USAGE
			      "    -a, --all-cpus        system-wide collection from all CPUs\n"
			      "        --all-kernel      Configure all used events to run in kernel space.\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text;

		if (!cases[i].text) {		/* -o takes what is stuck to it */
			assert_int_equal(parse(cases[i].line), 0);
			continue;
		}
		text = parse_error(cases[i].line, 129);
		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

#define ALL_OPTIONS									\
	"    -a, --all-cpus        system-wide collection from all CPUs\n"		\
	"    -c, --call <word>     calls back\n"					\
	"    -g, --chains <how>    how, or some\n"					\
	"    -i, --no-inherit      child tasks do not inherit counters\n"		\
	"    -n, --count <n>       event period to sample\n"				\
	"    -o, --output <file>   output file name\n"					\
	"    -P, --parent          an option of the parent\n"				\
	"    -r, --realtime <n>    collect data with this RT SCHED_FIFO priority\n"	\
	"    -S, --snapshot[=<opts>]\n"							\
	"                          calls back or not\n"					\
	"    -v, --verbose         be more verbose\n"					\
	"    -z, --compression-level[=<n>]\n"						\
	"                          Compress records\n"					\
	"        --all-kernel      Configure all used events to run in kernel space.\n"	\
	"        --max-stack <n>   depth\n"						\
	"        --noarg           calls back\n"

static void test_unknown(void **state)
{
	static const struct {
		const char *line;
		const char *head;
	} cases[] = {
		{ "--bogus", "  Error: unknown option `bogus'\n" },
		{ "--bogus=3", "  Error: unknown option `bogus=3'\n" },
		{ "---x", "  Error: unknown option `-x'\n" },
		{ "--no-x", "  Error: unknown option `no-x'\n" },
		{ "-Y", "  Error: unknown switch `Y'\n" },
		{ "-aY", "  Error: unknown switch `Y'\n" },
		{ "--he", "  Error: unknown option `he'\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = parse_error(cases[i].line, 129);

		assert_memory_equal(text, cases[i].head, strlen(cases[i].head));
		assert_string_equal(text + strlen(cases[i].head), USAGE ALL_OPTIONS "\n");
		free(text);
	}
}

static void test_help(void **state)
{
	static const char *const lines[] = { "-h", "--help", "-a -h", "-ah", "-hx", "x -h" };
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		text = parse_error(lines[i], 129);
		assert_string_equal(text, USAGE ALL_OPTIONS "\n");
		free(text);
	}
	text = parse_error("--help-all", 129);
	assert_string_equal(text, USAGE ALL_OPTIONS "        --secret          not for everyone\n\n");
	free(text);
}

static void test_help_words(void **state)
{
	static const struct {
		const char *line;
		const char *text;
	} cases[] = {
		{ "-h nonsuch", "" },
		{ "-h o", "    -o, --output <file>   output file name\n" },
		{ "-h -o", "    -o, --output <file>   output file name\n" },
		{ "-h --output", "    -o, --output <file>   output file name\n" },
		{ "-h output", "    -o, --output <file>   output file name\n" },
		{ "-h OUTPUT", "    -o, --output <file>   output file name\n" },
		{ "--help verbose count", "    -n, --count <n>       event period to sample\n"
					  "    -v, --verbose         be more verbose\n"
					  "" },
		{ "-h system-wide", "    -a, --all-cpus        system-wide collection from all CPUs\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = parse_error(cases[i].line, 129), expected[512];

		snprintf(expected, sizeof(expected), USAGE "%s\n", cases[i].text);
		/* "count" also stands in what is said about -i. */
		if (strstr(cases[i].line, "count"))
			assert_non_null(strstr(text, "-n, --count <n>"));
		else
			assert_string_equal(text, expected);
		free(text);
	}
}

/* perf kwork's own table, and what perf kwork prints for it. */
static void test_kwork(void **state)
{
	const char *kwork, *argv[] = { "kwork", "-h", NULL };
	bool dump, force;
	int verbosity;
	const struct option kwork_options[] = {
		OPT_INCR('v', "verbose", &verbosity,
			 "be more verbose (show symbol address, etc)"),
		OPT_BOOLEAN('D', "dump-raw-trace", &dump, "dump raw trace in ASCII"),
		OPT_STRING('k', "kwork", &kwork, "kwork",
			   "list of kwork to profile (irq, softirq, workqueue, etc)"),
		OPT_BOOLEAN('f', "force", &force, "don't complain, do it"),
		OPT_END(),
	};
	static const char *const commands[] = { "record", "report", "latency", "timehist", NULL };
	static const char *const kwork_usage[] = {
		"perf kwork [<options>] {record|report|latency|timehist}", NULL,
	};
	char *text;

	(void)state;
	capture__start(STDERR_FILENO);
	assert_int_equal(options__parse_commands(2, argv, kwork_options, commands, kwork_usage),
			 -129);
	text = capture__end();
	assert_string_equal(
		text,
		"\n Usage: perf kwork [<options>] {record|report|latency|timehist}\n\n"
		"    -D, --dump-raw-trace  dump raw trace in ASCII\n"
		"    -f, --force           don't complain, do it\n"
		"    -k, --kwork <kwork>   list of kwork to profile (irq, softirq, workqueue, etc)\n"
		"    -v, --verbose         be more verbose (show symbol address, etc)\n\n");
	free(text);

	argv[1] = "--list-opts";
	capture__start(STDOUT_FILENO);
	assert_int_equal(options__parse_commands(2, argv, kwork_options, commands, kwork_usage),
			 -130);
	text = capture__end();
	assert_string_equal(text, "--verbose --dump-raw-trace --kwork --force \n");
	free(text);

	argv[1] = "--list-cmds";
	capture__start(STDOUT_FILENO);
	assert_int_equal(options__parse_commands(2, argv, kwork_options, commands, kwork_usage),
			 -130);
	text = capture__end();
	assert_string_equal(text, "record report latency timehist \n");
	free(text);
}

static void test_commands(void **state)
{
	static const char *const commands[] = { "record", NULL };
	const char *argv[] = { "btfsnoop", "-v", "record", "-a", NULL };

	(void)state;
	memset(&v, 0, sizeof(v));
	assert_int_equal(options__parse_commands(4, argv, options, commands, usage), 2);
	assert_int_equal(v.verbose, 1);
	assert_false(v.all_cpus);
	assert_string_equal(argv[0], "record");
	assert_string_equal(argv[1], "-a");
}

static void test_groups(void **state)
{
	static const char *const group_usage[] = { "perf x", NULL };
	const char *argv[] = { "x", "-h", NULL };
	bool on;
	const struct option grouped[] = {
		OPT_BOOLEAN('b', "bb", &on, "b"),
		OPT_BOOLEAN('a', "aa", &on, "a"),
		OPT_GROUP("Others"),
		OPT_BOOLEAN('B', "second", &on, "d"),
		OPT_BOOLEAN('b', "first", &on, "c"),
		OPT_BOOLEAN('z', NULL, &on, "short only"),
		OPT_BOOLEAN(0, "fourteen-long-", &on, "fits"),
		OPT_BOOLEAN(0, "fifteen-long---", &on, "does not"),
		OPT_CALLBACK('y', NULL, NULL, NULL, "no name for it", record_call),
		OPT_END(),
	};
	char *text;

	(void)state;
	capture__start(STDERR_FILENO);
	assert_int_equal(options__parse(2, argv, grouped, group_usage, 0), -129);
	text = capture__end();
	assert_string_equal(text, "\n Usage: perf x\n\n"
				  "    -a, --aa              a\n"
				  "    -b, --bb              b\n"
				  "\nOthers\n"
				  "    -b, --first           c\n"
				  "    -B, --second          d\n"
				  "    -y ...                no name for it\n"
				  "    -z                    short only\n"
				  "        --fifteen-long---\n"
				  "                          does not\n"
				  "        --fourteen-long-  fits\n\n");
	free(text);
}

static void test_usage_functions(void **state)
{
	char *text;

	(void)state;
	capture__start(STDERR_FILENO);
	assert_int_equal(options__usage(usage, options), 129);
	text = capture__end();
	assert_string_equal(text, USAGE ALL_OPTIONS "\n");
	free(text);

	capture__start(STDERR_FILENO);
	assert_int_equal(options__usage_error(usage, options, "no %s", "spec"), 129);
	text = capture__end();
	assert_string_equal(text, "  Error: no spec\n" USAGE ALL_OPTIONS "\n");
	free(text);

	capture__start(STDERR_FILENO);
	assert_int_equal(options__usage_option(usage, options, "output", "x"), 129);
	text = capture__end();
	assert_string_equal(text, " Error: option `output' does not take `x'\n"
				  USAGE "    -o, --output <file>   output file name\n");
	free(text);

	capture__start(STDERR_FILENO);
	assert_int_equal(options__usage_option(usage, options, "output", NULL), 129);
	text = capture__end();
	assert_string_equal(text, USAGE "    -o, --output <file>   output file name\n");
	free(text);
}

/* Whatever the bytes of an argument are, parsing ends, and counts no more than was there. */
static void test_any_argument(void **state)
{
	static const char *const pieces[] = {
		"-", "--", "=", "no-", "a", "all", "z", "o", "\xff", " ", "9", "r",
	};
	const size_t nr = sizeof(pieces) / sizeof(pieces[0]);

	(void)state;
	for (size_t i = 0; i < nr * nr * nr; i++) {
		char arg[64];
		const char *argv[] = { "x", arg, "y", NULL };
		char *text;
		int ret;

		snprintf(arg, sizeof(arg), "%s%s%s", pieces[i % nr], pieces[i / nr % nr],
			 pieces[i / nr / nr]);
		capture__start(STDERR_FILENO);
		ret = options__parse(3, argv, options, usage, 0);
		text = capture__end();
		assert_true(ret == -129 || (ret >= 0 && ret <= 2));
		assert_int_equal(ret < 0, *text != '\0');
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_booleans),
		cmocka_unit_test(test_negated_names),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bad_numbers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_optional_arguments),
		cmocka_unit_test(test_callbacks),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_words),
		cmocka_unit_test(test_kwork),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_usage_functions),
		cmocka_unit_test(test_any_argument),
	};

	/* The tests' own terminal is not to be paged. */
	pager__disable();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
