/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads any perf.data whose samples it can make sense of, in the order of time, with memory that
 * does not grow with the file. Nothing in the file is trusted: lengths, offsets and counts are
 * checked, and what is broken ends the reading with a warning after what could still be read.
 */
#ifndef BTFSNOOP_PERFDATA_READER_H
#define BTFSNOOP_PERFDATA_READER_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "../util/diag.h"

struct perfdata_reader;

/* An event (perf's evsel) of the file. Strings belong to the reader. */
struct perfdata_event {
	const struct perf_event_attr *attr;	/* newer members zero where the file has none */
	const char *name;			/* "btfsnoop:ip_send_skb" */
	const char *format;			/* text of the tracepoint's format; NULL: none */
	size_t format_len;
	const char *system;			/* of the tracepoint; NULL: none */
	unsigned int nr_members;		/* of the group it leads, itself and those behind it */
	const char *group_name;			/* NULL: it has none */
};

/*
 * A sample; what its event's sample_type lacks is zero (pid, tid, cpu: -1; period: the event's).
 * All sizes were checked. Records are aligned to 8 bytes in memory, so the call chain is too, and
 * raw to 4.
 */
struct perfdata_sample {
	unsigned int event;		/* index of the event */
	uint16_t misc;
	uint64_t ip;
	int32_t pid;
	int32_t tid;
	uint64_t time;			/* nanoseconds of the file's clock */
	int32_t cpu;
	uint64_t period;
	const uint64_t *callchain;
	uint64_t nr_callchain;
	const void *raw;
	uint32_t raw_size;
};

struct perfdata_record {
	uint32_t type;			/* PERF_RECORD_* */
	const struct perf_event_header *header;	/* the whole record: header->size bytes */
	uint64_t time;			/* 0 where it has none */
	uint64_t offset;		/* of the record in the file, for read_at() */
	struct perfdata_sample sample;	/* of PERF_RECORD_SAMPLE */
};

/* What tells one version of a program or library from another. */
struct perfdata_build_id {
	const char *name;		/* of its file, as in MMAP records */
	const uint8_t *id;
	unsigned int len;		/* 1 to 20 bytes */
	uint16_t misc;			/* PERF_RECORD_MISC_KERNEL: a module, or _USER */
};

/*
 * What the header says; strings are NULL and numbers 0 where the file says nothing. The strings are
 * as they stand in the file: not safe for a terminal.
 */
struct perfdata_info {
	const char *hostname;
	const char *os_release;
	const char *version;
	const char *arch;
	const char *cpu_desc;
	uint8_t kernel_build_id[20];
	unsigned int kernel_build_id_len;	/* 0: the file does not say */
	const struct perfdata_build_id *build_ids;	/* of all else, by ascending name */
	unsigned int nr_build_ids;
	uint32_t nr_cpus_online;
	uint32_t nr_cpus_avail;
	uint64_t total_mem_kb;
	const char *const *cmdline;
	unsigned int nr_cmdline;
	uint64_t first_time;
	uint64_t last_time;
	int clockid;			/* -1: the file does not say */
	uint64_t clock_wall_ns;		/* the wall clock ... */
	uint64_t clock_ns;		/* ... when the events' clock stood at this; 0: unknown */
	uint64_t captured_on;		/* seconds since the epoch: the file's mtime; a pipe: 0 */
};

/*
 * Opens @path ("-": a pipe on stdin). As perf does, a file that belongs neither to root nor to the
 * reader is refused unless @force. Returns 0 or a negative errno with a message in @diag.
 */
int perfdata_reader__open(const char *path, bool force, struct perfdata_reader **out,
			  struct diag *diag);

/* A recorder at the other end of a pipe. */
struct perfdata_live {
	int fd;		/* the pipe; it stays the caller's */
	/*
	 * Called before each read of the pipe, which may have nothing yet: the time for what has to
	 * be done meanwhile, poll() included. True: it may be read; false: the reading ends here.
	 */
	bool (*wait)(void *ctx, int fd);
	void *ctx;
};

/* As perfdata_reader__open() of a pipe. */
int perfdata_reader__open_live(const struct perfdata_live *live, struct perfdata_reader **out,
			       struct diag *diag);
void perfdata_reader__close(struct perfdata_reader *reader);

unsigned int perfdata_reader__nr_events(const struct perfdata_reader *reader);
const struct perfdata_event *perfdata_reader__event(const struct perfdata_reader *reader,
						     unsigned int index);
const struct perfdata_info *perfdata_reader__info(const struct perfdata_reader *reader);

/* The @nth of all sample ids in the file, and whose it is. False: there are fewer. */
bool perfdata_reader__id(const struct perfdata_reader *reader, unsigned int nth, uint64_t *id,
			 unsigned int *event);

/* The event that a record belongs to. False: there is none. */
bool perfdata_reader__event_of(struct perfdata_reader *reader,
			       const struct perf_event_header *record, unsigned int *event);

/*
 * The contents of feature section @feature (enum perfdata_feature) as they are in the file, *@size
 * bytes that nobody has looked into, belonging to the reader. Of several, as pipes can have, the
 * last. NULL: the file has none.
 */
const void *perfdata_reader__section(const struct perfdata_reader *reader, unsigned int feature,
				     uint64_t *size);

/*
 * The @index-th BTF object in HEADER_BPF_BTF, *@size bytes, belonging to the reader; NULL when
 * there are fewer. Nobody has looked into it.
 */
const void *perfdata_reader__btf(struct perfdata_reader *reader, unsigned int index,
				 uint32_t *size);

/*
 * The next record in the order of time; those without a time, such as the ones about tasks that
 * were there before, come as soon as they are met. What perf record itself wrote (from type 64 on)
 * is not handed out. Returns 1 with *@record filled, valid until the next call; 0 at the end; a
 * negative errno when reading fails. A broken or cut file ends with 0, and
 * perfdata_reader__warning() says what is missing. In a pipe more events can turn up meanwhile.
 */
int perfdata_reader__next(struct perfdata_reader *reader, struct perfdata_record *record);

/*
 * Reads the record at @offset once more, one that next() has handed out. The file may have changed
 * since, so all is checked again. Where next() stands does not change, but what it handed out last
 * is not valid any more; *@record is valid until the next call of either. Returns 0, -ESPIPE for a
 * pipe, -EINVAL where no whole record is that can be read, or another negative errno when reading
 * fails.
 */
int perfdata_reader__read_at(struct perfdata_reader *reader, uint64_t offset,
			     struct perfdata_record *record);

/* What was wrong so far, one line each with a newline at its end; NULL: nothing. */
const char *perfdata_reader__warning(const struct perfdata_reader *reader);

/* From here records come from the start again. -ESPIPE for a pipe. */
int perfdata_reader__rewind(struct perfdata_reader *reader);

/* How many PERF_RECORD_LOST or _LOST_SAMPLES says were lost; 0 for other records. */
uint64_t perfdata_record__lost(const struct perfdata_record *record);

/*
 * Samples (of files older than perf 6.2: records) the file says were lost, as far as it was read.
 */
uint64_t perfdata_reader__lost(const struct perfdata_reader *reader);

#define PERFDATA_MAX_TYPE	127

/*
 * How many records of a type were read so far, those included that are not handed out; of types up
 * to PERFDATA_MAX_TYPE.
 */
uint64_t perfdata_reader__nr_records(const struct perfdata_reader *reader, uint32_t type);

#endif
