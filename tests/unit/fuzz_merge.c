// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: merges two perf.data files of whatever bytes, into a file and into a pipe (make
 * fuzz). An input is how long the first is, in 8 bytes, and then both.
 *
 * What it checks beyond memory: what merge says it wrote can be read, without a warning, and has as
 * many samples as it says, in the order of time; nothing is left where merge fails.
 *
 * fuzz_merge --seeds=DIR writes pairs to start from.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/merge/merge.h"
#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/util/verbose.h"
#include "fuzz_check.h"
#include "merge_fixture.h"
#include "perfdata_mutate.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

static char dir[] = "/tmp/fuzz_merge-XXXXXX";
static char out[sizeof(dir) + 4];

/* ---- an input ------------------------------------------------------------------------------ */

/* How long the first file of the input is; what doesn't say has none. */
static size_t first_size(const uint8_t *data, size_t size)
{
	uint64_t first;

	if (size < sizeof(first))
		return 0;
	memcpy(&first, data, sizeof(first));
	return first < size - sizeof(first) ? first : size - sizeof(first);
}

/* A memfd with the bytes, by a path that leads to it. */
static void put_file(int *fd, const uint8_t *data, size_t size, char *path, size_t path_size)
{
	if (!*fd)
		*fd = memfd_create("perf.data", MFD_CLOEXEC);
	CHECK(*fd >= 0 && !ftruncate(*fd, 0) && pwrite(*fd, data, size, 0) == (ssize_t)size);
	snprintf(path, path_size, "/proc/self/fd/%d", *fd);
}

/* ---- what became of it --------------------------------------------------------------------- */

