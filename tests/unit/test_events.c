// SPDX-License-Identifier: GPL-2.0-only
/* events/: from the text of a -e to attributes, what is refused, and what is sampled. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/hw_breakpoint.h>

#include "../../perf-plugin/events/error.h"
#include "../../perf-plugin/events/evlist.h"
#include "../../perf-plugin/events/open.h"
#include "events_fixture.h"

static struct events_tree tree;

/* The events of @text, which is right. */
static struct evlist *parsed(const char *text)
{
	struct evlist *list = evlist__new(&tree.roots);
	struct diag diag = DIAG_INIT;
	int err;

	assert_non_null(list);
	err = evlist__parse(list, text, &diag);
	if (err)
		print_message("%s: %s\n", text, diag.msg ? diag.msg : "no message");
	assert_int_equal(err, 0);
	assert_false(diag__is_set(&diag));
	diag__exit(&diag);
	return list;
}

/* ---- names ---------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	uint32_t type;
	uint64_t config;
} plain[] = {
	{ "cycles", PERF_TYPE_HARDWARE, 0 }, { "cpu-cycles", PERF_TYPE_HARDWARE, 0 },
	{ "instructions", PERF_TYPE_HARDWARE, 1 }, { "branches", PERF_TYPE_HARDWARE, 4 },
	{ "branch-instructions", PERF_TYPE_HARDWARE, 4 }, { "ref-cycles", PERF_TYPE_HARDWARE, 9 },
	{ "idle-cycles-backend", PERF_TYPE_HARDWARE, 8 },
	{ "cpu-clock", PERF_TYPE_SOFTWARE, 0 }, { "faults", PERF_TYPE_SOFTWARE, 2 },
	{ "cs", PERF_TYPE_SOFTWARE, 3 }, { "migrations", PERF_TYPE_SOFTWARE, 4 },
	{ "minor-faults", PERF_TYPE_SOFTWARE, 5 }, { "major-faults", PERF_TYPE_SOFTWARE, 6 },
	{ "dummy", PERF_TYPE_SOFTWARE, 9 }, { "cgroup-switches", PERF_TYPE_SOFTWARE, 11 },
	{ "L1-dcache-load-misses", PERF_TYPE_HW_CACHE, 0x10000 },
	{ "L1-dcache-loads", PERF_TYPE_HW_CACHE, 0 }, { "l1d", PERF_TYPE_HW_CACHE, 0 },
	{ "L1-icache-prefetch-misses", PERF_TYPE_HW_CACHE, 0x10201 },
	{ "LLC-store-misses", PERF_TYPE_HW_CACHE, 0x10102 },
	{ "dTLB-misses", PERF_TYPE_HW_CACHE, 0x10003 },
	{ "iTLB-loads", PERF_TYPE_HW_CACHE, 0x4 }, { "node", PERF_TYPE_HW_CACHE, 6 },
	{ "branch-load-misses", PERF_TYPE_HW_CACHE, 0x10005 },
	{ "LLC-speculative-read", PERF_TYPE_HW_CACHE, 0x202 },
	{ "r1a8", PERF_TYPE_RAW, 0x1a8 }, { "rFFffFFffFFffFFff", PERF_TYPE_RAW, ~0ULL },
	{ "cpu/event=0x3c/", 4, 0x3c }, { "cpu/event=0x3c,umask=1/", 4, 0x13c },
	{ "cpu/event=0xf3c/", 4, 0xf0000003cULL }, { "cpu/edge/", 4, 1 << 18 },
	{ "cpu/cpu-cycles/", 4, 0x3c }, { "cpu/mem-loads/", 4, 0x1cd },
	{ "mem-loads", 4, 0x1cd }, { "cpu/mem-loads,umask=2/", 4, 0x2cd },
	{ "cpu/config=0x77/", 4, 0x77 },
	{ "msr/tsc/", 9, 0 }, { "msr/event=0x10/", 9, 0x10 }, { "tsc", 9, 0 },
	{ "software/config=3/", 1, 3 },
	{ "sched:sched_switch", PERF_TYPE_TRACEPOINT, 316 },
	{ "cycles/config=5/", PERF_TYPE_HARDWARE, 5 },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		struct evlist *list = parsed(plain[i].text);

		assert_int_equal(evlist__nr(list), 1);
		if (evlist__at(list, 0)->attr.type != plain[i].type ||
		    evlist__at(list, 0)->attr.config != plain[i].config)
			fail_msg("%s: type %u, config %#llx", plain[i].text,
				 evlist__at(list, 0)->attr.type,
				 (unsigned long long)evlist__at(list, 0)->attr.config);
		assert_string_equal(evlist__at(list, 0)->name, plain[i].text);
		assert_int_equal(evlist__at(list, 0)->attr.size, PERFDATA_ATTR_SIZE);
		evlist__free(list);
	}
}

static void test_pmu_details(void **state)
{
	struct evlist *list = parsed("cpu/mem-loads,ldlat=50/,cpu/asks,ldlat=7/,"
				     "cpu/wide=0xffffffffffffffff/,imc/event=4/");

	(void)state;
	assert_int_equal(evlist__nr(list), 5);
	assert_int_equal(evlist__at(list, 0)->attr.config1, 50);
	assert_int_equal(evlist__at(list, 1)->attr.config1, 7);
	assert_int_equal(evlist__at(list, 1)->attr.config, 1);
	assert_true(evlist__at(list, 2)->attr.config2 == ~0ULL);
	assert_null(evlist__at(list, 0)->cpus);
	assert_string_equal(evlist__at(list, 3)->name, "uncore_imc_0/event=4/");
	assert_int_equal(evlist__at(list, 3)->attr.type, 20);
	assert_string_equal(evlist__at(list, 4)->name, "uncore_imc_1/event=4/");
	assert_string_equal(evlist__at(list, 4)->cpus, "0,18-19");
	evlist__free(list);
	list = parsed("uncore_imc/event=4/,uncore_imc_1/event=5/,uncore_*/event=6/");
	assert_int_equal(evlist__nr(list), 5);
	assert_string_equal(evlist__at(list, 2)->name, "uncore_imc_1/event=5/");
	evlist__free(list);
}

