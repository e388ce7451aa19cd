// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../perfdata/format.h"
#include "../util/verbose.h"

/* Two boots are further apart than a clock is set or goes wrong; ns. */
#define SAME_BOOT	1000000000ULL

#define RECORD_AUXTRACE_INFO	70

static bool is_dummy(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_DUMMY;
}

static const char *clock_name(int clockid)
{
	static const char *const names[] = {
		[CLOCK_REALTIME] = "CLOCK_REALTIME", [CLOCK_MONOTONIC] = "CLOCK_MONOTONIC",
		[CLOCK_MONOTONIC_RAW] = "CLOCK_MONOTONIC_RAW", [CLOCK_BOOTTIME] = "CLOCK_BOOTTIME",
		[CLOCK_TAI] = "CLOCK_TAI",
	};

	if (clockid < 0)
		return "perf's own clock";
	return (size_t)clockid < sizeof(names) / sizeof(*names) && names[clockid] ?
	       names[clockid] : "an unknown clock";
}

static void hint_clock(struct diag *diag)
{
	diag__hint(diag, "record with the clock of btfsnoop: perf record -k mono");
}

/* One event: its samples have to be of a time, by one clock. */
static int check_event(struct merge_file *file, const struct perfdata_event *event, bool is_first,
		       struct diag *diag)
{
	const struct perf_event_attr *attr = event->attr;
	int clockid = attr->use_clockid ? attr->clockid : -1;

	if (!(attr->sample_type & PERF_SAMPLE_TIME)) {
		diag__error(diag, -EINVAL, "'%s': samples of %s have no time, so nobody knows where "
			    "they belong", file->path,
			    merge_file__safe(file, event->name));
		diag__hint(diag, "record with -T (--timestamp)");
		return -EINVAL;
	}
	if (attr->sample_type & PERF_SAMPLE_AUX || attr->aux_output)
		return diag__error(diag, -EOPNOTSUPP, "'%s' has AUX data, which cannot be merged",
				   file->path);
	if (clockid < 0) {
		diag__error(diag, -EINVAL, "'%s': the times of %s are by perf's own clock, which "
			    "no other can be compared with", file->path,
			    merge_file__safe(file, event->name));
		hint_clock(diag);
		return -EINVAL;
	}
	if (!is_first && clockid != file->clockid)
		return diag__error(diag, -EINVAL, "'%s' has times of two clocks, %s and %s",
				   file->path, clock_name(file->clockid), clock_name(clockid));
	file->clockid = clockid;
	return 0;
}

static int check_events(struct merge_file *file, struct diag *diag)
{
	unsigned int nr = perfdata_reader__nr_events(file->reader), seen = 0;
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++) {
		const struct perfdata_event *event = perfdata_reader__event(file->reader, i);

		if (nr > 1 && is_dummy(event->attr))
			continue;
		err = check_event(file, event, !seen++, diag);
	}
	/* What it says of another clock is of no use. */
	if (!err && perfdata_reader__info(file->reader)->clockid != file->clockid)
		file->has_wall_offset = false;
	if (!err && !seen)
		err = diag__error(diag, -EINVAL, "'%s' has no events but perf's dummy", file->path);
	return err;
}

int check__records(const struct merge_file *file, struct diag *diag)
{
	const struct perfdata_reader *r = file->reader;

	if (perfdata_reader__nr_records(r, RECORD_AUXTRACE_INFO) ||
	    perfdata_reader__nr_records(r, RECORD_AUXTRACE) ||
	    perfdata_reader__nr_records(r, PERF_RECORD_AUX))
		return diag__error(diag, -EOPNOTSUPP, "'%s' has AUX data, which cannot be merged",
				   file->path);
	if (perfdata_reader__nr_records(r, RECORD_COMPRESSED) ||
	    perfdata_reader__nr_records(r, RECORD_COMPRESSED2)) {
		diag__error(diag, -EOPNOTSUPP, "'%s' is compressed, which is not supported",
			    file->path);
		diag__hint(diag, "record without -z (--compression-level)");
		return -EOPNOTSUPP;
	}
	return 0;
}

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b);
}

/* Two files: of one machine type, kernel and clock? @warn: where that is a guess. */
static int check_pair(struct merge_file *a, struct merge_file *b, bool warn,
		      struct diag *diag)
{
	const struct perfdata_info *info_a = perfdata_reader__info(a->reader);
	const struct perfdata_info *info_b = perfdata_reader__info(b->reader);

