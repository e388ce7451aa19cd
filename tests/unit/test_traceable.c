// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel's lists say about functions, from files that look like them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../perf-plugin/attach/traceable.h"

static const char functions[] =
	"vfs_read\n"
	"ip_send_skb\n"
	"foo.isra.0\n"
	"foo.part.0.cold\n"
	"foobar\n"
	"nft_do_chain [nf_tables]\n"
	"init_once [xfs]\n"
	"init_once\n"
	"last";

static const char blacklist[] =
	"0xffffffff81000000-0xffffffff81000040\tasm_exc_nmi\n"
	"0xffffffff82000000-0xffffffff82000004\tvfs_read\n";

/* Writes @text to a file whose name is put into @path. */
static void write_file(const char *text, char *path)
{
	int fd;

	strcpy(path, "/tmp/traceable-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static struct traceable *read_lists(const char *list)
{
	struct traceable *traceable = NULL;
	char path[32], black[32];

	write_file(list, path);
	write_file(blacklist, black);
	assert_int_equal(traceable__new(path, black, &traceable), 0);
	unlink(path);
	unlink(black);
	return traceable;
}

static void test_ask(void **state)
{
	struct traceable *t = read_lists(functions);

	(void)state;
	assert_null(traceable__why_unknown(t));
	assert_int_equal(traceable__ask(t, NULL, "vfs_read"), TRACEABLE_YES);
	assert_int_equal(traceable__ask(t, NULL, "last"), TRACEABLE_YES);
	assert_int_equal(traceable__ask(t, NULL, "vfs_rea"), TRACEABLE_NO);
	assert_int_equal(traceable__ask(t, NULL, "foo"), TRACEABLE_NO);
	assert_int_equal(traceable__ask(t, NULL, "zzz"), TRACEABLE_NO);
	assert_int_equal(traceable__ask(t, NULL, ""), TRACEABLE_NO);
	assert_int_equal(traceable__ask(t, "nf_tables", "nft_do_chain"), TRACEABLE_YES);
	assert_int_equal(traceable__ask(t, NULL, "nft_do_chain"), TRACEABLE_NO);
	assert_int_equal(traceable__ask(t, "xfs", "init_once"), TRACEABLE_YES);
	assert_int_equal(traceable__ask(t, NULL, "init_once"), TRACEABLE_YES);
	assert_int_equal(traceable__ask(t, "ext4", "init_once"), TRACEABLE_NO);
	assert_true(traceable__is_blacklisted(t, "vfs_read"));
	assert_true(traceable__is_blacklisted(t, "asm_exc_nmi"));
	assert_false(traceable__is_blacklisted(t, "ip_send_skb"));
	traceable__free(t);
}

static void append(const char *name, void *ctx)
{
	strcat(ctx, name);
	strcat(ctx, " ");
}

static void append_with_module(const char *module, const char *name, void *ctx)
{
	strcat(ctx, name);
	strcat(ctx, module ? "@" : "");
	strcat(ctx, module ? module : "");
	strcat(ctx, " ");
}

static bool has_init(const char *name, const void *ctx)
{
	return strstr(name, ctx);
}

static void test_walks(void **state)
{
	struct traceable *t = read_lists(functions);
	char names[256] = "";

	(void)state;
	traceable__for_each_clone(t, "foo", append, names);
	assert_string_equal(names, "foo.isra.0 foo.part.0.cold ");
	names[0] = '\0';
	traceable__for_each_clone(t, "zzz", append, names);
	assert_string_equal(names, "");
	traceable__for_each(t, has_init, "init", append_with_module, names);
	assert_string_equal(names, "init_once@xfs init_once ");
	traceable__free(t);
}

static void test_missing(void **state)
{
	struct traceable *t;

	(void)state;
	assert_int_equal(traceable__new("/nonexistent", "/nonexistent", &t), 0);
	assert_int_equal(traceable__ask(t, NULL, "vfs_read"), TRACEABLE_UNKNOWN);
	assert_false(traceable__is_blacklisted(t, "vfs_read"));
	assert_string_equal(traceable__why_unknown(t), "/nonexistent: No such file or directory");
	traceable__free(t);
}

static void test_odd_texts(void **state)
{
	static const char *const texts[] = {
		"", "\n", "\n\n\n", " [", " []", "a [", "a []", "\t", "[a]", "a [b", "a\tb\tc [d] [e]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct traceable *t = read_lists(texts[i]);

		traceable__ask(t, NULL, "a");
		traceable__ask(t, "b", "a");
		traceable__free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_odd_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
