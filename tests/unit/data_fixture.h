/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A perf.data of known content, made with the program's own writer, for tests of what reads it.
 * Types are made here, so it is the same on every kernel:
 *
 *	struct packet {
 *		u32 len; u16 proto; u8 kind:3; u8 sum:2; bool ok; char name[8]; enum state state;
 *		struct list { struct packet *next, *prev; } list; u8 addr[6];
 *	};
 *
 *	btfsnoop:send		skb=POINTER skb->len=N skb->name=STRING skb->state=ENUM, *skb
 *	btfsnoop:sends__return	size=N return=-N duration, functions send_one and send_two
 *
 * In a file of its own, what is shown by more than its type:
 *
 *	btfsnoop:flows		saddr=IP4 daddr=IP4 dst6=IP6 mac=MAC caller=SYMBOL data=BUFFER big=0
 *				state=ENUM comm()=STRING quot=N, functions tcp_send and udp_send
 */
#ifndef DATA_FIXTURE_H
#define DATA_FIXTURE_H

#include <assert.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "../../perf-plugin/perfdata/writer.h"
#include "../../perf-plugin/plan/schema.h"

struct fixture_packet {
	uint32_t len;
	uint16_t proto;
	uint8_t bits;
	uint8_t ok;
	char name[8];
	uint32_t state;
	uint32_t pad;
	uint64_t next, prev;
	uint8_t addr[6];
	uint8_t tail[2];
};

#define FIXTURE_SEND_FIXED	(8 + 8 + 3 * 8 + 8 + sizeof(struct fixture_packet))
#define FIXTURE_SENDS_FIXED	(8 + 8 + 8 + 8 + 8)
#define FIXTURE_START		(1000ULL * 1000000000)
#define FIXTURE_FUNC_ONE	0xffffffff81001000ULL
#define FIXTURE_FUNC_TWO	0xffffffff81002000ULL

struct fixture {
	struct btf *btf;
	struct schema schemas[2];
	int packet;
};

static inline struct field fixture_field(const char *name, const char *expr, enum field_kind kind,
					 uint32_t type, uint32_t offset, uint32_t size, int item)
{
	struct field f = {
		.name = strdup(name), .expr = strdup(expr), .kind = kind, .type_id = type,
		.offset = offset, .size = size, .item = item, .pointer = -1,
	};

	if (kind == FIELD_BYTES)
		f.full_size = size;
	return f;
}

static inline void fixture_types(struct fixture *f, int *ids)
{
	struct btf *btf = f->btf;
	int s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);
	int u16 = btf__add_int(btf, "unsigned short", 2, 0);
	int u8 = btf__add_int(btf, "unsigned char", 1, 0);
	int ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int boolean = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	int name = btf__add_array(btf, u32, ch, 8);
	int addr = btf__add_array(btf, u32, u8, 6);
	int state = btf__add_enum(btf, "state", 4);
	int list, ptr;

	btf__add_enum_value(btf, "STATE_IDLE", 0);
	btf__add_enum_value(btf, "STATE_BUSY", 1);
	ptr = btf__add_ptr(btf, ids[0] = btf__type_cnt(btf) + 2);
	list = btf__add_struct(btf, "list", 16);
	btf__add_field(btf, "next", ptr, 0, 0);
	btf__add_field(btf, "prev", ptr, 64, 0);
	f->packet = btf__add_struct(btf, "packet", sizeof(struct fixture_packet));
	assert(f->packet == ids[0]);
	btf__add_field(btf, "len", u32, 0, 0);
	btf__add_field(btf, "proto", u16, 32, 0);
	btf__add_field(btf, "kind", u8, 48, 3);
	btf__add_field(btf, "sum", u8, 51, 2);
	btf__add_field(btf, "ok", boolean, 56, 0);
	btf__add_field(btf, "name", name, 64, 0);
	btf__add_field(btf, "state", state, 128, 0);
	btf__add_field(btf, "list", list, 192, 0);
	btf__add_field(btf, "addr", addr, 320, 0);
	ids[1] = ptr;
	ids[2] = u32;
	ids[3] = name;
	ids[4] = state;
	ids[5] = s32;
}

