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
 *		 expr=skb"
 *
 * Unknown tags and keys are ignored, so that later versions can add some.
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

static const char *const kind_names[] = {
	[FIELD_SCALAR] = "scalar",
	[FIELD_BYTES] = "bytes",
	[FIELD_STRING] = "string",
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
		  "return=%d expr=%s", kind_names[f->kind], f->offset, f->size, f->full_size,
		  f->item, f->pointer, f->is_signed, f->is_return,
		  f->expr ? f->expr : f->name);
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

/* Takes the next "key=value" off *@text; a key in @last takes the rest, spaces and all. */
static bool next_word(const char **text, const char *last, const char **key, size_t *key_len,
		      const char **value, size_t *value_len)
{
	const char *p = *text, *eq;

	while (*p == ' ')
		p++;
	eq = strchr(p, '=');
	if (!*p || !eq)
		return false;
	*key = p;
	*key_len = eq - p;
	*value = eq + 1;
	if (*key_len == strlen(last) && !strncmp(p, last, *key_len))
		*value_len = strlen(*value);
	else
		*value_len = strcspn(*value, " ");
	*text = *value + *value_len;
	return true;
}

static bool key_is(const char *key, size_t len, const char *name)
{
	return len == strlen(name) && !strncmp(key, name, len);
}

/* A whole value as a number within @min .. @max. */
static bool parse_number(const char *value, size_t len, long min, long max, long *out)
{
	char text[24], *end;

	if (!len || len >= sizeof(text))
		return false;
	memcpy(text, value, len);
	text[len] = '\0';
	errno = 0;
	*out = strtol(text, &end, 10);
	return !errno && !*end && *out >= min && *out <= max;
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
	const char *key, *value;
	size_t key_len, len, i;
	bool ok = true, has_kind = false;
	long n = 0;

	if (f->expr)
		return broken(r, "a field is described twice");
	while (ok && next_word(&text, "expr", &key, &key_len, &value, &len)) {
		if (key_is(key, key_len, "kind")) {
			for (i = 0; i < sizeof(kind_names) / sizeof(*kind_names); i++) {
				if (key_is(value, len, kind_names[i])) {
					f->kind = i;
					has_kind = true;
				}
			}
		} else if (key_is(key, key_len, "item")) {
			ok = parse_number(value, len, -1, SCHEMA_MAX_ITEMS - 1, &n);
			f->item = n;
		} else if (key_is(key, key_len, "pointer")) {
			ok = parse_number(value, len, -1, MAX_READ_FIELDS, &n);
			f->pointer = n;
		} else if (key_is(key, key_len, "offset")) {
			ok = parse_number(value, len, 0, UINT16_MAX, &n);
			f->offset = n;
		} else if (key_is(key, key_len, "size")) {
			ok = parse_number(value, len, 0, UINT16_MAX, &n);
			f->size = n;
		} else if (key_is(key, key_len, "full")) {
			ok = parse_number(value, len, 0, UINT32_MAX, &n);
			f->full_size = n;
		} else if (key_is(key, key_len, "signed")) {
			ok = parse_number(value, len, 0, 1, &n);
			f->is_signed = n;
		} else if (key_is(key, key_len, "return")) {
			ok = parse_number(value, len, 0, 1, &n);
			f->is_return = n;
		} else if (key_is(key, key_len, "expr")) {
			f->expr = strndup(value, len);
			if (!f->expr)
				return -ENOMEM;
		}
	}
	return ok && has_kind && f->expr ? 0 : broken(r, "a field's description is broken");
}

static int read_event_tag(struct reading *r, struct schema *s, const char *text)
{
	const char *key, *value;
	size_t key_len, len;
	bool ok = true;
	long n = 0;

	if (r->has_event[s - r->schemas])
		return broken(r, "an event is described twice");
	r->has_event[s - r->schemas] = true;
	while (ok && next_word(&text, "spec", &key, &key_len, &value, &len)) {
		if (key_is(key, key_len, "id")) {
			ok = parse_number(value, len, 1, UINT16_MAX, &n);
			s->id = n;
		} else if (key_is(key, key_len, "size")) {
			ok = parse_number(value, len, SCHEMA_COMMON_SIZE, UINT16_MAX, &n);
			s->fixed_size = n;
		} else if (key_is(key, key_len, "return")) {
			ok = parse_number(value, len, 0, 1, &n);
			s->at_return = n;
		} else if (key_is(key, key_len, "tracepoint")) {
			ok = parse_number(value, len, 0, 1, &n);
			s->is_tracepoint = n;
		} else if (key_is(key, key_len, "status")) {
			ok = parse_number(value, len, 0, UINT16_MAX, &n);
			s->status_offset = n;
		} else if (key_is(key, key_len, "duration")) {
			ok = parse_number(value, len, 0, UINT16_MAX, &n);
			s->duration_offset = n;
		} else if (key_is(key, key_len, "spec") && !s->spec) {
			s->spec = strndup(value, len);
			if (!s->spec)
				return -ENOMEM;
		}
	}
	return ok && s->id && s->fixed_size ? 0 : broken(r, "an event's description is broken");
}

/* Names of functions are printed as they are, so they may hold nothing that moves a cursor. */
static bool is_printable(const char *name)
{
	for (; *name; name++) {
		if (*name <= ' ' || *name > '~')
			return false;
	}
	return true;
}

static int read_func_tag(struct reading *r, struct schema *s, const char *text)
{
	struct schema_func func = { 0 };
	const char *key, *value;
	size_t key_len, len;

	while (next_word(&text, "name", &key, &key_len, &value, &len)) {
		if (key_is(key, key_len, "addr"))
			func.addr = strtoull(value, NULL, 16);
		else if (key_is(key, key_len, "module") && !func.module)
			func.module = strndup(value, len);
		else if (key_is(key, key_len, "name") && !func.name)
			func.name = strndup(value, len);
	}
	if (!func.name || !is_printable(func.name) || (func.module && !is_printable(func.module))) {
		free(func.name);
		free(func.module);
		return broken(r, "a function's description is broken");
	}
	if (!(s->nr_funcs & (s->nr_funcs - 1))) {
		unsigned int cap = s->nr_funcs ? s->nr_funcs * 2 : 1;
		struct schema_func *more = reallocarray(s->funcs, cap, sizeof(*more));

		if (!more) {
			free(func.name);
			free(func.module);
			return -ENOMEM;
		}
		s->funcs = more;
	}
	s->funcs[s->nr_funcs++] = func;
	return 0;
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
		return f->size == 8 && (info.cls == TYPE_VOID || info.cls == TYPE_INT ||
					info.cls == TYPE_ENUM || info.cls == TYPE_POINTER) &&
		       info.size <= 8;
	case FIELD_STRING:
		return f->size == 4 && info.cls != TYPE_INVALID;
	case FIELD_BYTES:
		return (info.cls == TYPE_STRUCT || info.cls == TYPE_UNION ||
			info.cls == TYPE_ARRAY || info.cls == TYPE_INT || info.cls == TYPE_FLOAT ||
			info.cls == TYPE_ENUM || info.cls == TYPE_POINTER) &&
		       f->size <= f->full_size;
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
