/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test programs share.
 *
 * The programs call the kernel with known values and print them as name=value, one line a call, so
 * that a test can judge what was recorded. All take -C CPU to run on one CPU only.
 */
#ifndef PROGS_PROG_H
#define PROGS_PROG_H

#include <stdint.h>

/* Print "NAME: " and the message to stderr, exit 1. With errno's text if `err` is not 0. */
void prog__die(int err, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));

/* The number in `text` (decimal, 0x hex, 0 octal), between min and max; dies otherwise. */
long prog__number(const char *text, long min, long max);

/* Run on `cpu` only; nothing if it is negative. */
void prog__pin(int cpu);

/* CLOCK_MONOTONIC in nanoseconds: the clock of bpf_ktime_get_ns(). */
uint64_t prog__now_ns(void);

/* This thread's id. */
int prog__tid(void);

#endif
