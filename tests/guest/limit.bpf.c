// SPDX-License-Identifier: GPL-2.0-only
/*
 * What record does for vfs_read(file->f_inode->i_size) with the filter file->f_flags > N, written by
 * hand: the least that such an event costs. The records are ours, byte for byte as long.
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
	unsigned int f_flags;
	struct inode *f_inode;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

const volatile __u32 above;	/* the filter's number */

struct record {
	struct bs_sample sample;
	struct bs_common common;
	__u64 status;
	__s64 size;
} __attribute__((packed));

static struct record *reserve(__u64 ip)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return NULL;
	record->sample.type = PERF_RECORD_SAMPLE;
	record->sample.misc = PERF_RECORD_MISC_KERNEL;
	record->sample.size = sizeof(*record);
	record->sample.id = 1;
	record->sample.ip = ip;
	record->sample.pid = pid_tgid >> 32;
	record->sample.tid = pid_tgid;
	record->sample.time = bpf_ktime_get_ns();
	record->sample.cpu = bpf_get_smp_processor_id();
	record->sample.cpu_pad = 0;
	record->sample.period = 1;
	record->sample.raw_size = sizeof(*record) - BS_RAW_OFFSET - sizeof(__u32);
	record->common.type = 1;
	record->common.flags = 0;
	record->common.preempt_count = 0;
	record->common.pid = pid_tgid;
	record->status = 0;
	return record;
}

/* As one does it with fentry: faults read as 0. */
SEC("fentry/vfs_read")
int BPF_PROG(fentry_direct, struct file *file)
{
	struct record *record;

	if (file->f_flags <= above)
		return 0;
	record = reserve(bpf_get_func_ip(ctx));
	if (!record)
		return 0;
	record->size = file->f_inode->i_size;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* The values, or what of them could not be read, as record marks it. */
static int by_reading(struct file *file, __u64 ip)
{
	struct record *record;
	struct inode *inode;
	__u32 flags;

	if (bpf_core_read(&flags, sizeof(flags), &file->f_flags) || flags <= above)
		return 0;
	record = reserve(ip);
	if (!record)
		return 0;
	if (bpf_core_read(&inode, sizeof(inode), &file->f_inode) ||
	    bpf_core_read(&record->size, sizeof(record->size), &inode->i_size)) {
		record->status = BS_ITEM_FAULT;
		record->size = 0;
	}
	bpf_ringbuf_submit(record, 0);
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
int fentry_empty(void *ctx)
{
	return 0;
}

SEC("kprobe/vfs_read")
int kprobe_empty(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
