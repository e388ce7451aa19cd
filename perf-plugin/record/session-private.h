/* SPDX-License-Identifier: GPL-2.0-only */
/* What a session consists of, for the files that it consists of: session.c, session-*.c. */
#ifndef BTFSNOOP_RECORD_SESSION_PRIVATE_H
#define BTFSNOOP_RECORD_SESSION_PRIVATE_H

#include "../perfdata/sideband.h"
#include "../util/progress.h"
#include "control.h"
#include "follow.h"
#include "generation.h"
#include "session.h"
#include "sink.h"
#include "workload.h"

/* What --control said of all events. */
enum switched { SWITCHED_NOT, SWITCHED_ON, SWITCHED_OFF };

/* Of session-flight.c. */
struct session_flight {
	struct control_reader reader;
	enum switched switched;
	bool *off;			/* of each event, ours first: its records are dropped */
	unsigned int nr_ours, nr_events;
	bool is_any_off;
	bool is_asked;			/* a snapshot, or another file: as soon as there can be one */
	struct buf marked;		/* the last trigger, without its mark */
	bool is_triggered;		/* by what was drained last */
	uint64_t due_ns;		/* a trigger's snapshot, by CLOCK_MONOTONIC; 0: none is due */
	uint64_t next_switch_ns;
	unsigned int nr_by_trigger;
};

struct session {
	const struct session_opts *opts;
	struct session_result *result;
	struct diag *diag;

	struct resolve_opts resolve_opts;
	struct attach_opts attach_opts;
	struct generation first;	/* the events it began with */
	struct follow *follow;		/* and those of modules that came later */
	struct sideband *sideband;
	struct chain *chain;		/* with call chains */
	struct sink *sink;
	struct workload workload;
	struct progress_line *progress;
	int cgroup_fd;
	int signal_fd;
	int epoll_fd;
	uint64_t started_ns;
	uint64_t drained;		/* bytes taken out of the ring this time */
	struct session_flight flight;
	bool has_triggers;
	bool is_limited;		/* to so many events or bytes */
	bool is_plain;			/* records go into the file as they are */
	bool enabled;
	bool done;
};

uint64_t session__now_ns(clockid_t clock);

/* Switches recording by -D and --control. Returns the milliseconds to wait before looking again. */
int session__apply_windows(struct session *s);

/* Looks what signals came: one that ends the recording sets done. */
void session__take_signals(struct session *s);

/* ---- session-events.c: into the kernel ---------------------------------------------------- */

/* All of them, the first being number 0; NULL behind the last. */
struct generation *session__generation(const struct session *s, unsigned int index);

/* Makes the events of the specs. Returns 0 or a negative errno with a message, as those below. */
int session__make_events(struct session *s);

/* Loads and attaches their programs, and tells them which tasks to record. */
int session__load_events(struct session *s);

/* ---- session-file.c: out of the rings ----------------------------------------------------- */

/* Opens what the records come from and where they go. */
int session__open_file(struct session *s);

/* A record out of the BPF ring, for attach__set_consumer(); @ctx is the session. */
int session__take_record(void *ctx, const void *record, size_t size);

/* Drains all rings once. Ends the session if what was asked for has been recorded. */
int session__drain(struct session *s);

/* Switches recording of all events. */
void session__enable(struct session *s, bool on);

/* ---- session-perf.c: the kernel's own events, of -e ---------------------------------------- */

/* Opens them; not enabled. Returns 0 or a negative errno with a message. */
int session__open_perf(struct session *s);

/* Samples of one of them are to be recorded. */
bool session__has_perf(const struct session *s);

/* What was lost, when all has been drained: to the sink and the result. */
int session__end_perf(struct session *s);

/* What has come goes to the sink. */
int session__drain_perf(struct session *s);

/* ---- the end ------------------------------------------------------------------------------- */

/* What --max-events and --max-size allow has been recorded. */
bool session__is_enough(struct session *s);

/* Completes what is written, and takes the programs out of the kernel. */
int session__finish(struct session *s);

/* ---- session-flight.c: files one after the other, snapshots, commands ---------------------- */

const struct flight_opts *session__flight_opts(const struct session *s);

/* Has the commands' file looked after. Returns 0 or a negative errno with a message. */
int session__watch_control(struct session *s);
void session__take_commands(struct session *s);

/* Somebody asks for a snapshot, or the next file. */
void session__ask(struct session *s);

/*
 * Whether @sample, with @size bytes, is a trigger, for which it then asks. Returns it as it is to be
 * recorded, until the next one; NULL without memory.
 */
const struct bs_sample *session__look_at_trigger(struct session *s, const struct bs_sample *sample,
						 size_t size);

/* Whether the event of this sample id was disabled by a command. */
bool session__is_off(const struct session *s, uint64_t id);

/* After a round: begins what is due. Returns 0 or a negative errno with a message. */
int session__look_at_files(struct session *s);

/* Milliseconds until something is due, @ms at most. */
unsigned int session__max_wait_ms(const struct session *s, unsigned int ms);

/* When all is drained for the last time. Returns as session__look_at_files(). */
int session__last_snapshot(struct session *s);
void session__exit_flight(struct session *s);

#endif
