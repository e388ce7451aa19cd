// SPDX-License-Identifier: GPL-2.0-only
#include "flows.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

int flows__step(struct flows *flows, const struct flow_step *step, struct flow_step *before)
{
	struct flow *flow;

	HASH_FIND(hh, flows->by_id, &step->id, sizeof(step->id), flow);
	if (!flow) {
		flow = calloc(1, sizeof(*flow));
		if (!flow)
			return -ENOMEM;
		flow->id = step->id;
		HASH_ADD(hh, flows->by_id, id, sizeof(flow->id), flow);
	}
	*before = flow->last;
	flow->last = *step;
	if (flow->nr < INT_MAX)
		flow->nr++;
	return flow->nr;
}

void flows__exit(struct flows *flows)
{
	struct flow *flow, *next;

	HASH_ITER(hh, flows->by_id, flow, next) {
		HASH_DEL(flows->by_id, flow);
		free(flow);
	}
}
