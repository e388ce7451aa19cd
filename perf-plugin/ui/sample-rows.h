/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the page of a sample shows, row by row: whose it is and when, its values as a tree, bytes,
 * and its call chain.
 */
#ifndef BTFSNOOP_UI_SAMPLE_ROWS_H
#define BTFSNOOP_UI_SAMPLE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "../render/value-tree.h"
#include "../report/samples.h"
#include "line.h"

struct sample_rows;

#define SAMPLE_ROWS_NONE	UINT32_MAX

/* What is shown of it. */
struct sample_look {
	bool types;
	bool zeros;		/* members that are zero, too */
};

/* Returns 0 or -ENOMEM. */
int sample_rows__new(struct samples *samples, struct input *input, struct sample_rows **out);
void sample_rows__free(struct sample_rows *rows);

/*
 * Shows sample @index; what was unfolded of the one before stays so if it is of the same event.
 * Returns 0, -ENOMEM, or an error of samples__read(): then no values are shown.
 */
int sample_rows__load(struct sample_rows *rows, uint32_t index);

/* How it is shown; sample_rows__lay_out() has to follow. */
struct sample_look *sample_rows__look(struct sample_rows *rows);

/* The tree, NULL: there is none; what is unfolded in it takes effect by sample_rows__lay_out(). */
struct value_tree *sample_rows__tree(struct sample_rows *rows);

/*
 * A search looks at all members, unfolded or not: from now on rows are those of a tree of its own.
 * When it ends, *@node, of that tree, becomes the same of the other one, unfolded so far that it's
 * seen. Returns 0 or -ENOMEM.
 */
int sample_rows__begin_search(struct sample_rows *rows);
void sample_rows__end_search(struct sample_rows *rows, struct value_node **node);

/* Shows the bytes of @node below it, or of all the record for NULL; again, and they're gone. */
void sample_rows__toggle_bytes(struct sample_rows *rows, const struct value_node *node);

/* Counts the rows anew. Returns 0 or -ENOMEM. */
int sample_rows__lay_out(struct sample_rows *rows);

uint32_t sample_rows__nr(const struct sample_rows *rows);

/* The node that row @row shows or belongs to; NULL: none. */
struct value_node *sample_rows__node(const struct sample_rows *rows, uint32_t row);

/* The row of @node, or of the nearest one around it that is shown; SAMPLE_ROWS_NONE: none. */
uint32_t sample_rows__row(const struct sample_rows *rows, const struct value_node *node);

void sample_rows__draw(struct sample_rows *rows, uint32_t row, struct screen_line *line);

/*
 * Is @filter part of the name of a member in this row, or of one inside it? Letters are alike
 * whatever their case unless there are capitals in @filter.
 */
bool sample_rows__match(struct sample_rows *rows, uint32_t row, const char *filter);

/* Appends all there is to say of @node, over several lines. */
void sample_rows__describe(struct sample_rows *rows, const struct value_node *node,
			   struct buf *out);

#endif
