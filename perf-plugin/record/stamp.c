// SPDX-License-Identifier: GPL-2.0-only
#include "stamp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define USEC_PER_CSEC	10000
#define USEC_PER_SEC	1000000

static void add_csec(struct timeval *tv)
{
	tv->tv_usec += USEC_PER_CSEC;
	tv->tv_sec += tv->tv_usec / USEC_PER_SEC;
	tv->tv_usec %= USEC_PER_SEC;
}

static char *name_of(const struct stamps *stamps, const struct timeval *tv)
{
	char stamp[32], *name;
	struct tm tm;

	localtime_r(&tv->tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &tm);
	if (asprintf(&name, "%s.%s%02u", stamps->path, stamp,
		     (unsigned int)(tv->tv_usec / USEC_PER_CSEC)) < 0)
		return NULL;
	return name;
}

/* Of the next hundredth of a second whose name is not taken. */
char *stamps__name(struct stamps *stamps)
{
	struct timeval tv;
	char *name;

	gettimeofday(&tv, NULL);
	tv.tv_usec -= tv.tv_usec % USEC_PER_CSEC;
	if (!timercmp(&tv, &stamps->last, >)) {
		tv = stamps->last;
		add_csec(&tv);
	}
	while ((name = name_of(stamps, &tv)) && !access(name, F_OK)) {
		free(name);
		add_csec(&tv);
	}
	stamps->last = tv;
	return name;
}

int stamps__add(struct stamps *stamps, const char *name)
{
	char *copy, **kept, **place;

	if (!stamps->max_files)
		return 0;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	if (stamps->nr_kept < stamps->max_files) {
		kept = reallocarray(stamps->kept, stamps->nr_kept + 1, sizeof(*kept));
		if (!kept) {
			free(copy);
			return -ENOMEM;
		}
		stamps->kept = kept;
		kept[stamps->nr_kept++] = copy;
		return 0;
	}
	place = &stamps->kept[stamps->oldest++ % stamps->max_files];
	unlink(*place);
	free(*place);
	*place = copy;
	return 0;
}

void stamps__exit(struct stamps *stamps)
{
	for (unsigned int i = 0; i < stamps->nr_kept; i++)
		free(stamps->kept[i]);
	free(stamps->kept);
}
