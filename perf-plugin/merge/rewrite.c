// SPDX-License-Identifier: GPL-2.0-only
#include "rewrite.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Numbers in the place of addresses that say whose addresses follow: PERF_CONTEXT_MAX and above. */
#define FIRST_CONTEXT		((uint64_t)-4095)

#define FORMAT_LOST		(1U << 4)	/* PERF_FORMAT_LOST, 6.0 */

/* The last record type that all perfs take: they refuse a file with one they don't know. */
#define LAST_KNOWN_TYPE		21		/* PERF_RECORD_AUX_OUTPUT_HW_ID, 5.16 */

/* What is left of a record: words of 8 bytes. */
struct words {
	const uint64_t *at;
	const uint64_t *end;
};

static bool put(struct rewriter *to, uint64_t value)
{
	if (to->nr == sizeof(to->words) / sizeof(*to->words))
		return false;
	to->words[to->nr++] = value;
	return true;
}

static bool take(struct words *from, uint64_t *value)
{
	if (from->at == from->end)
		return false;
	*value = *from->at++;
	return true;
}

static bool copy(struct rewriter *to, struct words *from, uint64_t nr)
{
	if (nr > (uint64_t)(from->end - from->at) ||
	    nr > sizeof(to->words) / sizeof(*to->words) - to->nr)
		return false;
	memcpy(&to->words[to->nr], from->at, nr * sizeof(*from->at));
	to->nr += nr;
	from->at += nr;
	return true;
}

static bool skip(struct words *from)
{
	uint64_t value;

	return take(from, &value);
}

/* ---- samples ------------------------------------------------------------------------------- */

static bool put_address(struct rewriter *to, struct words *from, const struct merge_file *file)
{
	uint64_t addr;

	if (!take(from, &addr))
		return false;
	return put(to, addr < FIRST_CONTEXT ? moves__addr(&file->moves, addr) : addr);
}

static bool put_id(struct rewriter *to, struct words *from, const struct merge_file *file)
{
	uint64_t id;

	return take(from, &id) && put(to, merge_file__id(file, id, id));
}

/* PERF_SAMPLE_READ: the values of one event or of a group, with their ids. */
static bool put_read(struct rewriter *to, struct words *from, const struct merge_file *file,
		     uint64_t format)
{
	unsigned int nr_times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
				!!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	bool is_group = format & PERF_FORMAT_GROUP;
	uint64_t nr = 1;

	if (is_group && (!take(from, &nr) || !put(to, nr)))
		return false;
	if (nr > UINT16_MAX || (is_group && !copy(to, from, nr_times)))
		return false;
	while (nr--) {
		if (!copy(to, from, 1) || (!is_group && !copy(to, from, nr_times)))
			return false;
		if (format & PERF_FORMAT_ID && !put_id(to, from, file))
			return false;
		if (format & FORMAT_LOST && !copy(to, from, 1))
			return false;
	}
	return true;
}

static bool put_chain(struct rewriter *to, struct words *from, const struct merge_file *file,
		      const struct merged_event *event)
{
	uint64_t nr;

	if (!(event->in_type & PERF_SAMPLE_CALLCHAIN))
		return !event->adds_chain || put(to, 0);
	if (!take(from, &nr) || !put(to, nr))
		return false;
	if (!file->moves.nr)
		return copy(to, from, nr);
	while (nr--)
		if (!put_address(to, from, file))
			return false;
	return true;
}

/* Values that are shown as symbols: code of the kernel, which may have been somewhere else. */
static void move_symbols(uint8_t *raw, uint32_t size, const struct schema *schema,
			 const struct moves *moves)
{
	for (unsigned int i = 0; i < schema->nr_fields; i++) {
		const struct field *field = &schema->fields[i];
		uint64_t addr;

		if (field->kind != FIELD_SCALAR || field->display != FIELD_SYMBOL ||
		    field->size != sizeof(addr) || field->offset > size ||
		    size - field->offset < sizeof(addr))
			continue;
		memcpy(&addr, raw + field->offset, sizeof(addr));
		addr = moves__addr(moves, addr);
		memcpy(raw + field->offset, &addr, sizeof(addr));
	}
}

/*
 * Branches, behind the raw data: their number, a word that some have, and of each where it was,
 * where it went, and flags. What is not whole is nobody's to move.
 */
