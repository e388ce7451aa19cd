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
#define BS_MAX_FILTER_OPS 32	/* that decide, on one side, whether there is an event */
#define BS_MAX_TEMPS	8	/* values kept aside while others are computed */
#define BS_MAX_MATCHES	64	/* strings and globs that one recording compares with */
#define BS_MAX_MATCH_LEN 63	/* elements (characters, ?, [...]) in one of them */
#define BS_MAX_MATCHED	255	/* bytes of a string that are looked at */
#define BS_MAX_STACK_HAS 4	/* functions that have to be on the call chain */
#define BS_MAX_CHAIN	127	/* entries of a call chain: the kernel's perf_event_max_stack */
#define BS_MAX_SEQUENCE	16	/* functions in a sequence */
#define BS_MAX_NOTE_OPS	8	/* of a program that only notes what becomes of objects */
#define BS_MAX_FREED	64	/* addresses looked at that are freed in one go */
#define BS_MAX_ARGS	12	/* MAX_BPF_FUNC_ARGS of the kernel's trampolines, in 8-byte words */
#define BS_MAX_CPUS	8192	/* x86's largest NR_CPUS */
#define BS_MAX_EVENTS	8192	/* events in one recording */

enum bs_opcode {
	BS_OP_END,
	BS_OP_ARG,		/* acc = argument word @imm (BS_ARG) */
	BS_OP_RETVAL,		/* acc = return value, as wide as the register */
	BS_OP_CONST,		/* acc = imm */
	BS_OP_ADD,		/* acc += imm: a pointer and a member's place; NULL stays NULL */
	BS_OP_LOAD,		/* acc = the @size bytes at acc + imm; fault: status set, acc = 0
				 * with BS_F_LAST, else an address that faults again in the same
				 * way: NULL if acc was NULL, else one that cannot be read */
	BS_OP_EXTEND,		/* acc = its low @size bytes, sign- or zero-extended */
	BS_OP_BITS,		/* acc = bits [imm, imm + size) of acc, sign- or zero-extended */
	BS_OP_STORE,		/* 8 bytes of acc to the record at @off */
	BS_OP_COPY,		/* @imm bytes at acc to the record at @off; fault: zeros, status */
	BS_OP_STRING,		/* string at acc, cut to @imm - 1 bytes, to the record at @off,
				 * where @imm are free; its length to the "__data_loc" at @off2;
				 * the task's comm with BS_F_COMM */
	BS_OP_BUFFER,		/* as many bytes at acc as temp @size says, @imm at most, to the
				 * record at @off; their number to the "__data_loc" at @off2 */
	BS_OP_SET,		/* temp @off = acc */
	BS_OP_GET,		/* acc = temp @off */
	BS_OP_ALU,		/* acc = acc <@size, an enum bs_alu> temp @off, or @imm with BS_F_IMM */
	BS_OP_INDEX,		/* acc = temp @off + acc * imm: a pointer and an index; NULL stays */
	BS_OP_SWAP,		/* the low @size bytes of acc in reverse order, zero-extended */
	BS_OP_SKIP,		/* to operation @imm if acc is 0 (with BS_F_IF: if it is not; with
				 * BS_F_IMM: always): that is a BS_OP_LABEL further on */
	BS_OP_LABEL,		/* where skips end; one is the end of several */
	BS_OP_FILTER,		/* if acc is 0, or anything in the filter has failed before, there is
				 * no event; @item is 0 in all of a filter's operations */
	BS_OP_VALUE,		/* acc = what @imm says, an enum bs_value */
	BS_OP_SAVED,		/* on the return side: acc = the 8 bytes that the entry stored at
				 * @off, whose status bits, @off2's, are now also @item's; with
				 * BS_F_SURE it has none */
	BS_OP_MATCH,		/* acc = whether the string at acc is one that matcher @off knows;
				 * that of the task's comm with BS_F_COMM */
	/* Only in filters, where plan.track is set; and in notes, but the first. */
	BS_OP_TARGET,		/* acc = whether what runs now is to be recorded: plan.target */
	BS_OP_TRACKED,		/* acc = the flow of the object at acc, 0: it is not followed */
	BS_OP_TRACK,		/* follows the object at acc, as @size says, an enum bs_track; acc =
				 * its flow, 0: there is none (acc is NULL, the map is full) */
	BS_OP_UNTRACK,		/* the object at acc is followed no longer; acc = 0. Without BS_F_IMM:
				 * as many objects as temp @off says, whose addresses stand at acc */
	BS_OP_COUNT,		/* where plan.stat is set: acc goes into the figure at @off of the
				 * cell, and into the histogram at @off2, 0: it has none. If @item's
				 * status says that it could not be read, that is counted; with
				 * BS_F_SURE it has none */
	BS_OP_TRIGGER,		/* where the record is: if acc is not 0, and @item's status says that
				 * it could be read (BS_F_SURE: it has none), the record is marked
				 * with BS_MARK_TRIGGER */
};

