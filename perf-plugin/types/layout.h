/* SPDX-License-Identifier: GPL-2.0-only */
/* Where things lie inside structs and unions, and whether a BTF object can be trusted on that. */
#ifndef BTFSNOOP_TYPES_LAYOUT_H
#define BTFSNOOP_TYPES_LAYOUT_H

#include <stdint.h>
#include <bpf/btf.h>

#include "type.h"

#define LAYOUT_MAX_DEPTH	128	/* structs, arrays, typedefs... within each other */

/*
 * Member @index of the struct or union @t: its type and place. Both encodings of bitfields are
 * understood (Documentation/bpf/btf.rst, BTF_KIND_STRUCT: in the member, or in the integer).
 */
void layout__member(const struct btf *btf, const struct btf_type *t, unsigned int index,
		    struct member_place *place);

/*
 * A union is shown once, as one of its members. Which: the first anonymous struct that covers the
 * whole union (it says most), else the first member that does, else the largest. The union must
 * have members.
 */
unsigned int layout__union_member(const struct btf *btf, const struct btf_type *t);

/*
 * Checks a whole BTF object out of a file, of which libbpf (1.1) has looked at little more than the
 * lengths: ids and names exist; nothing contains itself or nests deeper than LAYOUT_MAX_DEPTH;
 * members lie inside their struct and, but for unions, not on each other; arrays have a size that
 * fits 32 bits. What passes can be walked without a check at each step, in time that the sizes
 * bound. Returns 0, -EINVAL with a reason in *@why (a constant string), -ENOMEM.
 */
int layout__check(const struct btf *btf, const char **why);

#endif
