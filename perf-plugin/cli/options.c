// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "../util/diag.h"
#include "../util/preset.h"
#include "config.h"
#include "help.h"
#include "pager.h"

#define MAX_OPTIONS	256		/* of one command */
#define CONFIG_SECTION	"btfsnoop"

/* The command line as it is worked through. */
struct parse {
	const char **argv;		/* the current argument, NULL behind the last */
	const char **rest;		/* where the next that is no option goes */
	const struct option *options;
	const char *const *usage;
	const char *const *commands;
	unsigned int flags;
	uint64_t given[MAX_OPTIONS / 64];	/* options that the command line has, by place */
};

/* How an option was given: for the words of an error. */
struct given {
	const struct option *opt;
	const char *arg;		/* stuck to it, NULL: none */
	bool is_short;
	bool unset;
};

/* The option after @opt, on through the parents; NULL at the end. */
static const struct option *option__next(const struct option *opt)
{
	opt++;
	while (opt && opt->type == OPTION_END)
		opt = opt->parent;
	return opt;
}

static const struct option *option__first(const struct option *opt)
{
	while (opt && opt->type == OPTION_END)
		opt = opt->parent;
	return opt;
}

#define for_each_option(opt, options) \
	for ((opt) = option__first(options); (opt); (opt) = option__next(opt))

/* The option's place in the table; those beyond the last place share it. */
static unsigned int option__index(const struct option *options, const struct option *wanted)
{
	unsigned int index = 0;
	const struct option *opt;

	for_each_option(opt, options) {
		if (opt == wanted || index == MAX_OPTIONS - 1)
			break;
		index++;
	}
	return index;
}

static int usage_of_option(const struct parse *parse, const struct option *opt)
{
	help__usage(parse->usage);
	help__option(opt);
	return -OPTIONS_EXIT_USAGE;
}

static int given__error(const struct parse *parse, const struct given *given, const char *reason)
{
	if (given->is_short)
		fprintf(stderr, " Error: switch `%c' %s", given->opt->short_name, reason);
	else
		fprintf(stderr, " Error: option `%s%s' %s", given->unset ? "no-" : "",
			given->opt->long_name, reason);
	return usage_of_option(parse, given->opt);
}

static bool takes_argument(const struct option *opt)
{
	return opt->type != OPTION_BOOLEAN && opt->type != OPTION_INCR &&
	       !(opt->flags & OPTION_NOARG);
}

/* Parses a number into what @opt points at. Returns the reason why it can't be, or NULL. */
static const char *set_number(const struct option *opt, const char *arg)
{
	static const char too_large[] = "can't be as large as that";
	unsigned long long u;
	long long s;
	char *end;

	errno = 0;
	if (opt->type == OPTION_INTEGER) {
		s = strtoll(arg, &end, 10);
		if (*end || end == arg)
			return "expects a numerical value";
		if (errno || s < INT_MIN || s > INT_MAX)
			return too_large;
		*(int *)opt->value = s;
		return NULL;
	}
	if (strchr(arg, '-'))
		return "expects an unsigned numerical value";
	u = strtoull(arg, &end, 10);
	if (*end || end == arg)
		return "expects a numerical value";
	if (errno)
		return too_large;
	if (opt->type == OPTION_U64)
		*(uint64_t *)opt->value = u;
	else if (u <= UINT_MAX)
		*(unsigned int *)opt->value = u;
	else
		return too_large;
	return NULL;
}

static int call_back(struct parse *parse, const struct given *given, const char *arg)
{
	int err = given->opt->callback(given->opt, arg, given->unset);

	return err < 0 ? usage_of_option(parse, given->opt) : 0;
}

/* Writes the option's value. Returns 0 or the negated exit status. */
static int store_value(struct parse *parse, const struct given *given, const char *arg)
{
	const struct option *opt = given->opt;
	const char *reason;

	switch (opt->type) {
	case OPTION_BOOLEAN:
		*(bool *)opt->value = !given->unset;
		return 0;
	case OPTION_INCR:
		*(int *)opt->value = given->unset ? 0 : *(int *)opt->value + 1;
		return 0;
	case OPTION_STRING:
		*(const char **)opt->value = given->unset ? NULL : arg;
		return 0;
	case OPTION_CALLBACK:
		return call_back(parse, given, given->unset ? NULL : arg);
	default:
		reason = set_number(opt, given->unset ? "0" : arg);
		return reason ? given__error(parse, given, reason) : 0;
	}
}