/* A flow is a number from 1 on that an object's events have in common, and its copies'. */
enum bs_track {
	BS_TRACK_NEW,		/* as a new flow, unless it is followed already */
	BS_TRACK_AS,		/* as the flow in temp @off, whatever it was before; 0: not at all */
	BS_TRACK_LATER,		/* not yet: at the call's return, if ... */
	BS_TRACK_NOW,		/* ... it has not been freed meanwhile; a new flow anyway */
};

#define BS_F_SIGNED	1	/* LOAD, EXTEND, BITS: sign-extend; COUNT: acc has a sign */
#define BS_F_LAST	2	/* LOAD: of the item's chain; STRING, BUFFER: of the record, it ends
				 * here */
#define BS_F_IMM	4	/* ALU: the other operand is imm; UNTRACK: one object */
#define BS_F_IF		8	/* SKIP: if acc is not 0 */
#define BS_F_COMM	16	/* STRING, MATCH */
#define BS_F_SURE	32	/* SAVED, COUNT, TRIGGER: cannot have failed */

/*
 * What BS_OP_ALU computes, on 64 bits: operands come extended as their C type has it, and what does
 * not fit the result's type is cut off by a BS_OP_EXTEND. Shift counts are taken modulo 64. Dividing
 * by 0 is a fault: status set, acc = 0.
 */
enum bs_alu {
	BS_ALU_ADD, BS_ALU_SUB, BS_ALU_MUL,
	BS_ALU_UDIV, BS_ALU_SDIV, BS_ALU_UMOD, BS_ALU_SMOD,
	BS_ALU_AND, BS_ALU_OR, BS_ALU_XOR,
	BS_ALU_SHL, BS_ALU_SHR, BS_ALU_SAR,
	BS_ALU_EQ, BS_ALU_NE,				/* from here on acc = 0 or 1 */
	BS_ALU_ULT, BS_ALU_ULE, BS_ALU_SLT, BS_ALU_SLE,
	BS_ALU_UGT, BS_ALU_UGE, BS_ALU_SGT, BS_ALU_SGE,
};

enum bs_value {
	BS_VALUE_TASK,		/* address of the current task_struct */
	BS_VALUE_CGROUP,	/* id of its cgroup (v2) */
	BS_VALUE_CPU,
	BS_VALUE_PID,		/* of the process, */
	BS_VALUE_TID,		/* of the thread */
	BS_VALUE_UID,
	BS_VALUE_RET_IP,	/* where the function returns to; entry side only */
	BS_VALUE_DURATION,	/* nanoseconds since the entry; return side only */
};

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
#define BS_TARGET_CGROUP	16	/* the task is in the cgroup in the map "cgroup", or below */
#define BS_TARGET_STACK		32	/* functions are on the call chain */
#define BS_TARGET_SEQUENCE	64	/* functions have been entered in order */

struct bs_target {
	__u32 flags;
	__u32 uid;
	__u32 not_tgid[2];	/* the recorder, and who reads what it records; 0: nobody */
	__u32 nr_stack_has;	/* each of these has to be there */
	__u32 pad;
	struct {
		__u64 start, end;
	} stack_has[BS_MAX_STACK_HAS];
	__u64 cpus[BS_MAX_CPUS / 64];
};

/*
 * A string or a glob, as an automaton that runs on all its states at once: bit n of the state is set
 * when n elements have been matched. A character c takes it from state to
 *	(state & match[c]) << 1 | (state & loop)
 * The string is matched when, at its end, bit nr is set.
 */
