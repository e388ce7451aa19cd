// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic program: it does what a plan says (plan.h) and writes finished perf samples. User
 * space loads it once for each plan and each kind of probe, with that plan's frozen map in the
 * place of "plan", so that the verifier turns it into straight code.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/perf_event.h>
#include <bpf/bpf_helpers.h>

#include "plan.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct bs_plan plan SEC(".rodata.plan");
const volatile struct bs_kernel kernel SEC(".rodata.kernel");
struct bs_control control;

/* Sizes of the maps below are set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BS_SLOT_WAYS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bs_slot));
} slots SEC(".maps");

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

/* Which registers and which helpers a program sees. */
enum probe_kind {
	PROBE_TRACING,		/* fentry, fexit: the trampoline's array of arguments */
	PROBE_KPROBE,		/* kprobe, kretprobe: struct pt_regs */
	PROBE_RAW_TP,		/* a tracepoint's array of arguments */
};

/* A program is checked faster when it has room for fewer operations. */
enum program_size {
	SIZE_SMALL,		/* BS_SMALL_OPS */
	SIZE_LARGE,		/* BS_MAX_OPS */
};

#define POISON		1			/* a pointer that cannot be read and is not NULL */
#define WAKEUP_SHIFT	15			/* the ring's fill is looked at every 32 KiB */

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

static __always_inline struct bs_counters *event_counters(void)
{
	__u32 event = plan.event;

	return bpf_map_lookup_elem(&counters, &event);
}

static __always_inline void count_lost_ring(void)
{
	struct bs_counters *c = event_counters();

	if (c)
		__sync_fetch_and_add(&c->lost_ring, 1);
}

static __always_inline void count_lost_slot(void)
{
	struct bs_counters *c = event_counters();

	if (c)
		__sync_fetch_and_add(&c->lost_slot, 1);
}

/* Whether what runs now is to be recorded. */
static __always_inline int is_target(__u64 pid_tgid)
{
	__u32 flags = plan.target.flags;

	if (flags & BS_TARGET_TASKS) {
		__u32 tid = pid_tgid;
		__u32 *state = bpf_map_lookup_elem(&tasks, &tid);

		if (!state || (*state != BS_TASK_ON && *state != BS_TASK_ALONE))
			return 0;
	}
	if (flags & BS_TARGET_UID && (__u32)bpf_get_current_uid_gid() != plan.target.uid)
		return 0;
	if (flags & BS_TARGET_NOT_TGID && pid_tgid >> 32 == plan.target.not_tgid)
		return 0;
	if (flags & BS_TARGET_CPUS) {
		__u32 cpu = bpf_get_smp_processor_id();

		if (cpu >= BS_MAX_CPUS || !(plan.target.cpus[cpu / 64] >> (cpu % 64) & 1))
			return 0;
	}
	return 1;
}

/*
 * The context can be read at constant offsets only. In C the compiler would add the offset to the
 * pointer first, where several loads share it, which the verifier refuses.
 */
#define READ_CTX(ctx, offset) ({						\
	__u64 _value;								\
	asm volatile("%0 = *(u64 *)(%1 + %2)"					\
		     : "=r"(_value) : "r"(ctx), "i"(offset));			\
	_value;									\
})

#define READ_REG(ctx, reg)	READ_CTX(ctx, offsetof(struct pt_regs, reg))
#define READ_WORD(ctx, word)	READ_CTX(ctx, 8 * (word))

#if defined(__TARGET_ARCH_x86)
#define READ_SP(ctx)		READ_REG(ctx, rsp)
#define READ_RETVAL(ctx)	READ_REG(ctx, rax)

static __always_inline __u64 arg_register(void *ctx, __u32 place)
{
	switch (place) {
	case 0: return READ_REG(ctx, rdi);
	case 1: return READ_REG(ctx, rsi);
	case 2: return READ_REG(ctx, rdx);
	case 3: return READ_REG(ctx, rcx);
	case 4: return READ_REG(ctx, r8);
	default: return READ_REG(ctx, r9);
	}
}
#else
#error "where do parameters stand at a function's entry on this machine?"
#endif

