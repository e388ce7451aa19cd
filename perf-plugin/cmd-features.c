// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop features: what the kernel can do, and what record would make of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/preview.h"
#include "attach/refusal.h"
#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "record-options.h"
#include "record/resolve.h"
#include "text-option.h"
#include "util/verbose.h"

struct features_command {
	struct texts texts;
	struct spec **specs;
	unsigned int nr_specs;
	const char *backend;
	const char *vmlinux;
	enum backend_choice choice;
	struct kbtf *kbtf;
	struct features *features;
};

static const char *const features_usage[] = {
	"perf btfsnoop features [-f <spec>...] [<options>]",
	NULL
};

/* ---- what there is ------------------------------------------------------------------------ */

static void print_feature(struct features *features, int feature)
{
	const struct feature_result *result = features__get(features, feature);
	struct buf why = BUF_INIT;

	if (!result->err) {
		printf("%-16s yes  %s%s%s%s\n", result->name, result->how,
		       result->function ? " (" : "", result->function ? result->function : "",
		       result->function ? ")" : "");
		return;
	}
	refusal__feature(feature, result->err, &why);
	printf("%-16s no   %s: %s\n", result->name, strerrorname_np(-result->err) ? : "ENOTSUPP",
	       buf__str(&why));
	buf__exit(&why);
}

static void print_features(struct features *features)
{
	for (int feature = BACKEND_AUTO + 1; feature < NR_FEATURES; feature++)
		print_feature(features, feature);
}

/* ---- what would be chosen ----------------------------------------------------------------- */

static void print_count(unsigned int nr, const char *what)
{
	printf("  %6u %s%s", nr, what, nr == 1 ? " " : "s");
}

static void print_preview(const struct preview *preview)
{
	for (int id = 0; id < NR_BACKENDS; id++) {
		if (!preview->backends[id].nr_funcs)
			continue;
		printf("  %-16s", backend__name(id));
		print_count(preview->backends[id].nr_funcs, "function");
		print_count(preview->backends[id].nr_programs, "program");
		print_count(preview->backends[id].nr_links, "link");
		if (id == BACKEND_TP_BTF)
			printf("  tracepoints have no other\n");
		else
			printf("  %s\n", preview->backends[id].reason ? :
			       "for what those before it don't take");
	}
	if (preview->nr_left_out) {
		printf("  %-16s", "nothing");
		print_count(preview->nr_left_out, "function");
		printf("  no backend that this kernel has takes them\n");
	}
}

/* All specs together, as they would be recorded together. */
static int show_choice(struct features_command *cmd)
{
	const struct event_opts event_opts = { .max_data = 1024, .max_string = 128 };
	const struct resolve_opts opts = {
		.specs = cmd->specs, .nr_specs = cmd->nr_specs, .event_opts = &event_opts,
		.vmlinux = cmd->vmlinux,
	};
	const struct attach_opts attach_opts = { .backend = cmd->choice };
	struct resolved resolved = { 0 };
	struct diag diag = DIAG_INIT;
	struct preview preview;
	int err = resolved__new(&opts, &resolved, &diag);

	if (!err)
		err = preview__make(&attach_opts, resolved.events, resolved.kbtf, cmd->features,
				    &preview);
	if (err) {
		diag__print(&diag, resolved.failed ? resolved.failed->text : NULL, err, stderr);
	} else {
		printf("\n");
		for (unsigned int i = 0; i < cmd->nr_specs; i++)
			printf("%s\n", cmd->specs[i]->text);
		print_preview(&preview);
	}
	diag__exit(&diag);
	resolved__exit(&resolved);
	return err;
}

/* ---- the command -------------------------------------------------------------------------- */

static int run(struct features_command *cmd)
{
	const char *const common[TEXTS_MAX_COMMON] = { NULL };
	int err = texts__parse(&cmd->texts, common, &cmd->specs, &cmd->nr_specs);

	if (err)
		return 1;
	err = kbtf__new(NULL, &cmd->kbtf);
	if (!err)
		err = features__new(cmd->kbtf, true, &cmd->features);
	if (err) {
		pr_err("error: %s\n", strerror(-err));
		return 1;
	}
	pager__start();
	print_features(cmd->features);
	fflush(stdout);
	return cmd->nr_specs && show_choice(cmd) ? 1 : 0;
}

static int parse_options(int argc, const char **argv, struct features_command *cmd)
{
	struct text_option spec = { &cmd->texts, TEXT_SPEC };
	struct text_option filter = { &cmd->texts, TEXT_FILTER };
	struct text_option errors = { &cmd->texts, TEXT_ERRORS };
	struct text_option exclude = { &cmd->texts, TEXT_EXCLUDE };
	const struct option options[] = {
		OPT_CALLBACK('f', "function", &spec, "spec",
			     "show how this would be attached", text_option__keep),
		OPT_CALLBACK(0, "filter", &filter, "filter", "what the -f before it is filtered by",
			     text_option__keep),
		OPT_CALLBACK(0, "exclude", &exclude, "pattern", "functions to leave out",
			     text_option__keep),
		OPT_CALLBACK_NOARG(0, "errors", &errors,
				   "only calls of the -f before that return an error",
				   text_option__keep),
		OPT_STRING(0, "backend", &cmd->backend, "name", "as if record had this option"),
		OPT_STRING(0, "vmlinux", &cmd->vmlinux, "file",
			   "kernel with DWARF, for patterns of source files"),
		OPT_INCR('v', "verbose", &verbose, "be more verbose"),
		OPT_END(),
	};
	int choice;

	argc = options__parse(argc, argv, options, features_usage, 0);
	for (int i = 0; i < argc; i++)
		if (texts__add(&cmd->texts, TEXT_SPEC, argv[i]))
			return -1;
	choice = argc >= 0 && cmd->backend ? backend__by_name(cmd->backend) : BACKEND_AUTO;
	if (choice < 0)
		return -options__usage_error(features_usage, options, "--backend '%s': not one of "
					     RECORD_BACKENDS, cmd->backend);
	cmd->choice = choice;
	return argc;
}

int cmd_features(int argc, const char **argv)
{
	struct features_command cmd = { 0 };
	int status;

	argc = parse_options(argc, argv, &cmd);
	status = argc < 0 ? -argc : run(&cmd);
	for (unsigned int i = 0; i < cmd.nr_specs; i++)
		spec__free(cmd.specs[i]);
	free(cmd.specs);
	texts__exit(&cmd.texts);
	features__free(cmd.features);
	kbtf__free(cmd.kbtf);
	return status;
}
