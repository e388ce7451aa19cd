// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "program-steps.h"

struct compiler {
	struct program *program;
	const struct schema *schema;
	struct span span;
	struct diag *diag;
	unsigned int depth;		/* of the stack */
};

static int compile(struct compiler *c, const struct typed_expr *e);

/* Adds a step that takes @takes numbers and leaves @leaves. */
static int add_step(struct compiler *c, struct step step, unsigned int takes, unsigned int leaves)
{
	struct program *p = c->program;

	if (p->nr == p->cap) {
		unsigned int cap = p->cap ? 2 * p->cap : 8;
		struct step *more = reallocarray(p->steps, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		p->steps = more;
		p->cap = cap;
	}
	c->depth = c->depth - takes + leaves;
	if (c->depth > PROGRAM_MAX_STACK)
		return diag__error_at(c->diag, -E2BIG, c->span, "this is too deep");
	p->steps[p->nr++] = step;
	return 0;
}

static int not_recorded(struct compiler *c, const char *what)
{
	return diag__error_at(c->diag, -ENOENT, c->span, "%s was not recorded", what);
}

/* The field whose captured bytes @e is the address of; -1: no one knows before it is computed. */
static int captured_at(const struct compiler *c, const struct typed_expr *e, int64_t *offset)
{
	const struct operand *operand;

	if (e->op == TYPED_ADD) {
		if (__builtin_add_overflow(*offset, e->imm, offset))
			return -1;
		e = e->args[0];
	}
	if (e->op != TYPED_PARAM)
		return -1;
	operand = &c->program->list[e->index];
	return operand->kind == OPERAND_OBJECT ? (int)operand->field : operand->object;
}

static int check_captured(struct compiler *c, unsigned int field, int64_t offset, uint32_t size)
{
	const struct field *f = &c->schema->fields[field];

	if (offset >= 0 && offset <= f->size && size <= f->size - offset)
		return 0;
	diag__error_at(c->diag, -ENOENT, c->span, "this is beyond the %u bytes that were recorded "
		       "of '%s'", f->size, f->expr);
	diag__hint(c->diag, "it can be recorded as an item of its own");
	return -ENOENT;
}

static int compile_load(struct compiler *c, const struct typed_expr *e)
{
	struct step step = { .op = STEP_LOAD, .size = e->size, .is_signed = e->is_signed,
			     .imm = e->imm };
	int64_t offset = e->imm;
	int field = captured_at(c, e->args[0], &offset), err;

	if (field >= 0) {
		step.op = STEP_CAPTURED;
		step.index = field;
		step.imm = offset;
		err = check_captured(c, field, offset, e->size);
		return err ? err : add_step(c, step, 0, 1);
	}
	err = compile(c, e->args[0]);
	return err ? err : add_step(c, step, 1, 1);
}

/* A string is at a place in captured memory, or nobody knows it: pointers only lead away. */
static bool is_string_known(const struct compiler *c, const struct typed_expr *e)
{
	while (e->op == TYPED_ADD || e->op == TYPED_INDEX)
		e = e->args[0];
	if (e->op == TYPED_COND)
		return is_string_known(c, e->args[1]) && is_string_known(c, e->args[2]);
	return e->op == TYPED_PARAM && (c->program->list[e->index].kind == OPERAND_OBJECT ||
					operand__is_text(c->program->list[e->index].kind) ||
					c->program->list[e->index].object >= 0);
}

static int compile_match(struct compiler *c, const struct typed_expr *e)
{
	struct step step = { .op = STEP_MATCH_AT, .is_glob = e->is_glob, .text_len = e->str_len };
	const struct typed_expr *string = e->args[0];
	bool is_operand = string && string->op == TYPED_PARAM &&
			  operand__is_text(c->program->list[string->index].kind);
	int64_t offset = 0;
	int field, err = 0;

	if (!string || !is_string_known(c, string))
		return not_recorded(c, "the string that is compared");
	field = captured_at(c, string, &offset);
	if (field >= 0 && !is_operand && check_captured(c, field, offset, 1))
		return -ENOENT;
	if (is_operand) {
		step.op = STEP_MATCH;
		step.index = string->index;
	} else {
		err = compile(c, string);
	}
	if (err)
		return err;
	step.text = malloc(e->str_len + 1);
	if (!step.text)
		return -ENOMEM;
	memcpy(step.text, e->string, e->str_len);
	step.text[e->str_len] = '\0';
	err = add_step(c, step, !is_operand, 1);
	if (err)
		free(step.text);
	return err;
}

static int compile_logic(struct compiler *c, const struct typed_expr *e)
{
	unsigned int jump;
	int err = compile(c, e->args[0]);

	jump = c->program->nr;
	if (!err)
		err = add_step(c, (struct step){ .op = e->op == TYPED_AND ? STEP_AND : STEP_OR },
			       1, 0);
	if (!err)
		err = compile(c, e->args[1]);
	if (!err)
		err = add_step(c, (struct step){ .op = STEP_TRUTH }, 1, 1);
	if (!err)
		c->program->steps[jump].index = c->program->nr;
	return err;
}

static int compile_cond(struct compiler *c, const struct typed_expr *e)
{
	unsigned int branch, over;
	int err = compile(c, e->args[0]);

	branch = c->program->nr;
	if (!err)
		err = add_step(c, (struct step){ .op = STEP_IF }, 1, 0);
	if (!err)
		err = compile(c, e->args[1]);
	over = c->program->nr;
	if (!err)
		err = add_step(c, (struct step){ .op = STEP_GOTO }, 1, 0);
	if (err)
		return err;
	c->program->steps[branch].index = c->program->nr;
	err = compile(c, e->args[2]);
	if (!err)
		c->program->steps[over].index = c->program->nr;
	return err;
}

/* The values of its operands, then @step, which takes them. */
static int compile_step(struct compiler *c, const struct typed_expr *e, struct step step)
{
	unsigned int nr = 0;
	int err = 0;

	for (; nr < 2 && e->args[nr] && !err; nr++)
		err = compile(c, e->args[nr]);
	return err ? err : add_step(c, step, nr, 1);
}

static int compile(struct compiler *c, const struct typed_expr *e)
{
	struct step step = { .imm = e->imm, .size = e->size, .is_signed = e->is_signed };

	switch (e->op) {
	case TYPED_CONST:
		step.op = STEP_CONST;
		break;
	case TYPED_PARAM:
		step.op = STEP_OPERAND;
		step.index = e->index;
		if (operand__is_text(c->program->list[e->index].kind))
			return not_recorded(c, "the address of the string");
		break;
	case TYPED_ADD:
		step.op = STEP_ADD;
		break;
	case TYPED_INDEX:
		step.op = STEP_INDEX;
		break;
	case TYPED_LOAD:
		return compile_load(c, e);
	case TYPED_EXTEND:
		step.op = STEP_EXTEND;
		break;
	case TYPED_BITS:
		step.op = STEP_BITS;
		break;
	case TYPED_ALU:
		step.op = STEP_ALU;
		step.alu = e->alu;
		break;
	case TYPED_SWAP:
		step.op = STEP_SWAP;
		break;
	case TYPED_AND: case TYPED_OR:
		return compile_logic(c, e);
	case TYPED_COND:
		return compile_cond(c, e);
	case TYPED_MATCH:
		return compile_match(c, e);
	case TYPED_RETVAL: case TYPED_VALUE:
		return not_recorded(c, "this");
	}
	return compile_step(c, e, step);
}

/* A string or object at an address has to be one that can be there. */
static int check_place(struct compiler *c, const struct scope_result *result)
{
	int64_t offset = 0;
	int field;

	if (result->kind == TYPED_SCALAR)
		return 0;
	if (!is_string_known(c, result->expr))
		return not_recorded(c, result->kind == TYPED_STRING ? "this string" : "this");
	field = captured_at(c, result->expr, &offset);
	if (field < 0)
		return 0;
	return check_captured(c, field, offset, result->kind == TYPED_OBJECT ? result->size : 1);
}

/* A text operand alone is no number on the stack: program__bytes() takes it as it is. */
static bool is_bare_text(const struct program *p, const struct typed_expr *e)
{
	return e->op == TYPED_PARAM && operand__is_text(p->list[e->index].kind);
}

int program__new(const struct operands *operands, const struct scope_result *result,
		 struct span span, struct program **out, struct diag *diag)
{
	struct program *p = calloc(1, sizeof(*p));
	struct compiler c = {
		.program = p, .schema = operands->event->schema, .span = span, .diag = diag,
	};
	int err;

	if (!p)
		return -ENOMEM;
	p->input = operands->input;
	p->event = operands->event;
	p->kind = result->kind;
	p->size = result->size;
	memcpy(p->list, operands->list, sizeof(p->list));
	err = check_place(&c, result);
	if (!err && is_bare_text(p, result->expr))
		err = add_step(&c, (struct step){ .op = STEP_OPERAND,
						  .index = result->expr->index }, 0, 1);
	else if (!err)
		err = compile(&c, result->expr);
	if (err)
		program__free(p);
	else
		*out = p;
	return err;
}

void program__free(struct program *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; i < p->nr; i++)
		free(p->steps[i].text);
	free(p->steps);
	buf__exit(&p->scratch);
	free(p);
}

const struct operand *program__operand(const struct program *p)
{
	if (p->nr != 1 || p->steps[0].op != STEP_OPERAND)
		return NULL;
	return &p->list[p->steps[0].index];
}
