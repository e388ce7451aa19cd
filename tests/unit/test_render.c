// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge of struct rendering is libbpf's btf_dump__dump_type_data(): it gets the same bytes,
 * both texts are taken apart into paths and numbers, and these are compared. Types come from the
 * running kernel; without its BTF those tests are skipped.
 */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/btf.h>

#include <unistd.h>
#include "../../perf-plugin/render/address.h"
#include "../../perf-plugin/render/dump.h"
#include "../../perf-plugin/render/event.h"
#include "../../perf-plugin/render/symbols.h"
#include "../../perf-plugin/render/text.h"
#include "../../perf-plugin/render/unit.h"
#include "../../perf-plugin/render/value.h"
#include "../../perf-plugin/types/layout.h"
#include "../../perf-plugin/types/type.h"

static struct btf *kernel;
static size_t nr_compared;

/* One number of a struct: where it is and what it is. */
struct leaf {
	char path[192];
	uint64_t value;
};

struct leaves {
	struct leaf *leaves;
	size_t nr;
	size_t cap;
};

/* Enumerators of the whole kernel, to turn names into numbers. */
struct named {
	const char *name;
	int64_t value;
};

static struct named *names;
static size_t nr_names;

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void read_names(const struct btf *btf)
{
	uint32_t id, i;
	size_t cap = 0;

	for (id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (!btf_is_any_enum(t))
			continue;
		for (i = 0; i < btf_vlen(t); i++) {
			if (nr_names == cap) {
				cap = cap ? cap * 2 : 4096;
				names = realloc(names, cap * sizeof(*names));
				assert_non_null(names);
			}
			names[nr_names].name = btf__name_by_offset(
				btf, btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
							btf_enum(t)[i].name_off);
			names[nr_names++].value = btf_is_enum64(t) ?
				(int64_t)btf_enum64_value(&btf_enum64(t)[i]) : btf_enum(t)[i].val;
		}
	}
	qsort(names, nr_names, sizeof(*names), by_name);
}

static uint64_t number_of(const char *text, size_t len)
{
	char word[64];
	struct named key = { .name = word }, *found;
	char *end;

	assert_true(len < sizeof(word));
	memcpy(word, text, len);
	word[len] = '\0';
	if (!strcmp(word, "NULL") || !strcmp(word, "false"))
		return 0;
	if (!strcmp(word, "true"))
		return 1;
	if (word[0] == '\'')
		return (uint8_t)word[1];
	if (isalpha((unsigned char)word[0]) || word[0] == '_') {
		found = bsearch(&key, names, nr_names, sizeof(*names), by_name);
		if (!found)
			fail_msg("no enumerator '%s'", word);
		return found->value;
	}
	if (word[0] == '-')
		return strtoll(word, &end, 0);
	end = word;
	return strtoull(word, &end, 0);
}

/* A|B|0x40 */
static uint64_t value_of(const char *text, size_t len)
{
	const char *end = text + len;
	uint64_t value = 0;

	while (text < end) {
		const char *bar = text[0] == '\'' ? NULL : memchr(text, '|', end - text);
		size_t n = bar ? bar - text : end - text;

		value |= number_of(text, n);
		text += n + 1;
	}
	return value;
}

static void add(struct leaves *l, const char *path, uint64_t value)
{
	if (l->nr == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 256;
		l->leaves = realloc(l->leaves, l->cap * sizeof(*l->leaves));
		assert_non_null(l->leaves);
	}
	snprintf(l->leaves[l->nr].path, sizeof(l->leaves->path), "%s", path);
	l->leaves[l->nr++].value = value;
}

/*
 * Reads both forms. Ours: "{.a = 1, .b.c = 2, .d = [1, 0 x 3], .e = [[2] = {...}], .s = "text"}";
 * libbpf's: "{.a = (int)1, (union){...}, .d = (u8[4])[1,2,],}", white space anywhere.
 */
struct scan {
	const char *p;
	struct leaves *out;
};

static void skip_space(struct scan *s)
{
	while (isspace((unsigned char)*s->p) || *s->p == ',')
		s->p++;
}

/* A type in brackets, which may hold others: (void (*)(struct sk_buff *)) */
static void skip_type(struct scan *s)
{
	int depth = 0;

	skip_space(s);
	if (*s->p != '(')
		return;
	do {
		depth += (*s->p == '(') - (*s->p == ')');
		s->p++;
	} while (depth && *s->p);
}

static void scan_value(struct scan *s, const char *path);

