/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ^C and the like before there is anything to put back in order: nothing is in the kernel yet, no
 * file begun. They end the program at once, wherever it is, with exit status 128 + the signal.
 */
#ifndef BTFSNOOP_RECORD_INTERRUPT_H
#define BTFSNOOP_RECORD_INTERRUPT_H

#include <signal.h>

#define NR_INTERRUPTS	4

struct interrupts {
	struct sigaction before[NR_INTERRUPTS];
};

/* From now on they end the program; those that are ignored stay ignored. */
void interrupts__catch(struct interrupts *interrupts);

/* As it was. */
void interrupts__restore(const struct interrupts *interrupts);

#endif
