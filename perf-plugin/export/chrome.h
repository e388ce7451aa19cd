/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording in the Trace Event Format, which Perfetto and chrome://tracing open: a JSON object
 * with "traceEvents" (the format's own description: "Trace Event Format", Google). Of an event with
 * a duration it has a complete slice ("X") on its thread, with what the event of the entry has, too,
 * where there is one; of others instants ("i"); of objects that --track follows flows ("s", "t",
 * "f") from slice to slice. Slices of a thread nest: where clocks differ by some nanoseconds the
 * shorter part of what overlaps is cut off.
 *
 * Values are as --format json has them: "args":{"event":"btfsnoop:vfs_read__return","cpu":1,
 * "fields":{"count":2048,"return":2048},"entry":{"fields":{"file":"0xffff888103b1c000"}}}. "sf" is a
 * call chain: the innermost frame's key in "stackFrames".
 */
#ifndef BTFSNOOP_EXPORT_CHROME_H
#define BTFSNOOP_EXPORT_CHROME_H

#include "../render/value.h"
#include "../report/input.h"
#include "../util/diag.h"

struct chrome_opts {
	struct value_opts values;
	const char *path;		/* NULL: stdout; else as output__open() takes it */
	uint64_t max_events;		/* samples to read, 0: all */
	bool no_callchain;
};

/*
 * Reads @input to its end; memory grows with its threads, flows and different call chains
 * only. Returns 0 or a negative errno, with or without a message in @diag; then nothing is left of a
 * file.
 */
int chrome__write(struct input *input, const struct chrome_opts *opts, struct diag *diag);

#endif
