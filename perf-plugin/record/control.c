// SPDX-License-Identifier: GPL-2.0-only
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../util/verbose.h"

static int parse_fd(const char *text, char end, const char **rest, int *fd)
{
	char *at;
	unsigned long value = strtoul(text, &at, 0);

	if (at == text || (*at && *at != end) || value > INT32_MAX || *text == '-')
		return -EINVAL;
	*fd = value;
	*rest = at;
	return 0;
}

static int open_fds(const char *text, int *fd, int *ack, struct diag *diag)
{
	const char *rest;
	int err = parse_fd(text, ',', &rest, fd);

	if (!err && *rest == ',')
		err = parse_fd(rest + 1, '\0', &rest, ack);
	if (err)
		return diag__error(diag, err, "'%s' is no number of an open file, or two with a "
				   "comma between them", text);
	if (fcntl(*fd, F_GETFD) < 0)
		return diag__error(diag, -EBADF, "file descriptor %d is not open", *fd);
	if (*ack >= 0 && fcntl(*ack, F_GETFD) < 0)
		return diag__error(diag, -EBADF, "file descriptor %d is not open", *ack);
	return 0;
}

/* Also for writing: so there is no end of file when the other end closes. */
static int open_fifo(const char *path, int *fd, struct diag *diag)
{
	struct stat st;

	/* Nothing comes out of one, and answers would be written over what is in it. */
	if (!stat(path, &st) && S_ISREG(st.st_mode))
		return diag__error(diag, -EINVAL, "'%s' is no FIFO", path);
	*fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return diag__error(diag, -errno, "cannot open '%s': %s", path, strerror(errno));
	return 0;
}

static int open_fifos(const char *text, int *fd, int *ack, struct diag *diag)
{
	char *path, *comma;
	int err;

	if (!*text || *text == ',')
		return diag__error(diag, -EINVAL, "the FIFO's name is missing");
	path = strdup(text);
	if (!path)
		return diag__error(diag, -ENOMEM, "out of memory");
	comma = strchr(path, ',');
	if (comma)
		*comma++ = '\0';
	err = open_fifo(path, fd, diag);
	if (!err && comma && *comma)
		err = open_fifo(comma, ack, diag);
	free(path);
	return err;
}

int control__open(const char *text, int *fd, int *ack, struct diag *diag)
{
	*fd = *ack = -1;
	if (!strncmp(text, "fd:", 3))
		return open_fds(text + 3, fd, ack, diag);
	if (!strncmp(text, "fifo:", 5))
		return open_fifos(text + 5, fd, ack, diag);
	return diag__error(diag, -EINVAL, "neither fd:ctl-fd[,ack-fd] nor "
			   "fifo:ctl-fifo[,ack-fifo]");
}

static void end_line(struct control_reader *reader, void (*take)(void *ctx, const char *line),
		     void *ctx)
{
	reader->line[reader->len] = '\0';
	if (reader->len)
		take(ctx, reader->too_long ? "" : reader->line);
	reader->len = 0;
	reader->too_long = false;
}

/* Who may write into our FIFO is not let through to the terminal, where the line is quoted. */
static char printable(char c)
{
	return c >= ' ' && c <= '~' ? c : '?';
}

static void take_char(struct control_reader *reader, char c,
		      void (*take)(void *ctx, const char *line), void *ctx)
{
	if (!c || c == '\n')
		end_line(reader, take, ctx);
	else if (reader->len + 1 < sizeof(reader->line))
		reader->line[reader->len++] = printable(c);
	else
		reader->too_long = true;
}

/* Some write commands without an end, which perf takes as they come. */
static bool is_command(struct control_reader *reader)
{
	const char *arg;

	reader->line[reader->len] = '\0';
	return !reader->too_long && control__parse(reader->line, &arg) != CONTROL_UNKNOWN;
}

int control__read(struct control_reader *reader, int fd,
		  void (*take)(void *ctx, const char *line), void *ctx)
{
	char bytes[CONTROL_MAX_LINE];
	ssize_t len;

	do {
		len = read(fd, bytes, sizeof(bytes));
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (!len)
		return -EPIPE;
	for (ssize_t i = 0; i < len; i++)
		take_char(reader, bytes[i], take, ctx);
	if (len < (ssize_t)sizeof(bytes) && is_command(reader))
		end_line(reader, take, ctx);
	return 0;
}

enum control_command control__parse(const char *line, const char **arg)
{
	static const char *const words[] = {
		[CONTROL_ENABLE] = "enable", [CONTROL_DISABLE] = "disable",
		[CONTROL_EVLIST] = "evlist", [CONTROL_SNAPSHOT] = "snapshot",
		[CONTROL_STOP] = "stop", [CONTROL_PING] = "ping",
	};

	*arg = NULL;
	for (int command = CONTROL_ENABLE; command <= CONTROL_PING; command++) {
		size_t len = strlen(words[command]);

		if (strncmp(line, words[command], len))
			continue;
		if (line[len])
			*arg = line[len] == ' ' ? line + len + 1 : "";
		return command;
	}
	return CONTROL_UNKNOWN;
}

void control__ack(int fd)
{
	static const char ack[] = "ack\n";	/* perf's has its NUL, which some wait for */
	struct pollfd to = { .fd = fd, .events = POLLOUT };

	if (fd < 0)
		return;
	/* Who does not read it does without: the recorder neither waits, nor has it a SIGPIPE. */
	if (poll(&to, 1, 0) != 1 || to.revents & (POLLERR | POLLHUP | POLLNVAL)) {
		pr_debug("the command could not be answered\n");
		return;
	}
	if (write(fd, ack, sizeof(ack)) != sizeof(ack))
		pr_debug("the command could not be answered: %s\n", strerror(errno));
}
