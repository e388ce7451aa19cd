// SPDX-License-Identifier: GPL-2.0-only
/*
 * record/chain.h: how the chain behind a sample gets into it, and what a ring's record must not do;
 * perfdata/build-ids.h and report/build-id-cache.h, by which names in chains are found later.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The ranges are those of the running kernel: here they are made. */
#include "../../perf-plugin/record/chain.c"
#include "../../perf-plugin/perfdata/build-ids.h"
#include "../../perf-plugin/perfdata/reader.h"
#include "../../perf-plugin/report/build-id-cache.h"
#include "own_dir.h"
#include "perfdata_file.h"

#define RAW_SIZE	36
#define SAMPLE_SIZE	(BS_RAW_OFFSET + RAW_SIZE)	/* 96 */
#define FUNC		0xffffffff81000000ULL
#define CALLER		0xffffffff81234567ULL
#define TRAMPOLINE	0xffffffffc0001000ULL
#define TRACEITER	0xffffffff82000000ULL
#define TRACE_RUN	0xffffffff83000000ULL
#define USER		0x401000ULL

/* A record of the ring: the sample, room for a chain. */
struct ring_record {
	struct bs_sample *sample;
	uint64_t *chain;
	size_t size;
};

static uint64_t ring[BS_MAX_RECORD / 8 + BS_CHAIN_SIZE(BS_MAX_CHAIN) / 8];

static struct ring_record make_record(size_t sample_size, unsigned int max_frames)
{
	struct ring_record r = {
		.sample = (void *)ring,
		.chain = ring + sample_size / 8,
		.size = sample_size + BS_CHAIN_SIZE(max_frames),
	};

	for (size_t i = 0; i < r.size; i++)
		((uint8_t *)ring)[i] = i;
	*r.sample = (struct bs_sample){
		.type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL, .size = sample_size,
		.id = 7, .ip = FUNC, .pid = 1, .tid = 2, .time = 3, .cpu = 4, .period = 1,
		.raw_size = sample_size - BS_RAW_OFFSET,
	};
	*r.chain = 0;
	return r;
}

#define SET_CHAIN(r, ...) do {								\
	const uint64_t words_[] = { __VA_ARGS__ };					\
	*(r)->chain = sizeof(words_) / 8;						\
	memcpy((r)->chain + 1, words_, sizeof(words_));					\
} while (0)

static struct chain *make_chain(unsigned int max_frames)
{
	struct chain *chain = calloc(1, sizeof(*chain));

	assert_non_null(chain);
	chain->room = max_frames ? BS_CHAIN_SIZE(max_frames) : 0;
	chain->max_frames = max_frames;
	return chain;
}

/* The pieces one behind the other. */
static uint8_t whole[2 * BS_MAX_RECORD];

static size_t splice_whole(struct chain *chain, const struct ring_record *r)
{
	struct iovec pieces[CHAIN_PIECES];
	size_t size = 0;

	assert_int_equal(chain__splice(chain, r->sample, r->sample, r->size, pieces), 0);
	for (unsigned int i = 0; i < CHAIN_PIECES; i++) {
		assert_true(size + pieces[i].iov_len <= sizeof(whole));
		memcpy(whole + size, pieces[i].iov_base, pieces[i].iov_len);
		size += pieces[i].iov_len;
	}
	assert_true(size <= BS_MAX_RECORD && size % 8 == 0);
	assert_int_equal(((struct bs_sample *)whole)->size, size);
	return size;
}

#define EXPECT_CHAIN(...) do {								\
	const uint64_t words_[] = { __VA_ARGS__ };					\
	uint64_t nr_;									\
	memcpy(&nr_, whole + HEAD_SIZE, 8);						\
	assert_int_equal(nr_, sizeof(words_) / 8);					\
	assert_memory_equal(whole + HEAD_SIZE + 8, words_, sizeof(words_));		\
} while (0)

/* The head as it was, but for its size; the raw data as it was. */
static void expect_rest(const struct ring_record *r, size_t size)
{
	size_t raw = r->sample->size - HEAD_SIZE;
	struct bs_sample head = *r->sample;

	head.size = size;
	assert_memory_equal(whole, &head, HEAD_SIZE);
	assert_memory_equal(whole + size - raw, (uint8_t *)r->sample + HEAD_SIZE, raw);
}

