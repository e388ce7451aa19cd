/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that are followed from where they first passed a filter to where they are freed, by
 * address. Only btfsnoop.bpf.c includes this.
 *
 * Elements are allocated beforehand, so that what follows objects neither allocates nor frees: it
 * runs where memory is allocated and freed.
 */
#ifndef BTFSNOOP_TRACK_H
#define BTFSNOOP_TRACK_H

static __noinline __u64 flow_of(__u64 object)
{
	__u64 *flow = bpf_map_lookup_elem(&followed, &object);

	return flow ? *flow : 0;
}

static __always_inline __u64 new_flow(void)
{
	return __sync_fetch_and_add(&control.nr_flows, 1) + 1;
}

/* @flow 0: it is not followed yet. Returns the flow it has then. */
static __always_inline __u64 follow(__u64 object, __u64 flow, __u64 map_flags)
{
	__u64 *there;

	if (!bpf_map_update_elem(&followed, &object, &flow, map_flags))
		return flow;
	there = bpf_map_lookup_elem(&followed, &object);
	if (there)	/* another CPU was first */
		return *there;
	__sync_fetch_and_add(&control.untracked, 1);
	return 0;
}

static __always_inline __u64 follow_new(__u64 object)
{
	__u64 *flow = bpf_map_lookup_elem(&followed, &object);
	__u64 none = 0;

	if (!flow)
		return follow(object, new_flow(), BPF_NOEXIST);
	if (!*flow)
		none = __sync_val_compare_and_swap(flow, 0, new_flow());
	return none ? none : *flow;
}

/* At the return: only what the entry noted is still there. */
static __always_inline __u64 follow_now(__u64 object)
{
	__u64 *flow = bpf_map_lookup_elem(&followed, &object);

	return flow ? follow_new(object) : new_flow();
}

/* As a copy of what has the flow: what was known of the address before is about another object. */
static __always_inline __u64 follow_as(__u64 object, __u64 flow)
{
	if (flow)
		return follow(object, flow, BPF_ANY);
	bpf_map_delete_elem(&followed, &object);
	return 0;
}

/* BS_OP_TRACK, and BS_OP_UNTRACK of one object. */
static __noinline __u64 track(__u64 object, __u64 flow, const volatile struct bs_op *op)
{
	if (!object)
		return 0;
	if (op->code == BS_OP_UNTRACK)
		return follow_as(object, 0);
	switch (op->size) {
	case BS_TRACK_NEW:
		return follow_new(object);
	case BS_TRACK_NOW:
		return follow_now(object);
	case BS_TRACK_LATER:
		follow(object, 0, BPF_NOEXIST);
		return 0;
	default:
		return follow_as(object, flow);
	}
}

/* The @nr objects whose addresses stand at @addrs. */
static __noinline __u64 untrack_many(__u64 addrs, __u64 nr)
{
	for (__u32 i = 0; i < BS_MAX_FREED; i++) {
		__u64 object;

		if (i >= nr || bpf_probe_read_kernel(&object, sizeof(object),
						     (void *)addrs + 8 * i))
			break;
		bpf_map_delete_elem(&followed, &object);
	}
	return 0;
}

#endif
