// SPDX-License-Identifier: GPL-2.0-only
#include "complete.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "type.h"

#define MAX_FUNCS	1000	/* offered at once */
#define MAX_DEPTH	16	/* of anonymous structs in each other */
#define MAX_STEPS	32	/* of a chain of members */

struct complete {
	struct kbtf *kbtf;
	const char *text;
	const char *word;		/* the last word, in @text */
	complete_fn fn;
	void *ctx;
	struct buf out;
	unsigned int nr;
	const char *last;		/* the function that was offered last */
	unsigned int nr_offers;
	const char *further;		/* what can come behind the last offer: characters, each ... */
	bool is_arrow;			/* ... alone; or "->" */
};

static int say(struct complete *c)
{
	return c->out.failed ? -ENOMEM : c->fn(buf__str(&c->out), c->ctx);
}

/* Offers @name for the last word if that is its beginning. */
static int offer(struct complete *c, const char *name, const char *further, bool is_arrow)
{
	if (!*name || strncmp(name, c->word, strlen(c->word)))
		return 0;
	buf__clear(&c->out);
	buf__add(&c->out, c->text, c->word - c->text);
	buf__adds(&c->out, name);
	c->nr_offers++;
	c->further = further;
	c->is_arrow = is_arrow;
	return say(c);
}

/*
 * What can come behind the only offer: a shell that has just one takes the word for complete and
 * closes its quotes.
 */
static int offer_further(struct complete *c)
{
	size_t len = c->out.len;
	int err = 0;

	if (c->nr_offers != 1)
		return 0;
	if (c->is_arrow) {
		buf__adds(&c->out, "->");
		err = say(c);
	}
	for (const char *p = c->further; *p && !err; p++) {
		c->out.len = len;
		buf__addc(&c->out, *p);
		err = say(c);
	}
	return err;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* ---- functions ----------------------------------------------------------------------------- */

/* What a spec that has been begun is about. */
struct head {
	bool is_tracepoint;
	char module[64];	/* "": none was named */
	const char *name;	/* of the pattern that is last, in the text ... */
	size_t len;		/* ... up to its end, or a bracket */
};

/* Reads [EVENT=][tp:][MODULE:]pattern,pattern in the text up to @end. */
static void read_head(const char *text, const char *end, struct head *head)
{
	const char *at = text, *p;

	*head = (struct head){ 0 };
	for (p = text; p < end; p++) {
		if (*p == '=')
			at = p + 1;
		if (*p != ':')
			continue;
		if (p - at == 2 && !strncmp(at, "tp", 2)) {
			head->is_tracepoint = true;
		} else if ((size_t)(p - at) < sizeof(head->module)) {
			memcpy(head->module, at, p - at);
			head->module[p - at] = '\0';
		}
		at = p + 1;
	}
	for (p = end; p > at && !strchr(",!{", p[-1]);)
		p--;
	head->name = p;
	head->len = end - p;
}

static int offer_func(const struct kfunc *func, void *ctx)
{
	struct complete *c = ctx;

	if (c->last && !strcmp(c->last, func->name))
		return 0;
	c->last = func->name;
	return c->nr++ < MAX_FUNCS ? offer(c, func->name, "(", false) : 1;
}

static int each_func(struct complete *c, const struct head *head, const char *pattern,
		     kbtf_func_fn fn, void *ctx)
{
	const char *module = *head->module ? head->module : NULL;
	struct diag diag = DIAG_INIT;
	int err;

	err = head->is_tracepoint ?
		kbtf__for_each_tracepoint(c->kbtf, module, pattern, fn, ctx, &diag) :
		kbtf__for_each_func(c->kbtf, module, pattern, fn, ctx, &diag);
	diag__exit(&diag);
	return err;
}

static int complete_func(struct complete *c)
{
	struct buf pattern = BUF_INIT;
	struct head head;
	int err;

	read_head(c->text, c->text + strlen(c->text), &head);
	c->word = head.name;
	buf__add(&pattern, head.name, head.len);
	buf__addc(&pattern, '*');
	err = each_func(c, &head, buf__str(&pattern), offer_func, c);
	buf__exit(&pattern);
	return err;
}

/* The first function that the pattern matches. */
static int take_func(const struct kfunc *func, void *ctx)
{
	*(struct kfunc *)ctx = *func;
	return 1;
}

static bool find_func(struct complete *c, const char *open, struct kfunc *func)
{
	struct buf pattern = BUF_INIT;
	struct head head;
	int found;

	read_head(c->text, open, &head);
	buf__add(&pattern, head.name, head.len);
	found = each_func(c, &head, buf__str(&pattern), take_func, func);
	buf__exit(&pattern);
	return found == 1;
}

/* ---- members ------------------------------------------------------------------------------- */

static uint32_t follow_pointers(const struct btf *btf, uint32_t id)
{
	struct type_info info;

	for (type__info(btf, id, &info); info.cls == TYPE_POINTER || info.cls == TYPE_ARRAY;
	     type__info(btf, id, &info))
		id = info.target;
	return id;
}

/* A value of type @id. */
static int offer_value(struct complete *c, const struct btf *btf, uint32_t id, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, type__strip(btf, id));
	const struct btf_type *target;

	target = btf__type_by_id(btf, type__strip(btf, follow_pointers(btf, id)));
	if (t && btf_is_ptr(t))
		return offer(c, name, ",)", target && btf_is_composite(target));
	return offer(c, name, t && btf_is_composite(t) ? ".,)" : ",)", false);
}