static void goes_before_the_raw_data(void **state)
{
	struct chain *chain = make_chain(5);
	struct ring_record r = make_record(SAMPLE_SIZE, 5);
	size_t size;

	(void)state;
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, FUNC, CALLER, PERF_CONTEXT_USER, USER);
	size = splice_whole(chain, &r);
	assert_int_equal(size, SAMPLE_SIZE + 8 + 5 * 8);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, FUNC, CALLER, PERF_CONTEXT_USER, USER);
	expect_rest(&r, size);
	/* None could be taken. */
	*r.chain = 0;
	assert_int_equal(splice_whole(chain, &r), SAMPLE_SIZE + 8);
	/* All of the room. */
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, FUNC, 1, 2, PERF_CONTEXT_USER, 3, 4, 5, 6, 7);
	assert_int_equal(splice_whole(chain, &r), SAMPLE_SIZE + 8 + 7 * 8);
	/* A tail that the program cut off: the chain is where it would be without. */
	r.sample->size -= 16;
	size = splice_whole(chain, &r);
	assert_int_equal(size, SAMPLE_SIZE - 16 + 8 + 7 * 8);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, FUNC, 1, 2, PERF_CONTEXT_USER, 3, 4);
	expect_rest(&r, size);
	chain__free(chain);
}

static void without_room_there_is_none(void **state)
{
	struct chain *chain = make_chain(0);
	struct ring_record r = make_record(SAMPLE_SIZE, 5);
	uint64_t nr;

	(void)state;
	r.size = SAMPLE_SIZE;
	assert_int_equal(splice_whole(chain, &r), SAMPLE_SIZE + 8);
	memcpy(&nr, whole + HEAD_SIZE, 8);
	assert_int_equal(nr, 0);
	chain__free(chain);
}

static void add_ranges(struct chain *chain)
{
	static const struct {
		uint64_t addr;
		const char *name;
	} syms[] = {	/* as /proc/kallsyms has them: by address, those of BPF behind */
		{ TRACEITER, "__traceiter_sched_switch" }, { TRACEITER + 64, "other" },
		{ TRACE_RUN, "bpf_trace_run4" }, { TRACE_RUN, "of_the_same_address" },
		{ TRACE_RUN + 0x80, "behind" },
		{ TRAMPOLINE, "bpf_trampoline_6442" }, { TRAMPOLINE + 0x100, "bpf_trampoline_6443" },
	};
	struct ksym sym = { .is_text = true };

	for (size_t i = 0; i < sizeof(syms) / sizeof(syms[0]); i++) {
		sym.addr = syms[i].addr;
		sym.name = syms[i].name;
		sym.name_len = strlen(sym.name);
		assert_int_equal(add_symbol(&sym, chain), 0);
	}
	sym.addr = 0;
	assert_int_equal(add_symbol(&sym, chain), 0);
	sort_ranges(&chain->callers);
	sort_ranges(&chain->trampolines);
}

static void ranges_end_where_others_begin(void **state)
{
	struct chain *chain = make_chain(16);

	(void)state;
	add_ranges(chain);
	assert_int_equal(chain->callers.nr, 2);
	assert_int_equal(chain->trampolines.nr, 2);
	assert_false(is_called_in(&chain->callers, TRACEITER));
	assert_true(is_called_in(&chain->callers, TRACEITER + 1));
	assert_true(is_called_in(&chain->callers, TRACEITER + 64));
	assert_false(is_called_in(&chain->callers, TRACEITER + 65));
	assert_true(is_called_in(&chain->callers, TRACE_RUN + 0x80));
	assert_false(is_called_in(&chain->callers, TRACE_RUN + 0x81));
	assert_true(is_called_in(&chain->trampolines, TRAMPOLINE + 0x101));
	assert_false(is_called_in(&chain->trampolines, TRAMPOLINE + 0x100 + MAX_SIZE + 1));
	assert_false(is_called_in(&chain->trampolines, 0));
	assert_false(is_called_in(&chain->trampolines, UINT64_MAX));
	chain__free(chain);
}

