/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways of tracked objects, of each the last step that is known. */
#ifndef BTFSNOOP_EXPORT_FLOWS_H
#define BTFSNOOP_EXPORT_FLOWS_H

#include <stdint.h>
#include <uthash.h>

struct thread;

struct flow_step {
	uint64_t id;			/* of the object */
	const struct thread *thread;
	uint64_t time;
};

struct flow {
	UT_hash_handle hh;
	uint64_t id;
	uint32_t nr;			/* steps so far */
	struct flow_step last;
};

struct flows {
	struct flow *by_id;
};

/*
 * Takes @step; *@before becomes the one before it. Returns how many it makes of this flow, or
 * -ENOMEM.
 */
int flows__step(struct flows *flows, const struct flow_step *step, struct flow_step *before);
void flows__exit(struct flows *flows);

#endif
