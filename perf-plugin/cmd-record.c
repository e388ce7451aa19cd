// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop record: options, and what is said at the end. */
#include <errno.h>
#include <stdio.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/term.h"
#include "losses.h"
#include "record-options.h"
#include "util/verbose.h"

static const char *const record_usage[] = {
	"perf btfsnoop record -f <spec> [-f <spec>...] [<options>] [-- <command> [<options>]]",
	NULL,
};

/* In perf's words (tools/perf/builtin-record.c, __cmd_record). */
static void sum_up(const struct session_opts *opts, const struct session_result *result)
{
	uint64_t lost = result->lost_ring + result->lost_slot;

	if (result->hit_max_size)
		pr_info("[ perf btfsnoop record: perf size limit reached (%llu KB), "
			"stopping session ]\n", (unsigned long long)(opts->max_size >> 10));
	pr_info("[ perf btfsnoop record: Woken up %llu times to write data ]\n",
		(unsigned long long)result->nr_wakeups);
	losses__say(result);
	pr_info("[ perf btfsnoop record: Captured and wrote %.3f MB %s (%llu samples",
		result->size / 1024.0 / 1024.0, opts->path,
		(unsigned long long)result->nr_samples);
	if (lost)
		pr_info(", %llu lost", (unsigned long long)lost);
	pr_info(") ]\n");
}

static int run(const struct session_opts *opts)
{
	struct session_result result;
	struct diag diag = DIAG_INIT;
	const struct spec *failed;
	int err;

	if (!opts->dry_run)
		term__take_foreground();
	err = session__run(opts, &result, &failed, &diag);
	if (err)
		diag__print(&diag, failed ? failed->text : NULL, err, stderr);
	else if (!opts->dry_run)
		sum_up(opts, &result);
	diag__exit(&diag);
	if (err == -EINTR && result.exit_status)
		return result.exit_status;
	return err ? 1 : result.exit_status;
}

static int record(struct record_options *rec, int argc, const char **argv)
{
	struct session_opts *opts = &rec->session;
	bool quiet = false;
	const struct option options[] = {
		OPT_BOOLEAN('i', "no-inherit", &rec->no_inherit, "leave out child tasks"),
		OPT_STRING('o', "output", &opts->path, "file", "output file name"),
		OPT_BOOLEAN('q', "quiet", &quiet, "don't print any message"),
		OPT_STRING(0, "max-size", &rec->max_size, "size",
			   "stop when the file has reached this size"),
		OPT_BOOLEAN(0, "dry-run", &opts->dry_run, "check options and specs, then exit"),
		OPT_PARENT(rec->options),
	};
	int status;

	opts->path = "perf.data";
	argc = options__parse(argc, argv, options, record_usage, OPTIONS_STOP_AT_NON_OPTION);
	if (argc < 0)
		return -argc;
	if (!record_options__has_spec(rec))
		return options__usage_error(record_usage, options,
					    "nothing to trace: -f is missing");
	if (quiet)
		verbose = -1;
	status = record_options__choose(rec, argc, argv);
	return status ? status : run(opts);
}

int cmd_record(int argc, const char **argv)
{
	struct record_options rec;
	int status;

	if (record_options__init(&rec, argc, argv))
		return 1;
	status = record(&rec, argc, argv);
	record_options__exit(&rec);
	return status;
}