static inline void fixture_init(struct fixture *f)
{
	struct schema *send = &f->schemas[0], *sends = &f->schemas[1];
	int ids[6];

	memset(f, 0, sizeof(*f));
	f->btf = btf__new_empty();
	assert(f->btf);
	fixture_types(f, ids);
	*send = (struct schema){
		.name = strdup("send"),
		.spec = strdup("send(skb, skb->len, skb->name, skb->state)"),
		.id = 65534, .status_offset = 8, .fixed_size = FIXTURE_SEND_FIXED, .btf = f->btf,
		.fields = calloc(5, sizeof(struct field)), .nr_fields = 5,
		.funcs = calloc(1, sizeof(struct schema_func)), .nr_funcs = 1,
	};
	send->fields[0] = fixture_field("skb", "skb", FIELD_SCALAR, ids[1], 16, 8, -1);
	send->fields[1] = fixture_field("skb_2", "skb", FIELD_BYTES, ids[0], 48,
					sizeof(struct fixture_packet), 0);
	send->fields[1].pointer = 0;
	send->fields[2] = fixture_field("skb__len", "skb->len", FIELD_SCALAR, ids[2], 24, 8, 1);
	send->fields[3] = fixture_field("skb__name", "skb->name", FIELD_STRING, ids[3], 40, 4, 2);
	send->fields[4] = fixture_field("skb__state", "skb->state", FIELD_SCALAR, ids[4], 32, 8, 3);
	send->funcs[0] = (struct schema_func){ .addr = FIXTURE_FUNC_ONE, .name = strdup("send") };
	*sends = (struct schema){
		.name = strdup("sends__return"), .spec = strdup("sends=send_*(size, return)"),
		.id = 65533, .at_return = true, .status_offset = 8, .duration_offset = 16,
		.fixed_size = FIXTURE_SENDS_FIXED, .btf = f->btf,
		.fields = calloc(2, sizeof(struct field)), .nr_fields = 2,
		.funcs = calloc(2, sizeof(struct schema_func)), .nr_funcs = 2,
	};
	sends->fields[0] = fixture_field("size", "size", FIELD_SCALAR, ids[2], 24, 8, -1);
	sends->fields[1] = fixture_field("return_", "return", FIELD_SCALAR, ids[5], 32, 8, -1);
	sends->fields[1].is_signed = sends->fields[1].is_return = true;
	/* Out of order: readers sort them. */
	sends->funcs[0] = (struct schema_func){
		.addr = FIXTURE_FUNC_TWO, .name = strdup("send_two"), .module = strdup("mod"),
	};
	sends->funcs[1] = (struct schema_func){
		.addr = FIXTURE_FUNC_ONE, .name = strdup("send_one"),
	};
}

static inline void fixture_exit(struct fixture *f)
{
	schema__exit(&f->schemas[0]);
	schema__exit(&f->schemas[1]);
	btf__free(f->btf);
}

/* The head of a sample as PERFDATA_SAMPLE_TYPE lays it out. */
struct fixture_sample {
	struct perf_event_header header;
	uint64_t identifier;
	uint64_t ip;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, res;
	uint64_t period;
	uint32_t raw_size;
	uint8_t raw[];
} __attribute__((packed));

static inline void fixture_add(struct perfdata_writer *w, unsigned int event, uint64_t ip,
			       uint32_t tid, uint64_t time, const void *raw, size_t size)
{
	uint8_t data[65536] __attribute__((aligned(8))) = { 0 };
	struct fixture_sample *s = (void *)data;
	size_t total = (sizeof(*s) + size + 7) & ~7UL;

	s->header = (struct perf_event_header){
		.type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL, .size = total,
	};
	s->identifier = PERFDATA_SAMPLE_ID(event);
	s->ip = ip;
	s->pid = 4242;
	s->tid = tid;
	s->time = time;
	s->cpu = tid & 1;
	s->period = 1;
	s->raw_size = total - sizeof(*s);
	memcpy(s->raw, raw, size);
	assert(!perfdata_writer__add(w, data, total));
	perfdata_writer__count(w, 1, time, time);
}

