// SPDX-License-Identifier: GPL-2.0-only
#include "insn.h"

const struct helper *find_helper(int id)
{
	static const struct helper helpers[] = {
		{ BPF_FUNC_map_lookup_elem, 2, 0, 0 },
		{ BPF_FUNC_map_update_elem, 4, 0, 0 },
		{ BPF_FUNC_ktime_get_ns, 0, 0, 0 },
		{ BPF_FUNC_ktime_get_boot_ns, 0, 0, 0 },
		{ BPF_FUNC_ktime_get_tai_ns, 0, 0, 0 },
		{ BPF_FUNC_get_smp_processor_id, 0, 0, 0 },
		{ BPF_FUNC_get_current_pid_tgid, 0, 0, 0 },
		{ BPF_FUNC_get_current_uid_gid, 0, 0, 0 },
		{ BPF_FUNC_get_current_comm, 2, 1, 2 },
		{ BPF_FUNC_get_current_task, 0, 0, 0 },
		{ BPF_FUNC_get_current_cgroup_id, 0, 0, 0 },
		{ BPF_FUNC_current_task_under_cgroup, 2, 0, 0 },
		{ BPF_FUNC_probe_read_kernel, 3, 1, 2 },
		{ BPF_FUNC_probe_read_kernel_str, 3, 1, 2 },
		{ BPF_FUNC_ringbuf_reserve, 3, 0, 0 },
		{ BPF_FUNC_ringbuf_submit, 2, 0, 0 },
		{ BPF_FUNC_ringbuf_query, 2, 0, 0 },
		{ BPF_FUNC_get_func_ip, 1, 0, 0 },
		{ BPF_FUNC_get_attach_cookie, 1, 0, 0 },
		{ BPF_FUNC_get_func_arg, 3, 3, 0 },
		{ BPF_FUNC_get_func_arg_cnt, 1, 0, 0 },
		{ BPF_FUNC_get_func_ret, 2, 2, 0 },
		{ BPF_FUNC_get_stack, 4, 2, 3 },
		{ BS_KFUNC_SESSION_COOKIE, 1, 0, 0 },
		{ BS_KFUNC_RDONLY_CAST, 2, 0, 0 },
		{ BS_LOAD_WORD, 2, 0, 0 },
		{ BS_LOAD_REG, 2, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		if (helpers[i].id == id)
			return &helpers[i];
	return NULL;
}