/* Gives the option the value that the command line has. Returns 0 or the negated exit status. */
static int set_value(struct parse *parse, const struct given *given)
{
	const struct option *opt = given->opt;
	unsigned int index = option__index(parse->options, opt);
	const char *arg = given->arg;

	if (given->unset && (opt->flags & OPTION_NONEG))
		return given__error(parse, given, "isn't available");
	if (arg && (given->unset || !takes_argument(opt)))
		return given__error(parse, given, "takes no value");
	if (takes_argument(opt) && !given->unset && !arg) {
		if (opt->flags & OPTION_OPTARG || (opt->flags & OPTION_LASTARG &&
						   (!parse->argv[1] || *parse->argv[1] == '-'))) {
			arg = opt->default_arg;
		} else {
			arg = parse->argv[1];
			if (!arg)
				return given__error(parse, given, "requires a value");
			parse->argv++;
		}
	}
	if (opt->set)
		*opt->set = true;
	parse->given[index / 64] |= 1ULL << index % 64;
	return store_value(parse, given, arg);
}

static int unknown(const struct parse *parse, const char *what, const char *name, int len)
{
	static const char *const no_words[] = { NULL };

	pager__start();
	fprintf(stderr, "  Error: unknown %s `%.*s'\n", what, len, name);
	help__all(parse->usage, parse->options, false, no_words);
	return -OPTIONS_EXIT_USAGE;
}

/* -all-cpus: two dashes were meant. */
static bool is_long_with_one_dash(const struct parse *parse, const char *arg)
{
	const struct option *opt;

	if (strlen(arg) < 3)
		return false;
	for_each_option(opt, parse->options) {
		if (opt->long_name && !strncmp(opt->long_name, arg, strlen(arg)))
			return true;
	}
	return !strncmp(arg, "no-", 3);
}

static int show_help(struct parse *parse, bool hidden)
{
	help__all(parse->usage, parse->options, hidden, parse->argv + 1);
	return -OPTIONS_EXIT_USAGE;
}

/* One argument of letters: -x, -xyz, -xVALUE */
static int parse_short(struct parse *parse)
{
	const char *arg = *parse->argv + 1;
	const struct option *opt;
	struct given given;
	int err;

	for (const char *c = arg; *c; c++) {
		if (*c == 'h')
			return show_help(parse, false);
		for_each_option(opt, parse->options) {
			if (opt->short_name == *c)
				break;
		}
		if ((c == arg + 1 || !opt) && is_long_with_one_dash(parse, arg)) {
			fprintf(stderr, " Error: did you mean `--%s` (with two dashes ?)\n", arg);
			return -OPTIONS_EXIT_USAGE;
		}
		if (!opt)
			return unknown(parse, "switch", c, 1);
		given = (struct given){ .opt = opt, .is_short = true };
		if (takes_argument(opt) && c[1])
			given.arg = c + 1;
		err = set_value(parse, &given);
		if (err || given.arg)
			return err;
	}
	return 0;
}

/*
 * How well @name (@len bytes) names @opt: 2 exactly, 1 by its beginning, 0 not. *@unset tells
 * whether it takes the option back.
 */
static int match_long(const struct option *opt, const char *name, size_t len, bool *unset)
{
	const char *full = opt->long_name;

	*unset = false;
	if (!full || !len)
		return 0;
	if (!strncmp(full, name, len))
		return full[len] ? 1 : 2;
	*unset = true;
	if (len > 3 && !strncmp(name, "no-", 3) && !strncmp(full, name + 3, len - 3))
		return full[len - 3] ? 1 : 2;
	if (!strncmp(full, "no-", 3) && !strncmp(full + 3, name, len))
		return full[3 + len] ? 1 : 2;
	return 0;
}

static int ambiguous(struct parse *parse, const char *name, int len, const struct given *a,
		     const struct given *b)
{
	const struct option *opt;
	bool unset;

	fprintf(stderr, " Error: Ambiguous option: %.*s (could be --%s%s or --%s%s)\n", len, name,
		a->unset ? "no-" : "", a->opt->long_name, b->unset ? "no-" : "", b->opt->long_name);
	help__usage(parse->usage);
	for_each_option(opt, parse->options) {
		if (match_long(opt, name, len, &unset))
			help__option(opt);
	}
	return -OPTIONS_EXIT_USAGE;
}

