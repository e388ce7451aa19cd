/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BPF_LINK_CREATE for attach types that libbpf 1.1 does not know, by bpf(2) itself. The layouts are
 * union bpf_attr's and struct bpf_link_info's (include/uapi/linux/bpf.h of 7.2).
 */
#ifndef BTFSNOOP_ATTACH_LINK_H
#define BTFSNOOP_ATTACH_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* All return a file descriptor or a negative errno. @type is the program's expected_attach_type. */

/* A program that was loaded for one function: fentry, fexit, fsession. */
int link__tracing(int prog_fd, int type, uint64_t cookie);

/* fentry.multi and its like (7.2): @ids of functions, of the BTF the program was loaded for. */
int link__tracing_multi(int prog_fd, int type, const uint32_t *ids, const uint64_t *cookies,
			uint32_t nr);

/*
 * kprobe.multi (5.18) and kprobe.session (6.10): functions at @addrs, or else named @syms.
 * @at_return: only there (a session is at both).
 */
int link__kprobe_multi(int prog_fd, int type, bool at_return, const uint64_t *addrs,
		       const char *const *syms, const uint64_t *cookies, uint32_t nr);

/*
 * Calls that a link of kprobe.multi (6.7), of a kprobe or a kretprobe (6.7) did not see. 0 where the
 * kernel does not tell.
 */
uint64_t link__missed(int link_fd);

#endif
