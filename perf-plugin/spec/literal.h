/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, characters and strings, from how C writes them to what they mean. */
#ifndef BTFSNOOP_SPEC_LITERAL_H
#define BTFSNOOP_SPEC_LITERAL_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/diag.h"

struct number {
	uint64_t value;
	bool is_unsigned;
	unsigned int rank;	/* 0 int, 1 long, 2 long long */
};

/*
 * Decimal, 0x, 0 (octal) and 0b numbers with u, l and ll behind them. The type is the first of C's
 * list that holds the value (C11 6.4.4.1, LP64); a decimal beyond long becomes unsigned long.
 * Decimal ones may be times, with ns, us, ms or s behind them: a long of nanoseconds.
 * @span is the token in @text. Returns 0, -EINVAL with @diag set.
 */
int literal__number(const char *text, struct span span, struct number *out, struct diag *diag);

/* A character in single quotes, an int as in C. */
int literal__char(const char *text, struct span span, struct number *out, struct diag *diag);

/*
 * A string in double quotes, escapes resolved. *@str is the caller's to free, *@len its bytes
 * without the NUL behind them. Returns 0, -EINVAL with @diag set, -ENOMEM.
 */
int literal__string(const char *text, struct span span, char **str, unsigned int *len,
		    struct diag *diag);

#endif
