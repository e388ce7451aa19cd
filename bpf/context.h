/* SPDX-License-Identifier: GPL-2.0-only */
/* What the context of each kind of probe tells. Only btfsnoop.bpf.c includes this. */
#ifndef BTFSNOOP_CONTEXT_H
#define BTFSNOOP_CONTEXT_H

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

#if defined(__TARGET_ARCH_x86)
#define READ_SP(ctx)		READ_REG(ctx, rsp)
#define READ_RETVAL(ctx)	READ_REG(ctx, rax)
#else
#error "where do parameters stand at a function's entry on this machine?"
#endif

/* Not helpers: plan.h says what becomes of these calls. */
static __u64 (*load_word)(void *ctx, __u64 word) = (void *)BS_LOAD_WORD;
static __u64 (*load_reg)(void *ctx, __u64 place) = (void *)BS_LOAD_REG;

static __noinline __u64 kprobe_stack_arg(void *ctx, __u32 place)
{
	__u64 value = 0;

	/* At a function's first instruction the return address is on top of its own stack. */
	bpf_probe_read_kernel(&value, sizeof(value),
			      (void *)READ_SP(ctx) + 8 + 8 * (place - BS_ARG_STACK));
	return value;
}

/*
 * BS_ARG_WORD() masks, and it has to: what the verifier puts in the place of the helper's call
 * compares the low 32 bits of the word's number and then uses all 64, which crashes the kernel
 * (kernel/bpf/verifier.c, do_misc_fixups(), 5.17 to 7.2 at least).
 */
static __always_inline __u64 tracing_arg(void *ctx, __s64 imm)
{
	__u64 value;

	/* Programs for many functions have a context of six words. */
	if (!probe.typed || BS_ARG_WORD(imm) >= 6) {
		__u64 got = 0;

		bpf_get_func_arg(ctx, BS_ARG_WORD(imm), &got);
		return got;
	}
	value = load_word(ctx, BS_ARG_WORD(imm));
	/* Negated, a pointer is a number to the verifier, with which anything can be done. */
	if (probe.typed == BS_TYPED_ARGS)
		asm volatile("%0 = -%0\n\t%0 = -%0" : "+r"(value));
	return value;
}

static __always_inline __u64 read_arg(void *ctx, __s64 imm)
{
	switch (probe.kind) {
	case BS_PROBE_TRACING:
		return tracing_arg(ctx, imm);
	case BS_PROBE_KPROBE:
		if (BS_ARG_PLACE(imm) < BS_ARG_STACK)
			return load_reg(ctx, BS_ARG_PLACE(imm));
		return kprobe_stack_arg(ctx, BS_ARG_PLACE(imm));
	default:
		return load_word(ctx, BS_ARG_WORD(imm));
	}
}

static __always_inline __u64 read_retval(void *ctx)
{
	__u64 value = 0;

	if (probe.kind == BS_PROBE_TRACING)
		bpf_get_func_ret(ctx, &value);
	else
		value = READ_RETVAL(ctx);
	return value;
}

static __always_inline __u64 func_ip(void *ctx)
{
	if (plan.ip || probe.kind == BS_PROBE_RAW_TP)
		return plan.ip;
	return bpf_get_func_ip(ctx);
}

/*
 * The low half of the context's address. The verifier lets no pointer be made a number of 64 bits;
 * and in C the compiler would shift the whole of it.
 */
static __always_inline __u32 context_low(void *ctx)
{
	__u32 low;

	asm volatile("%0 = %1" : "=w"(low) : "w"((__u32)(long)ctx));
	return low;
}

/* All of it: half of a pointer on the stack is overwritten, with what it is, and it is a number. */
static __always_inline __u64 context_address(void *ctx)
{
	__u32 low = context_low(ctx);
	__u64 address;

	asm volatile("*(u64 *)(%1 + 0) = %2\n\t"
		     "*(u32 *)(%1 + 0) = %3"
		     : "=m"(address) : "r"(&address), "r"(ctx), "r"((__u64)low));
	return address;
}

/*
 * The place of the call's frame on the stack, the same at its entry and at its return. The low half
 * of an address will do, as a thread's stacks are small.
 */
static __always_inline __u32 call_frame(void *ctx, int at_return)
{
	if (probe.kind != BS_PROBE_KPROBE)
		return context_low(ctx);	/* in the trampoline's frame, which lasts as long */
	/* Behind a return the return address has been popped. */
	return READ_SP(ctx) - (at_return ? 8 : 0);
}

/*
 * Whether there is a call in front of an address: a return address may have been replaced, by a
 * kretprobe for one. x86's calls are e8 and four bytes, or ff with 2 in its second byte's middle.
 */
static __always_inline int is_behind_call(__u64 ip)
{
	__u64 code = 0;

	if (bpf_probe_read_kernel(&code, 7, (void *)ip - 7))
		return 0;
	return (code >> 16 & 0xff) == 0xe8 || (code & 0x38ff) == 0x10ff ||
	       (code >> 8 & 0x38ff) == 0x10ff || (code >> 24 & 0x38ff) == 0x10ff ||
	       (code >> 32 & 0x38ff) == 0x10ff || (code >> 40 & 0x38ff) == 0x10ff;
}

/*
 * The return address at a trampoline's function's entry (x86's arch_prepare_bpf_trampoline()). The
 * trampoline's frame has, above the arguments, room for the return value if there is an fexit, the
 * caller's frame pointer, and the return address into the function, pushed by the call at its start.
 * Above that is the function's own frame, the return address first. Where there is an fexit, newer
 * kernels (7.2) jump to the trampoline: there is no return address into the function.
 */
static __always_inline __u64 tracing_ret_ip(void *ctx)
{
	__u64 words[5], ip = func_ip(ctx);
	__u64 above = context_address(ctx) + 8 * bpf_get_func_arg_cnt(ctx);

	if (bpf_probe_read_kernel(words, sizeof(words), (void *)above))
		return 0;
#pragma unroll
	for (int i = 1; i < 4; i++)
		if (words[i] - ip - 1 < 16)
			return words[i + 1];
	return words[2];
}

/* Where the function was called from, at its entry; 0: not known. */
static __always_inline __u64 read_ret_ip(void *ctx)
{
	__u64 ip = 0;

	if (probe.kind == BS_PROBE_TRACING)
		ip = tracing_ret_ip(ctx);
	if (probe.kind == BS_PROBE_KPROBE)
		bpf_probe_read_kernel(&ip, sizeof(ip), (void *)READ_SP(ctx));
	return is_behind_call(ip) ? ip : 0;
}

#endif
