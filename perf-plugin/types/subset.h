/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small BTF object of its own that holds copies of just the types needed to show some values:
 * what a value contains is copied whole, what it only points to becomes a name (a forward
 * declaration). Types may come from several BTF objects; each is copied once.
 *
 * What is left out, as no value shows it: const, volatile, restrict, type tags, the names of
 * parameters and the values of enums behind pointers.
 */
#ifndef BTFSNOOP_TYPES_SUBSET_H
#define BTFSNOOP_TYPES_SUBSET_H

#include <stdint.h>
#include <bpf/btf.h>

struct subset;

int subset__new(struct subset **out);
void subset__free(struct subset *subset);

/*
 * Copies type @id of @btf and all that is part of it. @id 0 is void. Returns the id in the subset
 * (0 for void) or a negative errno; nesting deeper than 64 and broken BTF give -EINVAL.
 * @btf has to outlive the subset: what was copied is remembered by its address.
 */
int subset__add(struct subset *subset, const struct btf *btf, uint32_t id);

/*
 * The same for @depth pointers to type @id, which @btf itself need not have: with a depth, only the
 * name of what they point to is copied. The same pointers have the same id.
 */
int subset__add_pointer(struct subset *subset, const struct btf *btf, uint32_t id,
			unsigned int depth);

/*
 * An array of @nr bytes (unsigned char) or characters (char), for what no BTF has a type for. The
 * same array has the same id. Returns it or a negative errno.
 */
int subset__add_bytes(struct subset *subset, uint32_t nr);
int subset__add_chars(struct subset *subset, uint32_t nr);

/* The subset itself, to add further types (event structs, tags) to. Owned by @subset. */
struct btf *subset__btf(struct subset *subset);

#endif
