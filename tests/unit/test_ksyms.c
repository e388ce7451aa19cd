// SPDX-License-Identifier: GPL-2.0-only
/* types/ksyms.h, on tests/fixtures/kallsyms, on files made here and on the running kernel. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../perf-plugin/types/ksyms.h"

static struct ksyms *ksyms;
static struct diag diag;

static int setup(void **state)
{
	(void)state;
	diag = (struct diag)DIAG_INIT;
	return ksyms__new(&ksyms);
}

static int teardown(void **state)
{
	(void)state;
	ksyms__free(ksyms);
	diag__exit(&diag);
	return 0;
}

static int read_fixture(void)
{
	char file[] = __FILE__, path[512];

	snprintf(path, sizeof(path), "%s/../fixtures/kallsyms", dirname(file));
	return ksyms__read(ksyms, path, &diag);
}

/* Reads @text as if it were kallsyms. */
static int read_text(const char *text, size_t len)
{
	char path[] = "/tmp/btfsnoop-ksyms-XXXXXX";
	int err, fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	err = ksyms__read(ksyms, path, &diag);
	unlink(path);
	return err;
}

static uint64_t one(const char *module, const char *name)
{
	uint64_t addr = 0;

	assert_int_equal(ksyms__find(ksyms, module, name, &addr, 1), 1);
	return addr;
}

static void fixture(void **state)
{
	static const char *const names[] = {
		"_text", "_etext", "helper", "ip_send_skb", "weak_one", "both", "only_data",
		"dummy_xmit", "missing", "fixed_percpu_data",
	};
	uint64_t addrs[4] = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(ksyms__want(ksyms, names[i]), 0);
	assert_int_equal(ksyms__want(ksyms, "_text"), 0);
	assert_int_equal(ksyms__find(ksyms, NULL, "_text", addrs, 4), 0);
	assert_int_equal(read_fixture(), 0);

	assert_int_equal(one(NULL, "_text"), 0xffffffff81000000);
	assert_int_equal(one(NULL, "_etext"), 0xffffffff81400000);
	assert_int_equal(one(NULL, "ip_send_skb"), 0xffffffff81100000);
	assert_int_equal(one(NULL, "weak_one"), 0xffffffff81200000);
	assert_int_equal(one("*", "dummy_xmit"), 0xffffffffc0202000);
	assert_int_equal(one("dummy", "dummy_xmit"), 0xffffffffc0202000);
	assert_int_equal(ksyms__find(ksyms, NULL, "dummy_xmit", addrs, 4), 0);
	assert_int_equal(ksyms__find(ksyms, "dumm", "dummy_xmit", addrs, 4), 0);

	/* The same line twice is one symbol; two addresses are two. */
	assert_int_equal(ksyms__find(ksyms, NULL, "helper", addrs, 4), 2);
	assert_int_equal(addrs[0], 0xffffffff81012340);
	assert_int_equal(addrs[1], 0xffffffff81023450);
	assert_int_equal(ksyms__find(ksyms, "*", "helper", addrs, 1), 4);
	assert_int_equal(one("nf_conntrack", "helper"), 0xffffffffc0301000);

	/* Code before data, and data where there is no code. */
	assert_int_equal(one(NULL, "both"), 0xffffffff81300000);
	assert_int_equal(one(NULL, "only_data"), 0xffffffff82000100);
	assert_int_equal(ksyms__find(ksyms, NULL, "missing", addrs, 4), 0);
	assert_int_equal(ksyms__find(ksyms, NULL, "never_asked", addrs, 4), 0);
	assert_int_equal(ksyms__find(ksyms, NULL, "fixed_percpu_data", addrs, 4), 0);
	assert_false(ksyms__hidden(ksyms));
}

