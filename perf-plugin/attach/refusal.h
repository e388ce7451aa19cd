/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a kernel does not let functions be traced, in words that tell what would help. */
#ifndef BTFSNOOP_ATTACH_REFUSAL_H
#define BTFSNOOP_ATTACH_REFUSAL_H

#include "../util/buf.h"

/* Appends why fentry did not work, given the errno (negative) of the attempt. */
void refusal__tracing(int err, struct buf *out);

/* Appends why kprobes did not work. */
void refusal__kprobe(int err, struct buf *out);

/* Appends what it means that the kernel answered a backend's probing (attach/features.h) so. */
void refusal__feature(int feature, int err, struct buf *out);

/* The value of CONFIG_@name: 'y', 'm', or 'n' when unset; 0 when the kernel does not tell. */
char refusal__config(const char *name);

#endif
