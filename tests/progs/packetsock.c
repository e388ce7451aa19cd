// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run a command while a packet socket that nobody reads listens on all devices: every packet that
 * is sent is cloned for it, skb_clone() in dev_queue_xmit_nit(); and in packet_rcv(), if it is
 * shared.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prog.h"

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 2)
		prog__die(0, "usage: packetsock COMMAND [ARG...]");
	if (socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)) < 0)
		prog__die(1, "socket");
	pid = fork();
	if (pid < 0)
		prog__die(1, "fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		prog__die(1, "%s", argv[1]);
	}
	if (waitpid(pid, &status, 0) != pid)
		prog__die(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