/* Generic events are several on a machine with several kinds of CPUs. */
static void test_cores(void **state)
{
	struct events_tree two;
	struct evlist *list;

	(void)state;
	assert_true(events_tree__make(&two));
	assert_true(events_tree__put(&two, DEVICE("cpu_atom/type"), "10\n"));
	assert_true(events_tree__put(&two, DEVICE("cpu_atom/cpus"), "4-7\n"));
	assert_true(events_tree__put(&two, DEVICE("cpu_core/type"), "4\n"));
	assert_true(events_tree__put(&two, DEVICE("cpu_core/cpus"), "0-3\n"));
	list = evlist__new(&two.roots);
	assert_int_equal(evlist__parse(list, "cycles:u,cs,r1a8", NULL), 0);
	assert_int_equal(evlist__nr(list), 5);
	assert_string_equal(evlist__at(list, 0)->name, "cpu_atom/cycles/");
	assert_true(evlist__at(list, 0)->attr.config == 10ULL << 32);
	assert_string_equal(evlist__at(list, 0)->cpus, "4-7");
	assert_true(evlist__at(list, 0)->attr.exclude_kernel);
	assert_true(evlist__at(list, 1)->attr.config == 4ULL << 32);
	assert_string_equal(evlist__at(list, 2)->name, "cs");
	assert_int_equal(evlist__at(list, 3)->attr.type, 10);
	assert_int_equal(evlist__at(list, 3)->attr.config, 0x1a8);
	evlist__free(list);
	events_tree__remove(&two);
}

static void test_tracepoints(void **state)
{
	struct evlist *list = parsed("sched:*,syscalls:sys_enter_*");

	(void)state;
	assert_int_equal(evlist__nr(list), 4);
	assert_string_equal(evlist__at(list, 0)->name, "sched:sched_switch");
	assert_string_equal(evlist__at(list, 1)->name, "sched:sched_wakeup");
	assert_string_equal(evlist__at(list, 2)->name, "sched:sched_waking");
	assert_string_equal(evlist__at(list, 3)->tracepoint, "sys_enter_read");
	assert_string_equal(evlist__at(list, 3)->system, "syscalls");
	assert_int_equal(evlist__at(list, 3)->format_size, strlen("name: sys_enter_read\nID: 700\n"));
	evlist__free(list);
	list = parsed("*:*read,sched:sched_wak?ng:u");
	assert_int_equal(evlist__nr(list), 3);
	assert_int_equal(evlist__at(list, 2)->attr.config, 319);
	assert_true(evlist__at(list, 2)->attr.exclude_kernel);
	evlist__free(list);
}

