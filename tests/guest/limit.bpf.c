// SPDX-License-Identifier: GPL-2.0-only
/*
 * What record does for vfs_read(file->f_mode, count), for vfs_read(file->f_inode->i_size) with the
 * filter file->f_flags > N and for vfs_read(count, return), written by hand: the least that such an
 * event costs. The records are ours, byte for byte as long.
 */
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../../bpf/plan.h"

struct inode {
	long long i_size;
} __attribute__((preserve_access_index));

struct file {
	unsigned int f_mode;
	unsigned int f_flags;
	struct inode *f_inode;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

/* When a thread's call began. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct call);
} calls SEC(".maps");

struct call {
	__u64 time, count;
};

const volatile __u32 above;	/* the filter's number */

/* Where the raw data's parts are: common bytes, status, (duration,) values. No packed struct: its
 * members would be stored byte by byte. */
enum { STATUS = 8, FIRST = 16, SECOND = 24, THIRD = 32 };

#define RAW(record, off)	(*(__u64 *)((void *)(record) + BS_RAW_OFFSET + (off)))
#define RECORD_SIZE(raw)	((BS_RAW_OFFSET + (raw) + 7) / 8 * 8)

static __always_inline struct bs_sample *reserve(__u64 ip, __u64 size)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct bs_sample *record = bpf_ringbuf_reserve(&ring, size, 0);
	struct bs_common *common;

	if (!record)
		return NULL;
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
	RAW(record, STATUS) = 0;
	return record;
}

/* As one does it with fentry: faults read as 0. */
SEC("fentry/vfs_read")
int BPF_PROG(fentry_direct, struct file *file)
{
	struct bs_sample *record;

	if (file->f_flags <= above)
		return 0;
	record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(FIRST + 8));
	if (!record)
		return 0;
	RAW(record, FIRST) = file->f_inode->i_size;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

/* The values, or what of them could not be read, as record marks it. */
static int by_reading(struct file *file, __u64 ip)
{
	struct bs_sample *record;
	struct inode *inode;
	__u64 size;
	__u32 flags;

	if (bpf_core_read(&flags, sizeof(flags), &file->f_flags) || flags <= above)
		return 0;
	record = reserve(ip, RECORD_SIZE(FIRST + 8));
	if (!record)
		return 0;
	if (bpf_core_read(&inode, sizeof(inode), &file->f_inode) ||
	    bpf_core_read(&size, sizeof(size), &inode->i_size)) {
		RAW(record, STATUS) = BS_ITEM_FAULT;
		size = 0;
	}
	RAW(record, FIRST) = size;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("fentry/vfs_read")
int BPF_PROG(fentry_checked, struct file *file)
{
	return by_reading(file, bpf_get_func_ip(ctx));
}

SEC("kprobe/vfs_read")
int kprobe_checked(struct pt_regs *ctx)
{
	return by_reading((struct file *)PT_REGS_PARM1(ctx), bpf_get_func_ip(ctx));
}

SEC("fentry/vfs_read")
int BPF_PROG(fentry_two, struct file *file, char *buf, __u64 count)
{
	struct bs_sample *record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(SECOND + 8));

	if (!record)
		return 0;
	RAW(record, FIRST) = file->f_mode;
	RAW(record, SECOND) = count;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("kprobe/vfs_read")
int kprobe_two(struct pt_regs *ctx)
{
	struct bs_sample *record = reserve(bpf_get_func_ip(ctx), RECORD_SIZE(SECOND + 8));
	struct file *file = (struct file *)PT_REGS_PARM1(ctx);
	__u32 mode;

	if (!record)
		return 0;
	if (bpf_core_read(&mode, sizeof(mode), &file->f_mode)) {
		RAW(record, STATUS) = BS_ITEM_FAULT;
		mode = 0;
	}
	RAW(record, FIRST) = mode;
	RAW(record, SECOND) = PT_REGS_PARM3(ctx);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

static __always_inline int call_begin(__u64 count)
{
	struct call call = { bpf_ktime_get_ns(), count };
	__u32 tid = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&calls, &tid, &call, BPF_ANY);
	return 0;
}

static __always_inline int call_end(__u64 ip, __u64 result)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct call *call = bpf_map_lookup_elem(&calls, &tid);
	struct bs_sample *record;

	if (!call)
		return 0;
	record = reserve(ip, RECORD_SIZE(THIRD + 8));
	if (!record)
		return 0;
	RAW(record, FIRST) = record->time - call->time;
	RAW(record, SECOND) = call->count;
	RAW(record, THIRD) = result;
	bpf_map_delete_elem(&calls, &tid);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("fentry/vfs_read")
int BPF_PROG(fentry_call, struct file *file, char *buf, __u64 count)
{
	return call_begin(count);
}

SEC("fexit/vfs_read")
int BPF_PROG(fentry_call_return, struct file *file, char *buf, __u64 count, void *pos, __u64 result)
{
	return call_end(bpf_get_func_ip(ctx), result);
}

SEC("kprobe/vfs_read")
int kprobe_call(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM3(ctx));
}

SEC("kretprobe/vfs_read")
int kprobe_call_return(struct pt_regs *ctx)
{
	return call_end(bpf_get_func_ip(ctx), PT_REGS_RC(ctx));
}

SEC("fentry/vfs_read")
int fentry_empty(void *ctx)
{
	return 0;
}

SEC("kprobe/vfs_read")
int kprobe_empty(void *ctx)
{
	return 0;
}

SEC("fentry/vfs_read")
int fentry_empty_call(void *ctx)
{
	return 0;
}

SEC("fexit/vfs_read")
int fentry_empty_call_return(void *ctx)
{
	return 0;
}

SEC("kprobe/vfs_read")
int kprobe_empty_call(void *ctx)
{
	return 0;
}

SEC("kretprobe/vfs_read")
int kprobe_empty_call_return(void *ctx)
{
	return 0;
}

/* As one counts by hand, with the kernel's own map for it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

static __always_inline int count(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&counts, &zero);

	if (n)
		++*n;
	return 0;
}

__u64 seen;

/* Two looks at the clock, as a duration takes them. */
SEC("fentry/vfs_read")
int fentry_clock(void *ctx)
{
	seen = bpf_ktime_get_ns();
	seen = bpf_ktime_get_ns();
	return 0;
}

SEC("kprobe/vfs_read")
int kprobe_clock(void *ctx)
{
	seen = bpf_ktime_get_ns();
	seen = bpf_ktime_get_ns();
	return 0;
}

SEC("fentry/vfs_read")
int fentry_count(void *ctx)
{
	return count();
}

SEC("kprobe/vfs_read")
int kprobe_count(void *ctx)
{
	return count();
}

char LICENSE[] SEC("license") = "GPL";