static void more_names_later(void **state)
{
	(void)state;
	ksyms__want(ksyms, "_text");
	assert_int_equal(read_fixture(), 0);
	ksyms__want(ksyms, "ip_send_skb");
	assert_int_equal(read_fixture(), 0);
	assert_int_equal(one(NULL, "_text"), 0xffffffff81000000);
	assert_int_equal(one(NULL, "ip_send_skb"), 0xffffffff81100000);
}

static void hidden(void **state)
{
	static const char text[] = "0000000000000000 T _text\n0000000000000000 t f\n";
	uint64_t addr;

	(void)state;
	ksyms__want(ksyms, "f");
	assert_int_equal(read_text(text, strlen(text)), 0);
	assert_true(ksyms__hidden(ksyms));
	assert_int_equal(ksyms__find(ksyms, NULL, "f", &addr, 1), 0);
}

static void many_names(void **state)
{
	char *text = malloc(20000 * 40), name[32];
	size_t len = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		len += sprintf(text + len, "%016llx t func_%u\n", 0xffffffff81000000ull + i, i);
		snprintf(name, sizeof(name), "func_%u", i);
		assert_int_equal(ksyms__want(ksyms, name), 0);
	}
	/* The last line without its end. */
	assert_int_equal(read_text(text, len - 1), 0);
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "func_%u", i);
		assert_int_equal(one(NULL, name), 0xffffffff81000000ull + i);
	}
	free(text);
}

static void assert_refused(const char *text, size_t len)
{
	assert_int_equal(read_text(text, len), -EINVAL);
	assert_non_null(strstr(diag.msg, "kallsyms"));
	diag__exit(&diag);
	diag = (struct diag)DIAG_INIT;
}

static void broken_files(void **state)
{
	static const char *const texts[] = {
		"\n", "ffff\n", "ffff t \n", "ffff t\n", " t name\n", "hello world\n",
		"ffffffff810000001 t name\n", "ffff t name\t\n", "ffff t name\t[mod\n",
		"ffff t name\tmod]\n", "ffff  t name\n", "ffff t name\t[]\n",
	};
	char *line = malloc(70000);
	unsigned int i;

	(void)state;
	ksyms__want(ksyms, "name");
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_refused(texts[i], strlen(texts[i]));
	assert_refused("ffff t na\0me\n\0", 14);
	memset(line, 'a', 70000);
	assert_refused(line, 70000);
	free(line);
	assert_int_equal(read_text("", 0), 0);
	assert_int_equal(ksyms__read(ksyms, "/nonexistent", &diag), -ENOENT);
	assert_true(diag__is_set(&diag));
}

static void running_kernel(void **state)
{
	uint64_t text = 0, etext = 0, func = 0;

	(void)state;
	if (access("/proc/kallsyms", R_OK)) {
		print_message("skipped: /proc/kallsyms can't be read here\n");
		skip();
	}
	ksyms__want(ksyms, "_text");
	ksyms__want(ksyms, "_etext");
	ksyms__want(ksyms, "ip_send_skb");
	assert_int_equal(ksyms__read(ksyms, NULL, &diag), 0);
	if (ksyms__hidden(ksyms)) {
		print_message("skipped: the kernel hides its addresses (kptr_restrict)\n");
		skip();
	}
	assert_int_equal(ksyms__find(ksyms, NULL, "_text", &text, 1), 1);
	assert_int_equal(ksyms__find(ksyms, NULL, "_etext", &etext, 1), 1);
	assert_int_equal(ksyms__find(ksyms, NULL, "ip_send_skb", &func, 1), 1);
	assert_true(text < func && func < etext);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fixture, setup, teardown),
		cmocka_unit_test_setup_teardown(more_names_later, setup, teardown),
		cmocka_unit_test_setup_teardown(hidden, setup, teardown),
		cmocka_unit_test_setup_teardown(many_names, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_files, setup, teardown),
		cmocka_unit_test_setup_teardown(running_kernel, setup, teardown),
	};

	return cmocka_run_group_tests_name("ksyms", tests, NULL, NULL);
}
