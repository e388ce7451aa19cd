/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine that plan.h describes. Only btfsnoop.bpf.c includes this.
 *
 * An operation's number, its code and its operands are constants to the verifier, which leaves what
 * this one operation does. What is seldom needed or long anyway is in functions of its own: all of
 * this is written out for each operation that there is room for.
 */
#ifndef BTFSNOOP_MACHINE_H
#define BTFSNOOP_MACHINE_H

#define POISON		1	/* a pointer that cannot be read and is not NULL */
#define COMM_SIZE	16	/* TASK_COMM_LEN */
#define CHUNK		85	/* a third of BS_MAX_MATCHED */

static __noinline int is_target_now(void *ctx);	/* target.h */

/* Which program it is that runs operations, and what for. A constant. */
struct stage {
	int at_return;
	int in_filter;
};

/*
 * What operations work on. In items, the status is only ever or-ed and never tested: a test would
 * make the verifier tell apart all the ways it can come about.
 */
struct machine {
	__u64 acc;
	__u64 status;
	__u64 skip;		/* operations below this number are left out */
	__u64 duration;		/* of the call */
	void *saved;		/* where byte entry_off of the raw data is, in the call's slot */
	__u64 *temps;
	__u64 unknown;		/* 0, which the verifier does not know: control.zero */
	__u32 end;		/* of the record's last string, in the raw data */
};

/* BPF divides numbers without a sign only (until 6.6). @b is not 0. */
static __always_inline __u64 divide_signed(__u64 a, __u64 b, int modulo)
{
	int negative_a = (__s64)a < 0, negative_b = (__s64)b < 0;
	__u64 result;

	if (negative_a)
		a = -a;
	if (negative_b)
		b = -b;
	if (modulo) {
		result = a % b;
		return negative_a ? -result : result;
	}
	result = a / b;
	return negative_a != negative_b ? -result : result;
}

static __always_inline __u64 swap(__u64 value, __u32 size)
{
	switch (size) {
	case 2: return __builtin_bswap16(value);
	case 4: return __builtin_bswap32(value);
	default: return __builtin_bswap64(value);
	}
}

/* INDEX, SWAP, and what of ALU is no comparison. */
static __noinline __u64 compute(__u64 a, __u64 b, const volatile struct bs_op *op)
{
	if (op->code == BS_OP_SWAP)
		return swap(a, op->size);
	if (op->code == BS_OP_INDEX)
		return b ? b + a * op->imm : 0;
	switch (op->size) {
	case BS_ALU_ADD: return a + b;
	case BS_ALU_SUB: return a - b;
	case BS_ALU_MUL: return a * b;
	case BS_ALU_UDIV: return a / b;
	case BS_ALU_UMOD: return a % b;
	case BS_ALU_SDIV: return divide_signed(a, b, 0);
	case BS_ALU_SMOD: return divide_signed(a, b, 1);
	case BS_ALU_AND: return a & b;
	case BS_ALU_OR:  return a | b;
	case BS_ALU_XOR: return a ^ b;
	case BS_ALU_SHL: return a << (b & 63);
	case BS_ALU_SHR: return a >> (b & 63);
	default: return (__s64)a >> (b & 63);
	}
}

/* What filters do most is to cost little. */
static __always_inline __u64 compare(__u64 a, __u64 b, __u32 how)
{
	switch (how) {
	case BS_ALU_EQ:  return a == b;
	case BS_ALU_NE:  return a != b;
	case BS_ALU_ULT: return a < b;
	case BS_ALU_ULE: return a <= b;
	case BS_ALU_SLT: return (__s64)a < (__s64)b;
	case BS_ALU_SLE: return (__s64)a <= (__s64)b;
	case BS_ALU_UGT: return a > b;
	case BS_ALU_UGE: return a >= b;
	case BS_ALU_SGT: return (__s64)a > (__s64)b;
	default: return (__s64)a >= (__s64)b;
	}
}

