// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command as user 65534 with the capabilities that are named by their numbers, and no others:
 *
 *	withcaps 39,38 perf-btfsnoop record ...
 *
 * so also those that capget(2) of an older library does not know: CAP_SYSLOG 34, CAP_PERFMON 38,
 * CAP_BPF 39.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "prog.h"

#define NOBODY	65534
#define NR_CAPS	64

static void set_caps(const struct __user_cap_data_struct caps[2])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	if (syscall(SYS_capset, &header, caps))
		prog__die(errno, "capset");
}

int main(int argc, char **argv)
{
	struct __user_cap_data_struct caps[2] = { 0 };
	unsigned char wanted[NR_CAPS] = { 0 };
	char *number;

	if (argc < 3)
		prog__die(EINVAL, "usage: withcaps N,N... COMMAND...");
	for (number = strtok(argv[1], ","); number; number = strtok(NULL, ",")) {
		unsigned int cap = prog__number(number, 0, NR_CAPS - 1);

		wanted[cap] = 1;
		caps[cap / 32].permitted |= 1U << cap % 32;
	}
	for (int i = 0; i < 2; i++)
		caps[i].effective = caps[i].inheritable = caps[i].permitted;

	/* Kept over the change of the user, and then over exec. */
	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(NOBODY) || setuid(NOBODY))
		prog__die(errno, "setuid");
	set_caps(caps);
	for (unsigned int cap = 0; cap < NR_CAPS; cap++)
		if (wanted[cap] && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
			prog__die(errno, "capability %u", cap);
	execvp(argv[2], argv + 2);
	prog__die(errno, "%s", argv[2]);
}
