// SPDX-License-Identifier: GPL-2.0-only
#include "evname.h"

#include <linux/hw_breakpoint.h>
#include <stddef.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))

static const char *const hardware[PERF_COUNT_HW_MAX] = {
	[PERF_COUNT_HW_CPU_CYCLES]		= "cycles",
	[PERF_COUNT_HW_INSTRUCTIONS]		= "instructions",
	[PERF_COUNT_HW_CACHE_REFERENCES]	= "cache-references",
	[PERF_COUNT_HW_CACHE_MISSES]		= "cache-misses",
	[PERF_COUNT_HW_BRANCH_INSTRUCTIONS]	= "branches",
	[PERF_COUNT_HW_BRANCH_MISSES]		= "branch-misses",
	[PERF_COUNT_HW_BUS_CYCLES]		= "bus-cycles",
	[PERF_COUNT_HW_STALLED_CYCLES_FRONTEND]	= "stalled-cycles-frontend",
	[PERF_COUNT_HW_STALLED_CYCLES_BACKEND]	= "stalled-cycles-backend",
	[PERF_COUNT_HW_REF_CPU_CYCLES]		= "ref-cycles",
};

static const char *const software[PERF_COUNT_SW_MAX] = {
	[PERF_COUNT_SW_CPU_CLOCK]		= "cpu-clock",
	[PERF_COUNT_SW_TASK_CLOCK]		= "task-clock",
	[PERF_COUNT_SW_PAGE_FAULTS]		= "page-faults",
	[PERF_COUNT_SW_CONTEXT_SWITCHES]	= "context-switches",
	[PERF_COUNT_SW_CPU_MIGRATIONS]		= "cpu-migrations",
	[PERF_COUNT_SW_PAGE_FAULTS_MIN]		= "minor-faults",
	[PERF_COUNT_SW_PAGE_FAULTS_MAJ]		= "major-faults",
	[PERF_COUNT_SW_ALIGNMENT_FAULTS]	= "alignment-faults",
	[PERF_COUNT_SW_EMULATION_FAULTS]	= "emulation-faults",
	[PERF_COUNT_SW_DUMMY]			= "dummy",
	[PERF_COUNT_SW_BPF_OUTPUT]		= "bpf-output",
	[PERF_COUNT_SW_CGROUP_SWITCHES]		= "cgroup-switches",
};

static const char *const caches[PERF_COUNT_HW_CACHE_MAX] = {
	[PERF_COUNT_HW_CACHE_L1D]	= "L1-dcache",
	[PERF_COUNT_HW_CACHE_L1I]	= "L1-icache",
	[PERF_COUNT_HW_CACHE_LL]	= "LLC",
	[PERF_COUNT_HW_CACHE_DTLB]	= "dTLB",
	[PERF_COUNT_HW_CACHE_ITLB]	= "iTLB",
	[PERF_COUNT_HW_CACHE_BPU]	= "branch",
	[PERF_COUNT_HW_CACHE_NODE]	= "node",
};

static const char *const cache_ops[PERF_COUNT_HW_CACHE_OP_MAX][2] = {
	[PERF_COUNT_HW_CACHE_OP_READ]		= { "loads", "load" },
	[PERF_COUNT_HW_CACHE_OP_WRITE]		= { "stores", "store" },
	[PERF_COUNT_HW_CACHE_OP_PREFETCH]	= { "prefetches", "prefetch" },
};

/* The upper half of the config is the PMU's type on machines with several kinds of CPUs (5.15). */
#define HW_EVENT_MASK	0xffffffff

static void add_generic(const char *kind, const char *const *names, unsigned int nr,
			uint64_t config, struct buf *out)
{
	if (config < nr && names[config])
		buf__adds(out, names[config]);
	else
		buf__addf(out, "unknown-%s-%#llx", kind, (unsigned long long)config);
}

/* Cache, operation and result, a byte each: "L1-dcache-loads", "LLC-store-misses". */
static void add_cache(uint64_t config, struct buf *out)
{
	uint64_t cache = config & 0xff, op = config >> 8 & 0xff, result = config >> 16 & 0xff;

	if (cache >= ARRAY_SIZE(caches) || op >= ARRAY_SIZE(cache_ops) ||
	    result >= PERF_COUNT_HW_CACHE_RESULT_MAX) {
		buf__addf(out, "unknown-ext-hardware-cache-%#llx", (unsigned long long)config);
		return;
	}
	buf__adds(out, caches[cache]);
	buf__addc(out, '-');
	if (result == PERF_COUNT_HW_CACHE_RESULT_MISS) {
		buf__adds(out, cache_ops[op][1]);
		buf__adds(out, "-misses");
	} else {
		buf__adds(out, cache_ops[op][0]);
	}
}

static void add_breakpoint(const struct perf_event_attr *attr, struct buf *out)
{
	buf__adds(out, "mem:");
	buf__addx(out, attr->bp_addr);
	buf__addc(out, ':');
	if (attr->bp_type & HW_BREAKPOINT_R)
		buf__addc(out, 'r');
	if (attr->bp_type & HW_BREAKPOINT_W)
		buf__addc(out, 'w');
	if (attr->bp_type & HW_BREAKPOINT_X)
		buf__addc(out, 'x');
}

void evname__add(const struct perf_event_attr *attr, struct buf *out)
{
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
		add_generic("hardware", hardware, ARRAY_SIZE(hardware),
			    attr->config & HW_EVENT_MASK, out);
		break;
	case PERF_TYPE_SOFTWARE:
		add_generic("software", software, ARRAY_SIZE(software), attr->config, out);
		break;
	case PERF_TYPE_HW_CACHE:
		add_cache(attr->config & HW_EVENT_MASK, out);
		break;
	case PERF_TYPE_BREAKPOINT:
		add_breakpoint(attr, out);
		break;
	case PERF_TYPE_TRACEPOINT:
		buf__adds(out, "tracepoint-");
		buf__addu(out, attr->config);
		break;
	case PERF_TYPE_RAW:
		buf__adds(out, "raw ");
		buf__addx(out, attr->config);
		break;
	default:
		buf__addf(out, "pmu-%u-%#llx", attr->type, (unsigned long long)attr->config);
	}
}
