/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enumerators by name, of all enums of a BTF object: C has no need to say which enum one is of. An
 * index of them is made when the first is looked for, as a pattern's functions ask by the thousand.
 */
#ifndef BTFSNOOP_TYPES_ENUMS_H
#define BTFSNOOP_TYPES_ENUMS_H

#include <stdint.h>
#include <bpf/btf.h>

struct enums;

struct enumerator {
	int64_t value;		/* extended as the enum's size and sign have it */
	uint32_t enum_id;
};

/*
 * @btf, and @base, the index of what @btf is split from (NULL: of nothing), outlive this. Nothing
 * is read yet. Returns 0 or -ENOMEM.
 */
int enums__new(const struct btf *btf, struct enums *base, struct enums **out);
void enums__free(struct enums *enums);

/*
 * Up to @max enumerators of this name, of different values. Returns how many, or -ENOMEM.
 */
int enums__find(struct enums *enums, const char *name, struct enumerator *found, unsigned int max);

/* As kbtf__suggest(). */
unsigned int enums__suggest(const struct enums *enums, const char *name, const char **names,
			    unsigned int max);

#endif
