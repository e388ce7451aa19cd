// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../perfdata/procfs.h"
#include "../util/verbose.h"
#include "open.h"

#define PARANOID_PATH	"/proc/sys/kernel/perf_event_paranoid"

/* ---- with less ---------------------------------------------------------------------------- */

/* A machine without counters, or a guest: the clock samples as often, if not as evenly. */
static bool cycles_to_clock(struct evsel *evsel, int err)
{
	struct perf_event_attr *attr = &evsel->attr;
	const char *modifiers = strchr(evsel->name, ':');
	char *name;

	if ((err != -ENOENT && err != -ENXIO && err != -ENODEV) ||
	    attr->type != PERF_TYPE_HARDWARE ||
	    (uint32_t)attr->config != PERF_COUNT_HW_CPU_CYCLES)
		return false;
	pr_debug("The %s event is not supported, trying to fall back to cpu-clock\n", evsel->name);
	attr->type = PERF_TYPE_SOFTWARE;
	attr->config = PERF_COUNT_SW_CPU_CLOCK;
	attr->precise_ip = 0;
	evsel->precise_max = false;
	if (strncmp(evsel->name, "cycles", 6) && strncmp(evsel->name, "cpu-cycles", 10))
		return true;
	if (asprintf(&name, "cpu-clock%s", modifiers ? modifiers : "") < 0)
		return true;
	free(evsel->name);
	evsel->name = name;
	return true;
}

/* Who may not look into the kernel may into programs. */
static bool exclude_kernel(struct evsel *evsel, int err)
{
	struct perf_event_attr *attr = &evsel->attr;
	int64_t paranoid = 0;
	char *name;

	if (err != -EACCES || attr->exclude_kernel || attr->exclude_user ||
	    evsel__is_tracepoint(evsel) ||
	    procfs__read_number(&paranoid, PARANOID_PATH) || paranoid <= 1)
		return false;
	if (asprintf(&name, "%s%su", evsel->name, strchr(evsel->name, ':') ? "" : ":") < 0)
		return false;
	pr_debug("kernel.perf_event_paranoid=%d, trying to fall back to excluding kernel and "
		 "hypervisor samples\n", (int)paranoid);
	free(evsel->name);
	evsel->name = name;
	attr->exclude_kernel = attr->exclude_hv = 1;
	return true;
}

static bool be_less_precise(struct evsel *evsel, int err)
{
	if ((err != -EINVAL && err != -EOPNOTSUPP && err != -ENOENT) || !evsel->precise_max ||
	    !evsel->attr.precise_ip)
		return false;
	evsel->attr.precise_ip--;
	pr_debug2("decreasing precise_ip by one (%d)\n", evsel->attr.precise_ip);
	return true;
}

/* Some PMUs can't tell guests apart (AMD's IBS); nobody asked for it. */
static bool include_guests(struct evsel *evsel, int err)
{
	if (err != -EINVAL || !evsel->attr.exclude_guest || evsel->attr.exclude_host ||
	    evsel->attr.type == PERF_TYPE_SOFTWARE || evsel__is_tracepoint(evsel))
		return false;
	evsel->attr.exclude_guest = 0;
	return true;
}

/* Linux before 6.0: what is lost at the very end is lost quietly. */
static bool count_no_losses(struct evsel *evsel, int err)
{
	if (err != -EINVAL || !(evsel->attr.read_format & EVSEL_FORMAT_LOST))
		return false;
	evsel->attr.read_format &= ~(uint64_t)EVSEL_FORMAT_LOST;
	return true;
}

bool evsel__fall_back(struct evsel *evsel, int err)
{
	return be_less_precise(evsel, err) || cycles_to_clock(evsel, err) ||
	       exclude_kernel(evsel, err) || count_no_losses(evsel, err) ||
	       include_guests(evsel, err);
}

/* ---- not at all --------------------------------------------------------------------------- */

static int refuse_permission(const struct evsel *evsel, int err, struct diag *diag)
{
	int64_t paranoid;

	diag__error(diag, err, "No permission to enable %s event.", evsel->name);
	if (!procfs__read_number(&paranoid, PARANOID_PATH))
		diag__hint(diag, PARANOID_PATH " is %d: be root, have CAP_PERFMON, or set it to -1",
			   (int)paranoid);
	return err;
}

static int refuse_operation(const struct evsel *evsel, int err, struct diag *diag)
{
	if (evsel->attr.precise_ip)
		return diag__error(diag, err, "'precise' request may not be supported. Try "
				   "removing 'p' modifier.");
	return diag__error(diag, err, "%s: PMU Hardware doesn't support "
			   "sampling/overflow-interrupts. Try 'perf stat'", evsel->name);
}

static int refuse_open(const struct evsel *evsel, int err, struct diag *diag)
{
	diag__error(diag, err, "The sys_perf_event_open() syscall returned with %d (%s) for event "
		    "(%s).", -err, strerror(-err), evsel->name);
	diag__hint(diag, "\"dmesg | grep -i perf\" may provide additional information.");
	if (err == -EINVAL && evsel->attr.clockid != CLOCK_MONOTONIC &&
	    evsel->attr.clockid != CLOCK_MONOTONIC_RAW &&
	    evsel->attr.type != PERF_TYPE_SOFTWARE && !evsel__is_tracepoint(evsel))
		diag__hint(diag, "counters of the hardware take their time from -k mono alone");
	return err;
}

int evsel__refuse(const struct evsel *evsel, int err, bool of_cpus, struct diag *diag)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return refuse_permission(evsel, err, diag);
	case -ENOENT:
		return diag__error(diag, err, "The %s event is not supported.", evsel->name);
	case -EMFILE:
	case -ENFILE:
		diag__error(diag, err, "Too many events are opened.");
		diag__hint(diag, "each event needs an open file for each CPU (and task): fewer "
			   "events, or 'ulimit -n' with a larger limit");
		return err;
	case -ENOMEM:
		if (evsel->attr.sample_type & PERF_SAMPLE_CALLCHAIN) {
			diag__error(diag, err, "Not enough memory to setup event with callchain.");
			diag__hint(diag, "Try tweaking /proc/sys/kernel/perf_event_max_stack");
			return err;
		}
		break;
	case -ENODEV:
		if (of_cpus)
			return diag__error(diag, err, "No such device - did you specify an "
					   "out-of-range profile CPU?");
		break;
	case -EOPNOTSUPP:
		return refuse_operation(evsel, err, diag);
	case -EBUSY:
		return diag__error(diag, err, "The PMU counters are busy/taken by another "
				   "profiler.");
	}
	return refuse_open(evsel, err, diag);
}