static __noinline __u64 compare_far(__u64 a, __u64 b, const volatile struct bs_op *op)
{
	return compare(a, b, op->size);
}

/* Not a helper: see BS_KFUNC_RDONLY_CAST. */
static void *(*rdonly_cast)(__u64 addr, __u32 type) = (void *)BS_KFUNC_RDONLY_CAST;

static __always_inline int can_load_directly(void)
{
	return kernel.cast_type || probe.typed == BS_TYPED_LOADS;
}

/* The @size bytes at @addr, with no call; 0 if they cannot be read. */
static __always_inline __u64 load_directly(__u64 addr, __u32 size)
{
	const volatile void *p = (void *)addr;

	if (kernel.cast_type)
		p = rdonly_cast(addr, kernel.cast_type);
	switch (size) {
	case 1: return *(const volatile __u8 *)p;
	case 2: return *(const volatile __u16 *)p;
	case 4: return *(const volatile __u32 *)p;
	default: return *(const volatile __u64 *)p;
	}
}

/* Whether an operation leaves what the verifier may know as a pointer. */
static __always_inline int is_typed_pointer(const volatile struct bs_op *op)
{
	return probe.typed == BS_TYPED_LOADS &&
	       (op->code == BS_OP_ARG || op->code == BS_OP_LOAD || op->code == BS_OP_GET);
}

/*
 * Whether bytes that were loaded as 0 can be read. They can if there is anything else near them, on
 * the same page: that is looked at first, as it is cheap.
 */
static __noinline int can_read(__u64 addr, __u32 size)
{
	__u64 value, near = addr & ~63ULL;

	if (kernel.cast_type && !(addr & (size - 1)) &&
	    (load_directly(near, 8) || load_directly(near ^ 64, 8)))
		return 1;
	return !bpf_probe_read_kernel(&value, size & 15, (void *)addr);
}

/* What functions of their own return: a length or the like, and the item's status. */
#define RESULT(value, status)	((__u64)(status) << 32 | (__u32)(value))
#define RESULT_STATUS(result)	((result) >> 32)
#define RESULT_UNREAD(value, addr) RESULT(value, (addr) ? BS_ITEM_FAULT : BS_ITEM_NULL)

/* A string of at most @room bytes to @dst. Returns its length, with the NUL. */
static __always_inline __u64 read_string(char *dst, __u32 room, __u64 addr, int of_comm)
{
	char comm[COMM_SIZE];
	__s32 len;

	if (of_comm) {
		bpf_get_current_comm(comm, sizeof(comm));
		return RESULT(bpf_probe_read_kernel_str(dst, room, comm), 0);
	}
	len = bpf_probe_read_kernel_str(dst, room, (void *)addr);
	if (len <= 0) {
		*dst = 0;
		return RESULT_UNREAD(1, addr);
	}
	if ((__u32)len < room)
		return RESULT(len, 0);
	/* The last byte was only there to tell a string that fits from one that doesn't. */
	dst[room - 2] = 0;
	return RESULT(room - 1, BS_ITEM_CUT);
}

/* @size bytes, but no more than @room, to @dst. Returns their number. */
static __always_inline __u64 read_buffer(char *dst, __u64 room, __u64 addr, __s64 size)
{
	__u64 status = 0, bytes = size < 0 ? 0 : size;

	if (bytes > room) {
		bytes = room;
		status = BS_ITEM_CUT;
	}
	if (bpf_probe_read_kernel(dst, bytes, (void *)addr))
		return RESULT_UNREAD(0, addr);
	return RESULT(bytes, status);
}

