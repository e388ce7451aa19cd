// SPDX-License-Identifier: GPL-2.0-only
#include "attr.h"

#include <string.h>

#include "writer.h"

void attr__init(struct perf_event_attr *attr, const struct schema *schema, unsigned int index,
		const struct attr_common *common)
{
	memset(attr, 0, sizeof(*attr));
	attr->type = PERF_TYPE_TRACEPOINT;
	attr->size = PERFDATA_ATTR_SIZE;
	attr->config = schema->id;
	attr->sample_period = 1;
	attr->sample_type = common->sample_type ? common->sample_type : PERFDATA_SAMPLE_TYPE;
	attr->read_format = PERF_FORMAT_ID;
	attr->sample_id_all = 1;
	attr->use_clockid = 1;
	attr->clockid = common->clockid;
	if (attr->sample_type & PERF_SAMPLE_CALLCHAIN) {
		attr->sample_max_stack = common->max_stack;
		attr->exclude_callchain_kernel = common->no_kernel_chain;
		attr->exclude_callchain_user = common->no_user_chain;
	}
	if (index)
		return;
	/*
	 * Not a dummy event, as perf record adds for this: with one event that is no tracepoint in
	 * the file, perf report no longer sorts by what the tracepoints say (util/sort.c,
	 * get_default_sort_order()).
	 */
	attr->mmap = 1;
	attr->mmap2 = 1;
	attr->comm = 1;
	attr->comm_exec = 1;
	attr->task = 1;
}

uint32_t attr__needed_size(const struct perf_event_attr *attr)
{
	const uint64_t *words = (const uint64_t *)attr;
	uint32_t size = sizeof(*attr);

	/* Since VER5 it grew by 8 bytes each time. */
	while (size > PERFDATA_ATTR_SIZE && !words[size / sizeof(*words) - 1])
		size -= sizeof(*words);
	return size;
}

void attr__make_late(struct perf_event_attr *attr)
{
	attr->type = PERF_TYPE_SOFTWARE;
	attr->config = PERF_COUNT_SW_BPF_OUTPUT;
}

bool attr__is_late(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_BPF_OUTPUT;
}
