// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read /dev/zero, many times: ksys_read(), vfs_read().
 *
 * Each thread prints a line: its tid, CPU and file descriptor, the number of reads it made, and
 * the count and return value that each of them had. Nothing else in the process calls read(). With
 * -M, also the median of what the reads took, each by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "prog.h"

enum { MAX_THREADS = 64, MAX_SIZE = 1 << 20 };

struct reader {
	pthread_t thread;
	int cpu, fd;
	long reads, size;
	int tid;
	uint64_t ns;
	uint64_t *each;		/* of the reads, or NULL */
};

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void *reader__run(void *arg)
{
	struct reader *reader = arg;
	char *data = malloc(reader->size);
	uint64_t start;

	if (!data)
		prog__die(errno, "no memory");
	prog__pin(reader->cpu);
	reader->tid = prog__tid();
	start = prog__now_ns();
	for (long i = 0; i < reader->reads; i++) {
		uint64_t before = reader->each ? prog__now_ns() : 0;

		if (read(reader->fd, data, reader->size) != reader->size)
			prog__die(errno, "short read");
		if (reader->each)
			reader->each[i] = prog__now_ns() - before;
	}
	reader->ns = prog__now_ns() - start;
	free(data);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct reader readers[MAX_THREADS];
	long reads = 1, size = 1, threads = 1;
	int option, cpu = -1, median = 0;

	while ((option = getopt(argc, argv, "n:s:T:C:M")) != -1) {
		switch (option) {
		case 'n': reads = prog__number(optarg, 0, 1000000000); break;
		case 's': size = prog__number(optarg, 1, MAX_SIZE); break;
		case 'T': threads = prog__number(optarg, 1, MAX_THREADS); break;
		case 'C': cpu = prog__number(optarg, 0, 1023); break;
		case 'M': median = 1; break;
		default:
			fprintf(stderr, "usage: readn [-n READS] [-s SIZE] [-T THREADS] [-C CPU] [-M]\n"
				"       With -T, thread I runs on CPU I.\n");
			return 129;
		}
	}
	for (int i = 0; i < threads; i++) {
		readers[i].fd = open("/dev/zero", O_RDONLY);
		if (readers[i].fd < 0)
			prog__die(errno, "/dev/zero");
		readers[i].reads = reads;
		readers[i].size = size;
		readers[i].each = median ? calloc(reads + 1, sizeof(uint64_t)) : NULL;
		readers[i].cpu = threads > 1 ? i : cpu;
		if (threads > 1 && pthread_create(&readers[i].thread, NULL, reader__run, &readers[i]))
			prog__die(errno, "no thread");
	}
	if (threads == 1)
		reader__run(&readers[0]);
	for (int i = 0; i < threads; i++) {
		struct reader *reader = &readers[i];

		if (threads > 1)
			pthread_join(reader->thread, NULL);
		printf("pid=%d tid=%d cpu=%d fd=%d reads=%ld count=%ld return=%ld ns=%llu", getpid(),
		       reader->tid, reader->cpu, reader->fd, reader->reads, reader->size, reader->size,
		       (unsigned long long)reader->ns);
		if (reader->each) {
			qsort(reader->each, reads, sizeof(uint64_t), compare);
			printf(" median=%llu", (unsigned long long)reader->each[reads / 2]);
		}
		putchar('\n');
	}
	return 0;
}