static __always_inline __u64 arg_raw_tp(void *ctx, __u32 word)
{
	switch (word) {
	case 0: return READ_WORD(ctx, 0);
	case 1: return READ_WORD(ctx, 1);
	case 2: return READ_WORD(ctx, 2);
	case 3: return READ_WORD(ctx, 3);
	case 4: return READ_WORD(ctx, 4);
	case 5: return READ_WORD(ctx, 5);
	case 6: return READ_WORD(ctx, 6);
	case 7: return READ_WORD(ctx, 7);
	case 8: return READ_WORD(ctx, 8);
	case 9: return READ_WORD(ctx, 9);
	case 10: return READ_WORD(ctx, 10);
	default: return READ_WORD(ctx, 11);
	}
}

static __always_inline long read_arg(void *ctx, enum probe_kind kind, __s64 imm, __u64 *value)
{
	__u32 place = BS_ARG_PLACE(imm);

	/*
	 * BS_ARG_WORD() masks, and it has to: what the verifier puts in the place of this call
	 * compares the low 32 bits of the word's number and then uses all 64, which crashes the
	 * kernel (kernel/bpf/verifier.c, do_misc_fixups(), 5.17 to 7.2 at least).
	 */
	if (kind == PROBE_TRACING)
		return bpf_get_func_arg(ctx, BS_ARG_WORD(imm), value);
	if (kind == PROBE_RAW_TP) {
		*value = arg_raw_tp(ctx, BS_ARG_WORD(imm));
		return 0;
	}
	if (place >= BS_ARG_STACK) {
		/* At a function's first instruction the return address is on top. */
		__u64 sp = READ_SP(ctx) + 8 + 8 * (place - BS_ARG_STACK);

		return bpf_probe_read_kernel(value, sizeof(*value), (void *)sp);
	}
	*value = arg_register(ctx, place);
	return 0;
}

static __always_inline __u64 read_retval(void *ctx, enum probe_kind kind)
{
	__u64 value = 0;

	if (kind == PROBE_TRACING)
		bpf_get_func_ret(ctx, &value);
	else
		value = READ_RETVAL(ctx);
	return value;
}

static __always_inline __u64 extend(__u64 value, __u32 unused_bits, __u32 flags)
{
	value <<= unused_bits;
	if (flags & BS_F_SIGNED)
		return (__s64)value >> unused_bits;
	return value >> unused_bits;
}

/*
 * Where a run of operations leaves its results. The status is only ever or-ed and never tested: a
 * test would make the verifier tell apart all the ways it can come about.
 */
struct machine {
	__u64 acc;
	__u64 status;
	__u32 end;		/* of the record's last string, in the raw data */
};

static __always_inline void set_status(struct machine *m, __u32 item, __u64 status)
{
	m->status |= status << (2 * item);
}

static __always_inline void op_load(struct machine *m, const volatile struct bs_op *op)
{
	__u64 value = 0;
	__u32 size = op->size;

	if (bpf_probe_read_kernel(&value, size, (void *)(m->acc + op->imm))) {
		set_status(m, op->item, m->acc ? BS_ITEM_FAULT : BS_ITEM_NULL);
		m->acc = op->flags & BS_F_LAST ? 0 : POISON;
		return;
	}
	m->acc = extend(value, 64 - 8 * size, op->flags);
}

static __always_inline void op_copy(struct machine *m, const volatile struct bs_op *op, void *dst)
{
	if (bpf_probe_read_kernel(dst, op->imm, (void *)m->acc))
		set_status(m, op->item, m->acc ? BS_ITEM_FAULT : BS_ITEM_NULL);
}

static __always_inline void op_string(struct machine *m, const volatile struct bs_op *op, void *dst,
				      __u32 *loc)
{
	long len = bpf_probe_read_kernel_str(dst, op->imm, (void *)m->acc);

	if (len <= 0) {
		set_status(m, op->item, m->acc ? BS_ITEM_FAULT : BS_ITEM_NULL);
		*(char *)dst = 0;
		len = 1;
	} else if (len == op->imm) {
		/* The last byte was only there to tell a string that fits from one that doesn't. */
		set_status(m, op->item, BS_ITEM_CUT);
		((char *)dst)[op->imm - 2] = 0;
		len = op->imm - 1;
	}
	*loc = (__u32)len << 16 | op->off;
	if (op->flags & BS_F_LAST)
		m->end = op->off + len;
}

