// SPDX-License-Identifier: GPL-2.0-only
/* Which samples a file has: reading them again, those of entries, and the other ends of calls. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../perf-plugin/report/samples.h"
#include "calls_fixture.h"

static char dir[] = "/tmp/btfsnoop-test-XXXXXX";
static char file[64];

struct opened {
	struct input *input;
	struct samples *samples;
	uint32_t nr;
};

/* Opens the file and adds all samples, each to entry number (its number / @each). */
static void open_samples(struct opened *o, unsigned int each)
{
	const struct input_opts opts = { .path = file, .force = true, .kallsyms = "/dev/null" };
	struct diag diag = DIAG_INIT;
	struct perfdata_record record;
	int err;

	o->nr = 0;
	assert_int_equal(input__open(&opts, &o->input, &diag), 0);
	assert_int_equal(samples__new(o->input, &o->samples), 0);
	while ((err = input__next(o->input, &record, &diag)) > 0) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(samples__add(o->samples, &record, o->nr / each), 0);
		o->nr++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(samples__nr(o->samples), o->nr);
	diag__exit(&diag);
}

static void close_samples(struct opened *o)
{
	samples__free(o->samples);
	input__close(o->input);
}

static void reads_again(void **state)
{
	struct perfdata_sample sample;
	struct opened o;
	uint32_t i;

	(void)state;
	calls_write(file, 50);
	open_samples(&o, 1);
	assert_int_equal(o.nr, 100);
	for (i = o.nr; i--;) {
		struct sample_task task = samples__task(o.samples, i);

		assert_int_equal(samples__read(o.samples, i, &sample), 0);
		assert_int_equal(sample.event, i % 2);
		assert_int_equal(sample.event, samples__event(o.samples, i));
		assert_int_equal(sample.time, samples__time(o.samples, i));
		assert_int_equal(task.tid, 4242 + i / 2 % 2);
		assert_int_equal(task.pid, 4242);
		assert_int_equal(task.cpu, -1);
		assert_string_equal(task.comm, i / 2 % 2 ? "nginx" : "curl");
		assert_string_equal(input__comm(o.input, &sample), task.comm);
		assert_true(sample.raw_size >= (i % 2 ? CALLS_RETURN : CALLS_FIXED));
	}
	close_samples(&o);
}

/* A file that changes meanwhile: nothing of it is taken for what it was. */
static void file_changes(void **state)
{
	struct perfdata_sample sample;
	struct perf_event_header bad = { .type = PERF_RECORD_SAMPLE, .size = 4 };
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;
	struct opened o;
	uint64_t offset;
	int fd;

	(void)state;
	/* More than is kept in memory of a file. */
	calls_write(file, 6000);
	open_samples(&o, 1);
	assert_int_equal(input__rewind(o.input), 0);
	do {
		assert_int_equal(input__next(o.input, &record, &diag), 1);
	} while (record.type != PERF_RECORD_SAMPLE);
	offset = record.offset;
	while (input__next(o.input, &record, &diag) > 0)
		;
	fd = open(file, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &bad, sizeof(bad), offset), sizeof(bad));
	assert_int_equal(samples__read(o.samples, 0, &sample), -EINVAL);
	assert_int_equal(samples__other_end(o.samples, 0), SAMPLES_NONE);
	assert_int_equal(ftruncate(fd, offset + 3), 0);
	assert_int_equal(samples__read(o.samples, 0, &sample), -EINVAL);
	assert_int_equal(samples__read(o.samples, 1000, &sample), -EINVAL);
	close(fd);
	assert_int_equal(perfdata_reader__read_at(input__reader(o.input), 0, &record), -EINVAL);
	assert_int_equal(perfdata_reader__read_at(input__reader(o.input), UINT64_MAX, &record),
			 -EINVAL);
	close_samples(&o);
	diag__exit(&diag);
}

/* Another sample in its place is not the one that was indexed. */
static void sample_replaced(void **state)
{
	struct perfdata_sample sample;
	struct opened o;
	struct calls_file c;

	(void)state;
	calls_write(file, 10);
	open_samples(&o, 1);
	calls_open(&c, file, 1);
	for (unsigned int i = 0; i < 10; i++) {
		calls_entry(&c, i, 4242, i * 7 + 5000);
		calls_return(&c, 4242, i * 7 + 5000, i * 7 + 5001, 0);
	}
	calls_close(&c);
	/* The name has a new file now; the one that is open is as it was. */
	assert_int_equal(samples__read(o.samples, 3, &sample), 0);
	close_samples(&o);
}

