// SPDX-License-Identifier: GPL-2.0-only
#include "generation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/verbose.h"

int generation__prepare(struct generation *gen)
{
	struct event_list *events = gen->resolved.events;
	int err = 0;

	gen->events = events;
	gen->lost = calloc(events->nr + 1, sizeof(*gen->lost));
	gen->schemas = calloc(events->nr + 1, sizeof(*gen->schemas));
	if (!gen->lost || !gen->schemas)
		return -ENOMEM;
	for (unsigned int i = 0; i < events->nr && !err; i++) {
		struct event *event = events->events[i];

		for (unsigned int j = 0; j < event->nr_plans; j++)
			event->plans[j]->sample_id = PERFDATA_SAMPLE_ID(events->first + i);
		err = schema__to_btf(&event->schema, subset__btf(events->types));
		gen->schemas[i] = event->schema;
	}
	return err;
}

int generation__attach(struct generation *gen, const struct attach_opts *opts, struct diag *diag)
{
	int err = attach__new(opts, gen->events, gen->resolved.kbtf, &gen->attach, diag);

	if (!err)
		err = attach__load(gen->attach, diag);
	if (!err)
		err = attach__attach(gen->attach, diag);
	if (!err)
		generation__say(gen);
	return err;
}

int generation__describe(const struct generation *gen, struct perfdata_events *events)
{
	*events = (struct perfdata_events){ .schemas = gen->schemas, .nr = gen->events->nr };
	events->btf = btf__raw_data(subset__btf(gen->events->types), &events->btf_size);
	return events->btf ? 0 : -ENOMEM;
}

bool generation__has_module(const struct generation *gen, const char *module)
{
	return gen->attach && attach__has_module(gen->attach, module);
}

unsigned int generation__nr_funcs(const struct generation *gen, const char *module)
{
	return gen->attach ? attach__nr_funcs(gen->attach, module) : 0;
}

int generation__write_lost(struct generation *gen, struct sink *sink, uint64_t time)
{
	int err = 0;

	for (unsigned int i = 0; gen->attach && i < gen->events->nr && !err; i++) {
		struct bs_counters c = attach__counters(gen->attach, i);
		uint64_t lost = c.lost_ring + c.lost_slot;

		if (lost == gen->lost[i])
			continue;
		err = sink__lost(sink, gen->events->first + i, lost - gen->lost[i],
					    time);
		gen->lost[i] = lost;
	}
	return err;
}

static void count(struct generation *gen)
{
	for (unsigned int i = 0; gen->attach && i < gen->events->nr; i++) {
		struct bs_counters c = attach__counters(gen->attach, i);

		gen->lost_ring += c.lost_ring;
		gen->lost_slot += c.lost_slot;
		gen->missed += attach__missed(gen->attach, i);
	}
}

int generation__end(struct generation *gen, struct sink *sink, uint64_t time)
{
	int err = 0;

	gen->is_over = true;
	if (!gen->attach)
		return 0;
	attach__detach(gen->attach);
	err = generation__write_lost(gen, sink, time);
	count(gen);
	attach__free(gen->attach);
	gen->attach = NULL;
	return err;
}

void generation__sum_up(struct generation *gen, struct session_result *result)
{
	if (!gen->is_over)
		count(gen);
	result->lost_ring += gen->lost_ring;
	result->lost_slot += gen->lost_slot;
	result->missed += gen->missed;
}

void generation__say(const struct generation *gen)
{
	struct buf text = BUF_INIT;

	for (unsigned int i = 0; verbose > 0 && i < gen->events->nr; i++) {
		buf__clear(&text);
		attach__describe(gen->attach, i, &text);
		pr_debug("btfsnoop:%s: %s\n", gen->events->events[i]->schema.name, buf__str(&text));
	}
	buf__exit(&text);
}

void generation__free(struct generation *gen)
{
	attach__free(gen->attach);
	resolved__exit(&gen->resolved);
	free(gen->schemas);
	free(gen->lost);
	if (!gen->module)
		return;
	free(gen->module);
	free(gen);
}
