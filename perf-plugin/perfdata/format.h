/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of a perf.data as far as <linux/perf_event.h> does not have it. All numbers are in the
 * byte order of the machine that wrote it. Sources: tools/perf/util/header.h (file header, feature
 * bits), tools/lib/perf/include/perf/event.h (records from 64 on),
 * tools/perf/Documentation/perf.data-file-format.txt.
 *
 * A file: header, then in any order the attrs with their ids and the contents of the feature
 * sections; then the data (records), and right behind the data the table of the feature sections,
 * one entry a bit set in the header's features, in the order of bits. A pipe: a short header, then
 * records only, of which some carry what the header of a file has.
 */
#ifndef BTFSNOOP_PERFDATA_FORMAT_H
#define BTFSNOOP_PERFDATA_FORMAT_H

#include <linux/perf_event.h>
#include <stdint.h>

#define PERFDATA_MAGIC		0x32454c4946524550ULL	/* "PERFILE2" on little endian */
#define PERFDATA_MAGIC_SWAPPED	0x50455246494c4532ULL
#define PERFDATA_MAGIC_V1	"PERFFILE"		/* before Linux 3.4 */

struct perfdata_section {
	uint64_t offset;
	uint64_t size;
};

struct perfdata_file_header {
	uint64_t magic;
	uint64_t size;			/* of this header; 16 says pipe format */
	uint64_t attr_size;		/* of a perf_event_attr and a perfdata_section (its ids) */
	struct perfdata_section attrs;
	struct perfdata_section data;
	struct perfdata_section event_types;	/* not used since 3.11 */
	uint64_t features[4];		/* a bit each */
};

#define PERFDATA_PIPE_HEADER_SIZE	16	/* magic and size only */
#define PERFDATA_FEATURE_BITS		256

enum perfdata_feature {
	FEATURE_TRACING_DATA	= 1,
	FEATURE_BUILD_ID	= 2,
	FEATURE_HOSTNAME	= 3,
	FEATURE_OSRELEASE	= 4,
	FEATURE_VERSION		= 5,
	FEATURE_ARCH		= 6,
	FEATURE_NRCPUS		= 7,
	FEATURE_CPUDESC		= 8,
	FEATURE_CPUID		= 9,
	FEATURE_TOTAL_MEM	= 10,
	FEATURE_CMDLINE		= 11,
	FEATURE_EVENT_DESC	= 12,
	FEATURE_CPU_TOPOLOGY	= 13,
	FEATURE_NUMA_TOPOLOGY	= 14,
	FEATURE_PMU_MAPPINGS	= 16,
	FEATURE_GROUP_DESC	= 17,
	FEATURE_SAMPLE_TIME	= 21,
	FEATURE_CLOCKID		= 23,
	FEATURE_BPF_BTF		= 26,
	FEATURE_COMPRESSED	= 27,
	FEATURE_CLOCK_DATA	= 29,
	FEATURE_END			/* one past the last we know */
};

/* What perf calls a group that has no name. */
#define PERFDATA_NO_GROUP_NAME	"{anon_group}"

/* Records that perf itself adds to the kernel's. */
enum perfdata_user_record {
	RECORD_USER_START	= 64,
	RECORD_HEADER_ATTR	= 64,	/* attr, ids: u64[] up to the record's end */
	RECORD_TRACING_DATA	= 66,	/* u32 size; that many bytes follow the record */
	RECORD_BUILD_ID		= 67,
	RECORD_FINISHED_ROUND	= 68,	/* the header alone */
	RECORD_AUXTRACE		= 71,	/* u64 size; that many bytes follow the record */
	RECORD_EVENT_UPDATE	= 78,	/* u64 what, u64 sample id, then EVENT_UPDATE_NAME: a string */
	RECORD_HEADER_FEATURE	= 80,	/* u64 feature bit, its section */
	RECORD_COMPRESSED	= 81,
	RECORD_COMPRESSED2	= 83,
};

#define EVENT_UPDATE_NAME	2	/* enum PERF_EVENT_UPDATE__NAME */

#define RECORD_MISC_BUILD_ID_SIZE	(1 << 15)	/* RECORD_BUILD_ID gives the id's length */
#define RECORD_MAX_SIZE			65528	/* what a u16 can say, in steps of 8 bytes */

/* A string in a feature section: its length with the padding, then the NUL-padded bytes. */
#define PERFDATA_STRING_ALIGN	64

#endif
