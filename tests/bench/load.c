// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is traced while the cost of tracing is measured: the same system calls, many times, after a
 * warm-up that is not counted.
 *
 *	load read|udp|echo [-n OPERATIONS] [-w WARM-UP] [-o FILE]
 *
 * read: one byte of /dev/zero. udp: a datagram over loopback, sent and received. echo: one sent,
 * received, sent back and received again.
 *
 * The line it prints (with -o into FILE: what starts it may print as well):
 *   ops, warm   how many operations were counted, and how many went before
 *   ns          what all of these took together, whatever else ran on their CPU included
 *   median      what one of them took
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../progs/prog.h"

enum { PAYLOAD = 100 };

static int zero, client, server;
static struct sockaddr_in client_addr, server_addr;

static int udp_socket(struct sockaddr_in *addr)
{
	socklen_t size = sizeof(*addr);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)addr, size) ||
	    getsockname(fd, (struct sockaddr *)addr, &size))
		prog__die(errno, "no socket");
	return fd;
}

static void pass(int from, int to, const struct sockaddr_in *addr)
{
	char data[PAYLOAD] = "";

	if (sendto(from, data, sizeof(data), 0, (const struct sockaddr *)addr, sizeof(*addr)) < 0 ||
	    recv(to, data, sizeof(data), 0) != sizeof(data))
		prog__die(errno, "a datagram was lost");
}

static void one_read(void)
{
	char byte;

	if (read(zero, &byte, 1) != 1)
		prog__die(errno, "short read");
}

static void one_udp(void)
{
	pass(client, server, &server_addr);
}

static void one_echo(void)
{
	pass(client, server, &server_addr);
	pass(server, client, &client_addr);
}

static const struct operation {
	const char *name;
	void (*run)(void);
} operations[] = {
	{ "read", one_read },
	{ "udp", one_udp },
	{ "echo", one_echo },
};

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void run(const struct operation *operation, long ops, long warm, FILE *out)
{
	uint64_t *each = calloc(ops + 1, sizeof(*each));

	if (!each)
		prog__die(errno, "no memory");
	/* Its pages are there before anything is measured. */
	memset(each, 1, (ops + 1) * sizeof(*each));
	for (long i = 0; i < warm; i++)
		operation->run();
	each[0] = prog__now_ns();
	for (long i = 1; i <= ops; i++) {
		operation->run();
		each[i] = prog__now_ns();
	}
	fprintf(out, "ops=%ld warm=%ld ns=%llu", ops, warm,
		(unsigned long long)(each[ops] - each[0]));
	for (long i = 0; i < ops; i++)
		each[i] = each[i + 1] - each[i];
	qsort(each, ops, sizeof(*each), compare);
	fprintf(out, " median=%llu\n", (unsigned long long)each[ops / 2]);
	free(each);
}

int main(int argc, char **argv)
{
	const struct operation *operation = NULL;
	long ops = 1000, warm = 0;
	FILE *out = stdout;
	int option;

	while ((option = getopt(argc, argv, "n:w:o:")) != -1) {
		switch (option) {
		case 'n': ops = prog__number(optarg, 1, 1000000000); break;
		case 'w': warm = prog__number(optarg, 0, 1000000000); break;
		case 'o': out = fopen(optarg, "w"); break;
		default: optind = argc; break;
		}
	}
	for (unsigned int i = 0; optind < argc && i < sizeof(operations) / sizeof(*operations); i++)
		if (!strcmp(operations[i].name, argv[optind]))
			operation = &operations[i];
	if (!operation || !out) {
		fprintf(stderr, "usage: load read|udp|echo [-n OPERATIONS] [-w WARM-UP] "
			"[-o FILE]\n");
		return 129;
	}
	zero = open("/dev/zero", O_RDONLY);
	if (zero < 0)
		prog__die(errno, "/dev/zero");
	client = udp_socket(&client_addr);
	server = udp_socket(&server_addr);
	run(operation, ops, warm, out);
	return fclose(out) ? 1 : 0;
}
