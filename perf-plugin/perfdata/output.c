// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define OUTPUT_BUFFER_SIZE	(256 * 1024)

struct output {
	int fd;
	int err;		/* the first one, negative */
	bool is_pipe;
	char *path;
	char *tmp_path;		/* NULL: written in place */
	void (*completed)(void *ctx, const char *path);
	void *completed_ctx;
	uint64_t written;	/* bytes the kernel has */
	size_t buffered;
	char buffer[OUTPUT_BUFFER_SIZE];
};

static int output__open_stdout(struct output *output, struct diag *diag)
{
	if (isatty(STDOUT_FILENO)) {
		diag__error(diag, -EINVAL, "will not write perf.data to a terminal");
		diag__hint(diag, "'-o -' is for a pipe or a redirection");
		return -EINVAL;
	}
	output->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (output->fd < 0)
		return diag__error(diag, -errno, "cannot write to stdout: %s", strerror(errno));
	output->is_pipe = true;
	return 0;
}

/* A fifo has no writer before it has a reader. Who waits for one in vain has to be able to end us. */
static int open_fifo(const char *path)
{
	sigset_t ending, before;
	int fd, err;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGQUIT);
	sigprocmask(SIG_UNBLOCK, &ending, &before);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return fd;
}

/* A fifo or a device is there for others to read: it is neither renamed nor replaced. */
static int output__open_special(struct output *output, mode_t mode, struct diag *diag)
{
	output->fd = S_ISFIFO(mode) ? open_fifo(output->path) :
		     open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (output->fd < 0)
		return diag__error(diag, -errno, "cannot open '%s': %s", output->path,
				   strerror(errno));
	output->is_pipe = S_ISFIFO(mode);
	return 0;
}

/*
 * mkostemp() creates with O_EXCL and mode 0600: nobody can have put a file or a link there before
 * us, and in a directory of others (/tmp) nobody can read what is recorded.
 */
static int output__open_temporary(struct output *output, struct diag *diag)
{
	int err;

	if (asprintf(&output->tmp_path, "%s.XXXXXX", output->path) < 0) {
		output->tmp_path = NULL;
		return diag__error(diag, -ENOMEM, "out of memory");
	}
	output->fd = mkostemp(output->tmp_path, O_CLOEXEC);
	if (output->fd < 0) {
		err = -errno;
		free(output->tmp_path);
		output->tmp_path = NULL;
		return diag__error(diag, err, "cannot create '%s': %s", output->path,
				   strerror(-err));
	}
	return 0;
}

/* /dev/stdout and the like, which stay the links that they are. */
static bool is_link_of_system(const char *path)
{
	struct stat st;

	return (!strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6)) && !lstat(path, &st) &&
	       S_ISLNK(st.st_mode);
}

static int output__open_path(struct output *output, struct diag *diag)
{
	struct stat st;

	if (!strcmp(output->path, "-"))
		return output__open_stdout(output, diag);
	if (!*output->path)
		return diag__error(diag, -EINVAL, "the output file's name is empty");
	if (stat(output->path, &st) < 0)
		return output__open_temporary(output, diag);
	if (S_ISDIR(st.st_mode))
		return diag__error(diag, -EISDIR, "cannot write '%s': it is a directory",
				   output->path);
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode) ||
	    (S_ISREG(st.st_mode) && is_link_of_system(output->path)))
		return output__open_special(output, st.st_mode, diag);
	if (!S_ISREG(st.st_mode))
		return diag__error(diag, -EINVAL, "cannot write '%s': it is no regular file",
				   output->path);
	return output__open_temporary(output, diag);
}

static void output__free(struct output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	free(output->tmp_path);
	free(output->path);
	free(output);
}

static int output__new(const char *path, struct output **out, struct diag *diag)
{
	struct output *output = malloc(sizeof(*output));

	if (!output)
		return diag__error(diag, -ENOMEM, "out of memory");
	/* Not the buffer: its pages are touched when they are needed. */
	memset(output, 0, offsetof(struct output, buffer));
	output->fd = -1;
	output->path = strdup(path);
	if (!output->path) {
		output__free(output);
		return diag__error(diag, -ENOMEM, "out of memory");
	}
	*out = output;
	return 0;
}

int output__open(const char *path, struct output **out, struct diag *diag)
{
	int err = output__new(path, out, diag);

	if (err)
		return err;
	err = output__open_path(*out, diag);
	if (err) {
		output__free(*out);
		*out = NULL;
	}
	return err;
}

