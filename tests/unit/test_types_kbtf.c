// SPDX-License-Identifier: GPL-2.0-only
/* types/kbtf.h: functions and tracepoints of a made-up kernel with modules, and of this one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <dirent.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/types/kbtf.h"
#include "../../perf-plugin/types/names.h"
#include "../../perf-plugin/types/type.h"
#include "btf_fixture.h"

static char dir[] = "/tmp/btfsnoop-kbtf-XXXXXX";
static struct kbtf *kbtf;
static struct diag diag;

/* vmlinux, three modules and one that is broken. */
static int write_kernel(void **state)
{
	struct fixture fix;
	struct btf *btf;
	const char *const names[] = { "alpha", "beta", "long_name" };
	unsigned int i;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	fixture_build(&fix);
	fixture_write_btf(dir, "vmlinux", fix.btf);
	for (i = 0; i < 3; i++) {
		btf = fixture_module(&fix, names[i]);
		fixture_write_btf(dir, names[i], btf);
		btf__free(btf);
	}
	fixture_write(dir, "broken", "no BTF at all, but long enough", 30);
	btf__free(fix.btf);
	return 0;
}

static int remove_kernel(void **state)
{
	static const char *const names[] = { "vmlinux", "alpha", "beta", "long_name", "broken" };
	char path[256];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static int setup(void **state)
{
	(void)state;
	diag = (struct diag)DIAG_INIT;
	return kbtf__new(dir, &kbtf);
}

static int setup_running(void **state)
{
	(void)state;
	diag = (struct diag)DIAG_INIT;
	return kbtf__new(NULL, &kbtf);
}

static int teardown(void **state)
{
	(void)state;
	kbtf__free(kbtf);
	diag__exit(&diag);
	return 0;
}

static void assert_signature(const struct kfunc *func, const char *expected)
{
	struct buf buf = BUF_INIT;

	kfunc__signature(func, &buf);
	assert_string_equal(buf__str(&buf), expected);
	buf__exit(&buf);
}

static void functions(void **state)
{
	struct kfunc func;

	(void)state;
	assert_int_equal(kbtf__find_func(kbtf, NULL, "demo_open", &func, &diag), 0);
	assert_null(func.module);
	assert_int_equal(func.nr_params, 3);
	assert_string_equal(kfunc__param_name(&func, 1), "name");
	assert_string_equal(kfunc__param_name(&func, 3), "");
	assert_int_equal(kfunc__find_param(&func, "flags"), 2);
	assert_int_equal(kfunc__find_param(&func, "flag"), -ENOENT);
	assert_signature(&func,
			 "int demo_open(struct demo *demo, const char *name, unsigned long flags)");

	assert_int_equal(kbtf__find_func(kbtf, "vmlinux", "demo_close", &func, &diag), 0);
	assert_int_equal(func.nr_params, 0);
	assert_int_equal(func.ret_id, 0);
	assert_signature(&func, "void demo_close(void)");

	assert_int_equal(kbtf__find_func(kbtf, NULL, "printk", &func, &diag), 0);
	assert_true(func.is_variadic);
	assert_int_equal(func.nr_params, 1);
	assert_signature(&func, "int printk(const char *fmt, ...)");

	assert_int_equal(kbtf__find_func(kbtf, NULL, "demo", &func, &diag), -ENOENT);
	assert_int_equal(kbtf__find_func(kbtf, NULL, "", &func, &diag), -ENOENT);
	assert_int_equal(kbtf__find_func(kbtf, NULL, "demo_event", &func, &diag), -ENOENT);
	assert_false(diag__is_set(&diag));
}

static void module_functions(void **state)
{
	struct kfunc func, other;

	(void)state;
	assert_int_equal(kbtf__find_func(kbtf, NULL, "beta_func", &func, &diag), 0);
	assert_string_equal(func.module, "beta");
	assert_signature(&func, "int beta_func(struct beta *own, struct demo *demo)");
	assert_int_equal(kbtf__find_func(kbtf, NULL, "alpha_func", &other, &diag), 0);
	assert_signature(&other, "int alpha_func(struct alpha *own, struct demo *demo)");
	/* The same numbers, and not the same types. */
	assert_int_equal(func.params[0].type, other.params[0].type);
	assert_ptr_not_equal(func.btf, other.btf);

	assert_int_equal(kbtf__find_func(kbtf, "beta", "mod_func", &func, &diag), 0);
	assert_string_equal(func.module, "beta");
	assert_int_equal(kbtf__find_func(kbtf, "*", "mod_func", &func, &diag), 0);
	assert_string_equal(func.module, "alpha");
	assert_int_equal(kbtf__find_func(kbtf, "long-name", "long_name_func", &func, &diag), 0);
	assert_string_equal(func.module, "long_name");
	assert_int_equal(kbtf__find_func(kbtf, "vmlinux", "mod_func", &func, &diag), -ENOENT);
	assert_int_equal(kbtf__find_func(kbtf, "beta", "alpha_func", &func, &diag), -ENOENT);
	assert_int_equal(kbtf__find_func(kbtf, "gamma", "alpha_func", &func, &diag), -ENODEV);
	assert_false(diag__is_set(&diag));

	assert_int_equal(kbtf__find_func(kbtf, "broken", "alpha_func", &func, &diag), -EINVAL);
	assert_non_null(strstr(diag.msg, "broken"));
}

/* The index gives what looking through all types does, in vmlinux and in a module. */
static void type_names(void **state)
{
	static const uint32_t kinds[] = {
		BTF_KIND_UNKN, BTF_KIND_INT, BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_ENUM,
		BTF_KIND_TYPEDEF, BTF_KIND_FWD,
	};
	static const char *const funcs[] = { "demo_open", "beta_func" };
	struct kfunc func;
	unsigned int i;
	uint32_t id, j;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(kbtf__find_func(kbtf, NULL, funcs[i], &func, &diag), 0);
		assert_non_null(func.type_names);
		for (id = 1; id < btf__type_cnt(func.btf); id++) {
			const char *name = btf__name_by_offset(func.btf,
							       btf__type_by_id(func.btf, id)->name_off);

			for (j = 0; j < sizeof(kinds) / sizeof(*kinds) && *name; j++)
				assert_int_equal(type_names__find(func.type_names, name, kinds[j]),
						 type__find(func.btf, name, kinds[j]));
		}
		assert_int_equal(type_names__find(func.type_names, "no_such", BTF_KIND_STRUCT), 0);
		assert_int_equal(type_names__find(func.type_names, "", BTF_KIND_STRUCT), 0);
	}
}

