/* SPDX-License-Identifier: GPL-2.0-only */
/* What a fuzzer takes for granted, also where NDEBUG is set. */
#ifndef BTFSNOOP_TESTS_FUZZ_CHECK_H
#define BTFSNOOP_TESTS_FUZZ_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(ok) do {								\
	if (!(ok)) {								\
		fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #ok);	\
		abort();							\
	}									\
} while (0)

#endif
