// SPDX-License-Identifier: GPL-2.0-only
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_STEP	4096
#define LINE_MAX_SIZE	(64 * 1024)

static int procfs__vread(struct buf *out, size_t max, const char *fmt, va_list ap)
{
	char path[PATH_MAX];
	size_t step;
	ssize_t got;
	int fd, err = 0;
	char *to;

	if (vsnprintf(path, sizeof(path), fmt, ap) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (max) {
		step = max < READ_STEP ? max : READ_STEP;
		to = buf__reserve(out, step);
		if (!to) {
			err = -ENOMEM;
			break;
		}
		got = read(fd, to, step);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			err = got ? -errno : 0;
			break;
		}
		out->len += got;
		max -= got;
	}
	close(fd);
	if (out->data)
		out->data[out->len] = '\0';
	return err;
}

int procfs__read(struct buf *out, size_t max, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = procfs__vread(out, max, fmt, ap);
	va_end(ap);
	return err;
}

int procfs__read_line(struct buf *out, const char *fmt, ...)
{
	va_list ap;
	int err;

	buf__clear(out);
	va_start(ap, fmt);
	err = procfs__vread(out, LINE_MAX_SIZE, fmt, ap);
	va_end(ap);
	if (!err && out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return err;
}

int procfs__read_number(int64_t *number, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	char *end;
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = procfs__vread(&text, 32, fmt, ap);
	va_end(ap);
	if (!err) {
		errno = 0;
		*number = strtoll(buf__str(&text), &end, 10);
		if (errno || end == buf__str(&text))
			err = -EINVAL;
	}
	buf__exit(&text);
	return err;
}

const char *procfs__value(const char *text, const char *key, size_t *len)
{
	size_t key_len = strlen(key);
	const char *line, *at;

	for (line = text; line; line = procfs__next_line(line)) {
		if (strncmp(line, key, key_len))
			continue;
		at = line + key_len;
		at += strspn(at, " \t");
		if (*at != ':')
			continue;
		at++;
		at += strspn(at, " \t");
		*len = strcspn(at, "\n");
		return at;
	}
	return NULL;
}

const char *procfs__next_line(const char *line)
{
	const char *nl = strchr(line, '\n');

	return nl && nl[1] ? nl + 1 : NULL;
}

unsigned int procfs__cpu_list_end(const char *list)
{
	unsigned long cpu, end = 0;
	char *after;

	while (*list >= '0' && *list <= '9') {
		cpu = strtoul(list, &after, 10);
		if (cpu >= INT_MAX)
			return 0;
		if (cpu + 1 > end)
			end = cpu + 1;
		list = after;
		if (*list == '-' || *list == ',')
			list++;
	}
	return end;
}
