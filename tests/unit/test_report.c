// SPDX-License-Identifier: GPL-2.0-only
/* report and script as a user runs them, on files of known content, and on damaged ones. */
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
#include "../../perf-plugin/render/table.h"
#include "data_fixture.h"
#include "report_fixture.h"

/* libtraceevent (1.7) loses memory when a format can't be parsed. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libtraceevent\n";
}

static char symbols_file[64];

static void write_symbols(const char *text)
{
	FILE *f = fopen(symbols_file, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

#define assert_output(expected) assert_string_equal(output, expected)

static unsigned int lines_with(const char *text)
{
	const char *p = output;
	unsigned int nr = 0;

	while ((p = strstr(p, text))) {
		p += strlen(text);
		nr++;
	}
	return nr;
}

static void script(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("script", "--max-events", "2", NULL), 0);
	assert_string_equal(errors, "");
	assert_output(
		"            curl  4242 [000]  1000.000000:          btfsnoop:send: "
		"skb=0xffff888000001000 skb->len=100 skb->name=\"eth0\" skb->state=STATE_IDLE\n"
		"\t*skb = (struct packet){\n"
		"\t\t.len = 100,\n"
		"\t\t.proto = 8,\n"
		"\t\t.kind = 2,\n"
		"\t\t.sum = 1,\n"
		"\t\t.ok = true,\n"
		"\t\t.name = \"eth0\",\n"
		"\t\t.list = {\n"
		"\t\t\t.next = 0xffff888000002000,\n"
		"\t\t},\n"
		"\t\t.addr = [0x2, 0x42, 0xac, 0x11, 0x0, 0x0],\n"
		"\t}\n"
		"            curl  4242 [000]  1000.000500: btfsnoop:sends__return: "
		"send_one: size=1500 return=-11 duration=1.000us\n");
	assert_int_equal(run("script", NULL), 0);
	assert_int_equal(lines_with("btfsnoop:send: "), 16);
	assert_int_equal(lines_with("send_two: size=64"), 8);
	/* A NULL pointer is no struct of zeros; a name with an escape in it moves no cursor. */
	assert_int_equal(lines_with("skb=NULL skb->len=(null) skb->name=(null) skb->state=(null)\n"
				    "\t*skb = (null)\n"), 2);
	assert_null(strchr(output, '\033'));
	assert_int_equal(run("script", "--zeros", "--max-events", "1", NULL), 0);
	assert_non_null(strstr(output, "\t\t.state = STATE_IDLE,\n"));
	assert_non_null(strstr(output, "\t\t\t.prev = NULL,\n"));
}

static void script_filters(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("script", "--tid", "4243", NULL), 0);
	assert_int_equal(lines_with("btfsnoop:"), 8);
	assert_int_equal(run("script", "--pid", "1,2", NULL), 0);
	assert_output("");
	assert_int_equal(run("script", "-C", "1", NULL), 0);
	assert_int_equal(lines_with("[001]"), 8);
	assert_int_equal(lines_with("[000]"), 0);
	assert_int_equal(run("script", "-c", "nobody,curl", NULL), 0);
	assert_int_equal(lines_with("btfsnoop:"), 24);
	assert_int_equal(run("script", "--time", "1000.003,1000.0045", NULL), 0);
	assert_int_equal(lines_with("btfsnoop:"), 4);
	assert_int_equal(run("script", "--time", ",1000", NULL), 0);
	assert_int_equal(lines_with("btfsnoop:"), 1);
	assert_int_equal(run("script", "--time", "1000.015", NULL), 0);
	assert_int_equal(lines_with("btfsnoop:"), 2);
	assert_int_equal(run("script", "--time", "x", NULL), 1);
	assert_non_null(strstr(errors, "--time"));
	assert_int_equal(run("script", "--reltime", "--ns", "--max-events", "2", NULL), 0);
	assert_int_equal(lines_with("0.000500000: "), 1);
	assert_int_equal(run("script", "--show-task-events", "--show-lost-events", NULL), 0);
	assert_int_equal(lines_with("PERF_RECORD_COMM: curl:4242/4242\n"), 1);
	assert_int_equal(lines_with("PERF_RECORD_COMM: ngi\\x1bnx:4242/4243\n"), 1);
	assert_int_equal(lines_with("PERF_RECORD_LOST_SAMPLES lost 3\n"), 1);
	assert_int_equal(run("script", "--header-only", NULL), 0);
	assert_int_equal(lines_with("# event : name = btfsnoop:send, spec = send(skb, "), 1);
	assert_int_equal(run("script", "argument", NULL), 129);
	assert_int_equal(run("script", "--reltime", "--deltatime", NULL), 129);
}

