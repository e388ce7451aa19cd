// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "verbose.h"

#define NSEC_PER_SEC	1000000000ULL
#define INTERVAL_NS	(NSEC_PER_SEC / 5)
#define PATIENCE_NS	(3 * NSEC_PER_SEC / 10)	/* what is over sooner needs no line */
#define MANY		1000			/* of which one step can be all: no patience */
#define ESTIMATE_NS	NSEC_PER_SEC		/* sooner nothing is known of the rest, */
#define ESTIMATE_PART	50			/* nor before so much of it has been done */
#define MAX_WIDTH	120

struct progress_line {
	int fd;
	const char *what;
	char text[MAX_WIDTH];
	unsigned int width;		/* columns drawn; 0: nothing */
	uint64_t started_ns;
	uint64_t next_ns;		/* when it may be drawn again */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

struct progress_line *progress_line__new(int fd)
{
	struct progress_line *line;

	if (verbose || !isatty(fd))
		return NULL;
	line = calloc(1, sizeof(*line));
	if (line)
		line->fd = fd;
	return line;
}

void progress_line__free(struct progress_line *line)
{
	progress_line__wipe(line);
	free(line);
}

/* A terminal that takes no more gets no more: the work does not wait for it. */
static void put(const struct progress_line *line, const char *text, int len)
{
	ssize_t ret = write(line->fd, text, len);

	(void)ret;
}

void progress_line__wipe(struct progress_line *line)
{
	char text[MAX_WIDTH + 3];
	int len;

	if (!line || !line->width)
		return;
	len = snprintf(text, sizeof(text), "\r%*s\r", (int)line->width, "");
	put(line, text, len);
	line->width = 0;
}

static unsigned int columns(const struct progress_line *line)
{
	struct winsize size;

	if (ioctl(line->fd, TIOCGWINSZ, &size) || size.ws_col < 2)
		return 79;
	return size.ws_col <= MAX_WIDTH ? size.ws_col - 1 : MAX_WIDTH - 1;
}

/* Makes line->text; returns its length. */
static unsigned int describe(struct progress_line *line, uint64_t now, unsigned int done,
			     unsigned int total)
{
	uint64_t taken = now - line->started_ns, left;
	char *text = line->text;
	int len;

	if (!total)
		return snprintf(text, MAX_WIDTH, "%s ...", line->what);
	len = snprintf(text, MAX_WIDTH, "%s: %u of %u", line->what, done, total);
	if (taken >= ESTIMATE_NS && done >= total / ESTIMATE_PART && done && len < MAX_WIDTH) {
		left = (double)taken / done * (total - done) / NSEC_PER_SEC;
		len += snprintf(text + len, MAX_WIDTH - len, ", %llu s left",
				(unsigned long long)left + 1);
	}
	return len;
}

static void draw(struct progress_line *line, uint64_t now, unsigned int done, unsigned int total)
{
	unsigned int width = describe(line, now, done, total), most = columns(line);
	char text[2 * MAX_WIDTH];
	unsigned int rest;
	int len;

	if (width > most)
		width = most;
	rest = line->width > width ? line->width - width : 0;
	len = snprintf(text, sizeof(text), "\r%.*s%*s", (int)width, line->text, (int)rest, "");
	put(line, text, len);
	line->width = width + rest;
}

static void begin(struct progress_line *line, const char *what, uint64_t now)
{
	progress_line__wipe(line);
	line->what = what;
	line->started_ns = now;
	line->next_ns = now + PATIENCE_NS;
}

void progress_line__update(void *ctx, const char *what, unsigned int done, unsigned int total)
{
	struct progress_line *line = ctx;
	uint64_t now;

	if (!line)
		return;
	if (total && done >= total) {
		progress_line__wipe(line);
		line->what = NULL;
		return;
	}
	now = now_ns();
	if (!line->what || strcmp(line->what, what))
		begin(line, what, now);
	/* Who begins with nothing done, or can't say how much there is, may not be back soon. */
	if (now < line->next_ns && total && (done || total < MANY))
		return;
	draw(line, now, done, total);
	line->next_ns = now + INTERVAL_NS;
}
