// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run a command in a terminal of its own and use it as a person would: wait for what it shows,
 * type, press ^C. For testing what happens with job control, pagers and colours.
 *
 * What the terminal shows goes to stdout. On stderr, a line for each step and one for the end:
 *   step=2 did=expect ms=31
 *   exit=0                        or signal=2
 * Status 0 if every step could be done and the command ended; what it ended with is in the line.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prog.h"

static const char usage[] =
	"usage: tty_run [-t SECONDS] STEP... -- COMMAND [ARG...]\n"
	"Steps, each with SECONDS (default 10) of time:\n"
	"    expect:TEXT    wait until the terminal shows TEXT, after what was expected before\n"
	"    send:TEXT      type TEXT; \\n is Enter, ^C a control character, \\\\ and \\^ themselves\n"
	"    sleep:MS       wait\n"
	"    run:COMMAND    run a shell command outside the terminal; it has to succeed\n"
	"    eof:           wait until the command has ended\n";

/* `shown` keeps what the terminal showed and no expect has used up yet. */
struct terminal {
	int fd;
	pid_t command;
	bool closed;
	char shown[1 << 20];
	size_t size;
};

static void terminal__start(struct terminal *terminal, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	terminal->command = forkpty(&terminal->fd, NULL, NULL, &size);
	if (terminal->command < 0)
		prog__die(errno, "no terminal");
	if (!terminal->command) {
		execvp(argv[0], argv);
		prog__die(errno, "%s", argv[0]);
	}
}

/* Take in what the terminal shows, waiting for it up to `ms`. */
static void terminal__read(struct terminal *terminal, int ms)
{
	struct pollfd poll_fd = { .fd = terminal->fd, .events = POLLIN };
	char *place;
	ssize_t got;

	if (terminal->closed) {
		usleep(ms * 1000);
		return;
	}
	if (poll(&poll_fd, 1, ms) <= 0)
		return;
	if (terminal->size > sizeof(terminal->shown) / 2) {
		size_t kept = sizeof(terminal->shown) / 4;

		memmove(terminal->shown, terminal->shown + terminal->size - kept, kept);
		terminal->size = kept;
	}
	place = terminal->shown + terminal->size;
	got = read(terminal->fd, place, sizeof(terminal->shown) - terminal->size);
	if (got > 0) {
		terminal->size += got;
		fwrite(place, 1, got, stdout);
		fflush(stdout);
	} else if (!got || errno == EIO) {
		/* EIO: nobody has the terminal open any more */
		terminal->closed = true;
	}
}

static bool terminal__expect(struct terminal *terminal, const char *text, uint64_t deadline)
{
	char *found;

	for (;;) {
		found = memmem(terminal->shown, terminal->size, text, strlen(text));
		if (found) {
			char *rest = found + strlen(text);

			terminal->size -= rest - terminal->shown;
			memmove(terminal->shown, rest, terminal->size);
			return true;
		}
		if (terminal->closed || prog__now_ns() >= deadline)
			return false;
		terminal__read(terminal, 10);
	}
}

static bool terminal__send(struct terminal *terminal, const char *text)
{
	char typed[4096];
	size_t size = 0;

	for (; *text && size < sizeof(typed); text++) {
		if (text[0] == '\\' && text[1]) {
			text++;
			typed[size++] = *text == 'n' ? '\r' : *text;
		} else if (text[0] == '^' && text[1]) {
			text++;
			typed[size++] = *text & 0x1f;
		} else {
			typed[size++] = *text;
		}
	}
	return write(terminal->fd, typed, size) == (ssize_t)size;
}

/* Until process `pid` has ended; its status, or -1 at the deadline. */
static int terminal__wait(struct terminal *terminal, pid_t pid, uint64_t deadline)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (prog__now_ns() >= deadline)
			return -1;
		terminal__read(terminal, 10);
	}
	return status;
}

static bool terminal__run(struct terminal *terminal, const char *command, uint64_t deadline)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(126);
	}
	status = terminal__wait(terminal, pid, deadline);
	if (status == -1)
		kill(pid, SIGKILL);
	return status == 0;
}

/* The text behind `name` and a colon in `step`, or NULL. */
static const char *argument(const char *step, const char *name)
{
	size_t size = strlen(name);

	return !strncmp(step, name, size) && step[size] == ':' ? step + size + 1 : NULL;
}

/* Do a step; *ended becomes the command's status when the step was to wait for it. */
static bool do_step(struct terminal *terminal, const char *step, uint64_t deadline, int *ended)
{
	const char *text;

	if ((text = argument(step, "expect")))
		return terminal__expect(terminal, text, deadline);
	if ((text = argument(step, "send")))
		return terminal__send(terminal, text);
	if ((text = argument(step, "run")))
		return terminal__run(terminal, text, deadline);
	if ((text = argument(step, "sleep"))) {
		uint64_t until = prog__now_ns() + prog__number(text, 0, 1000000) * 1000000ULL;

		while (prog__now_ns() < until)
			terminal__read(terminal, 1);
		return true;
	}
	if (argument(step, "eof")) {
		if (*ended == -1)
			*ended = terminal__wait(terminal, terminal->command, deadline);
		return *ended != -1;
	}
	prog__die(0, "no step: %s", step);
}

int main(int argc, char **argv)
{
	static struct terminal terminal;
	long seconds = 10;
	int i = 1, end, ended = -1, failed = 0;

	if (argc > 2 && !strcmp(argv[1], "-t")) {
		seconds = prog__number(argv[2], 1, 3600);
		i = 3;
	}
	for (end = i; end < argc && strcmp(argv[end], "--"); end++)
		;
	if (end + 1 >= argc) {
		fputs(usage, stderr);
		return 129;
	}
	terminal__start(&terminal, argv + end + 1);
	for (int number = 1; i <= end && !failed; i++, number++) {
		const char *step = i < end ? argv[i] : "eof:";
		uint64_t start = prog__now_ns();

		failed = !do_step(&terminal, step, start + seconds * 1000000000ULL, &ended);
		fprintf(stderr, "step=%d %s=%.*s ms=%llu\n", number, failed ? "failed" : "did",
			(int)strcspn(step, ":"), step,
			(unsigned long long)(prog__now_ns() - start) / 1000000);
	}
	if (ended == -1) {
		kill(-terminal.command, SIGKILL);
		waitpid(terminal.command, &ended, 0);
	}
	/* What it showed last. */
	for (i = 0; i < 100 && !terminal.closed; i++)
		terminal__read(&terminal, 1);
	if (WIFSIGNALED(ended))
		fprintf(stderr, "signal=%d\n", WTERMSIG(ended));
	else
		fprintf(stderr, "exit=%d\n", WEXITSTATUS(ended));
	return failed;
}
