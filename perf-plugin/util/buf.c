// SPDX-License-Identifier: GPL-2.0-only
#include "buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAP	64
#define MAX_DIGITS	20	/* of UINT64_MAX */

static void buf__fail(struct buf *buf)
{
	buf->failed = true;
}

void *buf__reserve(struct buf *buf, size_t len)
{
	size_t need, cap;
	char *data;

	if (buf->failed)
		return NULL;
	/* One more for the NUL. No object is larger than PTRDIFF_MAX. */
	if (__builtin_add_overflow(buf->len, len, &need) || need >= PTRDIFF_MAX) {
		buf__fail(buf);
		return NULL;
	}
	need++;
	if (need <= buf->cap)
		return buf->data + buf->len;

	cap = buf->cap ? buf->cap : BUF_FIRST_CAP;
	while (cap < need) {
		if (cap > PTRDIFF_MAX / 2) {
			cap = need;
			break;
		}
		cap *= 2;
	}
	data = realloc(buf->data, cap);
	if (!data) {
		buf__fail(buf);
		return NULL;
	}
	buf->data = data;
	buf->cap = cap;
	buf->data[buf->len] = '\0';
	return buf->data + buf->len;
}

static void buf__added(struct buf *buf, size_t len)
{
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf__add_slowly(struct buf *buf, const void *data, size_t len)
{
	void *to = buf__reserve(buf, len);

	if (!to)
		return;
	if (len)
		memcpy(to, data, len);
	buf__added(buf, len);
}

void buf__fill(struct buf *buf, char c, size_t count)
{
	char *to = buf__reserve(buf, count);

	if (!to)
		return;
	memset(to, c, count);
	buf__added(buf, count);
}

void buf__addf(struct buf *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf__vaddf(buf, fmt, ap);
	va_end(ap);
}

void buf__vaddf(struct buf *buf, const char *fmt, va_list ap)
{
	va_list again;
	size_t room;
	char *to;
	int len;

	to = buf__reserve(buf, 0);
	if (!to)
		return;
	room = buf->cap - buf->len;

	va_copy(again, ap);
	len = vsnprintf(to, room, fmt, ap);
	if (len < 0) {
		buf__fail(buf);
	} else if ((size_t)len >= room) {
		to = buf__reserve(buf, len);
		if (to)
			vsnprintf(to, (size_t)len + 1, fmt, again);
	}
	va_end(again);

	if (buf->failed) {
		/* Nothing of a string that did not fit whole. */
		if (buf->data)
			buf->data[buf->len] = '\0';
		return;
	}
	buf__added(buf, len);
}

/* Writes the decimal digits of @v so that they end before @end; returns where they begin. */
static char *digits(char *end, uint64_t v)
{
	static const char pairs[] =
		"00010203040506070809101112131415161718192021222324"
		"25262728293031323334353637383940414243444546474849"
		"50515253545556575859606162636465666768697071727374"
		"75767778798081828384858687888990919293949596979899";

	while (v >= 100) {
		end -= 2;
		memcpy(end, &pairs[v % 100 * 2], 2);
		v /= 100;
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, &pairs[v * 2], 2);
	} else {
		*--end = '0' + v;
	}
	return end;
}

void buf__addu(struct buf *buf, uint64_t v)
{
	char tmp[MAX_DIGITS], *end = tmp + sizeof(tmp), *from = digits(end, v);

	buf__add(buf, from, end - from);
}

void buf__addd(struct buf *buf, int64_t v)
{
	char tmp[1 + MAX_DIGITS], *end = tmp + sizeof(tmp), *from;

	from = digits(end, v < 0 ? -(uint64_t)v : (uint64_t)v);
	if (v < 0)
		*--from = '-';
	buf__add(buf, from, end - from);
}

void buf__addx(struct buf *buf, uint64_t v)
{
	char tmp[2 + 16], *end = tmp + sizeof(tmp), *from = end;

	do {
		*--from = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	*--from = 'x';
	*--from = '0';
	buf__add(buf, from, end - from);
}

void buf__align(struct buf *buf, size_t align)
{
	buf__fill(buf, '\0', -buf->len & (align - 1));
}

const char *buf__str(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

int buf__flush(struct buf *buf, FILE *file)
{
	int err = buf->failed ? -ENOMEM : 0;

	if (!err && buf->len && fwrite(buf->data, 1, buf->len, file) != buf->len)
		err = -errno;
	buf__clear(buf);
	return err;
}

char *buf__take(struct buf *buf)
{
	char *str = NULL;

	if (buf__reserve(buf, 0)) {
		str = buf->data;
		buf->data = NULL;
	}
	buf__exit(buf);
	return str;
}

void buf__exit(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_INIT;
}
