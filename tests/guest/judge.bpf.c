// SPDX-License-Identifier: GPL-2.0-only
/* What a function's parameter points to, as the kernel itself prints it: bpf_snprintf_btf(). */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#define TEXT_SIZE 65536

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

const volatile __u32 param_index;	/* of the parameter, 0 to 5 */
const volatile __u32 type_id;
const volatile char comm[16];		/* only tasks with this name */

static bool is_wanted(void)
{
	char current[sizeof(comm)];

	if (bpf_get_current_comm(current, sizeof(current)))
		return false;
	for (int i = 0; i < (int)sizeof(comm); i++) {
		if (current[i] != comm[i])
			return false;
		if (!comm[i])
			break;
	}
	return true;
}

static int judge(__u64 param)
{
	struct btf_ptr object = { .ptr = (void *)param, .type_id = type_id };
	char *text;

	if (!is_wanted())
		return 0;
	text = bpf_ringbuf_reserve(&ring, TEXT_SIZE, 0);
	if (!text)
		return 0;
	bpf_snprintf_btf(text, TEXT_SIZE, &object, sizeof(object), BTF_F_ZERO | BTF_F_PTR_RAW);
	bpf_ringbuf_submit(text, 0);
	return 0;
}

/* The verifier wants the place in ctx to be a constant, in the instruction itself. */
#define CASE(n) case n: asm volatile("%0 = *(u64 *)(%1 + %2)" : "=r"(v) : "r"(ctx), "i"(8 * (n))); break

static __u64 read_param(__u64 *ctx)
{
	__u64 v = 0;

	switch (param_index) {
	CASE(0);
	CASE(1);
	CASE(2);
	CASE(3);
	CASE(4);
	CASE(5);
	}
	return v;
}

SEC("fentry")
int judge_function(__u64 *ctx)
{
	return judge(read_param(ctx));
}

SEC("tp_btf")
int judge_tracepoint(__u64 *ctx)
{
	return judge(read_param(ctx));
}

char LICENSE[] SEC("license") = "GPL";
