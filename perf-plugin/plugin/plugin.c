// SPDX-License-Identifier: GPL-2.0-only
/*
 * btfsnoop.so: with this among libtraceevent's plugins, stock perf shows our events as we do, by
 * the same renderer.
 *
 * libtraceevent gives a plugin the raw data of a record and nothing that says what type is in it.
 * That stands in the file perf has open, so that is read once more, here. Where anything of this is
 * missing nothing is said, and libtraceevent goes on to show the fields of the event's format.
 *
 * libtraceevent is not linked: it is part of some perfs' executable, which exports just a few of
 * its functions (tools/lib/traceevent/plugins, libtraceevent-dynamic-list of Linux 6.1).
 */
#include <stdlib.h>
#include <event-parse.h>
#include <trace-seq.h>

#include "command.h"
#include "perf-file.h"
#include "recording.h"

#define SYSTEM	"btfsnoop"
#define API	__attribute__((visibility("default")))

/* One for each file that perf has open: perf diff has several. */
struct loaded {
	struct tep_handle *tep;
	struct recording *recording;
	struct loaded *next;
};

/* The loader has nowhere else to leave anything for the unloader. */
static struct loaded *all_loaded;

API int TEP_PLUGIN_LOADER(struct tep_handle *tep);
API void TEP_PLUGIN_UNLOADER(struct tep_handle *tep);

/* Returns 1 where libtraceevent is to show the record. */
static int show(struct trace_seq *s, struct tep_record *record, struct tep_event *event, void *ctx)
{
	const char *text = NULL;

	(void)event;
	if (record->data && record->size > 0)
		text = recording_event__text(ctx, record->data, record->size);
	if (!text)
		return 1;
	trace_seq_puts(s, text);
	return 0;
}

/* By number and name, one each: a handler for any event is used up by the first one. */
static void register_events(struct tep_handle *tep, struct recording *recording)
{
	for (unsigned int i = 0; i < recording__nr_events(recording); i++) {
		struct recording_event *event = recording__event(recording, i);

		tep_register_event_handler(tep, recording_event__id(event), SYSTEM,
					   recording_event__name(event), show, event);
	}
}

static void unregister_events(struct tep_handle *tep, struct recording *recording)
{
	for (unsigned int i = 0; i < recording__nr_events(recording); i++) {
		struct recording_event *event = recording__event(recording, i);

		tep_unregister_event_handler(tep, recording_event__id(event), SYSTEM,
					     recording_event__name(event), show, event);
	}
}

static int open_recording(struct recording **recording)
{
	struct command command;
	char *path;
	int err;

	command__read(&command);
	path = perf_file__path(&command);
	err = path ? recording__open(path, command.kallsyms, command__has_lines(&command),
				     recording) : -1;
	free(path);
	command__exit(&command);
	return err;
}

int TEP_PLUGIN_LOADER(struct tep_handle *tep)
{
	struct loaded *loaded = calloc(1, sizeof(*loaded));

	if (!loaded || open_recording(&loaded->recording)) {
		free(loaded);
		return 0;
	}
	loaded->tep = tep;
	loaded->next = all_loaded;
	all_loaded = loaded;
	register_events(tep, loaded->recording);
	return 0;
}

void TEP_PLUGIN_UNLOADER(struct tep_handle *tep)
{
	struct loaded **at = &all_loaded, *loaded;

	while ((loaded = *at)) {
		if (loaded->tep != tep) {
			at = &loaded->next;
			continue;
		}
		*at = loaded->next;
		unregister_events(tep, loaded->recording);
		recording__free(loaded->recording);
		free(loaded);
	}
}
