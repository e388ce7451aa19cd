// SPDX-License-Identifier: GPL-2.0-only
/*
 * What record does in the benchmarks, written by hand for just that: the limit. The records are the
 * same, byte for byte as long. limit.c says which program is which.
 *
 * Two kinds of each where a kernel allows it: loads as one writes them first, directly, which reads
 * what cannot be read as 0 and doesn't tell; and with bpf_probe_read_kernel(), which tells.
 */
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../../bpf/plan.h"

struct file {
	unsigned int f_mode;
} __attribute__((preserve_access_index));

struct sk_buff {
	unsigned int len;
} __attribute__((preserve_access_index));

struct task_struct;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

/* When the call began that a task is in. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls SEC(".maps");

struct call {
	__u64 time, len;
};

const volatile __u32 tgid;	/* the only process to record; 0: all of them */
const volatile __u64 above;	/* read: only these counts; 0: all of them */
const volatile __u32 skb_size;	/* bytes of a struct sk_buff */

__u64 lost;

/*
 * The record: struct bs_sample, whose raw data starts right behind raw_size: the common fields, the
 * status (of a call the duration: nothing in it can fail), the items, 8 bytes each.
 */
enum { STATUS = 8, ITEMS = 16, DURATION = 8, CALL_ITEMS = 16 };

/* Bytes of a record with @raw bytes of raw data. */
#define RECORD_SIZE(raw)	((BS_RAW_OFFSET + (raw) + 7) / 8 * 8)

#define FIELD(record, off)	(*(__u64 *)((void *)(record) + BS_RAW_OFFSET + (off)))

static __always_inline bool wanted(void)
{
	return !tgid || bpf_get_current_pid_tgid() >> 32 == tgid;
}

static __always_inline struct bs_sample *reserve(__u64 ip, __u64 size)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct bs_sample *record = bpf_ringbuf_reserve(&ring, size, 0);
	struct bs_common *common;

	if (!record) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	record->type = PERF_RECORD_SAMPLE;
	record->misc = PERF_RECORD_MISC_KERNEL;
	record->size = size;
	record->id = 1;
	record->ip = ip;
	record->pid = pid_tgid >> 32;
	record->tid = pid_tgid;
	record->time = bpf_ktime_get_ns();
	record->cpu = bpf_get_smp_processor_id();
	record->cpu_pad = 0;
	record->period = 1;
	record->raw_size = size - BS_RAW_OFFSET;
	common = (void *)record + BS_RAW_OFFSET;
	common->type = 1;
	common->flags = 0;
	common->preempt_count = 0;
	common->pid = pid_tgid;
	FIELD(record, STATUS) = 0;	/* DURATION's place */
	return record;
}

/* limit.c looks every few milliseconds: nothing is to wake it. */
static __always_inline int submit(void *record)
{
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

/* read: vfs_read(file->f_mode, count) */

SEC("fentry/vfs_read")
int BPF_PROG(read_direct, struct file *file, char *buf, __u64 count)
{
	struct bs_sample *record;

	if ((above && count <= above) || !wanted())
		return 0;
	record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(ITEMS + 16));
	if (!record)
		return 0;
	FIELD(record, ITEMS) = file->f_mode;
	FIELD(record, ITEMS + 8) = count;
	return submit(record);
}

static __always_inline int read_checked(void *ctx, struct file *file, __u64 count)
{
	struct bs_sample *record;
	__u32 mode;

	if ((above && count <= above) || !wanted())
		return 0;
	record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(ITEMS + 16));
	if (!record)
		return 0;
	if (bpf_core_read(&mode, sizeof(mode), &file->f_mode)) {
		FIELD(record, STATUS) = BS_ITEM_FAULT;
		mode = 0;
	}
	FIELD(record, ITEMS) = mode;
	FIELD(record, ITEMS + 8) = count;
	return submit(record);
}

SEC("fentry/vfs_read")
int BPF_PROG(read_fentry, struct file *file, char *buf, __u64 count)
{
	return read_checked(ctx, file, count);
}

SEC("kprobe/vfs_read")
int read_kprobe(struct pt_regs *ctx)
{
	return read_checked(ctx, (struct file *)PT_REGS_PARM1(ctx), PT_REGS_PARM3(ctx));
}

