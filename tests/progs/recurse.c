// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make a kernel function call itself: ep_loop_check_proc(..., int depth).
 *
 * Adding one epoll to another walks down all epolls below the one added. A chain of them is built
 * from its lower end: the walk gets longer by one call with each epoll, to LEVELS calls nested in
 * each other. The function returns how many levels are below (6.1 and 6.12 stable kernels of 2025,
 * and 6.16, made it so).
 *
 * A line for each call, in the order of entry; the returns are in the opposite order for each walk.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "prog.h"

/* EP_MAX_NESTS in fs/eventpoll.c */
enum { MAX_LEVELS = 4 };

int main(int argc, char **argv)
{
	int option, below, calls = 0;
	long levels = MAX_LEVELS, rounds = 1;

	while ((option = getopt(argc, argv, "l:n:C:")) != -1) {
		switch (option) {
		case 'l': levels = prog__number(optarg, 1, MAX_LEVELS); break;
		case 'n': rounds = prog__number(optarg, 1, 1000000); break;
		case 'C': prog__pin(prog__number(optarg, 0, 1023)); break;
		default:
			fprintf(stderr, "usage: recurse [-l LEVELS] [-n ROUNDS] [-C CPU]\n");
			return 129;
		}
	}
	printf("pid=%d tid=%d levels=%ld rounds=%ld\n", getpid(), prog__tid(), levels, rounds);
	for (long round = 0; round < rounds; round++) {
		int fds[MAX_LEVELS + 1];

		below = epoll_create1(0);
		fds[0] = below;
		for (int level = 1; level <= levels; level++) {
			struct epoll_event event = { .events = EPOLLIN };
			int epoll = epoll_create1(0);

			if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, below, &event))
				prog__die(errno, "level %d", level);
			for (int depth = 0; depth < level; depth++)
				printf("depth=%d return=%d\n", depth, level - 1 - depth);
			calls += level;
			fds[level] = epoll;
			below = epoll;
		}
		for (int level = 0; level <= levels; level++)
			close(fds[level]);
	}
	printf("calls=%d\n", calls);
	return 0;
}
