/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A perf.data of calls, each with a sample at its entry and one at its return:
 *
 *	btfsnoop:work		req=POINTER *req=struct request len=N data=BUFFER note=STRING
 *	btfsnoop:work__return	return=N duration (or not)
 *
 *	struct request {
 *		u32 len; enum state state;
 *		union { struct { u16 sport, dport; }; u32 ports; };
 *		u8 kind:3; u8 sum:2;
 *		char name[8]; struct packet pkt; u32 table[400]; struct list lists[20];
 *	};
 */
#ifndef CALLS_FIXTURE_H
#define CALLS_FIXTURE_H

#include "data_fixture.h"

struct fixture_request {
	uint32_t len;
	uint32_t state;
	union {
		struct {
			uint16_t sport, dport;
		};
		uint32_t ports;
	};
	uint8_t bits, pad[3];
	char name[8];
	struct fixture_packet pkt;
	uint32_t table[400];
	uint64_t lists[20][2];
};

#define CALLS_BUFFER	40
#define CALLS_REQ	24
#define CALLS_FIXED	(CALLS_REQ + sizeof(struct fixture_request) + 8 + 8)
#define CALLS_RETURN	(8 + 8 + 8)

struct calls_file {
	struct fixture f;
	struct perfdata_writer *writer;
};

/* @ids: pointer, len's type, struct request, return's type, state, char *. */
static inline void calls_types(struct fixture *f, int *ids)
{
	int base[6], u16, u8, pair, either, table, list, lists, ch;
	struct btf *btf = f->btf;

	fixture_types(f, base);
	u16 = btf__find_by_name_kind(btf, "unsigned short", BTF_KIND_INT);
	u8 = btf__find_by_name_kind(btf, "unsigned char", BTF_KIND_INT);
	ch = btf__find_by_name_kind(btf, "char", BTF_KIND_INT);
	list = btf__find_by_name_kind(btf, "list", BTF_KIND_STRUCT);
	table = btf__add_array(btf, base[2], base[2], 400);
	lists = btf__add_array(btf, base[2], list, 20);
	pair = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "sport", u16, 0, 0);
	btf__add_field(btf, "dport", u16, 16, 0);
	either = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, NULL, pair, 0, 0);
	btf__add_field(btf, "ports", base[2], 0, 0);
	ids[2] = btf__add_struct(btf, "request", sizeof(struct fixture_request));
	btf__add_field(btf, "len", base[2], 0, 0);
	btf__add_field(btf, "state", base[4], 32, 0);
	btf__add_field(btf, NULL, either, 64, 0);
	btf__add_field(btf, "kind", u8, 96, 3);
	btf__add_field(btf, "sum", u8, 99, 2);
	btf__add_field(btf, "name", base[3], 128, 0);
	btf__add_field(btf, "pkt", f->packet, 192, 0);
	btf__add_field(btf, "table", table, 192 + 8 * sizeof(struct fixture_packet), 0);
	btf__add_field(btf, "lists", lists, 192 + 8 * sizeof(struct fixture_packet) + 12800, 0);
	ids[0] = btf__add_ptr(btf, ids[2]);
	ids[1] = base[2];
	ids[3] = base[5];
	ids[4] = base[4];
	ids[5] = btf__add_ptr(btf, ch);
}

static inline void calls_schemas(struct fixture *f, int has_duration)
{
	struct schema *work = &f->schemas[0], *ret = &f->schemas[1];
	const uint32_t locs = CALLS_FIXED - 16;
	int ids[6];

	memset(f, 0, sizeof(*f));
	f->btf = btf__new_empty();
	assert(f->btf);
	calls_types(f, ids);
	*work = (struct schema){
		.name = strdup("work"), .spec = strdup("work"), .id = 65534, .status_offset = 8,
		.fixed_size = CALLS_FIXED, .btf = f->btf,
		.fields = calloc(5, sizeof(struct field)), .nr_fields = 5,
		.funcs = calloc(1, sizeof(struct schema_func)), .nr_funcs = 1,
	};
	work->fields[0] = fixture_field("req", "req", FIELD_SCALAR, ids[0], 16, 8, -1);
	work->fields[1] = fixture_field("req_2", "req", FIELD_BYTES, ids[2], CALLS_REQ,
					sizeof(struct fixture_request), 0);
	work->fields[1].pointer = 0;
	work->fields[2] = fixture_field("data", "buf(p, n)", FIELD_BUFFER, 0, locs, 4, 1);
	work->fields[3] = fixture_field("note", "note", FIELD_STRING, ids[5], locs + 4, 4, 2);
	work->fields[4] = fixture_field("len", "req->len", FIELD_SCALAR, ids[1], locs + 8, 8, -1);
	work->funcs[0] = (struct schema_func){ .addr = FIXTURE_FUNC_ONE, .name = strdup("work") };
	*ret = (struct schema){
		.name = strdup("work__return"), .spec = strdup("work"), .id = 65533,
		.at_return = true, .duration_offset = has_duration ? 8 : 0,
		.fixed_size = CALLS_RETURN, .btf = f->btf,
		.fields = calloc(1, sizeof(struct field)), .nr_fields = 1,
		.funcs = calloc(1, sizeof(struct schema_func)), .nr_funcs = 1,
	};
	ret->fields[0] = fixture_field("return_", "return", FIELD_SCALAR, ids[3], 16, 8, -1);
	ret->fields[0].is_signed = ret->fields[0].is_return = true;
	ret->funcs[0] = (struct schema_func){ .addr = FIXTURE_FUNC_ONE, .name = strdup("work") };
}

