// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../../bpf/plan.h"
#include "../types/type.h"
#include "trampoline.h"

#define WORD		8
#define MAX_PARAM_SIZE	16	/* bytes */

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/*
 * A trampoline is left by rcu_read_unlock(), in kernels with preemptible RCU a function, which calls
 * this one where it was waited for: with a trampoline of its own that goes on until the stack is
 * full.
 */
static bool is_called_by_trampolines(const char *name)
{
	static const char *const names[] = { "rcu_read_unlock_special", NULL };

	return is_one_of(name, names);
}

static int check_result(const struct kfunc *func, bool at_return)
{
	struct type_info info;

	if (!func->ret_id)
		return 0;
	type__info(func->btf, func->ret_id, &info);
	if (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION || !info.size)
		return -EINVAL;
	return at_return && info.size > WORD ? -EOPNOTSUPP : 0;
}

int trampoline__refuses(const struct kfunc *func, bool at_return)
{
	unsigned int nr_words = 0;

	if (is_called_by_trampolines(func->name))
		return -ELOOP;
	if (func->is_variadic || func->nr_params > BS_MAX_ARGS)
		return -EINVAL;
	for (unsigned int i = 0; i < func->nr_params; i++) {
		struct type_info info;

		type__info(func->btf, func->params[i].type, &info);
		if (!info.size || info.size > MAX_PARAM_SIZE)
			return -EINVAL;
		nr_words += (info.size + WORD - 1) / WORD;
	}
	if (nr_words > BS_MAX_ARGS)
		return -EOPNOTSUPP;
	return check_result(func, at_return);
}

/* The kernel's btf_id_deny and noreturn_deny (kernel/bpf/verifier.c), those that are functions. */
bool trampoline__is_suspect(const struct kfunc *func)
{
	static const char *const names[] = {
		"___migrate_enable", "migrate_disable", "migrate_enable", "rcu_read_unlock_strict",
		"preempt_count_add", "preempt_count_sub", "__rcu_read_lock", "__rcu_read_unlock",
		"__ia32_sys_exit", "__ia32_sys_exit_group", "__x64_sys_exit",
		"__x64_sys_exit_group", "__kunit_abort", "kunit_try_catch_throw",
		"__module_put_and_kthread_exit", "do_exit", "do_group_exit",
		"kthread_complete_and_exit", "kthread_exit", "make_task_dead", NULL,
	};

	return is_one_of(func->name, names);
}
