// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "value-steps.h"

#define MIN_ZERO_RUN	4	/* zeros in an array that are counted or left out */

struct print {
	const struct value *value;
	const struct value_opts *opts;
	struct buf *out;
	unsigned int indent;
	bool one_line;
	bool comma;		/* one_line: something stands before */
};

static void print_value(struct print *p, const struct step *step, const uint8_t *base);

bool value__is_zero(const uint8_t *data, size_t len)
{
	return !len || (!data[0] && !memcmp(data, data + 1, len - 1));
}

static const uint8_t *step_data(const struct step *step, const uint8_t *base)
{
	return base + step->off;
}

static int64_t sign_extend(uint64_t v, unsigned int bits)
{
	return bits < 64 ? (int64_t)(v << (64 - bits)) >> (64 - bits) : (int64_t)v;
}

uint64_t step__number(const struct step *step, const uint8_t *data)
{
	unsigned int bits = step->bits ? step->bits : step->size * 8;
	unsigned __int128 wide = 0;
	uint64_t v;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((uint8_t *)&wide + sizeof(wide) - step->size, data, step->size);
#else
	memcpy(&wide, data, step->size);
#endif
	v = wide >> step->shift;
	if (step->is_signed)
		return sign_extend(v, bits);
	return bits < 64 ? v & ((1ULL << bits) - 1) : v;
}

