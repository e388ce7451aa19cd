// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../bpf/plan.h"
#include "assemble.h"

bool code__copy(struct code *code, const struct bpf_insn *insns, size_t nr)
{
	code->nr = nr;
	code->insns = malloc(nr * sizeof(*insns));
	if (code->insns)
		memcpy(code->insns, insns, nr * sizeof(*insns));
	return code->insns;
}

void assemble__put_kernel_funcs(struct bpf_insn *insns, size_t nr,
				const struct kernel_funcs *funcs)
{
	for (size_t i = 0; i < nr; i++) {
		struct bpf_insn *insn = &insns[i];
		uint32_t id = 0;

		if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg)
			continue;
		if (insn->imm == BS_KFUNC_SESSION_IS_RETURN)
			id = funcs->session_is_return;
		else if (insn->imm == BS_KFUNC_SESSION_COOKIE)
			id = funcs->session_cookie;
		else if (insn->imm == BS_KFUNC_RDONLY_CAST)
			id = funcs->rdonly_cast;
		if (!id)
			continue;
		insn->src_reg = BPF_PSEUDO_KFUNC_CALL;
		insn->imm = id;
	}
}

/*
 * The entry's and the return's instructions are functions of this program. before 7.0
 * bpf_session_is_return() took no argument; it gets the context all the same. Of what it returns,
 * a bool, only the low 8 bits are sure to be set.
 */
int assemble__session(const struct code *at_entry, const struct code *at_return, bool entry_decides,
		      const struct kernel_funcs *funcs, struct code *session)
{
	struct bpf_insn start[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6, .src_reg = BPF_REG_1 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BS_KFUNC_SESSION_IS_RETURN },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_6 },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .off = 3 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .imm = entry_decides },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	enum { CALL_ENTRY = 5, CALL_RETURN = 8, NR = sizeof(start) / sizeof(*start) };
	struct bpf_insn *insns = malloc((NR + at_entry->nr + at_return->nr) * sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	start[CALL_ENTRY].imm = NR - CALL_ENTRY - 1;
	start[CALL_RETURN].imm = NR + at_entry->nr - CALL_RETURN - 1;
	memcpy(insns, start, sizeof(start));
	memcpy(insns + NR, at_entry->insns, at_entry->nr * sizeof(*insns));
	memcpy(insns + NR + at_entry->nr, at_return->insns, at_return->nr * sizeof(*insns));
	*session = (struct code){ insns, NR + at_entry->nr + at_return->nr };
	assemble__put_kernel_funcs(session->insns, session->nr, funcs);
	return 0;
}
