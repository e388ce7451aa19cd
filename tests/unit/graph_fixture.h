/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A perf.data with calls in it, and with objects that are followed:
 *
 *	btfsnoop:calls__return	functions walk, lookup: size=N, return=-N, left@return=N, duration
 *	btfsnoop:find__return	function find: return=POINTER, duration
 *	btfsnoop:check__return	function check: return=BOOL, duration
 *	btfsnoop:hit		function hit, at its entry: size=N
 *	btfsnoop:seen		functions send_one, send_two: skb=POINTER *skb bytes=N, flow,
 *				object, return=-N, duration
 */
#ifndef GRAPH_FIXTURE_H
#define GRAPH_FIXTURE_H

#include "data_fixture.h"

enum { GRAPH_CALLS, GRAPH_FIND, GRAPH_CHECK, GRAPH_HIT, GRAPH_SEEN, GRAPH_NR };

#define GRAPH_WALK	0xffffffff81003000ULL
#define GRAPH_LOOKUP	0xffffffff81004000ULL
#define GRAPH_US	1000ULL
#define GRAPH_SEEN_FIXED (8 + 8 + 8 + 6 * 8 + sizeof(struct fixture_packet))

struct graph_file {
	struct btf *btf;
	struct schema schemas[GRAPH_NR];
	struct perfdata_writer *writer;
};

static inline struct field graph_return(int type, uint32_t offset, int is_signed)
{
	struct field f = fixture_field("retval", "return", FIELD_SCALAR, type, offset, 8, -1);

	f.is_return = f.at_return = true;
	f.is_signed = is_signed;
	return f;
}

static inline void graph_schema(struct graph_file *g, int event, const char *name,
				uint32_t duration, uint32_t size, unsigned int nr_fields)
{
	struct schema *s = &g->schemas[event];

	*s = (struct schema){
		.name = strdup(name), .spec = strdup(name), .id = 65534 - event, .btf = g->btf,
		.at_return = duration, .duration_offset = duration, .fixed_size = size,
		.fields = calloc(nr_fields, sizeof(struct field)), .nr_fields = nr_fields,
		.funcs = calloc(2, sizeof(struct schema_func)),
	};
}

static inline void graph_func(struct graph_file *g, int event, uint64_t addr, const char *name)
{
	struct schema *s = &g->schemas[event];

	s->funcs[s->nr_funcs++] = (struct schema_func){ .addr = addr, .name = strdup(name) };
}

static inline void graph_seen(struct graph_file *g, const int *ids)
{
	struct field *f;

	graph_schema(g, GRAPH_SEEN, "seen", 16, GRAPH_SEEN_FIXED, 6);
	g->schemas[GRAPH_SEEN].status_offset = 8;
	f = g->schemas[GRAPH_SEEN].fields;
	f[0] = fixture_field("skb", "skb", FIELD_SCALAR, ids[1], 24, 8, -1);
	f[1] = fixture_field("skb_2", "skb", FIELD_BYTES, ids[0], 72, sizeof(struct fixture_packet),
			     0);
	f[1].pointer = 0;
	f[2] = fixture_field("bytes", "bytes", FIELD_SCALAR, ids[2], 32, 8, 1);
	f[3] = graph_return(ids[5], 40, 1);
	f[4] = fixture_field("flow", "flow", FIELD_SCALAR, ids[2], 48, 8, -1);
	f[5] = fixture_field("object", "object", FIELD_SCALAR, ids[1], 56, 8, -1);
	graph_func(g, GRAPH_SEEN, FIXTURE_FUNC_ONE, "send_one");
	graph_func(g, GRAPH_SEEN, FIXTURE_FUNC_TWO, "send_two");
}