/* COPY, STRING and BUFFER, the latter of @size bytes: from @addr to @op's place behind @raw. */
static __noinline __u64 output(void *raw, __u32 bias, const volatile struct bs_op *op, __u64 addr,
			       __u64 size)
{
	void *dst = raw + (op->off - bias);
	__u64 result;

	if (op->code == BS_OP_COPY) {
		if (bpf_probe_read_kernel(dst, op->imm, (void *)addr))
			return RESULT_UNREAD(0, addr);
		return 0;
	}
	if (op->code == BS_OP_STRING)
		result = read_string(dst, op->imm, addr, op->flags & BS_F_COMM);
	else
		result = read_buffer(dst, op->imm, addr, size);
	*(__u32 *)(raw + (op->off2 - bias)) = result << 16 | op->off;
	return result;
}

/* Marks the record whose raw data is at @raw, if @acc is not 0 and could be read; no branch. */
static __always_inline void mark_trigger(void *raw, const volatile struct bs_op *op, __u64 acc,
					 __u64 status)
{
	struct bs_common *common = raw;
	__u64 is_true = (acc | -acc) >> 63, unread = status >> (2 * op->item);

	if (!(op->flags & BS_F_SURE))
		is_true &= ~(unread | unread >> 1);
	common->flags |= is_true * BS_MARK_TRIGGER;
}

/* Whether @op's matcher knows the string: 1, 0, or -1 if it cannot be read. */
static __noinline __s32 match_string(__u64 addr, const volatile struct bs_op *op)
{
	char chars[CHUNK + 1], comm[COMM_SIZE];
	__u32 index = op->off;
	struct bs_match *match = bpf_map_lookup_elem(&matches, &index);
	__u64 state = 1;

	_Static_assert(3 * CHUNK == BS_MAX_MATCHED, "three chunks");
	if (!match)
		return -1;
	for (int chunk = 0; chunk < 3; chunk++) {
		long len;

		if (op->flags & BS_F_COMM) {
			bpf_get_current_comm(comm, sizeof(comm));
			len = bpf_probe_read_kernel_str(chars, sizeof(chars), comm);
		} else {
			len = bpf_probe_read_kernel_str(chars, sizeof(chars),
							(void *)addr + chunk * CHUNK);
		}
		if (len <= 0)
			return -1;
		for (int i = 0; i < CHUNK; i++) {
			__u8 c = chars[i];

			if (!c)
				goto end;
			state = (state & match->match[c]) << 1 | (state & match->loop);
		}
	}
end:
	return state >> (match->nr & 63) & 1;
}

/* An enum bs_value of the entry side; 0 where RET_IP cannot be had. */
static __noinline __u64 read_value(void *ctx, __u32 which)
{
	switch (which) {
	case BS_VALUE_TASK:
		return bpf_get_current_task();
	case BS_VALUE_CGROUP:
		return bpf_get_current_cgroup_id();
	case BS_VALUE_CPU:
		return bpf_get_smp_processor_id();
	case BS_VALUE_PID:
		return bpf_get_current_pid_tgid() >> 32;
	case BS_VALUE_TID:
		return (__u32)bpf_get_current_pid_tgid();
	case BS_VALUE_UID:
		return (__u32)bpf_get_current_uid_gid();
	default:
		return read_ret_ip(ctx);
	}
}

/*
 * One operation; @raw is where byte @bias of the raw data is to go. Returns whether there is to be
 * no event.
 */
