/* SPDX-License-Identifier: GPL-2.0-only */
/* A spec's patterns made ready to be asked about names, tens of thousands of times. */
#ifndef BTFSNOOP_TYPES_MATCHER_H
#define BTFSNOOP_TYPES_MATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "../spec/spec.h"
#include "../util/diag.h"

struct matcher;

/*
 * Makes a matcher of @spec's patterns; @spec outlives it. Where one of them names source files, the
 * functions in these are read from the DWARF of @vmlinux (NULL: where distributions put the running
 * kernel's). Returns 0 or a negative errno with a message in @diag; -ENOENT also where no file has
 * such a name.
 */
int matcher__new(const struct spec *spec, const char *vmlinux, struct matcher **out,
		 struct diag *diag);
void matcher__free(struct matcher *matcher);

/* Whether a function (or tracepoint) of this name is one that the spec means. */
bool matcher__matches(const struct matcher *matcher, const char *name);

/*
 * Whether it is so for the function of this name at @offset from _text: functions of one name can
 * be in several files. Without source files in the patterns the same as matcher__matches().
 */
bool matcher__matches_at(const struct matcher *matcher, const char *name, uint64_t offset);

#endif
