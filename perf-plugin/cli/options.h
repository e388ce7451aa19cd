/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command's options, by perf's conventions (what tools/lib/subcmd/parse-options.c does):
 *
 *	const struct option record_options[] = {
 *		OPT_STRING('o', "output", &ctx.output, "file", "output file name"),
 *		OPT_BOOLEAN('a', "all-cpus", &ctx.all, "system-wide collection from all CPUs"),
 *		OPT_BOOLEAN('i', "no-inherit", &ctx.no_inherit, "leave out child tasks"),
 *		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
 *		OPT_END(),
 *	};
 *	static const char *const record_usage[] = {
 *		"perf btfsnoop record [<options>] [-- <command> [<options>]]", NULL,
 *	};
 *
 * Long options may be cut short while they stay unique, take their argument as --o=v or --o v, and
 * are taken back by --no-OPTION; what is called no-OPTION is taken back by --OPTION. Short ones
 * bundle (-ag) and take their argument stuck (-F99) or apart (-F 99); an optional argument is only
 * taken when stuck. -h, --help, -h WORD..., --help-all, --list-opts and --list-cmds are built in.
 */
#ifndef BTFSNOOP_CLI_OPTIONS_H
#define BTFSNOOP_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum option_type {
	OPTION_END,		/* of the table; more may follow in .parent */
	OPTION_GROUP,		/* a heading in the help: @help */
	OPTION_BOOLEAN,		/* bool */
	OPTION_INCR,		/* int, one more each time; taken back: 0 */
	OPTION_STRING,		/* const char *, into argv; taken back: NULL */
	OPTION_INTEGER,		/* int */
	OPTION_UINTEGER,	/* unsigned int */
	OPTION_U64,		/* uint64_t */
	OPTION_CALLBACK,	/* whatever @callback makes of it */
};

#define OPTION_OPTARG	0x1	/* the argument may be left out: @default_arg is taken then */
#define OPTION_NOARG	0x2	/* of a callback: takes no argument */
#define OPTION_NONEG	0x4	/* --no-OPTION is refused */
#define OPTION_HIDDEN	0x8	/* shown by --help-all only */
#define OPTION_LASTARG	0x10	/* @default_arg is taken when nothing, or another option, follows */

struct option;

/*
 * Called with the argument, NULL where there is none; @unset: the option was taken back. Returns 0,
 * or a negative value after it printed what is wrong to stderr (without usage, which follows).
 */
typedef int (*option_callback)(const struct option *opt, const char *arg, bool unset);

struct option {
	enum option_type type;
	int short_name;			/* a character, 0: none */
	const char *long_name;		/* NULL: none */
	void *value;			/* where the value goes */
	const char *arg_name;		/* in the help: "file" shows as <file> */
	const char *help;
	unsigned int flags;
	const char *default_arg;	/* OPTION_OPTARG, OPTION_LASTARG */
	option_callback callback;
	bool *set;			/* becomes true when the option was given; may be NULL */
	const struct option *parent;	/* OPTION_END: a table searched after this one */
};

#define OPT_END()	{ .type = OPTION_END }
#define OPT_PARENT(p)	{ .type = OPTION_END, .parent = (p) }
#define OPT_GROUP(h)	{ .type = OPTION_GROUP, .help = (h) }
#define OPT_BOOLEAN(s, l, v, h) \
	{ .type = OPTION_BOOLEAN, .short_name = (s), .long_name = (l), .help = (h), \
	  .value = OPTION_CHECK(v, bool *) }
#define OPT_INCR(s, l, v, h) \
	{ .type = OPTION_INCR, .short_name = (s), .long_name = (l), .help = (h), \
	  .value = OPTION_CHECK(v, int *) }
#define OPT_STRING(s, l, v, a, h) \
	{ .type = OPTION_STRING, .short_name = (s), .long_name = (l), .arg_name = (a), \
	  .help = (h), .value = OPTION_CHECK(v, const char **) }
