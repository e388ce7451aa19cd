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

/* The subset itself, to add further types (event structs, tags) to. Owned by @subset. */
struct btf *subset__btf(struct subset *subset);

#endif
