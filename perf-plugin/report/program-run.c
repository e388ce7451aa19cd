// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../util/glob.h"
#include "program-steps.h"

#define FIRST_PAGE	4096		/* addresses there come from a NULL pointer */

static bool is_unreadable(enum item_status status)
{
	return status & ITEM_FAULT;
}

/* ---- memory -------------------------------------------------------------------------------- */

/*
 * Where the sample has what was at @addr: in what was captured behind a pointer that led there.
 * *@len are the bytes from there on.
 */
static enum item_status find_memory(const struct program *p, const struct perfdata_sample *s,
				    uint64_t addr, const char **data, size_t *len)
{
	const struct schema *schema = p->event->schema;
	enum item_status result = addr < FIRST_PAGE ? ITEM_NULL : ITEM_FAULT;

	for (unsigned int i = 0; schema && i < schema->nr_fields; i++) {
		const struct field *f = &schema->fields[i];
		enum item_status status;
		uint64_t start;

		if (f->kind != FIELD_BYTES)
			continue;
		start = f->pointer < 0 ? operand__address(i) :
			event_view__number(p->event->view, f->pointer, s->raw);
		if (addr < start || addr - start >= f->size)
			continue;
		status = event_view__status(p->event->view, i, s->raw);
		if (is_unreadable(status)) {
			result = status;
			continue;
		}
		*data = (const char *)s->raw + f->offset + (addr - start);
		*len = f->size - (addr - start);
		return ITEM_OK;
	}
	return result;
}

static uint64_t extend(uint64_t value, unsigned int bits, bool is_signed)
{
	unsigned int unused = 64 - bits;

	if (!unused)
		return value;
	return is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) :
			   value << unused >> unused;
}

static uint64_t number_at(const char *data, const struct step *step)
{
	uint64_t value = 0;

	memcpy(&value, data, step->size);
	return extend(value, 8 * step->size, step->is_signed);
}

static enum item_status load(const struct program *p, const struct perfdata_sample *s,
			     const struct step *step, uint64_t *value)
{
	enum item_status status;
	const char *data;
	size_t len;

	if (*value < FIRST_PAGE)
		return ITEM_NULL;
	status = find_memory(p, s, *value + (uint64_t)step->imm, &data, &len);
	if (is_unreadable(status))
		return status;
	if (len < step->size)
		return ITEM_FAULT;
	*value = number_at(data, step);
	return ITEM_OK;
}

static enum item_status captured(const struct program *p, const struct perfdata_sample *s,
				 const struct step *step, uint64_t *value)
{
	enum item_status status = event_view__status(p->event->view, step->index, s->raw);

	if (!is_unreadable(status))
		*value = number_at((const char *)s->raw +
				   p->event->schema->fields[step->index].offset + step->imm, step);
	return status;
}

/* ---- operands ------------------------------------------------------------------------------ */

static enum item_status operand_number(const struct program *p, const struct operand *o,
				       const struct perfdata_sample *s, uint64_t *value)
{
	enum item_status status = ITEM_OK;

	switch (o->kind) {
	case OPERAND_NUMBER:
		status = event_view__status(p->event->view, o->field, s->raw);
		*value = event_view__number(p->event->view, o->field, s->raw);
		break;
	case OPERAND_OBJECT:
		*value = operand__address(o->field);
		break;
	case OPERAND_PID:
		*value = (int64_t)s->pid;
		break;
	case OPERAND_TID:
		*value = (int64_t)s->tid;
		break;
	case OPERAND_CPU:
		*value = (int64_t)s->cpu;
		break;
	case OPERAND_TIME:
		*value = s->time;
		break;
	case OPERAND_PERIOD:
		*value = s->period;
		break;
	case OPERAND_DURATION:
		*value = event_view__duration(p->event->view, s->raw);
		break;
	default:
		status = ITEM_FAULT;
	}
	return status;
}

