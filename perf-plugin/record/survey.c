// SPDX-License-Identifier: GPL-2.0-only
#include "survey.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../util/suggest.h"
#include "absent.h"

#define MAX_SUGGESTIONS	3
#define MAX_REASONS	5	/* in the summary */
#define TELL_EVERY	64	/* functions */

static const char *what_is(const struct spec *spec)
{
	return spec->kind == SPEC_TRACEPOINT ? "tracepoint" : "function";
}

/* ---- what matches ------------------------------------------------------------------------- */

static struct surveyed *add(struct survey *survey, const struct kfunc *func, bool in_btf)
{
	struct surveyed *funcs = survey->funcs;

	if (survey->nr == survey->cap) {
		size_t cap = survey->cap ? 2 * survey->cap : 64;

		funcs = reallocarray(funcs, cap, sizeof(*funcs));
		if (!funcs)
			return NULL;
		survey->funcs = funcs;
		survey->cap = cap;
	}
	funcs[survey->nr] = (struct surveyed){ .func = *func, .in_btf = in_btf, .reason = -1 };
	return &funcs[survey->nr++];
}

static bool has_name(const char *name, const void *ctx)
{
	return matcher__matches(ctx, name);
}

static int take_func(const struct kfunc *func, void *ctx)
{
	struct survey *survey = ctx;

	/* BTF may describe several static functions of one name: the first stands for all. */
	if (survey->last_name && !strcmp(survey->last_name, func->name) &&
	    survey->last_module == func->module) {
		return 0;
	}
	survey->last_name = func->name;
	survey->last_module = func->module;
	survey->nr_by_name++;
	if (!wants__types_fit(&survey->wants, func))
		return 0;
	wants__count(&survey->wants, func);
	return add(survey, func, true) ? 0 : -ENOMEM;
}

static int match(struct survey *survey, const char *module, struct diag *diag)
{
	return kbtf__for_each_match(survey->kbtf, survey->spec->kind == SPEC_TRACEPOINT, module,
				    has_name, survey->matcher, take_func, survey, diag);
}

/* For each name that was written out in a list, what is near to it. */
static void hint_similar(const struct survey *survey, struct diag *diag)
{
	const struct spec *spec = survey->spec;
	const char *names[MAX_SUGGESTIONS];

	for (unsigned int i = 0; i < spec->nr_patterns; i++) {
		const struct spec_pattern *pattern = &spec->patterns[i];

		if (pattern->kind == PATTERN_GLOB && !pattern->exclude &&
		    !strpbrk(pattern->text, "*?["))
			absent__hint_names(diag, names,
					   kbtf__suggest(survey->kbtf,
							 spec->kind == SPEC_TRACEPOINT,
							 pattern->text, names, MAX_SUGGESTIONS));
	}
}

static int count_types(const struct kfunc *func, void *ctx)
{
	struct survey *survey = ctx;

	wants__count_types(&survey->wants, func);
	return 0;
}

/* There are functions, but none with parameters of the types that were asked for. */
static int nothing_fits(struct survey *survey, struct diag *diag)
{
	const struct spec *spec = survey->spec;
	const struct want_type *wrong = NULL;

	kbtf__for_each_match(survey->kbtf, spec->kind == SPEC_TRACEPOINT,
			     survey->in_modules ? "*" : spec->module, has_name, survey->matcher,
			     count_types, survey, NULL);
	for (unsigned int i = 0; i < survey->wants.nr_types && !wrong; i++)
		if (!survey->wants.types[i].nr_funcs)
			wrong = &survey->wants.types[i];
	if (!wrong)
		return diag__error_at(diag, -ENOENT, spec->pattern_span,
				      "none of the %zu %ss that match has parameters of all these "
				      "types", survey->nr_by_name, what_is(spec));
	diag__set_text(diag, wrong->filter);
	diag__error_at(diag, -ENOENT, wrong->type->span,
		       "none of the %zu %ss that match '%s' has a parameter of this type",
		       survey->nr_by_name, what_is(spec), spec->pattern);
	absent__hint_type(wrong->type, survey->kbtf, diag);
	return -ENOENT;
}

static int nothing_matches(struct survey *survey, struct diag *diag)
{
	const struct spec *spec = survey->spec;

	if (survey->nr_by_name)
		return nothing_fits(survey, diag);
	diag__error_at(diag, -ENOENT, spec->pattern_span, "no %s matches '%s'%s%s", what_is(spec),
		       spec->pattern, spec->module ? " in " : "", spec->module ? spec->module : "");
	hint_similar(survey, diag);
	return -ENOENT;
}

