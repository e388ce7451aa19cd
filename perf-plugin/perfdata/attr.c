// SPDX-License-Identifier: GPL-2.0-only
#include "attr.h"

#include <string.h>

#include "writer.h"

void attr__init(struct perf_event_attr *attr, const struct schema *schema, unsigned int index,
		clockid_t clockid)
{
	memset(attr, 0, sizeof(*attr));
	attr->type = PERF_TYPE_TRACEPOINT;
	attr->size = PERFDATA_ATTR_SIZE;
	attr->config = schema->id;
	attr->sample_period = 1;
	attr->sample_type = PERFDATA_SAMPLE_TYPE;
	attr->read_format = PERF_FORMAT_ID;
	attr->sample_id_all = 1;
	attr->use_clockid = 1;
	attr->clockid = clockid;
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

void attr__make_late(struct perf_event_attr *attr)
{
	attr->type = PERF_TYPE_SOFTWARE;
	attr->config = PERF_COUNT_SW_BPF_OUTPUT;
}

bool attr__is_late(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_BPF_OUTPUT;
}