static void scan_struct(struct scan *s, const char *path)
{
	char member[384];

	s->p++;
	for (skip_space(s); *s->p && *s->p != '}'; skip_space(s)) {
		size_t len = 0;

		if (*s->p == '.') {
			len = strcspn(s->p, " ");
			snprintf(member, sizeof(member), "%s%.*s", path, (int)len, s->p);
			s->p += len;
			assert_int_equal(strncmp(s->p, " = ", 3), 0);
			s->p += 3;
			scan_value(s, member);
		} else {
			scan_value(s, path);	/* an anonymous member */
		}
	}
	assert_int_equal(*s->p, '}');
	s->p++;
}

static void scan_array(struct scan *s, const char *path)
{
	unsigned long index = 0, times;
	char elem[384];

	s->p++;
	for (skip_space(s); *s->p && *s->p != ']'; skip_space(s)) {
		const char *before;

		if (*s->p == '[' && isdigit((unsigned char)s->p[1]) && strstr(s->p, "] = ") &&
		    strspn(s->p + 1, "0123456789") == (size_t)(strchr(s->p, ']') - s->p - 1)) {
			index = strtoul(s->p + 1, NULL, 10);
			s->p = strchr(s->p, ']') + strlen("] = ");
		}
		before = s->p;
		snprintf(elem, sizeof(elem), "%s[%lu]", path, index++);
		scan_value(s, elem);
		if (!strncmp(s->p, " x ", 3)) {
			const char *after;

			times = strtoul(s->p + 3, (char **)&after, 10);
			while (--times) {
				s->p = before;
				snprintf(elem, sizeof(elem), "%s[%lu]", path, index++);
				scan_value(s, elem);
			}
			s->p = after;
		}
	}
	assert_int_equal(*s->p, ']');
	s->p++;
}

static void scan_string(struct scan *s, const char *path)
{
	char elem[384];
	unsigned int i = 0;

	for (s->p++; *s->p != '"'; s->p++) {
		if (*s->p == '\\')
			s->p++;
		snprintf(elem, sizeof(elem), "%s[%u]", path, i++);
		add(s->out, elem, (uint8_t)*s->p);
	}
	s->p++;
}

static void scan_value(struct scan *s, const char *path)
{
	size_t len;

	skip_type(s);
	if (!strncmp(s->p, "(nil)", 5)) {
		add(s->out, path, 0);
		s->p += 5;
		return;
	}
	if (*s->p == '(' || *s->p == '.')
		return;		/* libbpf 1.1 forgets a zero byte behind an empty array */
	switch (*s->p) {
	case '{':
		scan_struct(s, path);
		break;
	case '[':
		scan_array(s, path);
		break;
	case '"':
		scan_string(s, path);
		break;
	case '\'':
		add(s->out, path, (uint8_t)s->p[1]);
		s->p += 3;
		break;
	default:
		len = strcspn(s->p, ", \n]}.(");	/* it forgets the comma after an enum */
		if (len)
			add(s->out, path, value_of(s->p, len));
		s->p += len;
	}
}

static int by_path(const void *a, const void *b)
{
	const struct leaf *l = a, *r = b;
	int cmp = strcmp(l->path, r->path);

	return cmp ? cmp : l->value < r->value ? -1 : l->value > r->value;
}

static void scan_text(const char *text, struct leaves *out)
{
	struct scan s = { .p = text, .out = out };

	*out = (struct leaves){ 0 };
	scan_value(&s, "");
	if (out->nr)
		qsort(out->leaves, out->nr, sizeof(*out->leaves), by_path);
}

