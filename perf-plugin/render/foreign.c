// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foreign.h"
#include "tep.h"
#include "text.h"

#define MAX_MESSAGE	(128 << 10)	/* below the kernel's limit for one packet (wmem_default) */
#define MAX_TEXT	(64 << 10)	/* of one event */
#define MAX_DEATHS	16		/* then the file is given up */
#define TIMEOUT_S	5		/* for one answer: endless loops */
#define NOBODY		65534

/* A format to note (of an event that text names), or a record to print. */
struct request {
	uint64_t time;
	int32_t handle;			/* -1: a format */
	int32_t cpu;
	uint32_t name_len;		/* the name and its NUL come before the format */
	char data[];
};

struct answer {
	int32_t handle;
	char text[];
};

struct event {
	char *name;
	char *format;
	size_t len;
	int handle;
	bool dead;			/* the child died of it */
};

struct foreign {
	pid_t child;			/* 0: none */
	int fd;
	unsigned int deaths;
	struct event *events;
	int nr;
	struct request *request;	/* MAX_MESSAGE bytes, as is the answer */
	struct answer *answer;
};

/* ---- the child ----------------------------------------------------------------------------- */

/* What a format or a record makes of this process can do no more than send wrong text. */
static void give_up_rights(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(1);
	if (dup2(fd, 3) < 0)
		_exit(1);
	close_range(4, ~0U, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(1);
	if (!geteuid() && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		_exit(1);
}

static void child_answer(struct tep *tep, const struct request *r, size_t size, struct answer *a)
{
	struct buf text = BUF_INIT;
	size_t len = size - sizeof(*r);

	if (r->handle < 0) {
		a->handle = tep__add(tep, r->data, r->data + r->name_len, len - r->name_len);
		send(3, a, sizeof(*a), MSG_NOSIGNAL);
		return;
	}
	tep__print(tep, r->handle, r->data, len, r->cpu, r->time, &text);
	len = text.len < MAX_TEXT ? text.len : MAX_TEXT;
	a->handle = r->handle;
	memcpy(a->text, buf__str(&text), len);
	buf__exit(&text);
	send(3, a, sizeof(*a) + len, MSG_NOSIGNAL);
}

static void __attribute__((noreturn)) child(struct foreign *f, int fd)
{
	struct tep *tep;
	ssize_t size;

	give_up_rights(fd);
	if (tep__new(&tep))
		_exit(1);
	while ((size = recv(3, f->request, MAX_MESSAGE, 0)) >= (ssize_t)sizeof(*f->request))
		child_answer(tep, f->request, size, f->answer);
	_exit(0);
}

/* ---- the parent ---------------------------------------------------------------------------- */

static void end_child(struct foreign *f)
{
	if (!f->child)
		return;
	kill(f->child, SIGKILL);
	close(f->fd);
	while (waitpid(f->child, NULL, 0) < 0 && errno == EINTR)
		;
	f->child = 0;
}

static int start_child(struct foreign *f)
{
	struct timeval timeout = { .tv_sec = TIMEOUT_S };
	int fds[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	pid = fork();
	if (pid < 0) {
		err = -errno;
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (!pid)
		child(f, fds[1]);
	close(fds[1]);
	f->fd = fds[0];
	f->child = pid;
	return 0;
}

/*
 * Sends f->request with @len bytes of data and waits for the answer. Returns the length of its
 * text, a negative errno when there is none: then the child is gone.
 */
static ssize_t ask(struct foreign *f, size_t len)
{
	ssize_t n;

	do {
		n = send(f->fd, f->request, sizeof(*f->request) + len, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n >= 0) {
		do {
			n = recv(f->fd, f->answer, MAX_MESSAGE, 0);
		} while (n < 0 && errno == EINTR);
	}
	if (n >= (ssize_t)sizeof(*f->answer))
		return n - sizeof(*f->answer);
	end_child(f);
	f->deaths++;
	return -EPIPE;
}

static int send_format(struct foreign *f, const struct event *e)
{
	size_t name_len = strlen(e->name) + 1;

	*f->request = (struct request){ .handle = -1, .name_len = name_len };
	memcpy(f->request->data, e->name, name_len);
	memcpy(f->request->data + name_len, e->format, e->len);
	return ask(f, name_len + e->len) < 0 ? -EPIPE : f->answer->handle;
}

/* Makes sure that there is a child, and that it knows all formats it can bear. */
static int need_child(struct foreign *f)
{
	int i;

	while (!f->child) {
		if (f->deaths >= MAX_DEATHS || start_child(f))
			return -EPIPE;
		for (i = 0; i < f->nr && f->child; i++) {
			if (!f->events[i].dead && send_format(f, &f->events[i]) == -EPIPE)
				f->events[i].dead = true;
		}
	}
	return 0;
}

int foreign__new(struct foreign **out)
{
	struct foreign *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->request = malloc(MAX_MESSAGE);
	f->answer = malloc(MAX_MESSAGE);
	if (!f->request || !f->answer) {
		foreign__free(f);
		return -ENOMEM;
	}
	*out = f;
	return 0;
}

void foreign__free(struct foreign *f)
{
	int i;

	if (!f)
		return;
	end_child(f);
	for (i = 0; i < f->nr; i++) {
		free(f->events[i].name);
		free(f->events[i].format);
	}
	free(f->events);
	free(f->request);
	free(f->answer);
	free(f);
}

int foreign__add(struct foreign *f, const char *name, const char *format, size_t len)
{
	struct event *more, *e;

	if (strlen(name) + 1 + len > MAX_MESSAGE - sizeof(struct request) || need_child(f))
		return -1;
	more = reallocarray(f->events, f->nr + 1, sizeof(*more));
	if (!more)
		return -1;
	f->events = more;
	e = &more[f->nr];
	*e = (struct event){ .name = strdup(name), .format = malloc(len + 1), .len = len };
	if (e->name && e->format) {
		memcpy(e->format, format, len);
		e->handle = send_format(f, e);
	}
	if (!e->name || !e->format || e->handle < 0) {
		free(e->name);
		free(e->format);
		return -1;
	}
	return f->nr++;
}

void foreign__print(struct foreign *f, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out)
{
	struct event *e = &f->events[handle];
	ssize_t len;

	if (e->dead || raw_size > MAX_TEXT || need_child(f) || e->dead) {
		buf__adds(out, "(cannot be shown)");
		return;
	}
	*f->request = (struct request){ .time = time, .handle = e->handle, .cpu = cpu };
	memcpy(f->request->data, raw, raw_size);
	len = ask(f, raw_size);
	if (len >= 0) {
		text__add(out, f->answer->text, len, false);
	} else {
		e->dead = true;
		buf__adds(out, "(cannot be shown)");
	}
}
