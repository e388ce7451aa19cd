// SPDX-License-Identifier: GPL-2.0-only
/* types/debuginfo.h and source files in types/matcher.h, on a vmlinux of a few files made here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../perf-plugin/types/debuginfo.h"
#include "../../perf-plugin/types/matcher.h"
#include "../../perf-plugin/util/buf.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static char dir[] = "/tmp/btfsnoop-debuginfo-XXXXXX";
static char vmlinux[64];

static const struct {
	const char *path;
	const char *text;
} sources[] = {
	{ "init/main.c",
	  "int tcp_send(int); int udp_send(int); int drv_open(int);\n"
	  "int start_kernel(int x) { return tcp_send(x) + udp_send(x) + drv_open(x); }\n" },
	{ "net/ipv4/tcp.c",
	  "static __attribute__((noinline)) int helper(int x) { return x * 3; }\n"
	  "static inline __attribute__((always_inline)) int twist(int x) { return x ^ 5; }\n"
	  "int tcp_recv(int x) { if (x > 3) { return twist(x); } return x; }\n"
	  "int tcp_send(int x) { return helper(x) + twist(x) + tcp_recv(x); }\n" },
	{ "net/ipv4/udp.c",
	  "static __attribute__((noinline)) int helper(int x) { return x * 7 + 1; }\n"
	  "int udp_send(int x) { return helper(x); }\n" },
	{ "drivers/net/ipv4/tcp.c", "int drv_open(int x) { return x - 2; }\n" },
};

static int run(const char *format, const char *arg)
{
	char command[512];

	snprintf(command, sizeof(command), format, dir, arg, arg);
	return system(command);
}

static int write_vmlinux(void **state)
{
	char path[256];
	FILE *f;

	(void)state;
	if (!mkdtemp(dir) || run("cd %s && mkdir -p init net/ipv4 drivers/net/ipv4", ""))
		return -1;
	for (size_t i = 0; i < NR(sources); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, sources[i].path);
		f = fopen(path, "w");
		if (!f || fputs(sources[i].text, f) < 0 || fclose(f))
			return -1;
		/* One of them as if it were built elsewhere. */
		if (run(i == 1 ? "d=%s; cd / && gcc -g -O1 -fno-pic -c -o $d/%s.o $d/%s" :
				 "cd %s && gcc -g -O1 -fno-pic -c -o %s.o $PWD/%s",
			sources[i].path))
			return -1;
	}
	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", dir);
	return run("cd %s && gcc -nostdlib -no-pie -Wl,-e,0 -Wl,--defsym=_text=start_kernel-0x100 "
		   "-o vmlinux $(find . -name '*.o')%s", "");
}

static int remove_vmlinux(void **state)
{
	(void)state;
	return run("rm -r %s", "");
}

struct found {
	char text[512];
	uint64_t helpers[2];
	unsigned int nr_helpers;
};

static int collect(const char *name, uint64_t offset, const char *file, void *ctx)
{
	struct found *found = ctx;

	if (!strcmp(name, "helper") && found->nr_helpers < 2)
		found->helpers[found->nr_helpers++] = offset;
	sprintf(found->text + strlen(found->text), "%s:%s ", file, name);
	return 0;
}

static void test_files(void **state)
{
	static const struct {
		const char *glob;
		unsigned int nr_files;
		const char *found;
	} cases[] = {
		{ "init/main.c", 1, "init/main.c:start_kernel " },
		{ "net/ipv4/udp.c", 1, "net/ipv4/udp.c:udp_send net/ipv4/udp.c:helper " },
		{ "drivers/", 1, "drivers/net/ipv4/tcp.c:drv_open " },
		{ "net/*.c", 0, "" },
		{ "*/net/ipv4/tcp.c", 1, "drivers/net/ipv4/tcp.c:drv_open " },
		{ "tcp.c", 0, "" },
		{ "nowhere.c", 0, "" },
		{ "", 0, "" },
	};
	struct diag diag = DIAG_INIT;
	struct debuginfo *info;
	unsigned int nr;

	(void)state;
	assert_int_equal(debuginfo__open(vmlinux, &info, &diag), 0);
	for (size_t i = 0; i < NR(cases); i++) {
		struct found found = { 0 };

		assert_int_equal(debuginfo__for_each_func(info, cases[i].glob, collect, &found,
							  &nr), 0);
		assert_int_equal(nr, cases[i].nr_files);
		assert_string_equal(found.text, cases[i].found);
	}
	debuginfo__close(info);
}