static void test_breakpoints(void **state)
{
	struct evlist *list = parsed("mem:0x1000,mem:0x10/1:w,mem:4096:x:k,mem:1/8:rw:u");
	const struct perf_event_attr *attr = &evlist__at(list, 0)->attr;

	(void)state;
	assert_int_equal(attr->type, PERF_TYPE_BREAKPOINT);
	assert_int_equal(attr->bp_addr, 0x1000);
	assert_int_equal(attr->bp_type, HW_BREAKPOINT_RW);
	assert_int_equal(attr->bp_len, 4);
	attr = &evlist__at(list, 1)->attr;
	assert_int_equal(attr->bp_type, HW_BREAKPOINT_W);
	assert_int_equal(attr->bp_len, 1);
	attr = &evlist__at(list, 2)->attr;
	assert_int_equal(attr->bp_type, HW_BREAKPOINT_X);
	assert_int_equal(attr->bp_len, sizeof(long));
	assert_true(attr->exclude_user && !attr->exclude_kernel);
	assert_string_equal(evlist__at(list, 3)->name, "mem:1/8:rw:u");
	evlist__free(list);
}

/* ---- what stands behind them ---------------------------------------------------------------- */

static void test_modifiers(void **state)
{
	struct evlist *list = parsed("cycles:u,cycles:ukpp,cycles:P,cycles:G,cycles:HG,cycles:IDe,"
				     "{cs:u,cpu-clock}:k,cpu/event=1/u,cs:,cycles/period=7/:k");
	const struct perf_event_attr *attr = &evlist__at(list, 0)->attr;

	(void)state;
	assert_true(attr->exclude_kernel && attr->exclude_hv && !attr->exclude_user);
	assert_true(attr->exclude_guest && !attr->exclude_host);
	attr = &evlist__at(list, 1)->attr;
	assert_true(!attr->exclude_kernel && attr->exclude_hv && !attr->exclude_user);
	assert_int_equal(attr->precise_ip, 2);
	assert_true(evlist__at(list, 2)->precise_max);
	attr = &evlist__at(list, 3)->attr;
	assert_true(attr->exclude_host && !attr->exclude_guest);
	attr = &evlist__at(list, 4)->attr;
	assert_true(!attr->exclude_host && !attr->exclude_guest);
	attr = &evlist__at(list, 5)->attr;
	assert_true(attr->exclude_idle && attr->pinned && attr->exclusive);
	attr = &evlist__at(list, 6)->attr;	/* of its own and of the group's */
	assert_true(!attr->exclude_kernel && !attr->exclude_user && attr->exclude_hv);
	attr = &evlist__at(list, 7)->attr;
	assert_true(!attr->exclude_kernel && attr->exclude_user);
	assert_int_equal(evlist__at(list, 6)->leader, 6);
	assert_int_equal(evlist__at(list, 7)->leader, 6);
	assert_int_equal(evlist__at(list, 8)->leader, 8);
	assert_true(evlist__at(list, 8)->attr.exclude_kernel);
	assert_string_equal(evlist__at(list, 8)->name, "cpu/event=1/u");
	attr = &evlist__at(list, 10)->attr;
	assert_int_equal(attr->sample_period, 7);
	assert_true(attr->exclude_user);
	evlist__free(list);
}

static void test_groups(void **state)
{
	struct evlist *list = parsed("cs, {cycles , instructions} ,name{sched:*,cs}:W,faults");

	(void)state;
	assert_int_equal(evlist__nr(list), 8);
	assert_int_equal(evlist__at(list, 1)->leader, 1);
	assert_int_equal(evlist__at(list, 2)->leader, 1);
	for (unsigned int i = 3; i < 7; i++) {
		assert_int_equal(evlist__at(list, i)->leader, 3);
		assert_true(evlist__at(list, i)->weak);
	}
	assert_int_equal(evlist__at(list, 7)->leader, 7);
	evlist__free(list);
}

