/* SPDX-License-Identifier: GPL-2.0-only */
/* What a perf.data says of our events, as far as their text needs it. */
#ifndef BTFSNOOP_PLUGIN_RECORDING_H
#define BTFSNOOP_PLUGIN_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recording;
struct recording_event;

/*
 * Opens the file at @path. @kallsyms is where its kernel's symbols are, NULL: to be found by the
 * file's build id. @lines: records may take several lines. Returns 0, -ENOENT for a file without
 * events of ours, or another negative errno.
 */
int recording__open(const char *path, const char *kallsyms, bool lines, struct recording **out);
void recording__free(struct recording *recording);

unsigned int recording__nr_events(const struct recording *recording);
struct recording_event *recording__event(struct recording *recording, unsigned int index);

/* The tracepoint's number, and its name without "btfsnoop:". */
int recording_event__id(const struct recording_event *event);
const char *recording_event__name(const struct recording_event *event);

/*
 * The text of a record of the event without a newline at its end, valid until the next call for any
 * event of the recording; NULL where there is none to be had, which is so from then on.
 */
const char *recording_event__text(struct recording_event *event, const void *raw, size_t raw_size);

#endif
