// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
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
#define MAX_BATCH	(64 << 10)	/* of records that are sent together */
#define MAX_TEXT	(64 << 10)	/* of one event */
#define MAX_RECORD	(64 << 10)	/* offsets in records have 16 bits */
#define MAX_DEATHS	16		/* then the file is given up */
#define TIMEOUT_S	5		/* for one answer: endless loops */
#define NOBODY		65534

/* A format to note (of an event that text names), or records to print. */
struct request {
	int32_t is_format;
	uint32_t name_len;		/* the name and its NUL come before the format */
	char data[];			/* or of a struct record each */
};

struct record {
	uint64_t time;
	int32_t handle;
	int32_t cpu;
	uint32_t size;
	uint32_t reserved;
	char data[];			/* up to a multiple of 8 bytes */
};

/* The answer to a format, or to so many records that came next: their texts, in order. */
struct answer {
	int32_t handle;			/* of a format */
	uint32_t nr;			/* of records */
	char data[];			/* struct text each; or struct foreign_field */
};

struct text {
	uint32_t len;
	char data[];			/* not padded: copy what is in front */
};

struct event {
	char *name;
	char *format;
	size_t len;
	int handle;
	bool dead;			/* the child died of it */
	struct foreign_field *fields;
	unsigned int nr_fields;
};

struct foreign {
	pid_t child;			/* 0: none */
	int fd;
	unsigned int deaths;
	struct event *events;
	int nr;
	struct request *request;	/* MAX_MESSAGE bytes, as is the answer */
	struct answer *answer;
	struct request *batch;		/* MAX_MESSAGE bytes, of which ... */
	size_t batch_len;		/* ... these are taken by ... */
	struct pending *pending;	/* ... these records */
	unsigned int nr_pending, cap_pending;
	struct buf tail;		/* scratch: what the texts go between */
};

/* A record whose text goes to a place in what was appended since. */
struct pending {
	int event;
	size_t at;			/* in the output */
	size_t offset;			/* of its struct record in the batch */
};

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

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

static void answer_format(struct tep *tep, const struct request *r, size_t len, struct answer *a)
{
	struct buf fields = BUF_INIT;

	a->handle = tep__add(tep, r->data, r->data + r->name_len, len - r->name_len);
	if (a->handle >= 0)
		tep__fields(tep, a->handle, FOREIGN_MAX_FIELDS, &fields);
	memcpy(a->data, buf__str(&fields), fields.len);
	send(3, a, sizeof(*a) + fields.len, MSG_NOSIGNAL);
	buf__exit(&fields);
}

/* As many messages as the texts need. */
static void answer_records(struct tep *tep, const struct request *r, size_t len, struct answer *a)
{
	struct buf text = BUF_INIT;
	size_t at = 0, used = 0;

	a->nr = 0;
	while (at + sizeof(struct record) <= len) {
		const struct record *record = (const void *)(r->data + at);
		uint32_t size;

		buf__clear(&text);
		tep__print(tep, record->handle, record->data, record->size, record->cpu,
			   record->time, &text);
		size = text.len < MAX_TEXT ? text.len : MAX_TEXT;
		if (sizeof(*a) + used + sizeof(size) + size > MAX_MESSAGE) {
			send(3, a, sizeof(*a) + used, MSG_NOSIGNAL);
			a->nr = used = 0;
		}
		memcpy(a->data + used, &size, sizeof(size));
		memcpy(a->data + used + sizeof(size), buf__str(&text), size);
		used += sizeof(size) + size;
		a->nr++;
		at += sizeof(*record) + padded(record->size);
	}
	send(3, a, sizeof(*a) + used, MSG_NOSIGNAL);
	buf__exit(&text);
}

