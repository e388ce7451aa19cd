// SPDX-License-Identifier: GPL-2.0-only
/* The fields of a sample as a tree to be unfolded, and the rows that the page of a sample has. */
#include <errno.h>
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

#include "../../perf-plugin/render/value-tree.h"
#include "../../perf-plugin/report/samples.h"
#include "../../perf-plugin/ui/sample-rows.h"
#include "calls_fixture.h"

static char dir[] = "/tmp/btfsnoop-test-XXXXXX";
static char file[64];
static struct input *input;
static struct samples *samples;
static struct value_tree *tree;

/* The tree of sample @index of the file. */
static void open_tree(uint32_t index)
{
	const struct input_opts opts = { .path = file, .force = true, .kallsyms = "/dev/null" };
	const struct value_opts values = { .zeros = false };
	struct perfdata_sample sample;
	struct perfdata_record record;
	struct diag diag = DIAG_INIT;

	assert_int_equal(input__open(&opts, &input, &diag), 0);
	assert_int_equal(samples__new(input, &samples), 0);
	while (input__next(input, &record, &diag) > 0)
		if (record.type == PERF_RECORD_SAMPLE)
			assert_int_equal(samples__add(samples, &record, 0), 0);
	assert_int_equal(samples__read(samples, index, &sample), 0);
	assert_int_equal(value_tree__new(input__event(input, sample.event)->view, sample.raw,
					 sample.raw_size, &values, &tree), 0);
	diag__exit(&diag);
}

static void close_tree(void)
{
	value_tree__free(tree);
	samples__free(samples);
	input__close(input);
}

/* The node that @path leads to, a label after the other with a '/' between, unfolding on the way. */
static struct value_node *find(const char *path)
{
	struct value_node *node = value_tree__root(tree);
	struct buf label = BUF_INIT;
	uint32_t i;

	while (*path) {
		size_t len = strcspn(path, "/");

		assert_int_equal(value_tree__unfold(tree, node), 0);
		for (i = 0; i < value_node__nr_parts(node); i++) {
			buf__clear(&label);
			value_tree__label(tree, value_node__part(node, i), &label);
			if (label.len == len && !memcmp(label.data, path, len))
				break;
		}
		if (i == value_node__nr_parts(node))
			fail_msg("there is no %s", path);
		node = value_node__part(node, i);
		path += len + (path[len] == '/');
	}
	buf__exit(&label);
	return node;
}

static void check(const char *path, const char *type, const char *value, const char *where)
{
	struct value_node *node = find(path);
	struct buf text = BUF_INIT;

	value_tree__value(tree, node, &text);
	assert_string_equal(buf__str(&text), value);
	buf__clear(&text);
	value_tree__type(tree, node, &text);
	assert_string_equal(buf__str(&text), type);
	buf__clear(&text);
	value_tree__path(tree, node, &text);
	assert_string_equal(buf__str(&text), where);
	buf__exit(&text);
}

static void values(void **state)
{
	(void)state;
	calls_write(file, 2);
	open_tree(0);
	check("req", "struct request *", "0xffff888000001000", "req");
	check("*req", "struct request", "{...}", "req");
	check("*req/len", "unsigned int", "100", "req->len");
	check("*req/state", "enum state", "STATE_BUSY", "req->state");
	check("*req/union", "union {...}", "{.sport = 1000, .dport = 80}", "req");
	check("*req/union/struct/sport", "unsigned short", "1000", "req->sport");
	check("*req/union/ports", "unsigned int", "5243880", "req->ports");
	check("*req/kind", "unsigned char:3", "5", "req->kind");
	check("*req/sum", "unsigned char:2", "2", "req->sum");
	check("*req/name", "char[8]", "\"eth0\"", "req->name");
	check("*req/name/[0]", "char", "'e'", "req->name[0]");
	check("*req/name/[4..7]", "char", "0", "req->name[4..7]");
	check("*req/pkt/ok", "_Bool", "true", "req->pkt.ok");
	check("*req/pkt/list", "struct list", "{.next = 0xffff888000002000}", "req->pkt.list");
	check("*req/pkt/list/next", "struct packet *", "0xffff888000002000",
	      "req->pkt.list.next");
	check("*req/pkt/addr", "unsigned char[6]", "[0x2, 0x42, 0xac, 0x11, 0x0, 0x0]",
	      "req->pkt.addr");
	check("*req/pkt/addr/[2]", "unsigned char", "0xac", "req->pkt.addr[2]");
	check("*req/lists", "struct list[20]", "[...]", "req->lists");
	check("*req/lists/[3]/next", "struct packet *", "0xffff888000003000",
	      "req->lists[3].next");
	check("*req/lists/[4..19]", "struct list", "{}", "req->lists[4..19]");
	check("*req/lists/[4..19]/prev", "struct packet *", "NULL", "req->lists[4..19].prev");
	check("note", "char *", "\"hello\"", "note");
	check("buf(p,n)/0010:", "", "51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60  "
	      "QRSTUVWXYZ[\\]^_`", "buf(p,n)");
	check("req->len", "unsigned int", "100", "req->len");
	close_tree();
	open_tree(1);
	check("return", "int", "-11 (EAGAIN)", "return");
	close_tree();
}