/* A tracepoint's starts behind what calls its programs; a function's has that where it was traced. */
static void starts_where_the_tracepoint_stands(void **state)
{
	struct chain *chain = make_chain(16);
	struct ring_record r = make_record(SAMPLE_SIZE, 16);

	(void)state;
	add_ranges(chain);
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, 0xffffffffc0abc000, TRACE_RUN + 8, TRACEITER + 16, CALLER,
		  CALLER + 8, PERF_CONTEXT_USER, USER);
	r.sample->ip = TRACEITER;
	splice_whole(chain, &r);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, CALLER, CALLER + 8, PERF_CONTEXT_USER, USER);
	r.sample->ip = FUNC;
	splice_whole(chain, &r);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, 0xffffffffc0abc000, TRACE_RUN + 8, TRACEITER + 16, CALLER,
		     CALLER + 8, PERF_CONTEXT_USER, USER);
	/* With nothing behind them, and of user space only. */
	r.sample->ip = TRACEITER;
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, TRACE_RUN + 8);
	splice_whole(chain, &r);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, TRACE_RUN + 8);
	SET_CHAIN(&r, PERF_CONTEXT_USER, USER, TRACEITER + 1);
	splice_whole(chain, &r);
	EXPECT_CHAIN(PERF_CONTEXT_USER, USER, TRACEITER + 1);
	chain__free(chain);
}

static void has_no_trampolines(void **state)
{
	struct chain *chain = make_chain(16);
	struct ring_record r = make_record(SAMPLE_SIZE, 16);

	(void)state;
	add_ranges(chain);
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, FUNC, TRAMPOLINE + 0x20, CALLER, TRAMPOLINE + 0x130,
		  CALLER + 1, PERF_CONTEXT_USER, USER);
	expect_rest(&r, splice_whole(chain, &r));
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, FUNC, CALLER, CALLER + 1, PERF_CONTEXT_USER, USER);
	chain__free(chain);
}

/* As many of both parts together, of those that are left. */
static void as_many_frames(void **state)
{
	struct chain *chain = make_chain(3);
	struct ring_record r = make_record(SAMPLE_SIZE, 3);

	(void)state;
	add_ranges(chain);
	r.sample->ip = TRACEITER;
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, 0xffffffffc0abc000, TRACE_RUN + 8, TRACEITER + 16, CALLER,
		  PERF_CONTEXT_USER, USER, USER + 1, USER + 2, USER + 3);
	splice_whole(chain, &r);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, CALLER, PERF_CONTEXT_USER, USER, USER + 1);
	SET_CHAIN(&r, PERF_CONTEXT_KERNEL, 0xffffffffc0abc000, TRACE_RUN + 8, TRACEITER + 16, CALLER,
		  CALLER + 1, CALLER + 2, PERF_CONTEXT_USER, USER);
	splice_whole(chain, &r);
	EXPECT_CHAIN(PERF_CONTEXT_KERNEL, CALLER, CALLER + 1, CALLER + 2);
	chain__free(chain);
}

/* What a program cannot have written, and what is as large as can be. */
static void sizes(void **state)
{
	struct chain *chain = make_chain(BS_MAX_CHAIN);
	struct ring_record r = make_record(SAMPLE_SIZE, BS_MAX_CHAIN);
	struct iovec pieces[CHAIN_PIECES];

	(void)state;
	for (uint64_t nr = MAX_WORDS - 1; nr <= MAX_WORDS + 1; nr++) {
		*r.chain = nr;
		assert_int_equal(chain__splice(chain, r.sample, r.sample, r.size, pieces),
				 nr > MAX_WORDS ? -EIO : 0);
	}
	*r.chain = UINT64_MAX;
	assert_int_equal(chain__splice(chain, r.sample, r.sample, r.size, pieces), -EIO);
	*r.chain = 0;
	for (size_t size = 0; size < r.size; size += 8)
		assert_int_equal(chain__splice(chain, r.sample, r.sample, size, pieces), -EIO);
	r.sample->size = HEAD_SIZE;
	assert_int_equal(chain__splice(chain, r.sample, r.sample, r.size, pieces), -EIO);
	/* The chain gives way to the data. */
	for (size_t size = BS_MAX_RECORD - 8 * 140; size < BS_MAX_RECORD; size += 8) {
		r = make_record(size, BS_MAX_CHAIN);
		*r.chain = MAX_WORDS;
		expect_rest(&r, splice_whole(chain, &r));
	}
	chain__free(chain);
	chain = make_chain(2);
	r = make_record(SAMPLE_SIZE, 2);
	*r.chain = 2 + 2 + BS_CHAIN_OWN + 1;
	assert_int_equal(chain__splice(chain, r.sample, r.sample, r.size, pieces), -EIO);
	chain__free(chain);
}

/* ---- build ids ------------------------------------------------------------------------------ */