/* The leaf at @path; with several of the name (a union's), one of @value where there is one. */
static const struct leaf *find(const struct leaves *l, const char *path, uint64_t value)
{
	const struct leaf *found = NULL;
	size_t low = 0, high = l->nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(l->leaves[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < l->nr && !strcmp(l->leaves[low].path, path); low++) {
		found = &l->leaves[low];
		if (found->value == value)
			break;
	}
	return found;
}

/*
 * Paths that one of the two may leave out: below a union, of which we show only one member; single
 * bytes, and elements of arrays, which libbpf (1.1) takes for parts of a string and stops at its
 * first zero, also when the string was the array before.
 */
struct paths {
	char (*paths)[192];
	size_t nr;
};

struct exempt {
	struct paths unions;
	struct paths bytes;
};

static void add_path(struct paths *p, const char *path)
{
	p->paths = realloc(p->paths, (p->nr + 1) * sizeof(*p->paths));
	assert_non_null(p->paths);
	snprintf(p->paths[p->nr++], sizeof(*p->paths), "%s", path);
}

static void mark_exempt(struct exempt *u, uint32_t id, const char *path, bool in_union, int depth)
{
	struct type_info info;
	const struct btf_type *t;
	unsigned int i;

	type__info(kernel, id, &info);
	if (info.cls == TYPE_ARRAY) {
		char elem[192];

		snprintf(elem, sizeof(elem), "%.180s[]", path);
		if (type__is_char_array(kernel, info.id))
			add_path(&u->bytes, elem);
		mark_exempt(u, info.target, elem, in_union, depth + 1);
		return;
	}
	if (in_union)
		add_path(&u->unions, path);
	if (info.cls == TYPE_INT && info.size == 1)
		add_path(&u->bytes, path);
	if ((info.cls != TYPE_STRUCT && info.cls != TYPE_UNION) || depth > 20)
		return;
	t = btf__type_by_id(kernel, info.id);
	for (i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(kernel, btf_members(t)[i].name_off);
		char member[192];

		snprintf(member, sizeof(member), "%.120s%s%.60s", path, name[0] ? "." : "", name);
		mark_exempt(u, btf_members(t)[i].type, member,
			    in_union || (info.cls == TYPE_UNION && btf_vlen(t) > 1), depth + 1);
	}
}

static bool is_among(const struct paths *u, const char *path)
{
	char plain[192];
	size_t i, n = 0;

	for (; *path; path++) {
		plain[n++] = *path;
		if (*path == '[') {
			path = strchr(path, ']');
			plain[n++] = ']';
		}
	}
	plain[n] = '\0';
	for (i = 0; i < u->nr; i++) {
		if (!strcmp(u->paths[i], plain))
			return true;
	}
	return false;
}

static void to_buf(void *ctx, const char *fmt, va_list args)
{
	buf__vaddf(ctx, fmt, args);
}

/*
 * Always with zeros: without, libbpf 1.1 takes some unions for zero that aren't (sk_buff.headers).
 */
static void dump_by_libbpf(uint32_t id, const void *data, size_t size, struct buf *out)
{
	LIBBPF_OPTS(btf_dump_type_data_opts, opts, .compact = true, .emit_zeroes = true);
	struct btf_dump *d = btf_dump__new(kernel, to_buf, out, NULL);

	assert_non_null(d);
	assert_int_equal(btf_dump__dump_type_data(d, id, data, size, &opts), size);
	btf_dump__free(d);
}

/* Every number we show is one that libbpf shows, and what it shows besides is in unions. */
static void compare(const char *what, const struct leaves *ours, const struct leaves *theirs,
		    const struct exempt *exempt, bool zeros)
{
	size_t i;

	for (i = 0; i < ours->nr; i++) {
		const struct leaf *l = &ours->leaves[i];
		const struct leaf *t = find(theirs, l->path, l->value);

		if (!t && (strchr(l->path, '[') || is_among(&exempt->bytes, l->path)))
			continue;
		if (!t)
			fail_msg("%s%s: libbpf does not show it", what, l->path);
		/* A char is a number with a sign in one text and a letter in the other. */
		if (t->value != l->value && ((t->value ^ l->value) & 0xff ||
					     !is_among(&exempt->bytes, l->path)))
			fail_msg("%s%s: 0x%llx, libbpf 0x%llx", what, l->path,
				 (unsigned long long)l->value, (unsigned long long)t->value);
	}
	for (i = 0; i < theirs->nr; i++) {
		const struct leaf *t = &theirs->leaves[i];

		if (!find(ours, t->path, t->value) && (t->value || zeros) &&
		    !is_among(&exempt->unions, t->path))
			fail_msg("%s%s = 0x%llx: only libbpf shows it", what, t->path,
				 (unsigned long long)t->value);
	}
	nr_compared += ours->nr;
}

static void fill(uint8_t *data, size_t size, int kind)
{
	size_t i;

	for (i = 0; i < size; i++) {
		switch (kind) {
		case 0:			/* all of it */
			data[i] = rand() % 255 + 1;
			break;
		case 1:			/* enums, flags, bools that mean something */
			data[i] = i % 4 ? 0 : rand() % 5;
			break;
		default:		/* mostly empty */
			data[i] = rand() % 16 ? 0 : rand();
			break;
		}
	}
}

static void check_struct(const char *name)
{
	int id = btf__find_by_name_kind(kernel, name, BTF_KIND_STRUCT), kind;
	struct exempt exempt = { 0 };
	struct value *value;
	uint8_t *data;
	size_t size;

	if (id < 0)
		return;
	size = btf__resolve_size(kernel, id);
	data = malloc(size);
	assert_non_null(data);
	mark_exempt(&exempt, id, "", false, 0);
	assert_int_equal(value__new(kernel, id, size, &value), 0);
	for (kind = 0; kind < 12; kind++) {
		struct buf text = BUF_INIT, dump = BUF_INIT;
		struct value_opts opts = { .zeros = kind % 2 };
		struct leaves ours, theirs;

		fill(data, size, kind % 3);
		if (kind < 6)
			value__tree(value, data, &opts, kind, &text);
		else
			value__line(value, data, &opts, &text);
		dump_by_libbpf(id, data, size, &dump);
		scan_text(buf__str(&text), &ours);
		scan_text(buf__str(&dump), &theirs);
		compare(name, &ours, &theirs, &exempt, opts.zeros);
		free(ours.leaves);
		free(theirs.leaves);
		buf__exit(&text);
		buf__exit(&dump);
	}
	value__free(value);
	free(exempt.unions.paths);
	free(exempt.bytes.paths);
	free(data);
}

static void kernel_structs(void **state)
{
	static const char *const structs[] = {
		"sk_buff", "net_device", "sock", "task_struct", "tcp_sock", "page", "inode", "file",
		"super_block", "mm_struct", "cred", "bio", "request", "dentry", "signal_struct",
		"net", "cgroup", "module", "rq", "pid", "in6_addr", "flowi6", "btf_dump_data",
		"ethhdr", "iphdr", "tcphdr", "ipv6hdr", "bpf_prog", "perf_event", "timespec64",
	};
	size_t i;

	(void)state;
	if (!kernel)
		skip();
	srand(1);
	for (i = 0; i < sizeof(structs) / sizeof(*structs); i++)
		check_struct(structs[i]);
	print_message("%zu values compared\n", nr_compared);
	assert_true(nr_compared > 1000);
}

/* A type of its own for each case, so that what is expected can be read off. */
static struct btf *own;

static int own_int(const char *name, int size, int encoding)
{
	return btf__add_int(own, name, size, encoding);
}

static char *render(uint32_t id, const void *data, uint32_t size, bool zeros, bool one_line)
{
	struct value_opts opts = { .zeros = zeros };
	struct buf text = BUF_INIT;
	struct value *value;

	assert_int_equal(value__new(own, id, size, &value), 0);
	if (one_line)
		value__line(value, data, &opts, &text);
	else
		value__tree(value, data, &opts, 1, &text);
	value__free(value);
	return buf__take(&text);
}

#define assert_renders(id, data, size, zeros, one_line, expected) do {			\
	char *text_ = render(id, data, size, zeros, one_line);				\
	assert_string_equal(text_, expected);						\
	free(text_);									\
} while (0)

