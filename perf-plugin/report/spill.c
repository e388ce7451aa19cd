// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "spill.h"

#define CHUNK_SIZE	(64 << 10)

/* A file that has no name, or has one for a moment only. */
static int open_file(void)
{
	const char *dir = getenv("TMPDIR");
	struct buf path = BUF_INIT;
	int fd;

	dir = dir && *dir ? dir : "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd < 0 ? -errno : fd;
	buf__addf(&path, "%s/btfsnoop-XXXXXX", dir);
	fd = path.failed ? -1 : mkostemp(path.data, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.data);
	fd = path.failed ? -ENOMEM : fd < 0 ? -errno : fd;
	buf__exit(&path);
	return fd;
}

static int write_all(int fd, const char *data, size_t len, uint64_t offset)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		data += n;
		len -= n;
		offset += n;
	}
	return 0;
}

int spill__out(struct spill *spill, struct spill_text *text)
{
	struct spill_piece *more;
	int err;

	if (text->tail.failed)
		return -ENOMEM;
	if (!text->tail.len)
		return 0;
	if (spill->fd < 0)
		spill->fd = open_file();
	if (spill->fd < 0)
		return spill->fd;
	more = reallocarray(text->pieces, text->nr_pieces + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	text->pieces = more;
	err = write_all(spill->fd, text->tail.data, text->tail.len, spill->size);
	if (err)
		return err;
	more[text->nr_pieces++] = (struct spill_piece){ spill->size, text->tail.len };
	spill->size += text->tail.len;
	buf__exit(&text->tail);
	return 0;
}

static int print_piece(int fd, const struct spill_piece *piece, char *chunk, FILE *to)
{
	size_t done = 0;

	while (done < piece->len) {
		size_t want = piece->len - done < CHUNK_SIZE ? piece->len - done : CHUNK_SIZE;
		ssize_t n = pread(fd, chunk, want, piece->offset + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		if (fwrite(chunk, 1, n, to) != (size_t)n)
			return -EIO;
		done += n;
	}
	return 0;
}

int spill__print(const struct spill *spill, const struct spill_text *text, FILE *to)
{
	char *chunk = text->nr_pieces ? malloc(CHUNK_SIZE) : NULL;
	unsigned int i;
	int err = text->nr_pieces && !chunk ? -ENOMEM : 0;

	for (i = 0; i < text->nr_pieces && !err; i++)
		err = print_piece(spill->fd, &text->pieces[i], chunk, to);
	free(chunk);
	if (!err && text->tail.len &&
	    fwrite(text->tail.data, 1, text->tail.len, to) != text->tail.len)
		err = -EIO;
	return err;
}

void spill_text__exit(struct spill_text *text)
{
	buf__exit(&text->tail);
	free(text->pieces);
	*text = (struct spill_text){ 0 };
}

void spill__exit(struct spill *spill)
{
	if (spill->fd >= 0)
		close(spill->fd);
	spill->fd = -1;
}