static inline void fixture_comm(struct perfdata_writer *w, uint32_t tid, const char *comm)
{
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		char comm[16];
		uint32_t id_pid, id_tid;
		uint64_t time;
		uint32_t cpu, res;
		uint64_t identifier;
	} r = {
		.header = { .type = PERF_RECORD_COMM, .size = sizeof(r) },
		.pid = 4242, .tid = tid, .id_pid = 4242, .id_tid = tid,
		.identifier = PERFDATA_SAMPLE_ID(0),
	};

	strncpy(r.comm, comm, sizeof(r.comm) - 1);
	assert(!perfdata_writer__add(w, &r, sizeof(r)));
}

static inline void put64(uint8_t *raw, uint32_t offset, uint64_t v)
{
	memcpy(raw + offset, &v, sizeof(v));
}

/* Sample @i: len counts 100, 110, 120, 130 round; every eighth pointer is NULL, string and all. */
static inline void fixture_send(struct perfdata_writer *w, unsigned int i)
{
	uint8_t raw[FIXTURE_SEND_FIXED + 16] = { 0 };
	struct fixture_packet p = {
		.len = 100 + i % 4 * 10, .proto = 8, .bits = 2 | 1 << 3, .ok = 1, .name = "eth0",
		.state = i % 2, .next = 0xffff888000002000, .addr = { 2, 0x42, 0xac, 0x11, 0, i },
	};
	uint16_t type = 65534;
	uint32_t loc = FIXTURE_SEND_FIXED | 5 << 16;
	size_t size = FIXTURE_SEND_FIXED + 5;

	memcpy(raw, &type, sizeof(type));
	if (i % 8 == 7) {
		put64(raw, 8, ITEM_NULL | ITEM_NULL << 2 | ITEM_NULL << 4 | ITEM_NULL << 6);
		loc = FIXTURE_SEND_FIXED | 1 << 16;
		size = FIXTURE_SEND_FIXED + 1;
	} else {
		put64(raw, 16, 0xffff888000001000);
		put64(raw, 24, p.len);
		put64(raw, 32, p.state);
		memcpy(raw + 48, &p, sizeof(p));
		memcpy(raw + FIXTURE_SEND_FIXED, "eth0", 5);
	}
	memcpy(raw + 40, &loc, sizeof(loc));
	fixture_add(w, 0, FIXTURE_FUNC_ONE, 4242 + i % 2, FIXTURE_START + i * 1000000ULL, raw,
		    size);
}

static inline void fixture_sends(struct perfdata_writer *w, unsigned int i)
{
	uint8_t raw[FIXTURE_SENDS_FIXED] = { 0 };
	uint16_t type = 65533;

	memcpy(raw, &type, sizeof(type));
	put64(raw, 16, 1000 * (i + 1));
	put64(raw, 24, i % 2 ? 64 : 1500);
	put64(raw, 32, i % 3 ? 0 : (uint64_t)-11);
	fixture_add(w, 1, i % 2 ? FIXTURE_FUNC_TWO : FIXTURE_FUNC_ONE, 4242,
		    FIXTURE_START + i * 1000000ULL + 500000, raw, sizeof(raw));
}

