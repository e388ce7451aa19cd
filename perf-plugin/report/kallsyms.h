/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the symbols of the kernel are that a file was recorded on. */
#ifndef BTFSNOOP_REPORT_KALLSYMS_H
#define BTFSNOOP_REPORT_KALLSYMS_H

#include "../perfdata/reader.h"

/*
 * /proc/kallsyms when that kernel runs here, else the copy that perf keeps by its build id (perf
 * buildid-cache: $PERF_BUILDID_DIR, $HOME/.debug). The path is the caller's to free; NULL: neither.
 */
char *kallsyms__find(const struct perfdata_info *info);

#endif
