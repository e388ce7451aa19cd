// SPDX-License-Identifier: GPL-2.0-only
/*
 * A schema as BTF: a function "btfsnoop:EVENT" whose parameters are the fields, and declaration
 * tags (BTF_KIND_DECL_TAG) that say what BTF can't. Not a struct: a field has the type of its
 * value, but not always its size, as numbers are widened and structs are cut. A tag is "key=value"
 * words; of what may hold spaces there is one, and it is the last:
 *
 *	func:	"event id=65533 size=56 return=1 tracepoint=0 status=8 duration=16 spec=f(return)"
 *	func:	"func addr=0xffffffff81abcdef module=nf_tables name=nft_do_chain", one each
 *	param:	"field kind=bytes offset=24 size=1024 full=4480 item=2 pointer=0 signed=0 return=0
 *		 expr=skb", with display=ip4 among them where there is one, and late=1 if it was
 *		 read at the return
 *
 * Unknown tags, keys and displays are ignored, so that later versions can add some.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/layout.h"
#include "../types/type.h"
#include "schema.h"

#define EVENT_PREFIX	"btfsnoop:"
#define MAX_EVENTS	65535		/* ids have 16 bits */
#define MAX_READ_FIELDS	4096		/* of one event: bounds the work on a hostile file */
#define NR_NAMES(names)	(sizeof(names) / sizeof(*(names)))

static const char *const kind_names[] = {
	[FIELD_SCALAR] = "scalar",
	[FIELD_BYTES] = "bytes",
	[FIELD_STRING] = "string",
	[FIELD_BUFFER] = "buffer",
};

static const char *const display_names[] = {
	[FIELD_BY_TYPE] = "type",
	[FIELD_IP4] = "ip4",
	[FIELD_IP6] = "ip6",
	[FIELD_MAC] = "mac",
	[FIELD_SYMBOL] = "symbol",
};

static int add_tag(struct btf *btf, struct buf *text, int type_id, int member)
{
	int id;

	if (text->failed)
		return -ENOMEM;
	id = btf__add_decl_tag(btf, buf__str(text), type_id, member);
	buf__clear(text);
	return id < 0 ? id : 0;
}

static int add_event_tags(const struct schema *s, struct btf *btf, int id, struct buf *text)
{
	unsigned int i;
	int err;

	buf__addf(text, "event id=%u size=%u return=%d tracepoint=%d status=%u duration=%u "
		  "spec=%s", s->id, s->fixed_size, s->at_return, s->is_tracepoint,
		  s->status_offset, s->duration_offset, s->spec ? s->spec : "");
	err = add_tag(btf, text, id, -1);
	for (i = 0; i < s->nr_funcs && !err; i++) {
		buf__addf(text, "func addr=0x%llx ", (unsigned long long)s->funcs[i].addr);
		if (s->funcs[i].module)
			buf__addf(text, "module=%s ", s->funcs[i].module);
		buf__addf(text, "name=%s", s->funcs[i].name);
		err = add_tag(btf, text, id, -1);
	}
	return err;
}

static int add_field_tag(const struct field *f, struct btf *btf, int id, int member,
			 struct buf *text)
{
	buf__addf(text, "field kind=%s offset=%u size=%u full=%u item=%d pointer=%d signed=%d "
		  "return=%d ", kind_names[f->kind], f->offset, f->size, f->full_size,
		  f->item, f->pointer, f->is_signed, f->is_return);
	if (f->display != FIELD_BY_TYPE)
		buf__addf(text, "display=%s ", display_names[f->display]);
	if (f->at_return)
		buf__adds(text, "late=1 ");
	buf__addf(text, "expr=%s", f->expr ? f->expr : f->name);
	return add_tag(btf, text, id, member);
}