int output__open_pipe(int fd, struct output **out, struct diag *diag)
{
	int err = output__new("-", out, diag);

	if (err)
		return err;
	(*out)->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	(*out)->is_pipe = true;
	if ((*out)->fd >= 0)
		return 0;
	err = diag__error(diag, -errno, "cannot write to the pipe: %s", strerror(errno));
	output__free(*out);
	*out = NULL;
	return err;
}

bool output__is_pipe(const struct output *output)
{
	return output->is_pipe;
}

uint64_t output__size(const struct output *output)
{
	return output->written + output->buffered;
}

int output__set_path(struct output *output, const char *path)
{
	char *copy;

	if (!output->tmp_path)
		return -EINVAL;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	free(output->path);
	output->path = copy;
	return 0;
}

void output__on_complete(struct output *output, void (*completed)(void *ctx, const char *path),
			 void *ctx)
{
	output->completed = completed;
	output->completed_ctx = ctx;
}

/* Drops the first @len bytes of what @iov, @nr say; returns how many pieces are left. */
static int iov__advance(struct iovec **iov, int nr, size_t len)
{
	while (nr && len >= (*iov)->iov_len) {
		len -= (*iov)->iov_len;
		(*iov)++;
		nr--;
	}
	if (nr) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + len;
		(*iov)->iov_len -= len;
	}
	return nr;
}

/* Writes the buffer and then @data. */
static int output__write_out(struct output *output, const void *data, size_t len)
{
	struct iovec iovs[2] = {
		{ .iov_base = output->buffer, .iov_len = output->buffered },
		{ .iov_base = (void *)data, .iov_len = len },
	};
	struct iovec *iov = iovs;
	int nr = iov__advance(&iov, 2, 0);
	ssize_t done;

	while (nr) {
		done = writev(output->fd, iov, nr);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			output->err = done ? -errno : -EIO;
			return output->err;
		}
		output->written += done;
		nr = iov__advance(&iov, nr, done);
	}
	output->buffered = 0;
	return 0;
}

int output__write(struct output *output, const void *data, size_t len)
{
	if (output->err)
		return output->err;
	if (len > sizeof(output->buffer) - output->buffered)
		return output__write_out(output, data, len);
	if (len)
		memcpy(output->buffer + output->buffered, data, len);
	output->buffered += len;
	return 0;
}

int output__flush(struct output *output)
{
	if (output->err)
		return output->err;
	return output__write_out(output, NULL, 0);
}

int output__patch(struct output *output, uint64_t offset, const void *data, size_t len)
{
	int err = output__flush(output);
	ssize_t done;

	if (err)
		return err;
	if (output->is_pipe)
		return -ESPIPE;
	while (len) {
		done = pwrite(output->fd, data, len, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			output->err = done ? -errno : -EIO;
			return output->err;
		}
		data = (const char *)data + done;
		offset += done;
		len -= done;
	}
	return 0;
}

/* Gives the file its name; what had that name before becomes PATH.old, as with perf record. */
static int output__rename(struct output *output, struct diag *diag)
{
	char *old_path;
	bool kept;
	int err;

	if (asprintf(&old_path, "%s.old", output->path) < 0)
		return diag__error(diag, -ENOMEM, "out of memory");
	kept = !rename(output->path, old_path);
	if (!kept && errno != ENOENT) {
		err = diag__error(diag, -errno, "cannot rename '%s' to '%s': %s", output->path,
				  old_path, strerror(errno));
		goto out_free;
	}
	err = 0;
	if (rename(output->tmp_path, output->path)) {
		err = diag__error(diag, -errno, "cannot rename '%s' to '%s': %s",
				  output->tmp_path, output->path, strerror(errno));
		if (kept && rename(old_path, output->path))
			diag__hint(diag, "the file that was there before is '%s' now", old_path);
	}
out_free:
	free(old_path);
	return err;
}

int output__commit(struct output *output, struct diag *diag)
{
	int err = output__flush(output);

	if (!err) {
		/* Some file systems report only at close that there was no room. */
		if (close(output->fd))
			err = -errno;
		output->fd = -1;
	}
	if (!err && output->tmp_path && output->completed)
		output->completed(output->completed_ctx, output->tmp_path);
	if (err)
		diag__error(diag, err, "cannot write '%s': %s", output->path, strerror(-err));
	else if (output->tmp_path)
		err = output__rename(output, diag);

	if (err) {
		output__abort(output);
		return err;
	}
	output__free(output);
	return 0;
}

void output__leave(struct output *output)
{
	output__free(output);
}

void output__abort(struct output *output)
{
	if (output->tmp_path)
		unlink(output->tmp_path);
	output__free(output);
}
