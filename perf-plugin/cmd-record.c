// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop record: options, and what is said at the end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/term.h"
#include "losses.h"
#include "record-flight.h"
#include "record-options.h"
#include "report/hits.h"
#include "util/verbose.h"

static const char *const record_usage[] = {
	"perf btfsnoop record -f <spec> [-f <spec>...] [<options>] [-- <command> [<options>]]",
	NULL,
};

static bool is_stamped(const struct session_opts *opts)
{
	return opts->flight->keep_size || opts->flight->several || opts->flight->stamped;
}

/* In perf's words (tools/perf/builtin-record.c, __cmd_record). */
static void sum_up(const struct session_opts *opts, const struct session_result *result)
{
	uint64_t lost = result->lost_ring + result->lost_perf + result->lost_slot;

	if (result->hit_max_size)
		pr_info("[ perf btfsnoop record: perf size limit reached (%llu KB), "
			"stopping session ]\n", (unsigned long long)(opts->max_size >> 10));
	pr_info("[ perf btfsnoop record: Woken up %llu times to write data ]\n",
		(unsigned long long)result->nr_wakeups);
	losses__say(result);
	if (opts->flight->keep_size && !result->nr_files) {
		pr_info("[ perf btfsnoop record: Wrote nothing: %s of %llu samples ]\n",
			result->nr_failed ? "no snapshot could be written" : "there was no snapshot",
			(unsigned long long)result->nr_samples);
		return;
	}
	pr_info("[ perf btfsnoop record: Captured and wrote %.3f MB %s%s (%llu samples",
		result->size / 1024.0 / 1024.0, opts->path, is_stamped(opts) ? ".<timestamp>" : "",
		(unsigned long long)result->nr_written);
	if (is_stamped(opts))
		pr_info(" in %u file%s", result->nr_files, result->nr_files == 1 ? "" : "s");
	if (lost)
		pr_info(", %llu lost", (unsigned long long)lost);
	pr_info(") ]\n");
}

/* What is done with build ids. */
struct build_id_opts {
	bool all;		/* of all files that are mapped, also where no sample was in them */
	bool no_ids;
	bool no_cache;
};

/*
 * Names of functions in call chains are found by what perf record leaves for that, too: build ids in
 * the header, and the files in a cache. A recording is good without.
 */
static void keep_build_ids(void *ctx, const char *path)
{
	const struct build_id_opts *ids = ctx;
	struct diag diag = DIAG_INIT;
	struct hits *hits = NULL;
	int err;

	err = hits__read(path, ids->all, &hits, &diag);
	if (!err)
		err = hits__write(hits, path);
	if (!err && !ids->no_cache)
		err = hits__cache(hits);
	if (err)
		pr_warning("warning: no build ids: %s\n", diag.msg ? diag.msg : strerror(-err));
	hits__free(hits);
	diag__exit(&diag);
}

static bool has_build_ids(const struct session_opts *opts, const struct build_id_opts *ids)
{
	return !ids->no_ids && strcmp(opts->path, "-") &&
	       (chain_opts__any(&opts->chains) || evlist__nr(opts->evlist));
}

static int run(struct session_opts *opts, struct build_id_opts *ids)
{
	struct session_result result;
	struct diag diag = DIAG_INIT;
	const struct spec *failed;
	int err;

	if (!opts->dry_run)
		term__take_foreground();
	/* As perf does. It still arrives where it is blocked and waited for: while recording. */
	signal(SIGUSR2, SIG_IGN);
	if (has_build_ids(opts, ids) && is_stamped(opts)) {
		opts->completed = keep_build_ids;
		opts->completed_ctx = ids;
	}
	err = session__run(opts, &result, &failed, &diag);
	if (err)
		diag__print(&diag, failed ? failed->text : NULL, err, stderr);
	else if (!opts->dry_run && has_build_ids(opts, ids) && !is_stamped(opts))
		keep_build_ids(ids, opts->path);
	if (!err && !opts->dry_run)
		sum_up(opts, &result);
	diag__exit(&diag);
	if (err == -EINTR && result.exit_status)
		return result.exit_status;
	if (!err && result.nr_failed && !result.exit_status)
		return 1;
	return err ? 1 : result.exit_status;
}

static int record(struct record_options *rec, struct record_flight *flight, int argc,
		  const char **argv)
{
	struct session_opts *opts = &rec->session;
	struct build_id_opts ids = { .all = false };
	bool quiet = false;
	const struct option options[] = {
		OPT_BOOLEAN('i', "no-inherit", &rec->no_inherit, "leave out child tasks"),
		OPT_STRING('o', "output", &opts->path, "file", "output file name"),
		OPT_BOOLEAN('B', "no-buildid", &ids.no_ids, "don't collect build ids"),
		OPT_BOOLEAN('N', "no-buildid-cache", &ids.no_cache,
			    "don't put files into the build id cache"),
		OPT_BOOLEAN(0, "buildid-all", &ids.all,
			    "build ids of all files that are mapped, not only of those hit"),
		OPT_BOOLEAN('q', "quiet", &quiet, "don't print any message"),
		OPT_STRING(0, "max-size", &rec->max_size, "size",
			   "stop when the file has reached this size"),
		OPT_BOOLEAN(0, "dry-run", &opts->dry_run, "check options and specs, then exit"),
		OPT_PARENT(flight->options),
	};
	int status;

	argc = options__parse(argc, argv, options, record_usage, OPTIONS_STOP_AT_NON_OPTION);
	if (argc < 0)
		return -argc;
	if (quiet)
		verbose = -1;
	status = record_flight__choose(flight, rec);
	if (!status)
		status = record_options__choose(rec, argc, argv);
	/* Last, as an option without its argument may have taken the -f for that. */
	if (!status && !record_options__has_spec(rec))
		return record_options__no_spec(rec, record_usage, options);
	return status ? status : run(opts, &ids);
}

int cmd_record(int argc, const char **argv)
{
	struct record_flight flight;
	struct record_options rec;
	int status;

	if (record_options__init(&rec, argc, argv))
		return 1;
	record_flight__init(&flight, &rec);
	status = record(&rec, &flight, argc, argv);
	record_flight__exit(&flight);
	record_options__exit(&rec);
	return status;
}