/* What can only be had as text is put together in @p->scratch. */
static enum item_status scratch_text(struct program *p, const struct operand *o,
				     const struct perfdata_sample *s)
{
	const struct value_opts opts = { .symbols = input__symbols(p->input) };
	enum item_status status = ITEM_OK;

	buf__clear(&p->scratch);
	if (o->kind == OPERAND_SHOWN) {
		status = event_view__status(p->event->view, o->field, s->raw);
		if (!is_unreadable(status))
			event_view__field(p->event->view, o->field, s->raw, s->raw_size, &opts,
					  &p->scratch);
	} else if (p->event->foreign >= 0) {
		foreign__print(input__foreign(p->input), p->event->foreign, s->raw, s->raw_size,
			       s->cpu, s->time, &p->scratch);
	} else {
		event_view__line(p->event->view, s->raw, s->raw_size, &opts, &p->scratch);
	}
	return status;
}

/* The text of an operand; a string's as it was in memory, names made safe for a terminal. */
static enum item_status operand_text(struct program *p, const struct operand *o,
				     const struct perfdata_sample *s, const char **data,
				     size_t *len)
{
	enum item_status status = ITEM_OK;
	const char *text = NULL;

	switch (o->kind) {
	case OPERAND_STRING:
		status = event_view__status(p->event->view, o->field, s->raw);
		*data = event_view__bytes(p->event->view, o->field, s->raw, s->raw_size, len);
		*data = *data ? *data : "";
		return status;
	case OPERAND_COMM:
		text = input__comm(p->input, s);
		break;
	case OPERAND_FUNC:
		text = input__symbol(p->input, s);
		break;
	case OPERAND_DSO:
		text = input__dso(p->input, s);
		break;
	case OPERAND_EVENT:
		text = p->event->name;
		break;
	default:
		status = scratch_text(p, o, s);
		*data = buf__str(&p->scratch);
		*len = p->scratch.len;
		return status;
	}
	*data = text ? text : "[unknown]";
	*len = strlen(*data);
	return status;
}

/* ---- strings ------------------------------------------------------------------------------- */

/* Of a string of which there was more than is kept, only what its start settles can be told. */
static enum item_status match(const struct step *step, const char *data, size_t len, bool is_cut,
			      uint64_t *value)
{
	if (step->is_glob) {
		*value = glob__matches(step->text, step->text_len, data, len);
		return ITEM_OK;
	}
	*value = !is_cut && len == step->text_len && !memcmp(data, step->text, len);
	if (is_cut && step->text_len > len && !memcmp(data, step->text, len))
		return ITEM_FAULT;
	return ITEM_OK;
}

static enum item_status match_operand(struct program *p, const struct perfdata_sample *s,
				      const struct step *step, uint64_t *value)
{
	enum item_status status;
	const char *data;
	size_t len;

	status = operand_text(p, &p->list[step->index], s, &data, &len);
	if (is_unreadable(status))
		return status;
	return match(step, data, len, status == ITEM_CUT, value);
}

static enum item_status string_at(const struct program *p, const struct perfdata_sample *s,
				  uint64_t addr, const char **data, size_t *len)
{
	enum item_status status = find_memory(p, s, addr, data, len);
	const char *end;

	if (is_unreadable(status))
		return status;
	end = memchr(*data, '\0', *len);
	if (!end)
		return ITEM_CUT;	/* or an array's end: there is no more of it either way */
	*len = end - *data;
	return ITEM_OK;
}

static enum item_status match_at(const struct program *p, const struct perfdata_sample *s,
				 const struct step *step, uint64_t *value)
{
	enum item_status status;
	const char *data;
	size_t len;

	status = string_at(p, s, *value, &data, &len);
	if (is_unreadable(status))
		return status;
	return match(step, data, len, status == ITEM_CUT, value);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* As the recorder computes: in 64 bits; a division by 0 is a fault. */
static enum item_status alu(enum typed_alu op, uint64_t a, uint64_t b, uint64_t *value)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	if (op >= ALU_UDIV && op <= ALU_SMOD && !b)
		return ITEM_FAULT;
	switch (op) {
	case ALU_ADD:	*value = a + b; break;
	case ALU_SUB:	*value = a - b; break;
	case ALU_MUL:	*value = a * b; break;
	case ALU_UDIV:	*value = a / b; break;
	case ALU_UMOD:	*value = a % b; break;
	case ALU_SDIV:	*value = sb == -1 ? -a : (uint64_t)(sa / sb); break;
	case ALU_SMOD:	*value = sb == -1 ? 0 : (uint64_t)(sa % sb); break;
	case ALU_AND:	*value = a & b; break;
	case ALU_OR:	*value = a | b; break;
	case ALU_XOR:	*value = a ^ b; break;
	case ALU_SHL:	*value = a << (b & 63); break;
	case ALU_SHR:	*value = a >> (b & 63); break;
	case ALU_SAR:	*value = (uint64_t)(sa >> (b & 63)); break;
	case ALU_EQ:	*value = a == b; break;
	case ALU_NE:	*value = a != b; break;
	case ALU_ULT:	*value = a < b; break;
	case ALU_ULE:	*value = a <= b; break;
	case ALU_SLT:	*value = sa < sb; break;
	case ALU_SLE:	*value = sa <= sb; break;
	}
	return ITEM_OK;
}