/* Without types the fields of the format are still there, by libtraceevent. */
static void script_without_types(void **state)
{
	(void)state;
	fixture_write(file, 4, 0);
	assert_int_equal(run("script", "--max-events", "2", NULL), 0);
	assert_non_null(strstr(errors, "warning: the types in the file are missing"));
	assert_output(
		"            curl  4242 [000]  1000.000000:          btfsnoop:send: "
		"skb=0xffff888000001000 skb__len=100 skb__name=eth0 skb__state=STATE_IDLE "
		"skb__proto=8 skb__kind=2 skb__sum=1 skb__ok=1 skb__list__next=0xffff888000002000 "
		"skb__list__prev=0 skb__addr=0242ac110000\n"
		"            curl  4242 [000]  1000.000500: btfsnoop:sends__return: "
		"size=1500 return_=-11 duration=1000\n");
	assert_int_equal(run("report", NULL), 0);
	assert_int_equal(lines_with("size=1500 return_=-11 duration=1000 "), 1);
}

static void report(void **state)
{
	(void)state;
	fixture_write(file, 9, 1);
	assert_int_equal(run("report", NULL), 0);
	assert_string_equal(errors, "");
	assert_output(
		"# To display the perf.data header info, please use --header/--header-only "
		"options.\n#\n#\n# Total Lost Samples: 3\n#\n"
		"# Samples: 9  of event 'btfsnoop:send'\n"
		"# Event count (approx.): 9\n#\n"
		"# Overhead  Samples  Command  Function  skb->len  skb->name  skb->state\n"
		"# ........  .......  .......  ........  ........  .........  ..........\n#\n"
		"    33.33%        3  curl     send           100  eth0       STATE_IDLE\n"
		"    22.22%        2  curl     send           120  eth0       STATE_IDLE\n"
		"    22.22%        2  ngi?nx   send           110  eth0       STATE_BUSY\n"
		"    11.11%        1  ngi?nx   send           130  eth0       STATE_BUSY\n"
		"    11.11%        1  ngi?nx   send        (null)  (null)         (null)\n\n\n"
		"# Samples: 9  of event 'btfsnoop:sends__return'\n"
		"# Event count (approx.): 9\n#\n"
		"# Overhead  Samples  Command  Function  size  return      Min      Avg      Max\n"
		"# ........  .......  .......  ........  ....  ......  .......  .......  .......\n"
		"#\n"
		"    33.33%        3  curl     send_one  1500       0  3.000us  5.666us  9.000us\n"
		"    33.33%        3  curl     send_two    64       0  2.000us  5.333us  8.000us\n"
		"    22.22%        2  curl     send_one  1500     -11  1.000us  4.000us  7.000us\n"
		"    11.11%        1  curl     send_two    64     -11  4.000us  4.000us  4.000us\n"
		"\n\n");
}

#define LINE	"            curl  4242 [000]  1000.00"
#define DST	"dst6=2001:db8::1 mac=02:42:ac:11:00:02"

