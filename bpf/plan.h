/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between the BPF program and user space: what a plan is, and where the parts of a
 * record stand. Nothing else is shared.
 *
 * A plan is straight code for a machine with one accumulator. It stands in a frozen map, so the
 * verifier knows every number in it, drops the branches not taken and leaves the loads and copies
 * of this plan alone.
 */
#ifndef BTFSNOOP_PLAN_H
#define BTFSNOOP_PLAN_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define BS_MAX_OPS	64	/* of one side, entry or return, in one plan */
#define BS_SMALL_OPS	16	/* what the programs' smaller forms have room for */
#define BS_MAX_ARGS	12	/* MAX_BPF_FUNC_ARGS of the kernel's trampolines, in 8-byte words */
#define BS_MAX_CPUS	8192	/* x86's largest NR_CPUS */
#define BS_MAX_EVENTS	1024	/* events in one recording */

enum bs_opcode {
	BS_OP_END,
	BS_OP_ARG,		/* acc = argument word @imm (BS_ARG) */
	BS_OP_RETVAL,		/* acc = return value, as wide as the register */
	BS_OP_CONST,		/* acc = imm */
	BS_OP_ADD,		/* acc += imm: a pointer and a member's place; NULL stays NULL */
	BS_OP_LOAD,		/* acc = the @size bytes at acc + imm; fault: status set, acc = 0
				 * with BS_F_LAST, else an address that faults again */
	BS_OP_EXTEND,		/* acc = its low @size bytes, sign- or zero-extended */
	BS_OP_BITS,		/* acc = bits [imm, imm + size) of acc, sign- or zero-extended */
	BS_OP_STORE,		/* 8 bytes of acc to the record at @off */
	BS_OP_COPY,		/* @imm bytes at acc to the record at @off; fault: zeros, status */
	BS_OP_STRING,		/* string at acc, cut to @imm - 1 bytes, to the record at @off,
				 * where @imm are free; its length to the "__data_loc" at @off2 */
};

#define BS_F_SIGNED	1	/* LOAD, EXTEND, BITS: sign-extend */
#define BS_F_LAST	2	/* LOAD: of the item's chain; STRING: of the record, it ends here */

/* What became of an item, two bits each in the status word; a fault behind a NULL stays a NULL. */
#define BS_ITEM_FAULT	1
#define BS_ITEM_CUT	2
#define BS_ITEM_NULL	3

struct bs_op {
	__u8 code;
	__u8 flags;
	__u8 size;		/* bytes (LOAD, EXTEND) or bits (BITS) */
	__u8 item;		/* whose status bits a fault sets */
	__u16 off;		/* from the start of the raw data */
	__u16 off2;
	__s64 imm;
};

/*
 * Where a word of the arguments is: in the trampoline's array of words (fentry, fexit) and, for
 * probes that see registers, in a register (0 to 5, the ABI's order) or on the stack (the word's
 * number there + BS_ARG_STACK).
 */
#define BS_ARG_STACK	16
#define BS_ARG(word, place)	((__s64)(word) | (__s64)(place) << 16)
#define BS_ARG_WORD(imm)	((imm) & 0xffff)
#define BS_ARG_PLACE(imm)	(((imm) >> 16) & 0xffff)

/* Which tasks are recorded; every test that is set must be passed. */
#define BS_TARGET_TASKS	1	/* the thread is in the map "tasks" */
#define BS_TARGET_UID	2
#define BS_TARGET_CPUS	4
#define BS_TARGET_NOT_TGID	8	/* perf's --exclude-perf */

struct bs_target {
	__u32 flags;
	__u32 uid;
	__u32 not_tgid;
	__u32 pad;
	__u64 cpus[BS_MAX_CPUS / 64];
};

/*
 * The record: a PERF_RECORD_SAMPLE with PERFDATA_SAMPLE_TYPE (include/uapi/linux/perf_event.h).
 * The raw data starts behind raw_size, 4 bytes off an 8-byte boundary, as in the kernel's samples.
 */
