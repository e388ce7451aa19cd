// SPDX-License-Identifier: GPL-2.0-only
/* report --graph, report --flow, script --graph on files of known content; the order of lines. */
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
#include <sys/wait.h>
#include <unistd.h>

#include "../../perf-plugin/builtin.h"
#include "../../perf-plugin/render/retval.h"
#include "../../perf-plugin/report/calls.h"
#include "../../perf-plugin/report/spill.h"
#include "graph_fixture.h"
#include "report_fixture.h"

#define MAX_CALLS	4000
#define MAX_DEPTH	8

static void write_calls(void)
{
	struct graph_file g;

	graph_open(&g, file);
	graph_hit(&g, 4242, 100, 1);
	graph_call(&g, GRAPH_CALLS, GRAPH_LOOKUP, 4242, 110, 111, 40, 0);
	graph_call(&g, GRAPH_FIND, FIXTURE_FUNC_ONE, 4242, 112, 124, 0, -2ULL);
	graph_call(&g, GRAPH_CALLS, GRAPH_LOOKUP, 4244, 121, 125, 7, 1);
	graph_hit(&g, 4242, 130, 3);
	graph_call(&g, GRAPH_CHECK, FIXTURE_FUNC_ONE, 4242, 128, 140, 0, 0);
	graph_call(&g, GRAPH_CHECK, FIXTURE_FUNC_ONE, 4242, 141, 142, 0, 1);
	graph_call(&g, GRAPH_CALLS, GRAPH_WALK, 4242, 105, 1500, 1500, -11ULL);
	graph_call(&g, GRAPH_FIND, FIXTURE_FUNC_ONE, 4242, 1600, 20000, 0, 0xffff888000001000);
	assert(!perfdata_writer__lost(g.writer, 0, 3, FIXTURE_START + 20001 * GRAPH_US));
	graph_close(&g);
}

static void graph(void **state)
{
	static const char expected[] =
		"  0)  curl-4242               |                  |  hit(size=1);\n"
		"  0)  curl-4242               |                  |  walk(size=1500) {\n"
		"  0)  curl-4242               |         1.000 us |    lookup(size=40) = 0, "
		"left@return=39;\n"
		"  0)  curl-4242               | +      12.000 us |    find() = "
		"ERR_PTR(-2) (ENOENT);\n"
		" ------------------------------------------\n"
		"  0)  curl-4242  =>  nginx-4244\n"
		" ------------------------------------------\n"
		"  0)  nginx-4244              |         4.000 us |  lookup(size=7) = 1, "
		"left@return=6;\n"
		" ------------------------------------------\n"
		"  0)  nginx-4244  =>  curl-4242\n"
		" ------------------------------------------\n"
		"  0)  curl-4242               |                  |    check() {\n"
		"  0)  curl-4242               |                  |      hit(size=3);\n"
		"  0)  curl-4242               | +      12.000 us |    } = false (error)\n"
		"  0)  curl-4242               |         1.000 us |    check() = true;\n"
		"  0)  curl-4242               | #    1395.000 us |  } = -11 (EAGAIN), "
		"left@return=1499\n"
		"  0)  curl-4242               | *   18400.000 us |  find() = "
		"0xffff888000001000;\n"
		"     [LOST 3 EVENTS]\n";

	(void)state;
	write_calls();
	assert_int_equal(run("report", "--graph", "-q", NULL), 0);
	assert_string_equal(errors, "");
	assert_string_equal(output, expected);
	assert_int_equal(run("report", "--graph", NULL), 0);
	assert_int_equal(strncmp(output, "# CPU", 5), 0);
	assert_non_null(strstr(output, expected));
	assert_int_equal(run("report", "--graph", "-q", "--comms", "nginx", NULL), 0);
	assert_null(strstr(output, "curl"));
	assert_null(strstr(output, "=>"));
	assert_int_equal(run("script", "--graph", "--tid", "4244", NULL), 0);
	assert_non_null(strstr(output, "\n 1000.000121 |    0)  nginx-4244 "));
	assert_int_equal(run("script", "--graph", "--reltime", "--ns", NULL), 0);
	assert_non_null(strstr(output, "    0.000005000 |    0)  curl-4242               |"
				       "                  |  walk(size=1500) {\n"));
	assert_int_equal(run("script", "--graph", "--max-events", "2", NULL), 0);
	assert_null(strstr(output, "walk"));
	assert_int_equal(run("script", "--graph", "--deltatime", NULL), 129);
	assert_int_equal(run("report", "--graph", "--sort", "comm", NULL), 129);
	assert_int_equal(run("report", "--graph", "--flow", NULL), 129);
}

