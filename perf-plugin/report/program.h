/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A checked expression as a flat list of steps on a stack of numbers, that is run on samples
 * without a look at types or names.
 */
#ifndef BTFSNOOP_REPORT_PROGRAM_H
#define BTFSNOOP_REPORT_PROGRAM_H

#include "operand.h"

struct program;

/*
 * Compiles @result->expr, whose operands are @operands' (which are copied). Returns 0; -ENOENT with
 * a message in @diag at @span for what was not recorded; -E2BIG with one; -ENOMEM.
 */
int program__new(const struct operands *operands, const struct scope_result *result,
		 struct span span, struct program **out, struct diag *diag);
void program__free(struct program *program);

/*
 * Computes the value on a sample of the event (which fits it). Returns ITEM_OK and *@value, or why
 * there is none.
 */
enum item_status program__run(struct program *program, const struct perfdata_sample *sample,
			      uint64_t *value);

/*
 * The same for a TYPED_STRING or TYPED_OBJECT: the bytes, valid until the next run. ITEM_CUT: there
 * was more of the string.
 */
enum item_status program__bytes(struct program *program, const struct perfdata_sample *sample,
				const char **data, size_t *len);

/* The operand that the whole expression is; NULL: it is more than that. */
const struct operand *program__operand(const struct program *program);

#endif