static void write_file(const char *path)
{
	struct perfdata_writer_opts opts = test_opts(path);
	struct diag diag = DIAG_INIT;
	struct perfdata_writer *writer;
	struct test_sample sample = test_sample(0, 1000, 40, 0);
	uint64_t size;

	assert_int_equal(perfdata_writer__new(&opts, &writer, &diag), 0);
	perfdata_writer__add(writer, &sample, sizeof(sample));
	perfdata_writer__count(writer, 1, sample.time, sample.time);
	assert_int_equal(perfdata_writer__finish(writer, &size, &diag), 0);
	diag__exit(&diag);
}

static void in_the_place_of_what_there_was(void **state)
{
	static const uint8_t id[20] = { 1, 2, 3 };
	const struct perfdata_info *info;
	struct perfdata_reader *reader;
	struct buf section = BUF_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	write_file("a.data");
	build_ids__add(&section, "/usr/bin/seven", id, 20, false);
	build_ids__add(&section, "[kernel.kallsyms]", id, 20, true);
	build_ids__add(&section, "/short", id, 8, false);
	build_ids__add(&section, "/too/long", id, 21, false);
	assert_int_equal(section.len % 8, 0);
	assert_int_equal(build_ids__replace("a.data", &section), 0);
	assert_int_equal(perfdata_reader__open("a.data", false, &reader, &diag), 0);
	info = perfdata_reader__info(reader);
	assert_int_equal(info->kernel_build_id_len, 20);
	assert_memory_equal(info->kernel_build_id, id, 20);
	assert_int_equal(info->nr_build_ids, 2);	/* without the kernel's */
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(info->build_ids[i].len,
				 strcmp(info->build_ids[i].name, "/short") ? 20 : 8);
	perfdata_reader__close(reader);
	buf__exit(&section);
	diag__exit(&diag);
}

static void in_no_other_file(void **state)
{
	struct buf section = BUF_INIT;
	FILE *file;

	(void)state;
	buf__addf(&section, "12345678");
	assert_int_equal(build_ids__replace("none", &section), -ENOENT);
	assert_int_equal(build_ids__replace(".", &section), -EISDIR);
	file = fopen("text", "w");
	assert_non_null(file);
	fputs("text", file);
	fclose(file);
	assert_int_equal(build_ids__replace("text", &section), -EINVAL);
	assert_int_equal(symlink("a.data", "link"), 0);
	assert_int_equal(build_ids__replace("link", &section), -ELOOP);
	buf__exit(&section);
}

static void keep(const char *path, const struct build_id *id, int expected)
{
	struct build_id_cache *cache;

	assert_int_equal(build_id_cache__open(&cache), 0);
	assert_int_equal(build_id_cache__add(cache, path, id), expected);
	build_id_cache__close(cache);
}

static void as_perf_keeps_files(void **state)
{
	const struct build_id id = { .len = 3, .id = { 0xab, 0xcd, 0xef } };
	char path[128], target[128] = "";

	(void)state;
	setenv("PERF_BUILDID_DIR", "cache/of/ours", 1);
	snprintf(path, sizeof(path), "%s/text", dir);
	for (int i = 0; i < 2; i++) {
		keep(path, &id, 0);
		assert_true(readlink("cache/of/ours/.build-id/ab/cdef", target, sizeof(target) - 1) > 0);
		assert_int_equal(strncmp(target, "../../tmp/", 10), 0);
		assert_int_equal(access("cache/of/ours/.build-id/ab/cdef/elf", R_OK), 0);
	}
	keep("text", &id, -EINVAL);
	keep("/x/../../text", &id, -EINVAL);
	keep("/none", &id, -ENOENT);
	keep(path, &(struct build_id){ .len = 0 }, -EINVAL);
	unsetenv("PERF_BUILDID_DIR");
}

int main(void)
{
	const struct CMUnitTest splicing[] = {
		cmocka_unit_test(goes_before_the_raw_data),
		cmocka_unit_test(without_room_there_is_none),
		cmocka_unit_test(ranges_end_where_others_begin),
		cmocka_unit_test(starts_where_the_tracepoint_stands),
		cmocka_unit_test(has_no_trampolines),
		cmocka_unit_test(as_many_frames),
		cmocka_unit_test(sizes),
	};
	const struct CMUnitTest ids[] = {
		cmocka_unit_test(in_the_place_of_what_there_was),
		cmocka_unit_test(in_no_other_file),
		cmocka_unit_test(as_perf_keeps_files),
	};

	return cmocka_run_group_tests(splicing, NULL, NULL) +
	       cmocka_run_group_tests(ids, enter_dir, leave_dir);
}