static int offer_members(struct complete *c, const struct btf *btf, uint32_t id, unsigned int depth)
{
	const struct btf_type *t = btf__type_by_id(btf, type__strip(btf, id));
	int err = 0;

	if (!t || !btf_is_composite(t) || depth > MAX_DEPTH)
		return 0;
	for (unsigned int i = 0; i < btf_vlen(t) && !err; i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = btf__name_by_offset(btf, m->name_off);

		err = name && *name ? offer_value(c, btf, m->type, name) :
					offer_members(c, btf, m->type, depth + 1);
	}
	return err;
}

/* A member, index or pointer between the start of a chain and its last word. */
struct step {
	const char *name;	/* NULL: [...] */
	size_t len;
};

/*
 * Goes back from @end, behind "->", "." or "]", to where the chain begins: the steps, the last one
 * first. *@start is the first one's place. Returns how many, -EINVAL.
 */
static int read_steps(const char *from, const char *end, struct step *steps, const char **start)
{
	const char *at = end;
	int nr = 0;

	while (at > from && nr < MAX_STEPS) {
		if (at[-1] == ']') {
			while (at > from && *--at != '[')
				;
			steps[nr++] = (struct step){ 0 };
			continue;
		}
		while (at > from && is_name_char(at[-1]))
			at--;
		if (!is_name_char(*at))
			break;
		steps[nr] = (struct step){ at, strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
							  "NOPQRSTUVWXYZ0123456789_") };
		nr++;
		*start = at;
		if (at - from > 1 && at[-1] == '>' && at[-2] == '-')
			at -= 2;
		else if (at > from && at[-1] == '.')
			at--;
		else
			return nr;
	}
	*start = at;
	return nr < MAX_STEPS ? nr : -EINVAL;
}

/* The type that "(struct sk_buff *)" before @end names; 0: none. */
static uint32_t read_type(const struct btf *btf, const char *from, const char *end)
{
	char name[128], *word = name;
	const char *open = end - 1;
	size_t len;

	while (open > from && *open != '(')
		open--;
	len = end - open;
	if (len < 3 || len > sizeof(name) || end[-1] != ')')
		return 0;
	memcpy(name, open + 1, len - 2);
	name[len - 2] = '\0';
	if (!strncmp(word, "struct ", 7) || !strncmp(word, "union ", 6))
		word = strchr(word, ' ') + 1;
	word[strcspn(word, " *")] = '\0';
	return type__find(btf, word, word == name ? BTF_KIND_UNKN :
			  *name == 's' ? BTF_KIND_STRUCT : BTF_KIND_UNION);
}

/* The type of the parameter, or return value, that the chain's first step names; 0: none. */
static uint32_t first_type(const struct kfunc *func, const struct step *step)
{
	for (unsigned int i = 0; i < func->nr_params; i++) {
		const char *name = kfunc__param_name(func, i);

		if (strlen(name) == step->len && !strncmp(name, step->name, step->len))
			return func->params[i].type;
	}
	return step->len == 6 && !strncmp(step->name, "return", 6) ? func->ret_id : 0;
}

static int complete_member(struct complete *c, const struct kfunc *func, const char *open,
			   const char *end)
{
	struct step steps[MAX_STEPS];
	const char *start = end;
	struct member_place place;
	char name[256];
	int nr = end[-1] == ')' ? 0 : read_steps(open, end, steps, &start);
	uint32_t id;

	if (nr < 0)
		return 0;
	if (start > open && start[-1] == ')')
		id = read_type(func->btf, open, start);
	else
		id = nr ? first_type(func, &steps[--nr]) : 0;
	while (id && nr-- > 0) {
		id = follow_pointers(func->btf, id);
		if (!steps[nr].name)
			continue;
		if (steps[nr].len >= sizeof(name))
			return 0;
		memcpy(name, steps[nr].name, steps[nr].len);
		name[steps[nr].len] = '\0';
		id = type__find_member(func->btf, id, name, &place) ? 0 : place.type_id;
	}
	return id ? offer_members(c, func->btf, follow_pointers(func->btf, id), 0) : 0;
}

static int complete_value(struct complete *c, const char *open)
{
	const char *end;
	struct kfunc func;
	int err = 0;

	if (!find_func(c, open, &func))
		return 0;
	c->word = c->text + strlen(c->text);
	while (is_name_char(c->word[-1]))
		c->word--;
	end = c->word;
	if (end[-1] == '.')
		return complete_member(c, &func, open, end - 1);
	if (end[-1] == '>' && end[-2] == '-')
		return complete_member(c, &func, open, end - 2);
	for (unsigned int i = 0; i < func.nr_params && !err; i++)
		err = offer_value(c, func.btf, func.params[i].type, kfunc__param_name(&func, i));
	if (!err && func.ret_id)
		err = offer_value(c, func.btf, func.ret_id, "return");
	return err;
}

int complete__spec(struct kbtf *kbtf, const char *text, complete_fn fn, void *ctx)
{
	struct complete c = { .kbtf = kbtf, .text = text, .fn = fn, .ctx = ctx };
	const char *open = strchr(text, '(');
	int err = open ? complete_value(&c, open) : complete_func(&c);

	if (!err)
		err = offer_further(&c);
	buf__exit(&c.out);
	return err;
}
