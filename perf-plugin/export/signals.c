// SPDX-License-Identifier: GPL-2.0-only
#include "signals.h"

#define ASK_EVERY	1024

void signals__hold(struct signals *signals, bool is_pipe)
{
	sigset_t held;

	sigemptyset(&signals->awaited);
	sigaddset(&signals->awaited, SIGTERM);
	sigaddset(&signals->awaited, SIGHUP);
	held = signals->awaited;
	sigaddset(&held, SIGINT);
	if (!is_pipe)
		signals->awaited = held;
	signals->nr_asked = 0;
	sigprocmask(SIG_BLOCK, &held, &signals->before);
}

bool signals__came(struct signals *signals)
{
	sigset_t pending;

	if (signals->nr_asked++ % ASK_EVERY || sigpending(&pending))
		return false;
	for (int sig = 1; sig <= SIGTERM; sig++)
		if (sigismember(&signals->awaited, sig) == 1 && sigismember(&pending, sig) == 1)
			return true;
	return false;
}

void signals__release(const struct signals *signals)
{
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}
