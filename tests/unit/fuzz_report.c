// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: what report and script show of a perf.data of whatever bytes (make fuzz):
 * calls, objects that were followed, lines, values. It goes to /dev/null; no more is asked of it
 * than that it ends and reads what is there.
 *
 * fuzz_report --seeds=DIR writes files to start from.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/perfdata/attr.h"
#include "../../perf-plugin/perfdata/tracing.h"
#include "../../perf-plugin/report/flow.h"
#include "../../perf-plugin/report/graph.h"
#include "../../perf-plugin/report/input.h"
#include "../../perf-plugin/util/verbose.h"
#include "data_fixture.h"
#include "perfdata_mutate.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

#define SMALL_HELD	4096	/* so that calls are late in small files too */

/*
 * In the place of render/foreign.c: libtraceevent, which works in a process of its own, is not what
 * is tried here, and a process for each input takes too long.
 */
struct foreign {
	int nr;
};

int foreign__new(struct foreign **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void foreign__free(struct foreign *foreign)
{
	free(foreign);
}

int foreign__add(struct foreign *foreign, const char *name, const char *format, size_t len)
{
	return len && *name && format[len - 1] ? foreign->nr++ : -1;
}

void foreign__print(struct foreign *foreign, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out)
{
	(void)cpu;
	(void)time;
	if (raw_size && handle < foreign->nr)
		buf__addu(out, ((const uint8_t *)raw)[raw_size - 1]);
}

static struct input *open_input(const char *path)
{
	const struct input_opts opts = { .path = path, .force = true, .kallsyms = "/dev/null" };
	struct diag diag = DIAG_INIT;
	struct input *input = NULL;

	if (input__open(&opts, &input, &diag))
		input = NULL;
	diag__exit(&diag);
	return input;
}

static void show_graph(const char *path, size_t max_held)
{
	struct input *input = open_input(path);
	struct graph_opts opts = {
		.headings = true, .structs = true, .time = GRAPH_RELATIVE,
		.lines.max_held = max_held,
	};
	struct diag diag = DIAG_INIT;

	if (!input)
		return;
	opts.values.symbols = input__symbols(input);
	graph__print(input, &opts, &diag);
	diag__exit(&diag);
	input__close(input);
}

static void show_flow(const char *path)
{
	struct input *input = open_input(path);
	struct flow_opts opts = { .headings = true, .lines.max_held = SMALL_HELD };
	struct diag diag = DIAG_INIT;

	if (!input)
		return;
	opts.values.symbols = input__symbols(input);
	flow__print(input, &opts, &diag);
	diag__exit(&diag);
	input__close(input);
}

static void show_header(const char *path)
{
	struct input *input = open_input(path);
	struct buf out = BUF_INIT;

	if (!input)
		return;
	input__header(input, &out);
	input__print_warnings(input);
	input__close(input);
	buf__exit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[32];

	if (fd < 0)
		fd = memfd_create("perf.data", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	show_header(path);
	show_graph(path, 0);
	show_graph(path, SMALL_HELD);
	show_flow(path);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	return mutate_perfdata(data, size, max, seed);
}

/* ---- what to start from ---------------------------------------------------------------------- */

#define OBJECT_FIXED	(8 + 8 + 8 + sizeof(struct fixture_packet) + 8 + 8)

/* An event of an object that is followed: len, the object itself, flow, its address. */
static void object_init(struct fixture *f, uint16_t id)
{
	struct schema *s = &f->schemas[0];
	int ids[6], u64;

	memset(f, 0, sizeof(*f));
	f->btf = btf__new_empty();
	if (!f->btf)
		abort();
	fixture_types(f, ids);
	u64 = btf__add_int(f->btf, "unsigned long", 8, 0);
	*s = (struct schema){
		.name = strdup("seen"), .spec = strdup("seen(skb->len, *skb)"), .id = id,
		.at_return = true, .duration_offset = 8, .fixed_size = OBJECT_FIXED, .btf = f->btf,
		.fields = calloc(4, sizeof(struct field)), .nr_fields = 4,
		.funcs = calloc(1, sizeof(struct schema_func)), .nr_funcs = 1,
	};
	s->fields[0] = fixture_field("len", "skb->len", FIELD_SCALAR, ids[2], 16, 8, -1);
	s->fields[1] = fixture_field("skb", "*skb", FIELD_BYTES, ids[0], 24,
				     sizeof(struct fixture_packet), -1);
	s->fields[1].pointer = 3;
	s->fields[2] = fixture_field("flow", "flow", FIELD_SCALAR, u64, OBJECT_FIXED - 16, 8, -1);
	s->fields[3] = fixture_field("object", "object", FIELD_SCALAR, ids[1], OBJECT_FIXED - 8, 8,
				     -1);
	s->funcs[0] = (struct schema_func){ .addr = FIXTURE_FUNC_ONE, .name = strdup("seen") };
}

/* Calls within calls of three tasks, about two objects that change. */
static void object_samples(struct perfdata_writer *w, unsigned int nr)
{
	uint8_t raw[OBJECT_FIXED];
	struct fixture_packet p = { .proto = 8, .name = "eth0", .ok = 1 };
	unsigned int i;

	for (i = 0; i < nr; i++) {
		p.len = i / 3;
		p.state = i % 2;
		memset(raw, 0, sizeof(raw));
		put64(raw, 8, i % 4 * 1500000);
		put64(raw, 16, p.len);
		memcpy(raw + 24, &p, sizeof(p));
		put64(raw, OBJECT_FIXED - 16, i % 3);
		put64(raw, OBJECT_FIXED - 8, 0xffff888000001000 + i / 8 * 256);
		fixture_add(w, 0, FIXTURE_FUNC_ONE, 4242 + i % 3, FIXTURE_START + i * 1000000ULL,
			    raw, sizeof(raw));
	}
}

static void object_write(const char *path, unsigned int nr)
{
	const char *argv[] = { "perf-btfsnoop", "record", "--track", "sk_buff" };
	struct perfdata_writer_opts opts = { .path = path, .argc = 4, .argv = argv, .clockid = 1 };
	struct diag diag = DIAG_INIT;
	struct perfdata_writer *w;
	struct fixture f;
	uint64_t size;

	object_init(&f, 65534);
	opts.schemas = f.schemas;
	opts.nr_schemas = 1;
	if (schema__to_btf(&f.schemas[0], f.btf))
		abort();
	opts.btf = btf__raw_data(f.btf, &opts.btf_size);
	if (perfdata_writer__new(&opts, &w, &diag))
		abort();
	fixture_comm(w, 4242, "curl");
	object_samples(w, nr);
	perfdata_writer__lost(w, 0, 3, FIXTURE_START + nr * 500000ULL);
	if (perfdata_writer__round(w) || perfdata_writer__finish(w, &size, &diag))
		abort();
	fixture_exit(&f);
}

/* A record of the stream's header: @head and what follows it. */
static void add_record(struct buf *out, uint32_t type, const void *head, size_t head_size,
		       const void *rest, size_t rest_size)
{
	size_t pad = -(head_size + rest_size) % 8;
	const struct perf_event_header header = {
		.type = type, .size = sizeof(header) + head_size + rest_size + pad,
	};

	buf__add(out, &header, sizeof(header));
	buf__add(out, head, head_size);
	buf__add(out, rest, rest_size);
	buf__fill(out, '\0', pad);
}

static void add_btf(struct buf *out, const struct btf *btf)
{
	struct {
		uint64_t feature;
		uint32_t nr, id, size;
	} __attribute__((packed)) head = { .feature = FEATURE_BPF_BTF, .nr = 1, .id = 1 };
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);

	head.size = size;
	add_record(out, RECORD_HEADER_FEATURE, &head, sizeof(head), data, size);
}

static void add_event(struct buf *out, const struct schema *schema, uint64_t id)
{
	struct buf section = BUF_INIT;
	struct perf_event_attr attr;
	uint64_t size;

	attr__init(&attr, schema, 1, 1);
	attr.size = PERFDATA_ATTR_SIZE;
	add_record(out, RECORD_HEADER_ATTR, &attr, PERFDATA_ATTR_SIZE, &id, sizeof(id));
	if (tracing__write("btfsnoop", schema, 1, &section))
		abort();
	buf__align(&section, 8);
	size = section.len;
	add_record(out, RECORD_TRACING_DATA, &size, sizeof(size), NULL, 0);
	buf__add(out, section.data, section.len);
	buf__exit(&section);
}

static void add_sample(struct buf *out, uint64_t id, uint64_t time, const void *raw, uint32_t size)
{
	struct fixture_sample head = {
		.identifier = id, .ip = FIXTURE_FUNC_ONE, .pid = 4242, .tid = 4242, .time = time,
		.period = 1, .raw_size = size + (-(size + 4) & 7),
	};

	add_record(out, PERF_RECORD_SAMPLE, &head.identifier,
		   sizeof(head) - sizeof(head.header), raw, size);
}

/* A stream in which an event, its format and its types come behind the samples of another. */
static void late_write(const char *path)
{
	const uint64_t magic[] = { PERFDATA_MAGIC, PERFDATA_PIPE_HEADER_SIZE };
	uint8_t raw[FIXTURE_SEND_FIXED + OBJECT_FIXED] = { 0 };
	struct buf out = BUF_INIT;
	struct fixture f, late;
	struct btf *empty = btf__new_empty();
	FILE *file = fopen(path, "w");

	fixture_init(&f);
	object_init(&late, 65000);
	if (!file || !empty || schema__to_btf(&f.schemas[0], f.btf) ||
	    schema__to_btf(&late.schemas[0], late.btf))
		abort();
	buf__add(&out, magic, sizeof(magic));
	add_event(&out, &f.schemas[0], PERFDATA_SAMPLE_ID(0));
	add_btf(&out, f.btf);
	add_sample(&out, PERFDATA_SAMPLE_ID(0), FIXTURE_START, raw, FIXTURE_SEND_FIXED);
	add_btf(&out, empty);
	add_btf(&out, late.btf);
	add_event(&out, &late.schemas[0], PERFDATA_SAMPLE_ID(1));
	put64(raw, 8, 100);
	put64(raw, OBJECT_FIXED - 16, 1);
	add_sample(&out, PERFDATA_SAMPLE_ID(1), FIXTURE_START + 50, raw, OBJECT_FIXED);
	add_sample(&out, PERFDATA_SAMPLE_ID(0), FIXTURE_START + 60, raw, FIXTURE_SEND_FIXED);
	if (out.failed || fwrite(out.data, 1, out.len, file) != out.len || fclose(file))
		abort();
	btf__free(empty);
	buf__exit(&out);
	fixture_exit(&f);
	fixture_exit(&late);
}

static void write_seeds(const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/types", dir);
	fixture_write(path, 8, 1);
	snprintf(path, sizeof(path), "%s/formats", dir);
	fixture_write(path, 4, 0);
	snprintf(path, sizeof(path), "%s/flows", dir);
	flows_write(path, 4);
	snprintf(path, sizeof(path), "%s/objects", dir);
	object_write(path, 24);
	snprintf(path, sizeof(path), "%s/many", dir);
	object_write(path, 60);
	snprintf(path, sizeof(path), "%s/late", dir);
	late_write(path);
}

static int no_messages(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int i;

	for (i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], "--seeds=", 8))
			continue;
		write_seeds((*argv)[i] + 8);
		exit(0);
	}
	verbose = -1;
	libbpf_set_print(no_messages);
	if (!freopen("/dev/null", "w", stdout))
		abort();
	return 0;
}
