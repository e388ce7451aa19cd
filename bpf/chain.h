/* SPDX-License-Identifier: GPL-2.0-only */
/* The call chain of a sample. Only btfsnoop.bpf.c includes this. */
#ifndef BTFSNOOP_CHAIN_H
#define BTFSNOOP_CHAIN_H

#define CHAIN_HEAD	2	/* entries in front of the first frame: the mark, the function */
#define CHAIN_OWN	8	/* frames: this program's, the trampoline's, the function's; */
#define TRACING_OWN	5	/* as many as there are, with another trampoline */
#define KPROBE_OWN	2	/* the function, from its registers and as a frame */
#define CHAIN_INDEX	0xff	/* CHAIN_HEAD + BS_MAX_CHAIN are less */
#define IN_FUNCTION	32	/* bytes from a function's start in which it calls a trampoline */

/* Where the call returns to; 0: not known. */
static __always_inline __u64 call_ret_ip(void *ctx, int at_return)
{
	if (at_return && probe.kind == BS_PROBE_KPROBE)
		return READ_REG(ctx, rip);
	return read_ret_ip(ctx);
}

/*
 * How many of the first frames are those of this program, of what called it, and of the function
 * itself, which called the trampoline at its start. Where it did not, as 7.2 jumps to the
 * trampoline, or behind a kretprobe, they end at the call's return address.
 */
static __always_inline __u32 nr_own_frames(void *ctx, const __u64 *ips, __u32 nr, __u64 ip,
					   int at_return)
{
	__u32 own = 0;
	__u64 ret_ip;

	for (__u32 i = 0; i < CHAIN_OWN && i < nr; i++) {
		if (ips[i] - ip < IN_FUNCTION)
			own = i + 1;
		else if (own)
			return own;
	}
	if (own)
		return own;
	ret_ip = call_ret_ip(ctx, at_return);
	for (__u32 i = 0; i < CHAIN_OWN && i < nr; i++)
		if (ret_ip && ips[i] == ret_ip)
			return i;
	return 0;
}

/* Bytes of the kernel's frames that are asked for: no more are looked for than there are to be. */
static __always_inline __u32 kernel_size(void)
{
	__u32 nr = plan.max_frames;

	if (probe.kind == BS_PROBE_TRACING)
		nr += TRACING_OWN;
	else if (probe.kind == BS_PROBE_KPROBE)
		nr += KPROBE_OWN;	/* those of a tracepoint are in max_frames */
	return 8 * (nr > BS_MAX_CHAIN ? BS_MAX_CHAIN : nr);
}

/*
 * Writes the chain behind the sample: how many words, PERF_CONTEXT_KERNEL and frames, the function
 * first, PERF_CONTEXT_USER and frames. Of a tracepoint the first frames are those of this program
 * and of what called it, for user space to leave out. @size bytes are of the kernel's frames.
 */
static __noinline int write_chain(void *ctx, struct bs_sample *s, struct bs_chain *chain, long size,
				  int at_return)
{
	__u64 *out = (void *)s + plan.record_size;
	__u32 first = CHAIN_HEAD, end = CHAIN_HEAD, len;

	if (plan.chain & BS_CHAIN_KERNEL) {
		if (size > 0)
			end += (__u32)size / 8 & BS_MAX_CHAIN;
		if (probe.kind != BS_PROBE_RAW_TP) {
			first += nr_own_frames(ctx, chain->ips + CHAIN_HEAD, end - CHAIN_HEAD, s->ip,
					       at_return);
			first--;
			chain->ips[first & CHAIN_INDEX] = s->ip;
			if (end <= first)
				end = first + 1;
		}
		if (end - first > plan.max_frames)
			end = first + plan.max_frames;
		first--;
		chain->ips[first & CHAIN_INDEX] = PERF_CONTEXT_KERNEL;
	}
	if (plan.chain & BS_CHAIN_USER) {
		__u32 at = end & CHAIN_INDEX, room = plan.max_frames;

		if (plan.chain & BS_CHAIN_KERNEL)
			room = plan.max_frames + 1 - (end - first);
		if (room > BS_MAX_CHAIN)
			room = BS_MAX_CHAIN;
		size = 0;
		if (room)
			size = bpf_get_stack(ctx, &chain->ips[at + 1], 8 * room, BPF_F_USER_STACK);
		if (size > 0) {
			chain->ips[at] = PERF_CONTEXT_USER;
			end += 1 + ((__u32)size / 8 & BS_MAX_CHAIN);
		}
	}
	len = 8 * (end - first);
	if (len <= plan.reserve_size - plan.record_size - 8 &&
	    !bpf_probe_read_kernel(out + 1, len, &chain->ips[first & CHAIN_INDEX]))
		out[0] = end - first;
	__sync_lock_test_and_set(&chain->busy, 0);
	return 0;
}

static __noinline struct bs_chain *chain_room(void)
{
	return chain_take();
}

/*
 * The kernel's frames are taken in the program's own function: one more of a program's functions on
 * the stack takes the unwinder as long as several of the kernel's.
 */
static __always_inline void record_chain(void *ctx, struct bs_sample *s, int at_return)
{
	struct bs_chain *chain = chain_room();
	long size = 0;

	*(__u64 *)((void *)s + plan.record_size) = 0;
	if (!chain)
		return;
	if (plan.chain & BS_CHAIN_KERNEL)
		size = bpf_get_stack(ctx, chain->ips + CHAIN_HEAD, kernel_size(), 0);
	write_chain(ctx, s, chain, size, at_return);
}

#endif
