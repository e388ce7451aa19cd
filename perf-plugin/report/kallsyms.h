/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the symbols of the kernel are that a file was recorded on. */
#ifndef BTFSNOOP_REPORT_KALLSYMS_H
#define BTFSNOOP_REPORT_KALLSYMS_H

#include "../perfdata/reader.h"
#include "../render/symbols.h"

/*
 * /proc/kallsyms when that kernel runs here, else the copy that perf keeps by its build id (perf
 * buildid-cache: $PERF_BUILDID_DIR, $HOME/.debug). The path is the caller's to free; NULL: neither.
 */
char *kallsyms__find(const struct perfdata_info *info);

/*
 * Takes from @header, a PERF_RECORD_MMAP, where the kernel was that was recorded; from those of
 * other things nothing.
 */
void kallsyms__take_mmap(struct symbols *symbols, const struct perf_event_header *header);

#endif