/* Addresses, symbols, buffers; the function of each call; what could not be read. */
static void script_displays(void **state)
{
	(void)state;
	flows_write(file, 4);
	write_symbols("ffffffff91000000 T _text\nffffffff91002000 T tcp_sendmsg\n"
		      "ffffffff91003000 t cb_func\n");
	assert_int_equal(run("script", "--kallsyms", symbols_file, NULL), 0);
	assert_string_equal(errors, "");
	assert_output(
		LINE "0000: btfsnoop:flows: tcp_send: saddr=10.0.0.9 ip4(&sk->daddr)=192.168.0.1 "
		DST " caller=tcp_sendmsg+0x10 buf(skb->data,n)=3a3b3c3d big=0 state=STATE_IDLE "
		"comm()=\"curl\" quot=0 cb=cb_func duration=1.500us\n"
		LINE "1000: btfsnoop:flows: udp_send: saddr=10.0.0.10 ip4(&sk->daddr)=192.168.0.1 "
		DST " caller=tcp_sendmsg+0x11 big=1 state=STATE_BUSY comm()=\"curl\" "
		"quot=-1 cb=cb_func duration=1.500us\n"
		"\tbuf(skb->data,n) = 40 bytes...\n"
		"\t\t0000:  3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI\n"
		"\t\t0010:  4a 4b 4c 4d 4e 4f 50 51 52 53 54 55 56 57 58 59  JKLMNOPQRSTUVWXY\n"
		"\t\t0020:  5a 5b 5c 5d 5e 5f 60 61                          Z[\\]^_`a\n"
		LINE "2000: btfsnoop:flows: tcp_send: saddr=10.0.0.11 ip4(&sk->daddr)=192.168.0.1 "
		DST " caller=tcp_sendmsg+0x10 buf(skb->data,n)=3a3b3c3d big=0 state=STATE_IDLE "
		"comm()=\"curl\" quot=-2 cb=cb_func duration=1.500us\n"
		LINE "3000: btfsnoop:flows: udp_send: saddr=(fault) ip4(&sk->daddr)=(null) "
		"dst6=(null) mac=(fault) caller=tcp_sendmsg+0x11 buf(skb->data,n)=(fault) "
		"big=(fault) state=STATE_BUSY comm()=\"curl\" quot=(fault) cb=(null) "
		"duration=1.500us\n");
	assert_int_equal(run("script", "-S", "nobody,udp_send", NULL), 0);
	assert_int_equal(lines_with("udp_send: "), 2);
	assert_int_equal(lines_with("tcp_send: "), 0);
	assert_int_equal(run("script", "--header-only", NULL), 0);
	assert_int_equal(lines_with("# event : name = btfsnoop:flows, functions = 2, spec = "), 1);
	/* No symbols: the bare address, and why. */
	assert_int_equal(run("script", "--max-events", "1", "--kallsyms", "/nowhere", NULL), 0);
	assert_int_equal(lines_with(" caller=0xffffffff81002010 "), 1);
	assert_string_equal(errors, "warning: code addresses have no names: the file of "
				    "symbols cannot be opened\n");
}