static int match_all(struct survey *survey, struct diag *diag)
{
	const struct spec *spec = survey->spec;
	int err;

	err = match(survey, survey->module ? survey->module : spec->module, diag);
	if (!err && !survey->nr_by_name && !spec->module && !survey->module) {
		survey->in_modules = true;
		err = match(survey, "*", diag);
	}
	if (err == -ENODEV && !diag__is_set(diag))
		return absent__module(spec, survey->kbtf, diag);
	return err || survey->nr ? err : nothing_matches(survey, diag);
}

int survey__new(const struct spec *spec, struct kbtf *kbtf, const char *module,
		const char *vmlinux, struct survey **out, struct diag *diag)
{
	struct survey *survey = calloc(1, sizeof(*survey));
	int err;

	*out = NULL;
	if (!survey)
		return -ENOMEM;
	survey->spec = spec;
	survey->kbtf = kbtf;
	survey->module = module;
	err = wants__new(spec, &survey->wants);
	if (!err)
		err = matcher__new(spec, vmlinux, &survey->matcher, diag);
	if (!err)
		err = match_all(survey, diag);
	if (err)
		survey__free(survey);
	else
		*out = survey;
	return err;
}

void survey__free(struct survey *survey)
{
	if (!survey)
		return;
	for (size_t i = 0; i < survey->nr; i++)
		free(survey->funcs[i].detail);
	for (unsigned int i = 0; i < survey->nr_reasons; i++) {
		free(survey->reasons[i].text);
		diag__exit(&survey->reasons[i].diag);
	}
	free(survey->reasons);
	free(survey->funcs);
	wants__exit(&survey->wants);
	matcher__free(survey->matcher);
	free(survey);
}

/* ---- reasons ------------------------------------------------------------------------------ */

/* The reason of this text, made if it is new. @text becomes the survey's. NULL: no memory. */
static struct survey_reason *reason_of(struct survey *survey, char *text)
{
	struct survey_reason *reasons;

	for (unsigned int i = 0; text && i < survey->nr_reasons; i++) {
		if (!strcmp(survey->reasons[i].text, text)) {
			free(text);
			return &survey->reasons[i];
		}
	}
	reasons = reallocarray(survey->reasons, survey->nr_reasons + 1, sizeof(*reasons));
	if (reasons)
		survey->reasons = reasons;
	if (!reasons || !text) {
		free(text);
		return NULL;
	}
	reasons[survey->nr_reasons] = (struct survey_reason){ .text = text };
	return &reasons[survey->nr_reasons++];
}

static int leave_out(struct survey *survey, struct surveyed *func, char *text)
{
	struct survey_reason *reason = reason_of(survey, text);

	if (!reason)
		return -ENOMEM;
	reason->nr++;
	func->reason = reason - survey->reasons;
	return 0;
}

/* What the checker says of many functions has to be one text: "'f' has" is "it has". */
static char *without_name(const char *msg, const char *name)
{
	struct buf text = BUF_INIT, quoted = BUF_INIT;
	const char *at;

	buf__addf(&quoted, "'%s'", name);
	while ((at = strstr(msg, buf__str(&quoted)))) {
		buf__add(&text, msg, at - msg);
		buf__adds(&text, "it");
		msg = at + quoted.len;
	}
	buf__adds(&text, msg);
	buf__exit(&quoted);
	return buf__take(&text);
}

/* Leaves @func out for what @diag says, which is taken over. */
static int leave_out_for(struct survey *survey, struct surveyed *func, struct diag *diag)
{
	struct survey_reason *reason;
	int err;

	err = leave_out(survey, func, without_name(diag->msg, func->func.name));
	if (err)
		return err;
	reason = &survey->reasons[func->reason];
	reason->is_message = true;
	if (!diag__is_set(&reason->diag)) {
		reason->diag = *diag;
		*diag = (struct diag)DIAG_INIT;
	}
	return 0;
}

const char *survey__why(const struct survey *survey, const struct surveyed *func)
{
	return func->reason < 0 ? NULL : survey->reasons[func->reason].text;
}

/* ---- judging ------------------------------------------------------------------------------ */

static void take_clone(const char *clone, void *ctx)
{
	char **name = ctx;

	if (!*name)
		*name = strdup(clone);
}

static int judge(struct survey *survey, struct surveyed *func, const struct traceable *traceable)
{
	const struct want_name *missing;
	char *text = NULL;

	if (survey->spec->kind == SPEC_FUNC && traceable &&
	    traceable__ask(traceable, func->func.module, func->func.name) == TRACEABLE_NO) {
		traceable__for_each_clone(traceable, func->func.name, take_clone, &func->detail);
		return leave_out(survey, func, strdup(func->detail ? "changed by the compiler" :
								     "notrace or __init"));
	}
	missing = wants__missing(&survey->wants, &func->func);
	if (!missing)
		return 0;
	if (asprintf(&text, "without '%s'", missing->name) < 0)
		text = NULL;
	return leave_out(survey, func, text);
}

struct adding {
	struct survey *survey;
	size_t nr_in_btf;
	int err;
};