static void flow(void **state)
{
	struct graph_file g;

	(void)state;
	graph_open(&g, file);
	graph_seen_at(&g, FIXTURE_FUNC_ONE, 4242, 100, 101, 1, 0xffff888000001000, 100);
	graph_seen_at(&g, FIXTURE_FUNC_ONE, 4244, 102, 103, 2, 0xffff888000002000, 60);
	graph_seen_at(&g, FIXTURE_FUNC_ONE, 4244, 103, 104, 0, 0xffff888000003000, 60);
	graph_seen_at(&g, FIXTURE_FUNC_ONE, 4244, 110, 111, 1, 0xffff888000001000, 100);
	graph_seen_at(&g, FIXTURE_FUNC_TWO, 4242, 108, 120, 1, 0xffff888000001000, 86);
	graph_seen_at(&g, FIXTURE_FUNC_TWO, 4242, 130, 131, 1, 0xffff888000009000, 86);
	graph_close(&g);
	assert_int_equal(run("report", "--flow", "-q", NULL), 0);
	assert_string_equal(errors, "");
	assert_string_equal(output,
		"flow 1: struct packet * 0xffff888000001000, 4 events in 30.000us\n"
		"        0ns        0ns    0  curl-4242               send_one                 "
		"skb=0xffff888000001000 skb->len=100 skb->name=\"eth0\" bytes=100 return=0 "
		"duration=1.000us\n"
		"    8.000us    8.000us    0  curl-4242               send_two                 "
		"skb->len=86 skb->state=STATE_BUSY bytes=86 return=0 duration=12.000us\n"
		"   10.000us    2.000us    0  nginx-4244              send_one                 "
		"skb->len=100 skb->state=STATE_IDLE bytes=100 return=0 duration=1.000us\n"
		"   30.000us   20.000us    0  curl-4242               send_two                 "
		"object=0xffff888000009000 skb=0xffff888000009000 skb->len=86 "
		"skb->state=STATE_BUSY bytes=86 return=0 duration=1.000us\n"
		"flow 2: struct packet * 0xffff888000002000, 1 event in 0ns\n"
		"        0ns        0ns    0  nginx-4244              send_one                 "
		"skb=0xffff888000002000 skb->len=60 skb->name=\"eth0\" bytes=60 "
		"return=-12 (ENOMEM) duration=1.000us\n");
	assert_int_equal(run("report", "--flow", "--comms", "nginx", NULL), 0);
	assert_non_null(strstr(output, "\nflow 1: struct packet * 0xffff888000001000, 1 event in "
				       "0ns\n"));
	write_calls();
	assert_int_equal(run("report", "--flow", NULL), 0);
	assert_non_null(strstr(output, "# no flows"));
}