/* One operation. @base is where byte @bias of the raw data is to go. */
static __always_inline void run_op(void *ctx, enum probe_kind kind, const volatile struct bs_op *op,
				   void *base, __u32 bias, struct machine *m)
{
	__u64 value = 0;

	switch (op->code) {
	case BS_OP_ARG:
		if (read_arg(ctx, kind, op->imm, &value))
			set_status(m, op->item, BS_ITEM_FAULT);
		m->acc = value;
		break;
	case BS_OP_RETVAL:
		m->acc = read_retval(ctx, kind);
		break;
	case BS_OP_CONST:
		m->acc = op->imm;
		break;
	case BS_OP_ADD:
		if (m->acc)	/* a place behind NULL is to be told from one that cannot be read */
			m->acc += op->imm;
		break;
	case BS_OP_LOAD:
		op_load(m, op);
		break;
	case BS_OP_EXTEND:
		m->acc = extend(m->acc, 64 - 8 * op->size, op->flags);
		break;
	case BS_OP_BITS:
		m->acc = extend(m->acc >> op->imm, 64 - op->size, op->flags);
		break;
	case BS_OP_STORE:
		*(__u64 *)(base + (op->off - bias)) = m->acc;
		break;
	case BS_OP_COPY:
		op_copy(m, op, base + (op->off - bias));
		break;
	case BS_OP_STRING:
		op_string(m, op, base + (op->off - bias), base + (op->off2 - bias));
		break;
	}
}

/*
 * Runs the operations of one side, written out one by one: in a loop, even one that the compiler
 * unrolls, their numbers would not be at constant places, and the branches not taken would stay.
 */
#define RUN(n)									\
	if ((n) >= nr)								\
		return;								\
	run_op(ctx, kind, &ops[n], base, bias, m)
#define RUN4(n)		RUN(n); RUN(n + 1); RUN(n + 2); RUN(n + 3)
#define RUN16(n)	RUN4(n); RUN4(n + 4); RUN4(n + 8); RUN4(n + 12)

static __always_inline void run(void *ctx, enum probe_kind kind, enum program_size size,
				const volatile struct bs_op *ops, __u32 nr, void *base,
				__u32 bias, struct machine *m)
{
	_Static_assert(BS_SMALL_OPS == 16 && BS_MAX_OPS == 64, "as many as are written out here");
	RUN16(0);
	if (size == SIZE_SMALL)
		return;
	RUN16(16);
	RUN16(32);
	RUN16(48);
}

static __always_inline __u64 func_ip(void *ctx, enum probe_kind kind)
{
	if (plan.ip || kind == PROBE_RAW_TP)
		return plan.ip;
	return bpf_get_func_ip(ctx);
}

static __always_inline void fill_header(struct bs_sample *s, void *ctx, enum probe_kind kind,
					__u64 pid_tgid, __u64 time)
{
	struct bs_common *common = (void *)s + BS_RAW_OFFSET;

	s->type = PERF_RECORD_SAMPLE;
	s->misc = PERF_RECORD_MISC_KERNEL;
	s->id = plan.sample_id;
	s->ip = func_ip(ctx, kind);
	s->pid = pid_tgid >> 32;
	s->tid = pid_tgid;
	s->time = time;
	s->cpu = bpf_get_smp_processor_id();
	s->cpu_pad = 0;
	s->period = 1;
	common->type = plan.event_type;
	common->flags = 0;
	common->preempt_count = 0;
	common->pid = pid_tgid;
}

/*
 * Hands the record over. The consumer looks by itself at short intervals; it is woken only when
 * the ring is getting full, for waking it costs more than recording.
 */
static __always_inline void submit(struct bs_sample *s, const struct machine *m)
{
	__u32 before = control.written, after = before + plan.record_size;
	__u64 flags = BPF_RB_NO_WAKEUP;
	__u32 size = plan.record_size;

	if (plan.cut_tail)
		size = (BS_RAW_OFFSET + m->end + 7) & ~7U;
	s->size = size;
	s->raw_size = size - BS_RAW_OFFSET;
	if (plan.status_off)
		*(__u64 *)((void *)s + BS_RAW_OFFSET + plan.status_off) = m->status;

	control.written = after;
	if ((before ^ after) >> WAKEUP_SHIFT &&
	    bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > kernel.ring_wakeup)
		flags = BPF_RB_FORCE_WAKEUP;
	bpf_ringbuf_submit(s, flags);
}

static __always_inline int record_entry(void *ctx, enum probe_kind kind,
					enum program_size size)
{
	struct machine m = {};
	struct bs_sample *s;
	__u64 pid_tgid;

