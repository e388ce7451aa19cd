// SPDX-License-Identifier: GPL-2.0-only
/*
 * Send UDP datagrams: udp_sendmsg(), ip_make_skb(), ip_send_skb(), and their IPv6 counterparts.
 *
 * Over loopback to a socket of its own, so that nothing is refused; to elsewhere with -a.
 *
 * Printed: a line for the sockets, then a line for each datagram:
 *   len      udp_sendmsg()'s len, and what it returns
 *   length   ip_make_skb()'s length: with the UDP header
 *   skb_len  skb->len in ip_send_skb() and ip6_send_skb(): with the IP header. A network device
 *            such as dummy, to which -a can lead, has 14 more: dummy_xmit() of the module.
 *   flags    the last of ip_make_skb()'s ten parameters
 *   ns       how long sendto() took
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "prog.h"

enum { UDP_HEADER = 8, IP4_HEADER = 20, IP6_HEADER = 40, MAX_SIZE = 65507 };

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct options {
	int family;
	long count, size, step, flags, interval_ms;
	const char *to, *from, *device;
	int port;
};

static socklen_t address__make(union address *address, int family, const char *text, int port)
{
	void *ip = family == AF_INET ? (void *)&address->in.sin_addr : &address->in6.sin6_addr;

	memset(address, 0, sizeof(*address));
	address->any.sa_family = family;
	if (inet_pton(family, text, ip) != 1)
		prog__die(0, "'%s' is no address", text);
	/* The port is at the same place in both. */
	address->in.sin_port = htons(port);
	return family == AF_INET ? sizeof(address->in) : sizeof(address->in6);
}

/* A socket bound to `text`; *port (0 for any) becomes its port. */
static int bound_socket(const struct options *options, const char *text, int *port)
{
	union address address;
	socklen_t size = address__make(&address, options->family, text, *port);
	int fd = socket(options->family, SOCK_DGRAM, 0);

	if (fd < 0)
		prog__die(errno, "socket");
	if (bind(fd, &address.any, size))
		prog__die(errno, "can't bind to %s port %d", text, *port);
	if (getsockname(fd, &address.any, &size))
		prog__die(errno, "getsockname");
	*port = ntohs(address.in.sin_port);
	return fd;
}

static void send_one(const struct options *options, int fd, const union address *to, socklen_t to_size,
		     long call, long len)
{
	static char data[MAX_SIZE];
	int headers = UDP_HEADER + (options->family == AF_INET ? IP4_HEADER : IP6_HEADER);
	uint64_t start;
	long sent;

	memset(data, 'a' + call % 26, len);
	start = prog__now_ns();
	sent = sendto(fd, data, len, options->flags, &to->any, to_size);
	start = prog__now_ns() - start;
	if (sent < 0)
		sent = -errno;
	printf("call=%ld len=%ld length=%ld skb_len=%ld flags=%ld return=%ld ns=%llu\n", call, len,
	       len + UDP_HEADER, len + headers, options->flags, sent, (unsigned long long)start);
}

static void run(struct options *options)
{
	int source_port = 0, receiver = -1, sender;
	const char *loopback = options->family == AF_INET ? "127.0.0.1" : "::1";
	static char received[MAX_SIZE];
	union address to;
	socklen_t to_size;

	if (!options->to) {
		options->to = loopback;
		receiver = bound_socket(options, loopback, &options->port);
	}
	if (!options->from)
		options->from = options->family == AF_INET ? "0.0.0.0" : "::";
	sender = bound_socket(options, options->from, &source_port);
	if (options->device && setsockopt(sender, SOL_SOCKET, SO_BINDTODEVICE, options->device,
					  strlen(options->device) + 1))
		prog__die(errno, "can't send through %s", options->device);
	to_size = address__make(&to, options->family, options->to, options->port);

	printf("pid=%d tid=%d comm=udpsend family=%d daddr=%s dport=%d sport=%d count=%ld\n", getpid(),
	       prog__tid(), options->family, options->to, options->port, source_port, options->count);
	for (long i = 0; i < options->count; i++) {
		if (i && options->interval_ms)
			usleep(options->interval_ms * 1000);
		send_one(options, sender, &to, to_size, i, options->size + i * options->step);
		if (receiver >= 0 && recv(receiver, received, sizeof(received), 0) < 0)
			prog__die(errno, "nothing received");
	}
}

int main(int argc, char **argv)
{
	struct options options = { .family = AF_INET, .count = 1, .size = 100 };
	int option;

	while ((option = getopt(argc, argv, "6n:s:S:f:i:a:b:d:p:C:")) != -1) {
		switch (option) {
		case '6': options.family = AF_INET6; break;
		case 'n': options.count = prog__number(optarg, 0, 1000000000); break;
		case 's': options.size = prog__number(optarg, 0, MAX_SIZE); break;
		case 'S': options.step = prog__number(optarg, 0, MAX_SIZE); break;
		case 'f': options.flags = prog__number(optarg, 0, 0x7fffffff); break;
		case 'i': options.interval_ms = prog__number(optarg, 0, 1000000); break;
		case 'a': options.to = optarg; break;
		case 'b': options.from = optarg; break;
		case 'd': options.device = optarg; break;
		case 'p': options.port = prog__number(optarg, 0, 65535); break;
		case 'C': prog__pin(prog__number(optarg, 0, 1023)); break;
		default:
			fprintf(stderr, "usage: udpsend [-6] [-n COUNT] [-s SIZE] [-S STEP] [-f FLAGS]\n"
				"               [-i INTERVAL_MS] [-a ADDRESS] [-p PORT] [-b SOURCE] "
				"[-d DEVICE] [-C CPU]\n");
			return 129;
		}
	}
	if (options.size + (options.count - 1) * options.step > MAX_SIZE)
		prog__die(0, "the last datagram would be larger than %d", MAX_SIZE);
	if (options.to && !options.port)
		options.port = 9;
	run(&options);
	return 0;
}