static void __attribute__((noreturn)) child(struct foreign *f, int fd)
{
	struct tep *tep;
	ssize_t size;

	give_up_rights(fd);
	if (tep__new(&tep))
		_exit(1);
	while ((size = recv(3, f->request, MAX_MESSAGE, 0)) >= (ssize_t)sizeof(*f->request))
		if (f->request->is_format)
			answer_format(tep, f->request, size - sizeof(*f->request), f->answer);
		else
			answer_records(tep, f->request, size - sizeof(*f->request), f->answer);
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

static int send_request(struct foreign *f, const struct request *request, size_t len)
{
	ssize_t n;

	do {
		n = send(f->fd, request, sizeof(*request) + len, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -EPIPE : 0;
}

/* The length of an answer's data, a negative errno when there is none. */
static ssize_t receive(struct foreign *f)
{
	ssize_t n;

	do {
		n = recv(f->fd, f->answer, MAX_MESSAGE, 0);
	} while (n < 0 && errno == EINTR);
	return n < (ssize_t)sizeof(*f->answer) ? -EPIPE : n - (ssize_t)sizeof(*f->answer);
}

/*
 * Sends f->request with @len bytes of data and waits for the answer. Returns the length of its
 * data, a negative errno when there is none: then the child is gone.
 */
static ssize_t ask(struct foreign *f, size_t len)
{
	ssize_t n = send_request(f, f->request, len) ? -EPIPE : receive(f);

	if (n < 0) {
		end_child(f);
		f->deaths++;
	}
	return n;
}

static bool is_identifier(const char *name, size_t size)
{
	size_t len = strnlen(name, size);

	if (!len || len == size || (name[0] >= '0' && name[0] <= '9'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

static bool is_width(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static bool is_sound(const struct foreign_field *field)
{
	if (!is_identifier(field->name, sizeof(field->name)) || field->offset >= MAX_RECORD ||
	    !field->size || field->size > MAX_RECORD - field->offset)
		return false;
	if (field->is_dynamic)
		return field->size == sizeof(uint32_t);
	if (!field->is_array)
		return is_width(field->size) && (!field->is_bool || field->size == 1);
	return is_width(field->elem_size) && field->size % field->elem_size == 0;
}

/* What the child says cannot be trusted: a format may have made something else of it. */
static int take_fields(struct foreign *f, struct event *e, size_t len)
{
	size_t nr = len / sizeof(*e->fields);
	struct foreign_field field;
	uint8_t bytes[sizeof(field)];

	if (e->fields || !nr || nr > FOREIGN_MAX_FIELDS)
		return 0;
	e->fields = calloc(nr, sizeof(*e->fields));
	if (!e->fields)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		memcpy(bytes, f->answer->data + i * sizeof(field), sizeof(bytes));
		for (size_t j = offsetof(struct foreign_field, is_signed); j < sizeof(field); j++)
			bytes[j] = bytes[j] != 0;
		memcpy(&field, bytes, sizeof(field));
		if (is_sound(&field))
			e->fields[e->nr_fields++] = field;
	}
	return 0;
}

static int send_format(struct foreign *f, struct event *e)
{
	size_t name_len = strlen(e->name) + 1;
	ssize_t len;

	*f->request = (struct request){ .is_format = 1, .name_len = name_len };
	memcpy(f->request->data, e->name, name_len);
	memcpy(f->request->data + name_len, e->format, e->len);
	len = ask(f, name_len + e->len);
	if (len < 0)
		return -EPIPE;
	return take_fields(f, e, len) ? -ENOMEM : f->answer->handle;
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
	f->batch = malloc(MAX_MESSAGE);
	if (!f->request || !f->answer || !f->batch) {
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
		free(f->events[i].fields);
	}
	free(f->events);
	free(f->request);
	free(f->answer);
	free(f->batch);
	free(f->pending);
	buf__exit(&f->tail);
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
		free(e->fields);
		return -1;
	}
	return f->nr++;
}

unsigned int foreign__fields(const struct foreign *f, int handle,
			     const struct foreign_field **fields)
{
	*fields = f->events[handle].fields;
	return f->events[handle].nr_fields;
}

/* ---- records ------------------------------------------------------------------------------- */

/* Puts a record behind the first @len bytes of @request's data. Returns the length with it. */
static size_t put_record(struct request *request, size_t len, const struct record *head,
			 const void *raw)
{
	size_t size = padded(head->size);
	char *data = request->data + len + sizeof(*head);

	memcpy(request->data + len, head, sizeof(*head));
	memcpy(data, raw, head->size);
	memset(data + head->size, 0, size - head->size);
	return len + sizeof(*head) + size;
}

/* The texts of an answer, @len bytes, checked; NULL: that is none. */
static const char *next_text(const char *at, const char *end, uint32_t *len)
{
	if (end - at < (ssize_t)sizeof(*len))
		return NULL;
	memcpy(len, at, sizeof(*len));
	at += sizeof(*len);
	return *len <= (size_t)(end - at) ? at : NULL;
}

/* A record by itself: what it does to the child is its own fault. */
static void print_alone(struct foreign *f, int event, const struct record *head, const void *raw,
			struct buf *out)
{
	struct event *e = &f->events[event];
	struct record record = *head;
	const char *text = NULL;
	uint32_t text_len;
	ssize_t len;

	if (!e->dead && !need_child(f) && !e->dead) {
		record.handle = e->handle;
		*f->request = (struct request){ 0 };
		len = ask(f, put_record(f->request, 0, &record, raw));
		if (len >= 0)
			text = next_text(f->answer->data, f->answer->data + len, &text_len);
		e->dead |= len < 0;
	}
	if (text)
		text__add(out, text, text_len, false);
	else
		buf__adds(out, "(cannot be shown)");
}

void foreign__print(struct foreign *f, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out)
{
	const struct record head = { .time = time, .cpu = cpu, .size = raw_size };

	if (raw_size > MAX_TEXT)
		buf__adds(out, "(cannot be shown)");
	else
		print_alone(f, handle, &head, raw, out);
}

static struct pending *add_pending(struct foreign *f)
{
	if (f->nr_pending == f->cap_pending) {
		unsigned int cap = f->cap_pending ? 2 * f->cap_pending : 256;
		struct pending *more = reallocarray(f->pending, cap, sizeof(*more));

		if (!more)
			return NULL;
		f->pending = more;
		f->cap_pending = cap;
	}
	return &f->pending[f->nr_pending++];
}

void foreign__queue(struct foreign *f, int handle, const void *raw, size_t raw_size, int cpu,
		    uint64_t time, struct buf *out)
{
	struct event *e = &f->events[handle];
	struct record head = { .time = time, .cpu = cpu, .size = raw_size };
	struct pending *pending;

	if (sizeof(*f->batch) + f->batch_len + sizeof(head) + padded(raw_size) > MAX_BATCH)
		foreign__flush(f, out);
	if (e->dead || raw_size > MAX_BATCH / 2 || need_child(f) || e->dead) {
		foreign__print(f, handle, raw, raw_size, cpu, time, out);
		return;
	}
	pending = add_pending(f);
	if (!pending) {
		out->failed = true;
		return;
	}
	head.handle = e->handle;
	*pending = (struct pending){ .event = handle, .at = out->len, .offset = f->batch_len };
	f->batch_len = put_record(f->batch, f->batch_len, &head, raw);
}

/* Appends the tail up to where the text of pending @i goes. */
static void add_tail(struct foreign *f, unsigned int i, struct buf *out)
{
	size_t first = f->pending[0].at, from = i ? f->pending[i - 1].at - first : 0;
	size_t to = i < f->nr_pending ? f->pending[i].at - first : f->tail.len;

	if (to <= f->tail.len && from <= to && to)
		buf__add(out, f->tail.data + from, to - from);
}

/* Takes the texts that the child sends, from pending @i on. Returns the first there is none for. */
static unsigned int take_texts(struct foreign *f, struct buf *out)
{
	unsigned int i = 0;

	while (i < f->nr_pending) {
		ssize_t len = receive(f);
		const char *at = f->answer->data, *end = at + len;
		uint32_t text_len;

		if (len < 0 || !f->answer->nr)
			break;
		for (uint32_t n = f->answer->nr; n && i < f->nr_pending; n--, i++) {
			at = next_text(at, end, &text_len);
			if (!at)
				return i;
			add_tail(f, i, out);
			text__add(out, at, text_len, false);
			at += text_len;
		}
	}
	return i;
}

void foreign__flush(struct foreign *f, struct buf *out)
{
	unsigned int i = 0;
	size_t first;

	if (!f->nr_pending)
		return;
	first = f->pending[0].at;
	buf__clear(&f->tail);
	if (out->len > first) {
		buf__add(&f->tail, out->data + first, out->len - first);
		out->len = first;
	}
	out->failed |= f->tail.failed;
	*f->batch = (struct request){ 0 };
	if (f->child && !send_request(f, f->batch, f->batch_len))
		i = take_texts(f, out);
	if (i < f->nr_pending)		/* one of those that are left ended it */
		end_child(f);
	for (; i < f->nr_pending; i++) {
		const struct record *r = (const void *)(f->batch->data + f->pending[i].offset);

		add_tail(f, i, out);
		print_alone(f, f->pending[i].event, r, r->data, out);
	}
	add_tail(f, f->nr_pending, out);
	f->nr_pending = 0;
	f->batch_len = 0;
}
