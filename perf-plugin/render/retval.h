/* SPDX-License-Identifier: GPL-2.0-only */
/* A function's return value, with what it says about an error. */
#ifndef BTFSNOOP_RENDER_RETVAL_H
#define BTFSNOOP_RENDER_RETVAL_H

#include "event.h"

/*
 * Appends field @index of the record, a return value: "-11 (EAGAIN)" for a negative number of a
 * signed type, "ERR_PTR(-12) (ENOMEM)" for a pointer that is an error, "false (error)". Others are
 * shown as event_view__field() does.
 */
void retval__add(const struct event_view *view, unsigned int index, const void *raw,
		 size_t raw_size, const struct value_opts *opts, struct buf *out);

/* Field @index of the record, a return value that can be read, says that there was an error. */
bool retval__is_error(const struct event_view *view, unsigned int index, const void *raw);

/* The name of error @number (11: "EAGAIN"), also of the kernel's own; NULL: it has none. */
const char *retval__errno_name(unsigned int number);

#endif
