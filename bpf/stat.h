/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where perf btfsnoop stat counts, and what it does there. Only btfsnoop.bpf.c includes this.
 *
 * A program does not interrupt itself on the same CPU (the kernel counts that as missed), and a
 * cell is one program's on one CPU: nothing here has to be atomic.
 */
#ifndef BTFSNOOP_STAT_H
#define BTFSNOOP_STAT_H

/* ---- figures and histograms ----------------------------------------------------------------- */

#define BITS4(n)	n, n, n, n
#define BITS16(n)	BITS4(n), BITS4(n), BITS4(n), BITS4(n)
#define BITS64(n)	BITS16(n), BITS16(n), BITS16(n), BITS16(n)

/* How many bits the numbers below 256 have. */
const volatile __u8 bits_of[256] = {
	0, 1, 2, 2, BITS4(3), BITS4(4), BITS4(4), BITS16(5), BITS16(6), BITS16(6),
	BITS64(7), BITS64(8), BITS64(8),
};

/* How many bits a number has, of those that have more than 24. */
static __noinline __u64 nr_bits_of_large(__u64 value)
{
	__u64 shifted = 0;

	if (value > 0xffffffff) {
		value >>= 32;
		shifted = 32;
	}
	if (value > 0xffff) {
		value >>= 16;
		shifted += 16;
	}
	if (value > 0xff) {
		value >>= 8;
		shifted += 8;
	}
	return shifted + bits_of[value & 0xff];
}

/* The compiler is to branch here, not to compute both and select. */
#define BRANCH(value)	asm volatile("" : "+r"(value))

/*
 * How many bits a number has: the number of its bucket. The verifier does not look into the table,
 * nor at what functions return: to it the number is below BS_NR_BUCKETS because of what is done
 * here.
 */
static __always_inline __u64 nr_bits(__u64 value)
{
	__u64 shifted = 0;

	if (value > 0xffffff) {
		shifted = nr_bits_of_large(value);
		return shifted < BS_NR_BUCKETS ? shifted : 0;
	}
	if (value > 0xffff) {
		value >>= 16;
		BRANCH(value);
		shifted = 16;
	} else if (value > 0xff) {
		value >>= 8;
		BRANCH(value);
		shifted = 8;
	}
	return shifted + (bits_of[value] & 15);
}

static __always_inline void count_in_bucket(__u64 *buckets, __u64 value, int is_signed)
{
	if (is_signed) {
		BRANCH(value);
		if ((__s64)value < 0) {
			value = -value;
			BRANCH(value);
			buckets += BS_NR_BUCKETS - 1;
		}
	}
	buckets[nr_bits(value)]++;
}

/* BS_OP_COUNT. */
static __always_inline void count_value(void *cell, const volatile struct bs_op *op, __u64 value,
					__u64 *status)
{
	struct bs_figure *figure = cell + op->off;
	int is_signed = op->flags & BS_F_SIGNED;
	__u64 ordered = value;

	if (!(op->flags & BS_F_SURE)) {
		__u64 unread = *status >> (2 * op->item) & 3;

		/* The same on both ways from here on, so that the verifier sees one. */
		*status &= ~(3ULL << (2 * op->item));
		if (unread) {
			figure->unread[unread == BS_ITEM_NULL]++;
			return;
		}
	}
	figure->sum += value;
	if (is_signed)
		ordered ^= 1ULL << 63;
	if (ordered > figure->max)
		figure->max = ordered;
	ordered = ~ordered;
	if (ordered > figure->not_min)
		figure->not_min = ordered;
	if (op->off2)
		count_in_bucket(cell + op->off2, value, is_signed);
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* Which of the plan's functions it is. */
static __always_inline __u32 function_number(void *ctx)
{
	return plan.by_cookie ? bpf_get_attach_cookie(ctx) : 0;
}

/* Counts a call. NULL: there is no such cell. */
static __always_inline struct bs_cell *count_call(__u32 function, int at_return)
{
	__u32 index = bpf_get_smp_processor_id() * plan.nr_cells + function;
	struct bs_cell *cell = bpf_map_lookup_elem(&cells, &index);

	if (cell)
		cell->nr[at_return]++;
	return cell;
}

/* ---- times ---------------------------------------------------------------------------------- */

/* A call that has returned. Without a duration to tell, the times are 0. */
struct call {
	__u64 start;
	__u64 time;		/* of the return */
	__u32 function;		/* stat's number of it */
};

static __always_inline __u64 now(void)
{
	switch (plan.clock) {
	case BS_CLOCK_BOOT:
		return bpf_ktime_get_boot_ns() + plan.clock_offset;
	case BS_CLOCK_TAI:
		return bpf_ktime_get_tai_ns() + plan.clock_offset;
	default:
		return bpf_ktime_get_ns() + plan.clock_offset;
	}
}

/* Where it is of use. */
static __always_inline __u64 event_time(void)
{
	return !plan.stat || plan.stat & BS_STAT_DURATION ? now() : 0;
}

/* Whether the return needs the time of the entry, and has it from the map "times". */
static __always_inline int needs_time(void)
{
	return plan.nr_times && !probe.session;
}

/* Of a function that is reached by a tail call, its caller's frame is its own. */
static __always_inline __u64 time_key(void *ctx, int at_return, __u32 function)
{
	__u64 frame;

	if (probe.kind != BS_PROBE_KPROBE)
		frame = context_address(ctx);
	else	/* see call_frame() */
		frame = READ_SP(ctx) - (at_return ? 8 : 0);
	return (frame + function) * BS_HASH;
}

/* The first of two words where the key's can be. The compiler doesn't know how many there are. */
static __always_inline __u64 *time_place(__u64 key)
{
	__u32 mask = 8 * plan.nr_times - 16;
	__u64 offset = key >> BS_TIME_SHIFT & mask;
	void *words = times;

	asm volatile("" : "+r"(words));
	return words + offset;
}

static __always_inline int is_time_of(__u64 word, __u64 key, __u64 time)
{
	return !((time - (word ^ key)) >> BS_TIME_BITS);
}

/* At the entry. Another call's word is left, if the one beside it is free. */
static __always_inline void leave_time(void *ctx, __u64 key, __u64 time)
{
	__u64 *place = time_place(key), word = *place;

	if (word) {
		if (!is_time_of(word, key, time))
			word = *++place;
		if (word)	/* its owner won't find it, or its return was not seen */
			count_lost_slot(ctx);
	}
	*place = time ^ key;
}

/* At the return: the entry's time, which is forgotten. Returns whether there is one. */
static __always_inline int take_time(__u64 key, struct call *call)
{
	__u64 *place = time_place(key), word = *place;

	if (!word && !place[1])
		return 0;
	call->time = event_time();
	if (!word || !is_time_of(word, key, call->time)) {
		word = *++place;
		if (!word || !is_time_of(word, key, call->time))
			return 0;
	}
	*place = 0;
	call->start = word ^ key;
	return 1;
}

#endif
