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

#include "../../perf-plugin/export/chrome.h"
#include "../../perf-plugin/merge/merge.h"
#include "../../perf-plugin/perfdata/attr.h"
#include "../../perf-plugin/perfdata/tracing.h"
#include "../../perf-plugin/report/column.h"
#include "../../perf-plugin/report/flow.h"
#include "../../perf-plugin/report/folded.h"
#include "../../perf-plugin/report/graph.h"
#include "../../perf-plugin/report/input.h"
#include "../../perf-plugin/render/value-tree.h"
#include "../../perf-plugin/report/samples.h"
#include "../../perf-plugin/report/print.h"
#include "../../perf-plugin/util/verbose.h"
#include "calls_fixture.h"
#include "json_check.h"
#include "merge_fixture.h"
#include "perfdata_mutate.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

#define MAX_PAGES	24	/* samples whose tree is unfolded, and how much of it */
#define MAX_UNFOLDED	1500
#define SMALL_HELD	4096	/* so that calls are late in small files too */

/*
 * In the place of render/foreign.c: libtraceevent, which works in a process of its own, is not what
 * is tried here, and a process for each input takes too long.
 */
struct foreign {
	int nr;
	struct foreign_field fields[8];
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

/* Fields of each kind, at places that no record need have. */
unsigned int foreign__fields(const struct foreign *foreign, int handle,
			     const struct foreign_field **fields)
{
	struct foreign_field *f = ((struct foreign *)foreign)->fields;

	f[0] = (struct foreign_field){ .name = "len", .offset = 8, .size = 4 };
	f[1] = (struct foreign_field){ .name = "b", .offset = 1, .size = 1, .is_bool = true };
	f[2] = (struct foreign_field){ .name = "text", .offset = 12, .size = 4, .is_array = true,
				       .is_dynamic = true, .is_char = true };
	f[3] = (struct foreign_field){ .name = "data", .offset = 16, .size = 4, .is_array = true,
				       .is_dynamic = true, .is_relative = true };
	f[4] = (struct foreign_field){ .name = "name", .offset = 20, .size = 16, .elem_size = 1,
				       .is_array = true, .is_char = true };
	f[5] = (struct foreign_field){ .name = "numbers", .offset = 24, .size = 16,
				       .elem_size = 4, .is_array = true };
	f[6] = (struct foreign_field){ .name = "p", .offset = 40, .size = 8, .is_pointer = true };
	f[7] = (struct foreign_field){ .name = "duration", .offset = 60000, .size = 8 };
	*fields = f;
	return handle & 1 ? 8 : 7;
}

void foreign__queue(struct foreign *foreign, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out)
{
	foreign__print(foreign, handle, raw, raw_size, cpu, time, out);
}

void foreign__flush(struct foreign *foreign, struct buf *out)
{
	(void)foreign;
	(void)out;
}

static struct input *open_filtered(const char *path, const char *expr)
{
	const struct input_opts opts = {
		.path = path, .force = true, .kallsyms = "/dev/null", .filter.expr = expr,
	};
	struct diag diag = DIAG_INIT;
	struct input *input = NULL;