	if (differ(info_a->arch, info_b->arch))
		return diag__error(diag, -EINVAL, "'%s' and '%s' are of different architectures",
				   a->path, b->path);
	if (a->clockid != b->clockid) {
		diag__error(diag, -EINVAL, "the times in '%s' are by %s, those in '%s' by %s",
			    a->path, clock_name(a->clockid), b->path, clock_name(b->clockid));
		hint_clock(diag);
		return -EINVAL;
	}
	if (a->build_id_len && b->build_id_len) {
		if (a->build_id_len == b->build_id_len &&
		    !memcmp(a->build_id, b->build_id, a->build_id_len))
			return 0;
		return diag__error(diag, -EINVAL, "'%s' and '%s' are of different kernels: their "
				   "build ids are not the same", a->path, b->path);
	}
	if (!info_a->os_release || !info_b->os_release)
		return diag__error(diag, -EINVAL, "'%s' does not say what kernel it is of",
				   info_a->os_release ? b->path : a->path);
	if (strcmp(info_a->os_release, info_b->os_release))
		return diag__error(diag, -EINVAL, "'%s' and '%s' are of different kernels, %s and "
				   "%s", a->path, b->path,
				   merge_file__safe(a, info_a->os_release),
				   merge_file__safe(b, info_b->os_release));
	if (!warn)
		return 0;
	pr_warning("warning: '%s' has no build id of its kernel: taken for the same as that of '%s' "
		   "by its release, %s\n", a->build_id_len ? b->path : a->path,
		   a->build_id_len ? a->path : b->path, merge_file__safe(a, info_a->os_release));
	return 0;
}

int check__files(struct merge_file *files, unsigned int nr, struct diag *diag)
{
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++) {
		err = check__records(&files[i], diag);
		if (!err)
			err = check_events(&files[i], diag);
	}
	/* Not with the first only: that may be the one which doesn't say what others differ in. */
	for (unsigned int i = 1; i < nr && !err; i++)
		for (unsigned int j = 0; j < i && !err; j++)
			err = check_pair(&files[j], &files[i], !j, diag);
	return err;
}

/* Are the kernels of both known to be at different places in memory? */
static bool is_moved(const struct merge_file *a, const struct merge_file *b)
{
	const struct place *l = places__kernel(&a->places), *r = places__kernel(&b->places);

	return l && r && !strcmp(l->name, r->name) && l->reference != r->reference;
}

/*
 * The clock of a machine that is suspended can stand still, and the wall clock can be set: then they
 * differ by something else within a boot. But a boot can't begin before the end of the one before.
 */
static bool is_same_boot(const struct merge_file *a, const struct merge_file *b)
{
	const struct merge_file *earlier = a->wall_offset < b->wall_offset ? a : b;
	uint64_t apart;

	if (is_moved(a, b))
		return false;
	if (!a->has_wall_offset || !b->has_wall_offset)
		return true;
	apart = (uint64_t)(earlier == a ? b : a)->wall_offset - earlier->wall_offset;
	return apart <= SAME_BOOT || apart < perfdata_reader__info(earlier->reader)->clock_ns;
}

/* Gives each file the number of its boot. Returns how many there are. */
static unsigned int number_boots(struct merge_file *files, unsigned int nr)
{
	unsigned int nr_boots = 0, j;

	for (unsigned int i = 0; i < nr; i++) {
		for (j = 0; j < i && !is_same_boot(&files[j], &files[i]); j++)
			;
		files[i].boot = j < i ? files[j].boot : nr_boots++;
	}
	return nr_boots;
}

/*
 * Records without a time are about what there was when the recording began, which in all files but
 * the first is not the beginning.
 */
static void set_stamps(struct merge_file *files, unsigned int nr)
{
	uint64_t earliest = UINT64_MAX, first;

	for (unsigned int i = 0; i < nr; i++) {
		first = merge_file__first_time(&files[i]);
		files[i].stamp = first ? first + files[i].shift - 1 : UINT64_MAX;
		if (files[i].stamp < earliest)
			earliest = files[i].stamp;
	}
	for (unsigned int i = 0; i < nr; i++) {
		if (files[i].stamp == UINT64_MAX)
			files[i].stamp = earliest == UINT64_MAX ? 0 : earliest;
		if (files[i].stamp == earliest)
			files[i].stamp = 0;
	}
}

/* Of the boot's first file: by some us it is another in each, and those of a boot stay together. */
static int64_t boot_offset(const struct merge_file *files, unsigned int index)
{
	unsigned int i = 0;

	while (files[i].boot != files[index].boot)
		i++;
	return files[i].wall_offset;
}

int check__boots(struct merge_file *files, unsigned int nr, struct diag *diag)
{
	unsigned int nr_boots = number_boots(files, nr), first = 0;

	for (unsigned int i = 1; i < nr; i++) {
		if (nr_boots > 1 && (!files[0].has_wall_offset || !files[i].has_wall_offset))
			return diag__error(diag, -EINVAL, "'%s' and '%s' are of different boots, and "
					   "'%s' does not say what the wall clock was",
					   files[0].path, files[i].path,
					   files[0].has_wall_offset ? files[i].path :
					   files[0].path);
		if (files[i].boot != files[first].boot &&
		    files[i].wall_offset < files[first].wall_offset)
			first = i;
	}
	for (unsigned int i = 0; i < nr; i++)
		if (files[i].boot != files[first].boot)
			files[i].shift = (uint64_t)boot_offset(files, i) -
					 boot_offset(files, first);
	set_stamps(files, nr);
	return first;
}
