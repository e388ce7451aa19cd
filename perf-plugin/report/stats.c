// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

/*
 * perf's names for the types of records, from 64 on those that perf itself writes
 * (perf_event__names[] in tools/perf/util/event.c, enum perf_user_event_type).
 */
static const char *const type_names[PERFDATA_MAX_TYPE + 1] = {
	[1] = "MMAP", "LOST", "COMM", "EXIT", "THROTTLE", "UNTHROTTLE", "FORK", "READ", "SAMPLE",
	"MMAP2", "AUX", "ITRACE_START", "LOST_SAMPLES", "SWITCH", "SWITCH_CPU_WIDE", "NAMESPACES",
	"KSYMBOL", "BPF_EVENT", "CGROUP", "TEXT_POKE", "AUX_OUTPUT_HW_ID",
	[64] = "ATTR", "EVENT_TYPE", "TRACING_DATA", "BUILD_ID", "FINISHED_ROUND", "ID_INDEX",
	"AUXTRACE_INFO", "AUXTRACE", "AUXTRACE_ERROR", "THREAD_MAP", "CPU_MAP", "STAT_CONFIG",
	"STAT", "STAT_ROUND", "EVENT_UPDATE", "TIME_CONV", "FEATURE", "COMPRESSED",
	"FINISHED_INIT", "COMPRESSED2", "BPF_METADATA",
};

struct counts {
	uint64_t *samples;		/* by event */
	unsigned int nr;
};

static int count_sample(struct counts *counts, const struct input *input, unsigned int event)
{
	if (event >= counts->nr) {
		unsigned int nr = input__nr_events(input);
		uint64_t *more = reallocarray(counts->samples, nr, sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + counts->nr, 0, (nr - counts->nr) * sizeof(*more));
		counts->samples = more;
		counts->nr = nr;
	}
	counts->samples[event]++;
	return 0;
}

static void print_types(const struct perfdata_reader *reader)
{
	uint64_t total = 0, nr;
	unsigned int i;

	for (i = 0; i <= PERFDATA_MAX_TYPE; i++)
		total += perfdata_reader__nr_records(reader, i);
	printf("\nAggregated stats:\n%16s events: %10" PRIu64 "\n", "TOTAL", total);
	for (i = 0; i <= PERFDATA_MAX_TYPE; i++) {
		char name[24];

		nr = perfdata_reader__nr_records(reader, i);
		if (!nr)
			continue;
		snprintf(name, sizeof(name), "type %u", i);
		printf("%16s events: %10" PRIu64 "  (%4.1f%%)\n",
		       type_names[i] ? type_names[i] : name, nr, nr * 100.0 / total);
	}
}

int stats__print(struct input *input, bool show_empty, struct diag *diag)
{
	struct perfdata_record record;
	struct counts counts = { 0 };
	unsigned int i;
	int err;

	while ((err = input__next(input, &record, diag)) > 0) {
		err = record.type == PERF_RECORD_SAMPLE ?
		      count_sample(&counts, input, record.sample.event) : 0;
		if (err)
			break;
	}
	if (!err)
		print_types(input__reader(input));
	for (i = 0; !err && i < input__nr_events(input); i++) {
		uint64_t nr = i < counts.nr ? counts.samples[i] : 0;

		if (nr || show_empty)
			printf("%s stats:\n%16s events: %10" PRIu64 "\n",
			       input__event(input, i)->name, "SAMPLE", nr);
	}
	free(counts.samples);
	return err;
}