static void a_struct(void **state)
{
	struct {
		int32_t a;
		uint8_t bits;
		char name[7];
		uint64_t p;
		uint16_t list[6];
		int32_t counter;
	} __attribute__((packed)) data = {
		.a = -3, .bits = 0x2d, .name = "eth0", .p = 0xffff888000001000,
		.list = { 1, 0, 0, 0, 0, 7 }, .counter = 2,
	};
	int s32, u8, ch, u16, arr, ptr, name, atomic, id, len;

	(void)state;
	own = btf__new_empty();
	s32 = own_int("int", 4, BTF_INT_SIGNED);
	u8 = own_int("unsigned char", 1, 0);
	ch = own_int("char", 1, BTF_INT_SIGNED);
	u16 = own_int("unsigned short", 2, 0);
	ptr = btf__add_ptr(own, 0);
	name = btf__add_array(own, s32, ch, 7);
	arr = btf__add_array(own, s32, u16, 6);
	atomic = btf__add_struct(own, "atomic", 4);
	btf__add_field(own, "counter", s32, 0, 0);
	id = btf__add_struct(own, "thing", sizeof(data));
	btf__add_field(own, "a", s32, 0, 0);
	btf__add_field(own, "low", u8, 32, 2);
	btf__add_field(own, "mid", u8, 34, 3);
	btf__add_field(own, "top", u8, 37, 3);
	btf__add_field(own, "name", name, 40, 0);
	btf__add_field(own, "p", ptr, 96, 0);
	btf__add_field(own, "list", arr, 160, 0);
	btf__add_field(own, "refs", atomic, 256, 0);
	len = sizeof(data);

	assert_renders(id, &data, len, false, false,
		       "(struct thing){\n"
		       "\t\t.a = -3,\n"
		       "\t\t.low = 1,\n"
		       "\t\t.mid = 3,\n"
		       "\t\t.top = 1,\n"
		       "\t\t.name = \"eth0\",\n"
		       "\t\t.p = 0xffff888000001000,\n"
		       "\t\t.list = [1, 0 x 4, 7],\n"
		       "\t\t.refs.counter = 2,\n"
		       "\t}");
	assert_renders(id, &data, len, false, true,
		       "{.a = -3, .low = 1, .mid = 3, .top = 1, .name = \"eth0\", "
		       ".p = 0xffff888000001000, .list = [1, 0 x 4, 7], .refs.counter = 2}");
	/* What lies behind the end of what was captured is not there, and the cut is told. */
	assert_renders(id, &data, 26, false, true,
		       "{.a = -3, .low = 1, .mid = 3, .top = 1, .name = \"eth0\", "
		       ".p = 0xffff888000001000, .list = [1, 0, 0]} /* 26 of 36 bytes */");
	memset(&data, 0, sizeof(data));
	assert_renders(id, &data, len, false, false, "(struct thing){}");
	assert_renders(id, &data, len, true, true,
		       "{.a = 0, .low = 0, .mid = 0, .top = 0, .name = \"\", .p = NULL, "
		       ".list = [0, 0, 0, 0, 0, 0], .refs.counter = 0}");
	data.list[1] = 5;
	strcpy(data.name, "a\x1b\"");
	assert_renders(id, &data, len, false, true,
		       "{.name = [0x61, 0x1b, 0x22], .list = [0, 5]}");
	strcpy(data.name, "a\"\\");
	assert_renders(id, &data, len, false, true, "{.name = \"a\\\"\\\\\", .list = [0, 5]}");
	btf__free(own);
}

