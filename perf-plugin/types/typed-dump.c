// SPDX-License-Identifier: GPL-2.0-only
/* Typed expressions as text. The format is in typed.h. */
#include <inttypes.h>

#include "../util/buf.h"
#include "typed.h"

static const char *const alus[] = {
	[ALU_ADD] = "+", [ALU_SUB] = "-", [ALU_MUL] = "*", [ALU_UDIV] = "u/", [ALU_SDIV] = "s/",
	[ALU_UMOD] = "u%", [ALU_SMOD] = "s%", [ALU_AND] = "&", [ALU_OR] = "|", [ALU_XOR] = "^",
	[ALU_SHL] = "<<", [ALU_SHR] = ">>", [ALU_SAR] = "s>>", [ALU_EQ] = "==", [ALU_NE] = "!=",
	[ALU_ULT] = "u<", [ALU_ULE] = "u<=", [ALU_SLT] = "s<", [ALU_SLE] = "s<=",
};

static const char *const values[] = {
	[VALUE_TASK] = "current", [VALUE_CGROUP] = "cgroup()", [VALUE_CPU] = "cpu()",
	[VALUE_PID] = "pid()", [VALUE_TID] = "tid()", [VALUE_UID] = "uid()",
	[VALUE_RET_IP] = "ret_ip()", [VALUE_DURATION] = "duration()",
	[VALUE_FLOW] = "flow",
};

static void dump_string(const struct typed_expr *e, struct buf *out)
{
	buf__addc(out, '"');
	for (unsigned int i = 0; i < e->str_len; i++) {
		unsigned char c = e->string[i];

		if (c == '"' || c == '\\')
			buf__addf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			buf__addf(out, "\\x%02x", c);
		else
			buf__addc(out, c);
	}
	buf__addc(out, '"');
}

/* What stands behind the bracket, and a space: "load u4 ". */
static void dump_head(const struct typed_expr *e, struct buf *out)
{
	char sign = e->is_signed ? 's' : 'u';

	switch (e->op) {
	case TYPED_ADD:
		buf__adds(out, "add ");
		break;
	case TYPED_INDEX:
		buf__adds(out, "index ");
		break;
	case TYPED_LOAD:
		buf__addf(out, "load %c%u ", sign, e->size);
		break;
	case TYPED_EXTEND:
		buf__addf(out, "ext %c%u ", sign, e->size);
		break;
	case TYPED_BITS:
		buf__addf(out, "bits %c%u ", sign, e->size);
		break;
	case TYPED_ALU:
		buf__addf(out, "%s ", alus[e->alu]);
		break;
	case TYPED_SWAP:
		buf__addf(out, "swap %u ", e->size);
		break;
	case TYPED_MATCH:
		buf__adds(out, e->is_glob ? "~ " : "== ");
		break;
	default:
		buf__adds(out, e->op == TYPED_AND ? "&& " : e->op == TYPED_OR ? "|| " : "? ");
	}
}

static void dump_tail(const struct typed_expr *e, struct buf *out)
{
	switch (e->op) {
	case TYPED_ADD: case TYPED_INDEX: case TYPED_LOAD: case TYPED_BITS:
		buf__addf(out, " %" PRId64, e->imm);
		break;
	case TYPED_MATCH:
		buf__addc(out, ' ');
		dump_string(e, out);
		break;
	default:
		break;
	}
}

static bool dump_leaf(const struct typed_expr *e, struct buf *out)
{
	switch (e->op) {
	case TYPED_CONST:
		buf__addf(out, "%" PRId64, e->imm);
		return true;
	case TYPED_PARAM:
		buf__addf(out, "p%u", e->index);
		if (e->imm)
			buf__addf(out, ".%" PRId64, e->imm);
		return true;
	case TYPED_RETVAL:
		buf__adds(out, "ret");
		return true;
	case TYPED_VALUE:
		buf__adds(out, values[e->value]);
		return true;
	default:
		return false;
	}
}

void typed_expr__dump(const struct typed_expr *e, struct buf *out)
{
	if (!e) {
		buf__adds(out, "(none)");
		return;
	}
	if (e->at_return && e->op != TYPED_RETVAL &&
	    !(e->op == TYPED_VALUE && e->value == VALUE_DURATION))
		buf__addc(out, '@');
	if (dump_leaf(e, out))
		return;
	buf__addc(out, '(');
	dump_head(e, out);
	for (unsigned int i = 0; i < 3 && e->args[i]; i++) {
		if (i)
			buf__addc(out, ' ');
		typed_expr__dump(e->args[i], out);
	}
	if (e->op == TYPED_MATCH && !e->args[0])
		buf__adds(out, "comm()");
	dump_tail(e, out);
	buf__addc(out, ')');
}
