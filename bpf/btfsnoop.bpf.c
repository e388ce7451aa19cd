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
#include "machine.h"
#include "slots.h"
#include "target.h"

#define WAKEUP_SHIFT	15	/* the ring's fill is looked at every 32 KiB */

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

static __always_inline void fill_header(struct bs_sample *s, void *ctx,
					__u64 pid_tgid, __u64 time)
{
	struct bs_common *common = (void *)s + BS_RAW_OFFSET;

	s->type = PERF_RECORD_SAMPLE;
	s->misc = PERF_RECORD_MISC_KERNEL;
	s->id = plan.sample_id;
	s->ip = func_ip(ctx);
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

/* Whether there is an event at this entry: what its filter says, and where it was called from. */
static __always_inline int is_wanted(void *ctx,
				     __u64 *pid_tgid, struct machine *m)
{
	struct stage stage = { .in_filter = 1 };

	if (!plan.record_size || !control.enabled)
		return 0;
	if (!plan.filter_first && !is_target(pid_tgid))
		return 0;
	if (run(ctx, stage, BS_MAX_FILTER_OPS, plan.entry_filter, 0, 0, m))
		return 0;
	if (plan.filter_first && !is_target(pid_tgid))
		return 0;
	*pid_tgid = current_pid_tgid(*pid_tgid);
	if (plan.target.flags & BS_TARGET_SEQUENCE &&
	    !sequence_entered(*pid_tgid, call_frame(ctx, 0)))
		return 0;
	return !(plan.target.flags & BS_TARGET_STACK) || is_on_chain(ctx);
}

/* The operations of the entry side write into the ring, or into the call's slot. */
static __always_inline int record_entry(void *ctx)
{
	__u64 temps[BS_MAX_TEMPS], pid_tgid = 0, key = 0, owner = 0;
	struct machine m = { .unknown = control.zero, .temps = temps };
	struct bs_sample *s = 0;
	struct call_slot at = {};
	void *raw;

	if (!is_wanted(ctx, &pid_tgid, &m))
		return 0;
	if (plan.nr_buckets) {
		key = call_key(ctx, 0, pid_tgid);
		at = slot_claim(key, &owner);
		if (!at.slot || owner)
			count_lost_slot();	/* this call's return, or that of the slot's owner */
		if (!at.slot)
			return 0;
		raw = at.slot->data;
	} else {
		s = bpf_ringbuf_reserve(&ring, plan.record_size, 0);
		if (!s) {
			count_lost_ring();
			return 0;
		}
		fill_header(s, ctx, pid_tgid, now());
		raw = (void *)s + BS_RAW_OFFSET;
	}
	run(ctx, (struct stage){}, BS_MAX_OPS, plan.entry, raw,
	    plan.nr_buckets ? plan.entry_off : 0, &m);
	if (plan.nr_buckets) {
		at.slot->status = m.status;
		at.slot->end = m.end;
		at.slot->time = now();
		slot_release(at, key);
	} else {
		submit(s, &m);
	}
	return 0;
}

/* The record of a call that has returned, unless the filter does not want it. */
static __always_inline void complete(void *ctx,
				     struct bs_slot *slot, __u64 pid_tgid)
{
	struct stage stage = { .at_return = 1, .in_filter = 1 };
	__u64 temps[BS_MAX_TEMPS], time = now();
	struct machine m = {
		.status = slot->status, .end = slot->end, .duration = time - slot->time,
		.saved = slot->data, .unknown = control.zero, .temps = temps,
	};
	struct bs_sample *s;
	void *raw;

	if (run(ctx, stage, BS_MAX_FILTER_OPS, plan.return_filter, 0, 0, &m))
		return;
	s = bpf_ringbuf_reserve(&ring, plan.record_size, 0);
	if (!s) {
		count_lost_ring();
		return;
	}
	raw = (void *)s + BS_RAW_OFFSET;
	fill_header(s, ctx, pid_tgid, time);
	if (plan.duration_off)
		*(__u64 *)(raw + plan.duration_off) = m.duration;
	if (plan.entry_size)
		bpf_probe_read_kernel(raw + plan.entry_off, plan.entry_size, slot->data);
	stage.in_filter = 0;
	run(ctx, stage, BS_MAX_OPS, plan.ret, raw, 0, &m);
	submit(s, &m);
}

/* A slot is given back also when nothing is recorded now: a later call may have the same key. */
static __always_inline int record_return(void *ctx)
{
	struct call_slot at;
	__u64 pid_tgid;

	if (!plan.record_size)
		return 0;
	pid_tgid = bpf_get_current_pid_tgid();
	at = slot_find(call_key(ctx, 1, pid_tgid));
	if (!at.slot)
		return 0;	/* not wanted at its entry, or entered before recording began */
	if (control.enabled &&
	    (!(plan.target.flags & BS_TARGET_SEQUENCE) || !plan.sequence_step ||
	     plan.sequence_step == plan.sequence_len || sequence_was_done(pid_tgid)))
		complete(ctx, at.slot, pid_tgid);
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
