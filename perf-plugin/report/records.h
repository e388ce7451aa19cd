/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What records other than samples begin with (include/uapi/linux/perf_event.h, enum
 * perf_event_type). A record's size has to be checked before any of it is looked at.
 */
#ifndef BTFSNOOP_REPORT_RECORDS_H
#define BTFSNOOP_REPORT_RECORDS_H

#include <linux/perf_event.h>
#include <stdint.h>

struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	char comm[];
};

/* PERF_RECORD_EXIT, too */
struct fork_record {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
	uint64_t time;
};

struct lost_record {
	struct perf_event_header header;
	uint64_t first;		/* of PERF_RECORD_LOST the id, of LOST_SAMPLES the number */
	uint64_t second;
};

struct mmap_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	char name[];
};

struct mmap2_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	union {
		struct {
			uint32_t major, minor;
			uint64_t ino, ino_generation;
		};
		/* with PERF_RECORD_MISC_MMAP_BUILD_ID */
		struct {
			uint8_t build_id_size, reserved1;
			uint16_t reserved2;
			uint8_t build_id[20];
		};
	};
	uint32_t prot, flags;
	char name[];
};

#endif
