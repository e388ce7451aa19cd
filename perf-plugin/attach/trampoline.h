/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of functions that kernels build no trampoline for. It saves trying: one such
 * function has a link of thousands fail.
 */
#ifndef BTFSNOOP_ATTACH_TRAMPOLINE_H
#define BTFSNOOP_ATTACH_TRAMPOLINE_H

#include <stdbool.h>

#include "../types/kbtf.h"

/*
 * 0, or the negative errno that the kernel will refuse @func's trampoline with for what its
 * parameters and result are (kernel/bpf/btf.c, btf_distill_func_proto()); -ELOOP for functions that
 * trampolines themselves call, which the kernel does not notice.
 */
int trampoline__refuses(const struct kfunc *func, bool at_return);

/* Whether the kernel may have the function on a list of its own: better not in a link with others. */
bool trampoline__is_suspect(const struct kfunc *func);

#endif
