/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is counted of an event that is not recorded (perf btfsnoop stat): which of its values, and
 * where each one's figures are in a cell (struct bs_cell in bpf/plan.h).
 */
#ifndef BTFSNOOP_PLAN_STAT_H
#define BTFSNOOP_PLAN_STAT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/plan.h"
#include "../spec/spec.h"
#include "../util/diag.h"

struct content;
struct layout;
struct typed_item;
struct typed_spec;

struct stat_opts {
	/* Whether @spec's item of this name (spec_item's name, or text) has a histogram. */
	bool (*has_hist)(const void *ctx, const struct spec *spec, const char *item);
	const void *ctx;
};

struct stat_item {
	char *name;		/* as the user wrote it */
	bool is_signed;
	bool is_duration;	/* nanoseconds */
	bool at_return;		/* counted there */
	uint32_t figure;	/* offset of its struct bs_figure in the cell */
	uint32_t buckets;	/* of its histogram, 0: it has none */
	uint32_t nr_buckets;
};

/* An event's values; the same for all functions that raise it. */
struct stat_shape {
	struct stat_item *items;
	unsigned int nr_items;
	uint32_t cell_size;	/* bytes */
	uint32_t flags;		/* BS_STAT and more: where calls are counted */
};

/*
 * Fills @shape for the items of @content. @content->paired says whether there is a return side.
 * Calls are counted where values are: at the entry, unless all values are of the return, or what it
 * tells decides. Returns 0, -EINVAL or -E2BIG with a message in @diag, -ENOMEM; to be exited also
 * then.
 */
int stat_shape__make(struct stat_shape *shape, const struct content *content,
		     const struct stat_opts *opts, struct diag *diag);
void stat_shape__exit(struct stat_shape *shape);

/* Whether functions can share an event. */
bool stat_shape__equal(const struct stat_shape *a, const struct stat_shape *b);

/* No place in any record: just the bits that say whether an item could be read. */
void stat__make_layout(const struct content *content, struct layout *layout);

/* Whether something is counted, or decided, at the return. */
bool stat__needs_return(const struct typed_spec *typed);

/*
 * Whether @spec asks for the item, and not only looks at it in a condition, nor just chooses
 * functions that have a parameter of its type.
 */
bool stat__counts_item(const struct spec *spec, const struct typed_item *item);

#endif
