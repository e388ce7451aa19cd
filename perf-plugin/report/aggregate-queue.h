/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples on their way into aggregates. The text of a tracepoint of perf's (key trace) is made by
 * another process, and to ask it for many at once is many times quicker: so they wait here, with
 * all that is to be known of them.
 */
#ifndef BTFSNOOP_REPORT_AGGREGATE_QUEUE_H
#define BTFSNOOP_REPORT_AGGREGATE_QUEUE_H

#include "aggregate.h"

struct aggregate_queue;

/* Returns 0 or -ENOMEM. */
int aggregate_queue__new(struct input *input, struct aggregate_queue **out);

/* What waits is dropped. */
void aggregate_queue__free(struct aggregate_queue *queue);

/*
 * As aggregate__add(), but the sample may be in @agg, which has to outlive that, only after
 * aggregate_queue__flush(). Nobody else may print texts of tracepoints meanwhile. Returns 0 or
 * -ENOMEM.
 */
int aggregate_queue__add(struct aggregate_queue *queue, struct aggregate *agg,
			 const struct perfdata_sample *sample);

/* Adds all that waits. Returns 0 or -ENOMEM. */
int aggregate_queue__flush(struct aggregate_queue *queue);

#endif