struct bs_match {
	__u64 match[256];
	__u64 loop;		/* there is a * behind so many elements */
	__u32 nr;		/* elements, BS_MAX_MATCH_LEN at most */
	__u32 pad;
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

/* In bs_common.flags on the way to user space, which takes it out: the event is a trigger. */
#define BS_MARK_TRIGGER	1

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
	__u32 record_size;	/* bytes: all of the record, a multiple of 8; 0: no plan */
	__u16 event_type;	/* bs_common.type */
	__u16 status_off;	/* of the u64 of item statuses; 0: none */
	__u16 duration_off;	/* of the u64 of nanoseconds; 0: none */
	__u16 cut_tail;		/* a string is last, the record ends behind it */
	__u32 entry_off;	/* paired: where the part that a slot keeps starts ... */
	__u32 entry_size;	/* ... and its bytes, a multiple of 8 */
	__u32 nr_buckets;	/* paired: of slots, a power of two; else 0 */
	__u32 kept_size;	/* ... and bytes that it keeps behind them, for the return side
				 * alone (BS_OP_SAVED), a multiple of 8 */
	__u16 sequence_step;	/* BS_TARGET_SEQUENCE: the function's place in the sequence, 1 the */
	__u16 sequence_len;	/* first, of so many; 0: another one, which needs all of them */
	__u32 filter_first;	/* the entry filter costs less than looking up whether the task is
				 * a target */
	__u32 always;		/* also while nothing is recorded: a note to user space */
	__u32 track;		/* only events of followed objects, which the entry filter finds; it
				 * asks for the target (BS_OP_TARGET) where following begins */
	__u32 by_cookie;	/* several events follow this plan. The attach cookie tells which one it
				 * is: it is added to sample_id and event, subtracted from event_type */
	__u32 stat;		/* BS_STAT_*: calls are counted and not recorded; 0: they are */
	__u32 nr_cells;		/* functions, each with a cell of its own for each CPU */
	__u32 chain;		/* BS_CHAIN_*: the call chain is recorded, behind the record; 0: not */
	__u32 max_frames;	/* ... and so many frames of it at most */
	__u32 reserve_size;	/* bytes reserved: of the record, and for a chain */
	__u32 nr_times;		/* words in the map "times", a power of two from 2 on; 0: none */
	__u32 nr_entry_filter_ops;
	__u32 nr_return_filter_ops;
	__u32 nr_entry_ops;
	__u32 nr_return_ops;
	struct bs_op entry_filter[BS_MAX_FILTER_OPS];
	struct bs_op return_filter[BS_MAX_FILTER_OPS];
	struct bs_op entry[BS_MAX_OPS];
	struct bs_op ret[BS_MAX_OPS];
	struct bs_target target;
};

/*
 * What stat keeps of a function on one CPU, which nobody else writes to while a program runs:
 * number cpu * plan.nr_cells + function of the map "cells", the function being the attach cookie.
 * Behind it are the figures and histograms that operations have the places of.
 */
struct bs_cell {
	__u64 nr[2];		/* calls counted at the entry and at the return */
};

/*
 * bs_plan.chain. Behind the record, at record_size, the chain stands as perf has it in a sample: a
 * number and as many 8-byte words, addresses and PERF_CONTEXT_*. User space puts it where it belongs.
 */
#define BS_CHAIN_KERNEL	1
#define BS_CHAIN_USER	2
#define BS_CHAIN_OWN	8	/* frames that a tracepoint's program is called by, which stay in */
#define BS_CHAIN_SIZE(max_frames) (8 * (1 + 2 + BS_CHAIN_OWN + (max_frames)))

/* bs_plan.stat. The entry's operations count, or they keep what the return's count. */
#define BS_STAT		1
#define BS_STAT_AT_ENTRY 2	/* calls are counted at the entry, */
#define BS_STAT_AT_RETURN 4	/* at the return */
#define BS_STAT_DURATION 8	/* some value is, or asks for, the duration; else times are all 0 */

/*
 * Of one value. It starts with zeros: so the minimum is kept upside down, and numbers with a sign
 * are compared, but not added, with the highest bit the other way round.
 */
struct bs_figure {
	__u64 sum;
	__u64 max;
	__u64 not_min;		/* its complement */
	__u64 unread[2];	/* values that could not be read, behind a NULL */
};

/*
 * A histogram: how often the value was 0, then from 2^(n-1) to 2^n - 1 for n from 1 to 64. Values
 * with a sign have as many again behind those, for n from 1 on, of what is below 0.
 */
#define BS_NR_BUCKETS	65

/*
 * When calls were entered, where that is all that the return needs: a word each, time ^ key *
 * BS_HASH, the key being the place of the call's frame. A word that makes a time as long ago as no
 * call takes is another call's. 0 is free.
 */
#define BS_TIME_BITS	44		/* nanoseconds: 4.9 hours */
#define BS_TIME_SHIFT	20		/* from this bit of the product on, the word's place */

/*
 * Calls that have been entered and have not returned, in an array of buckets: first the keys of a
 * bucket's slots, then the slots, of sizeof(struct bs_slot) + entry_size + kept_size bytes each. A
 * key is the place of the call's frame on the stack and its thread, which no other live call has; 0
 * is free, 1 is being filled or read.
 */
struct bs_slot {
	__u64 time;		/* of the entry */
	__u64 status;
	__u32 end;		/* of the last string in the raw data */
	__u32 pad;
	__u8 data[];		/* plan.entry_size + plan.kept_size bytes */
};

#define BS_SLOT_WAYS	8	/* slots in a bucket */
#define BS_SLOT_KEYS	(BS_SLOT_WAYS * sizeof(__u64))	/* bytes */
#define BS_SLOT_BUSY	1

#define BS_HASH		0x9e3779b97f4a7c15ULL	/* 2^64 / golden ratio: spreads bits */

/*
 * A kprobe's key, of the stack pointer, the thread and the function, as a function that is reached
 * by a tail call has its caller's frame. And the thread again.
 */
