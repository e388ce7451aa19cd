/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What code lies where: in the processes of a file as its MMAP, MMAP2, FORK, EXEC and EXIT records
 * tell, and in its kernel; and the names of the functions there.
 */
#ifndef BTFSNOOP_REPORT_MAPS_H
#define BTFSNOOP_REPORT_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "../perfdata/reader.h"

struct maps;
struct symbols;

/*
 * A place in code. Strings are safe for a terminal and stay until maps__free(): names of functions
 * are compared by address, each has but one (of a kernel or a file).
 */
struct place {
	uint64_t ip;
	uint64_t addr;		/* as perf script shows it: in a program's file its offset there */
	const char *sym;	/* NULL: not known */
	uint64_t offset;	/* from the start of sym */
	const char *dso;	/* "/usr/bin/curl", "[kernel.kallsyms]"; NULL: not known */
	bool is_kernel;
};

/*
 * Names of the kernel's functions come from @kernel, the build ids of files from @info; both have
 * to outlive it. Returns 0 or -ENOMEM.
 */
int maps__new(struct symbols *kernel, const struct perfdata_info *info, struct maps **out);
void maps__free(struct maps *maps);

/* Forgets what the records said, but no file and no name. */
void maps__forget(struct maps *maps);

/* Takes note of a record and ignores those that say nothing of code. Returns 0 or -ENOMEM. */
int maps__record(struct maps *maps, const struct perfdata_record *record);

/*
 * What is at @ip, of process @pid or of the kernel. @cpumode: as in the sample's misc
 * (PERF_RECORD_MISC_CPUMODE_MASK). Always fills *@place.
 */
void maps__find(struct maps *maps, int32_t pid, unsigned int cpumode, uint64_t ip,
		struct place *place);

/*
 * The file whose code is at @ip, of process @pid or a module of the kernel, as its record names it; of
 * the kernel itself "[kernel.kallsyms]". NULL: not known. Valid until maps__free().
 */
const char *maps__file(struct maps *maps, int32_t pid, uint64_t ip);

#endif
