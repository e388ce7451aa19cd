/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs report and script as a user does, in processes of their own, on the file "file". */
#ifndef REPORT_FIXTURE_H
#define REPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../perf-plugin/builtin.h"

#define MAX_ARGS	16
#define MAX_OUTPUT	(1 << 20)

static char dir[] = "/tmp/btfsnoop-test-XXXXXX";
static char file[64], old_file[64], out_file[64], err_file[64];
static char output[MAX_OUTPUT], errors[MAX_OUTPUT];

static void read_text(const char *path, char *text)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, MAX_OUTPUT - 1, f);
	text[n] = '\0';
	fclose(f);
}

/* Runs "script -i FILE..." in a process of its own; what it printed is in output and errors. */
static int run(const char *command, ...)
{
	const char *argv[MAX_ARGS] = { command, "-i", file };
	int argc = 3, status;
	va_list ap;
	pid_t pid;

	va_start(ap, command);
	while ((argv[argc] = va_arg(ap, const char *)))
		argc++;
	va_end(ap);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (!freopen(out_file, "w", stdout) || !freopen(err_file, "w", stderr))
			_exit(99);
		alarm(20);
		exit(strcmp(command, "script") ? cmd_report(argc, argv) : cmd_script(argc, argv));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	read_text(out_file, output);
	read_text(err_file, errors);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 99 || strstr(errors, "Sanitizer") ||
	    strstr(errors, "runtime error"))
		fail_msg("%s died: %d\n%s", command, status, errors);
	return WEXITSTATUS(status);
}

#endif
