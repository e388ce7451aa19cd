/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands. Each gets its own command line, argv[0] being its name, and returns the exit
 * status: 0, 1 for an error (its message is printed), 129 for wrong usage, 130 after ^C, never 127
 * (perf would say there is no such command).
 */
#ifndef BTFSNOOP_BUILTIN_H
#define BTFSNOOP_BUILTIN_H

int cmd_record(int argc, const char **argv);
int cmd_stat(int argc, const char **argv);
int cmd_report(int argc, const char **argv);
int cmd_diff(int argc, const char **argv);
int cmd_script(int argc, const char **argv);
int cmd_merge(int argc, const char **argv);
int cmd_trace(int argc, const char **argv);
int cmd_top(int argc, const char **argv);
int cmd_info(int argc, const char **argv);
int cmd_features(int argc, const char **argv);
int cmd_complete(int argc, const char **argv);

#endif
