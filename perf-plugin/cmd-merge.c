// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop merge: several recordings on one timeline. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "builtin.h"
#include "cli/options.h"
#include "merge/merge.h"
#include "util/verbose.h"

#define MAX_FILES	64	/* as many as twins.c can tell apart */

static const char *const merge_usage[] = {
	"perf btfsnoop merge [<options>] -o <output> <file> <file>...", NULL,
};

static int run(const struct merge_opts *opts)
{
	struct merge_result result;
	struct diag diag = DIAG_INIT;
	int err = merge__run(opts, &result, &diag);

	if (err)
		diag__print(&diag, NULL, err, stderr);
	else
		pr_info("[ perf btfsnoop merge: Merged %u files, wrote %.3f MB %s (%" PRIu64
			" samples) ]\n", opts->nr, result.size / 1024.0 / 1024.0,
			strcmp(opts->output, "-") ? opts->output : "to stdout", result.nr_samples);
	if (!err)
		pr_debug("%" PRIu64 " other records, %" PRIu64 " more were in several files\n",
			 result.nr_records, result.nr_twins);
	diag__exit(&diag);
	return err ? 1 : 0;
}

int cmd_merge(int argc, const char **argv)
{
	struct merge_opts opts = { 0 };
	bool quiet = false;
	const struct option options[] = {
		OPT_STRING('o', "output", &opts.output, "file",
			   "output file name, - for a pipe on stdout"),
		OPT_BOOLEAN('f', "force", &opts.force, "don't complain, do it"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_BOOLEAN('q', "quiet", &quiet, "do not show any warnings or messages"),
		OPT_END(),
	};
	unsigned int nr_pipes = 0;

	argc = options__parse(argc, argv, options, merge_usage, 0);
	if (argc < 0)
		return -argc;
	if (!opts.output || !*opts.output)
		return options__usage_error(merge_usage, options, "the output is missing: -o FILE");
	if (argc < 2)
		return options__usage_error(merge_usage, options, "at least two files are merged");
	if (argc > MAX_FILES)
		return options__usage_error(merge_usage, options, "more than %d files", MAX_FILES);
	for (int i = 0; i < argc; i++)
		nr_pipes += !strcmp(argv[i], "-");
	if (nr_pipes > 1)
		return options__usage_error(merge_usage, options, "stdin can be one of the files "
					    "only");
	if (quiet)
		verbose = -1;
	opts.paths = argv;
	opts.nr = argc;
	return run(&opts);
}