static __always_inline int run_op(void *ctx, struct stage stage, const volatile struct bs_op *op,
				  __u32 code, void *raw, __u32 bias, struct machine *m)
{
	__u64 value = 0, acc = m->acc, loaded, pointer = 0, status;
	__u32 unused_bits;

	switch (code) {
	case BS_OP_ARG:
		if (stage.at_return)
			return 0;
		acc = read_arg(ctx, op->imm);
		break;
	case BS_OP_RETVAL:
		if (!stage.at_return)
			return 0;
		acc = read_retval(ctx);
		break;
	case BS_OP_CONST:
		acc = op->imm;
		break;
	case BS_OP_ADD:
		if (acc)	/* a place behind NULL is to be told from one that cannot be read */
			acc += op->imm;
		break;
	case BS_OP_LOAD:
		if (!can_load_directly()) {
			__u64 read = 0;

			loaded = 0;
			if (bpf_probe_read_kernel(&read, op->size, (void *)(acc + op->imm)))
				goto unread;
			loaded = read;
		} else {
			loaded = load_directly(acc + op->imm, op->size);
			/* The compiler is not to know that one that is 0 is 0: it has a type. */
			if (probe.typed == BS_TYPED_LOADS)
				asm volatile("%0 = %1" : "=r"(pointer) : "r"(loaded));
			if (!loaded && !can_read(acc + op->imm, op->size))
				goto unread;
		}
		acc = probe.typed == BS_TYPED_LOADS ? pointer : loaded;
		if (!(op->flags & BS_F_SIGNED))
			break;
		unused_bits = 64 - 8 * op->size;
		goto extend;
	case BS_OP_EXTEND:
		unused_bits = 64 - 8 * op->size;
		goto extend;
	case BS_OP_BITS:
		acc >>= op->imm;
		unused_bits = 64 - op->size;
		goto extend;
	case BS_OP_SET:
		/*
		 * Before 6.8, the verifier loses track of where a number that it knows came from
		 * when that was stored by another register than the frame's. It takes two states
		 * with different temps for one, and a branch that only the second would have come
		 * to for dead code, which it removes. So no temp holds a number that it knows.
		 */
		if (is_typed_pointer(op - 1))
			m->temps[op->off] = acc;
		else
			m->temps[op->off] = acc ^ m->unknown;
		break;
	case BS_OP_GET:
		acc = m->temps[op->off];
		break;
	case BS_OP_ALU:
		value = op->flags & BS_F_IMM ? op->imm : m->temps[op->off];
		if (op->size >= BS_ALU_UDIV && op->size <= BS_ALU_SMOD && !value) {
			acc = POISON;	/* a fault, not a NULL */
			goto unread;
		}
		if (op->size < BS_ALU_EQ)
			acc = compute(acc, value, op);
		else if (stage.in_filter)
			acc = compare(acc, value, op->size);
		else
			acc = compare_far(acc, value, op);
		break;
	case BS_OP_INDEX:
		value = m->temps[op->off];
		/* fall through */
	case BS_OP_SWAP:
		acc = compute(acc, value, op);
		break;
	case BS_OP_SKIP:
		if (op->flags & BS_F_IMM || !acc == !(op->flags & BS_F_IF))
			m->skip = op->imm;
		break;
	case BS_OP_LABEL:
		m->skip = 0;	/* the same on all ways here, so that the verifier sees one */
		break;
	case BS_OP_FILTER:
		return stage.in_filter && !acc;
	case BS_OP_VALUE:
		if (stage.at_return && op->imm == BS_VALUE_DURATION) {
			acc = m->duration;
			break;
		}
		acc = read_value(ctx, op->imm);
		if (op->imm != BS_VALUE_RET_IP || acc)
			break;
		acc = POISON;
		goto unread;
	case BS_OP_SAVED:
		if (!stage.at_return)
			return 0;
		acc = *(__u64 *)(m->saved + (op->off - plan.entry_off));
		if (op->flags & BS_F_SURE)
			break;
		status = m->status >> (2 * op->off2) & 3;
		goto set_status;
	case BS_OP_MATCH:
		value = match_string(acc, op);
		if ((__s32)value < 0)
			goto unread;
		acc = value;
		break;
	case BS_OP_TARGET:
		if (stage.in_filter)
			acc = is_target_now(ctx);
		break;
	case BS_OP_TRACKED:
		if (stage.in_filter)
			acc = flow_of(acc);
		break;
	case BS_OP_TRACK:
		if (!stage.in_filter)
			break;
		if (op->size == BS_TRACK_AS)
			value = m->temps[op->off];
		acc = track(acc, value, op);
		break;
	case BS_OP_UNTRACK:
		if (!stage.in_filter)
			break;
		if (op->flags & BS_F_IMM)
			acc = track(acc, 0, op);
		else
			acc = untrack_many(acc, m->temps[op->off]);
		break;
	case BS_OP_STORE:
		if (!stage.in_filter)
			*(__u64 *)(raw + (op->off - bias)) = acc;
		break;
	case BS_OP_TRIGGER:
		if (!stage.in_filter)
			mark_trigger(raw, op, acc, m->status);
		break;
	case BS_OP_COUNT:
		if (!stage.in_filter)
			count_value(raw, op, acc, &m->status);
		break;
	default:
		if (stage.in_filter)
			return 0;
		if (code == BS_OP_BUFFER)
			value = m->temps[op->size];
		value = output(raw, bias, op, acc, value);
		if (op->flags & BS_F_LAST)
			m->end = op->off + (__u32)value;
		status = RESULT_STATUS(value);
		goto set_status;
	}
	m->acc = acc;
	return 0;
extend:
	acc <<= unused_bits;
	if (op->flags & BS_F_SIGNED)
		acc = (__s64)acc >> unused_bits;
	else
		acc >>= unused_bits;
	m->acc = acc;
	return 0;
unread:
	status = acc ? BS_ITEM_FAULT : BS_ITEM_NULL;
	if (op->code != BS_OP_LOAD || op->flags & BS_F_LAST) {
		acc = 0;
	} else if (probe.typed == BS_TYPED_LOADS) {
		/* NULL, but of the type that the next load wants. Nor does a fault become a NULL. */
		status &= ~((m->status >> (2 * op->item) & ~(m->status >> (2 * op->item + 1)) & 1) << 1);
		acc = pointer;
	} else if (acc) {
		acc = POISON;
	}
set_status:
	m->acc = acc;
	if (stage.in_filter)
		return status != 0;
	m->status |= status << (2 * op->item);
	return 0;
}

