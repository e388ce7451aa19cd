/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is recorded, as far as it is the same for all of a recording: which tasks, below which
 * functions. Only btfsnoop.bpf.c includes this.
 */
#ifndef BTFSNOOP_TARGET_H
#define BTFSNOOP_TARGET_H

#define TARGET_BY_ID	(BS_TARGET_TASKS | BS_TARGET_NOT_TGID)

/* Whether what runs now is to be recorded. *@pid_tgid is set where it was needed. */
static __always_inline int is_target(__u64 *pid_tgid)
{
	__u32 flags = plan.target.flags;

	if (flags & TARGET_BY_ID)
		*pid_tgid = bpf_get_current_pid_tgid();
	if (flags & BS_TARGET_TASKS && *pid_tgid >> 32 != control.command) {
		__u32 tid = *pid_tgid;
		__u32 *state = bpf_map_lookup_elem(&tasks, &tid);

		if (!state || (*state != BS_TASK_ON && *state != BS_TASK_ALONE))
			return 0;
	}
	if (flags & BS_TARGET_UID && (__u32)bpf_get_current_uid_gid() != plan.target.uid)
		return 0;
	if (flags & BS_TARGET_NOT_TGID && (*pid_tgid >> 32 == plan.target.not_tgid[0] ||
					   *pid_tgid >> 32 == plan.target.not_tgid[1]))
		return 0;
	if (flags & BS_TARGET_CPUS) {
		__u32 cpu = bpf_get_smp_processor_id();

		if (cpu >= BS_MAX_CPUS || !(plan.target.cpus[cpu / 64] >> (cpu % 64) & 1))
			return 0;
	}
	if (flags & BS_TARGET_CGROUP && bpf_current_task_under_cgroup(&cgroup, 0) != 1)
		return 0;
	return 1;
}

/* For what passed is_target(): what does not needs no call for it. */
static __always_inline __u64 current_pid_tgid(__u64 pid_tgid)
{
	return plan.target.flags & TARGET_BY_ID ? pid_tgid : bpf_get_current_pid_tgid();
}

/* ---- on a function's call chain ------------------------------------------------------------- */

#define CHAIN_TRIES	8

/* A chain that is nobody else's: what interrupts this program, or preempts it, takes another one. */
static __always_inline struct bs_chain *chain_take(void)
{
	__u32 first = bpf_get_smp_processor_id() * CHAIN_TRIES;

	for (__u32 i = 0; i < CHAIN_TRIES; i++) {
		__u32 index = (first + i) & kernel.chain_mask;
		struct bs_chain *chain = bpf_map_lookup_elem(&chains, &index);

		if (!chain)
			return 0;
		if (!__sync_val_compare_and_swap(&chain->busy, 0, 1))
			return chain;
	}
	return 0;
}

/* 1 if start <= ip < end, of the kernel's addresses, whose differences have 63 bits; no branch. */
static __always_inline __u64 in_range(__u64 ip, __u64 start, __u64 end)
{
	return (~(ip - start) & (ip - end)) >> 63;
}

/* Those of target.stack_has that @ip is in, one bit each. */
static __always_inline __u64 stack_has(__u64 ip)
{
	__u64 found = 0;

#pragma unroll
	for (__u32 f = 0; f < BS_MAX_STACK_HAS; f++)
		if (f < plan.target.nr_stack_has)
			found |= in_range(ip, plan.target.stack_has[f].start,
					  plan.target.stack_has[f].end) << f;
	return found;
}

/*
 * Whether all functions of target.stack_has are on the kernel's call chain. Not every chain starts
 * with the function itself: 7.2 jumps to trampolines, which leaves no address in it.
 */
static __noinline int is_on_chain(void *ctx)
{
	struct bs_chain *chain = chain_take();
	__u64 found;
	long size;

	if (!chain) {
		count_lost_slot(ctx);
		return 0;
	}
	found = stack_has(func_ip(ctx));
	size = bpf_get_stack(ctx, chain->ips, 8 * BS_MAX_CHAIN, 0);
	for (__u32 i = 0; i < BS_MAX_CHAIN; i++) {
		if ((long)(8 * i) >= size)
			break;
		found |= stack_has(chain->ips[i]);
	}
	__sync_lock_test_and_set(&chain->busy, 0);
	return found == (1U << plan.target.nr_stack_has) - 1;
}

/* BS_OP_TARGET: whether an object that comes along here may be followed from here on. */
static __noinline int is_target_now(void *ctx)
{
	__u64 pid_tgid = 0;

	if (!is_target(&pid_tgid))
		return 0;
	return !(plan.target.flags & BS_TARGET_STACK) || is_on_chain(ctx);
}

/* ---- in a sequence of functions ------------------------------------------------------------- */

#define STACK_SIZE	0x4000	/* of the kernel's stacks, which are aligned to it */

/* The idle tasks of all CPUs have the same id. */
static __always_inline __u32 sequence_key(__u32 tid)
{
	return tid ? tid : 1U << 31 | bpf_get_smp_processor_id();
}

/*
 * The functions that the task is in, when this call's frame is at @frame: what stands below it on
 * the same stack has returned without being seen.
 */
static __always_inline __u32 sequence_nr(const struct bs_sequence *s, __u32 frame)
{
	__u32 nr = s->nr;

#pragma unroll
	for (__u32 i = BS_MAX_SEQUENCE; i; i--)
		if (i <= plan.sequence_len && i <= nr && s->frames[i - 1] < frame &&
		    s->frames[i - 1] / STACK_SIZE == frame / STACK_SIZE)
			nr = i - 1;
	return nr;
}

/* At the entry of function @step: makes the step, unless it has been made. Returns if it is made. */
static __always_inline int sequence_step(struct bs_sequence *s, __u32 step, __u32 frame)
{
	__u32 nr = sequence_nr(s, frame);

	if (nr >= step)
		return s->frames[step - 1] == frame;
	if (nr + 1 != step)
		return 0;
	s->frames[step - 1] = frame;
	if (step == plan.sequence_len)
		s->done = ~0U;
	else
		s->done &= ~(1U << step);
	s->nr = step;
	return 1;
}

/* At a function's entry: whether its event is wanted here. */
static __noinline int sequence_entered(__u64 tid, __u64 frame)
{
	__u32 key = sequence_key(tid);
	struct bs_sequence *s = bpf_map_lookup_elem(&sequence, &key);

	if (!s && plan.sequence_step == 1) {
		struct bs_sequence new = {};

		bpf_map_update_elem(&sequence, &key, &new, BPF_NOEXIST);
		s = bpf_map_lookup_elem(&sequence, &key);
	}
	if (!s)
		return 0;
	if (plan.sequence_step)
		return sequence_step(s, plan.sequence_step, frame);
	return sequence_nr(s, frame) == plan.sequence_len;
}

/* At its return: whether all of the sequence has been stepped into meanwhile. */
static __always_inline int sequence_was_done(__u32 tid)
{
	__u32 key = sequence_key(tid);
	struct bs_sequence *s = bpf_map_lookup_elem(&sequence, &key);

	return s && s->done >> plan.sequence_step & 1;
}

static __always_inline void sequence_left(__u32 tid, __u32 frame)
{
	__u32 key = sequence_key(tid), step = plan.sequence_step;
	struct bs_sequence *s = bpf_map_lookup_elem(&sequence, &key);

	if (s && s->nr >= step && s->frames[step - 1] == frame)
		s->nr = step - 1;
}

#endif