static void check_merged(const char *path, const struct merge_result *result)
{
	struct perfdata_reader *reader;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	uint64_t nr = 0, last = 0;
	int ret;

	if (perfdata_reader__open(path, true, &reader, &diag)) {
		diag__print(&diag, NULL, 0, stderr);
		CHECK(!"the merged file can be read");
	}
	while ((ret = perfdata_reader__next(reader, &record)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		nr++;
		CHECK(!record.time || record.time >= last);
		last = record.time ? record.time : last;
	}
	CHECK(!ret);
	if (perfdata_reader__warning(reader)) {
		fputs(perfdata_reader__warning(reader), stderr);
		CHECK(!"the merged file is whole");
	}
	if (nr != result->nr_samples)
		fprintf(stderr, "%" PRIu64 " samples, not %" PRIu64 "\n", nr, result->nr_samples);
	CHECK(nr == result->nr_samples);
	perfdata_reader__close(reader);
}

static int merge(const char *const *paths, const char *output, struct merge_result *result)
{
	const struct merge_opts opts = { .paths = paths, .nr = 2, .output = output, .force = true };
	struct diag diag = DIAG_INIT;
	int err = merge__run(&opts, result, &diag);

	CHECK(!err == !diag.msg);
	diag__exit(&diag);
	return err;
}

static int merge_to_file(const char *const *paths)
{
	struct merge_result result;
	struct stat st;
	int err;

	err = merge(paths, out, &result);
	if (!err) {
		CHECK(!stat(out, &st) && (uint64_t)st.st_size == result.size);
		check_merged(out, &result);
		unlink(out);
	}
	/* Only an empty one can be removed. */
	CHECK(!rmdir(dir) && !mkdir(dir, 0700));
	return err;
}

/* stdout is a file here, in which a pipe's bytes can be looked at. */
static void merge_to_stdout(const char *const *paths)
{
	struct merge_result result;

	CHECK(!ftruncate(STDOUT_FILENO, 0) && !lseek(STDOUT_FILENO, 0, SEEK_SET));
	if (!merge(paths, "-", &result))
		check_merged("/proc/self/fd/1", &result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fds[2];
	size_t first = first_size(data, size), skip = size < 8 ? size : 8;
	char names[2][32];
	const char *paths[2] = { names[0], names[1] };

	put_file(&fds[0], data + skip, first, names[0], sizeof(names[0]));
	put_file(&fds[1], data + skip + first, size - skip - first, names[1], sizeof(names[1]));
	if (!merge_to_file(paths))
		merge_to_stdout(paths);
	return 0;
}

/* One of the two files changes, or what it begins with becomes that of the other. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	static uint8_t rest[1 << 20];
	uint64_t first = first_size(data, size);
	size_t rest_size;

	if (size < 8 || max < 16 || size > sizeof(rest))
		return LLVMFuzzerMutate(data, size, max);
	rest_size = size - 8 - first;
	if (seed % 2)
		return 8 + first + mutate_perfdata(data + 8 + first, rest_size, max - 8 - first,
						   seed / 2);
	memcpy(rest, data + 8 + first, rest_size);
	first = mutate_perfdata(data + 8, first, max - 8 - rest_size, seed / 2);
	memcpy(data, &first, sizeof(first));
	memcpy(data + 8 + first, rest, rest_size);
	return 8 + first + rest_size;
}

/* ---- what to start from -------------------------------------------------------------------- */

static void slurp(const char *path, struct buf *to)
{
	char chunk[4096];
	FILE *file = fopen(path, "r");
	size_t got;

	CHECK(file);
	while ((got = fread(chunk, 1, sizeof(chunk), file)))
		buf__add(to, chunk, got);
	fclose(file);
}

static void write_pair(const char *to, const char *name, const char *a, const char *b)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	char path[4096];
	uint64_t size;
	FILE *file;

	slurp(a, &first);
	slurp(b, &second);
	size = first.len;
	snprintf(path, sizeof(path), "%s/%s", to, name);
	file = fopen(path, "w");
	CHECK(file && fwrite(&size, sizeof(size), 1, file) == 1 &&
	      fwrite(first.data, first.len, 1, file) == 1 &&
	      fwrite(second.data, second.len, 1, file) == 1 && !fclose(file));
	buf__exit(&first);
	buf__exit(&second);
}

/* Every pair of what test_merge.c merges, and one that is merged already, as a stream. */
static void write_seeds(const char *to)
{
	static const char *const names[] = { "ours", "later", "flows", "perf", "chains", "stream" };
	const struct machine later = {
		.arch = "x86_64", .build_id = 7, .wall = WALL + 3600 * SECOND, .clockid = 1,
		.text = TEXT + 0x4000000, .module = MODULE + 0x300000,
	};
	const char *const both[] = { "ours", "chains" };
	struct merge_result result;
	char pair[64], *real = realpath(to, NULL);

	CHECK(real && !chdir(dir));
	write_ours("ours", &here, 3);
	write_ours("later", &later, 2);
	write_flows("flows", &later, 3);
	write_perf("perf", &here, false, FIXTURE_START + 200000, 4);
	write_perf("chains", &here, true, FIXTURE_START + 300000, 3);
	CHECK(freopen("stream", "w", stdout) && !merge(both, "-", &result));
	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (unsigned int j = 0; j < sizeof(names) / sizeof(*names); j++) {
			snprintf(pair, sizeof(pair), "%s-%s", names[i], names[j]);
			if (i != j)
				write_pair(real, pair, names[i], names[j]);
		}
	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(names[i]);
	free(real);
}

static void remove_dir(void)
{
	unlink(out);
	rmdir(dir);
}

static int no_messages(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int fd;

	verbose = -1;
	libbpf_set_print(no_messages);
	CHECK(mkdtemp(dir));
	snprintf(out, sizeof(out), "%s/out", dir);
	atexit(remove_dir);
	for (int i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], "--seeds=", 8))
			continue;
		write_seeds((*argv)[i] + 8);
		exit(0);
	}
	fd = memfd_create("stdout", MFD_CLOEXEC);
	CHECK(fd >= 0 && dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
	return 0;
}
