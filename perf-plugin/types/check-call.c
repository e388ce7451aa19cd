// SPDX-License-Identifier: GPL-2.0-only
/* Built-ins: strings, bytes, addresses, and what can be asked about the task and the call. */
#include <errno.h>
#include <string.h>

#include "../util/suggest.h"
#include "check.h"

#define MAX_KEPT	65536	/* bytes; no record holds more */
#define NR(array)	(sizeof(array) / sizeof((array)[0]))

struct builtin {
	const char *name;
	unsigned int min_args, max_args;
	const char *usage;
	int (*check)(struct check *c, const struct expr *e, const struct builtin *b,
		     struct value *v);
	enum typed_value value;
	enum base_type type;
	unsigned int size;
	enum typed_display display;
};

/* ---- what is known without a pointer -------------------------------------------------------- */

static int check_fact(struct check *c, const struct expr *e, const struct builtin *b,
		      struct value *v)
{
	bool of_return = b->value == VALUE_DURATION, of_entry = b->value == VALUE_RET_IP;

	if (c->is_tracepoint && (of_return || of_entry)) {
		diag__error_at(c->diag, -EINVAL, e->span, "a tracepoint has no %s",
			       of_return ? "duration" : "return address");
		return -EINVAL;
	}
	*v = (struct value){
		.expr = tree__new(c, TYPED_VALUE, NULL, NULL), .type = ctype__base(c, b->type),
		.display = b->display,
	};
	v->expr->value = b->value;
	v->expr->at_return = of_return || (c->at_return && !of_entry);
	return 0;
}

static int check_comm(struct check *c, const struct expr *e, const struct builtin *b,
		      struct value *v)
{
	(void)e;
	(void)b;
	*v = (struct value){
		.form = FORM_STRING, .type = { .id = ctype__find(c, "char", BTF_KIND_INT),
					       .ptr_depth = 1 },
		.at_return = c->at_return,
	};
	return 0;
}

/* ---- strings and bytes ---------------------------------------------------------------------- */

/* Makes @v, which is @e, an address: of what a pointer points to, of an array, of an object. */
static int take_place(struct check *c, const struct expr *e, const char *name, struct value *v)
{
	struct type_info info;
	int err = 0;

	ctype__info(c, v->type, &info);
	if (v->form == FORM_PLACE && (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION)) {
		v->form = FORM_VALUE;
		v->type = ctype__pointer_to(v->type);
	} else {
		err = check__load(c, e->span, v);
	}
	v->at_return |= c->at_return;
	if (err || ctype__is_pointer(c, v->type))
		return err;
	check__type_error(c, e->span, "this is no pointer but %s", v->type);
	if (info.size == WORD)
		diag__hint(c->diag, "if it is an address, cast it: %s((void *)x)", name);
	return -EINVAL;
}

static int check_place(struct check *c, const struct expr *e, const char *name, struct value *v)
{
	int err = check__any(c, e, v);

	return err ? err : take_place(c, e, name, v);
}

/* A constant number of bytes. */
static int check_count(struct check *c, const struct expr *e, const struct value *n)
{
	if (n->expr->imm > 0 && n->expr->imm < MAX_KEPT)
		return 0;
	return diag__error_at(c->diag, -EINVAL, e->span, "between 1 and %d can be kept, not %lld",
			      MAX_KEPT - 1, (long long)n->expr->imm);
}

static int check_length(struct check *c, const struct expr *e, struct value *n)
{
	int err = check__value(c, e, n);

	if (err)
		return err;
	if (!ctype__is_integer(c, n->type))
		return check__type_error(c, e->span, "a length is an integer, this is %s", n->type);
	return tree__is_const(n->expr) ? check_count(c, e, n) : 0;
}

static int check_str(struct check *c, const struct expr *e, const struct builtin *b,
		     struct value *v)
{
	struct value n;
	int err = check_place(c, e->args[0], b->name, v);

	if (err)
		return err;
	v->form = FORM_STRING;
	if (!ctype__is_char_pointer(c, v->type))
		v->type = (struct typed_type){ .id = ctype__find(c, "char", BTF_KIND_INT),
					       .ptr_depth = 1 };
	v->is_bare_param = false;
	v->is_retval = false;
	if (e->nr_args < 2)
		return 0;
	err = check_length(c, e->args[1], &n);
	if (!err && !tree__is_const(n.expr)) {
		err = diag__error_at(c->diag, -EINVAL, e->args[1]->span,
				     "how much of a string is kept has to be a constant");
		diag__hint(c->diag, "buf(p, n) takes any n");
	}
	if (!err)
		v->max_size = n.expr->imm + 1;
	return err;
}

static int check_buf(struct check *c, const struct expr *e, const struct builtin *b,
		     struct value *v)
{
	struct value n;
	int err = check_place(c, e->args[0], b->name, v);

