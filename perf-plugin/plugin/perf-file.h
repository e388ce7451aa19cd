/* SPDX-License-Identifier: GPL-2.0-only */
/* The perf.data that the perf around us reads. */
#ifndef BTFSNOOP_PLUGIN_PERF_FILE_H
#define BTFSNOOP_PLUGIN_PERF_FILE_H

#include "command.h"

/*
 * The path under which the file can be opened once more, for the caller to free; NULL where there
 * is none, as with a pipe. To be called while the plugin is loaded: perf loads plugins once for
 * each file, when it has begun to read the file's tracing data.
 */
char *perf_file__path(const struct command *command);

#endif
