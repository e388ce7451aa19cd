// SPDX-License-Identifier: GPL-2.0-only
#include "tracing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"

#define TRACING_MAGIC		"\x17\x08\x44tracing"
#define TRACING_MAGIC_LEN	(sizeof(TRACING_MAGIC) - 1)
#define TRACING_VERSION		"0.5"

/*
 * How tracefs describes its ring buffer pages. Nothing of a perf.data lies in such pages, but
 * readers insist on a text that they can parse, and refuse the whole file if there is none.
 */
static const char header_page[] =
	"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
	"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
	"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
	"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";
static const char header_event[] = "# compressed entry header\n";

static void add_u32(struct buf *out, uint32_t value)
{
	buf__add(out, &value, sizeof(value));
}

static void add_u64(struct buf *out, uint64_t value)
{
	buf__add(out, &value, sizeof(value));
}

/* A text without its NUL behind its length. */
static void add_text(struct buf *out, const char *text, size_t len)
{
	add_u64(out, len);
	buf__add(out, text, len);
}

static void add_cstring(struct buf *out, const char *str)
{
	buf__add(out, str, strlen(str) + 1);
}

/* What a reader wants to know of the machine and its ring buffers, in front of the formats. */
static void add_head(struct buf *out)
{
	const uint16_t probe = 1;

	buf__add(out, TRACING_MAGIC, TRACING_MAGIC_LEN);
	add_cstring(out, TRACING_VERSION);
	buf__addc(out, *(const uint8_t *)&probe ? 0 : 1);	/* big endian? */
	buf__addc(out, sizeof(long));
	add_u32(out, sysconf(_SC_PAGESIZE));
	add_cstring(out, "header_page");
	add_text(out, header_page, sizeof(header_page) - 1);
	add_cstring(out, "header_event");
	add_text(out, header_event, sizeof(header_event) - 1);
	add_u32(out, 0);		/* formats of ftrace's own events */
}

static int add_schemas(const struct schema *schemas, unsigned int nr, struct buf *out)
{
	struct buf format = BUF_INIT;
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++) {
		buf__clear(&format);
		err = schema__format(&schemas[i], &format);
		if (!err && format.failed)
			err = -ENOMEM;
		if (!err)
			add_text(out, buf__str(&format), format.len);
	}
	buf__exit(&format);
	return err;
}

static bool is_same_system(const struct perfdata_foreign *a, const struct perfdata_foreign *b)
{
	return a->format && b->format && !strcmp(a->system, b->system);
}

/* Whether event @index has a format that none before it has. */
static bool is_new_format(const struct perfdata_foreign *foreign, unsigned int index)
{
	for (unsigned int i = 0; i < index; i++)
		if (is_same_system(&foreign[i], &foreign[index]) &&
		    !strcmp(foreign[i].tracepoint, foreign[index].tracepoint))
			return false;
	return foreign[index].format;
}

/* A system with the formats of all its events, if @first is the first of them. Returns if it is. */
static bool add_foreign_system(const struct perfdata_foreign *foreign, unsigned int nr,
			       unsigned int first, struct buf *out)
{
	unsigned int i, nr_formats = 0;

	if (!foreign[first].format)
		return false;
	for (i = 0; i < first; i++)
		if (is_same_system(&foreign[i], &foreign[first]))
			return false;
	for (i = first; i < nr; i++)
		nr_formats += is_same_system(&foreign[i], &foreign[first]) &&
			      is_new_format(foreign, i);
	add_cstring(out, foreign[first].system);
	add_u32(out, nr_formats);
	for (i = first; i < nr; i++)
		if (is_same_system(&foreign[i], &foreign[first]) && is_new_format(foreign, i))
			add_text(out, foreign[i].format, foreign[i].format_size);
	return true;
}

int tracing__write(const char *system, const struct schema *schemas, unsigned int nr,
		   const struct perfdata_foreign *foreign, unsigned int nr_foreign,
		   struct buf *out)
{
	struct buf systems = BUF_INIT;
	uint32_t nr_systems = 0;
	int err = 0;

	if (nr) {
		nr_systems++;
		add_cstring(&systems, system);
		add_u32(&systems, nr);
		err = add_schemas(schemas, nr, &systems);
	}
	for (unsigned int i = 0; i < nr_foreign; i++)
		nr_systems += add_foreign_system(foreign, nr_foreign, i, &systems);
	add_head(out);
	add_u32(out, nr_systems);
	buf__add(out, buf__str(&systems), systems.len);
	add_u32(out, 0);		/* kallsyms */
	add_u32(out, 0);		/* printk formats */
	if (!err && (out->failed || systems.failed))
		err = -ENOMEM;
	buf__exit(&systems);
	return err;
}

/* The text behind @key, up to the line's end. */
static const char *format__line(const char *text, size_t len, const char *key, size_t *value_len)
{
	size_t key_len = strlen(key), line_len;
	const char *end = text + len, *nl;

	for (; text < end; text = nl + 1) {
		nl = memchr(text, '\n', end - text);
		if (!nl)
			nl = end;
		line_len = nl - text;
		if (line_len >= key_len && !memcmp(text, key, key_len)) {
			*value_len = line_len - key_len;
			return text + key_len;
		}
		if (nl == end)
			break;
	}
	return NULL;
}

