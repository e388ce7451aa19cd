// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop info: what functions look like, and which of them a spec traces. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/refusal.h"
#include "attach/traceable.h"
#include "builtin.h"
#include "cli/options.h"
#include "cli/pager.h"
#include "record/absent.h"
#include "record/locate.h"
#include "record/survey.h"
#include "spec/spec.h"
#include "text-option.h"
#include "types/abi.h"
#include "types/debuginfo.h"
#include "types/kbtf.h"
#include "types/ksyms.h"
#include "types/type.h"
#include "util/buf.h"
#include "util/verbose.h"

#define MAX_FILES	16	/* functions whose source files are looked up: that takes a while */

struct info {
	struct texts texts;
	const char *vmlinux;
	struct spec **specs;
	unsigned int nr_specs;
	struct kbtf *kbtf;
	struct traceable *traceable;
	struct ksyms *ksyms;		/* of the functions of @survey */
	struct debuginfo *debuginfo;	/* NULL: none is there, or nobody asked */
	struct survey *survey;		/* of the spec that is being shown */
	char **typed;			/* of each of its functions what its values are, NULL */
	size_t at;			/* the function that is being typed */
	bool no_tracing;	/* this kernel has neither of the ways to trace functions */
	struct buf line;
};

static const char *const info_usage[] = {
	"perf btfsnoop info [<options>] <spec>...", NULL,
};

/* ---- values ------------------------------------------------------------------------------- */

static void add_type(const struct btf *btf, struct typed_type type, struct buf *out)
{
	if (type.id)
		type__name(btf, type.id, out);
	else
		buf__adds(out, "void");
	if (type.ptr_depth && (!out->len || out->data[out->len - 1] != '*'))
		buf__addc(out, ' ');
	buf__fill(out, '*', type.ptr_depth);
}

static void add_item(const struct typed_spec *typed, const struct typed_item *item,
		     struct buf *out)
{
	buf__addf(out, "       %s: ", item->name);
	if (item->kind == TYPED_BUFFER)
		buf__adds(out, "bytes");
	else if (item->kind == TYPED_STRING && !item->type.id)
		buf__adds(out, "string");
	else
		add_type(typed->func.btf, item->type, out);
	if (item->at_return && !item->is_return)
		buf__adds(out, ", at the return");
	if (verbose > 0) {
		buf__adds(out, " = ");
		typed_expr__dump(item->expr, out);
	}
	buf__addc(out, '\n');
}

static void add_term(const struct typed_term *term, struct buf *out)
{
	buf__addf(out, "       filter: %s", term->text);
	if (term->expr->at_return)
		buf__adds(out, ", at the return");
	if (verbose > 0) {
		buf__adds(out, " = ");
		typed_expr__dump(term->expr, out);
	}
	buf__addc(out, '\n');
}

/* Keeps what the values of a function are, for when it is shown. */
static int keep_typed(struct typed_spec *typed, void *ctx, struct diag *diag)
{
	struct info *info = ctx;
	const struct surveyed *funcs = info->survey->funcs;
	struct buf text = BUF_INIT;

	(void)diag;
	while (info->at < info->survey->nr && (funcs[info->at].func.btf != typed->func.btf ||
					       funcs[info->at].func.id != typed->func.id))
		info->at++;
	if (info->at == info->survey->nr)
		return 0;
	for (unsigned int i = 0; i < typed->nr_items; i++)
		add_item(typed, &typed->items[i], &text);
	for (unsigned int i = 0; i < typed->nr_terms; i++)
		add_term(&typed->terms[i], &text);
	info->typed[info->at] = buf__take(&text);
	return info->typed[info->at] ? 0 : -ENOMEM;
}

/* ---- showing functions -------------------------------------------------------------------- */

