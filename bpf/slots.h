/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a call's entry leaves what its return needs. Only btfsnoop.bpf.c includes this. */
#ifndef BTFSNOOP_SLOTS_H
#define BTFSNOOP_SLOTS_H

/* Not a helper: see BS_KFUNC_SESSION_COOKIE. */
static __u64 *(*session_cookie)(void *ctx) = (void *)BS_KFUNC_SESSION_COOKIE;

/* Whether the entry leaves more than a session's cookie has room for. */
static __always_inline int needs_slot(void)
{
	if (plan.stat)
		return plan.kept_size != 0;
	return !probe.session || plan.entry_size || plan.kept_size;
}

/* Which call this is: the same number at its entry and at its return, and no other live call's. */
static __always_inline __u64 call_key(void *ctx, int at_return, __u32 tid)
{
	if (probe.kind != BS_PROBE_KPROBE)
		return (__u64)call_frame(ctx, at_return) << 32 | tid;
	return BS_KPROBE_KEY(call_frame(ctx, at_return), tid, func_ip(ctx));
}

/* The keys of the slots that a key's call can be in; the slots are behind them. */
static __always_inline __u64 *bucket_of(__u64 key)
{
	__u32 index = key * BS_HASH >> 32 & (plan.nr_buckets - 1);

	return bpf_map_lookup_elem(&buckets, &index);
}

struct call_slot {
	__u64 *key;
	struct bs_slot *slot;	/* NULL: there is none */
};

/*
 * A bucket's slot by its number. The verifier is not to know the number, or it would go through all
 * that follows for each slot; @unknown is any number that it does not know.
 */
static __always_inline struct call_slot slot_at(__u64 *keys, __u64 way, __u64 unknown)
{
	__u32 size = sizeof(struct bs_slot) + plan.entry_size + plan.kept_size;

	way ^= unknown;
	asm volatile("" : "+r"(way));
	way ^= unknown;
	asm volatile("" : "+r"(way));
	way &= BS_SLOT_WAYS - 1;
	return (struct call_slot){
		.key = keys + way,
		.slot = (void *)keys + BS_SLOT_KEYS + way * size,
	};
}

/* Makes the slot this call's alone, if it still has key @old; else there is none. */
static __always_inline struct call_slot slot_take(struct call_slot at, __u64 old)
{
	if (__sync_val_compare_and_swap(at.key, old, BS_SLOT_BUSY) != old)
		at.slot = 0;
	return at;
}

/* The slot of the call that was entered first. */
static __noinline __u64 oldest_way(__u64 *keys)
{
	__u32 size = sizeof(struct bs_slot) + plan.entry_size + plan.kept_size;
	__u64 oldest = ~0ULL, way = 0;

#pragma unroll
	for (int i = 0; i < BS_SLOT_WAYS; i++) {
		struct bs_slot *slot = (void *)keys + BS_SLOT_KEYS + i * size;

		if (keys[i] != BS_SLOT_BUSY && slot->time < oldest) {
			oldest = slot->time;
			way = i;
		}
	}
	return way;
}

/*
 * A slot for this call; *@owner is whose it was, if anyone's. Where there is one with its key
 * already, that call's return was not seen (a kretprobe had too many calls to follow). Where all are
 * taken, the oldest call loses its slot: it is long-lived, or was never seen to return.
 */
static __always_inline struct call_slot slot_claim(__u64 key, __u64 *owner)
{
	__u64 *keys = bucket_of(key), way = BS_SLOT_WAYS;
	struct call_slot at = {};

	if (!keys)
		return at;
#pragma unroll
	for (int i = 0; i < BS_SLOT_WAYS; i++) {
		if (!keys[i] || keys[i] == key) {
			way = i;
			break;
		}
	}
	if (way == BS_SLOT_WAYS)
		way = oldest_way(keys);
	at = slot_at(keys, way, key);
	*owner = *at.key;
	if (*owner == BS_SLOT_BUSY)
		at.slot = 0;
	else
		at = slot_take(at, *owner);
	return at;
}

/* The slot that the entry filled, now this call's alone; the caller lets it go with slot_release(). */
static __always_inline struct call_slot slot_find(__u64 key)
{
	__u64 *keys = bucket_of(key), way = BS_SLOT_WAYS;

	if (!keys)
		return (struct call_slot){};
#pragma unroll
	for (int i = 0; i < BS_SLOT_WAYS; i++) {
		if (keys[i] == key) {
			way = i;
			break;
		}
	}
	if (way == BS_SLOT_WAYS)
		return (struct call_slot){};
	return slot_take(slot_at(keys, way, key), key);
}

/* An atomic exchange, so that no one sees the key before what belongs to it. */
static __always_inline void slot_release(struct call_slot at, __u64 key)
{
	__sync_lock_test_and_set(at.key, key);
}

#endif