/* Takes name and id out of a format's text; false where it has none. */
static bool format__init(struct tracing_format *format, const char *system, const char *text,
			 size_t len)
{
	const char *id;
	size_t id_len, i;

	format->system = system;
	format->text = text;
	format->text_len = len;
	format->name = format__line(text, len, "name: ", &format->name_len);
	id = format__line(text, len, "ID: ", &id_len);
	if (!format->name || !format->name_len || !id || !id_len)
		return false;
	format->id = 0;
	for (i = 0; i < id_len; i++) {
		if (id[i] < '0' || id[i] > '9' ||
		    __builtin_mul_overflow(format->id, 10, &format->id) ||
		    __builtin_add_overflow(format->id, id[i] - '0', &format->id))
			return false;
	}
	return true;
}

struct format_list {
	struct tracing_format *formats;
	unsigned int nr;
	unsigned int cap;
};

static int format_list__add(struct format_list *list, const struct tracing_format *format)
{
	struct tracing_format *grown;
	unsigned int cap;

	if (list->nr == list->cap) {
		cap = list->cap ? list->cap * 2 : 16;
		grown = reallocarray(list->formats, cap, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->formats = grown;
		list->cap = cap;
	}
	list->formats[list->nr++] = *format;
	return 0;
}

static bool take_text(struct bytes *bytes, const char **text, size_t *len)
{
	uint64_t size;

	if (!bytes__u64(bytes, &size))
		return false;
	*text = bytes__take(bytes, size);
	*len = size;
	return *text;
}

/* Up to and with the two texts about ring buffer pages. */
static bool tracing__skip_head(struct bytes *bytes)
{
	const void *magic = bytes__take(bytes, TRACING_MAGIC_LEN);
	const char *version, *name, *text;
	uint32_t page_size;
	size_t len;

	if (!magic || memcmp(magic, TRACING_MAGIC, TRACING_MAGIC_LEN))
		return false;
	version = bytes__string(bytes);
	if (!version || strncmp(version, "0.", 2))
		return false;
	if (!bytes__take(bytes, 2) || !bytes__u32(bytes, &page_size))
		return false;
	name = bytes__string(bytes);
	if (!name || strcmp(name, "header_page") || !take_text(bytes, &text, &len))
		return false;
	name = bytes__string(bytes);
	return name && !strcmp(name, "header_event") && take_text(bytes, &text, &len);
}

/* @nr formats of one system; those with no name or id are passed over. */
static int tracing__parse_system(struct bytes *bytes, const char *system, uint32_t nr,
				 struct format_list *list)
{
	struct tracing_format format;
	const char *text;
	size_t len;
	int err;

	while (nr--) {
		if (!take_text(bytes, &text, &len))
			return -EINVAL;
		if (!format__init(&format, system, text, len))
			continue;
		err = format_list__add(list, &format);
		if (err)
			return err;
	}
	return 0;
}

static int tracing__parse_all(struct bytes *bytes, struct format_list *list)
{
	uint32_t nr_systems, nr;
	const char *system;
	int err;

	if (!tracing__skip_head(bytes) || !bytes__u32(bytes, &nr))
		return -EINVAL;
	/* ftrace's own events come without a system's name. */
	err = tracing__parse_system(bytes, "ftrace", nr, list);
	if (err)
		return err;
	if (!bytes__u32(bytes, &nr_systems))
		return -EINVAL;
	while (nr_systems--) {
		system = bytes__string(bytes);
		if (!system || !bytes__u32(bytes, &nr))
			return -EINVAL;
		err = tracing__parse_system(bytes, system, nr, list);
		if (err)
			return err;
	}
	/* kallsyms, printk formats and saved comms (from version 0.6 on) follow: not needed. */
	return 0;
}

static int format__cmp(const void *a, const void *b)
{
	const struct tracing_format *left = a, *right = b;

	return left->id < right->id ? -1 : left->id > right->id;
}

int tracing__parse(const void *data, size_t size, struct tracing_format **formats,
		   unsigned int *nr)
{
	struct bytes bytes = { .at = data, .left = size };
	struct format_list list = { 0 };
	int err;

	err = tracing__parse_all(&bytes, &list);
	if (list.nr)
		qsort(list.formats, list.nr, sizeof(*list.formats), format__cmp);
	*formats = list.formats;
	*nr = list.nr;
	return err;
}

int tracing__merge(struct tracing_format **formats, unsigned int *nr,
		   const struct tracing_format *more, unsigned int nr_more)
{
	const struct tracing_format *old = *formats;
	unsigned int at = 0, more_at = 0, to = 0;
	struct tracing_format *merged;
	size_t cap;

	if (__builtin_add_overflow((size_t)*nr, nr_more, &cap) || cap > UINT32_MAX)
		return -ENOMEM;
	merged = reallocarray(NULL, cap ? cap : 1, sizeof(*merged));
	if (!merged)
		return -ENOMEM;
	while (at < *nr || more_at < nr_more) {
		if (more_at == nr_more || (at < *nr && old[at].id < more[more_at].id))
			merged[to++] = old[at++];
		else if (at == *nr || more[more_at].id < old[at].id)
			merged[to++] = more[more_at++];
		else
			more_at++;
	}
	free(*formats);
	*formats = merged;
	*nr = to;
	return 0;
}

const struct tracing_format *tracing__find(const struct tracing_format *formats, unsigned int nr,
					   uint64_t id)
{
	struct tracing_format key = { .id = id };

	if (!nr)
		return NULL;
	return bsearch(&key, formats, nr, sizeof(*formats), format__cmp);
}
