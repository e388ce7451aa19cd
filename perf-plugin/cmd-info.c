// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop info: what functions look like, and whether they can be traced. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/refusal.h"
#include "attach/traceable.h"
#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "spec/spec.h"
#include "types/abi.h"
#include "types/kbtf.h"
#include "types/type.h"
#include "util/buf.h"
#include "util/verbose.h"

#define MAX_SUGGESTIONS 3

/* A function or tracepoint that was asked for. */
struct found {
	struct kfunc func;
	bool is_tracepoint;
	bool not_in_btf;	/* only its name and module are known */
};

struct info {
	struct kbtf *kbtf;
	struct traceable *traceable;
	struct found *found;
	size_t nr_found;
	size_t cap_found;
	bool is_tracepoint;	/* of what is being walked */
	int err;		/* of collecting */
	bool no_tracing;	/* this kernel has neither of the ways to trace functions */
	struct buf line;
};

static const char *const info_usage[] = {
	"perf btfsnoop info [<options>] <function>...", NULL,
};

/* ---- which functions ---------------------------------------------------------------------- */

static int info__add(struct info *info, const struct found *found)
{
	if (info->nr_found == info->cap_found) {
		size_t cap = info->cap_found ? 2 * info->cap_found : 64;
		struct found *all = reallocarray(info->found, cap, sizeof(*all));

		if (!all)
			return -ENOMEM;
		info->found = all;
		info->cap_found = cap;
	}
	info->found[info->nr_found++] = *found;
	return 0;
}

static int add_func(const struct kfunc *func, void *ctx)
{
	struct info *info = ctx;
	struct found found = { .func = *func, .is_tracepoint = info->is_tracepoint };

	return info__add(info, &found);
}

static int compare_found(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;
	const char *ma = a->func.module ? a->func.module : "";
	const char *mb = b->func.module ? b->func.module : "";
	int order = strcmp(a->func.name, b->func.name);

	if (!order)
		order = strcmp(ma, mb);
	if (!order)
		order = a->is_tracepoint - b->is_tracepoint;
	if (!order)
		order = a->not_in_btf - b->not_in_btf;
	return order ? order : a->func.id < b->func.id ? -1 : a->func.id > b->func.id;
}

/* Sorts, and drops what two patterns both matched and what BTF turned out to know. */
static void info__tidy(struct info *info)
{
	size_t nr = 0;

	qsort(info->found, info->nr_found, sizeof(*info->found), compare_found);
	for (size_t i = 0; i < info->nr_found; i++) {
		struct found *last = nr ? &info->found[nr - 1] : NULL;
		struct found now = info->found[i];

		if (last && (!compare_found(last, &now) ||
			     (now.not_in_btf && !last->is_tracepoint &&
			      !strcmp(last->func.name, now.func.name))))
			continue;
		info->found[nr++] = now;
	}
	info->nr_found = nr;
}

static void add_unknown_to_btf(const char *module, const char *name, void *ctx)
{
	struct found found = { .func = { .name = name, .module = module }, .not_in_btf = true };
	struct info *info = ctx;

	if (info__add(info, &found))
		info->err = -ENOMEM;
}

static void hint_clone(const char *clone, void *ctx)
{
	diag__hint(ctx, "the kernel has it as %s, which BTF does not describe", clone);
}

static int complain_nothing(struct info *info, const struct spec *spec, struct diag *diag)
{
	bool tp = spec->kind == SPEC_TRACEPOINT;
	const char *near[MAX_SUGGESTIONS];
	unsigned int nr;

	diag__error_at(diag, -ENOENT, spec->pattern_span, "no %s '%s'%s%s",
		       tp ? "tracepoint" : "function", spec->pattern,
		       spec->module ? " in " : "", spec->module ? spec->module : "");
	if (!spec__is_exact(spec))
		return -ENOENT;
	if (!tp && traceable__ask(info->traceable, NULL, spec->pattern) == TRACEABLE_YES)
		diag__hint(diag, "the kernel has it, but BTF does not describe it");
	if (!tp)
		traceable__for_each_clone(info->traceable, spec->pattern, hint_clone, diag);
	nr = kbtf__suggest(info->kbtf, tp, spec->pattern, near, MAX_SUGGESTIONS);
	if (nr == 1)
		diag__hint(diag, "did you mean '%s'?", near[0]);
	else if (nr == 2)
		diag__hint(diag, "did you mean '%s' or '%s'?", near[0], near[1]);
	else if (nr)
		diag__hint(diag, "did you mean '%s', '%s' or '%s'?", near[0], near[1], near[2]);
	return -ENOENT;
}

