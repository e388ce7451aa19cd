/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a function, tracepoint or module that a spec names can't be found, and what to do then. */
#ifndef BTFSNOOP_RECORD_ABSENT_H
#define BTFSNOOP_RECORD_ABSENT_H

#include "../spec/spec.h"
#include "../types/kbtf.h"
#include "../util/diag.h"

/* "did you mean 'a', 'b' or 'c'?", of up to three names. */
void absent__hint_names(struct diag *diag, const char *const *names, unsigned int nr);

/* No module is called as @spec says. Returns -ENOENT. */
int absent__module(const struct spec *spec, struct kbtf *kbtf, struct diag *diag);

/*
 * BTF has no function (or tracepoint) that @spec, an exact one, names. /proc/kallsyms tells whether
 * the kernel has it in another shape; vmlinux with DWARF (@vmlinux, NULL: the usual places), where
 * there is one, into which functions it was inlined. Returns -ENOENT.
 */
int absent__func(const struct spec *spec, struct kbtf *kbtf, const char *vmlinux,
		 struct diag *diag);

/* Adds to an error about the type @name which types of the kernel proper have a similar name. */
void absent__hint_type(const struct type_name *name, struct kbtf *kbtf, struct diag *diag);

#endif
