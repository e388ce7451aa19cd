// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>

#include "generic.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))
#define MAX_ALIASES		5

struct generic {
	const char *name;
	uint32_t type;
	uint64_t config;
};

#define HW(name, number)	{ name, PERF_TYPE_HARDWARE, PERF_COUNT_HW_##number }
#define SW(name, number)	{ name, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##number }

static const struct generic generics[] = {
	HW("cycles", CPU_CYCLES), HW("cpu-cycles", CPU_CYCLES),
	HW("instructions", INSTRUCTIONS),
	HW("cache-references", CACHE_REFERENCES), HW("cache-misses", CACHE_MISSES),
	HW("branches", BRANCH_INSTRUCTIONS), HW("branch-instructions", BRANCH_INSTRUCTIONS),
	HW("branch-misses", BRANCH_MISSES),
	HW("bus-cycles", BUS_CYCLES),
	HW("stalled-cycles-frontend", STALLED_CYCLES_FRONTEND),
	HW("idle-cycles-frontend", STALLED_CYCLES_FRONTEND),
	HW("stalled-cycles-backend", STALLED_CYCLES_BACKEND),
	HW("idle-cycles-backend", STALLED_CYCLES_BACKEND),
	HW("ref-cycles", REF_CPU_CYCLES),
	SW("cpu-clock", CPU_CLOCK), SW("task-clock", TASK_CLOCK),
	SW("page-faults", PAGE_FAULTS), SW("faults", PAGE_FAULTS),
	SW("minor-faults", PAGE_FAULTS_MIN), SW("major-faults", PAGE_FAULTS_MAJ),
	SW("context-switches", CONTEXT_SWITCHES), SW("cs", CONTEXT_SWITCHES),
	SW("cpu-migrations", CPU_MIGRATIONS), SW("migrations", CPU_MIGRATIONS),
	SW("alignment-faults", ALIGNMENT_FAULTS), SW("emulation-faults", EMULATION_FAULTS),
	SW("dummy", DUMMY), SW("bpf-output", BPF_OUTPUT),
	SW("cgroup-switches", CGROUP_SWITCHES),
};

static const char *const caches[PERF_COUNT_HW_CACHE_MAX][MAX_ALIASES] = {
	[PERF_COUNT_HW_CACHE_L1D]  = { "L1-dcache", "L1-data", "L1-d", "L1d" },
	[PERF_COUNT_HW_CACHE_L1I]  = { "L1-icache", "L1-instruction", "L1-i", "L1i" },
	[PERF_COUNT_HW_CACHE_LL]   = { "LLC", "L2" },
	[PERF_COUNT_HW_CACHE_DTLB] = { "dTLB", "Data-TLB", "d-tlb" },
	[PERF_COUNT_HW_CACHE_ITLB] = { "iTLB", "Instruction-TLB", "i-tlb" },
	[PERF_COUNT_HW_CACHE_BPU]  = { "branch", "branches", "bpu", "btb", "bpc" },
	[PERF_COUNT_HW_CACHE_NODE] = { "node" },
};

static const char *const ops[PERF_COUNT_HW_CACHE_OP_MAX][MAX_ALIASES] = {
	[PERF_COUNT_HW_CACHE_OP_READ]	  = { "load", "loads", "read" },
	[PERF_COUNT_HW_CACHE_OP_WRITE]	  = { "store", "stores", "write" },
	[PERF_COUNT_HW_CACHE_OP_PREFETCH] = { "prefetch", "prefetches", "speculative-read",
					      "speculative-load" },
};

static const char *const results[PERF_COUNT_HW_CACHE_RESULT_MAX][MAX_ALIASES] = {
	[PERF_COUNT_HW_CACHE_RESULT_ACCESS] = { "refs", "reference", "ops", "access" },
	[PERF_COUNT_HW_CACHE_RESULT_MISS]   = { "misses", "miss" },
};

/* What can be asked of which cache: nobody writes code or branch targets. */
static bool can_be(unsigned int cache, unsigned int op)
{
	switch (cache) {
	case PERF_COUNT_HW_CACHE_L1I:
		return op != PERF_COUNT_HW_CACHE_OP_WRITE;
	case PERF_COUNT_HW_CACHE_ITLB:
	case PERF_COUNT_HW_CACHE_BPU:
		return op == PERF_COUNT_HW_CACHE_OP_READ;
	default:
		return true;
	}
}

/*
 * The row of @table one of whose names @rest begins with, the longest; it has to end there, or
 * before a '-'. @rest is moved behind it. -1: none.
 */
static int take_name(const char *const (*table)[MAX_ALIASES], unsigned int nr, struct piece *rest)
{
	size_t best_len = 0;
	int best = -1;

	for (unsigned int row = 0; row < nr; row++) {
		for (unsigned int i = 0; i < MAX_ALIASES && table[row][i]; i++) {
			size_t len = strlen(table[row][i]);

			if (len <= best_len || len > rest->len ||
			    strncasecmp(rest->at, table[row][i], len) ||
			    (len < rest->len && rest->at[len] != '-'))
				continue;
			best = row;
			best_len = len;
		}
	}
	rest->at += best_len;
	rest->len -= best_len;
	return best;
}

/* "-load-misses", "-misses", "" behind the cache's name. */
static bool take_op_and_result(struct piece rest, int *op, int *result)
{
	*op = *result = -1;
	while (rest.len) {
		int found;

		rest.at++;		/* the '-' that take_name() stopped at */
		rest.len--;
		found = *op < 0 ? take_name(ops, ARRAY_SIZE(ops), &rest) : -1;
		if (found >= 0) {
			*op = found;
			continue;
		}
		found = *result < 0 ? take_name(results, ARRAY_SIZE(results), &rest) : -1;
		if (found < 0)
			return false;
		*result = found;
	}
	if (*op < 0)
		*op = PERF_COUNT_HW_CACHE_OP_READ;
	if (*result < 0)
		*result = PERF_COUNT_HW_CACHE_RESULT_ACCESS;
	return true;
}

static bool find_cache(struct piece name, struct perf_event_attr *attr)
{
	int cache = take_name(caches, ARRAY_SIZE(caches), &name), op, result;

	if (cache < 0 || !take_op_and_result(name, &op, &result) || !can_be(cache, op))
		return false;
	attr->type = PERF_TYPE_HW_CACHE;
	attr->config = cache | op << 8 | result << 16;
	return true;
}

/* r1a8: hexadecimal digits. */
static bool find_raw(struct piece name, struct perf_event_attr *attr)
{
	uint64_t config = 0;

	if (name.len < 2 || name.len > 17 || *name.at != 'r')
		return false;
	for (size_t i = 1; i < name.len; i++) {
		unsigned char c = name.at[i];

		if (!isxdigit(c))
			return false;
		config = config << 4 | (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	attr->type = PERF_TYPE_RAW;
	attr->config = config;
	return true;
}

bool generic__find(struct piece name, struct perf_event_attr *attr)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(generics); i++) {
		if (!piece__is(name, generics[i].name))
			continue;
		attr->type = generics[i].type;
		attr->config = generics[i].config;
		return true;
	}
	return find_cache(name, attr) || find_raw(name, attr);
}

void generic__suggest(struct suggest *suggest)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(generics); i++)
		suggest__offer(suggest, generics[i].name);
}
