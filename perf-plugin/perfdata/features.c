// SPDX-License-Identifier: GPL-2.0-only
#include "features.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "machine.h"
#include "tracing.h"

#ifndef BTFSNOOP_VERSION
#define BTFSNOOP_VERSION	"0"
#endif

/*
 * What our BTF is numbered with: that of a kernel object, so perf can't mistake it for a program's.
 */
#define BTF_ID_VMLINUX		1

static const struct {
	enum perfdata_feature bit;
	int (*write)(struct buf *out);
} machine_features[] = {
	{ FEATURE_BUILD_ID,		machine__build_id },
	{ FEATURE_HOSTNAME,		machine__hostname },
	{ FEATURE_OSRELEASE,		machine__os_release },
	{ FEATURE_ARCH,			machine__arch },
	{ FEATURE_NRCPUS,		machine__nr_cpus },
	{ FEATURE_CPUDESC,		machine__cpu_desc },
	{ FEATURE_CPUID,		machine__cpuid },
	{ FEATURE_TOTAL_MEM,		machine__total_mem },
	{ FEATURE_CPU_TOPOLOGY,		machine__cpu_topology },
	{ FEATURE_NUMA_TOPOLOGY,	machine__numa_topology },
	{ FEATURE_PMU_MAPPINGS,		machine__pmu_mappings },
};

static void add_u32(struct buf *out, uint32_t value)
{
	buf__add(out, &value, sizeof(value));
}

static void add_u64(struct buf *out, uint64_t value)
{
	buf__add(out, &value, sizeof(value));
}

static void features__machine(struct features *features)
{
	struct buf *section;
	unsigned int i;

	for (i = 0; i < sizeof(machine_features) / sizeof(*machine_features); i++) {
		section = &features->sections[machine_features[i].bit];
		if (machine_features[i].write(section))
			buf__exit(section);
	}
}

static void features__cmdline(struct buf *out, int argc, const char **argv)
{
	int i;

	add_u32(out, argc);
	for (i = 0; i < argc; i++)
		machine__add_string(out, argv[i], strlen(argv[i]));
}

static void features__event_desc(struct buf *out, const struct schema *schemas, unsigned int nr,
				 clockid_t clockid)
{
	const struct schema *schema;
	struct perf_event_attr attr;
	struct buf name = BUF_INIT;
	unsigned int i;

	add_u32(out, nr);
	add_u32(out, PERFDATA_ATTR_SIZE);
	for (i = 0; i < nr; i++) {
		schema = &schemas[i];
		attr__init(&attr, schema, i, clockid);
		buf__add(out, &attr, PERFDATA_ATTR_SIZE);
		add_u32(out, 1);
		buf__clear(&name);
		buf__addf(&name, TRACEPOINT_SYSTEM ":%s", schema->name);
		machine__add_string(out, buf__str(&name), name.len);
		add_u64(out, PERFDATA_SAMPLE_ID(i));
	}
	out->failed |= name.failed;
	buf__exit(&name);
}

static uint64_t clock_now(clockid_t clockid)
{
	struct timespec ts;

	if (clock_gettime(clockid, &ts))
		return 0;
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* What the wall clock and the events' clock say at the same moment, as nearly as can be had. */
static void features__clock(struct features *features, clockid_t clockid)
{
	struct buf *data = &features->sections[FEATURE_CLOCK_DATA];
	uint64_t before, wall, after;

	add_u64(&features->sections[FEATURE_CLOCKID], 1);	/* resolution in ns */

	before = clock_now(clockid);
	wall = clock_now(CLOCK_REALTIME);
	after = clock_now(clockid);
	add_u32(data, 1);					/* version */
	add_u32(data, clockid);
	add_u64(data, wall);
	add_u64(data, before + (after - before) / 2);
}

static void features__btf(struct buf *out, const struct perfdata_events *parts, unsigned int nr)
{
	add_u32(out, nr);
	for (unsigned int i = 0; i < nr; i++) {
		add_u32(out, BTF_ID_VMLINUX + i);
		add_u32(out, parts[i].btf_size);
		buf__add(out, parts[i].btf, parts[i].btf_size);
	}
}

static int check_sections(const struct features *features)
{
	unsigned int i;

	for (i = 0; i < FEATURE_END; i++)
		if (features->sections[i].failed)
			return -ENOMEM;
	return 0;
}

int features__build(struct features *features, const struct perfdata_writer_opts *opts)
{
	const struct perfdata_events part = { .btf = opts->btf, .btf_size = opts->btf_size };
	struct buf *sections = features->sections;
	int err;

	memset(features, 0, sizeof(*features));
	err = tracing__write(TRACEPOINT_SYSTEM, opts->schemas, opts->nr_schemas,
			     &sections[FEATURE_TRACING_DATA]);
	if (err)
		return err;
	features__machine(features);
	machine__add_string(&sections[FEATURE_VERSION], "btfsnoop " BTFSNOOP_VERSION,
			    strlen("btfsnoop " BTFSNOOP_VERSION));
	features__cmdline(&sections[FEATURE_CMDLINE], opts->argc, opts->argv);
	features__event_desc(&sections[FEATURE_EVENT_DESC], opts->schemas, opts->nr_schemas,
			     opts->clockid);
	features__clock(features, opts->clockid);
	buf__fill(&sections[FEATURE_SAMPLE_TIME], '\0', 2 * sizeof(uint64_t));
	if (opts->btf_size)
		features__btf(&sections[FEATURE_BPF_BTF], &part, 1);
	return check_sections(features);
}

int features__describe(struct features *features, const struct perfdata_events *parts,
		       unsigned int nr_parts, clockid_t clockid)
{
	struct buf *sections = features->sections;
	struct schema *schemas;
	unsigned int i, nr = 0;
	int err;

	memset(features, 0, sizeof(*features));
	for (i = 0; i < nr_parts; i++)
		nr += parts[i].nr;
	schemas = calloc(nr ? nr : 1, sizeof(*schemas));
	if (!schemas)
		return -ENOMEM;
	for (i = 0, nr = 0; i < nr_parts; nr += parts[i++].nr)
		memcpy(&schemas[nr], parts[i].schemas, parts[i].nr * sizeof(*schemas));
	err = tracing__write(TRACEPOINT_SYSTEM, schemas, nr, &sections[FEATURE_TRACING_DATA]);
	features__event_desc(&sections[FEATURE_EVENT_DESC], schemas, nr, clockid);
	features__btf(&sections[FEATURE_BPF_BTF], parts, nr_parts);
	free(schemas);
	return err ? err : check_sections(features);
}

void features__exit(struct features *features)
{
	unsigned int i;

	for (i = 0; i < FEATURE_END; i++)
		buf__exit(&features->sections[i]);
}