static void unions_and_anonymous(void **state)
{
	struct {
		uint32_t a, b;
		uint64_t u;
		uint32_t elems[4];
	} data = { .a = 1, .b = 2, .u = 3, .elems = { 0, 0, 4, 5 } };
	int u32, u64, pair, un, outer, elem, arr;

	(void)state;
	own = btf__new_empty();
	u32 = own_int("unsigned int", 4, 0);
	u64 = own_int("unsigned long", 8, 0);
	pair = btf__add_struct(own, NULL, 8);
	btf__add_field(own, "a", u32, 0, 0);
	btf__add_field(own, "b", u32, 32, 0);
	un = btf__add_union(own, NULL, 8);
	btf__add_field(own, "both", u64, 0, 0);
	btf__add_field(own, NULL, pair, 0, 0);	/* anonymous, covers all: says most */
	elem = btf__add_struct(own, "elem", 8);
	btf__add_field(own, "x", u32, 0, 0);
	btf__add_field(own, "y", u32, 32, 0);
	arr = btf__add_array(own, u32, elem, 2);
	outer = btf__add_struct(own, "outer", sizeof(data));
	btf__add_field(own, NULL, un, 0, 0);
	btf__add_field(own, "u", u64, 64, 0);
	btf__add_field(own, "elems", arr, 128, 0);
	assert_renders(outer, &data, sizeof(data), false, false,
		       "(struct outer){\n"
		       "\t\t.a = 1,\n"
		       "\t\t.b = 2,\n"
		       "\t\t.u = 3,\n"
		       "\t\t.elems = [\n"
		       "\t\t\t[1] = {\n"
		       "\t\t\t\t.x = 4,\n"
		       "\t\t\t\t.y = 5,\n"
		       "\t\t\t},\n"
		       "\t\t],\n"
		       "\t}");
	assert_renders(outer, &data, sizeof(data), false, true,
		       "{.a = 1, .b = 2, .u = 3, .elems = [[1] = {.x = 4, .y = 5}]}");
	btf__free(own);
}

static void check_number(struct value *v, uint64_t number, const char *expected)
{
	struct value_opts opts = { 0 };
	struct buf text = BUF_INIT;

	value__number(v, number, &opts, &text);
	assert_string_equal(buf__str(&text), expected);
	buf__exit(&text);
}

static void numbers(void **state)
{
	int id, ch;
	struct value *v;

	(void)state;
	own = btf__new_empty();
	id = btf__add_enum(own, "flags", 4);
	btf__add_enum_value(own, "A", 1);
	btf__add_enum_value(own, "B", 2);
	btf__add_enum_value(own, "C", 4);
	assert_int_equal(value__new(own, id, 8, &v), 0);
	check_number(v, 2, "B");
	check_number(v, 5, "A|C");
	check_number(v, 9, "A|0x8");
	check_number(v, 16, "0x10");
	value__free(v);
	id = btf__add_enum(own, "state", 4);
	btf__add_enum_value(own, "BAD", -1);
	btf__add_enum_value(own, "GOOD", 3);
	assert_int_equal(value__new(own, id, 8, &v), 0);
	check_number(v, 3, "GOOD");
	check_number(v, 4, "4");
	value__free(v);
	id = own_int("long", 8, BTF_INT_SIGNED);
	assert_int_equal(value__new(own, id, 8, &v), 0);
	check_number(v, -5, "-5");
	value__free(v);
	id = own_int("bool", 1, BTF_INT_BOOL);
	assert_int_equal(value__new(own, id, 8, &v), 0);
	check_number(v, 1, "true");
	check_number(v, 0, "false");
	check_number(v, 7, "7");
	value__free(v);
	ch = own_int("char", 1, BTF_INT_SIGNED);
	assert_int_equal(value__new(own, ch, 8, &v), 0);
	check_number(v, 'x', "'x'");
	check_number(v, 27, "27");
	value__free(v);
	id = btf__add_ptr(own, ch);
	assert_int_equal(value__new(own, id, 8, &v), 0);
	check_number(v, 0, "NULL");
	check_number(v, 0xffff888000000000, "0xffff888000000000");
	value__free(v);
	assert_int_equal(value__new(own, 0, 8, &v), 0);
	check_number(v, 12, "12");
	value__free(v);
	btf__free(own);
}

