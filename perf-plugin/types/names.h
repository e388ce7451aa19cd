/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types of a BTF object by name. libbpf looks through all of them for each name, which is too slow
 * for a pattern's functions; the index here is made when the first is looked for.
 */
#ifndef BTFSNOOP_TYPES_NAMES_H
#define BTFSNOOP_TYPES_NAMES_H

#include <stdint.h>
#include <bpf/btf.h>

struct type_names;

/*
 * @btf, and @base, the index of what @btf is split from (NULL: of nothing), outlive this. Nothing
 * is read yet. Returns 0 or -ENOMEM.
 */
int type_names__new(const struct btf *btf, struct type_names *base, struct type_names **out);
void type_names__free(struct type_names *names);

/* As type__find() (types/type.h) on the same object, also without memory for an index. */
uint32_t type_names__find(struct type_names *names, const char *name, uint32_t kind);

#endif