static bool is_in_scope(const struct survey *survey, const char *module)
{
	const char *wanted = survey->spec->module;

	if (!wanted)
		return survey->in_modules || !module;
	return !fnmatch(wanted, module ? module : "vmlinux", 0);
}

/* Finds @name, or what it was before the compiler put a suffix to it, among what BTF has. */
static bool is_surveyed(const struct adding *adding, const char *name, size_t len)
{
	size_t low = 0, high = adding->nr_in_btf;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *other = adding->survey->funcs[mid].func.name;
		int order = strncmp(other, name, len);

		if (!order && !other[len])
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static void add_unknown(const char *module, const char *name, void *ctx)
{
	const struct kfunc func = { .name = name, .module = module };
	struct adding *adding = ctx;
	struct surveyed *added;

	if (adding->err || !is_in_scope(adding->survey, module) ||
	    is_surveyed(adding, name, strlen(name)) ||
	    is_surveyed(adding, name, strcspn(name, ".")))
		return;
	added = add(adding->survey, &func, false);
	adding->err = added ? leave_out(adding->survey, added,
					strdup(strchr(name, '.') ? "changed by the compiler" :
								   "not in BTF")) : -ENOMEM;
}

static int compare_surveyed(const void *pa, const void *pb)
{
	const struct surveyed *a = pa, *b = pb;
	const char *ma = a->func.module ? a->func.module : "";
	const char *mb = b->func.module ? b->func.module : "";
	int order = strcmp(a->func.name, b->func.name);

	if (!order)
		order = strcmp(ma, mb);
	return order ? order : (a->func.id > b->func.id) - (a->func.id < b->func.id);
}

int survey__judge(struct survey *survey, const struct traceable *traceable)
{
	struct adding adding = { .survey = survey, .nr_in_btf = survey->nr };
	int err = 0;

	for (size_t i = 0; i < survey->nr && !err; i++)
		err = judge(survey, &survey->funcs[i], traceable);
	if (err || survey->spec->kind != SPEC_FUNC || !traceable || wants__by_type(&survey->wants))
		return err;
	traceable__for_each(traceable, has_name, survey->matcher, add_unknown, &adding);
	if (!adding.err && survey->nr > adding.nr_in_btf)
		qsort(survey->funcs, survey->nr, sizeof(*survey->funcs), compare_surveyed);
	return adding.err;
}

/* ---- typing ------------------------------------------------------------------------------- */

static bool leaves_out(int err)
{
	return err == -EINVAL || err == -ENOENT || err == -E2BIG;
}

static int type_one(struct survey *survey, struct surveyed *func, survey_fn fn, void *ctx,
		    struct diag *diag)
{
	struct typed_spec *typed = NULL;
	struct diag own = DIAG_INIT;
	int err;

	err = typed_spec__new(survey->spec, &func->func, &typed, &own);
	if (!err && fn)
		err = fn(typed, ctx, &own);
	typed_spec__free(typed);
	if (err && leaves_out(err) && diag__is_set(&own)) {
		err = leave_out_for(survey, func, &own);
	} else if (err && diag && !diag__is_set(diag)) {
		diag__exit(diag);
		*diag = own;
		own = (struct diag)DIAG_INIT;
	}
	diag__exit(&own);
	return err;
}

/* The names of all parameters of the functions that match, for the one nearest to @name. */
static void suggest_params(const struct survey *survey, const char *name, struct diag *diag)
{
	const char *names[MAX_SUGGESTIONS];
	struct suggest suggest;

	suggest__init(&suggest, name);
	for (size_t i = 0; i < survey->nr; i++)
		for (unsigned int j = 0; j < survey->funcs[i].func.nr_params; j++)
			suggest__offer(&suggest, kfunc__param_name(&survey->funcs[i].func, j));
	absent__hint_names(diag, names, suggest__best(&suggest, names, MAX_SUGGESTIONS));
}

/*
 * A name that none of the functions has as a parameter is an enumerator, or wrong for all of them;
 * typing one of them tells. Saves typing thousands in vain.
 */
static int check_names(const struct survey *survey, const struct surveyed *func,
		       struct diag *diag)
{
	const struct want_name *wrong = NULL;
	struct typed_spec *typed = NULL;
	struct diag own = DIAG_INIT;
	int err;

	for (unsigned int i = 0; i < survey->wants.nr_names && !wrong; i++)
		if (!survey->wants.names[i].nr_funcs)
			wrong = &survey->wants.names[i];
	if (!wrong)
		return 0;
	err = typed_spec__new(survey->spec, &func->func, &typed, &own);
	typed_spec__free(typed);
	if (err && own.has_span && own.span.pos == wrong->span.pos &&
	    own.span.len == wrong->span.len && !own.text == !wrong->filter) {
		diag__set_text(diag, wrong->filter);
		err = diag__error_at(diag, -EINVAL, wrong->span,
				     "none of the %zu %ss that match '%s' has a parameter '%s'",
				     survey->nr, what_is(survey->spec), survey->spec->pattern,
				     wrong->name);
		suggest_params(survey, wrong->name, diag);
	} else {
		err = 0;
	}
	diag__exit(&own);
	return err;
}

static const struct survey_reason *most_frequent(const struct survey *survey)
{
	const struct survey_reason *most = NULL;

	for (unsigned int i = 0; i < survey->nr_reasons; i++) {
		const struct survey_reason *reason = &survey->reasons[i];

		if (!most || reason->nr > most->nr ||
		    (reason->nr == most->nr && reason->is_message))
			most = reason;
	}
	return most;
}

static int nothing_left(const struct survey *survey, struct diag *diag)
{
	const struct survey_reason *most = most_frequent(survey);
	const struct diag *own = most ? &most->diag : NULL;
	const struct spec *spec = survey->spec;
	struct buf text = BUF_INIT;

	survey__sum_up(survey, &text);
	if (most && most->is_message) {
		diag__set_text(diag, own->text);
		if (own->has_span)
			diag__error_at(diag, -ENOENT, own->span, "%s", own->msg);
		else
			diag__error(diag, -ENOENT, "%s", own->msg);
		if (own->hint)
			diag__hint(diag, "%s", own->hint);
		diag__hint(diag, "%s", buf__str(&text));
	} else {
		diag__error_at(diag, -ENOENT, spec->pattern_span, "%s", buf__str(&text));
	}
	diag__hint(diag, "perf btfsnoop info '%s' lists them", spec->text);
	buf__exit(&text);
	return -ENOENT;
}

static void tell(const struct survey *survey, size_t done)
{
	if (survey->progress && (done % TELL_EVERY == 0 || done == survey->nr))
		survey->progress(survey->progress_ctx, "Resolving", done, survey->nr);
}

int survey__type(struct survey *survey, survey_fn fn, void *ctx, struct diag *diag)
{
	bool checked = false;
	size_t nr_left = 0;
	int err = 0;

	for (size_t i = 0; i < survey->nr && !err; i++) {
		struct surveyed *func = &survey->funcs[i];

		if (func->reason >= 0)
			continue;
		if (!checked)
			err = check_names(survey, func, diag);
		checked = true;
		if (!err)
			err = type_one(survey, func, fn, ctx, diag);
		nr_left += func->reason < 0;
		tell(survey, i + 1);
	}
	tell(survey, survey->nr);
	return err || nr_left ? err : nothing_left(survey, diag);
}

/* ---- telling ------------------------------------------------------------------------------ */

static int compare_reasons(const void *pa, const void *pb)
{
	const struct survey_reason *const *a = pa, *const *b = pb;

	return (*a)->nr < (*b)->nr ? 1 : (*a)->nr > (*b)->nr ? -1 : strcmp((*a)->text, (*b)->text);
}

static void add_reasons(const struct survey *survey, struct buf *out)
{
	const struct survey_reason **sorted = calloc(survey->nr_reasons, sizeof(*sorted));
	unsigned int others = 0;

	for (unsigned int i = 0; sorted && i < survey->nr_reasons; i++)
		sorted[i] = &survey->reasons[i];
	if (!sorted)
		return;
	qsort(sorted, survey->nr_reasons, sizeof(*sorted), compare_reasons);
	buf__adds(out, " (");
	for (unsigned int i = 0; i < survey->nr_reasons; i++) {
		if (i >= MAX_REASONS)
			others += sorted[i]->nr;
		else
			buf__addf(out, "%s%u%s %s", i ? ", " : "", sorted[i]->nr,
				  sorted[i]->is_message ? ":" : "", sorted[i]->text);
	}
	if (others)
		buf__addf(out, ", %u for other reasons", others);
	buf__addc(out, ')');
	free(sorted);
}

void survey__sum_up(const struct survey *survey, struct buf *out)
{
	const char *s = survey->nr == 1 ? "" : "s", *es = survey->nr == 1 ? "es" : "";
	size_t nr_left = 0;

	for (size_t i = 0; i < survey->nr; i++)
		nr_left += survey->funcs[i].reason < 0;
	buf__addf(out, "%s: %zu %s%s match%s, ", survey->spec->pattern, survey->nr,
		  what_is(survey->spec), s, es);
	if (nr_left == survey->nr)
		buf__addf(out, "%s traced", survey->nr == 1 ? "it is" : "all are");
	else if (!nr_left)
		buf__adds(out, "none is traced");
	else
		buf__addf(out, "%zu %s traced", nr_left, nr_left == 1 ? "is" : "are");
	if (nr_left < survey->nr)
		add_reasons(survey, out);
}