static void move_branches(uint64_t *at, const uint64_t *end, bool has_index,
			  const struct moves *moves)
{
	uint64_t nr;

	if (end - at < 1 + has_index)
		return;
	nr = *at;
	at += 1 + has_index;
	for (; nr && end - at >= 3; nr--, at += 3) {
		at[0] = moves__addr(moves, at[0]);
		at[1] = moves__addr(moves, at[1]);
	}
}

/* From the raw data on: what there is, with the tracepoint's id in it; *@behind is what follows. */
static bool put_raw(struct rewriter *to, struct words *from, const struct merge_file *file,
		    const struct merged_event *event, uint64_t **behind)
{
	uint64_t *raw = &to->words[to->nr];
	uint32_t size;
	uint8_t *data;

	*behind = raw;
	if (from->at == from->end)
		return !(event->in_type & PERF_SAMPLE_RAW);
	if (!copy(to, from, from->end - from->at))
		return false;
	if (!(event->in_type & PERF_SAMPLE_RAW))
		return true;
	memcpy(&size, raw, sizeof(size));
	if (size > (&to->words[to->nr] - raw) * sizeof(*raw) - sizeof(size))
		return false;
	data = (uint8_t *)raw + sizeof(size);
	if (event->common_type && size >= sizeof(event->common_type))
		memcpy(data, &event->common_type, sizeof(event->common_type));
	if (event->is_ours && file->moves.nr)
		move_symbols(data, size, event->schema, &file->moves);
	*behind = raw + (sizeof(size) + (uint64_t)size + sizeof(*raw) - 1) / sizeof(*raw);
	return true;
}

/* The fields of fixed place, up to PERIOD. */
static bool put_fixed(struct rewriter *to, struct words *from, const struct merge_file *file,
		      uint64_t type, uint64_t id, uint64_t time)
{
	return put(to, id) &&
	       (!(type & PERF_SAMPLE_IDENTIFIER) || skip(from)) &&
	       (!(type & PERF_SAMPLE_IP) || put_address(to, from, file)) &&
	       (!(type & PERF_SAMPLE_TID) || copy(to, from, 1)) &&
	       (!(type & PERF_SAMPLE_TIME) || (skip(from) && put(to, time))) &&
	       (!(type & PERF_SAMPLE_ADDR) || put_address(to, from, file)) &&
	       (!(type & PERF_SAMPLE_ID) || (skip(from) && put(to, id))) &&
	       (!(type & PERF_SAMPLE_STREAM_ID) || put_id(to, from, file)) &&
	       (!(type & PERF_SAMPLE_CPU) || copy(to, from, 1)) &&
	       (!(type & PERF_SAMPLE_PERIOD) || copy(to, from, 1));
}

/* The id that the sample says, as it is in the merged file. */
static uint64_t sample_id(const struct words *from, const struct merge_file *file,
			  const struct merged_event *event)
{
	static const uint64_t before[] = {
		PERF_SAMPLE_IP, PERF_SAMPLE_TID, PERF_SAMPLE_TIME, PERF_SAMPLE_ADDR,
	};
	unsigned int at = 0;

	if (!(event->in_type & PERF_SAMPLE_IDENTIFIER)) {
		if (!(event->in_type & PERF_SAMPLE_ID))
			return event->default_id;
		for (unsigned int i = 0; i < sizeof(before) / sizeof(*before); i++)
			at += !!(event->in_type & before[i]);
	}
	if (at >= from->end - from->at)
		return event->default_id;
	return merge_file__id(file, from->at[at], event->default_id);
}

static bool rewrite_sample(struct rewriter *to, struct merge_file *file, struct words *from,
			   const struct merged_event *event, uint64_t time)
{
	uint64_t id = sample_id(from, file, event), *behind;

	if (!put_fixed(to, from, file, event->in_type, id, time) ||
	    (event->in_type & PERF_SAMPLE_READ &&
	     !put_read(to, from, file, event->read_format)) ||
	    !put_chain(to, from, file, event) || !put_raw(to, from, file, event, &behind))
		return false;
	if (event->in_type & PERF_SAMPLE_BRANCH_STACK && file->moves.nr)
		move_branches(behind, &to->words[to->nr], event->has_branch_index, &file->moves);
	return true;
}

/* ---- other records ------------------------------------------------------------------------- */

/* What sample_id_all appends to a record, in this order. */
static const uint64_t trailer_order[] = {
	PERF_SAMPLE_TID, PERF_SAMPLE_TIME, PERF_SAMPLE_ID, PERF_SAMPLE_STREAM_ID,
	PERF_SAMPLE_CPU, PERF_SAMPLE_IDENTIFIER,
};

#define NR_TRAILER	(sizeof(trailer_order) / sizeof(*trailer_order))

