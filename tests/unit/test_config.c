// SPDX-License-Identifier: GPL-2.0-only
/* perf's configuration files: each test is a process of its own, as they are read once in each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../perf-plugin/cli/config.h"
#include "../../perf-plugin/cli/options.h"
#include "../../perf-plugin/util/preset.h"

static char dir[] = "/tmp/config-test.XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Runs @check in a process whose ~/.perfconfig is @text. */
static void with_config(const char *text, int (*check)(void))
{
	pid_t pid;
	int status;

	write_file(".perfconfig", text);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		setenv("HOME", dir, 1);
		setenv("PERF_CONFIG_NOSYSTEM", "1", 1);
		fclose(stderr);
		exit(check());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* 0 when the value is @text; NULL: when there is none. */
static int differs(const char *section, const char *key, const char *text)
{
	const struct config_value *value = config__get(section, key);

	return !value || !text ? !!value != !!text : strcmp(value->text, text);
}

static int check_values(void)
{
	return differs("btfsnoop", "sort", "comm, skb->len") ||
	       differs("btfsnoop", "SORT", "comm, skb->len") ||
	       differs("BtfSnoop", "plain", "a b") ||
	       differs("btfsnoop", "quoted", "a # b ; c  ") ||
	       differs("btfsnoop", "escaped", "tab\tquote\"back\\slash") ||
	       differs("btfsnoop", "joined", "one two") ||
	       differs("btfsnoop", "alone", "true") ||
	       differs("btfsnoop", "empty", "") ||
	       differs("btfsnoop", "twice", "second") ||
	       differs("btfsnoop.part", "key", "1") ||
	       differs("btfsnoop", "none", NULL) ||
	       differs("tui", "sort", NULL);
}

static void test_values(void **state)
{
	(void)state;
	with_config("# a comment\n[btfsnoop]\n\tsort = comm, skb->len # not this\n"
		    "plain=a b   \nquoted = \"a # b ; c  \"\n"
		    "escaped = tab\\tquote\\\"back\\\\slash\njoined = one \\\ntwo\nalone\n"
		    "empty =\ntwice = first\n twice = second\n[btfsnoop \"part\"] key = 1\n",
		    check_values);
}

static int check_broken(void)
{
	return differs("a", "before", "1") || differs("a", "after", NULL);
}

static void test_broken(void **state)
{
	(void)state;
	with_config("[a]\nbefore = 1\n[b\nafter = 2\n", check_broken);
	with_config("[a]\nbefore = 1\nx = \"open\nafter = 2\n", check_broken);
	with_config("[a]\nbefore = 1\nx = \\q\nafter = 2\n", check_broken);
	with_config("[a]\nbefore = 1\n= 2\nafter = 2\n", check_broken);
	with_config("[a]\nbefore = 1\nx y\nafter = 2\n", check_broken);
}

static void test_bool(void **state)
{
	(void)state;
	assert_int_equal(config__bool("true"), 1);
	assert_int_equal(config__bool("Yes"), 1);
	assert_int_equal(config__bool("on"), 1);
	assert_int_equal(config__bool("7"), 1);
	assert_int_equal(config__bool("0"), 0);
	assert_int_equal(config__bool("OFF"), 0);
	assert_int_equal(config__bool(""), 0);
	assert_true(config__bool("maybe") < 0);
}

static const char *const usage[] = { "perf btfsnoop report", NULL };

/* What the options of "report" are after @argv. */
static struct presets {
	bool wide, wide_set;
	const char *sort;
	const char *keep;
	unsigned int limit;
	int level;
} got;

static int parse(int argc, const char **argv)
{
	const struct option options[] = {
		{ .type = OPTION_BOOLEAN, .long_name = "wide", .value = &got.wide,
		  .set = &got.wide_set },
		OPT_STRING('s', "sort", &got.sort, "key", "keys"),
		OPT_UINTEGER(0, "limit", &got.limit, "limit"),
		OPT_STRING_OPTARG(0, "keep", &got.keep, "size", "kept in memory", "64M"),
		OPT_INCR('v', "verbose", &got.level, "verbosity"),
		OPT_END(),
	};

	return options__parse(argc, argv, options, usage, 0);
}

static int check_presets(void)
{
	const char *argv[] = { "report", NULL };

	return parse(1, argv) || !got.wide || got.wide_set || strcmp(got.sort, "of report") ||
	       got.limit != 7 || got.level != 2;
}

static int check_given(void)
{
	const char *argv[] = { "report", "--no-wide", "-s", "mine", "--limit=1", NULL };

	return parse(4 + 1, argv) || got.wide || !got.wide_set || strcmp(got.sort, "mine") ||
	       got.limit != 1;
}

static int keeps(const char *expected)
{
	const char *argv[] = { "report", NULL };

	got.keep = "";
	return parse(1, argv) || (expected ? !got.keep || strcmp(got.keep, expected) : !!got.keep);
}

static int keeps_default(void) { return keeps("64M"); }
static int keeps_given(void) { return keeps("10s"); }
static int keeps_nothing(void) { return keeps(NULL); }

static int level_is_1(void)
{
	const char *argv[] = { "report", NULL };

	return parse(1, argv) || got.level != 1;
}

static int check_refused(void)
{
	const char *argv[] = { "report", NULL };

	return parse(1, argv) != -OPTIONS_EXIT_USAGE;
}

static void test_presets(void **state)
{
	static const char text[] = "[btfsnoop]\nsort = of all\nreport-sort = of report\n"
				   "script-limit = 3\nlimit = 7\nwide = yes\nverbose = 2\n";

	(void)state;
	with_config(text, check_presets);
	with_config(text, check_given);
	with_config("[btfsnoop]\nlimit = many\n", check_refused);
	with_config("[btfsnoop]\nlimit = 99999999999\n", check_refused);
	with_config("[btfsnoop]\nwide = perhaps\n", check_refused);
	with_config("[btfsnoop]\nverbose = many\n", check_refused);
	with_config("[btfsnoop]\nverbose = -5\n", check_refused);
	with_config("[btfsnoop]\nverbose\n", level_is_1);
	with_config("[btfsnoop]\nkeep\n", keeps_default);
	with_config("[btfsnoop]\nkeep = 10s\n", keeps_given);
	with_config("[btfsnoop]\nkeep = false\n", keeps_nothing);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/.perfconfig", dir);
	unlink(path);
	return rmdir(dir);
}

/* What is said of the presets below for an error with this text and message. */
static int says(const char *text, const char *msg, const char *expected)
{
	static const struct preset presets[] = {
		{ "mmap-pages", 'm', "btfsnoop.record-mmap-pages", "16Q", "conf", 2 },
		{ "sort", 's', "btfsnoop.sort", "id", "conf", 3 },
		{ "input", 0, "btfsnoop.input", "a\033[31mb", "conf", 4 },
	};
	char *said = NULL;
	size_t size;
	FILE *out = open_memstream(&said, &size);
	int differ;

	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		preset__add(&presets[i]);
	preset__explain(text, msg, out);
	preset__explain(text, msg, out);	/* says nothing again */
	fclose(out);
	differ = strcmp(said, expected);
	free(said);
	return differ || !preset__is("sort") || preset__is("sor");
}

#define PLACE(value, key, line)	"hint: the value '" value "' of btfsnoop." key " stands in conf, line " line "\n"

static int says_value(void) { return says("16Q", "no size", PLACE("16Q", "record-mmap-pages", "2")); }
static int says_word(void) { return says(NULL, "no 16Q", PLACE("16Q", "record-mmap-pages", "2")); }
static int says_long(void) { return says(NULL, "--sort: what?", PLACE("id", "sort", "3")); }
static int says_short(void) { return says(NULL, "-s x: what?", PLACE("id", "sort", "3")); }
static int says_quoted(void) { return says(NULL, "no 'id' here", PLACE("id", "sort", "3")); }
static int says_safely(void) { return says("a\033[31mb", NULL, PLACE("a?[31mb", "input", "4")); }
static int says_no_short_word(void) { return says("idx", "an id is missing", ""); }
static int says_no_part(void) { return says(NULL, "--sort-by 116Q -sx 16Q-", ""); }

static void test_explained(void **state)
{
	int (*const checks[])(void) = { says_value, says_word, says_long, says_short, says_quoted,
					says_safely, says_no_short_word, says_no_part };

	(void)state;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		with_config("", checks[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explained),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_presets),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