static void tracepoints(void **state)
{
	struct kfunc func;

	(void)state;
	assert_int_equal(kbtf__find_tracepoint(kbtf, NULL, "demo_event", &func, &diag), 0);
	assert_string_equal(func.name, "demo_event");
	assert_signature(&func, "demo_event(struct demo *demo, int delta)");
	assert_int_equal(func.ret_id, 0);
	/* Another prototype's names with the types of this one. */
	assert_int_equal(kbtf__find_tracepoint(kbtf, NULL, "demo_other", &func, &diag), 0);
	assert_signature(&func, "demo_other(struct demo *demo, int delta)");
	assert_int_equal(kbtf__find_tracepoint(kbtf, NULL, "demo_bare", &func, &diag), 0);
	assert_signature(&func, "demo_bare(struct demo *)");
	assert_int_equal(kbtf__find_tracepoint(kbtf, NULL, "demo_open", &func, &diag), -ENOENT);
	assert_false(diag__is_set(&diag));
	assert_int_equal(kbtf__find_tracepoint(kbtf, NULL, "broken", &func, &diag), -EINVAL);
	assert_true(diag__is_set(&diag));
}

/* Appends "module:name " for each; stops at "stop". */
static int collect(const struct kfunc *func, void *ctx)
{
	struct buf *buf = ctx;

	buf__addf(buf, "%s:%s ", func->module ? func->module : "", func->name);
	return !strcmp(func->name, "printk") ? 42 : 0;
}

static void assert_matches(const char *module, const char *pattern, int ret, const char *expected)
{
	struct buf buf = BUF_INIT;

	assert_int_equal(kbtf__for_each_func(kbtf, module, pattern, collect, &buf, &diag), ret);
	assert_string_equal(buf__str(&buf), expected);
	assert_false(diag__is_set(&diag));
	buf__exit(&buf);
}

static void patterns(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	assert_matches(NULL, "demo_[co]*", 0, ":demo_close :demo_open ");
	assert_matches(NULL, "demo_twin", 0, ":demo_twin :demo_twin ");
	assert_matches(NULL, "*k", 42, ":printk ");
	assert_matches(NULL, "mod_*", 0, "");
	assert_matches("*", "mod_*", 0, "alpha:mod_func beta:mod_func long_name:mod_func ");
	assert_matches("[ab]*a", "*_func", 0,
		       "alpha:alpha_func beta:beta_func alpha:mod_func beta:mod_func ");
	assert_matches("long-name", "mod*", 0, "long_name:mod_func ");
	assert_matches("gam*", "*", -ENODEV, "");
	assert_int_equal(kbtf__for_each_tracepoint(kbtf, NULL, "*", collect, &buf, &diag), 0);
	assert_string_equal(buf__str(&buf), ":demo_bare :demo_event :demo_other ");
	buf__exit(&buf);
}

