/* SPDX-License-Identifier: GPL-2.0-only */
/* C's integer types in BTF: what operators give has a type even if nothing else is of it. */
#ifndef BTFSNOOP_TYPES_INTEGERS_H
#define BTFSNOOP_TYPES_INTEGERS_H

#include <bpf/btf.h>

/* Adds those that @btf doesn't have by name. Returns 0 or a negative errno. */
int integers__add(struct btf *btf);

#endif
