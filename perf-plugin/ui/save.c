// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "save.h"

#define MAX_FILES	8192		/* as in perf */

/* A new file: never one that is there, nor where a symbolic link leads. */
static int create(const char *stem, struct buf *name)
{
	size_t len = name->len;
	unsigned int i;
	int fd;

	for (i = 0; i < MAX_FILES; i++) {
		buf__cut(name, len);
		buf__addf(name, "perf.%s.%u", stem, i);
		if (name->failed)
			return -ENOMEM;
		fd = open(name->data + len, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

int save__text(const char *stem, const struct buf *text, struct buf *name)
{
	size_t start = name->len, done = 0;
	ssize_t n;
	int fd, err = 0;

	fd = create(stem, name);
	if (fd < 0)
		return fd;
	while (done < text->len && !err) {
		n = write(fd, text->data + done, text->len - done);
		if (n < 0 && errno != EINTR)
			err = -errno;
		else if (n > 0)
			done += n;
	}
	if (close(fd) && !err)
		err = -errno;
	if (err)
		unlink(name->data + start);
	return err;
}