	if (!err)
		err = check_length(c, e->args[1], &n);
	if (err)
		return err;
	*v = (struct value){
		.form = FORM_BYTES, .expr = v->expr, .type = ctype__byte(c), .length = n.expr,
		.max_size = tree__is_const(n.expr) ? n.expr->imm : 0, .at_return = v->at_return,
	};
	return 0;
}

/*
 * Whether what is at @v is an address of @b->size bytes, as far as its type tells. Arrays that are
 * for MAC addresses are often longer: they are for those of any device.
 */
static int check_points_to(struct check *c, const struct expr *e, const struct builtin *b,
			   const struct value *v, const struct type_info *array)
{
	struct type_info info;

	ctype__info(c, ctype__target(c, v->type), &info);
	if (array->cls == TYPE_ARRAY && array->size)
		info.size = array->size;
	else if (info.cls != TYPE_STRUCT && info.cls != TYPE_UNION)
		return 0;	/* the first of as many as there are */
	if (info.size == b->size || (b->display == DISPLAY_MAC && info.size > b->size))
		return 0;
	return diag__error_at(c->diag, -EINVAL, e->span, "%s() takes %u bytes, these are %u",
			      b->name, b->size, info.size);
}

/* ip6() and mac(): an object of so many bytes. */
static int check_bytes(struct check *c, const struct expr *e, const struct builtin *b,
		       struct value *v)
{
	struct type_info info;
	struct value arg;
	int err = check__any(c, e->args[0], &arg);

	if (err)
		return err;
	ctype__info(c, arg.type, &info);
	err = take_place(c, e->args[0], b->name, &arg);
	if (!err)
		err = check_points_to(c, e->args[0], b, &arg, &info);
	*v = (struct value){
		.form = FORM_BYTES, .expr = arg.expr, .type = ctype__byte(c), .nr_bytes = b->size,
		.display = b->display, .at_return = arg.at_return,
	};
	return err;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static int check_ip4(struct check *c, const struct expr *e, const struct builtin *b,
		     struct value *v)
{
	const struct expr *arg = e->args[0];
	struct type_info info;
	int err = check__any(c, arg, v);

	if (err)
		return err;
	ctype__info(c, v->type, &info);
	if (v->form == FORM_BY_VALUE && info.size == b->size) {	/* struct in_addr */
		v->expr->imm = v->bit_off / (8 * WORD);
		v->expr = tree__bits(c, v->expr, v->bit_off % (8 * WORD), 8 * b->size, false);
	} else if (v->form == FORM_PLACE && !v->bit_size && info.size == b->size) {
		v->expr = tree__load(c, v->expr, b->size, false, v->at_return);
	} else if (v->form <= FORM_BY_VALUE && (info.cls == TYPE_INT || info.cls == TYPE_ENUM)) {
		err = check__load(c, arg->span, v);
		if (!err && info.size > b->size && !tree__is_const(v->expr))
			err = check__type_error(c, arg->span, "ip4() takes 4 bytes, this is %s",
						v->type);
		v->expr = err ? NULL : tree__fit(c, v->expr, b->size, false);
	} else {
		err = take_place(c, arg, b->name, v);
		if (!err)
			err = check_points_to(c, arg, b, v, &info);
		if (!err)
			v->expr = tree__load(c, v->expr, b->size, false, v->at_return);
	}
	if (err)
		return err;
	*v = (struct value){
		.expr = v->expr, .type = ctype__base(c, BASE_UINT), .display = b->display,
	};
	return 0;
}

static int check_swap(struct check *c, const struct expr *e, const struct builtin *b,
		      struct value *v)
{
	uint32_t id = ctype__find(c, "short unsigned int", BTF_KIND_INT);
	int err = check__value(c, e->args[0], v);

	if (err)
		return err;
	if (!ctype__is_integer(c, v->type))
		return check__type_error(c, e->args[0]->span, "an integer is needed, this is %s",
					 v->type);
	*v = (struct value){
		.expr = tree__swap(c, v->expr, b->size),
		.type = b->size == 2 && id ? (struct typed_type){ .id = id } :
					     ctype__base(c, BASE_UINT),
	};
	return 0;
}

static int check_ksym(struct check *c, const struct expr *e, const struct builtin *b,
		      struct value *v)
{
	struct type_info info;
	int err = check__value(c, e->args[0], v);