/* A file in which something is missing or wrong is shown as far as it goes. */
static void damaged(void **state)
{
	uint8_t *data, *copy;
	unsigned int i, j;
	struct stat st;
	size_t size;
	int fd;

	(void)state;
	write_calls();
	fd = open(file, O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	size = st.st_size;
	data = malloc(size);
	copy = malloc(size);
	assert_int_equal(read(fd, data, size), size);
	close(fd);
	srand(11);
	for (i = 0; i < 200; i++) {
		size_t len = i % 4 ? size : rand() % size;

		memcpy(copy, data, size);
		for (j = 0; j < i % 8; j++)
			copy[8 + rand() % (size - 8)] = rand() % 2 ? rand() : 0xff;
		fd = open(file, O_WRONLY | O_TRUNC);
		assert_int_equal(write(fd, copy, len), len);
		close(fd);
		run(i % 3 ? "report" : "script", i % 3 == 1 ? "--flow" : "--graph", NULL);
	}
	free(copy);
	free(data);
}

static void errnos(void **state)
{
	(void)state;
	assert_string_equal(retval__errno_name(11), "EAGAIN");
	assert_string_equal(retval__errno_name(512), "ERESTARTSYS");
	assert_string_equal(retval__errno_name(531), "ENOGRACE");
	assert_null(retval__errno_name(520));
	assert_null(retval__errno_name(0));
	assert_null(retval__errno_name(4000));
}

/* ---- the order of lines ---------------------------------------------------------------------- */

struct made_call {
	uint64_t start, end;
	int32_t tid;
	bool is_call;
};

static struct made_call made[MAX_CALLS];
static unsigned int nr_made;

/* What happens in a task from @*now on: calls, nested at random, and points. */
static void make_calls(int32_t tid, uint64_t *now, unsigned int depth, unsigned int nr)
{
	while (nr-- && nr_made < MAX_CALLS - MAX_DEPTH) {
		uint64_t start = *now += 1 + rand() % 50;
		bool is_call = rand() % 4;

		if (is_call) {
			if (depth < MAX_DEPTH && rand() % 2)
				make_calls(tid, now, depth + 1, rand() % 4);
			*now += rand() % 40 ? 1 + rand() % 20 : 3000;
		}
		made[nr_made++] = (struct made_call){ start, *now, tid, is_call };
	}
}

static int by_end(const void *a, const void *b)
{
	const struct made_call *l = a, *r = b;

	if (l->end != r->end)
		return l->end < r->end ? -1 : 1;
	return l->tid < r->tid ? -1 : l->tid > r->tid;
}

static void add_line(const struct line *line, struct buf *out)
{
	static const char *const kinds[] = { "point", "leaf", "open", "close", "tail", "lost" };

	buf__addf(out, "%llu %s %d %u %llu %s\n", (unsigned long long)line->time,
		  kinds[line->kind], line->sample ? line->sample->tid : 0, line->depth,
		  (unsigned long long)line->duration, line->comm);
}

static void feed(struct calls *calls, struct buf *out)
{
	struct line line;
	unsigned int i;
	char comm[16];

	for (i = 0; i < nr_made; i++) {
		struct perfdata_sample s = { .tid = made[i].tid, .time = made[i].end };

		snprintf(comm, sizeof(comm), "task%d", made[i].tid);
		assert_int_equal(calls__add(calls, &s, comm, made[i].is_call,
					    made[i].end - made[i].start), 0);
		while (calls__next(calls, &line))
			add_line(&line, out);
	}
	calls__end(calls);
	while (calls__next(calls, &line))
		add_line(&line, out);
}

/* What is let go early, with the late calls found out before, is what all at once would be. */
static void order(void **state)
{
	unsigned int round;

	(void)state;
	for (round = 0; round < 40; round++) {
		struct buf all = BUF_INIT, some = BUF_INIT, first = BUF_INIT;
		struct calls *calls;
		int32_t tid;

		srand(round);
		nr_made = 0;
		for (tid = 1; tid <= 1 + (int)round % 5; tid++) {
			uint64_t now = 1000;

			make_calls(tid, &now, 0, 100);
		}
		/* Stable for calls of a task that end at the same time: the inner one is first. */
		for (unsigned int i = 0; i < nr_made; i++)
			made[i].end = made[i].end * MAX_CALLS + i;
		qsort(made, nr_made, sizeof(*made), by_end);
		for (unsigned int i = 0; i < nr_made; i++)
			made[i].end /= MAX_CALLS;
		assert_int_equal(calls__new(SIZE_MAX, &calls), 0);
		feed(calls, &all);
		assert_false(calls__overflowed(calls));
		calls__free(calls);
		assert_null(strstr(all.data, "tail"));
		assert_int_equal(calls__new(2000 + round * 500, &calls), 0);
		feed(calls, &first);
		assert_true(calls__overflowed(calls));
		assert_int_equal(calls__again(calls), 0);
		feed(calls, &some);
		assert_int_equal(calls__nr_late(calls), 0);
		calls__free(calls);
		assert_string_equal(buf__str(&some), buf__str(&all));
		buf__exit(&all);
		buf__exit(&some);
		buf__exit(&first);
	}
}

/* In a pipe a call that was too long shows its end only; so do calls that are not nested. */
static void late(void **state)
{
	struct perfdata_sample s = { .tid = 7 };
	struct buf out = BUF_INIT;
	struct calls *calls;
	struct line line;
	unsigned int i;

	(void)state;
	assert_int_equal(calls__new(1000, &calls), 0);
	for (i = 0; i < 20; i++) {
		s.time = 100 + i;
		assert_int_equal(calls__add(calls, &s, "a", false, 0), 0);
		while (calls__next(calls, &line))
			;
	}
	s.time = 200;
	assert_int_equal(calls__add(calls, &s, "a", true, 150), 0);
	s.time = 220;
	assert_int_equal(calls__add(calls, &s, "a", true, 25), 0);
	s.time = 230;
	assert_int_equal(calls__add(calls, &s, "a", true, 20), 0);
	s.time = 240;
	assert_int_equal(calls__add(calls, &s, "a", true, 500), 0);
	assert_int_equal(calls__add_lost(calls, 5, 241), 0);
	calls__end(calls);
	while (calls__next(calls, &line)) {
		if (line.time >= 150)
			add_line(&line, &out);
	}
	assert_string_equal(buf__str(&out), "195 leaf 7 0 25 a\n200 tail 7 0 150 a\n"
					    "210 leaf 7 0 20 a\n240 tail 7 0 240 a\n"
					    "241 lost 0 0 0 \n");
	assert_int_equal(calls__nr_late(calls), 2);
	calls__free(calls);
	buf__exit(&out);
}

static void spill(void **state)
{
	struct spill spill = SPILL_INIT;
	struct spill_text a = { 0 }, b = { 0 };
	FILE *f;

	(void)state;
	buf__adds(&a.tail, "one ");
	buf__adds(&b.tail, "1 ");
	assert_int_equal(spill__out(&spill, &a), 0);
	assert_int_equal(spill__out(&spill, &b), 0);
	assert_int_equal(spill__out(&spill, &b), 0);
	buf__fill(&a.tail, 'x', 100000);
	assert_int_equal(spill__out(&spill, &a), 0);
	buf__adds(&a.tail, " two");
	buf__adds(&b.tail, "2");
	f = fopen(out_file, "w");
	assert_int_equal(spill__print(&spill, &b, f), 0);
	assert_int_equal(spill__print(&spill, &a, f), 0);
	fclose(f);
	read_text(out_file, output);
	assert_int_equal(strlen(output), 3 + 4 + 100000 + 4);
	assert_int_equal(strncmp(output, "1 2one xxx", 10), 0);
	assert_string_equal(output + 3 + 4 + 100000 - 1, "x two");
	spill_text__exit(&a);
	spill_text__exit(&b);
	spill__exit(&spill);
}

static int clean_up(void **state)
{
	(void)state;
	unlink(file);
	unlink(old_file);
	unlink(out_file);
	unlink(err_file);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errnos),
		cmocka_unit_test(order),
		cmocka_unit_test(late),
		cmocka_unit_test(spill),
		cmocka_unit_test(graph),
		cmocka_unit_test(flow),
		cmocka_unit_test(damaged),
	};

	if (!mkdtemp(dir))
		return 1;
	snprintf(file, sizeof(file), "%s/perf.data", dir);
	snprintf(old_file, sizeof(old_file), "%s/perf.data.old", dir);
	snprintf(out_file, sizeof(out_file), "%s/out", dir);
	snprintf(err_file, sizeof(err_file), "%s/err", dir);
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
