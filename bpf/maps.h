/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs share with user space and with each other. Only btfsnoop.bpf.c includes this. */
#ifndef BTFSNOOP_MAPS_H
#define BTFSNOOP_MAPS_H

const volatile struct bs_plan plan SEC(".rodata.plan");
const volatile struct bs_probe probe SEC(".rodata.probe");
const volatile struct bs_kernel kernel SEC(".rodata.kernel");
struct bs_control control;

/* Sizes of the maps below are set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

/* Each plan has its own, whose values are its buckets. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, BS_SLOT_KEYS + BS_SLOT_WAYS * sizeof(struct bs_slot));
} buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bs_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} tasks SEC(".maps");

/* Not frozen: the verifier is not to go through each automaton. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bs_match);
} matches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cgroup SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bs_chain);
} chains SEC(".maps");

/* The tasks that called the sequence's first function most lately. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bs_sequence);
} sequence SEC(".maps");

/* Objects that are followed, by address; flow 0: not yet. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u64);
} followed SEC(".maps");

/* Each plan has its own, whose values are as long as its figures ask for. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bs_cell);
} cells SEC(".maps");

/* Each plan has its own, with plan.nr_times words. */
__u64 times[2] SEC(".data.times") = { 0 };

/* Which of the plan's events it is. */
static __always_inline __u64 event_cookie(void *ctx)
{
	return plan.by_cookie && !plan.stat ? bpf_get_attach_cookie(ctx) : 0;
}

static __always_inline struct bs_counters *event_counters(void *ctx)
{
	__u32 event = plan.event + event_cookie(ctx);

	return bpf_map_lookup_elem(&counters, &event);
}

static __always_inline void count_lost_ring(void *ctx)
{
	struct bs_counters *c = event_counters(ctx);

	if (c)
		__sync_fetch_and_add(&c->lost_ring, 1);
}

static __always_inline void count_lost_slot(void *ctx)
{
	struct bs_counters *c = event_counters(ctx);

	if (c)
		__sync_fetch_and_add(&c->lost_slot, 1);
}

#endif
