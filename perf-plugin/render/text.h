/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes that came from a kernel or a file, as text that does nothing to a terminal. */
#ifndef BTFSNOOP_RENDER_TEXT_H
#define BTFSNOOP_RENDER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../util/buf.h"

/*
 * Appends @len bytes. Printable ASCII and valid UTF-8 stay as they are; control characters (also
 * those of U+0080..9F and the ones that turn the direction of text) and invalid UTF-8 become
 * \n, \t or \xNN. With @quote, '"' and '\' are escaped too, so that what stands between
 * quotes can be read back.
 */
void text__add(struct buf *out, const char *data, size_t len, bool quote);
void text__adds(struct buf *out, const char *str);

/* True when text__add() would add the bytes as they are. */
bool text__is_printable(const char *data, size_t len);

/*
 * For other ways to write text: the length of the valid UTF-8 sequence that @data, of at least one
 * byte, begins with, and its code point; 0 where it is none.
 */
size_t text__decode(const char *data, size_t len, uint32_t *code);

/* False for what a terminal takes for more than a character. */
bool text__is_safe(uint32_t code);

/* The printable ASCII characters, '"' and '\' excepted, that @data begins with. */
size_t text__plain_run(const char *data, size_t len);

/* Columns that @len bytes of text__add()'s output take: one for each character, wide ones two. */
size_t text__width(const char *data, size_t len);

/* Appends spaces so that what was appended from byte @start on takes at least @width columns. */
void text__pad(struct buf *out, size_t start, size_t width);

#endif