/* What takes the number at @top, or that and the one above. */
static enum item_status compute(const struct step *step, uint64_t *top)
{
	switch (step->op) {
	case STEP_ADD:
		*top = *top ? *top + (uint64_t)step->imm : 0;
		break;
	case STEP_INDEX:
		*top = *top ? *top + top[1] * (uint64_t)step->imm : 0;
		break;
	case STEP_EXTEND:
		*top = extend(*top, 8 * step->size, step->is_signed);
		break;
	case STEP_BITS:
		*top = extend(*top >> step->imm, step->size, step->is_signed);
		break;
	case STEP_SWAP:
		*top = __builtin_bswap64(*top) >> (64 - 8 * step->size);
		break;
	case STEP_TRUTH:
		*top = *top != 0;
		break;
	default:
		return alu(step->alu, top[0], top[1], top);
	}
	return ITEM_OK;
}

/* Numbers before @step on the stack, less those that it takes. */
static enum item_status run_step(struct program *p, const struct perfdata_sample *s,
				 const struct step *step, uint64_t *stack, unsigned int *nr)
{
	switch (step->op) {
	case STEP_CONST:
		stack[(*nr)++] = step->imm;
		return ITEM_OK;
	case STEP_OPERAND:
		return operand_number(p, &p->list[step->index], s, &stack[(*nr)++]);
	case STEP_CAPTURED:
		return captured(p, s, step, &stack[(*nr)++]);
	case STEP_LOAD:
		return load(p, s, step, &stack[*nr - 1]);
	case STEP_MATCH:
		return match_operand(p, s, step, &stack[(*nr)++]);
	case STEP_MATCH_AT:
		return match_at(p, s, step, &stack[*nr - 1]);
	case STEP_ALU: case STEP_INDEX:
		--*nr;
		/* fall through */
	default:
		return compute(step, &stack[*nr - 1]);
	}
}

/* Where to go on behind a jump. */
static unsigned int jump(const struct step *step, unsigned int next, uint64_t *stack,
			 unsigned int *nr)
{
	uint64_t *top = &stack[*nr - 1];
	bool stays = step->op == STEP_AND ? !*top : step->op == STEP_OR ? *top : false;

	if (step->op == STEP_GOTO)
		return step->index;
	if (stays) {
		*top = step->op == STEP_OR;
		return step->index;
	}
	--*nr;
	return step->op == STEP_IF && !*top ? step->index : next;
}

enum item_status program__run(struct program *p, const struct perfdata_sample *s, uint64_t *value)
{
	uint64_t stack[PROGRAM_MAX_STACK + 1];
	unsigned int i = 0, nr = 0;

	while (i < p->nr) {
		const struct step *step = &p->steps[i++];
		enum item_status status;

		if (step->op >= STEP_AND) {
			i = jump(step, i, stack, &nr);
			continue;
		}
		status = run_step(p, s, step, stack, &nr);
		if (is_unreadable(status))
			return status;
	}
	*value = stack[0];
	return ITEM_OK;
}

enum item_status program__bytes(struct program *p, const struct perfdata_sample *s,
				const char **data, size_t *len)
{
	const struct operand *operand = program__operand(p);
	enum item_status status;
	uint64_t addr;

	*data = "";
	*len = 0;
	if (operand && operand__is_text(operand->kind))
		return operand_text(p, operand, s, data, len);
	status = program__run(p, s, &addr);
	if (is_unreadable(status))
		return status;
	if (p->kind == TYPED_STRING)
		return string_at(p, s, addr, data, len);
	status = find_memory(p, s, addr, data, len);
	if (is_unreadable(status))
		return status;
	if (*len < p->size)
		return ITEM_FAULT;
	*len = p->size;
	return ITEM_OK;
}