static void configure(struct evlist *list, uint64_t period, uint64_t freq)
{
	const struct evlist_sampling sampling = {
		.period = period, .freq = freq, .clockid = CLOCK_MONOTONIC,
	};

	evlist__configure(list, &sampling);
}

static void check_rate(const struct evlist *list, unsigned int index, bool freq, uint64_t rate)
{
	assert_int_equal(evlist__at(list, index)->attr.freq, freq);
	assert_int_equal(evlist__at(list, index)->attr.sample_period, rate);
}

static void test_rates(void **state)
{
	const char *text = "cs,sched:sched_switch,cycles/period=5/,cycles/freq=6/,mem:8,cs/name=x/";
	struct evlist *list = parsed(text);

	(void)state;
	assert_string_equal(evlist__at(list, 5)->name, "x");
	configure(list, 0, 0);
	check_rate(list, 0, true, EVLIST_DEFAULT_FREQ);
	check_rate(list, 1, false, 1);
	check_rate(list, 2, false, 5);
	check_rate(list, 3, true, 6);
	check_rate(list, 4, false, 1);
	configure(list, 0, 99);
	check_rate(list, 0, true, 99);
	check_rate(list, 1, false, 1);
	check_rate(list, 2, false, 5);
	configure(list, 3, 0);
	check_rate(list, 0, false, 3);
	check_rate(list, 1, false, 3);
	check_rate(list, 3, true, 6);
	evlist__free(list);
}

static void test_chains(void **state)
{
	struct evlist *list = parsed("cs,cycles/call-graph=no/,sched:sched_switch/max-stack=5/,"
				     "faults/call-graph=fp,no-inherit/");
	struct evlist_sampling sampling = { .clockid = CLOCK_BOOTTIME };

	(void)state;
	evlist__configure(list, &sampling);
	assert_true(evlist__has_chains(list));
	for (unsigned int i = 0; i < 4; i++) {	/* where one has them the others' are empty */
		const struct perf_event_attr *attr = &evlist__at(list, i)->attr;

		assert_true(attr->sample_type & PERF_SAMPLE_CALLCHAIN);
		assert_int_equal(attr->exclude_callchain_kernel, i != 3);
		assert_int_equal(attr->exclude_callchain_user, i != 3);
	}
	assert_int_equal(evlist__at(list, 0)->attr.clockid, CLOCK_BOOTTIME);
	assert_true(evlist__at(list, 0)->attr.use_clockid && evlist__at(list, 0)->attr.sample_id_all);
	evlist__free(list);
	list = parsed("cs,sched:sched_switch/max-stack=5/");
	evlist__configure(list, &sampling);
	assert_false(evlist__has_chains(list));
	assert_int_equal(evlist__at(list, 1)->attr.sample_type, PERFDATA_SAMPLE_TYPE);
	assert_int_equal(evlist__at(list, 0)->attr.sample_type,
			 PERFDATA_SAMPLE_TYPE & ~(uint64_t)PERF_SAMPLE_RAW);
	evlist__free(list);
	list = parsed("cs,cycles/call-graph=no/,sched:sched_switch/max-stack=5/");
	sampling.chains = sampling.no_user_chain = true;
	sampling.max_stack = 33;
	evlist__configure(list, &sampling);
	assert_true(evlist__at(list, 0)->attr.sample_type & PERF_SAMPLE_CALLCHAIN);
	assert_int_equal(evlist__at(list, 0)->attr.sample_max_stack, 33);
	assert_true(evlist__at(list, 0)->attr.exclude_callchain_user);
	assert_true(evlist__at(list, 1)->attr.exclude_callchain_kernel);
	assert_false(evlist__at(list, 0)->attr.exclude_callchain_kernel);
	assert_int_equal(evlist__at(list, 2)->attr.sample_max_stack, 5);
	evlist__free(list);
}

