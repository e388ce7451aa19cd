/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of one sample as a tree that is unfolded step by step: members of structs and of
 * unions (all of them), elements of arrays (those that are alike as one: "[4..17]"), rows of
 * buffers. What is not unfolded is not looked into.
 *
 * The tree knows nothing of a screen. A node's text is made when it's asked for.
 */
#ifndef BTFSNOOP_RENDER_VALUE_TREE_H
#define BTFSNOOP_RENDER_VALUE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

struct value_tree;
struct value_node;

#define VALUE_TREE_MAX_NODES	(1u << 17)	/* that a tree gets; more are not unfolded */

/*
 * The tree of a sample of @view, which has to outlive it, as do @opts' symbols; @raw_size bytes
 * (event_view__fits()) at @raw are copied. Its root has the fields, unfolded. Returns 0 or -ENOMEM.
 */
int value_tree__new(const struct event_view *view, const void *raw, size_t raw_size,
		    const struct value_opts *opts, struct value_tree **out);
void value_tree__free(struct value_tree *tree);

struct value_node *value_tree__root(struct value_tree *tree);

/*
 * Unfolds what is unfolded in @like, the tree of another sample of the same event, as far as it's
 * here, too. Returns 0 or -ENOMEM.
 */
int value_tree__unfold_like(struct value_tree *tree, const struct value_tree *like);

/*
 * The node of @tree that stands where @node does in another tree of the same event, what leads
 * there being unfolded. NULL: there is none.
 */
struct value_node *value_tree__find_like(struct value_tree *tree, const struct value_node *node);

/* Parts that a node has, whether or not it's unfolded: asking doesn't unfold it. */
bool value_node__has_parts(const struct value_node *node);
bool value_node__is_unfolded(const struct value_node *node);

/*
 * Unfolds @node. Anonymous structs and unions among its members are unfolded with it. Returns 0,
 * -E2BIG when the tree would get too many nodes, -ENOMEM.
 */
int value_tree__unfold(struct value_tree *tree, struct value_node *node);

/* Folds it; what is unfolded below is so again when it's unfolded. */
void value_node__fold(struct value_node *node);

/*
 * Unfolds all below @node, until the tree has @max_nodes or VALUE_TREE_MAX_NODES nodes. With @zeros
 * false not what is all zero. Returns 0, -E2BIG when something was left folded, -ENOMEM.
 */
int value_tree__unfold_all(struct value_tree *tree, struct value_node *node, bool zeros,
			   uint32_t max_nodes);
void value_node__fold_all(struct value_node *node);

/* Those of a node that was unfolded once; else there are none. */
uint32_t value_node__nr_parts(const struct value_node *node);
struct value_node *value_node__part(const struct value_node *node, uint32_t index);

struct value_node *value_node__parent(const struct value_node *node);	/* the root's: NULL */
unsigned int value_node__depth(const struct value_node *node);		/* of a field: 0 */

/* All bytes, or a bitfield's bits, are zero. Not so a field, which is always shown. */
bool value_node__is_zero(const struct value_node *node);

/* The field's index in the schema that it is, or is part of. */
unsigned int value_node__field(const struct value_node *node);

/*
 * Appends what it's called, safe for a terminal: "skb->len" (a field), "len" (a member), "union"
 * (an anonymous one), "[3]", "[4..17]", "0010:" (a row of a buffer).
 */
void value_tree__label(const struct value_tree *tree, const struct value_node *node,
		       struct buf *out);

/* Appends where it is, as C has it: "skb->dev_addr[2]". */
void value_tree__path(const struct value_tree *tree, const struct value_node *node,
		      struct buf *out);

/* Appends its type, safe for a terminal: "unsigned int:3"; nothing where there is none. */
void value_tree__type(const struct value_tree *tree, const struct value_node *node,
		      struct buf *out);

/*
 * Appends the value in one line: of a number all of it; of what has parts as much as fits into a
 * few words: "{...}", "{.counter = 1}", "[0x1, 0x0 x 12, ...]".
 */
void value_tree__value(struct value_tree *tree, const struct value_node *node, struct buf *out);

/*
 * The bytes that it has in the sample, @size of them from @offset in the raw data on. A bitfield
 * has those that it touches. NULL: none, as of a string outside of the record.
 */
const void *value_tree__bytes(const struct value_tree *tree, const struct value_node *node,
			      uint32_t *offset, uint32_t *size);

#endif