/*
 * Runs the operations of one side, from number @first on, 0 or FIRST_OPS, written out one by one:
 * in a loop, even one that the compiler unrolls, their numbers would not be at constant places, and
 * the branches not taken would stay. Jumps have 16 bits: a function with all of this in it must stay
 * below 32,768 instructions, and an operation has 450.
 */
#define FIRST_OPS	28	/* in one function, with those of a filter before them */
#define RUN(n)									\
	code = ops[n].code;							\
	if (code == BS_OP_END)							\
		return 0;							\
	if (m->skip <= (n) && run_op(ctx, stage, &ops[n], code, raw, bias, m))	\
		return 1
#define RUN4(n)		RUN(n); RUN(n + 1); RUN(n + 2); RUN(n + 3)
#define RUN16(n)	RUN4(n); RUN4(n + 4); RUN4(n + 8); RUN4(n + 12)

/* Returns whether there is to be no event. */
static __always_inline int run(void *ctx, struct stage stage, __u32 first,
			       const volatile struct bs_op *ops, void *raw, __u32 bias,
			       struct machine *m)
{
	__u32 code;

	_Static_assert(BS_MAX_FILTER_OPS == 32 && BS_MAX_OPS == 64, "as many as are written out");
	/* One register instead of an address for each operand. */
	asm volatile("" : "+r"(ops));
	if (!first) {
		RUN16(0);
		RUN4(16);
		RUN4(20);
		RUN4(24);
	}
	if (first || stage.in_filter) {
		RUN4(28);
	}
	if (first) {
		RUN16(32);
		RUN16(48);
	}
	return 0;
}

/* What a program does that raises no event. */
static __always_inline int run_note(void *ctx, struct machine *m)
{
	const volatile struct bs_op *ops = plan.entry_filter;
	struct stage stage = { .in_filter = 1 };
	void *raw = 0;
	__u32 code, bias = 0;

	_Static_assert(BS_MAX_NOTE_OPS == 8, "as many as are written out");
	asm volatile("" : "+r"(ops));
	RUN4(0);
	RUN4(4);
	return 0;
}

#endif