static int walk(struct info *info, const struct spec *spec, const char *module, struct diag *diag)
{
	info->is_tracepoint = spec->kind == SPEC_TRACEPOINT;
	return (info->is_tracepoint ? kbtf__for_each_tracepoint : kbtf__for_each_func)(
		info->kbtf, module, spec->pattern, add_func, info, diag);
}

/* Without a module these are vmlinux's, or where that has none of them all modules'. */
static int info__collect(struct info *info, const struct spec *spec, struct diag *diag)
{
	size_t before = info->nr_found;
	int err;

	err = walk(info, spec, spec->module, diag);
	if (!err && info->nr_found == before && !spec->module)
		err = walk(info, spec, "*", diag);
	if (err == -ENODEV && !diag__is_set(diag))
		return diag__error_at(diag, err, spec->module_span,
				      "no module '%s' with BTF is loaded", spec->module);
	if (err)
		return err;
	if (verbose > 0 && spec->kind == SPEC_FUNC && !spec->module)
		traceable__for_each(info->traceable, spec->pattern, add_unknown_to_btf, info);
	if (info->err)
		return info->err;
	return info->nr_found == before ? complain_nothing(info, spec, diag) : 0;
}

/* ---- showing them ------------------------------------------------------------------------- */

static void add_signature(const struct found *found, struct buf *out)
{
	const struct kfunc *func = &found->func;
	const char *name;

	if (found->not_in_btf) {
		buf__adds(out, func->name);
	} else if (!found->is_tracepoint) {
		type__declare(func->btf, func->proto_id, func->name, out);
	} else {
		buf__addf(out, "tp:%s(", func->name);
		for (unsigned int i = 0; i < func->nr_params; i++) {
			name = btf__name_by_offset(func->btf, func->params[i].name_off);
			if (i)
				buf__adds(out, ", ");
			type__declare(func->btf, func->params[i].type, name ? name : "", out);
		}
		buf__addc(out, ')');
	}
	if (func->module)
		buf__addf(out, " [%s]", func->module);
}

static bool is_aggregate(const struct btf *btf, uint32_t id)
{
	struct type_info info;

	type__info(btf, id, &info);
	return info.cls == TYPE_STRUCT || info.cls == TYPE_UNION;
}

static void add_note(struct buf *out, const char *note)
{
	buf__addf(out, "%s%s", out->len ? "; " : "", note);
}

/* What is out of the ordinary about passing values to and from it. */
static void add_abi_notes(const struct kfunc *func, struct buf *notes)
{
	struct abi_param param;
	const char *name;

	for (unsigned int i = 0; i < func->nr_params; i++) {
		name = btf__name_by_offset(func->btf, func->params[i].name_off);
		if (!name || !*name)
			name = "a parameter";
		if (is_aggregate(func->btf, func->params[i].type)) {
			add_note(notes, "");
			buf__addf(notes, "%s is passed by value", name);
		} else if (verbose > 0 && !abi__param(func, i, &param) && param.on_stack) {
			add_note(notes, "");
			buf__addf(notes, "%s is on the stack", name);
		}
	}
	if (is_aggregate(func->btf, func->ret_id))
		add_note(notes, "returns a struct by value");
	if (func->is_variadic)
		add_note(notes, "variable arguments are not recorded");
}