	if (input__open(&opts, &input, &diag))
		input = NULL;
	diag__exit(&diag);
	return input;
}

static struct input *open_input(const char *path)
{
	return open_filtered(path, NULL);
}

static const char *const exprs[] = {
	"skb->len / (skb->proto - 8) + skb->addr[skb->len % 7]", "skb->list.next->next->len",
	"*(u64 *)((char *)skb + skb->len)", "skb->name", "skb->list", "object->len",
	"text ~ \"*a?\"",
	"name", "numbers[len]", "data", "trace", "comm ~ \"c*\"", "return", "duration / 1000", "p",
	"sym", "dso", "*skb", "str(skb->name)", "mac(skb->addr)", "big << state", "saddr", "caller",
};

#define NR_EXPRS	(sizeof(exprs) / sizeof(*exprs))

/* What the columns that the events of @input have say of each sample. */
static void read_columns(struct input *input)
{
	struct column *columns[64][NR_EXPRS] = { 0 };
	struct perfdata_record record;
	struct column_value value;
	struct buf out = BUF_INIT;

	for (unsigned int i = 0; i < 64 && i < input__nr_events(input); i++)
		for (unsigned int j = 0; j < NR_EXPRS; j++)
			column__new(input, i, exprs[j], &columns[i][j], NULL);
	while (input__next(input, &record, NULL) > 0) {
		if (record.type != PERF_RECORD_SAMPLE || record.sample.event >= 64)
			continue;
		for (unsigned int j = 0; j < NR_EXPRS; j++) {
			struct column *column = columns[record.sample.event][j];

			if (!column || column__read(column, &record.sample, &value))
				continue;
			column__add(column, &value, &out);
			column__compare(column, &value, &value);
			buf__clear(&out);
		}
	}
	for (unsigned int i = 0; i < 64; i++)
		for (unsigned int j = 0; j < NR_EXPRS; j++)
			column__free(columns[i][j]);
	buf__exit(&out);
}

static void show_columns(const char *path)
{
	struct input *input = open_filtered(path, "skb->len > 100 || comm == \"curl\" || pid");

	if (!input)
		return;
	read_columns(input);
	input__close(input);
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

/* What script writes in any format, JSON being JSON. */
static void show_records(const char *path, enum print_format format, const char *fields)
{
	struct print_opts opts = {
		.format = format, .fields = fields, .tasks = true, .lost = true,
	};
	struct input *input = open_input(path);
	struct perfdata_record record;
	struct print *print = NULL;
	struct buf out = BUF_INIT;

	if (!input)
		return;
	if (!print__new(input, &opts, &print, NULL)) {
		while (input__next(input, &record, NULL) > 0)
			print__record(print, &record, &out);
		if (format == PRINT_JSON && out.len && json_check_lines(out.data, out.len))
			abort();
		print__free(print);
	}
	buf__exit(&out);
	input__close(input);
}

static void show_folded(const char *path)
{
	struct folded_opts opts = { .lines.max_held = SMALL_HELD };
	struct input *input = open_input(path);
	struct diag diag = DIAG_INIT;

	if (!input)
		return;
	folded__print(input, &opts, &diag);
	diag__exit(&diag);
	input__close(input);
}

/* All there is to say of a node, and of those below it. */
static void describe(struct value_tree *tree, const struct value_node *node, struct buf *out)
{
	uint32_t offset, size, i;
	const uint8_t *data = value_tree__bytes(tree, node, &offset, &size);

	buf__clear(out);
	value_tree__label(tree, node, out);
	value_tree__path(tree, node, out);
	value_tree__type(tree, node, out);
	value_tree__value(tree, node, out);
	for (i = 0; data && i < size; i++)
		buf__addu(out, data[i]);
	for (i = 0; i < value_node__nr_parts(node); i++)
		describe(tree, value_node__part(node, i), out);
}

/* The sample's tree, all of it unfolded; the one before is freed. */
static struct value_tree *show_tree(struct input *input, const struct perfdata_sample *sample,
				    struct value_tree *before)
{
	const struct event_view *view = input__event(input, sample->event)->view;
	const struct value_opts opts = { .zeros = true };
	struct value_tree *tree = NULL;
	struct buf out = BUF_INIT;

	if (view && event_view__fits(view, sample->raw_size) &&
	    !value_tree__new(view, sample->raw, sample->raw_size, &opts, &tree)) {
		if (before)
			value_tree__unfold_like(tree, before);
		value_tree__unfold_all(tree, value_tree__root(tree), sample->time & 1,
				       MAX_UNFOLDED);
		describe(tree, value_tree__root(tree), &out);
	}
	value_tree__free(before);
	buf__exit(&out);
	return tree;
}

static int index_samples(struct input *input, struct samples *samples)
{
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	int err = 0;

	while (!err && input__next(input, &record, &diag) > 0)
		if (record.type == PERF_RECORD_SAMPLE)
			err = samples__add(samples, &record, samples__nr(samples) / 2);
	diag__exit(&diag);
	return err;
}

/* What the screen of report shows of samples, which are read once more by where they are. */
static void show_samples(const char *path)
{
	struct input *input = open_input(path);
	struct samples *samples = NULL;
	struct value_tree *tree = NULL;
	struct perfdata_sample sample;
	const uint32_t *list;
	uint32_t i, nr;

	if (!input)
		return;
	if (samples__new(input, &samples) || index_samples(input, samples))
		abort();
	for (i = 0; i < samples__nr(samples) && i < MAX_PAGES; i++) {
		samples__other_end(samples, i);
		samples__of_entry(samples, samples__event(samples, i), i / 2, &list, &nr);
		if (!samples__read(samples, i, &sample))
			tree = show_tree(input, &sample, tree);
	}
	value_tree__free(tree);
	samples__free(samples);
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

/* Written in lines, of which none is JSON by itself. */
static bool is_json(char *text, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n')
			text[to++] = text[i];
	text[to++] = '\n';	/* in the place of one, or of the NUL */
	return !json_check_lines(text, to);
}

/* Threads, flows, call chains, slices that nest. */
static void show_chrome(const char *path)
{
	struct input *input = open_input(path);
	struct chrome_opts opts = { .path = NULL };
	struct diag diag = DIAG_INIT;
	FILE *before = stdout;
	char *text = NULL;
	size_t len = 0;
	int err;

	if (!input)
		return;
	opts.values.symbols = input__symbols(input);
	stdout = open_memstream(&text, &len);
	if (!stdout)
		abort();
	err = chrome__write(input, &opts, &diag);
	fclose(stdout);
	stdout = before;
	if (!err && !is_json(text, len))
		abort();
	free(text);
	diag__exit(&diag);
	input__close(input);
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
	show_columns(path);
	show_graph(path, 0);
	show_graph(path, SMALL_HELD);
	show_flow(path);
	show_samples(path);
	show_records(path, PRINT_TEXT, NULL);
	show_records(path, PRINT_TEXT, "comm,pid,tid,time,event,trace,symoff,dso,len*2");
	show_records(path, PRINT_JSON, NULL);
	show_records(path, PRINT_JSON, "+sym,+skb,+*skb,+name,+text");
	show_records(path, PRINT_CSV, NULL);
	show_folded(path);
	show_chrome(path);
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
	const struct attr_common common = { .clockid = 1 };
	struct perf_event_attr attr;
	uint64_t size;

	attr__init(&attr, schema, 1, &common);
	attr.size = PERFDATA_ATTR_SIZE;
	add_record(out, RECORD_HEADER_ATTR, &attr, PERFDATA_ATTR_SIZE, &id, sizeof(id));
	if (tracing__write("btfsnoop", schema, 1, NULL, 0, &section))
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

/* An event of the kernel's with call chains, ours, and both and more in one, of two boots. */
static void merged_write(const char *chains, const char *ours, const char *merged)
{
	const struct machine later = {
		.arch = "x86_64", .build_id = 7, .wall = WALL + 3600 * SECOND, .clockid = 1,
		.text = TEXT + 0x4000000, .module = MODULE + 0x300000,
	};
	const char *const paths[] = { chains, ours, merged };
	const struct merge_opts opts = { .paths = paths, .nr = 3, .output = merged };
	struct diag diag = DIAG_INIT;
	struct merge_result result;

	write_perf(chains, &here, true, FIXTURE_START, 6);
	write_ours(ours, &here, 3);
	write_flows(merged, &later, 4);
	if (merge__run(&opts, &result, &diag))
		abort();
}

static void write_seeds(const char *dir)
{
	char path[4096], chains[4096], ours[4096];

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
	snprintf(path, sizeof(path), "%s/calls", dir);
	calls_write(path, 4);
	snprintf(path, sizeof(path), "%s/late", dir);
	late_write(path);
	snprintf(path, sizeof(path), "%s/merged", dir);
	snprintf(chains, sizeof(chains), "%s/chains", dir);
	snprintf(ours, sizeof(ours), "%s/ours", dir);
	merged_write(chains, ours, path);
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