	if (err)
		return err;
	ctype__info(c, v->type, &info);
	if (info.size != WORD) {
		check__type_error(c, e->args[0]->span, "an address has 8 bytes, this is %s",
				  v->type);
		return -EINVAL;
	}
	*v = (struct value){ .expr = v->expr, .type = v->type, .display = b->display };
	return 0;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const struct builtin builtins[] = {
	{ "str", 1, 2, "str(pointer[, characters])", check_str, .size = 0 },
	{ "buf", 2, 2, "buf(pointer, bytes)", check_buf, .size = 0 },
	{ "ip4", 1, 1, "ip4(address)", check_ip4, .size = 4, .display = DISPLAY_IP4 },
	{ "ip6", 1, 1, "ip6(pointer)", check_bytes, .size = 16, .display = DISPLAY_IP6 },
	{ "mac", 1, 1, "mac(pointer)", check_bytes, .size = 6, .display = DISPLAY_MAC },
	{ "ntohs", 1, 1, "ntohs(number)", check_swap, .size = 2 },
	{ "ntohl", 1, 1, "ntohl(number)", check_swap, .size = 4 },
	{ "htons", 1, 1, "htons(number)", check_swap, .size = 2 },
	{ "htonl", 1, 1, "htonl(number)", check_swap, .size = 4 },
	{ "ksym", 1, 1, "ksym(pointer)", check_ksym, .display = DISPLAY_SYMBOL },
	{ "comm", 0, 0, "comm()", check_comm, .size = 0 },
	{ "cgroup", 0, 0, "cgroup()", check_fact, VALUE_CGROUP, BASE_ULONG, 0, 0 },
	{ "cpu", 0, 0, "cpu()", check_fact, VALUE_CPU, BASE_INT, 0, 0 },
	{ "pid", 0, 0, "pid()", check_fact, VALUE_PID, BASE_INT, 0, 0 },
	{ "tid", 0, 0, "tid()", check_fact, VALUE_TID, BASE_INT, 0, 0 },
	{ "uid", 0, 0, "uid()", check_fact, VALUE_UID, BASE_UINT, 0, 0 },
	{ "ret_ip", 0, 0, "ret_ip()", check_fact, VALUE_RET_IP, BASE_ULONG, 0, DISPLAY_SYMBOL },
	{ "duration", 0, 0, "duration()", check_fact, VALUE_DURATION, BASE_ULONG, 0, 0 },
};

bool call__is_known(const char *name)
{
	for (unsigned int i = 0; i < NR(builtins); i++)
		if (!strcmp(builtins[i].name, name))
			return true;
	return false;
}

/* What other tracers call it, or C. */
static const struct {
	const char *name, *hint;
} elsewhere[] = {
	{ "strcmp", "write p == \"string\"" },
	{ "strncmp", "write str(p, n) == \"string\"" },
	{ "kstr", "write str(p)" },
	{ "string", "write str(p)" },
	{ "retval", "write return" },
	{ "offsetof", "write &((struct T *)0)->member" },
	{ "nsecs", "every event has its time" },
	{ "ntop", "write ip4(x) or ip6(p)" },
	{ "macaddr", "write mac(p)" },
	{ "hex", "write buf(p, n)" },
	{ "be16_to_cpu", "write ntohs(x)" },
	{ "be32_to_cpu", "write ntohl(x)" },
	{ "bswap", "write ntohs(x) or ntohl(x)" },
	{ "IS_ERR", "--errors keeps what returns an error" },
	{ "smp_processor_id", "write cpu()" },
	{ "get_current", "write current" },
	{ "gettid", "write tid()" },
};

static int unknown_call(struct check *c, const struct expr *e)
{
	const char *names[MAX_SUGGESTIONS];
	struct suggest suggest;
	struct buf all = BUF_INIT;
	unsigned int nr;

	diag__error_at(c->diag, -ENOENT, e->name_span, "there is no built-in '%s'", e->name);
	for (unsigned int i = 0; i < NR(elsewhere); i++) {
		if (!strcmp(elsewhere[i].name, e->name)) {
			diag__hint(c->diag, "%s", elsewhere[i].hint);
			return -ENOENT;
		}
	}
	suggest__init(&suggest, e->name);
	for (unsigned int i = 0; i < NR(builtins); i++) {
		suggest__offer(&suggest, builtins[i].name);
		buf__addf(&all, "%s%s", i ? ", " : "", builtins[i].name);
	}
	nr = suggest__best(&suggest, names, MAX_SUGGESTIONS);
	check__hint_names(c, "", names, nr);
	if (!nr)
		diag__hint(c->diag, "the kernel's functions can't be called; there are %s",
			   buf__str(&all));
	buf__exit(&all);
	return -ENOENT;
}

int check__call(struct check *c, const struct expr *e, struct value *v)
{
	const struct builtin *b = NULL;

	for (unsigned int i = 0; i < NR(builtins) && !b; i++)
		if (!strcmp(builtins[i].name, e->name))
			b = &builtins[i];
	if (!b)
		return unknown_call(c, e);
	if (e->nr_args < b->min_args || e->nr_args > b->max_args) {
		diag__error_at(c->diag, -EINVAL, e->span, "%s() takes %s%u argument%s, not %u",
			       b->name, b->min_args < b->max_args ? "1 or " : "", b->max_args,
			       b->max_args == 1 ? "" : "s", e->nr_args);
		diag__hint(c->diag, "write %s", b->usage);
		return -EINVAL;
	}
	return b->check(c, e, b, v);
}