int schema__to_btf(const struct schema *s, struct btf *btf)
{
	struct buf text = BUF_INIT;
	unsigned int i;
	int id, err;

	id = btf__add_func_proto(btf, 0);
	err = id < 0 ? id : 0;
	for (i = 0; i < s->nr_fields && !err; i++)
		err = btf__add_func_param(btf, s->fields[i].name, s->fields[i].type_id);
	if (err)
		return err;
	buf__addf(&text, EVENT_PREFIX "%s", s->name);
	id = text.failed ? -ENOMEM : btf__add_func(btf, buf__str(&text), BTF_FUNC_STATIC, id);
	buf__clear(&text);
	err = id < 0 ? id : add_event_tags(s, btf, id, &text);
	for (i = 0; i < s->nr_fields && !err; i++)
		err = add_field_tag(&s->fields[i], btf, id, i, &text);
	buf__exit(&text);
	return err;
}

/* Reading: what the tags say, word by word. */

struct word {
	const char *key;
	size_t key_len;
	const char *value;
	size_t len;		/* of the value */
};

/* Takes the next "key=value" off *@text; a key in @last takes the rest, spaces and all. */
static bool next_word(const char **text, const char *last, struct word *w)
{
	const char *p = *text, *eq;

	while (*p == ' ')
		p++;
	eq = strchr(p, '=');
	if (!*p || !eq)
		return false;
	w->key = p;
	w->key_len = eq - p;
	w->value = eq + 1;
	if (w->key_len == strlen(last) && !strncmp(p, last, w->key_len))
		w->len = strlen(w->value);
	else
		w->len = strcspn(w->value, " ");
	*text = w->value + w->len;
	return true;
}

static bool text_is(const char *text, size_t len, const char *name)
{
	return len == strlen(name) && !strncmp(text, name, len);
}

static bool key_is(const struct word *w, const char *name)
{
	return text_is(w->key, w->key_len, name);
}

/* Which of @names the value is, -1: none. */
static int value_in(const struct word *w, const char *const *names, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (text_is(w->value, w->len, names[i]))
			return i;
	}
	return -1;
}

/* A key whose value is a decimal number. */
struct number_key {
	const char *name;
	long min;
	long max;
};

/* A whole value as a number within @min .. @max. */
static bool parse_number(const struct word *w, long min, long max, long *out)
{
	char text[24], *end;

	if (!w->len || w->len >= sizeof(text))
		return false;
	memcpy(text, w->value, w->len);
	text[w->len] = '\0';
	errno = 0;
	*out = strtol(text, &end, 10);
	return !errno && !*end && *out >= min && *out <= max;
}

/* Takes the word when it is one of @keys: true unless it is broken. Others are left as they are. */
static bool take_number(const struct word *w, const struct number_key *keys, unsigned int nr,
			long *numbers)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (key_is(w, keys[i].name))
			return parse_number(w, keys[i].min, keys[i].max, &numbers[i]);
	}
	return true;
}

static bool parse_address(const struct word *w, uint64_t *out)
{
	char text[24], *end;

	if (w->len < 3 || w->len >= sizeof(text) || strncmp(w->value, "0x", 2) ||
	    !isxdigit((unsigned char)w->value[2]))
		return false;
	memcpy(text, w->value, w->len);
	text[w->len] = '\0';
	errno = 0;
	*out = strtoull(text, &end, 16);
	return !errno && !*end;
}

static bool is_identifier(const char *name)
{
	const char *p;

	for (p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_')
			return false;
	}
	return p != name && !isdigit((unsigned char)*name);
}

struct reading {
	const struct btf *btf;
	struct schema *schemas;
	unsigned int nr;
	uint32_t *index_of;		/* function's id -> index of its schema + 1 */
	bool *has_event;		/* by schema: its "event" tag was seen */
	const char *why;
};

static int broken(struct reading *r, const char *why)
{
	r->why = why;
	return -EINVAL;
}