/* Takes it off the record's end: the values by their place in the order. */
static bool take_trailer(struct words *from, uint64_t in_type, uint64_t values[NR_TRAILER])
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < NR_TRAILER; i++)
		nr += !!(in_type & trailer_order[i]);
	if (nr > from->end - from->at)
		return false;
	from->end -= nr;
	for (unsigned int i = 0, at = 0; i < NR_TRAILER; i++)
		values[i] = in_type & trailer_order[i] ? from->end[at++] : 0;
	return true;
}

static bool put_trailer(struct rewriter *to, const struct merge_file *file,
			const struct merged_event *event, uint64_t values[NR_TRAILER],
			uint64_t time)
{
	uint64_t in_id = event->in_type & PERF_SAMPLE_IDENTIFIER ? values[5] : values[2];
	uint64_t id = event->default_id;

	if (in_id)
		id = merge_file__id(file, in_id, id);
	values[1] = time;
	values[2] = id;
	values[3] = merge_file__id(file, values[3], values[3]);
	values[5] = id;
	for (unsigned int i = 0; i < NR_TRAILER; i++)
		if (event->out_type & trailer_order[i] && !put(to, values[i]))
			return false;
	return true;
}

static uint64_t shift_time(const struct merge_file *file, uint64_t time)
{
	return time ? time + file->shift : 0;
}

/* What in the record itself is an id, a time or an address. */
static bool rewrite_body(struct rewriter *to, struct merge_file *file, struct words *from,
			 uint32_t type, const struct merged_event *event)
{
	uint64_t *body = &to->words[to->nr];
	size_t nr = from->end - from->at;

	if (type == PERF_RECORD_READ)	/* pid and tid in front */
		return copy(to, from, 1) && put_read(to, from, file, event->read_format) &&
		       copy(to, from, from->end - from->at);
	if (!copy(to, from, nr))
		return false;
	switch (type) {
	case PERF_RECORD_LOST:
		if (nr)
			body[0] = merge_file__id(file, body[0], event->default_id);
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		if (nr > 2)		/* behind pid, ppid, tid and ptid */
			body[2] = shift_time(file, body[2]);
		break;
	case PERF_RECORD_THROTTLE:
	case PERF_RECORD_UNTHROTTLE:
		if (nr < 3)
			break;
		body[0] = shift_time(file, body[0]);
		body[1] = merge_file__id(file, body[1], body[1]);
		body[2] = merge_file__id(file, body[2], body[2]);
		break;
	case PERF_RECORD_KSYMBOL:
	case PERF_RECORD_TEXT_POKE:
		if (nr)
			body[0] = moves__addr(&file->moves, body[0]);
		break;
	default:
		break;
	}
	return true;
}

static bool rewrite_other(struct rewriter *to, struct merge_file *file, struct words *from,
			  uint32_t type, const struct merged_event *event, bool has_trailer,
			  uint64_t time)
{
	uint64_t values[NR_TRAILER] = { 0 };

	if (!take_trailer(from, has_trailer ? event->in_type : 0, values) ||
	    !rewrite_body(to, file, from, type, event))
		return false;
	to->nr_body = to->nr;
	return put_trailer(to, file, event, values, time);
}

int rewrite__record(struct rewriter *to, struct merge_file *file,
		    const struct perf_event_header *record, uint64_t time)
{
	struct perf_event_header header = *record;
	struct words from = {
		.at = (const uint64_t *)(record + 1),
		.end = (const uint64_t *)record + header.size / sizeof(uint64_t),
	};
	const struct merged_event *event;
	unsigned int index;
	bool done;

	if (header.type > LAST_KNOWN_TYPE ||
	    !perfdata_reader__event_of(file->reader, record, &index) ||
	    index >= file->nr_events) {
		file->nr_unknown++;
		return 0;
	}
	event = &file->events[index];
	to->nr = 1;		/* the header */
	if (header.type != PERF_RECORD_SAMPLE)
		done = rewrite_other(to, file, &from, header.type, event,
				     perfdata_reader__event(file->reader, index)->attr->sample_id_all,
				     time);
	else
		done = !event->is_dropped && rewrite_sample(to, file, &from, event, time);
	if (!done) {
		if (header.size > RECORD_MAX_SIZE - 64)
			file->nr_too_large++;
		else
			file->nr_broken++;
		return 0;
	}
	header.size = to->nr * sizeof(uint64_t);
	memcpy(to->words, &header, sizeof(header));
	return 1;
}