static void suggestions(void **state)
{
	const char *names[3];
	struct kfunc func;

	(void)state;
	assert_int_equal(kbtf__find_func(kbtf, NULL, "dmeo_close", &func, &diag), -ENOENT);
	assert_int_equal(kbtf__suggest(kbtf, false, "dmeo_close", names, 3), 1);
	assert_string_equal(names[0], "demo_close");
	assert_int_equal(kbtf__suggest(kbtf, false, "bta_func", names, 3), 1);
	assert_string_equal(names[0], "beta_func");
	assert_true(kbtf__suggest(kbtf, true, "demo_evnt", names, 3) >= 1);
	assert_string_equal(names[0], "demo_event");
	assert_int_equal(kbtf__suggest(kbtf, true, "demo_close", names, 0), 0);
	assert_int_equal(kbtf__suggest_module(kbtf, "bata", names, 3), 1);
	assert_string_equal(names[0], "beta");
}

static void no_btf(void **state)
{
	struct kbtf *none;
	const struct btf *btf;
	struct kfunc func;
	const char *names[1];

	(void)state;
	assert_int_equal(kbtf__new("/nonexistent", &none), 0);
	assert_int_equal(kbtf__find_func(none, NULL, "f", &func, &diag), -ENOENT);
	assert_non_null(strstr(diag.msg, "/nonexistent/vmlinux"));
	assert_non_null(strstr(diag.hint, "CONFIG_DEBUG_INFO_BTF"));
	assert_int_equal(kbtf__vmlinux(none, &btf, &diag), -ENOENT);
	assert_null(btf);
	assert_int_equal(kbtf__suggest(none, false, "f", names, 1), 0);
	kbtf__free(none);
}

static void need_running_btf(void)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		print_message("skipped: this kernel has no /sys/kernel/btf/vmlinux\n");
		skip();
	}
}

static int check_func(const struct kfunc *func, void *ctx)
{
	unsigned int *nr = ctx;
	struct buf buf = BUF_INIT;
	unsigned int i;
	struct type_info info;

	(*nr)++;
	kfunc__signature(func, &buf);
	assert_null(strstr(buf__str(&buf), "(invalid)"));
	for (i = 0; i < func->nr_params; i++) {
		type__info(func->btf, func->params[i].type, &info);
		assert_int_not_equal(info.cls, TYPE_INVALID);
	}
	buf__exit(&buf);
	return 0;
}

static int check_tracepoint(const struct kfunc *func, void *ctx)
{
	unsigned int i;

	for (i = 0; i < func->nr_params; i++)
		assert_string_not_equal(kfunc__param_name(func, i), "");
	return check_func(func, ctx);
}

static void running_kernel(void **state)
{
	unsigned int nr = 0;
	struct kfunc func;

	(void)state;
	need_running_btf();
	assert_int_equal(kbtf__find_func(kbtf, NULL, "ip_send_skb", &func, &diag), 0);
	assert_signature(&func, "int ip_send_skb(struct net *net, struct sk_buff *skb)");
	assert_int_equal(kbtf__find_tracepoint(kbtf, NULL, "sched_switch", &func, &diag), 0);
	assert_true(kfunc__find_param(&func, "prev") >= 0);
	assert_true(kfunc__find_param(&func, "next") >= 0);
	assert_int_equal(kbtf__for_each_func(kbtf, "*", "*", check_func, &nr, &diag), 0);
	assert_true(nr > 1000);
	nr = 0;
	assert_int_equal(kbtf__for_each_tracepoint(kbtf, "*", "*", check_tracepoint, &nr, &diag),
			 0);
	assert_true(nr > 100);
}

static void open_fd(void **state)
{
	struct kfunc func, again;
	int fd;

	(void)state;
	need_running_btf();
	assert_int_equal(kbtf__find_func(kbtf, NULL, "ip_send_skb", &func, &diag), 0);
	assert_int_equal(func.btf_obj_id, 0);
	fd = kbtf__open_fd(kbtf, &func);
	if (fd == -EPERM) {
		print_message("skipped: BTF objects of the kernel can't be opened without root\n");
		skip();
	}
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(kbtf__find_func(kbtf, NULL, "ip_send_skb", &again, &diag), 0);
	assert_int_not_equal(again.btf_obj_id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(functions, setup, teardown),
		cmocka_unit_test_setup_teardown(module_functions, setup, teardown),
		cmocka_unit_test_setup_teardown(type_names, setup, teardown),
		cmocka_unit_test_setup_teardown(tracepoints, setup, teardown),
		cmocka_unit_test_setup_teardown(patterns, setup, teardown),
		cmocka_unit_test_setup_teardown(suggestions, setup, teardown),
		cmocka_unit_test_setup_teardown(no_btf, setup, teardown),
		cmocka_unit_test_setup_teardown(running_kernel, setup_running, teardown),
		cmocka_unit_test_setup_teardown(open_fd, setup_running, teardown),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("types_kbtf", tests, write_kernel, remove_kernel);
}
