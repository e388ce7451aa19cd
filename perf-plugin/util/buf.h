/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A growing run of bytes, always followed by a NUL that is not counted. An allocation that fails
 * marks the buffer as failed and drops what comes after, so callers check once, at the end.
 */
#ifndef BTFSNOOP_UTIL_BUF_H
#define BTFSNOOP_UTIL_BUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct buf {
	char *data;		/* NULL while nothing was added: use buf__str() for a string */
	size_t len;
	size_t cap;
	bool failed;
};

#define BUF_INIT { 0 }

void buf__add_slowly(struct buf *buf, const void *data, size_t len);

static inline void buf__add(struct buf *buf, const void *data, size_t len)
{
	if (buf->failed || !len || len >= buf->cap - buf->len) {
		buf__add_slowly(buf, data, len);
		return;
	}
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

static inline void buf__adds(struct buf *buf, const char *str)
{
	buf__add(buf, str, strlen(str));
}

static inline void buf__addc(struct buf *buf, char c)
{
	buf__add(buf, &c, 1);
}

void buf__fill(struct buf *buf, char c, size_t count);
void buf__addf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf__vaddf(struct buf *buf, const char *fmt, va_list ap);

/* Decimal and hexadecimal ("0x..") numbers, much quicker than buf__addf(). */
void buf__addu(struct buf *buf, uint64_t v);
void buf__addd(struct buf *buf, int64_t v);
void buf__addx(struct buf *buf, uint64_t v);

/* Adds zero bytes until len is a multiple of @align (a power of two). */
void buf__align(struct buf *buf, size_t align);

/* Makes room for @len more bytes and returns where they go, NULL on failure; does not count them. */
void *buf__reserve(struct buf *buf, size_t len);

static inline void buf__clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

/* Drops what is behind the first @len bytes, of which there are as many. */
static inline void buf__cut(struct buf *buf, size_t len)
{
	buf->len = len;
	if (buf->data)
		buf->data[len] = '\0';
}

/* The bytes as a string; "" for an empty buffer. Valid until the next addition. */
const char *buf__str(const struct buf *buf);

/*
 * Writes the bytes to @file and forgets them, also on error. Returns 0, -ENOMEM when one could not be
 * added, or what writing failed with.
 */
int buf__flush(struct buf *buf, FILE *file);

/* Hands the string over to the caller, who frees it; NULL if an allocation failed. */
char *buf__take(struct buf *buf);

void buf__exit(struct buf *buf);

#endif
