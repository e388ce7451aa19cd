/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Links to kernel functions, made by the bare system calls: newer kinds than libbpf 1.1 knows.
 * The numbers and layouts are those of include/uapi/linux/bpf.h in 7.2.
 */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <stdint.h>

/* Attach types. */
enum {
	LINK_FENTRY		= 24,
	LINK_FEXIT		= 25,
	LINK_KPROBE_MULTI	= 42,
	LINK_KPROBE_SESSION	= 56,
	LINK_FSESSION		= 58,
	LINK_FENTRY_MULTI	= 59,
	LINK_FEXIT_MULTI	= 60,
	LINK_FSESSION_MULTI	= 61,
};

/*
 * A program that does nothing, for @attach_type, or 0 for a plain kprobe; @btf_id is the function's
 * for LINK_FENTRY and the like, else 0. All here return a file descriptor or a negative errno.
 */
int link__program(int attach_type, uint32_t btf_id);

/* Program @fd on one function: of LINK_FENTRY and the like, loaded for that function ... */
int link__tracing(int fd);
/* ... or a kprobe at @addr, the perf event that it is on. */
int link__kprobe(int fd, uint64_t addr);

/* The functions that one link is for, in three arrays; @cookies may be NULL. */
struct targets {
	uint64_t *addrs, *cookies;
	uint32_t *ids;		/* in the kernel's BTF */
	unsigned int nr;
};

/* Program @fd, of an @attach_type for many functions, on all of them. */
int link__many(int fd, int attach_type, const struct targets *targets);

/* The same; what the kernel refuses is taken out of @targets before, found by halves. */
int link__many_possible(int fd, int attach_type, struct targets *targets);

#endif