static int read_field_tag(struct reading *r, struct field *f, const char *text)
{
	enum { OFFSET, SIZE, FULL, ITEM, POINTER, SIGNED, RETURN, LATE, NR };
	static const struct number_key keys[NR] = {
		[OFFSET] = { "offset", 0, UINT16_MAX },
		[SIZE] = { "size", 0, UINT16_MAX },
		[FULL] = { "full", 0, UINT32_MAX },
		[ITEM] = { "item", -1, SCHEMA_MAX_ITEMS - 1 },
		[POINTER] = { "pointer", -1, MAX_READ_FIELDS },
		[SIGNED] = { "signed", 0, 1 },
		[RETURN] = { "return", 0, 1 },
		[LATE] = { "late", 0, 1 },
	};
	long n[NR] = { [ITEM] = -1, [POINTER] = -1 };
	int kind = -1, display = FIELD_BY_TYPE;
	struct word w;
	bool ok = true;

	if (f->expr)
		return broken(r, "a field is described twice");
	while (ok && next_word(&text, "expr", &w)) {
		ok = take_number(&w, keys, NR, n);
		if (key_is(&w, "kind")) {
			kind = value_in(&w, kind_names, NR_NAMES(kind_names));
		} else if (key_is(&w, "display")) {
			display = value_in(&w, display_names, NR_NAMES(display_names));
		} else if (key_is(&w, "expr")) {
			f->expr = strndup(w.value, w.len);
			if (!f->expr)
				return -ENOMEM;
		}
	}
	if (!ok || kind < 0 || !f->expr)
		return broken(r, "a field's description is broken");
	f->kind = kind;
	f->display = display < 0 ? FIELD_BY_TYPE : display;
	f->offset = n[OFFSET];
	f->size = n[SIZE];
	f->full_size = n[FULL];
	f->item = n[ITEM];
	f->pointer = n[POINTER];
	f->is_signed = n[SIGNED];
	f->is_return = n[RETURN];
	f->at_return = n[RETURN] || n[LATE];
	return 0;
}

static int read_event_tag(struct reading *r, struct schema *s, const char *text)
{
	enum { ID, SIZE, RETURN, TRACEPOINT, STATUS, DURATION, NR };
	static const struct number_key keys[NR] = {
		[ID] = { "id", 1, UINT16_MAX },
		[SIZE] = { "size", SCHEMA_COMMON_SIZE, UINT16_MAX },
		[RETURN] = { "return", 0, 1 },
		[TRACEPOINT] = { "tracepoint", 0, 1 },
		[STATUS] = { "status", 0, UINT16_MAX },
		[DURATION] = { "duration", 0, UINT16_MAX },
	};
	long n[NR] = { 0 };
	struct word w;
	bool ok = true;

	if (r->has_event[s - r->schemas])
		return broken(r, "an event is described twice");
	r->has_event[s - r->schemas] = true;
	while (ok && next_word(&text, "spec", &w)) {
		ok = take_number(&w, keys, NR, n);
		if (key_is(&w, "spec") && !s->spec) {
			s->spec = strndup(w.value, w.len);
			if (!s->spec)
				return -ENOMEM;
		}
	}
	if (!ok || !n[ID] || !n[SIZE])
		return broken(r, "an event's description is broken");
	s->id = n[ID];
	s->fixed_size = n[SIZE];
	s->at_return = n[RETURN];
	s->is_tracepoint = n[TRACEPOINT];
	s->status_offset = n[STATUS];
	s->duration_offset = n[DURATION];
	return 0;
}

/* Names of functions are printed as they are, so they may hold nothing that moves a cursor. */
static bool is_printable(const char *name)
{
	const char *p;

	for (p = name; *p; p++) {
		if (*p <= ' ' || *p > '~')
			return false;
	}
	return p != name;
}