static void of_entries(void **state)
{
	const uint32_t *list;
	struct opened o;
	uint32_t nr, i;

	(void)state;
	calls_write(file, 50);
	open_samples(&o, 4);
	assert_int_equal(samples__of_entry(o.samples, 0, 3, &list, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(list[0], 12);
	assert_int_equal(list[1], 14);
	assert_int_equal(samples__of_entry(o.samples, 1, 24, &list, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(list[1], 99);
	assert_int_equal(samples__of_entry(o.samples, -1, 3, &list, &nr), 0);
	assert_int_equal(nr, 4);
	for (i = 0; i < nr; i++)
		assert_int_equal(list[i], 12 + i);
	assert_int_equal(samples__of_entry(o.samples, 1, SAMPLES_NONE, &list, &nr), 0);
	assert_int_equal(nr, 50);
	assert_int_equal(samples__of_entry(o.samples, 1, 25, &list, &nr), 0);
	assert_int_equal(nr, 0);
	assert_int_equal(samples__of_entry(o.samples, 77, 0, &list, &nr), 0);
	assert_int_equal(nr, 0);
	/* Grouped anew: all in one entry, some in none. */
	for (i = 0; i < o.nr; i++)
		samples__set_entry(o.samples, i, i < 10 ? SAMPLES_NONE : 0);
	assert_int_equal(samples__of_entry(o.samples, 0, 0, &list, &nr), 0);
	assert_int_equal(nr, 45);
	assert_int_equal(list[0], 10);
	assert_int_equal(samples__entry(o.samples, 5), SAMPLES_NONE);
	close_samples(&o);
}

static void empty(void **state)
{
	const uint32_t *list;
	struct opened o;
	uint32_t nr;

	(void)state;
	calls_write(file, 0);
	open_samples(&o, 1);
	assert_int_equal(o.nr, 0);
	assert_int_equal(samples__of_entry(o.samples, 0, 0, &list, &nr), 0);
	assert_int_equal(nr, 0);
	assert_true(samples__has_other_end(o.samples, 0));
	close_samples(&o);
}

/*
 * 0 work (4242)
 * 1 . work (4242)
 * 2 work (4243)
 * 3 . work returns (4242)
 * 4 . work (4242)
 * 5 . . work (4242)
 * 6 . . work returns (4242)
 * 7 . work returns (4242)
 * 8 work returns (4242)
 * 9 work returns (4243)
 */
static void write_nested(int has_duration)
{
	struct calls_file c;

	calls_open(&c, file, has_duration);
	calls_entry(&c, 0, 4242, 100);
	calls_entry(&c, 1, 4242, 110);
	calls_entry(&c, 2, 4243, 115);
	calls_return(&c, 4242, 110, 120, 0);
	calls_entry(&c, 3, 4242, 130);
	calls_entry(&c, 4, 4242, 140);
	calls_return(&c, 4242, 140, 150, 0);
	calls_return(&c, 4242, 130, 160, 0);
	calls_return(&c, 4242, 100, 170, 0);
	calls_return(&c, 4243, 115, 180, 0);
	calls_close(&c);
}

static void check_nested(void)
{
	static const uint32_t pairs[][2] = { { 0, 8 }, { 1, 3 }, { 2, 9 }, { 4, 7 }, { 5, 6 } };
	struct opened o;
	unsigned int i;

	open_samples(&o, 1);
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_int_equal(samples__other_end(o.samples, pairs[i][0]), pairs[i][1]);
		assert_int_equal(samples__other_end(o.samples, pairs[i][1]), pairs[i][0]);
	}
	close_samples(&o);
}

static void nested(void **state)
{
	(void)state;
	write_nested(1);
	check_nested();
	write_nested(0);
	check_nested();
}

/* With the duration known, calls of which an end was lost don't mislead. */
static void ends_lost(void **state)
{
	struct calls_file c;
	struct opened o;

	(void)state;
	calls_open(&c, file, 1);
	calls_entry(&c, 0, 4242, 100);
	calls_entry(&c, 1, 4242, 110);		/* its return was lost */
	calls_return(&c, 4242, 120, 130, 0);	/* its entry was lost */
	calls_return(&c, 4242, 100, 200, 0);
	calls_entry(&c, 2, 4242, 300);
	calls_close(&c);
	open_samples(&o, 1);
	assert_int_equal(samples__other_end(o.samples, 0), 3);
	assert_int_equal(samples__other_end(o.samples, 3), 0);
	assert_int_equal(samples__other_end(o.samples, 2), SAMPLES_NONE);
	assert_int_equal(samples__other_end(o.samples, 4), SAMPLES_NONE);
	close_samples(&o);
}

/* Events without an other end. */
static void no_other_event(void **state)
{
	struct opened o;

	(void)state;
	fixture_write(file, 4, 1);
	open_samples(&o, 1);
	assert_false(samples__has_other_end(o.samples, 0));
	assert_false(samples__has_other_end(o.samples, 1));
	assert_int_equal(samples__other_end(o.samples, 0), SAMPLES_NONE);
	close_samples(&o);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/perf.data", dir);
	return 0;
}

static int teardown(void **state)
{
	char old[80];

	(void)state;
	snprintf(old, sizeof(old), "%s.old", file);
	unlink(file);
	unlink(old);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_again), cmocka_unit_test(file_changes),
		cmocka_unit_test(sample_replaced), cmocka_unit_test(of_entries),
		cmocka_unit_test(empty), cmocka_unit_test(nested), cmocka_unit_test(ends_lost),
		cmocka_unit_test(no_other_event),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