static void test_filters(void **state)
{
	struct evlist *list = parsed("cs");
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_int_equal(evlist__add_filter(list, "pid == 1", &diag), -EINVAL);
	assert_non_null(strstr(diag.msg, "--filter option should follow a -e tracepoint"));
	diag__exit(&diag);
	assert_int_equal(evlist__parse(list, "sched:sched_wak*", NULL), 0);
	assert_int_equal(evlist__add_filter(list, "pid == 1", NULL), 0);
	assert_int_equal(evlist__add_filter(list, "prio < 3", NULL), 0);
	assert_string_equal(evlist__at(list, 1)->filter, "(pid == 1) && (prio < 3)");
	assert_string_equal(evlist__at(list, 2)->filter, "(pid == 1) && (prio < 3)");
	assert_int_equal(evlist__parse(list, "sched:sched_switch", NULL), 0);
	assert_int_equal(evlist__exclude_process(list, 12), 0);
	assert_string_equal(evlist__at(list, 3)->filter, "common_pid != 12");
	assert_string_equal(evlist__at(list, 1)->filter,
			    "((pid == 1) && (prio < 3)) && (common_pid != 12)");
	assert_null(evlist__at(list, 0)->filter);
	evlist__forget_filters(list);
	assert_null(evlist__at(list, 3)->filter);
	evlist__clear(list);
	assert_int_equal(evlist__nr(list), 0);
	evlist__free(list);
}

/* ---- what is wrong -------------------------------------------------------------------------- */

static const struct {
	const char *text;
	unsigned int pos;
	const char *message;
} wrong[] = {
	{ "", 0, "Unrecognized input" }, { ",cs", 0, "Unrecognized input" },
	{ "cs,", 3, "Unrecognized input" }, { "cs cs", 3, "Unrecognized input" },
	{ "nosuch", 0, "Bad event name" }, { "cs,nosuch", 3, "Bad event name" },
	{ "cs,{cs,nosuch}", 7, "Bad event name" },
	{ "nosuch/event=1/", 0, "Bad event or PMU" },
	{ "sched:nosuch", 0, "unknown tracepoint" }, { "nosuch:*", 0, "unknown tracepoint" },
	{ "sched:enable", 0, "unknown tracepoint" }, { "enable:*", 0, "unknown tracepoint" },
	{ "sched:", 6, "Unrecognized input" }, { "cs:q", 0, "unknown tracepoint" },
	{ "cs:u:k", 4, "Unrecognized input" }, { "cycles:pppp", 10, "Maximum precise value is 3" },
	{ "cycles:uu", 8, "Duplicate modifier 'u'" },
	{ "{cs,cycles}:S", 12, "leader sampling" }, { "{cs", 3, "Unrecognized input" },
	{ "{}", 1, "Unrecognized input" }, { "{cs}:q", 5, "Unrecognized input" },
	{ "cs/", 2, "Unrecognized input" }, { "cs/foo/", 3, "unknown term 'foo' for pmu 'software'" },
	{ "cycles/period=1,foo=2/", 16, "unknown term 'foo' for pmu 'cpu'" },
	{ "cpu/foo/", 4, "unknown term 'foo' for pmu 'cpu'" },
	{ "cpu/event=zz/", 10, "expected numeric value" },
	{ "cpu/umask=0x100/", 10, "value too big for format (umask), maximum is 255" },
	{ "cpu/event/", 4, "no value assigned for term" },
	{ "cpu/odd=1/", 4, "the kernel's format 'config9:0-63' is not understood" },
	{ "cpu/broken/", 4, "the kernel's event 'broken' of pmu 'cpu' is not understood" },
	{ "cpu/asks/", 4, "Required parameter 'ldlat' not specified" },
	{ "cpu/../type/", 7, "Unrecognized input" }, { "../event=1/", 0, "Bad event or PMU" },
	{ "cs/period=0/", 10, "expected numeric value" },
	{ "cs/period=-1/", 10, "expected numeric value" },
	{ "cs/period=/", 9, "Unrecognized input" }, { "cs/=1/", 3, "Unrecognized input" },
	{ "cs/name/", 3, "expected string value" },
	{ "cs/call-graph=dwarf/", 14, "call chains are those of frame pointers" },
	{ "cs/call-graph=x/", 14, "expected fp or no" }, { "cs/time=0/", 8, "events are put in order" },
	{ "cs/nr=3/", 3, "'nr' is for perf record alone" },
	{ "sched:sched_switch/period=2/", 19, "unknown term" },
	{ "bpf-output", 0, "bpf-output is what a BPF program writes" },
	{ "mem:", 4, "Unrecognized input" }, { "mem:xyz", 4, "Unrecognized input" },
	{ "mem:0x10/3:rr", 12, "Unrecognized input" }, { "mem:0x10/3/", 10, "Unrecognized input" },
	{ "L1-icache-stores", 0, "Bad event name" }, { "L1-dcache-load-load", 0, "Bad event name" },
	{ "r", 0, "Bad event name" }, { "r12345678901234567", 0, "Bad event name" },
	{ "cs/name='a,b/", 2, "Unrecognized input" },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct evlist *list = evlist__new(&tree.roots);
		struct diag diag = DIAG_INIT;
		int err = evlist__parse(list, wrong[i].text, &diag);

		if (!err || !diag.msg || !diag.has_span || diag.span.pos != wrong[i].pos ||
		    strncmp(diag.msg, wrong[i].message, strlen(wrong[i].message)))
			fail_msg("'%s': %d at %u: %s", wrong[i].text, err, diag.span.pos,
				 diag.msg ? diag.msg : "no message");
		assert_int_equal(evlist__nr(list), 0);
		diag__exit(&diag);
		evlist__free(list);
	}
}