/* skb: ip_send_skb(skb) */

static __always_inline int whole_skb(void *ctx, struct sk_buff *skb)
{
	struct bs_sample *record;
	__u32 size = skb_size;

	if (!wanted())
		return 0;
	record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(ITEMS + 8 + size));
	if (!record)
		return 0;
	FIELD(record, ITEMS) = (__u64)skb;
	if (bpf_probe_read_kernel(&FIELD(record, ITEMS + 8), size, skb))
		FIELD(record, STATUS) = BS_ITEM_FAULT << 2;
	return submit(record);
}

SEC("fentry/ip_send_skb")
int BPF_PROG(skb_fentry, void *net, struct sk_buff *skb)
{
	return whole_skb(ctx, skb);
}

SEC("kprobe/ip_send_skb")
int skb_kprobe(struct pt_regs *ctx)
{
	return whole_skb(ctx, (struct sk_buff *)PT_REGS_PARM2(ctx));
}

/* call: udp_sendmsg(len, return) */

static __always_inline int call_begin(__u64 len)
{
	struct call *call;

	if (!wanted())
		return 0;
	call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call)
		return 0;
	call->len = len;
	call->time = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int call_end(void *ctx, __u64 result)
{
	struct bs_sample *record;
	struct call *call;

	if (!wanted())
		return 0;
	call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), NULL, 0);
	if (!call || !call->time)
		return 0;
	record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(CALL_ITEMS + 16));
	if (!record)
		return 0;
	FIELD(record, DURATION) = record->time - call->time;
	FIELD(record, CALL_ITEMS) = call->len;
	FIELD(record, CALL_ITEMS + 8) = result;
	call->time = 0;
	return submit(record);
}

SEC("fentry/udp_sendmsg")
int BPF_PROG(call_fentry__entry, void *sk, void *msg, __u64 len)
{
	return call_begin(len);
}

SEC("fexit/udp_sendmsg")
int BPF_PROG(call_fentry__return, void *sk, void *msg, __u64 len, int result)
{
	return call_end(ctx, result);
}

SEC("kprobe/udp_sendmsg")
int call_kprobe__entry(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM3(ctx));
}

SEC("kretprobe/udp_sendmsg")
int call_kprobe__return(struct pt_regs *ctx)
{
	return call_end(ctx, PT_REGS_RC(ctx));
}

/* functions: *(struct sk_buff *)->len; the cookie is which parameter that is */

static __always_inline int any_skb(__u64 ip, struct sk_buff *skb)
{
	struct bs_sample *record;
	__u32 len;

	if (!wanted())
		return 0;
	record = reserve(ip, RECORD_SIZE(ITEMS + 8));
	if (!record)
		return 0;
	if (bpf_core_read(&len, sizeof(len), &skb->len)) {
		FIELD(record, STATUS) = BS_ITEM_FAULT;
		len = 0;
	}
	FIELD(record, ITEMS) = len;
	return submit(record);
}

/* The verifier wants loads from the context at constant places: not one load at a chosen one. */
#define CHOOSE(skb, value)	({ (skb) = (value); barrier_var(skb); })

SEC("kprobe.multi")
int functions_kprobe(struct pt_regs *ctx)
{
	__u64 skb;

	switch (bpf_get_attach_cookie(ctx)) {
	case 0: CHOOSE(skb, PT_REGS_PARM1(ctx)); break;
	case 1: CHOOSE(skb, PT_REGS_PARM2(ctx)); break;
	case 2: CHOOSE(skb, PT_REGS_PARM3(ctx)); break;
	case 3: CHOOSE(skb, PT_REGS_PARM4(ctx)); break;
	case 4: CHOOSE(skb, PT_REGS_PARM5(ctx)); break;
	default: CHOOSE(skb, ctx->r9); break;
	}
	return any_skb(bpf_get_func_ip(ctx), (struct sk_buff *)skb);
}

SEC("fentry.multi")
int functions_fentry(__u64 *ctx)
{
	__u64 skb;

	if (bpf_get_func_arg(ctx, bpf_get_attach_cookie(ctx), &skb))
		return 0;
	return any_skb(bpf_get_func_ip(ctx), (struct sk_buff *)skb);
}

char LICENSE[] SEC("license") = "GPL";
