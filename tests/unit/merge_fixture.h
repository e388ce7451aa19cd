/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are merged: of perf's making and of ours, of machines that differ. */
#ifndef BTFSNOOP_TESTS_MERGE_FIXTURE_H
#define BTFSNOOP_TESTS_MERGE_FIXTURE_H

#include "../../perf-plugin/perfdata/format.h"
#include "../../perf-plugin/perfdata/machine.h"
#include "data_fixture.h"

#define TEXT		0xffffffff81000000ULL	/* where the kernel is */
#define TEXT_SIZE	0x1000000ULL
#define MODULE		0xffffffffc0000000ULL
#define MODULE_SIZE	0x10000ULL
#define WALL		1700000000000000000ULL	/* the wall clock when the clock is 0 */
#define SECOND		1000000000ULL

/* What a file says of the machine it is of. */
struct machine {
	const char *arch;
	uint8_t build_id;		/* 0: it says none */
	uint64_t wall;			/* minus the clock */
	uint64_t text;			/* 0: no kernel map */
	uint64_t module;		/* 0: it has none */
	int clockid;
};

static const struct machine here = {
	.arch = "x86_64", .build_id = 7, .wall = WALL, .text = TEXT, .module = MODULE, .clockid = 1,
};

static void make_sections(const struct machine *machine, struct buf *sections)
{
	struct {
		struct perf_event_header header;
		int32_t pid;
		uint8_t id[20], size, reserved[3];
		char name[28];
	} id = {
		.header = { .misc = PERF_RECORD_MISC_KERNEL | RECORD_MISC_BUILD_ID_SIZE,
			    .size = sizeof(id) },
		.pid = -1, .id = { machine->build_id, 1 }, .size = 20, .name = "[kernel.kallsyms]",
	};
	const uint32_t cpus[2] = { 4, 4 }, clock_head[2] = { 1, machine->clockid };
	const uint64_t resolution = 1, clock[2] = { machine->wall + 5 * SECOND, 5 * SECOND };

	memset(sections, 0, FEATURE_END * sizeof(*sections));
	if (machine->build_id)
		buf__add(&sections[FEATURE_BUILD_ID], &id, sizeof(id));
	machine__add_string(&sections[FEATURE_HOSTNAME], "box", 3);
	machine__add_string(&sections[FEATURE_OSRELEASE], "6.12", 4);
	machine__add_string(&sections[FEATURE_ARCH], machine->arch, strlen(machine->arch));
	buf__add(&sections[FEATURE_NRCPUS], cpus, sizeof(cpus));
	buf__add(&sections[FEATURE_CLOCKID], &resolution, sizeof(resolution));
	buf__add(&sections[FEATURE_CLOCK_DATA], clock_head, sizeof(clock_head));
	buf__add(&sections[FEATURE_CLOCK_DATA], clock, sizeof(clock));
}

static void add_map(struct perfdata_writer *writer, uint64_t start, uint64_t len, uint64_t pgoff,
		    const char *name, uint64_t id)
{
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		uint64_t start, len, pgoff;
		char name[40];
		uint32_t id_pid, id_tid;
		uint64_t time, cpu, id;
	} map = {
		.header = { .type = PERF_RECORD_MMAP, .misc = PERF_RECORD_MISC_KERNEL,
			    .size = sizeof(map) },
		.pid = -1, .start = start, .len = len, .pgoff = pgoff, .id = id,
	};

	strcpy(map.name, name);
	assert(!perfdata_writer__add(writer, &map, sizeof(map)));
}

static struct perfdata_writer *open_file(const char *path, const struct machine *machine,
					 const struct perfdata_writer_opts *events, uint64_t id)
{
	struct perfdata_writer_opts opts = *events;
	struct buf sections[FEATURE_END];
	struct perfdata_writer *writer;
	struct diag diag = DIAG_INIT;

	make_sections(machine, sections);
	opts.path = path;
	opts.given = sections;
	opts.clockid = machine->clockid;
	assert(!perfdata_writer__new(&opts, &writer, &diag));
	for (unsigned int i = 0; i < FEATURE_END; i++)
		buf__exit(&sections[i]);
	if (machine->text)
		add_map(writer, machine->text, TEXT_SIZE, machine->text, "[kernel.kallsyms]_text",
			id);
	if (machine->module)
		add_map(writer, machine->module, MODULE_SIZE, 0, "/lib/modules/6.12/mod.ko.xz", id);
	return writer;
}