#define assert_text(in, quote, expected) do {						\
	struct buf text_ = BUF_INIT;							\
	text__add(&text_, in, sizeof(in) - 1, quote);					\
	assert_string_equal(buf__str(&text_), expected);				\
	buf__exit(&text_);								\
} while (0)

static void safe_text(void **state)
{
	(void)state;
	assert_text("plain", false, "plain");
	assert_text("a\033[31mb\007", false, "a\\x1b[31mb\\x07");
	assert_text("tab\tline\n", false, "tab\\tline\\n");
	assert_text("q\"\\", true, "q\\\"\\\\");
	assert_text("q\"\\", false, "q\"\\");
	assert_text("gr\xc3\xbc\xc3\x9f", false, "gr\xc3\xbc\xc3\x9f");
	assert_text("\xc3", false, "\\xc3");			/* cut short */
	assert_text("\xc0\xaf", false, "\\xc0\\xaf");		/* overlong */
	assert_text("\xed\xa0\x80", false, "\\xed\\xa0\\x80");	/* a surrogate */
	assert_text("\xc2\x9b", false, "\\xc2\\x9b");		/* CSI in one character */
	assert_text("\xe2\x80\xae", false, "\\xe2\\x80\\xae");	/* right to left */
	assert_text("\x7f\0", false, "\\x7f\\x00");
	assert_true(text__is_printable("eth0", 4));
	assert_false(text__is_printable("eth\n", 4));
}

static void durations(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" }, { 999, "999ns" }, { 1000, "1.000us" }, { 1234567, "1.234ms" },
		{ 2500000000, "2.500s" }, { UINT64_MAX, "18446744073.709s" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf text = BUF_INIT;

		unit__duration(&text, cases[i].ns);
		assert_string_equal(buf__str(&text), cases[i].text);
		buf__exit(&text);
	}
}

static void addresses(void **state)
{
	static const struct {
		uint8_t addr[16];
		const char *text;
	} cases[] = {
		{ { 0 }, "::" },
		{ { [15] = 1 }, "::1" },
		{ { [0] = 0xfe, [1] = 0x80, [15] = 1 }, "fe80::1" },
		{ { 0x20, 1, 0xd, 0xb8 }, "2001:db8::" },
		/* RFC 5952: 4.2.2 one zero stays, 4.2.3 the longest run, of equal ones the first */
		{ { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 },
		  "2001:db8:0:1:1:1:1:1" },
		{ { 0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 }, "2001:0:0:1::1" },
		{ { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1 },
		  "2001:db8::1:0:0:1" },
		{ { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0xab, 0xcd, 0, 0 }, "1:2:3:4:5:6:abcd:0" },
		{ { 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0 }, "0:2:3:4:5:6:7:0" },
		{ { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 }, "::ffff:10.0.0.1" },
		{ { [12] = 10, [15] = 1 }, "::a00:1" },
		{ { 0xfe, 0x80, [10] = 0x5e, [11] = 0xfe, 10, 0, 0, 1 }, "fe80::5efe:10.0.0.1" },
	};
	struct buf text = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf__clear(&text);
		address__ip6(&text, cases[i].addr);
		assert_string_equal(buf__str(&text), cases[i].text);
	}
	buf__clear(&text);
	address__ip4(&text, (const uint8_t[]){ 255, 0, 10, 1 });
	buf__addc(&text, ' ');
	address__mac(&text, (const uint8_t[]){ 0, 0x42, 0xff, 1, 2, 0xa });
	assert_string_equal(buf__str(&text), "255.0.10.1 00:42:ff:01:02:0a");
	buf__exit(&text);
}

static void dumps(void **state)
{
	struct buf text = BUF_INIT;
	uint8_t data[18];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = 0x6f + i;
	dump__lines(&text, data, 0, 1);
	assert_string_equal(buf__str(&text), "");
	dump__lines(&text, data, sizeof(data), 1);
	assert_string_equal(buf__str(&text),
		"\t0000:  6f 70 71 72 73 74 75 76 77 78 79 7a 7b 7c 7d 7e  opqrstuvwxyz{|}~\n"
		"\t0010:  7f 80                                            ..\n");
	buf__clear(&text);
	dump__word(&text, data, 3);
	assert_string_equal(buf__str(&text), "6f7071");
	buf__exit(&text);
}