/* Writes @nr samples of each event to @path; without @types the values have only their formats. */
static inline void fixture_write(const char *path, unsigned int nr, int types)
{
	const char *argv[] = { "perf-btfsnoop", "record", "-f", "send(skb)" };
	struct perfdata_writer_opts opts = { .path = path, .argc = 4, .argv = argv, .clockid = 1 };
	struct diag diag = DIAG_INIT;
	struct perfdata_writer *w;
	struct fixture f;
	uint64_t size;
	unsigned int i;

	fixture_init(&f);
	opts.schemas = f.schemas;
	opts.nr_schemas = 2;
	assert(!schema__to_btf(&f.schemas[0], f.btf));
	assert(!schema__to_btf(&f.schemas[1], f.btf));
	if (types)
		opts.btf = btf__raw_data(f.btf, &opts.btf_size);
	if (perfdata_writer__new(&opts, &w, &diag)) {
		diag__print(&diag, NULL, 0, stderr);
		abort();
	}
	fixture_comm(w, 4242, "curl");
	fixture_comm(w, 4243, "ngi\033nx");
	for (i = 0; i < nr; i++) {
		fixture_send(w, i);
		fixture_sends(w, i);
	}
	assert(!perfdata_writer__round(w));
	if (nr)
		assert(!perfdata_writer__lost(w, 0, 3, FIXTURE_START + nr * 1000000ULL));
	assert(!perfdata_writer__finish(w, &size, &diag));
	fixture_exit(&f);
}

/* ---- flows --------------------------------------------------------------------------------- */

#define FLOWS_FIXED	120
#define FLOWS_TEXT	0xffffffff81000000ULL	/* _text when it was recorded */

static inline void flows_fields(struct schema *s, const int *ids)
{
	struct field *f = s->fields;

	f[0] = fixture_field("saddr", "saddr", FIELD_SCALAR, ids[0], 24, 8, 0);
	f[0].display = FIELD_IP4;
	f[1] = fixture_field("sk__daddr", "ip4(&sk->daddr)", FIELD_BYTES, ids[2], 32, 4, 1);
	f[1].display = FIELD_IP4;
	f[2] = fixture_field("dst6", "dst6", FIELD_BYTES, ids[3], 40, 16, 2);
	f[2].display = FIELD_IP6;
	f[3] = fixture_field("mac", "mac", FIELD_BYTES, ids[4], 56, 6, 3);
	f[3].display = FIELD_MAC;
	f[4] = fixture_field("caller", "caller", FIELD_SCALAR, ids[5], 64, 8, -1);
	f[4].display = FIELD_SYMBOL;
	f[5] = fixture_field("data", "buf(skb->data, n)", FIELD_BUFFER, 0, 72, 4, 4);
	f[6] = fixture_field("big", "big", FIELD_SCALAR, ids[6], 80, 8, 5);
	f[6].is_signed = true;
	f[7] = fixture_field("state", "state", FIELD_SCALAR, ids[7], 88, 8, -1);
	f[8] = fixture_field("comm", "comm()", FIELD_STRING, 0, 96, 4, -1);
	f[9] = fixture_field("quot", "(long int)a / b == c", FIELD_SCALAR, ids[6], 104, 8, 6);
	f[9].is_signed = true;
	f[10] = fixture_field("cb", "cb", FIELD_SCALAR, ids[5], 112, 8, 7);
	f[10].display = FIELD_SYMBOL;
}

static inline void flows_init(struct fixture *f)
{
	struct schema *s = &f->schemas[0];
	int ids[8], u8;

	memset(f, 0, sizeof(*f));
	f->btf = btf__new_empty();
	ids[0] = btf__add_int(f->btf, "unsigned int", 4, 0);
	u8 = btf__add_int(f->btf, "unsigned char", 1, 0);
	ids[2] = btf__add_array(f->btf, ids[0], u8, 4);
	ids[3] = btf__add_array(f->btf, ids[0], u8, 16);
	ids[4] = btf__add_array(f->btf, ids[0], u8, 6);
	ids[5] = btf__add_ptr(f->btf, 0);
	ids[6] = btf__add_int(f->btf, "int", 4, BTF_INT_SIGNED);
	ids[7] = btf__add_enum(f->btf, "state", 4);
	btf__add_enum_value(f->btf, "STATE_IDLE", 0);
	btf__add_enum_value(f->btf, "STATE_BUSY", 1);
	*s = (struct schema){
		.name = strdup("flows"), .spec = strdup("flows={tcp,udp}_send(...)"), .id = 65534,
		.status_offset = 8, .duration_offset = 16, .fixed_size = FLOWS_FIXED,
		.btf = f->btf, .fields = calloc(11, sizeof(struct field)), .nr_fields = 11,
		.funcs = calloc(2, sizeof(struct schema_func)), .nr_funcs = 2,
	};
	flows_fields(s, ids);
	s->funcs[0] = (struct schema_func){ .addr = FIXTURE_FUNC_ONE, .name = strdup("tcp_send") };
	s->funcs[1] = (struct schema_func){ .addr = FIXTURE_FUNC_TWO, .name = strdup("udp_send") };
}

