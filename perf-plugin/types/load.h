/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BTF from bytes that nobody vouches for. libbpf looks at the header and at each type's length and
 * leaves the rest to its callers; what this hands out is aligned and every id, name and length in
 * it has been checked once. Loops (a struct that contains itself, a typedef of itself) remain
 * possible: who follows ids counts the steps.
 */
#ifndef BTFSNOOP_TYPES_LOAD_H
#define BTFSNOOP_TYPES_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <bpf/btf.h>

/* Nothing near this size exists (vmlinux has 5 MB); a file's size field is not believed beyond. */
#define LOAD_MAX_BTF	(256u << 20)

/*
 * @size bytes of raw BTF (include/uapi/linux/btf.h: header, types, strings), not kept.
 * Returns 0 and in *@out what btf__free() frees; -ENOMEM, or -EINVAL with the reason in *@why, a
 * constant string.
 */
int load__btf(const void *data, size_t size, struct btf **out, const char **why);

/*
 * As above, from the file at @path; split BTF where @base is not NULL, which has to outlive *@out.
 * Also returns the errno of open(2) and read(2), negative, with *@why NULL.
 */
int load__btf_file(const char *path, struct btf *base, struct btf **out, const char **why);

/* False when @t of @btf refers to an id or a name that isn't there, or is of no kind known here. */
bool load__type_is_valid(const struct btf *btf, const struct btf_type *t);

#endif