/* Events before stay when a text is wrong. */
static void test_error_keeps(void **state)
{
	struct evlist *list = parsed("cs,faults");

	(void)state;
	assert_int_not_equal(evlist__parse(list, "cycles,nosuch", NULL), 0);
	assert_int_equal(evlist__nr(list), 2);
	evlist__free(list);
}

static void check_printed(const char *text, unsigned int width, const char *expected)
{
	struct evlist *list = evlist__new(&tree.roots);
	struct diag diag = DIAG_INIT;
	size_t size;
	char *out;
	FILE *file = open_memstream(&out, &size);

	assert_int_not_equal(evlist__parse(list, text, &diag), 0);
	event_error__print(&diag, text, width, file);
	fclose(file);
	assert_string_equal(out, expected);
	free(out);
	diag__exit(&diag);
	evlist__free(list);
}

static void test_printed(void **state)
{
	(void)state;
	check_printed("cs,cycels", 80,
		      "event syntax error: 'cs,cycels'\n"
		      "                        \\___ Bad event name\n\n"
		      "Unable to find event on a PMU of 'cycels'\n"
		      "Hint:\tDid you mean 'cycles'?\n"
		      "Run 'perf list' for a list of valid events\n");
	check_printed("cpu-clock/period=1,foo=2/", 80,
		      "event syntax error: '..k/period=1,foo=2/'\n"
		      "                                  \\___ unknown term 'foo' for pmu 'software'\n\n"
		      "valid terms: config,config1,config2,name,period,freq,time,call-graph,"
		      "max-stack,inherit,no-inherit\n"
		      "Run 'perf list' for a list of valid events\n");
	check_printed("cs:u:kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\x1b[31m", 50,
		      "event syntax error: 'cs:u:kkkkkkkkkkkkkkkkkkkkk..'\n"
		      "                         \\___ Unrecognized input\n"
		      "Run 'perf list' for a list of valid events\n");
}

/* ---- what the kernel doesn't want ----------------------------------------------------------- */

static void test_fall_back(void **state)
{
	struct evlist *list = parsed("cycles:k,instructions,cycles:P,cpu-cycles/name=c/");
	struct evsel *evsel = (struct evsel *)evlist__at(list, 0);

	(void)state;
	configure(list, 0, 0);
	assert_true(evsel__fall_back(evsel, -ENOENT));
	assert_int_equal(evsel->attr.type, PERF_TYPE_SOFTWARE);
	assert_int_equal(evsel->attr.config, PERF_COUNT_SW_CPU_CLOCK);
	assert_string_equal(evsel->name, "cpu-clock:k");
	assert_false(evsel__fall_back(evsel, -ENOENT));
	assert_false(evsel__fall_back((struct evsel *)evlist__at(list, 1), -ENOENT));
	evsel = (struct evsel *)evlist__at(list, 2);
	for (unsigned int precise = 3; precise; precise--) {
		assert_int_equal(evsel->attr.precise_ip, precise);
		assert_true(evsel__fall_back(evsel, -EOPNOTSUPP));
	}
	assert_false(evsel__fall_back(evsel, -EOPNOTSUPP));
	evsel = (struct evsel *)evlist__at(list, 3);
	assert_true(evsel__fall_back(evsel, -ENOENT));
	assert_string_equal(evsel->name, "c");
	evlist__free(list);
}