/* What addresses are called by symbols' file @lines; _text was at @reference. */
static void check_symbols(const char *lines, uint64_t reference, const uint64_t *addrs,
			  unsigned int nr, const char *expected, const char *problem)
{
	char path[] = "/tmp/btfsnoop-kallsyms-XXXXXX";
	struct buf text = BUF_INIT;
	struct symbols *s;
	int fd = mkstemp(path);
	unsigned int i;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
	close(fd);
	assert_int_equal(symbols__new(&s), 0);
	assert_int_equal(symbols__set_path(s, path), 0);
	if (reference)
		symbols__set_reference(s, "_text", reference);
	assert_null(symbols__problem(s));
	for (i = 0; i < nr; i++) {
		if (i)
			buf__addc(&text, ' ');
		symbols__add(s, addrs[i], &text);
	}
	assert_string_equal(buf__str(&text), expected);
	if (problem)
		assert_string_equal(symbols__problem(s), problem);
	else
		assert_null(symbols__problem(s));
	symbols__free(s);
	buf__exit(&text);
	unlink(path);
}

static void symbols(void **state)
{
	static const char lines[] =
		"0000000000000000 A fixed_percpu_data\n"
		"000000000001f000 D cpu_info\n"
		"ffffffff81000000 T _stext\n"
		"ffffffff81000000 T _text\n"
		"ffffffff81000100 t __pfx_alias\n"
		"ffffffff81000100 d alias_data\n"
		"ffffffff81000100 t alias_static\n"
		"ffffffff81000100 T __alias\n"
		"ffffffff81000100 T alias\n"
		"ffffffff81000200 T bad\033name\n"
		"ffffffff81000300 B _end\n"
		"ffffffffc0000000 t mod_fn\t[mod]\n"
		"ffffffffa0000000 t earlier\t[mod]\n";
	const uint64_t text = 0xffffffff81000000;
	const uint64_t addrs[] = {
		text, text + 0x10, text + 0x100, text + 0x210, text + 0x1000, text + 0x200000,
		0xffffffffc0000008, 0xffffffffa0000000, 0x1f010, 0, UINT64_MAX, text - 1,
	};
	/* Half a megabyte on the kernel stood elsewhere. */
	const uint64_t moved[] = { text + 0x80100, text + 0x80001, 0xffffffffc0000008 };
	unsigned int nr = sizeof(addrs) / sizeof(*addrs);
	struct buf out = BUF_INIT;
	struct symbols *s;

	(void)state;
	check_symbols(lines, text, addrs, nr,
		      "_text _text+0x10 alias alias+0x110 _end+0xd00 0xffffffff81200000 "
		      "mod_fn+0x8 earlier 0x1f010 0x0 0xffffffffffffffff 0xffffffff80ffffff",
		      NULL);
	check_symbols(lines, 0, addrs + 6, 1, "mod_fn+0x8", NULL);
	check_symbols(lines, text + 0x80000, moved, 3, "alias _text+0x1 0xffffffffc0000008", NULL);
	check_symbols("0000000000000000 T _text\n0000000000000000 T f\n", text, addrs, 1,
		      "0xffffffff81000000",
		      "the kernel hides symbols (sysctl kernel.kptr_restrict)");
	check_symbols("0000000000000000 T _text\nno symbols\n", text, addrs, 1,
		      "0xffffffff81000000",
		      "the file of symbols is not in the format of kallsyms");
	check_symbols("", text, addrs, 1, "0xffffffff81000000", "the file of symbols has none");
	assert_int_equal(symbols__new(&s), 0);
	symbols__add(s, text, &out);
	assert_string_equal(buf__str(&out), "0xffffffff81000000");
	assert_non_null(symbols__problem(s));
	symbols__free(s);
	buf__exit(&out);
}

/* An event with one field of each kind, and its record. */
struct record {
	uint64_t common;
	uint64_t status;
	uint64_t duration;
	uint64_t number;
	uint32_t loc;
	uint32_t pad;
	uint32_t pair[2];
	char text[8];
};

static void check_line(const struct event_view *view, const struct record *r, const char *line,
		       const char *trees)
{
	struct value_opts opts = { 0 };
	struct buf text = BUF_INIT;

	event_view__line(view, r, sizeof(*r), &opts, &text);
	assert_string_equal(buf__str(&text), line);
	buf__clear(&text);
	event_view__trees(view, r, sizeof(*r), &opts, &text);
	assert_string_equal(buf__str(&text), trees);
	buf__exit(&text);
}

