// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic program: it does what a plan says (plan.h) and writes finished perf samples. User
 * space loads it once for each plan and each kind of probe, with frozen maps of these in the places of
 * "plan" and "probe", so that straight code is left (perf-plugin/attach/specialise.h).
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/perf_event.h>
#include <bpf/bpf_helpers.h>

#include "plan.h"

char LICENSE[] SEC("license") = "GPL";

#include "maps.h"
#include "context.h"
#include "track.h"
#include "stat.h"
#include "machine.h"
#include "slots.h"
#include "target.h"
#include "chain.h"

#define WAKEUP_SHIFT	15	/* the ring's fill is looked at every 32 KiB */

static __always_inline void fill_header(struct bs_sample *s, void *ctx,
					__u64 pid_tgid, __u64 time)
{
	struct bs_common *common = (void *)s + BS_RAW_OFFSET;
	__u64 cookie;

	/* First, so that it waits in no register while others are called. */
	s->time = time;
	cookie = event_cookie(ctx);
	s->type = PERF_RECORD_SAMPLE;
	s->misc = PERF_RECORD_MISC_KERNEL;
	s->id = plan.sample_id + cookie;
	s->ip = func_ip(ctx);
	s->pid = pid_tgid >> 32;
	s->tid = pid_tgid;
	*(__u64 *)&s->cpu = bpf_get_smp_processor_id();	/* and what is behind it */
	s->period = 1;
	common->type = plan.event_type - cookie;
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
	__u32 before = control.written, after = before + plan.reserve_size;
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

/* Whether there is an event at this entry: what its filter says, and where it was called from. */
static __always_inline int is_wanted(void *ctx,
				     __u64 *pid_tgid, struct machine *m)
{
	struct stage stage = { .in_filter = 1 };

	if (!plan.record_size || !(control.enabled || plan.always))
		return 0;
	if (!plan.track && !plan.filter_first && !is_target(pid_tgid))
		return 0;
	if (run(ctx, stage, 0, plan.entry_filter, 0, 0, m))
		return 0;
	if (plan.track) {	/* it is of any task by now */
		*pid_tgid = bpf_get_current_pid_tgid();
		return 1;
	}
	if (plan.filter_first && !is_target(pid_tgid))
		return 0;
	if (!plan.stat || plan.nr_buckets || plan.target.flags & BS_TARGET_SEQUENCE)
		*pid_tgid = current_pid_tgid(*pid_tgid);
	if (plan.target.flags & BS_TARGET_SEQUENCE &&
	    !sequence_entered(*pid_tgid, call_frame(ctx, 0)))
		return 0;
	return !(plan.target.flags & BS_TARGET_STACK) || is_on_chain(ctx);
}

/*
 * The operations of long plans are in functions of their own, for the sake of the 16 bits that jumps
 * have. The machine is copied, so that their callers can have it in registers; what they ask for goes
 * back, and no pointer to their stack, which the verifier wants to see in no other place.
 */
static __noinline void run_more_entry(void *ctx, void *raw, struct machine *m)
{
	struct machine copy = *m;

	run(ctx, (struct stage){}, FIRST_OPS, plan.entry, raw, plan.nr_buckets ? plan.entry_off : 0,
	    &copy);
	m->status = copy.status;
	m->end = copy.end;
}

static __noinline void run_more_return(void *ctx, void *raw, struct machine *m)
{
	struct machine copy = *m;

	run(ctx, (struct stage){ .at_return = 1 }, FIRST_OPS, plan.ret, raw, 0, &copy);
	m->status = copy.status;
	m->end = copy.end;
}

static __always_inline void run_entry(void *ctx, void *raw, struct machine *m)
{
	struct machine more;

	run(ctx, (struct stage){}, 0, plan.entry, raw, plan.nr_buckets ? plan.entry_off : 0, m);
	if (plan.nr_entry_ops <= FIRST_OPS)
		return;
	more = *m;
	run_more_entry(ctx, raw, &more);
	m->status = more.status;
	m->end = more.end;
}

static __always_inline void run_return(void *ctx, void *raw, struct machine *m)
{
	struct machine more;

	run(ctx, (struct stage){ .at_return = 1 }, 0, plan.ret, raw, 0, m);
	if (plan.nr_return_ops <= FIRST_OPS)
		return;
	more = *m;
	run_more_return(ctx, raw, &more);
	m->status = more.status;
	m->end = more.end;
}

/*
 * The operations of the entry side write into the ring, or into the call's slot. Returns what the
 * program does: in a session, whether it is not to run at the call's return.
 */
static __always_inline int record_entry(void *ctx)
{
	int no_event = probe.session;
	__u64 temps[BS_MAX_TEMPS], pid_tgid = 0, key = 0, owner = 0;
	struct machine m = { .unknown = control.zero, .temps = temps };
	struct bs_sample *s = 0;
	struct call_slot at = {};
	__u32 function = 0;
	void *raw = 0;

	if (!is_wanted(ctx, &pid_tgid, &m))
		return no_event;
	if (!plan.stat && !needs_slot()) {
		*session_cookie(ctx) = now();
		return 0;
	}
	if (plan.nr_buckets) {
		key = call_key(ctx, 0, pid_tgid);
		at = slot_claim(key, &owner);
		if (!at.slot || owner)
			count_lost_slot(ctx);	/* this call's return, or that of the slot's owner */
		if (!at.slot)
			return no_event;
		raw = at.slot->data;
	} else if (plan.stat) {
		function = function_number(ctx);
		if (plan.stat & BS_STAT_AT_ENTRY) {
			raw = count_call(function, 0);
			if (!raw)
				return no_event;
		}
	} else {
		s = bpf_ringbuf_reserve(&ring, plan.reserve_size, 0);
		if (!s) {
			count_lost_ring(ctx);
			return 0;
		}
		fill_header(s, ctx, pid_tgid, now());
		if (plan.chain)
			record_chain(ctx, s, 0);
		raw = (void *)s + BS_RAW_OFFSET;
	}
	run_entry(ctx, raw, &m);
	if (plan.nr_buckets) {
		at.slot->status = m.status;
		at.slot->end = m.end;
		at.slot->time = now();
		slot_release(at, key);
		if (probe.session)
			*session_cookie(ctx) = key;
	} else if (!plan.stat) {
		submit(s, &m);
	} else if (needs_time()) {
		leave_time(ctx, time_key(ctx, 0, function), event_time());
	} else if (probe.session) {
		*session_cookie(ctx) = plan.stat & BS_STAT_DURATION ? now() : 1;
	}
	return 0;
}

/* What the return's filter says, in a function of its own for the same reason. */
static __noinline int is_unwanted(void *ctx, struct bs_slot *slot, __u64 duration, __u64 *temps)
{
	struct stage stage = { .at_return = 1, .in_filter = 1 };
	struct machine m = {
		.duration = duration, .unknown = control.zero, .temps = temps,
	};

	if (needs_slot()) {
		m.status = slot->status;
		m.saved = slot->data;
	}
	return run(ctx, stage, 0, plan.return_filter, 0, 0, &m);
}

/*
 * The record of a call that has returned, unless the filter does not want it; or what is counted of
 * it. @slot is for those that need one.
 */
static __always_inline void complete(void *ctx, const struct call *call, struct bs_slot *slot,
				     __u64 pid_tgid)
{
	__u64 temps[BS_MAX_TEMPS];
	struct machine m = {
		.duration = call->time - call->start, .unknown = control.zero, .temps = temps,
	};
	struct bs_sample *s = 0;
	void *raw;

	if (needs_slot()) {
		m.status = slot->status;
		m.end = slot->end;
		m.saved = slot->data;
	}
	if (plan.return_filter[0].code != BS_OP_END &&
	    is_unwanted(ctx, slot, m.duration, temps))
		return;
	if (plan.stat) {
		raw = count_call(call->function, 1);
		if (!raw)
			return;
	} else {
		s = bpf_ringbuf_reserve(&ring, plan.reserve_size, 0);
		if (!s) {
			count_lost_ring(ctx);
			return;
		}
		raw = (void *)s + BS_RAW_OFFSET;
		fill_header(s, ctx, pid_tgid, call->time);
		if (plan.chain)
			record_chain(ctx, s, 1);
		if (plan.duration_off)
			*(__u64 *)(raw + plan.duration_off) = m.duration;
		if (plan.entry_size)
			bpf_probe_read_kernel(raw + plan.entry_off, plan.entry_size, slot->data);
	}
	run_return(ctx, raw, &m);
	if (!plan.stat)
		submit(s, &m);
}

/*
 * At the return: whether the call's entry was wanted, and with needs_slot() what it left. In a
 * session that is in the cookie: the slot's key, or the time.
 */
static __always_inline int find_call(void *ctx, struct call *call, struct call_slot *at,
				     __u64 *pid_tgid)
{
	__u64 key = 0;

	if (probe.session) {
		key = call->start = *session_cookie(ctx);
		if (!key)
			return 0;
	}
	if (plan.stat)
		call->function = function_number(ctx);
	if (needs_time())
		return take_time(time_key(ctx, 1, call->function), call);
	if (!plan.stat || plan.nr_buckets || plan.target.flags & BS_TARGET_SEQUENCE)
		*pid_tgid = bpf_get_current_pid_tgid();
	if (needs_slot()) {
		*at = slot_find(probe.session ? key : call_key(ctx, 1, *pid_tgid));
		if (!at->slot)
			return 0;	/* not wanted at its entry, or entered before recording */
		call->start = at->slot->time;
	}
	call->time = event_time();
	return 1;
}

/* A slot is given back also when nothing is recorded now: a later call may have the same key. */
static __always_inline int record_return(void *ctx)
{
	struct call_slot at = {};
	struct call call = {};
	__u64 pid_tgid = 0;

	if (!plan.record_size || !find_call(ctx, &call, &at, &pid_tgid))
		return 0;
	if (control.enabled &&
	    (!(plan.target.flags & BS_TARGET_SEQUENCE) || !plan.sequence_step ||
	     plan.sequence_step == plan.sequence_len || sequence_was_done(pid_tgid)))
		complete(ctx, &call, at.slot, pid_tgid);
	if (needs_slot())
		slot_release(at, 0);
	return 0;
}

/*
 * The programs. Their section is no type of libbpf's: user space takes their instructions and loads
 * them itself, as often as there are plans, with the type they are for.
 */
SEC("generic")
int at_entry(void *ctx)
{
	return record_entry(ctx);
}

SEC("generic")
int at_return(void *ctx)
{
	return record_return(ctx);
}

/* A function of the sequence is entered and left; nothing is recorded. */
SEC("generic")
int at_step(void *ctx)
{
	__u64 pid_tgid = 0;

	if (control.enabled && is_target(&pid_tgid))
		sequence_entered(current_pid_tgid(pid_tgid), call_frame(ctx, 0));
	return 0;
}

SEC("generic")
int at_step_return(void *ctx)
{
	sequence_left(bpf_get_current_pid_tgid(), call_frame(ctx, 1));
	return 0;
}

/* Something becomes of an object that may be followed, also while nothing is recorded. */
SEC("generic")
int at_note(void *ctx)
{
	__u64 temps[BS_MAX_TEMPS];
	struct machine m = { .unknown = control.zero, .temps = temps };

	run_note(ctx, &m);
	return 0;
}

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
	else if (*state == BS_TASK_ON_EXEC)	/* it is followed from its first thread on */
		control.command = bpf_get_current_pid_tgid() >> 32;
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

	if (bpf_probe_read_kernel(&tid, sizeof(tid), (void *)ctx->args[0] + kernel.task_pid))
		return 0;
	bpf_map_delete_elem(&tasks, &tid);
	if (tid == control.command)
		control.command = BS_NO_COMMAND;
	return 0;
}