/* Appends @func, whose strings are then the schema's. */
static int add_func(struct schema *s, const struct schema_func *func)
{
	if (!(s->nr_funcs & (s->nr_funcs - 1))) {
		unsigned int cap = s->nr_funcs ? s->nr_funcs * 2 : 1;
		struct schema_func *more = reallocarray(s->funcs, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		s->funcs = more;
	}
	s->funcs[s->nr_funcs++] = *func;
	return 0;
}

static int read_func_tag(struct reading *r, struct schema *s, const char *text)
{
	struct schema_func func = { 0 };
	struct word w;
	bool ok = true;
	int err;

	while (ok && next_word(&text, "name", &w)) {
		if (key_is(&w, "addr"))
			ok = parse_address(&w, &func.addr);
		else if (key_is(&w, "module") && !func.module)
			func.module = strndup(w.value, w.len);
		else if (key_is(&w, "name") && !func.name)
			func.name = strndup(w.value, w.len);
	}
	if (!ok || !func.name || !is_printable(func.name) ||
	    (func.module && !is_printable(func.module)))
		err = broken(r, "a function's description is broken");
	else
		err = add_func(s, &func);
	if (err) {
		free(func.name);
		free(func.module);
	}
	return err;
}

static int read_tag(struct reading *r, const struct btf_type *t)
{
	const char *text = btf__name_by_offset(r->btf, t->name_off);
	int member = btf_decl_tag(t)->component_idx;
	struct schema *s;

	if (!r->index_of[t->type])
		return 0;
	s = &r->schemas[r->index_of[t->type] - 1];
	if (!strncmp(text, "event ", 6) && member == -1)
		return read_event_tag(r, s, text + 6);
	if (!strncmp(text, "func ", 5) && member == -1)
		return read_func_tag(r, s, text + 5);
	if (!strncmp(text, "field ", 6) && member >= 0 && (unsigned int)member < s->nr_fields)
		return read_field_tag(r, &s->fields[member], text + 6);
	return 0;
}

/* The function: the event's name, its fields' names and types. */
static int read_event(struct reading *r, uint32_t id, const char *name)
{
	const struct btf_type *proto = btf__type_by_id(r->btf, btf__type_by_id(r->btf, id)->type);
	struct schema *s = &r->schemas[r->nr];
	unsigned int i;

	*s = (struct schema){ .btf = r->btf };
	r->nr++;
	r->index_of[id] = r->nr;
	if (!is_identifier(name) || !proto || !btf_is_func_proto(proto))
		return broken(r, "an event's name or form is broken");
	if (btf_vlen(proto) > MAX_READ_FIELDS)
		return broken(r, "an event has too many fields");
	s->name = strdup(name);
	s->fields = calloc(btf_vlen(proto) + 1, sizeof(*s->fields));
	if (!s->name || !s->fields)
		return -ENOMEM;
	for (i = 0; i < btf_vlen(proto); i++) {
		const struct btf_param *p = &btf_params(proto)[i];
		struct field *f = &s->fields[i];
		const char *field_name = btf__name_by_offset(r->btf, p->name_off);

		s->nr_fields++;
		if (!is_identifier(field_name))
			return broken(r, "a field's name is broken");
		f->name = strdup(field_name);
		if (!f->name)
			return -ENOMEM;
		f->type_id = p->type;
		f->item = -1;
		f->pointer = -1;
	}
	return 0;
}

/* Do @size bytes at @offset keep clear of the common bytes and within the fixed part? */
static bool fits(const struct schema *s, uint32_t offset, uint32_t size)
{
	return offset >= SCHEMA_COMMON_SIZE && size <= s->fixed_size &&
	       offset <= s->fixed_size - size;
}

static bool check_type(const struct schema *s, const struct field *f)
{
	struct type_info info;

	type__info(s->btf, f->type_id, &info);
	switch (f->kind) {
	case FIELD_SCALAR:
		return (info.cls == TYPE_VOID || info.cls == TYPE_INT ||
			info.cls == TYPE_ENUM || info.cls == TYPE_POINTER) && info.size <= 8 &&
		       (f->size == 8 || (f->size == info.size &&
					 (f->size == 1 || f->size == 2 || f->size == 4)));
	case FIELD_STRING:
	case FIELD_BUFFER:
		return f->size == 4 && info.cls != TYPE_INVALID;
	case FIELD_BYTES:
		return (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION ||
			info.cls == TYPE_ARRAY || info.cls == TYPE_INT || info.cls == TYPE_FLOAT ||
			info.cls == TYPE_ENUM || info.cls == TYPE_POINTER) &&
		       f->size <= f->full_size;
	}
	return false;
}

/* Is the value one that can be shown so? */
static bool check_display(const struct field *f)
{
	uint32_t size = f->kind == FIELD_BYTES ? f->size : 0;

	switch (f->display) {
	case FIELD_BY_TYPE:
		return true;
	case FIELD_IP4:
		return f->kind == FIELD_SCALAR || size == 4;
	case FIELD_IP6:
		return size == 16;
	case FIELD_MAC:
		return size == 6;
	case FIELD_SYMBOL:
		return f->kind == FIELD_SCALAR;
	}
	return false;
}

/* Marks bytes of the event as used; false when they lie outside it or are used already. */
static bool claim(const struct schema *s, uint8_t *used, uint32_t offset, uint32_t size)
{
	if (!fits(s, offset, size) || memchr(used + offset, 1, size))
		return false;
	memset(used + offset, 1, size);
	return true;
}

static int check_schema(struct reading *r, const struct schema *s)
{
	uint8_t used[UINT16_MAX + 1] = { 0 };
	unsigned int i;

	if (!r->has_event[s - r->schemas])
		return broken(r, "an event has no description");
	if ((s->status_offset && !claim(s, used, s->status_offset, 8)) ||
	    (s->duration_offset && !claim(s, used, s->duration_offset, 8)))
		return broken(r, "an event's status or duration lies outside it");
	for (i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];

		if (!f->expr)
			return broken(r, "a field has no description");
		if (!claim(s, used, f->offset, f->size))
			return broken(r, "a field lies outside its event or on another");
		if (!check_type(s, f))
			return broken(r, "a field's type and size don't fit");
		if (!check_display(f))
			return broken(r, "a field cannot be shown as it says");
		if (f->pointer >= (int)s->nr_fields ||
		    (f->pointer >= 0 && s->fields[f->pointer].kind != FIELD_SCALAR))
			return broken(r, "a field's pointer is none");
		if (f->item >= 0 && !s->status_offset)
			return broken(r, "a field's status is nowhere");
	}
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct schema_func *l = a, *r = b;

	return l->addr < r->addr ? -1 : l->addr > r->addr;
}