	if (!plan.record_size || !control.enabled)
		return 0;
	pid_tgid = bpf_get_current_pid_tgid();
	if (!is_target(pid_tgid))
		return 0;
	s = bpf_ringbuf_reserve(&ring, plan.record_size, 0);
	if (!s) {
		count_lost_ring();
		return 0;
	}
	fill_header(s, ctx, kind, pid_tgid, now());
	run(ctx, kind, size, plan.entry, plan.nr_entry_ops, (void *)s + BS_RAW_OFFSET, 0, &m);
	submit(s, &m);
	return 0;
}

/*
 * Which call this is: the place of its frame on the stack and the thread; the same number at its
 * entry and at its return, and no other live call's. The low half of an address will do, as a
 * thread's stacks are small; the verifier does not let a context be made a number of 64 bits.
 */
static __always_inline __u64 call_key(void *ctx, enum probe_kind kind, int at_return, __u32 tid)
{
	__u64 sp;

	if (kind != PROBE_KPROBE) {
		/* The context is in the trampoline's own frame, which lasts for the call. */
		__u32 low;

		/* In C the compiler would shift the whole pointer. */
		asm volatile("%0 = %1" : "=w"(low) : "w"((__u32)(long)ctx));
		return (__u64)low << 32 | tid;
	}
	sp = READ_SP(ctx);
	if (at_return)
		sp -= 8;		/* the return address has been popped */
	return BS_KPROBE_KEY(sp, tid, func_ip(ctx, kind));
}

static __always_inline struct bs_slot *slot_at(__u64 key, __u32 way)
{
	__u32 index = (key * BS_HASH >> 32 & plan.slot_mask & ~(BS_SLOT_WAYS - 1)) + way;

	return bpf_map_lookup_elem(&slots, &index);
}

/*
 * All ways are taken: the oldest call loses its slot. It is long-lived or was never seen to return.
 * *@owner is whose slot it was, 0: nobody's any more.
 */
static __always_inline struct bs_slot *slot_evict(__u64 key, __u64 *owner)
{
	__u64 oldest = ~0ULL, old;
	struct bs_slot *slot;
	__u32 way = 0;

#pragma unroll
	for (int i = 0; i < BS_SLOT_WAYS; i++) {
		slot = slot_at(key, i);
		if (slot && slot->key != BS_SLOT_BUSY && slot->time < oldest) {
			oldest = slot->time;
			way = i;
		}
	}
	slot = slot_at(key, way);
	if (!slot)
		return 0;
	old = slot->key;
	if (old == BS_SLOT_BUSY ||
	    __sync_val_compare_and_swap(&slot->key, old, BS_SLOT_BUSY) != old)
		return 0;
	*owner = old;
	return slot;
}

/*
 * A slot for this call. Where there is one with its key already, that call's return was not seen (a
 * kretprobe had too many calls to follow), and its slot is taken.
 */
static __always_inline struct bs_slot *slot_claim(__u64 key, __u64 *owner)
{
#pragma unroll
	for (int i = 0; i < BS_SLOT_WAYS; i++) {
		struct bs_slot *slot = slot_at(key, i);
		__u64 old;

		if (!slot)
			return 0;
		old = slot->key;
		if (old && old != key)
			continue;
		if (__sync_val_compare_and_swap(&slot->key, old, BS_SLOT_BUSY) == old) {
			*owner = old;
			return slot;
		}
	}
	return slot_evict(key, owner);
}

/* The slot that the entry filled, now this call's alone; the caller lets it go with key = 0. */
static __always_inline struct bs_slot *slot_find(__u64 key)
{
#pragma unroll
	for (int i = 0; i < BS_SLOT_WAYS; i++) {
		struct bs_slot *slot = slot_at(key, i);

		if (!slot)
			return 0;
		if (slot->key == key &&
		    __sync_val_compare_and_swap(&slot->key, key, BS_SLOT_BUSY) == key)
			return slot;
	}
	return 0;
}

static __always_inline int record_call(void *ctx, enum probe_kind kind,
					enum program_size size)
{
	__u64 pid_tgid, key, owner = 0;
	struct machine m = {};
	struct bs_slot *slot;

	if (!plan.record_size || !control.enabled)
		return 0;
	pid_tgid = bpf_get_current_pid_tgid();
	if (!is_target(pid_tgid))
		return 0;
	key = call_key(ctx, kind, 0, pid_tgid);
	slot = slot_claim(key, &owner);
	if (!slot || owner)
		count_lost_slot();	/* this call's return, or that of the slot's owner */
	if (!slot)
		return 0;
	run(ctx, kind, size, plan.entry, plan.nr_entry_ops, slot->data, plan.entry_off, &m);
	slot->status = m.status;
	slot->end = m.end;
	slot->time = now();
	/* An atomic exchange, so that no one sees the key before what belongs to it. */
	__sync_lock_test_and_set(&slot->key, key);
	return 0;
}