/* "yes", "no" or "?", and why in @notes. */
static const char *judge(const struct info *info, const struct found *found, struct buf *notes)
{
	const struct kfunc *func = &found->func;

	if (found->is_tracepoint)
		return "yes";
	if (info->no_tracing) {
		add_note(notes, "this kernel can't trace functions");
		return "no";
	}
	if (found->not_in_btf) {
		add_note(notes, "not in BTF");
		return "no";
	}
	switch (traceable__ask(info->traceable, func->module, func->name)) {
	case TRACEABLE_YES:
		if (traceable__is_blacklisted(info->traceable, func->name))
			add_note(notes, "not by kprobes: blacklisted");
		return "yes";
	case TRACEABLE_NO:
		add_note(notes, "notrace, inlined everywhere, or __init");
		return "no";
	default:
		return "?";
	}
}

static void print_all(struct info *info)
{
	for (size_t i = 0; i < info->nr_found; i++) {
		const struct found *found = &info->found[i];
		struct buf notes = BUF_INIT;
		const char *answer = judge(info, found, &notes);

		if (!found->not_in_btf)
			add_abi_notes(&found->func, &notes);
		buf__clear(&info->line);
		add_signature(found, &info->line);
		printf("%-3s  %s", answer, buf__str(&info->line));
		if (notes.len)
			printf("  # %s", buf__str(&notes));
		putchar('\n');
		buf__exit(&notes);
	}
}

/* What is true of all functions is said once, above them. */
static void explain(struct info *info)
{
	bool functions = false;

	for (size_t i = 0; i < info->nr_found; i++)
		functions |= !info->found[i].is_tracepoint;
	if (!functions)
		return;
	info->no_tracing = refusal__config("FUNCTION_TRACER") == 'n' &&
			   refusal__config("KPROBES") == 'n';
	if (info->no_tracing)
		pr_info("# CONFIG_FUNCTION_TRACER and CONFIG_KPROBES are not set: only tracepoints "
			"(tp:NAME) can be traced\n");
	else if (traceable__why_unknown(info->traceable))
		pr_info("# whether functions can be traced is unknown: %s\n",
			traceable__why_unknown(info->traceable));
}

/* ---- the command -------------------------------------------------------------------------- */

static int collect_text(struct info *info, const char *text)
{
	struct diag diag = DIAG_INIT;
	struct spec *spec = NULL;
	int err;

	err = spec__parse(text, &spec, &diag);
	if (!err)
		err = info__collect(info, spec, &diag);
	if (err)
		diag__print(&diag, text, err, stderr);
	spec__free(spec);
	diag__exit(&diag);
	return err;
}

static int run(struct info *info, const char **texts)
{
	int err = 0;

	err = traceable__new(NULL, NULL, &info->traceable);
	if (!err)
		err = kbtf__new(NULL, &info->kbtf);
	if (err) {
		pr_err("error: %s\n", strerror(-err));
		return 1;
	}
	for (; *texts && !err; texts++)
		err = collect_text(info, *texts);
	if (err)
		return 1;
	info__tidy(info);
	pager__start();
	explain(info);
	print_all(info);
	return 0;
}

/* -f before a function is taken for what it is, so that record's command line can be reused. */
static int take_function(const struct option *opt, const char *arg, bool unset)
{
	const char ***next = opt->value;

	if (!unset)
		*(*next)++ = arg;
	return 0;
}

int cmd_info(int argc, const char **argv)
{
	struct info info = { 0 };
	const char **texts = calloc(argc + 1, sizeof(*texts)), **next = texts;
	const struct option options[] = {
		OPT_CALLBACK('f', "function", &next, "spec", "function or pattern to show",
			     take_function),
		OPT_INCR('v', "verbose", &verbose,
			 "also functions without BTF, and parameters on the stack"),
		OPT_END(),
	};
	int status;

	if (!texts)
		return 1;
	argc = options__parse(argc, argv, options, info_usage, 0);
	for (int i = 0; i < argc; i++)
		*next++ = argv[i];
	if (argc < 0)
		status = -argc;
	else if (next == texts)
		status = options__usage_error(info_usage, options, "no function is named");
	else
		status = run(&info, texts);
	buf__exit(&info.line);
	free(info.found);
	traceable__free(info.traceable);
	kbtf__free(info.kbtf);
	free(texts);
	return status;
}