static inline void calls_open(struct calls_file *c, const char *path, int has_duration)
{
	const char *argv[] = { "perf-btfsnoop", "record", "-f", "work" };
	struct perfdata_writer_opts opts = { .path = path, .argc = 4, .argv = argv, .clockid = 1 };
	struct diag diag = DIAG_INIT;

	calls_schemas(&c->f, has_duration);
	opts.schemas = c->f.schemas;
	opts.nr_schemas = 2;
	assert(!schema__to_btf(&c->f.schemas[0], c->f.btf));
	assert(!schema__to_btf(&c->f.schemas[1], c->f.btf));
	opts.btf = btf__raw_data(c->f.btf, &opts.btf_size);
	if (perfdata_writer__new(&opts, &c->writer, &diag)) {
		diag__print(&diag, NULL, 0, stderr);
		abort();
	}
	fixture_comm(c->writer, 4242, "curl");
	fixture_comm(c->writer, 4243, "nginx");
}

static inline void calls_close(struct calls_file *c)
{
	struct diag diag = DIAG_INIT;
	uint64_t size;

	assert(!perfdata_writer__round(c->writer));
	assert(!perfdata_writer__finish(c->writer, &size, &diag));
	fixture_exit(&c->f);
}

static inline void calls_request(struct fixture_request *r, unsigned int i)
{
	unsigned int k;

	*r = (struct fixture_request){
		.len = 100 + i % 4 * 10, .state = 1, .sport = 1000 + i, .dport = 80,
		.bits = 5 | 2 << 3, .name = "eth0",
		.pkt = { .len = i, .proto = 8, .ok = 1, .name = "lo",
			 .next = 0xffff888000002000, .addr = { 2, 0x42, 0xac, 0x11, 0, i } },
	};
	for (k = 0; k < 300; k++)
		r->table[k] = k + i;
	r->lists[3][0] = 0xffff888000003000;
}

/* The entry of call @i, at @us microseconds. */
static inline void calls_entry(struct calls_file *c, unsigned int i, uint32_t tid, uint64_t us)
{
	uint8_t raw[CALLS_FIXED + CALLS_BUFFER + 8] = { 0 };
	const uint32_t locs[] = { CALLS_FIXED | CALLS_BUFFER << 16,
				  (CALLS_FIXED + CALLS_BUFFER) | 6 << 16 };
	struct fixture_request r;
	uint16_t type = 65534;
	unsigned int k;

	calls_request(&r, i);
	memcpy(raw, &type, sizeof(type));
	put64(raw, 16, 0xffff888000001000 + i * 4096);
	memcpy(raw + CALLS_REQ, &r, sizeof(r));
	memcpy(raw + CALLS_FIXED - 16, locs, sizeof(locs));
	put64(raw, CALLS_FIXED - 8, r.len);
	for (k = 0; k < CALLS_BUFFER; k++)
		raw[CALLS_FIXED + k] = 'A' + k;
	memcpy(raw + CALLS_FIXED + CALLS_BUFFER, "hello", 6);
	fixture_add(c->writer, 0, FIXTURE_FUNC_ONE, tid, FIXTURE_START + us * 1000, raw,
		    sizeof(raw));
}

static inline void calls_return(struct calls_file *c, uint32_t tid, uint64_t entry_us, uint64_t us,
				int64_t value)
{
	uint8_t raw[CALLS_RETURN] = { 0 };
	uint16_t type = 65533;

	memcpy(raw, &type, sizeof(type));
	put64(raw, 8, (us - entry_us) * 1000);
	put64(raw, 16, value);
	fixture_add(c->writer, 1, FIXTURE_FUNC_ONE, tid, FIXTURE_START + us * 1000, raw,
		    sizeof(raw));
}

/* @nr calls of two tasks, one after the other. */
static inline void calls_write(const char *path, unsigned int nr)
{
	struct calls_file c;
	unsigned int i;

	calls_open(&c, path, 1);
	for (i = 0; i < nr; i++) {
		calls_entry(&c, i, 4242 + i % 2, i * 1000ULL);
		calls_return(&c, 4242 + i % 2, i * 1000ULL, i * 1000ULL + 10 + i % 5,
			     i % 3 ? 0 : -11);
	}
	calls_close(&c);
}

#endif