static __always_inline void complete(struct bs_sample *s, void *ctx, enum probe_kind kind,
				     enum program_size size, struct bs_slot *slot, __u64 pid_tgid,
				     __u64 time)
{
	struct machine m = { .status = slot->status, .end = slot->end };
	void *raw = (void *)s + BS_RAW_OFFSET;

	fill_header(s, ctx, kind, pid_tgid, time);
	if (plan.duration_off)
		*(__u64 *)(raw + plan.duration_off) = time - slot->time;
	if (plan.entry_size)
		bpf_probe_read_kernel(raw + plan.entry_off, plan.entry_size, slot->data);
	run(ctx, kind, size, plan.ret, plan.nr_return_ops, raw, 0, &m);
	submit(s, &m);
}

/* A slot is given back also when nothing is recorded now: a later call may have the same key. */
static __always_inline int record_return(void *ctx, enum probe_kind kind,
					enum program_size size)
{
	__u64 time, pid_tgid;
	struct bs_slot *slot;
	struct bs_sample *s;

	if (!plan.record_size)
		return 0;
	time = now();
	pid_tgid = bpf_get_current_pid_tgid();
	slot = slot_find(call_key(ctx, kind, 1, pid_tgid));
	if (!slot)
		return 0;	/* not a target at its entry, or entered before recording began */
	if (control.enabled) {
		s = bpf_ringbuf_reserve(&ring, plan.record_size, 0);
		if (s)
			complete(s, ctx, kind, size, slot, pid_tgid, time);
		else
			count_lost_ring();
	}
	__sync_lock_test_and_set(&slot->key, 0);
	return 0;
}

/*
 * The programs, each in two sizes. Their section is no type of libbpf's: user space takes their
 * instructions and loads them itself, as often as there are plans, with the type they are for.
 */
#define GENERIC(name, what, kind)						\
	SEC("generic")								\
	int name##_small(void *ctx)						\
	{									\
		return what(ctx, kind, SIZE_SMALL);				\
	}									\
	SEC("generic")								\
	int name##_large(void *ctx)						\
	{									\
		return what(ctx, kind, SIZE_LARGE);				\
	}

GENERIC(tracing_entry, record_entry, PROBE_TRACING)
GENERIC(tracing_call, record_call, PROBE_TRACING)
GENERIC(tracing_return, record_return, PROBE_TRACING)
GENERIC(kprobe_entry, record_entry, PROBE_KPROBE)
GENERIC(kprobe_call, record_call, PROBE_KPROBE)
GENERIC(kprobe_return, record_return, PROBE_KPROBE)
GENERIC(tracepoint_entry, record_entry, PROBE_RAW_TP)

/* The children of a task that is recorded are recorded too: args are parent and child. */
SEC("raw_tp")
int follow_fork(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 parent = bpf_get_current_pid_tgid(), child = 0, on = BS_TASK_ON;
	__u32 *state = bpf_map_lookup_elem(&tasks, &parent);

	if (!state || *state != BS_TASK_ON)
		return 0;
	if (!bpf_probe_read_kernel(&child, sizeof(child), (void *)ctx->args[1] + kernel.task_pid))
		bpf_map_update_elem(&tasks, &child, &on, BPF_ANY);
	return 0;
}

/* A thread that calls exec takes its process's id: args are the task, its old id, the binary. */
SEC("raw_tp")
int follow_exec(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid(), old = ctx->args[1], on = BS_TASK_ON;
	__u32 *state = bpf_map_lookup_elem(&tasks, &old);

	if (!state)
		return 0;
	if (*state == BS_TASK_ALONE || *state == BS_TASK_ALONE_ON_EXEC)
		on = BS_TASK_ALONE;
	if (old != tid)
		bpf_map_delete_elem(&tasks, &old);
	bpf_map_update_elem(&tasks, &tid, &on, BPF_ANY);
	return 0;
}

/*
 * A task is forgotten when it is freed, as it calls a lot on its way out, closing its files for
 * one; its id is not given to another task for long after. args is the task.
 */
SEC("raw_tp")
int follow_free(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tid = 0;

	if (!bpf_probe_read_kernel(&tid, sizeof(tid), (void *)ctx->args[0] + kernel.task_pid))
		bpf_map_delete_elem(&tasks, &tid);
	return 0;
}
