// SPDX-License-Identifier: GPL-2.0-only
#include "features.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void features__event_desc(struct buf *out, const struct described *described)
{
	const struct perfdata_foreign *event;

	add_u32(out, described->nr);
	add_u32(out, described->attr_size);
	for (unsigned int i = 0; i < described->nr; i++) {
		event = &described->list[i];
		described__add_attr(described, i, out);
		add_u32(out, event->nr_ids);
		machine__add_string(out, event->name, strlen(event->name));
		buf__add(out, event->ids, event->nr_ids * sizeof(*event->ids));
	}
}

/*
 * Groups (tools/perf/util/header.c, write_group_desc()): their number, then of each its name, the index
 * of its first event and how many it has.
 */
static void features__group_desc(struct buf *out, const struct described *described)
{
	const char *name;
	uint32_t nr = 0;

	for (unsigned int i = 0; i < described->nr; i++)
		nr += described->list[i].nr_members > 1;
	if (!nr)
		return;
	add_u32(out, nr);
	for (unsigned int i = 0; i < described->nr; i++) {
		if (described->list[i].nr_members < 2)
			continue;
		name = described->list[i].group_name;
		if (!name)
			name = PERFDATA_NO_GROUP_NAME;
		machine__add_string(out, name, strlen(name));
		add_u32(out, i);
		add_u32(out, described->list[i].nr_members);
	}
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
	uint32_t id = BTF_ID_VMLINUX, nr_objects = 0;

	for (unsigned int i = 0; i < nr; i++)
		nr_objects += parts[i].btf_size != 0;
	if (!nr_objects)
		return;
	add_u32(out, nr_objects);
	for (unsigned int i = 0; i < nr; i++) {
		if (!parts[i].btf_size)
			continue;
		add_u32(out, id++);
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

/* What another machine said of itself and its clock. */
static void features__given(struct features *features, const struct buf *given)
{
	for (unsigned int bit = 0; bit < FEATURE_END; bit++)
		if (given[bit].data)
			buf__add(&features->sections[bit], given[bit].data, given[bit].len);
}

int features__build(struct features *features, const struct perfdata_writer_opts *opts,
		    const struct features_events *events)
{
	struct buf *sections = features->sections;
	int err;

	err = features__describe(features, events);
	if (err)
		return err;
	if (opts->given) {
		features__given(features, opts->given);
	} else {
		features__machine(features);
		features__clock(features, opts->clockid);
		features__cmdline(&sections[FEATURE_CMDLINE], opts->argc, opts->argv);
	}
	machine__add_string(&sections[FEATURE_VERSION], "btfsnoop " BTFSNOOP_VERSION,
			    strlen("btfsnoop " BTFSNOOP_VERSION));
	buf__fill(&sections[FEATURE_SAMPLE_TIME], '\0', 2 * sizeof(uint64_t));
	return check_sections(features);
}

/* All schemas of the parts, in a row: to be freed; their members are the parts'. */
static struct schema *join_schemas(const struct features_events *events, unsigned int *nr)
{
	struct schema *schemas;
	unsigned int i;

	for (i = 0, *nr = 0; i < events->nr_parts; i++)
		*nr += events->parts[i].nr;
	schemas = calloc(*nr ? *nr : 1, sizeof(*schemas));
	if (!schemas)
		return NULL;
	for (i = 0, *nr = 0; i < events->nr_parts; *nr += events->parts[i++].nr)
		if (events->parts[i].nr)
			memcpy(&schemas[*nr], events->parts[i].schemas,
			       events->parts[i].nr * sizeof(*schemas));
	return schemas;
}

/* Without a single tracepoint there is no section of their formats. */
static bool has_formats(const struct features_events *events, unsigned int nr_schemas)
{
	for (unsigned int i = 0; i < events->nr_foreign; i++)
		if (events->foreign[i].format)
			return true;
	return nr_schemas;
}

int features__describe(struct features *features, const struct features_events *events)
{
	struct buf *sections = features->sections;
	struct schema *schemas;
	unsigned int nr;
	int err = 0;

	memset(features, 0, sizeof(*features));
	schemas = join_schemas(events, &nr);
	if (!schemas)
		return -ENOMEM;
	if (has_formats(events, nr))
		err = tracing__write(TRACEPOINT_SYSTEM, schemas, nr, events->foreign,
				     events->nr_foreign, &sections[FEATURE_TRACING_DATA]);
	free(schemas);
	if (events->described) {
		features__event_desc(&sections[FEATURE_EVENT_DESC], events->described);
		features__group_desc(&sections[FEATURE_GROUP_DESC], events->described);
	}
	features__btf(&sections[FEATURE_BPF_BTF], events->parts, events->nr_parts);
	return err ? err : check_sections(features);
}

void features__exit(struct features *features)
{
	unsigned int i;

	for (i = 0; i < FEATURE_END; i++)
		buf__exit(&features->sections[i]);
}