/* --option, --option=value, --option value, --no-option */
static int parse_long(struct parse *parse)
{
	const char *name = *parse->argv + 2, *equals = strchrnul(name, '=');
	size_t len = equals - name;
	struct given best = { 0 }, other = { 0 };
	const struct option *opt;

	for_each_option(opt, parse->options) {
		struct given given = { .opt = opt, .arg = *equals ? equals + 1 : NULL };
		int match = match_long(opt, name, len, &given.unset);

		if (match == 2)
			return set_value(parse, &given);
		if (match == 1 && best.opt)
			other = given;
		if (match == 1 && !best.opt)
			best = given;
	}
	if (other.opt)
		return ambiguous(parse, name, len, &best, &other);
	if (best.opt)
		return set_value(parse, &best);
	return unknown(parse, "option", name, strlen(name));
}

static int list_options(const struct parse *parse)
{
	const struct option *opt;

	for_each_option(opt, parse->options) {
		if (opt->long_name && !(opt->flags & OPTION_HIDDEN))
			printf("--%s ", opt->long_name);
	}
	putchar('\n');
	return -OPTIONS_EXIT_LISTED;
}

static int list_commands(const struct parse *parse)
{
	for (const char *const *name = parse->commands; *name; name++)
		printf("%s ", *name);
	putchar('\n');
	return -OPTIONS_EXIT_LISTED;
}

/* One argument that begins with a dash and has more. */
static int parse_option(struct parse *parse)
{
	const char *arg = *parse->argv;

	if (arg[1] != '-')
		return parse_short(parse);
	if (!strcmp(arg, "--help"))
		return show_help(parse, false);
	if (!strcmp(arg, "--help-all"))
		return show_help(parse, true);
	if (!strcmp(arg, "--list-opts"))
		return list_options(parse);
	if (!strcmp(arg, "--list-cmds") && parse->commands)
		return list_commands(parse);
	return parse_long(parse);
}

static int parse_all(const char **argv, struct parse *parse)
{
	int err;

	parse->rest = argv;
	for (parse->argv = argv + (*argv ? 1 : 0); *parse->argv; parse->argv++) {
		const char *arg = *parse->argv;

		if (!strcmp(arg, "--")) {
			parse->argv++;
			break;
		}
		if (*arg == '-' && arg[1]) {
			err = parse_option(parse);
			if (err)
				return err;
		} else if (parse->flags & OPTIONS_STOP_AT_NON_OPTION) {
			break;
		} else {
			*parse->rest++ = arg;
		}
	}
	while (*parse->argv)
		*parse->rest++ = *parse->argv++;
	*parse->rest = NULL;
	return parse->rest - argv;
}

/*
 * What perf's configuration says about the option: [btfsnoop] COMMAND-OPTION, or OPTION for all
 * commands, which is put into @key. NULL: nothing.
 */
static const struct config_value *find_default(const char *command, const struct option *opt,
					       struct buf *key)
{
	const struct config_value *value;

	buf__clear(key);
	buf__addf(key, "%s-%s", command, opt->long_name);
	value = config__get(CONFIG_SECTION, buf__str(key));
	if (value)
		return value;
	buf__clear(key);
	buf__adds(key, opt->long_name);
	return config__get(CONFIG_SECTION, opt->long_name);
}

/* For errors about it, now and later. */
static int remember_default(const struct option *opt, const struct config_value *value,
			    const char *key)
{
	struct buf full = BUF_INIT;
	int err = -ENOMEM;

	buf__addf(&full, CONFIG_SECTION ".%s", key);
	if (!full.failed)
		err = preset__add(&(struct preset){
			.option = opt->long_name, .letter = opt->short_name, .key = buf__str(&full),
			.text = value->text, .path = value->path, .line = value->line });
	buf__exit(&full);
	return err;
}

/* How often an option was given, or whether it was. Returns 0 or the negated exit status. */
static int set_counted(struct parse *parse, const struct given *given, const char *text)
{
	unsigned int count;
	const struct option number = { .type = OPTION_UINTEGER, .value = &count };
	int is = config__bool(text);

	if (set_number(&number, text)) {
		if (is < 0 || *text == '-')
			return given__error(parse, given, "is a number, true or false");
		count = is;
	}
	*(int *)given->opt->value = count < INT_MAX ? count : INT_MAX;
	return 0;
}