const struct enum_name *enum_names__find(const struct enum_names *e, int64_t value)
{
	uint32_t low = 0, high = e->nr;

	/* The first of those with this value. */
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (e->names[mid].value < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low < e->nr && e->names[low].value == value ? &e->names[low] : NULL;
}

static void print_int(struct print *p, const struct step *step, uint64_t v)
{
	/* What has the top bit of 64 set is an address or a mask far more often than a number. */
	if (p->opts->hex || (!step->is_signed && (v >> 63 || step->is_byte)))
		buf__addx(p->out, v);
	else if (step->is_signed)
		buf__addd(p->out, v);
	else
		buf__addu(p->out, v);
}

bool value__add_enum(const struct value *value, const struct step *step, uint64_t v,
		     struct buf *out)
{
	const struct enum_names *e = &value->enums[step->names];
	const struct enum_name *name = enum_names__find(e, v);
	const char *pool = buf__str(&value->pool);
	uint64_t bit, rest = v;

	if (name) {
		buf__add(out, pool + name->text, name->len);
		return true;
	}
	if (!v || !e->is_flags || (step->is_signed && (int64_t)v < 0))
		return false;
	for (bit = 1; bit; bit <<= 1) {
		name = v & bit ? enum_names__find(e, bit) : NULL;
		if (!name)
			continue;
		if (rest != v)
			buf__addc(out, '|');
		buf__add(out, pool + name->text, name->len);
		rest &= ~bit;
	}
	if (rest != v && rest)
		buf__addc(out, '|');
	if (rest)
		buf__addx(out, rest);
	return true;
}

static void print_enum(struct print *p, const struct step *step, uint64_t v)
{
	if (!value__add_enum(p->value, step, v, p->out))
		print_int(p, step, v);
}

static void print_number(struct print *p, const struct step *step, uint64_t v)
{
	switch (step->op) {
	case STEP_BOOL:
		if (v > 1)
			buf__addu(p->out, v);
		else
			buf__adds(p->out, v ? "true" : "false");
		break;
	case STEP_CHAR:
		v = sign_extend(v, 8);
		if (step->is_byte)
			buf__addx(p->out, (uint8_t)v);
		else if (v >= ' ' && v <= '~' && v != '\'' && v != '\\')
			buf__addf(p->out, "'%c'", (int)v);
		else
			buf__addd(p->out, step->is_signed ? (int64_t)v : (uint8_t)v);
		break;
	case STEP_ENUM:
		print_enum(p, step, v);
		break;
	case STEP_POINTER:
		if (v)
			buf__addx(p->out, v);
		else
			buf__add(p->out, "NULL", 4);
		break;
	default:
		print_int(p, step, v);
	}
}

static void print_float(struct print *p, const struct step *step, const uint8_t *data)
{
	double d;
	float f;

	if (step->size == sizeof(d)) {
		memcpy(&d, data, sizeof(d));
		buf__addf(p->out, "%.17g", d);
	} else if (step->size == sizeof(f)) {
		memcpy(&f, data, sizeof(f));
		buf__addf(p->out, "%.9g", (double)f);
	} else {
		buf__adds(p->out, "?");
	}
}

static void print_wide(struct print *p, const struct step *step, const uint8_t *data)
{
	uint64_t words[2];
	int low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1;

	memcpy(words, data, step->size);
	if (!words[!low]) {
		print_int(p, step, words[low]);
		return;
	}
	buf__addx(p->out, words[!low]);
	buf__addf(p->out, "%016llx", (unsigned long long)words[low]);
}

static void start_line(struct print *p)
{
	buf__addc(p->out, '\n');
	buf__fill(p->out, '\t', p->indent);
}

/* What stands before a member or an element that gets a place of its own. */
static void start_part(struct print *p, const struct step *step)
{
	if (!p->one_line)
		start_line(p);
	else
		buf__add(p->out, ", ", p->comma ? 2 : 0);
	buf__add(p->out, buf__str(&p->value->pool) + step->label, step->label_len);
}

static void end_part(struct print *p)
{
	if (!p->one_line)
		buf__addc(p->out, ',');
	p->comma = true;
}

static void open_parts(struct print *p, char bracket)
{
	buf__addc(p->out, bracket);
	p->indent++;
	p->comma = false;
}

static void close_parts(struct print *p, char bracket)
{
	p->indent--;
	if (!p->one_line && p->comma)
		start_line(p);
	buf__addc(p->out, bracket);
}

/* The members between the brackets of a struct. */
static void print_struct(struct print *p, const struct step *step, const uint8_t *base)
{
	const struct step *end = p->value->steps + step->next, *m;
	bool zeros = p->opts->zeros;

	open_parts(p, '{');
	for (m = step + 1; m < end; m = p->value->steps + m->next) {
		bool comma = p->comma;
		size_t len = p->out->len, mark;

		if (!zeros && value__is_zero(step_data(m, base), m->len))
			continue;
		if (m->bits && !zeros && !step__number(m, step_data(m, base)))
			continue;
		start_part(p, m);
		mark = p->out->len;
		print_value(p, m, base);
		/*
		 * All that is not zero may be what isn't shown: padding, a union's other members.
		 */
		if (!zeros && m->op == STEP_STRUCT && p->out->len == mark + strlen("{}")) {
			buf__cut(p->out, len);
			p->comma = comma;
			continue;
		}
		end_part(p);
	}
	close_parts(p, '}');
}

uint32_t step__zero_run(const struct step *step, const uint8_t *data, uint32_t i)
{
	uint32_t n = 0;

	while (i + n < step->count &&
	       value__is_zero(data + (size_t)(i + n) * step->stride, step->stride))
		n++;
	return n;
}

/* [1, 0 x 12, 3]; a run of zeros at the end is left out, as C's initialisers do. */
static void print_numbers(struct print *p, const struct step *step, const uint8_t *data)
{
	bool comma = false;
	uint32_t i, zeros;

	buf__addc(p->out, '[');
	for (i = 0; i < step->count; i++) {
		zeros = p->opts->zeros ? 0 : step__zero_run(step, data, i);
		if (zeros < MIN_ZERO_RUN)
			zeros = 0;
		else if (i + zeros == step->count)
			break;
		buf__add(p->out, ", ", comma ? 2 : 0);
		comma = true;
		print_value(p, step + 1, data + (size_t)i * step->stride);
		if (zeros) {
			buf__adds(p->out, " x ");
			buf__addu(p->out, zeros);
			i += zeros - 1;
		}
	}
	buf__addc(p->out, ']');
}

/* Elements with parts: each that is not zero, with its index. */
static void print_elements(struct print *p, const struct step *step, const uint8_t *data)
{
	uint32_t i;

	open_parts(p, '[');
	for (i = 0; i < step->count; i++) {
		const uint8_t *elem = data + (size_t)i * step->stride;

		if (!p->opts->zeros && value__is_zero(elem, step->stride))
			continue;
		start_part(p, step + 1);
		buf__addc(p->out, '[');
		buf__addu(p->out, i);
		buf__adds(p->out, "] = ");
		print_value(p, step + 1, elem);
		end_part(p);
	}
	close_parts(p, ']');
}

bool step__is_text(const struct step *step, const uint8_t *data, size_t *len)
{
	*len = strnlen((const char *)data, step->len);
	return text__is_printable((const char *)data, *len) &&
	       (*len || value__is_zero(data, step->len));
}

static void print_string(struct print *p, const struct step *step, const uint8_t *data)
{
	size_t len;

	if (!step__is_text(step, data, &len)) {
		print_numbers(p, step, data);
		return;
	}
	buf__addc(p->out, '"');
	text__add(p->out, (const char *)data, len, true);
	buf__addc(p->out, '"');
}

static void print_value(struct print *p, const struct step *step, const uint8_t *base)
{
	const uint8_t *data = step_data(step, base);

	switch (step->op) {
	case STEP_STRUCT:
		print_struct(p, step, base);
		break;
	case STEP_ARRAY:
		if (step[1].op == STEP_STRUCT || step[1].op == STEP_ARRAY ||
		    step[1].op == STEP_STRING)
			print_elements(p, step, data);
		else
			print_numbers(p, step, data);
		break;
	case STEP_STRING:
		print_string(p, step, data);
		break;
	case STEP_FLOAT:
		print_float(p, step, data);
		break;
	case STEP_WIDE:
		print_wide(p, step, data);
		break;
	default:
		print_number(p, step, step__number(step, data));
	}
}

static bool is_composite(const struct step *step)
{
	return step->op == STEP_STRUCT || step->op == STEP_ARRAY || step->op == STEP_STRING;
}

bool value__is_number(const struct value *value)
{
	return value->nr && !is_composite(&value->steps[0]);
}

bool value__is_string(const struct value *value)
{
	return value->nr && value->steps[0].op == STEP_STRING;
}

const char *value__type_name(const struct value *value)
{
	return value->type_name;
}

static void print_whole(struct print *p, const void *data)
{
	const struct value *v = p->value;

	if (v->nr)
		print_value(p, &v->steps[0], data);
	else
		buf__adds(p->out, "{}");
	if (v->size < v->full_size)
		buf__addf(p->out, p->one_line ? " /* %u of %u bytes */" : " // %u of %u bytes",
			  v->size, v->full_size);
}

void value__tree(const struct value *value, const void *data, const struct value_opts *opts,
		 unsigned int indent, struct buf *out)
{
	struct print p = { .value = value, .opts = opts, .out = out, .indent = indent };

	buf__addc(out, '(');
	buf__adds(out, value->type_name);
	buf__addc(out, ')');
	print_whole(&p, data);
}

void value__line(const struct value *value, const void *data, const struct value_opts *opts,
		 struct buf *out)
{
	struct print p = { .value = value, .opts = opts, .out = out, .one_line = true };

	print_whole(&p, data);
}

/* What differs between two versions of a struct; the labels that lead to it are in @path. */
struct diff {
	struct print print;
	const uint8_t *old;
	const uint8_t *data;
	struct buf path;
};

static bool differs(const struct diff *d, const struct step *step)
{
	const uint8_t *old = d->old ? step_data(step, d->old) : NULL;
	const uint8_t *data = step_data(step, d->data);

	if (!old && !step->bits)
		return !value__is_zero(data, step->len);
	if (step->bits)
		return step__number(step, data) != (old ? step__number(step, old) : 0);
	return memcmp(old, data, step->len);
}

static void add_path(struct diff *d, const struct step *step)
{
	const char *label = buf__str(&d->print.value->pool) + step->label;
	size_t len = step->label_len, skip = 0;

	/* ".len = " without its equals sign; the first one's dot is in the prefix. */
	if (len >= strlen(" = "))
		len -= strlen(" = ");
	if (len && d->path.len && (d->path.data[d->path.len - 1] == '>' ||
				   d->path.data[d->path.len - 1] == '.'))
		skip = 1;
	buf__add(&d->path, label + skip, len - skip);
}

static void print_changes(struct diff *d, const struct step *step)
{
	const struct step *end = d->print.value->steps + step->next, *m;

	for (m = step + 1; m < end; m = d->print.value->steps + m->next) {
		size_t len = d->path.len;

		if (!differs(d, m))
			continue;
		add_path(d, m);
		if (m->op == STEP_STRUCT) {
			print_changes(d, m);
		} else {
			buf__addc(d->print.out, ' ');
			buf__adds(d->print.out, buf__str(&d->path));
			buf__addc(d->print.out, '=');
			print_value(&d->print, m, d->data);
		}
		buf__cut(&d->path, len);
	}
}

void value__changes(const struct value *value, const void *old, const void *data,
		    const struct value_opts *opts, const char *prefix, struct buf *out)
{
	struct diff d = {
		.print = { .value = value, .opts = opts, .out = out, .one_line = true },
		.old = old, .data = data,
	};
	size_t len = strlen(prefix);

	if (value->nr && value->steps[0].op == STEP_STRUCT) {
		buf__adds(&d.path, prefix);
		print_changes(&d, &value->steps[0]);
		out->failed |= d.path.failed;
		buf__exit(&d.path);
		return;
	}
	while (len && strchr("->.", prefix[len - 1]))
		len--;
	buf__addc(out, ' ');
	buf__add(out, prefix, len);
	buf__addc(out, '=');
	print_whole(&d.print, data);
}

void value__string(const struct value *value, const void *data, bool quote,
		   const struct value_opts *opts, struct buf *out)
{
	const struct step *step = &value->steps[0];
	size_t len;

	if (quote || !step__is_text(step, data, &len))
		value__line(value, data, opts, out);
	else
		text__add(out, data, len, false);
}

void value__number(const struct value *value, uint64_t number, const struct value_opts *opts,
		   struct buf *out)
{
	struct print p = { .value = value, .opts = opts, .out = out };

	if (value__is_number(value))
		print_number(&p, &value->steps[0], number);
	else
		buf__addx(out, number);
}