static void report_displays(void **state)
{
	(void)state;
	flows_write(file, 8);
	write_symbols("ffffffff81000000 T _text\nffffffff81002000 T tcp_sendmsg\n"
		      "ffffffff81003000 t cb_func\n");
	/* Buffers are left out unless asked for; addresses are in the order of the network. */
	assert_int_equal(run("report", "--kallsyms", symbols_file, "-q", "-t", ";", NULL), 0);
	assert_output(
		"25.00%;2;curl;udp_send;(fault);(null);(null);(fault);tcp_sendmsg+0x11;(fault);"
		"STATE_BUSY;curl;(fault);(null);1.500us;1.500us;1.500us\n"
		"12.50%;1;curl;tcp_send;10.0.0.9;192.168.0.1;2001:db8::1;02:42:ac:11:00:02;"
		"tcp_sendmsg+0x10;0;STATE_IDLE;curl;0;cb_func;1.500us;1.500us;1.500us\n"
		"12.50%;1;curl;tcp_send;10.0.0.11;192.168.0.1;2001:db8::1;02:42:ac:11:00:02;"
		"tcp_sendmsg+0x10;0;STATE_IDLE;curl;-2;cb_func;1.500us;1.500us;1.500us\n"
		"12.50%;1;curl;tcp_send;10.0.0.13;192.168.0.1;2001:db8::1;02:42:ac:11:00:02;"
		"tcp_sendmsg+0x10;0;STATE_IDLE;curl;-4;cb_func;1.500us;1.500us;1.500us\n"
		"12.50%;1;curl;tcp_send;10.0.0.15;192.168.0.1;2001:db8::1;02:42:ac:11:00:02;"
		"tcp_sendmsg+0x10;0;STATE_IDLE;curl;-6;cb_func;1.500us;1.500us;1.500us\n"
		"12.50%;1;curl;udp_send;10.0.0.10;192.168.0.1;2001:db8::1;02:42:ac:11:00:02;"
		"tcp_sendmsg+0x11;1;STATE_BUSY;curl;-1;cb_func;1.500us;1.500us;1.500us\n"
		"12.50%;1;curl;udp_send;10.0.0.14;192.168.0.1;2001:db8::1;02:42:ac:11:00:02;"
		"tcp_sendmsg+0x11;1;STATE_BUSY;curl;-5;cb_func;1.500us;1.500us;1.500us\n");
	/* What could not be read stands behind every number, also behind zero. */
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "quot,sym", "-S", "udp_send", NULL),
			 0);
	assert_output("50.00%;2;(fault);udp_send;1.500us;1.500us;1.500us\n"
		      "25.00%;1;-5;udp_send;1.500us;1.500us;1.500us\n"
		      "25.00%;1;-1;udp_send;1.500us;1.500us;1.500us\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "flows.buf(skb->data,n),big", NULL),
			 0);
	assert_output("50.00%;4;3a3b3c3d;0;1.500us;1.500us;1.500us\n"
		      "25.00%;2;3a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253545556575859"
		      "5a5b5c5d5e5f6061...;1;1.500us;1.500us;1.500us\n"
		      "25.00%;2;(fault);(fault);1.500us;1.500us;1.500us\n");
	assert_int_equal(run("report", "-q", "-s", "big,buf(skb->data, n),quot", NULL), 0);
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "ip4(&sk->daddr)", NULL), 0);
	assert_output("75.00%;6;192.168.0.1;1.500us;1.500us;1.500us\n"
		      "25.00%;2;(null);1.500us;1.500us;1.500us\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "sym", NULL), 0);
	assert_output("50.00%;4;tcp_send;1.500us;1.500us;1.500us\n"
		      "50.00%;4;udp_send;1.500us;1.500us;1.500us\n");
}

static void report_sort(void **state)
{
	(void)state;
	fixture_write(file, 16, 1);
	assert_int_equal(run("report", "-q", "-t", ",", "-s", "sends__return.return,sym", NULL), 0);
	assert_output("100.00%,16,send\n"
		      "31.25%,5,0,send_one,3.000us,8.600us,15.000us\n"
		      "31.25%,5,0,send_two,2.000us,8.400us,14.000us\n"
		      "18.75%,3,-11,send_one,1.000us,7.000us,13.000us\n"
		      "18.75%,3,-11,send_two,4.000us,10.000us,16.000us\n");
	assert_int_equal(run("report", "-q", "-t", ";", "-s", "skb,tid,cpu,pid", "--tid", "4243",
			     NULL), 0);
	assert_output("75.00%;6;0xffff888000001000;4243;1;4242\n"
		      "25.00%;2;NULL;4243;1;4242\n");
	assert_int_equal(run("report", "-s", "comm,skb->lne", NULL), 1);
	assert_output("");
	assert_string_equal(errors, "error: no member 'lne' in struct packet\n"
				    "  comm,skb->lne\n"
				    "            ^~~\n"
				    "hint: did you mean 'len'?\n");
	assert_int_equal(run("report", "--header-only", NULL), 0);
	assert_int_equal(lines_with("# Samples"), 0);
	assert_int_equal(run("report", "--no-such-option", NULL), 129);
}

static void write_file(const void *data, size_t size)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	close(fd);
}

static void *read_file(size_t *size)
{
	struct stat st;
	int fd = open(file, O_RDONLY);
	void *data;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	data = malloc(st.st_size);
	assert_non_null(data);
	*size = read(fd, data, st.st_size);
	assert_int_equal(*size, st.st_size);
	close(fd);
	return data;
}

