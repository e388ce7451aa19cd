// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <traceevent/event-parse.h>
#include <traceevent/trace-seq.h>

#include "foreign.h"
#include "tep.h"

/*
 * Fields have 16 bit offsets and lengths ("__data_loc"), and libtraceevent (1.7) doesn't look at
 * all of them: what one says can't lie beyond this.
 */
#define PADDED_SIZE	(3 * 65536)

struct tep {
	struct tep_handle *tep;
	struct trace_seq seq;
	char *padded;			/* the record, and zeros behind it */
	size_t used;
};

int tep__new(struct tep **out)
{
	struct tep *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->tep = tep_alloc();
	t->padded = calloc(1, PADDED_SIZE);
	if (!t->tep || !t->padded) {
		tep__free(t);
		return -ENOMEM;
	}
	trace_seq_init(&t->seq);
	/* What it can't parse shows in the output: "[FAILED TO PARSE]", as in perf script. */
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(t->tep, 8);
	tep_set_file_bigendian(t->tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	tep_set_local_bigendian(t->tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	*out = t;
	return 0;
}

void tep__free(struct tep *t)
{
	if (!t)
		return;
	if (t->tep) {
		if (t->padded)
			trace_seq_destroy(&t->seq);
		tep_free(t->tep);
	}
	free(t->padded);
	free(t);
}

int tep__add(struct tep *t, const char *name, const char *format, size_t len)
{
	const char *colon = strchr(name, ':');
	struct tep_event *event;
	char *system;
	int id = -1;

	if (!colon)
		return -1;
	system = strndup(name, colon - name);
	if (!system)
		return -1;
	if (!tep_parse_event(t->tep, format, len, system)) {
		event = tep_find_event_by_name(t->tep, system, colon + 1);
		id = event ? event->id : -1;
	}
	free(system);
	return id;
}

/* "char", not "unsigned char", which is bytes, and no pointers to it */
static bool is_char(const struct tep_format_field *field)
{
	return field->type && strstr(field->type, "char") && !strstr(field->type, "unsigned") &&
	       !strchr(field->type, '*');
}

static bool add_field(const struct tep_format_field *field, struct buf *out)
{
	bool is_array = field->flags & TEP_FIELD_IS_ARRAY;
	struct foreign_field f;

	if (!field->name || strlen(field->name) >= sizeof(f.name) || field->offset < 0 ||
	    field->size <= 0)
		return false;
	memset(&f, 0, sizeof(f));
	strcpy(f.name, field->name);
	f.offset = field->offset;
	f.size = field->size;
	f.elem_size = field->elementsize;
	f.is_signed = field->flags & TEP_FIELD_IS_SIGNED;
	f.is_array = is_array;
	f.is_pointer = !is_array && (field->flags & TEP_FIELD_IS_POINTER);
	f.is_char = is_char(field);
	f.is_bool = !is_array && field->type && !strcmp(field->type, "bool");
	f.is_dynamic = field->flags & TEP_FIELD_IS_DYNAMIC;
	f.is_relative = field->flags & TEP_FIELD_IS_RELATIVE;
	buf__add(out, &f, sizeof(f));
	return true;
}

void tep__fields(struct tep *t, int handle, unsigned int max, struct buf *out)
{
	const struct tep_event *event = tep_find_event(t->tep, handle);
	const struct tep_format_field *field = event ? event->format.fields : NULL;

	for (; field && max; field = field->next)
		max -= add_field(field, out);
}

void tep__print(struct tep *t, int handle, const void *raw, size_t raw_size, int cpu,
	     uint64_t time, struct buf *out)
{
	struct tep_record record = { .ts = time, .cpu = cpu, .data = t->padded };
	uint16_t type = handle;
	size_t len;

	if (raw_size > 65536)
		raw_size = 65536;
	memcpy(t->padded, raw, raw_size);
	if (raw_size < t->used)
		memset(t->padded + raw_size, 0, t->used - raw_size);
	t->used = raw_size > sizeof(type) ? raw_size : sizeof(type);
	record.size = raw_size;
	/* The event is looked up by this; the sample's event is the one that counts. */
	memcpy(t->padded, &type, sizeof(type));
	trace_seq_reset(&t->seq);
	tep_print_event(t->tep, &t->seq, &record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&t->seq);
	len = t->seq.buffer ? strlen(t->seq.buffer) : 0;
	while (len && t->seq.buffer[len - 1] == '\n')
		len--;
	if (len)
		buf__add(out, t->seq.buffer, len);
}