static void test_places(void **state)
{
	struct found found = { 0 };
	struct diag diag = DIAG_INIT;
	struct debuginfo *info;
	unsigned int nr;

	(void)state;
	assert_int_equal(debuginfo__open(vmlinux, &info, &diag), 0);
	assert_int_equal(debuginfo__for_each_func(info, "net/ipv4/*.c", collect, &found, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(found.nr_helpers, 2);
	assert_int_not_equal(found.helpers[0], found.helpers[1]);
	assert_string_equal(debuginfo__file_at(info, 0x100), "init/main.c");
	for (unsigned int i = 0; i < 2; i++)
		assert_memory_equal(debuginfo__file_at(info, found.helpers[i]), "net/ipv4/", 9);
	assert_null(debuginfo__file_at(info, 0xffffffff00000000));
	debuginfo__close(info);
}

static int collect_inliner(const char *name, uint64_t offset, const char *file, void *ctx)
{
	assert_int_equal(offset, 0);
	return collect(name, 1, file, ctx);
}

static void test_inliners(void **state)
{
	struct found found = { 0 }, none = { 0 };
	struct diag diag = DIAG_INIT;
	struct debuginfo *info;

	(void)state;
	assert_int_equal(debuginfo__open(vmlinux, &info, &diag), 0);
	assert_int_equal(debuginfo__for_each_inliner(info, "twist", collect_inliner, &found), 0);
	assert_non_null(strstr(found.text, "net/ipv4/tcp.c:tcp_send "));
	assert_non_null(strstr(found.text, "net/ipv4/tcp.c:tcp_recv "));
	assert_int_equal(debuginfo__for_each_inliner(info, "drv_open", collect_inliner, &none), 0);
	assert_string_equal(none.text, "");
	debuginfo__close(info);
}

static struct matcher *matcher_of(const char *text, struct spec **spec)
{
	struct matcher *matcher = NULL;
	struct diag diag = DIAG_INIT;

	assert_int_equal(spec__parse(text, spec, &diag), 0);
	assert_int_equal(matcher__new(*spec, vmlinux, &matcher, &diag), 0);
	return matcher;
}

static void test_matcher(void **state)
{
	struct matcher *matcher;
	struct found found = { 0 };
	struct diag diag = DIAG_INIT;
	struct debuginfo *info;
	struct spec *spec;
	unsigned int nr;

	(void)state;
	matcher = matcher_of("@net/ipv4/*.c,start_*,!udp_*", &spec);
	assert_true(matcher__matches(matcher, "tcp_send"));
	assert_true(matcher__matches(matcher, "helper"));
	assert_true(matcher__matches(matcher, "start_kernel"));
	assert_false(matcher__matches(matcher, "udp_send"));
	assert_false(matcher__matches(matcher, "drv_open"));
	matcher__free(matcher);
	spec__free(spec);

	matcher = matcher_of("*,!@net/ipv4/tcp.c", &spec);
	assert_false(matcher__matches(matcher, "tcp_send"));
	assert_true(matcher__matches(matcher, "udp_send"));
	matcher__free(matcher);
	spec__free(spec);

	/* Of two functions of one name the one in the file. */
	assert_int_equal(debuginfo__open(vmlinux, &info, &diag), 0);
	debuginfo__for_each_func(info, "net/ipv4/udp.c", collect, &found, &nr);
	debuginfo__for_each_func(info, "net/ipv4/tcp.c", collect, &found, &nr);
	assert_int_equal(found.nr_helpers, 2);
	debuginfo__close(info);
	matcher = matcher_of("@net/ipv4/udp.c", &spec);
	assert_true(matcher__matches_at(matcher, "helper", found.helpers[0]));
	assert_false(matcher__matches_at(matcher, "helper", found.helpers[1]));
	matcher__free(matcher);
	spec__free(spec);
}

static void assert_refused(const char *text, const char *path, int err, const char *msg,
			   const char *place)
{
	struct matcher *matcher = NULL;
	struct diag diag = DIAG_INIT;
	struct spec *spec;

	assert_int_equal(spec__parse(text, &spec, &diag), 0);
	assert_int_equal(matcher__new(spec, path, &matcher, &diag), err);
	assert_null(matcher);
	assert_non_null(strstr(diag.msg, msg));
	if (place) {
		assert_int_equal(diag.span.len, strlen(place));
		assert_memory_equal(text + diag.span.pos, place, diag.span.len);
	}
	diag__exit(&diag);
	spec__free(spec);
}

static void test_errors(void **state)
{
	(void)state;
	assert_refused("x,@net/nix.c", vmlinux, -ENOENT, "no source file of the kernel matches",
		       "@net/nix.c");
	assert_refused("dummy:@net/*.c", vmlinux, -EINVAL, "source files of modules are not known",
		       "@net/*.c");
	assert_refused("@net/*.c", "/nonexistent", -ENOENT, "/nonexistent: No such file", NULL);
	assert_refused("@net/*.c", "/dev/null", -ENODATA, "no vmlinux with DWARF", NULL);
	assert_refused("@net/*.c", "/proc/self/exe", -ENODATA, "no vmlinux with DWARF", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_inliners),
		cmocka_unit_test(test_matcher),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, write_vmlinux, remove_vmlinux);
}