static void no_perf_data(void **state)
{
	(void)state;
	unlink(file);
	assert_int_equal(run("script", NULL), 1);
	assert_non_null(strstr(errors, "error: "));
	write_file("", 0);
	assert_int_equal(run("report", NULL), 1);
	assert_non_null(strstr(errors, "error: "));
	write_file("#!/bin/sh\necho this is no perf.data, but a long enough text\n", 58);
	assert_int_equal(run("report", NULL), 1);
	assert_non_null(strstr(errors, "error: "));
	fixture_write(file, 0, 1);
	assert_int_equal(run("report", NULL), 0);
	assert_int_equal(lines_with("# no samples"), 1);
}

/* Cut short anywhere: an error, or what is still there. */
static void check_cut_short(void)
{
	size_t size, len;
	void *data;

	data = read_file(&size);
	for (len = 1; len < size; len += 61 + len / 16) {
		write_file(data, len);
		run("script", NULL);
		run("report", NULL);
	}
	free(data);
}

static void cut_short(void **state)
{
	(void)state;
	fixture_write(file, 4, 1);
	check_cut_short();
	flows_write(file, 4);
	check_cut_short();
}

static void check_damaged(void)
{
	uint8_t *data, *copy;
	unsigned int i, j;
	size_t size;

	data = read_file(&size);
	copy = malloc(size);
	for (i = 0; i < 150; i++) {
		memcpy(copy, data, size);
		for (j = 0; j < 1 + i % 8; j++)
			copy[8 + rand() % (size - 8)] = rand() % 2 ? rand() : 0xff;
		write_file(copy, size);
		run(i % 2 ? "report" : "script", NULL);
	}
	free(copy);
	free(data);
}

static void damaged(void **state)
{
	(void)state;
	srand(7);
	fixture_write(file, 4, 1);
	check_damaged();
	flows_write(file, 4);
	check_damaged();
}

/* A table of two rows, measured and printed. */
static void check_table(const char *separator, unsigned int width, const char *expected)
{
	static const char *const cells[] = { "a,b", "10", "l\303\244nger", "9" };
	struct buf out = BUF_INIT;
	struct table *t;
	unsigned int i;

	assert_int_equal(table__new(separator, &t), 0);
	assert_int_equal(table__column(t, "Name", false, width), 0);
	assert_int_equal(table__column(t, "N", true, 0), 0);
	for (i = 0; i < 4; i++)
		table__measure(t, cells[i], strlen(cells[i]));
	table__headings(t, &out);
	for (i = 0; i < 4; i++)
		table__cell(t, cells[i], strlen(cells[i]), i == 3 ? "\033[31m" : "", &out);
	assert_string_equal(buf__str(&out), expected);
	buf__exit(&out);
	table__free(t);
}

static void tables(void **state)
{
	(void)state;
	check_table(NULL, 0, "# Name     N\n# ......  ..\n#\n"
			     "  a,b     10\n  l\303\244nger   \033[31m9\033[m\n");
	check_table(",", 0, "# Name,N\na.b,10\nl\303\244nger,9\n");
	check_table(NULL, 2, "# Na   N\n# ..  ..\n#\n"
			     "  a,  10\n  l\303\244   \033[31m9\033[m\n");
}

static int clean_up(void **state)
{
	(void)state;
	unlink(file);
	unlink(old_file);
	unlink(symbols_file);
	unlink(out_file);
	unlink(err_file);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(script),
		cmocka_unit_test(script_filters),
		cmocka_unit_test(script_without_types),
		cmocka_unit_test(report),
		cmocka_unit_test(script_displays),
		cmocka_unit_test(report_displays),
		cmocka_unit_test(report_sort),
		cmocka_unit_test(no_perf_data),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(damaged),
	};

	if (!mkdtemp(dir))
		return 1;
	snprintf(file, sizeof(file), "%s/perf.data", dir);
	snprintf(old_file, sizeof(old_file), "%s/perf.data.old", dir);
	snprintf(symbols_file, sizeof(symbols_file), "%s/kallsyms", dir);
	snprintf(out_file, sizeof(out_file), "%s/out", dir);
	snprintf(err_file, sizeof(err_file), "%s/err", dir);
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