#define BS_KPROBE_KEY(sp, tid, ip)	(((__u64)(sp) << 32 | (__u32)(tid)) ^ (ip) * BS_HASH)
#define BS_KPROBE_KEY_TID(key, ip)	((__u32)((key) ^ (ip) * BS_HASH))

/*
 * BS_TARGET_SEQUENCE: which functions of the sequence a task is in, by thread. A function is stepped
 * into when the task is in all before it. Who comes first, of the programs at one call of it, makes
 * the step; the others know it by the frame.
 */
struct bs_sequence {
	__u32 nr;		/* functions that the task is in */
	__u32 done;		/* bit n: since the step into function n, all have been stepped into */
	__u32 frames[BS_MAX_SEQUENCE];	/* low half of the place of each one's frame */
};

/* Room for a call chain, too large for a program's stack. */
struct bs_chain {
	__u32 busy;
	__u32 pad;
	__u64 ips[3 * (BS_MAX_CHAIN + 1)];	/* of the kernel, then of user space, and marks */
};

/* What could not be recorded, by event; read through mmap(2) while recording. */
struct bs_counters {
	__u64 lost_ring;	/* no room in the ring buffer */
	__u64 lost_slot;	/* a call's slot was needed for another, or its return not seen */
};

/* Switches that user space flips while the programs run; in .bss. */
struct bs_control {
	__u32 enabled;		/* events are recorded */
	__u32 written;		/* bytes, to look at the ring's fill now and then */
	__u64 zero;		/* always, which the verifier does not know */
	__u32 command;		/* the process of the command, all of whose threads are recorded;
				 * BS_NO_COMMAND: none, or not yet */
	__u32 pad;
	__u64 nr_flows;		/* begun so far */
	__u64 untracked;	/* objects that could not be followed: the map was full */
};

#define BS_NO_COMMAND	0xffffffffU

/* Values in the map "tasks". */
#define BS_TASK_ON	1	/* recorded, and so are the children it forks */
#define BS_TASK_ON_EXEC	2	/* recorded from its next exec on */
#define BS_TASK_ALONE	3	/* recorded, not its children */
#define BS_TASK_ALONE_ON_EXEC 4

/* Which registers and which helpers a program sees. */
enum bs_probe_kind {
	BS_PROBE_TRACING,	/* fentry, fexit: the trampoline's array of arguments */
	BS_PROBE_KPROBE,	/* kprobe, kretprobe: struct pt_regs */
	BS_PROBE_RAW_TP,	/* a tracepoint's array of arguments */
	BS_NR_PROBE_KINDS,
};

/*
 * What one plan's programs differ in. Like the plan's, its map is frozen.
 *
 * In a session the kernel keeps 8 bytes for the program from a call's entry to its return: the call's
 * key, or, when the plan keeps nothing else of the entry, the time. 0: there is no event.
 */
struct bs_probe {
	__u32 kind;		/* enum bs_probe_kind */
	__u32 session;
	__u32 typed;		/* enum bs_typed */
};

/*
 * How a trampoline's program reads its function's arguments. The verifier knows their types then, and
 * refuses some of them in some kernels, and in others a load that does not go by them.
 */
enum bs_typed {
	BS_TYPED_NONE,		/* with bpf_get_func_arg() */
	BS_TYPED_ARGS,		/* from the context, as numbers */
	BS_TYPED_LOADS,		/* as pointers that are loaded through as the types have it */
};

/*
 * Stand in the program as calls of helpers, whose numbers these are not: user space puts something
 * else there. First the BTF ids of functions that the kernel may have or not ...
 */
#define BS_KFUNC_SESSION_IS_RETURN 0x7f000000	/* bool bpf_session_is_return(ctx) */
#define BS_KFUNC_SESSION_COOKIE	0x7f000001	/* __u64 *bpf_session_cookie(ctx) */
#define BS_KFUNC_RDONLY_CAST	0x7f000002	/* void *bpf_rdonly_cast(address, type's BTF id) */
/* ... then loads from the context at an offset that is known only with the plan. */
#define BS_LOAD_WORD		0x7f000010	/* (ctx, n): word n of an array */
#define BS_LOAD_REG		0x7f000011	/* (ctx, n): register n of the ABI's six */

/* Where things are in this kernel's structs, for the programs that follow forks. */
struct bs_kernel {
	__u32 task_pid;		/* offset of task_struct.pid */
	__u32 ring_wakeup;	/* bytes in the ring from which the consumer is woken */
	__u32 chain_mask;	/* entries of the map "chains" - 1; they are a power of two */
	__u32 cast_type;	/* BTF id of a struct that starts with a number of 64 bits, to load
				 * through with bpf_rdonly_cast(); 0: the kernel has none */
};

#endif