#define OPT_STRING_OPTARG(s, l, v, a, h, d) \
	{ .type = OPTION_STRING, .short_name = (s), .long_name = (l), .arg_name = (a), \
	  .help = (h), .value = OPTION_CHECK(v, const char **), .flags = OPTION_OPTARG, .default_arg = (d) }
#define OPT_INTEGER(s, l, v, h) \
	{ .type = OPTION_INTEGER, .short_name = (s), .long_name = (l), .arg_name = "n", \
	  .help = (h), .value = OPTION_CHECK(v, int *) }
#define OPT_UINTEGER(s, l, v, h) \
	{ .type = OPTION_UINTEGER, .short_name = (s), .long_name = (l), .arg_name = "n", \
	  .help = (h), .value = OPTION_CHECK(v, unsigned int *) }
#define OPT_U64(s, l, v, h) \
	{ .type = OPTION_U64, .short_name = (s), .long_name = (l), .arg_name = "n", \
	  .help = (h), .value = OPTION_CHECK(v, uint64_t *) }
#define OPT_CALLBACK(s, l, v, a, h, f) \
	{ .type = OPTION_CALLBACK, .short_name = (s), .long_name = (l), .value = (v), \
	  .arg_name = (a), .help = (h), .callback = (f) }
#define OPT_CALLBACK_OPTARG(s, l, v, a, h, f, d) \
	{ .type = OPTION_CALLBACK, .short_name = (s), .long_name = (l), .value = (v), \
	  .arg_name = (a), .help = (h), .callback = (f), .flags = OPTION_OPTARG, \
	  .default_arg = (d) }
#define OPT_CALLBACK_NOARG(s, l, v, h, f) \
	{ .type = OPTION_CALLBACK, .short_name = (s), .long_name = (l), .value = (v), \
	  .help = (h), .callback = (f), .flags = OPTION_NOARG }

/* The address of a variable, which has to be of the type the option writes. */
#define OPTION_CHECK(v, type)	(1 ? (v) : (type)0)

#define OPTIONS_STOP_AT_NON_OPTION 0x1	/* the first argument that is no option ends them */

#define OPTIONS_EXIT_USAGE	129
#define OPTIONS_EXIT_LISTED	130

/*
 * Parses argv[1..argc - 1]. What are no options is moved to argv[0] and on, a "--" left out, and
 * their number returned. Options that are not there get what perf's configuration (config.h) has in
 * [btfsnoop] for COMMAND-OPTION or OPTION, argv[0] being the command; option.set stays false for
 * these, and errors about them say where they stand (util/preset.h). A negative number says that
 * the command is done: everything was printed, and its exit status is that number without the sign
 * (129 or 130).
 */
int options__parse(int argc, const char **argv, const struct option *options,
		   const char *const *usage, unsigned int flags);

/* The same for a command with subcommands, which --list-cmds prints. It stops at them. */
int options__parse_commands(int argc, const char **argv, const struct option *options,
			    const char *const *commands, const char *const *usage);

/* Prints usage and all options to stderr. Returns the exit status, 129. */
int options__usage(const char *const *usage, const struct option *options);

/* The same behind "  Error: " and a message. */
int options__usage_error(const char *const *usage, const struct option *options, const char *fmt,
			 ...) __attribute__((format(printf, 3, 4)));

/*
 * Prints usage and the help of one option, by its long name, to stderr, for what turns out wrong
 * about its argument @value later, which is said first. NULL: what is wrong was said. Returns 129.
 */
int options__usage_option(const char *const *usage, const struct option *options,
			  const char *long_name, const char *value);

/*
 * Prints "error: @option @arg: @reason" to stderr, @option as the user knows it ("-m", "--max-size"),
 * @arg NULL for none; and where @arg stands if it is not on the command line. Returns -EINVAL.
 */
int options__refuse(const char *option, const char *arg, const char *reason);

#endif