static void close_file(struct perfdata_writer *writer)
{
	struct diag diag = DIAG_INIT;
	uint64_t size;

	assert(!perfdata_writer__round(writer));
	assert(!perfdata_writer__finish(writer, &size, &diag));
}

/* Of ours: @nr samples of each of fixture_write()'s events. */
static void write_ours(const char *path, const struct machine *machine, unsigned int nr)
{
	struct perfdata_writer_opts opts = { .nr_schemas = 2 };
	struct perfdata_writer *writer;
	struct fixture f;

	fixture_init(&f);
	opts.schemas = f.schemas;
	assert(!schema__to_btf(&f.schemas[0], f.btf));
	assert(!schema__to_btf(&f.schemas[1], f.btf));
	opts.btf = btf__raw_data(f.btf, &opts.btf_size);
	writer = open_file(path, machine, &opts, PERFDATA_SAMPLE_ID(0));
	fixture_comm(writer, 4242, "curl");
	for (unsigned int i = 0; i < nr; i++) {
		fixture_send(writer, i);
		fixture_sends(writer, i);
	}
	close_file(writer);
	fixture_exit(&f);
}

/* One event with a symbol in it, called "send": by its name one of the others, but not the same. */
static void write_flows(const char *path, const struct machine *machine, unsigned int nr)
{
	struct perfdata_writer_opts opts = { .nr_schemas = 1 };
	struct perfdata_writer *writer;
	uint8_t raw[FLOWS_FIXED + 64];
	struct fixture f;

	flows_init(&f);
	free(f.schemas[0].name);
	f.schemas[0].name = strdup("send");
	f.schemas[0].funcs[0].addr = machine->text + 0x1000;
	f.schemas[0].funcs[1].addr = machine->module + 0x20;
	opts.schemas = f.schemas;
	assert(!schema__to_btf(&f.schemas[0], f.btf));
	opts.btf = btf__raw_data(f.btf, &opts.btf_size);
	writer = open_file(path, machine, &opts, PERFDATA_SAMPLE_ID(0));
	for (unsigned int i = 0; i < nr; i++) {
		size_t len = flows_raw(i, raw);

		fixture_add(writer, 0, f.schemas[0].funcs[i % 2].addr, 4242,
			    FIXTURE_START + i * 1000000ULL + 100, raw, len);
	}
	close_file(writer);
	fixture_exit(&f);
}

static const char switch_format[] =
	"name: sched_switch\nID: 316\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:int prev;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: \"prev=%d\", REC->prev\n";

/* As perf record makes it: with a chain or without, and two ids of two CPUs. */
static void write_perf(const char *path, const struct machine *machine, bool chain, uint64_t at,
		       unsigned int nr)
{
	static const uint64_t ids[2] = { 900, 901 };
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .config = 316, .sample_period = 1,
		.sample_type = PERFDATA_SAMPLE_TYPE | (chain ? PERF_SAMPLE_CALLCHAIN : 0),
		.sample_id_all = 1, .use_clockid = machine->clockid >= 0,
		.clockid = machine->clockid,
	};
	const struct perfdata_foreign event = {
		.attr = &attr, .name = "sched:sched_switch", .ids = ids, .nr_ids = 2,
		.system = "sched", .tracepoint = "sched_switch", .format = switch_format,
		.format_size = sizeof(switch_format) - 1,
	};
	const struct perfdata_writer_opts opts = { .foreign = &event, .nr_foreign = 1 };
	struct perfdata_writer *writer = open_file(path, machine, &opts, 900);

	for (unsigned int i = 0; i < nr; i++) {
		uint64_t words[16] = {
			0, ids[i % 2], machine->text + 0x100 + i, 77ULL << 32 | 77,
			at + i * 1000000ULL, i % 2, 1,
		};
		struct perf_event_header header = {
			.type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL,
		};
		const uint32_t raw[4] = { 12, 316, 77, i };
		unsigned int n = 7;

		if (chain) {
			words[n++] = 4;
			words[n++] = PERF_CONTEXT_KERNEL;
			words[n++] = machine->text + 0x100 + i;
			words[n++] = machine->module + 0x30;
			words[n++] = 0x401000;
		}
		memcpy(&words[n], raw, sizeof(raw));
		header.size = (n + 2) * 8;
		memcpy(words, &header, sizeof(header));
		assert(!perfdata_writer__add(writer, words, header.size));
		perfdata_writer__count(writer, 1, words[4], words[4]);
	}
	close_file(writer);
}

#endif