/* Sample @i: every fourth could read nothing, of every other the buffer has lines of its own. */
static inline size_t flows_raw(unsigned int i, uint8_t *raw)
{
	static const uint8_t dst6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const uint8_t mac[6] = { 2, 0x42, 0xac, 0x11, 0, 2 };
	const uint8_t ip4[4] = { 10, 0, 0, 9 + i }, daddr[4] = { 192, 168, 0, 1 };
	uint32_t len = i % 4 == 3 ? 0 : i % 2 ? 40 : 4, loc, at = FLOWS_FIXED;
	uint16_t type = 65534;
	unsigned int j;

	memset(raw, 0, FLOWS_FIXED + 64);
	memcpy(raw, &type, sizeof(type));
	if (i % 4 == 3) {
		put64(raw, 8, ITEM_FAULT | ITEM_NULL << 2 | ITEM_NULL << 4 | ITEM_FAULT << 6 |
			      ITEM_FAULT << 8 | ITEM_FAULT << 10 | ITEM_FAULT << 12 |
			      ITEM_NULL << 14);
	} else {
		put64(raw, 8, i % 2 ? ITEM_CUT << 8 : 0);
		memcpy(raw + 24, ip4, sizeof(ip4));
		memcpy(raw + 32, daddr, sizeof(daddr));
		memcpy(raw + 40, dst6, sizeof(dst6));
		memcpy(raw + 56, mac, sizeof(mac));
		put64(raw, 80, i % 2);
		put64(raw, 104, -(uint64_t)i);
		put64(raw, 112, FLOWS_TEXT + 0x3000);
	}
	put64(raw, 16, 1500);
	put64(raw, 64, FLOWS_TEXT + 0x2010 + i % 2);
	put64(raw, 88, i % 2);
	loc = at | len << 16;
	memcpy(raw + 72, &loc, sizeof(loc));
	for (j = 0; j < len; j++)
		raw[at++] = j + 0x3a;
	loc = at | 5 << 16;
	memcpy(raw + 96, &loc, sizeof(loc));
	memcpy(raw + at, "curl", 5);
	return at + 5;
}

static inline void flows_write(const char *path, unsigned int nr)
{
	const char *argv[] = { "perf-btfsnoop", "record" };
	struct perfdata_writer_opts opts = {
		.path = path, .argc = 2, .argv = argv, .clockid = 1, .kernel_start = FLOWS_TEXT,
		.kernel_end = FLOWS_TEXT + 0x100000, .nr_schemas = 1,
	};
	struct diag diag = DIAG_INIT;
	struct perfdata_writer *w;
	uint8_t raw[FLOWS_FIXED + 64];
	struct fixture f;
	uint64_t size;
	unsigned int i;

	flows_init(&f);
	opts.schemas = f.schemas;
	assert(!schema__to_btf(&f.schemas[0], f.btf));
	opts.btf = btf__raw_data(f.btf, &opts.btf_size);
	if (perfdata_writer__new(&opts, &w, &diag)) {
		diag__print(&diag, NULL, 0, stderr);
		abort();
	}
	fixture_comm(w, 4242, "curl");
	for (i = 0; i < nr; i++) {
		size_t len = flows_raw(i, raw);

		fixture_add(w, 0, i % 2 ? FIXTURE_FUNC_TWO : FIXTURE_FUNC_ONE, 4242,
			    FIXTURE_START + i * 1000000ULL, raw, len);
	}
	assert(!perfdata_writer__round(w));
	assert(!perfdata_writer__finish(w, &size, &diag));
	fixture_exit(&f);
}

#endif
