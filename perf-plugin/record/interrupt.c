// SPDX-License-Identifier: GPL-2.0-only
#include "interrupt.h"

#include <string.h>
#include <unistd.h>

static const int signals[NR_INTERRUPTS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void end(int sig)
{
	_exit(128 + sig);
}

/* The shell's prompt does not go behind a line that was half drawn. */
static void end_on_terminal(int sig)
{
	ssize_t ret = write(STDERR_FILENO, "\n", 1);

	(void)ret;
	_exit(128 + sig);
}

void interrupts__catch(struct interrupts *interrupts)
{
	struct sigaction action = {
		.sa_handler = isatty(STDERR_FILENO) ? end_on_terminal : end,
	};

	for (int i = 0; i < NR_INTERRUPTS; i++) {
		memset(&interrupts->before[i], 0, sizeof(interrupts->before[i]));
		sigaction(signals[i], NULL, &interrupts->before[i]);
		if (interrupts->before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

void interrupts__restore(const struct interrupts *interrupts)
{
	for (int i = 0; i < NR_INTERRUPTS; i++)
		sigaction(signals[i], &interrupts->before[i], NULL);
}