static void an_event(void **state)
{
	struct field fields[] = {
		{ .name = "a", .expr = "x->a", .kind = FIELD_SCALAR, .offset = 24, .size = 8,
		  .item = 0, .pointer = -1, .is_signed = true },
		{ .name = "s", .expr = "a + b", .kind = FIELD_STRING, .offset = 32, .size = 4,
		  .item = 1, .pointer = -1 },
		{ .name = "x", .expr = "x", .kind = FIELD_BYTES, .offset = 40, .size = 8,
		  .full_size = 8, .item = 2, .pointer = 0 },
	};
	struct schema schema = {
		.name = "f", .status_offset = 8, .duration_offset = 16, .fixed_size = 48,
		.fields = fields, .nr_fields = 3,
	};
	struct record r = {
		.duration = 1500, .number = -7, .loc = 5 << 16 | 48, .pair = { 1, 2 },
		.text = "lo\033",
	};
	struct event_view *view;
	int u32, s64;

	(void)state;
	own = btf__new_empty();
	schema.btf = own;
	u32 = own_int("unsigned int", 4, 0);
	s64 = own_int("long", 8, BTF_INT_SIGNED);
	fields[0].type_id = s64;
	fields[2].type_id = btf__add_struct(own, "pair", 8);
	btf__add_field(own, "one", u32, 0, 0);
	btf__add_field(own, "two", u32, 32, 0);
	assert_int_equal(event_view__new(&schema, &view), 0);
	assert_true(event_view__fits(view, sizeof(r)));
	assert_false(event_view__fits(view, 47));
	check_line(view, &r, "x->a=-7 a+b=\"lo\\x1b\" duration=1.500us",
		   "\t*x = (struct pair){\n\t\t.one = 1,\n\t\t.two = 2,\n\t}\n");
	r.status = ITEM_NULL | ITEM_FAULT << 2 | ITEM_FAULT << 4;
	check_line(view, &r, "x->a=(null) a+b=(fault) duration=1.500us", "\t*x = (fault)\n");
	r.status = ITEM_CUT << 2;
	r.loc = 200 << 16 | 48;		/* beyond the record */
	check_line(view, &r, "x->a=-7 a+b=\"\"... duration=1.500us",
		   "\t*x = (struct pair){\n\t\t.one = 1,\n\t\t.two = 2,\n\t}\n");
	event_view__free(view);
	btf__free(own);
}

/* A buffer that claims to be where nothing is, or more than there is, is empty. */
static void hostile_buffers(void **state)
{
	static const struct {
		uint32_t loc;
		const char *line;
	} cases[] = {
		{ 0, "data=(empty)" },
		{ 8 << 16 | 48, "data=6c6f1b0000000000" },
		{ 9 << 16 | 48, "data=(empty)" },
		{ 0xffffffff, "data=(empty)" },
		{ 1 << 16 | 56, "data=(empty)" },
		{ 56, "data=(empty)" },
		{ 16 << 16 | 40, "data=01000000020000006c6f1b0000000000" },
		{ 33 << 16 | 0, "" },
	};
	struct field field = {
		.name = "data", .expr = "data", .kind = FIELD_BUFFER, .offset = 32, .size = 4,
		.item = 0, .pointer = -1,
	};
	struct schema schema = {
		.name = "f", .status_offset = 8, .fixed_size = 48, .fields = &field, .nr_fields = 1,
	};
	struct record r = { .pair = { 1, 2 }, .text = "lo\033" };
	struct value_opts opts = { 0 };
	struct buf text = BUF_INIT;
	struct event_view *view;
	size_t i;

	(void)state;
	schema.btf = btf__new_empty();
	assert_int_equal(event_view__new(&schema, &view), 0);
	assert_true(event_view__is_word(view, 0));
	assert_false(event_view__is_number(view, 0));
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		r.loc = cases[i].loc;
		buf__clear(&text);
		event_view__line(view, &r, sizeof(r), &opts, &text);
		assert_string_equal(buf__str(&text), cases[i].line);
	}
	event_view__trees(view, &r, sizeof(r), &opts, &text);
	assert_string_equal(buf__str(&text), "\tdata = 33 bytes\n"
		"\t\t0000:  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n"
		"\t\t0010:  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n"
		"\t\t0020:  00                                               .\n");
	r.status = ITEM_FAULT;
	check_line(view, &r, "data=(fault)", "");
	r.status = ITEM_CUT;
	r.loc = 2 << 16 | 48;
	check_line(view, &r, "data=6c6f...", "");
	event_view__free(view);
	btf__free((struct btf *)schema.btf);
	buf__exit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_struct),
		cmocka_unit_test(unions_and_anonymous),
		cmocka_unit_test(numbers),
		cmocka_unit_test(safe_text),
		cmocka_unit_test(durations),
		cmocka_unit_test(addresses),
		cmocka_unit_test(dumps),
		cmocka_unit_test(symbols),
		cmocka_unit_test(an_event),
		cmocka_unit_test(hostile_buffers),
		cmocka_unit_test(kernel_structs),
	};
	int failed;

	kernel = btf__load_vmlinux_btf();
	if (kernel)
		read_names(kernel);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(names);
	btf__free(kernel);
	return failed;
}