static void test_refusals(void **state)
{
	static const struct {
		int err;
		const char *message;
	} refusals[] = {
		{ -ENOENT, "The cycles:pp event is not supported." },
		{ -EACCES, "No permission to enable cycles:pp event." },
		{ -EMFILE, "Too many events are opened." },
		{ -EBUSY, "The PMU counters are busy/taken by another profiler." },
		{ -EOPNOTSUPP, "'precise' request may not be supported. Try removing 'p' modifier." },
		{ -EINVAL, "The sys_perf_event_open() syscall returned with 22 (Invalid argument) "
			   "for event (cycles:pp)." },
		{ -ENODEV, "No such device - did you specify an out-of-range profile CPU?" },
	};
	struct evlist *list = parsed("cycles:pp");

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct diag diag = DIAG_INIT;

		assert_int_equal(evsel__refuse(evlist__at(list, 0), refusals[i].err, true, &diag),
				 refusals[i].err);
		assert_string_equal(diag.msg, refusals[i].message);
		diag__exit(&diag);
	}
	evlist__free(list);
}

/* ---- for real ------------------------------------------------------------------------------- */

struct taken {
	unsigned int samples;
	uint64_t last;
	uint64_t id;
};

static int take(void *ctx, const struct perf_event_header *record, uint64_t time)
{
	struct taken *taken = ctx;

	if (record->type != PERF_RECORD_SAMPLE)
		return 0;
	taken->samples++;
	assert_true(time);
	taken->last = time;
	memcpy(&taken->id, record + 1, sizeof(taken->id));
	return 0;
}

/* Page faults of this process, where the kernel lets us. */
static void test_open(void **state)
{
	const struct perfdata_foreign *foreign;
	pid_t self = getpid();
	struct evlist_target target = {
		.tids = &self, .nr_tids = 1, .cgroup_fd = -1, .ring_size = 128 << 10,
	};
	struct evlist *list = parsed("faults:u");
	struct taken taken = { 0 };
	struct buf lost = BUF_INIT;
	unsigned int nr;
	char *memory;

	(void)state;
	configure(list, 1, 0);
	if (evlist__open(list, &target, NULL)) {
		evlist__free(list);
		skip();
	}
	assert_int_equal(evlist__drain(list, take, &taken), 0);
	assert_int_equal(taken.samples, 0);
	evlist__enable(list, true);
	memory = calloc(64, 65536);
	for (unsigned int i = 0; i < 64; i++)
		memory[i * 65536] = 1;
	evlist__enable(list, false);
	assert_int_equal(evlist__drain(list, take, &taken), 0);
	assert_in_range(taken.samples, 2, 1000);
	assert_int_equal(evlist__add_lost(list, 1, &lost), 0);
	assert_int_equal(lost.len, 0);
	assert_int_equal(evlist__foreign(list, &foreign, &nr), 0);
	assert_int_equal(nr, 1);
	assert_string_equal(foreign[0].name, "faults:u");
	for (nr = 0; nr < foreign[0].nr_ids && foreign[0].ids[nr] != taken.id; nr++)
		;
	assert_true(nr < foreign[0].nr_ids);
	free(memory);
	evlist__free(list);
}

static int make_tree(void **state)
{
	(void)state;
	return events_tree__make(&tree) ? 0 : -1;
}

static int remove_tree(void **state)
{
	(void)state;
	events_tree__remove(&tree);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_pmu_details),
		cmocka_unit_test(test_cores),
		cmocka_unit_test(test_tracepoints),
		cmocka_unit_test(test_breakpoints),
		cmocka_unit_test(test_modifiers),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_error_keeps),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_fall_back),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