static void sort_funcs(struct schema *s)
{
	if (s->nr_funcs)
		qsort(s->funcs, s->nr_funcs, sizeof(*s->funcs), by_address);
	s->funcs_sorted = true;
}

static const char *event_name(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name = btf__name_by_offset(btf, t->name_off);

	if (!btf_is_func(t) || strncmp(name, EVENT_PREFIX, strlen(EVENT_PREFIX)))
		return NULL;
	return name + strlen(EVENT_PREFIX);
}

static int read_all(struct reading *r)
{
	uint32_t id, nr_types = btf__type_cnt(r->btf);
	unsigned int i, nr_events = 0;
	int err = 0;

	for (id = 1; id < nr_types; id++)
		nr_events += event_name(r->btf, id) != NULL;
	if (nr_events > MAX_EVENTS)
		return broken(r, "it has too many events");
	r->schemas = calloc(nr_events + 1, sizeof(*r->schemas));
	r->has_event = calloc(nr_events + 1, sizeof(*r->has_event));
	r->index_of = calloc(nr_types, sizeof(*r->index_of));
	if (!r->schemas || !r->has_event || !r->index_of)
		return -ENOMEM;
	for (id = 1; id < nr_types && !err; id++) {
		const char *name = event_name(r->btf, id);

		if (name)
			err = read_event(r, id, name);
	}
	for (id = 1; id < nr_types && !err; id++) {
		if (btf_is_decl_tag(btf__type_by_id(r->btf, id)))
			err = read_tag(r, btf__type_by_id(r->btf, id));
	}
	for (i = 0; i < r->nr && !err; i++) {
		sort_funcs(&r->schemas[i]);
		err = check_schema(r, &r->schemas[i]);
	}
	return err;
}

int schemas__from_btf(const struct btf *btf, struct schema **schemas, unsigned int *nr,
		      const char **why)
{
	struct reading r = { .btf = btf };
	int err;

	*schemas = NULL;
	*nr = 0;
	*why = NULL;
	err = layout__check(btf, why);
	if (err)
		return err;
	err = read_all(&r);
	free(r.index_of);
	free(r.has_event);
	if (err) {
		schemas__free(r.schemas, r.nr);
		*why = r.why;
		return err;
	}
	*schemas = r.schemas;
	*nr = r.nr;
	return 0;
}