static inline void graph_schemas(struct graph_file *g)
{
	struct fixture f = { .btf = g->btf };
	int ids[6], boolean;
	struct field *field;

	fixture_types(&f, ids);
	boolean = btf__find_by_name(g->btf, "_Bool");
	graph_schema(g, GRAPH_CALLS, "calls__return", 8, 40, 3);
	field = g->schemas[GRAPH_CALLS].fields;
	field[0] = fixture_field("size", "size", FIELD_SCALAR, ids[2], 16, 8, -1);
	field[1] = graph_return(ids[5], 24, 1);
	field[2] = fixture_field("left__return", "left@return", FIELD_SCALAR, ids[2], 32, 8, -1);
	field[2].at_return = true;
	graph_func(g, GRAPH_CALLS, GRAPH_WALK, "walk");
	graph_func(g, GRAPH_CALLS, GRAPH_LOOKUP, "lookup");
	graph_schema(g, GRAPH_FIND, "find__return", 8, 24, 1);
	g->schemas[GRAPH_FIND].fields[0] = graph_return(ids[1], 16, 0);
	graph_func(g, GRAPH_FIND, FIXTURE_FUNC_ONE, "find");
	graph_schema(g, GRAPH_CHECK, "check__return", 8, 24, 1);
	g->schemas[GRAPH_CHECK].fields[0] = graph_return(boolean, 16, 0);
	graph_func(g, GRAPH_CHECK, FIXTURE_FUNC_ONE, "check");
	graph_schema(g, GRAPH_HIT, "hit", 0, 16, 1);
	g->schemas[GRAPH_HIT].fields[0] = fixture_field("size", "size", FIELD_SCALAR, ids[2], 8, 8,
							-1);
	graph_func(g, GRAPH_HIT, FIXTURE_FUNC_TWO, "hit");
	graph_seen(g, ids);
}

static inline void graph_open(struct graph_file *g, const char *path)
{
	const char *argv[] = { "perf-btfsnoop", "record", "--graph" };
	struct perfdata_writer_opts opts = { .path = path, .argc = 3, .argv = argv, .clockid = 1 };
	struct diag diag = DIAG_INIT;
	unsigned int i;

	memset(g, 0, sizeof(*g));
	g->btf = btf__new_empty();
	graph_schemas(g);
	for (i = 0; i < GRAPH_NR; i++)
		assert(!schema__to_btf(&g->schemas[i], g->btf));
	opts.schemas = g->schemas;
	opts.nr_schemas = GRAPH_NR;
	opts.btf = btf__raw_data(g->btf, &opts.btf_size);
	if (perfdata_writer__new(&opts, &g->writer, &diag)) {
		diag__print(&diag, NULL, 0, stderr);
		abort();
	}
	fixture_comm(g->writer, 4242, "curl");
	fixture_comm(g->writer, 4244, "nginx");
}

static inline void graph_close(struct graph_file *g)
{
	struct diag diag = DIAG_INIT;
	unsigned int i;
	uint64_t size;

	assert(!perfdata_writer__round(g->writer));
	assert(!perfdata_writer__finish(g->writer, &size, &diag));
	for (i = 0; i < GRAPH_NR; i++)
		schema__exit(&g->schemas[i]);
	btf__free(g->btf);
}

/* A call of one of the first three events, from @start to @end us. */
static inline void graph_call(struct graph_file *g, int event, uint64_t ip, uint32_t tid,
			      uint64_t start, uint64_t end, uint64_t size, uint64_t ret)
{
	const struct schema *s = &g->schemas[event];
	uint8_t raw[64] = { 0 };

	memcpy(raw, &s->id, sizeof(s->id));
	put64(raw, 8, (end - start) * GRAPH_US);
	put64(raw, 16, event == GRAPH_CALLS ? size : ret);
	if (event == GRAPH_CALLS) {
		put64(raw, 24, ret);
		put64(raw, 32, size - 1);
	}
	fixture_add(g->writer, event, ip, tid, FIXTURE_START + end * GRAPH_US, raw, s->fixed_size);
}

static inline void graph_hit(struct graph_file *g, uint32_t tid, uint64_t time, uint64_t size)
{
	uint8_t raw[16] = { 0 };

	memcpy(raw, &g->schemas[GRAPH_HIT].id, 2);
	put64(raw, 8, size);
	fixture_add(g->writer, GRAPH_HIT, FIXTURE_FUNC_TWO, tid, FIXTURE_START + time * GRAPH_US,
		    raw, sizeof(raw));
}

static inline void graph_seen_at(struct graph_file *g, uint64_t ip, uint32_t tid, uint64_t start,
				 uint64_t end, uint64_t flow, uint64_t object, uint32_t len)
{
	uint8_t raw[GRAPH_SEEN_FIXED] = { 0 };
	struct fixture_packet p = { .len = len, .name = "eth0", .state = ip == FIXTURE_FUNC_TWO };

	memcpy(raw, &g->schemas[GRAPH_SEEN].id, 2);
	put64(raw, 16, (end - start) * GRAPH_US);
	put64(raw, 24, object);
	put64(raw, 32, len);
	put64(raw, 40, flow == 2 ? (uint64_t)-12 : 0);
	put64(raw, 48, flow);
	put64(raw, 56, object);
	memcpy(raw + 72, &p, sizeof(p));
	fixture_add(g->writer, GRAPH_SEEN, ip, tid, FIXTURE_START + end * GRAPH_US, raw,
		    sizeof(raw));
}

#endif