/* What is long is unfolded in pieces. */
static void ranges(void **state)
{
	struct value_node *table;

	(void)state;
	calls_write(file, 1);
	open_tree(0);
	table = find("*req/table");
	assert_int_equal(value_node__nr_parts(table), 0);
	check("*req/table", "unsigned int[400]", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, "
	      "14, 15, ...]", "req->table");
	assert_int_equal(value_node__nr_parts(table), 0);
	check("*req/table/[256..399]/[299]", "unsigned int", "299", "req->table[299]");
	check("*req/table/[256..399]/[300..399]", "unsigned int", "0", "req->table[300..399]");
	assert_int_equal(value_node__nr_parts(table), 2);
	assert_int_equal(value_node__nr_parts(find("*req/table/[0..255]")), 0);
	close_tree();
}

static void bytes(void **state)
{
	struct fixture_request r;
	uint32_t offset, size;
	const void *data;

	(void)state;
	calls_write(file, 1);
	calls_request(&r, 0);
	open_tree(0);
	data = value_tree__bytes(tree, find("*req"), &offset, &size);
	assert_int_equal(offset, CALLS_REQ);
	assert_int_equal(size, sizeof(r));
	assert_memory_equal(data, &r, sizeof(r));
	value_tree__bytes(tree, find("*req/pkt/addr"), &offset, &size);
	assert_int_equal(offset, CALLS_REQ + offsetof(struct fixture_request, pkt.addr));
	assert_int_equal(size, 6);
	value_tree__bytes(tree, find("*req/sum"), &offset, &size);
	assert_int_equal(offset, CALLS_REQ + offsetof(struct fixture_request, bits));
	assert_int_equal(size, 1);
	data = value_tree__bytes(tree, find("note"), &offset, &size);
	assert_memory_equal(data, "hello", size);
	value_tree__bytes(tree, value_tree__root(tree), &offset, &size);
	assert_int_equal(offset, 0);
	assert_true(size >= CALLS_FIXED + CALLS_BUFFER + 6);
	assert_false(value_node__is_zero(find("*req/len")));
	assert_true(value_node__is_zero(find("*req/pkt/list/prev")));
	assert_true(value_node__is_zero(find("*req/pkt/state")));
	assert_int_equal(value_node__depth(find("*req")), 0);
	assert_int_equal(value_node__depth(find("*req/union/struct/sport")), 3);
	close_tree();
}

static uint32_t count(const struct value_node *node)
{
	uint32_t i, nr = 1;

	for (i = 0; value_node__is_unfolded(node) && i < value_node__nr_parts(node); i++)
		nr += count(value_node__part(node, i));
	return nr;
}

static void unfolding(void **state)
{
	struct value_node *root;
	uint32_t all;

	(void)state;
	calls_write(file, 1);
	open_tree(0);
	root = value_tree__root(tree);
	assert_int_equal(count(root), 6);
	/* Anonymous ones are unfolded with what they are in. */
	assert_int_equal(value_tree__unfold(tree, find("*req")), 0);
	assert_true(value_node__is_unfolded(find("*req/union/struct")));
	assert_false(value_node__is_unfolded(find("*req/name")));
	value_node__fold(find("*req"));
	assert_int_equal(value_tree__unfold_all(tree, root, true, 100000), 0);
	all = count(root);
	assert_true(all > 330);
	value_node__fold_all(root);
	assert_int_equal(count(root), 6);
	assert_int_equal(value_tree__unfold_all(tree, root, false, 100000), 0);
	assert_true(count(root) < all);
	close_tree();
	open_tree(0);
	assert_int_equal(value_tree__unfold_all(tree, value_tree__root(tree), true, 20), -E2BIG);
	assert_true(count(value_tree__root(tree)) < all);
	close_tree();
}

static void another_sample(void **state)
{
	struct value_tree *first;
	struct value_node *node;

	(void)state;
	calls_write(file, 2);
	open_tree(0);
	find("*req/pkt/list/next");
	value_node__fold(find("*req/union"));
	node = find("*req/pkt/list");
	first = tree;
	samples__free(samples);
	samples = NULL;
	{
		struct input *old = input;

		open_tree(2);
		/* Views differ here, schemas do too: nothing is alike. */
		assert_int_equal(value_tree__unfold_like(tree, first), 0);
		assert_false(value_node__is_unfolded(find("*req")));
		close_tree();
		input = old;
	}
	tree = first;
	assert_ptr_equal(value_tree__find_like(tree, node), node);
	samples = NULL;
	close_tree();
}