struct bs_sample {
	__u32 type;
	__u16 misc;
	__u16 size;
	__u64 id;
	__u64 ip;
	__u32 pid, tid;
	__u64 time;
	__u32 cpu, cpu_pad;
	__u64 period;
	__u32 raw_size;
};

#define BS_RAW_OFFSET	60
#define BS_MAX_RECORD	65528	/* perf_event_header.size is 16 bits, records are multiples of 8 */

/* The raw data starts as all trace records do: struct trace_entry, include/linux/trace_events.h. */
struct bs_common {
	__u16 type;
	__u8 flags;
	__u8 preempt_count;
	__s32 pid;
};

enum bs_clock {
	BS_CLOCK_MONO,
	BS_CLOCK_BOOT,
	BS_CLOCK_TAI,		/* needs 6.1; with an offset also CLOCK_REALTIME */
};

/* The raw data: common bytes, status, duration, what the return adds, what the entry saw. */
struct bs_plan {
	__u64 sample_id;
	__u64 ip;		/* of the only function; 0: ask bpf_get_func_ip() */
	__s64 clock_offset;	/* nanoseconds, added to the clock */
	__u32 clock;		/* enum bs_clock */
	__u32 event;		/* index of its counters */
	__u32 record_size;	/* bytes reserved: all of the record, a multiple of 8; 0: no plan */
	__u16 event_type;	/* bs_common.type */
	__u16 status_off;	/* of the u64 of item statuses; 0: none */
	__u16 duration_off;	/* of the u64 of nanoseconds; 0: none */
	__u16 cut_tail;		/* a string is last, the record ends behind it */
	__u32 entry_off;	/* paired: where the part that a slot keeps starts ... */
	__u32 entry_size;	/* ... and its bytes, a multiple of 8 */
	__u32 slot_mask;	/* number of slots - 1; the number is a power of two, at least 8 */
	__u32 nr_entry_ops;
	__u32 nr_return_ops;
	struct bs_op entry[BS_MAX_OPS];
	struct bs_op ret[BS_MAX_OPS];
	struct bs_target target;
};

/*
 * A call that has been entered and has not returned. Its key is the place of its frame on the stack
 * and its thread, which no other live call has; 0 is free, 1 is being filled or read.
 */
struct bs_slot {
	__u64 key;
	__u64 time;		/* of the entry */
	__u64 status;
	__u32 end;		/* of the last string in the raw data */
	__u32 pad;
	__u8 data[];		/* plan.entry_size bytes */
};

#define BS_SLOT_WAYS	8	/* slots a key can be in */
#define BS_SLOT_BUSY	1

#define BS_HASH		0x9e3779b97f4a7c15ULL	/* 2^64 / golden ratio: spreads bits */

/*
 * A kprobe's key, of the stack pointer, the thread and the function, as a function that is reached
 * by a tail call has its caller's frame. And the thread again.
 */
#define BS_KPROBE_KEY(sp, tid, ip)	(((__u64)(sp) << 32 | (__u32)(tid)) ^ (ip) * BS_HASH)
#define BS_KPROBE_KEY_TID(key, ip)	((__u32)((key) ^ (ip) * BS_HASH))

/* What could not be recorded, by event; read through mmap(2) while recording. */
struct bs_counters {
	__u64 lost_ring;	/* no room in the ring buffer */
	__u64 lost_slot;	/* a call's slot was needed for another, or its return not seen */
};

/* Switches that user space flips while the programs run; in .bss. */
struct bs_control {
	__u32 enabled;		/* events are recorded */
	__u32 written;		/* bytes, to look at the ring's fill now and then */
};

/* Values in the map "tasks". */
#define BS_TASK_ON	1	/* recorded, and so are the children it forks */
#define BS_TASK_ON_EXEC	2	/* recorded from its next exec on */
#define BS_TASK_ALONE	3	/* recorded, not its children */
#define BS_TASK_ALONE_ON_EXEC 4

/* Where things are in this kernel's structs, for the programs that follow forks. */
struct bs_kernel {
	__u32 task_pid;		/* offset of task_struct.pid */
	__u32 ring_wakeup;	/* bytes in the ring from which the consumer is woken */
};

#endif