/* As if the command line had the option, with @text behind it if it takes an argument. */
static int set_default(struct parse *parse, const struct option *opt, const char *text)
{
	bool takes_none = opt->type == OPTION_BOOLEAN || (opt->flags & OPTION_NOARG);
	bool may_have_none = opt->flags & (OPTION_OPTARG | OPTION_LASTARG);
	struct given given = { .opt = opt };
	int is = config__bool(text);

	if (opt->type == OPTION_INCR)
		return set_counted(parse, &given, text);
	if (takes_none && is < 0)
		return given__error(parse, &given, "is true or false");
	if (may_have_none && !strcmp(text, "true"))
		return store_value(parse, &given, opt->default_arg);
	given.unset = (takes_none && !is) || (may_have_none && !strcmp(text, "false"));
	return store_value(parse, &given, text);
}

/* Options that the command line doesn't have get what is configured. */
static int set_defaults(struct parse *parse, const char *command)
{
	const struct config_value *value;
	const struct option *opt;
	struct buf key = BUF_INIT;
	unsigned int index;
	int err = 0;

	for_each_option(opt, parse->options) {
		index = option__index(parse->options, opt);
		if (err || !opt->long_name || parse->given[index / 64] >> index % 64 & 1)
			continue;
		value = find_default(command, opt, &key);
		if (!value || remember_default(opt, value, buf__str(&key)))
			continue;
		err = set_default(parse, opt, value->text);
		if (err)
			preset__explain_option(opt->long_name, stderr);
	}
	buf__exit(&key);
	return err;
}

int options__parse(int argc, const char **argv, const struct option *options,
		   const char *const *usage, unsigned int flags)
{
	struct parse parse = { .options = options, .usage = usage, .flags = flags };

	const char *command = argv[0];
	int nr, err;

	if (argc <= 0)
		return 0;
	nr = parse_all(argv, &parse);
	err = nr < 0 ? nr : set_defaults(&parse, command);
	return err < 0 ? err : nr;
}

int options__parse_commands(int argc, const char **argv, const struct option *options,
			    const char *const *commands, const char *const *usage)
{
	struct parse parse = {
		.options = options,
		.usage = usage,
		.commands = commands,
		.flags = OPTIONS_STOP_AT_NON_OPTION,
	};

	return argc > 0 ? parse_all(argv, &parse) : 0;
}

int options__usage(const char *const *usage, const struct option *options)
{
	static const char *const no_words[] = { NULL };

	help__all(usage, options, false, no_words);
	return OPTIONS_EXIT_USAGE;
}

int options__usage_error(const char *const *usage, const struct option *options, const char *fmt,
			 ...)
{
	char *msg = NULL;
	va_list ap;

	pager__start();
	fputs("  Error: ", stderr);
	va_start(ap, fmt);
	if (vasprintf(&msg, fmt, ap) < 0)
		msg = NULL;
	va_end(ap);
	diag__print_text(msg ? msg : strerror(ENOMEM), stderr);
	fputc('\n', stderr);
	preset__explain(NULL, msg, stderr);
	free(msg);
	return options__usage(usage, options);
}

int options__usage_option(const char *const *usage, const struct option *options,
			  const char *long_name, const char *value)
{
	const struct option *opt;

	if (value) {
		fprintf(stderr, " Error: option `%s' does not take `", long_name);
		diag__print_text(value, stderr);
		fputs("'\n", stderr);
	}
	preset__explain_option(long_name, stderr);
	help__usage(usage);
	for_each_option(opt, options) {
		if (opt->long_name && !strcmp(opt->long_name, long_name))
			help__option(opt);
	}
	return OPTIONS_EXIT_USAGE;
}

int options__refuse(const char *option, const char *arg, const char *reason)
{
	struct diag diag = DIAG_INIT;

	diag__error(&diag, -EINVAL, "%s%s%s: %s", option, arg && *arg ? " " : "", arg ? arg : "",
		    reason);
	diag__print(&diag, NULL, -EINVAL, stderr);
	diag__exit(&diag);
	return -EINVAL;
}