static void draw(struct sample_rows *rows, uint32_t row, char *text, size_t size)
{
	struct screen_line line = LINE_INIT;

	sample_rows__draw(rows, row, &line);
	snprintf(text, size, "%s", buf__str(&line.text));
	line__exit(&line);
}

/* The row whose text has @part in it. */
static uint32_t find_row(struct sample_rows *rows, const char *part)
{
	char text[512];
	uint32_t i;

	for (i = 0; i < sample_rows__nr(rows); i++) {
		draw(rows, i, text, sizeof(text));
		if (strstr(text, part))
			return i;
	}
	return SAMPLE_ROWS_NONE;
}

static void page_rows(void **state)
{
	struct sample_rows *rows;
	struct value_node *node;
	char text[512];
	uint32_t row;

	(void)state;
	calls_write(file, 3);
	open_tree(0);
	assert_int_equal(sample_rows__new(samples, input, &rows), 0);
	assert_int_equal(sample_rows__load(rows, 0), 0);
	draw(rows, 0, text, sizeof(text));
	assert_string_equal(text, "Function: work");
	draw(rows, 1, text, sizeof(text));
	assert_string_equal(text, "Task: curl  pid/tid: 4242/4242  CPU: 0  Time: 1000.000000000");
	row = find_row(rows, "+ *req = {...}");
	assert_int_not_equal(row, SAMPLE_ROWS_NONE);
	node = sample_rows__node(rows, row);
	assert_int_equal(value_tree__unfold(sample_rows__tree(rows), node), 0);
	sample_rows__look(rows)->types = true;
	assert_int_equal(sample_rows__lay_out(rows), 0);
	assert_int_equal(find_row(rows, "- *req (struct request)"), row);
	assert_int_equal(find_row(rows, "    len = (unsigned int)100"), row + 1);
	/* Of the next sample the same is unfolded, and so it is after one of another event. */
	assert_int_equal(sample_rows__load(rows, 2), 0);
	assert_int_equal(find_row(rows, "    len = (unsigned int)110"), row + 1);
	assert_int_equal(sample_rows__load(rows, 3), 0);
	assert_int_equal(find_row(rows, "Duration: 11.000us"), 0);
	assert_int_equal(find_row(rows, "  return = (int)0"), 2);
	assert_int_equal(sample_rows__load(rows, 4), 0);
	assert_int_equal(find_row(rows, "    len = (unsigned int)120"), row + 1);
	sample_rows__free(rows);
	close_tree();
}

static void page_search_and_bytes(void **state)
{
	struct sample_rows *rows;
	struct value_node *node;
	uint32_t row, nr;

	(void)state;
	calls_write(file, 1);
	open_tree(0);
	assert_int_equal(sample_rows__new(samples, input, &rows), 0);
	assert_int_equal(sample_rows__load(rows, 0), 0);
	nr = sample_rows__nr(rows);
	assert_int_equal(sample_rows__begin_search(rows), 0);
	assert_int_equal(sample_rows__lay_out(rows), 0);
	assert_true(sample_rows__nr(rows) > nr);
	row = find_row(rows, "addr");
	assert_true(sample_rows__match(rows, row, "ADD") == false);
	assert_true(sample_rows__match(rows, row, "add"));
	assert_true(sample_rows__match(rows, find_row(rows, "- *req"), "add"));
	assert_true(sample_rows__match(rows, find_row(rows, "- pkt"), "add"));
	assert_false(sample_rows__match(rows, find_row(rows, "union"), "add"));
	node = sample_rows__node(rows, row);
	sample_rows__end_search(rows, &node);
	assert_int_equal(sample_rows__lay_out(rows), 0);
	row = sample_rows__row(rows, node);
	assert_int_equal(row, find_row(rows, "addr"));
	sample_rows__toggle_bytes(rows, node);
	assert_int_equal(sample_rows__lay_out(rows), 0);
	assert_int_equal(find_row(rows, ":  02 42 ac 11 00 00 "), row + 1);
	sample_rows__toggle_bytes(rows, NULL);
	assert_int_equal(sample_rows__lay_out(rows), 0);
	assert_int_equal(find_row(rows, "  0000:  "), 2);
	sample_rows__toggle_bytes(rows, NULL);
	assert_int_equal(sample_rows__lay_out(rows), 0);
	assert_int_equal(sample_rows__row(rows, node), row);
	sample_rows__free(rows);
	close_tree();
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
		cmocka_unit_test(values), cmocka_unit_test(ranges), cmocka_unit_test(bytes),
		cmocka_unit_test(unfolding), cmocka_unit_test(another_sample),
		cmocka_unit_test(page_rows), cmocka_unit_test(page_search_and_bytes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