static void add_signature(const struct surveyed *found, bool is_tracepoint, struct buf *out)
{
	const struct kfunc *func = &found->func;

	if (!found->in_btf) {
		buf__adds(out, func->name);
	} else {
		buf__adds(out, is_tracepoint ? "tp:" : "");
		kfunc__signature(func, out);
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

/* How many functions have the name, and the source files of all. */
static void add_places(const struct info *info, const struct kfunc *func, struct buf *notes)
{
	unsigned int nr = 0;
	uint64_t *addrs = NULL, text = 0;
	const char *file;

	if (locate__find(info->ksyms, func->module, func->name, &addrs, &nr))
		return;
	if (nr > 1) {
		add_note(notes, "");
		buf__addf(notes, "%u functions of this name, BTF describes one", nr);
	}
	ksyms__find(info->ksyms, NULL, "_text", &text, 1);
	for (unsigned int i = 0; info->debuginfo && !func->module && i < nr; i++) {
		file = debuginfo__file_at(info->debuginfo, addrs[i] - text);
		if (file)
			add_note(notes, file);
	}
	free(addrs);
}

/* "yes", "no" or "?", and why in @notes. */
static const char *judge(const struct info *info, const struct surveyed *found, struct buf *notes)
{
	const struct kfunc *func = &found->func;
	const char *why = survey__why(info->survey, found);

	if (why) {
		add_note(notes, why);
		if (found->detail)
			buf__addf(notes, " (%s)", found->detail);
		return "no";
	}
	if (info->survey->spec->kind == SPEC_TRACEPOINT)
		return "yes";
	if (info->no_tracing) {
		add_note(notes, "this kernel can't trace functions");
		return "no";
	}
	if (traceable__why_unknown(info->traceable))
		return "?";
	if (traceable__is_blacklisted(info->traceable, func->name))
		add_note(notes, "not by kprobes: blacklisted");
	return "yes";
}

static void print_func(struct info *info, size_t index)
{
	const struct surveyed *found = &info->survey->funcs[index];
	bool is_tracepoint = info->survey->spec->kind == SPEC_TRACEPOINT;
	struct buf notes = BUF_INIT;
	const char *answer = judge(info, found, &notes);

	if (found->in_btf)
		add_abi_notes(&found->func, &notes);
	if (!is_tracepoint)
		add_places(info, &found->func, &notes);
	buf__clear(&info->line);
	add_signature(found, is_tracepoint, &info->line);
	printf("%-3s  %s", answer, buf__str(&info->line));
	if (notes.len)
		printf("  # %s", buf__str(&notes));
	putchar('\n');
	if (info->typed[index])
		fputs(info->typed[index], stdout);
	buf__exit(&notes);
}

static void print_survey(struct info *info)
{
	if (!spec__is_exact(info->survey->spec)) {
		buf__clear(&info->line);
		survey__sum_up(info->survey, &info->line);
		printf("# %s\n", buf__str(&info->line));
	}
	for (size_t i = 0; i < info->survey->nr; i++)
		print_func(info, i);
}

/* What is true of all functions is said once, above them. */
static void explain(struct info *info)
{
	bool functions = false;

	for (unsigned int i = 0; i < info->nr_specs; i++)
		functions |= info->specs[i]->kind == SPEC_FUNC;
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

/* ---- a spec ------------------------------------------------------------------------------- */

/* Where the functions are, and in which files; without either they are just not shown. */
static int read_places(struct info *info)
{
	const struct survey *survey = info->survey;
	int err = ksyms__new(&info->ksyms);

	if (!err)
		err = ksyms__want(info->ksyms, "_text");
	if (!err)
		err = ksyms__want(info->ksyms, "_etext");
	for (size_t i = 0; i < survey->nr && !err; i++)
		err = ksyms__want(info->ksyms, survey->funcs[i].func.name);
	if (err)
		return err;
	if (survey->spec->kind == SPEC_FUNC) {
		ksyms__read(info->ksyms, NULL, NULL);
		if (survey->nr <= MAX_FILES)
			debuginfo__open(info->vmlinux, &info->debuginfo, NULL);
	}
	return 0;
}

static int make_survey(struct info *info, const struct spec *spec, struct diag *diag)
{
	struct kfunc func;
	int err = 0;

	/* Of a single name there is more to say than that nothing matches. */
	if (spec__is_exact(spec))
		err = (spec->kind == SPEC_TRACEPOINT ? kbtf__find_tracepoint : kbtf__find_func)(
			info->kbtf, spec->module, spec->pattern, &func, diag);
	if (err == -ENODEV && !diag__is_set(diag))
		return absent__module(spec, info->kbtf, diag);
	if (err == -ENOENT && !diag__is_set(diag))
		return absent__func(spec, info->kbtf, info->vmlinux, diag);
	if (!err)
		err = survey__new(spec, info->kbtf, NULL, info->vmlinux, &info->survey, diag);
	if (err)
		return err;
	err = survey__judge(info->survey, info->traceable);
	if (err)
		return err;
	info->typed = calloc(info->survey->nr + 1, sizeof(*info->typed));
	return info->typed ? read_places(info) : -ENOMEM;
}

static void drop_survey(struct info *info)
{
	for (size_t i = 0; info->typed && i < info->survey->nr; i++)
		free(info->typed[i]);
	free(info->typed);
	info->typed = NULL;
	survey__free(info->survey);
	info->survey = NULL;
	ksyms__free(info->ksyms);
	info->ksyms = NULL;
	debuginfo__close(info->debuginfo);
	info->debuginfo = NULL;
}

/* Shows what @spec is about. Values that none of its functions has are an error, like in record. */
static int show_spec(struct info *info, const struct spec *spec)
{
	bool has_values = spec->has_items || spec->nr_filters || spec->errors;
	struct diag diag = DIAG_INIT;
	bool found;
	int err;

	err = make_survey(info, spec, &diag);
	found = !err;
	info->at = 0;
	if (found && has_values)
		err = survey__type(info->survey, keep_typed, info, &diag);
	if (found && (!err || err == -ENOENT))
		print_survey(info);
	fflush(stdout);
	if (err)
		diag__print(&diag, spec->text, err, stderr);
	diag__exit(&diag);
	drop_survey(info);
	return err;
}

/* ---- the command -------------------------------------------------------------------------- */

static int run(struct info *info)
{
	const char *const common[TEXTS_MAX_COMMON] = { NULL };
	int err = texts__parse(&info->texts, common, &info->specs, &info->nr_specs);

	if (err)
		return 1;
	err = traceable__new(NULL, NULL, &info->traceable);
	if (!err)
		err = kbtf__new(NULL, &info->kbtf);
	if (err) {
		pr_err("error: %s\n", strerror(-err));
		return 1;
	}
	pager__start();
	explain(info);
	for (unsigned int i = 0; i < info->nr_specs && err != -ENOMEM; i++)
		err = show_spec(info, info->specs[i]) ?: err;
	return err ? 1 : 0;
}

/* -f before a spec is taken for what it is, so that record's command line can be reused. */
static int parse_options(int argc, const char **argv, struct info *info)
{
	struct text_option spec = { &info->texts, TEXT_SPEC };
	struct text_option filter = { &info->texts, TEXT_FILTER };
	struct text_option errors = { &info->texts, TEXT_ERRORS };
	struct text_option exclude = { &info->texts, TEXT_EXCLUDE };
	const struct option options[] = {
		OPT_CALLBACK('f', "function", &spec, "spec", "function or pattern to show",
			     text_option__keep),
		OPT_CALLBACK(0, "filter", &filter, "filter", "what the -f before it is filtered by",
			     text_option__keep),
		OPT_CALLBACK(0, "exclude", &exclude, "pattern", "functions to leave out",
			     text_option__keep),
		OPT_CALLBACK_NOARG(0, "errors", &errors,
				   "leave out functions of the -f before that can't return errors",
				   text_option__keep),
		OPT_STRING(0, "vmlinux", &info->vmlinux, "file",
			   "vmlinux with DWARF, for source files"),
		OPT_INCR('v', "verbose", &verbose,
			 "also how values are computed, and parameters on the stack"),
		OPT_END(),
	};

	argc = options__parse(argc, argv, options, info_usage, 0);
	for (int i = 0; i < argc; i++)
		if (texts__add(&info->texts, TEXT_SPEC, argv[i]))
			return -1;
	if (argc >= 0 && !texts__has(&info->texts, TEXT_SPEC))
		return -options__usage_error(info_usage, options, "no function is named");
	return argc;
}

int cmd_info(int argc, const char **argv)
{
	struct info info = { 0 };
	int status;

	argc = parse_options(argc, argv, &info);
	status = argc < 0 ? -argc : run(&info);
	for (unsigned int i = 0; i < info.nr_specs; i++)
		spec__free(info.specs[i]);
	free(info.specs);
	buf__exit(&info.line);
	texts__exit(&info.texts);
	traceable__free(info.traceable);
	kbtf__free(info.kbtf);
	return status;
}
