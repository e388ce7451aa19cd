// SPDX-License-Identifier: GPL-2.0-only
#include "resolve.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../attach/traceable.h"
#include "../types/ksyms.h"
#include "../types/typed.h"
#include "../util/buf.h"
#include "../util/verbose.h"
#include "absent.h"
#include "locate.h"
#include "survey.h"

/* Something that is read while BTF is parsed: making their texts takes the kernel longer. */
struct reading {
	pthread_t thread;
	bool running;
	int err;
	struct diag diag;
};

struct resolver {
	const struct resolve_opts *opts;
	struct resolved *out;
	struct diag *diag;
	const char *module;		/* that came; NULL: from the start */
	struct survey **surveys;	/* one for each spec; of exact ones NULL */
	bool *waits;			/* of each spec: nothing matches yet, or it is not about the
					 * module */
	const struct spec *spec;	/* whose events are being made */
	struct ksyms *ksyms;
	struct reading ksyms_reading;
	struct traceable *traceable;	/* NULL where no pattern needs it */
	struct reading traceable_reading;
};

/* ---- reading in the background ------------------------------------------------------------ */

static int reading__start(struct reading *reading, void *(*fn)(void *), struct resolver *r)
{
	int err = -pthread_create(&reading->thread, NULL, fn, r);

	reading->running = !err;
	return err;
}

static int reading__finish(struct reading *reading, struct diag *diag)
{
	if (!reading->running)
		return 0;
	pthread_join(reading->thread, NULL);
	reading->running = false;
	if (reading->err && diag && !diag__is_set(diag)) {
		diag__exit(diag);
		*diag = reading->diag;
		reading->diag = (struct diag)DIAG_INIT;
	}
	return reading->err;
}

static void *read_symbols(void *arg)
{
	struct resolver *r = arg;

	r->ksyms_reading.err = ksyms__read(r->ksyms, NULL, &r->ksyms_reading.diag);
	return NULL;
}

static void *read_traceable(void *arg)
{
	struct resolver *r = arg;

	r->traceable_reading.err = traceable__new(NULL, NULL, &r->traceable);
	return NULL;
}

/* What has to be known of all functions before the first one is looked at. */
static void say_reading(const struct resolver *r, bool done)
{
	if (r->opts->progress)
		r->opts->progress(r->opts->progress_ctx, "Reading the kernel's functions", done,
				  done);
}

/* "module:name" without the module; *@module is the caller's, NULL: none. */
static const char *split_name(const char *text, char **module)
{
	const char *colon = strchr(text, ':');

	*module = colon ? strndup(text, colon - text) : NULL;
	return colon ? colon + 1 : text;
}

static int want_names(struct resolver *r, char *const *texts, unsigned int nr)
{
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++) {
		const char *colon = strchr(texts[i], ':');

		err = ksyms__want(r->ksyms, colon ? colon + 1 : texts[i]);
	}
	return err;
}

static int want_survey(struct resolver *r, const struct survey *survey, bool *any_module)
{
	bool tracepoint = survey->spec->kind == SPEC_TRACEPOINT;
	int err = 0;

	for (size_t i = 0; i < survey->nr && !err; i++) {
		err = locate__want(r->ksyms, tracepoint, survey->funcs[i].func.name);
		*any_module |= survey->funcs[i].func.module != NULL;
	}
	return err;
}

/*
 * Starts reading the addresses of all functions that could raise events, and the kernel's own
 * bounds, in one pass.
 */
static int start_symbols(struct resolver *r)
{
	const struct resolve_opts *opts = r->opts;
	bool any_module = opts->nr_stack_has || opts->nr_sequence || r->module;
	int err = ksyms__new(&r->ksyms);

	if (!err)
		err = ksyms__want(r->ksyms, "_text");
	if (!err)
		err = ksyms__want(r->ksyms, "_etext");
	for (unsigned int i = 0; i < opts->nr_specs && !err; i++) {
		const struct spec *spec = opts->specs[i];

		if (r->waits[i] && r->module)
			continue;
		if (r->surveys[i])
			err = want_survey(r, r->surveys[i], &any_module);
		else
			err = locate__want(r->ksyms, spec->kind == SPEC_TRACEPOINT, spec->pattern);
		any_module |= spec->module != NULL;
	}
	for (unsigned int i = 0; i < opts->nr_notes && !err; i++)
		err = locate__want(r->ksyms, opts->notes[i]->kind == SPEC_TRACEPOINT,
				   opts->notes[i]->pattern);
	if (!err)
		err = want_names(r, opts->stack_has, opts->nr_stack_has);
	if (!err)
		err = want_names(r, opts->sequence, opts->nr_sequence);
	if (!err && !any_module)
		ksyms__stop_early(r->ksyms);
	return err ? err : reading__start(&r->ksyms_reading, read_symbols, r);
}

/* ---- specs -------------------------------------------------------------------------------- */

/* The function's place in --sequence, counted from 1; 0: it is not in it. */
static unsigned int sequence_step(const struct resolver *r, const struct kfunc *func)
{
	for (unsigned int i = 0; i < r->out->nr_sequence; i++) {
		const struct kfunc *other = &r->out->sequence[i].func;

		if (other->btf == func->btf && other->id == func->id)
			return i + 1;
	}
	return 0;
}

static void say_left_out(const struct typed_spec *typed, bool exact)
{
	for (unsigned int i = 0; i < typed->nr_left_out; i++) {
		if (exact)
			pr_warning("warning: %s: not recorded: %s\n", typed->func.name,
				   typed->left_out[i]);
		else
			pr_debug("%s: not recorded: %s\n", typed->func.name, typed->left_out[i]);
	}
}

/* What values and conditions have become. */
static void say_typed(const struct typed_spec *typed, bool exact)
{
	struct buf text = BUF_INIT;

	if (verbose < (exact ? 1 : 2))
		return;
	for (unsigned int i = 0; i < typed->nr_items; i++) {
		buf__addf(&text, "  %s: ", typed->items[i].name);
		if (typed->items[i].expr)
			typed_expr__dump(typed->items[i].expr, &text);
		else
			buf__adds(&text, "comm()");
		buf__addc(&text, '\n');
	}
	for (unsigned int i = 0; i < typed->nr_terms; i++) {
		buf__addf(&text, "  only if %s: ", typed->terms[i].text);
		typed_expr__dump(typed->terms[i].expr, &text);
		buf__addc(&text, '\n');
	}
	pr_debug("%s:\n%s", typed->func.name, buf__str(&text));
	buf__exit(&text);
}

static bool has_condition(const struct resolver *r, const struct spec *spec)
{
	return spec->errors || spec->nr_filters > r->opts->nr_common ||
	       typed__has_condition(spec);
}

/*
 * Whether an object can be followed from @spec's events on. A filter says where that is; then it is
 * not where there is none.
 */
static bool starts_tracking(const struct resolver *r, const struct spec *spec)
{
	bool any = false;

	for (unsigned int i = 0; i < r->opts->nr_specs; i++)
		any |= has_condition(r, r->opts->specs[i]);
	return !any || has_condition(r, spec);
}

static int add_typed(struct typed_spec *typed, void *ctx, struct diag *diag)
{
	struct resolver *r = ctx;
	struct event_opts opts = *r->opts->event_opts;
	bool exact = spec__is_exact(typed->spec);
	unsigned int step = 0;
	int err;

	if (typed->spec->kind == SPEC_FUNC)
		step = sequence_step(r, &typed->func);
	opts.sequence_step = step;
	if (typed->spec->is_note)
		opts.track = NULL;
	opts.track_starts = opts.track && starts_tracking(r, typed->spec);
	opts.raise_at_return |= step && step < r->out->nr_sequence;
	err = event_list__add(r->out->events, typed, &opts, diag);
	if (!err) {
		say_left_out(typed, exact);
		say_typed(typed, exact);
	}
	/* No more room for any event at all: not this function's fault. */
	if (err == -E2BIG && r->out->events->first + r->out->events->nr == BS_MAX_EVENTS) {
		if (!exact && typed->spec->has_items)
			diag__hint(diag, "functions whose values have the same types share an "
					 "event: a cast makes them the same, as in (long)return");
		else if (!exact)
			diag__hint(diag, "name values, and all functions share one event: %s(...)",
				   typed->spec->pattern);
		return -ENOSPC;
	}
	return err;
}

static int find_exact(struct resolver *r, const struct spec *spec, struct kfunc *func)
{
	int err;

	if (spec->kind == SPEC_TRACEPOINT)
		err = kbtf__find_tracepoint(r->out->kbtf, spec->module, spec->pattern, func,
					    r->diag);
	else
		err = kbtf__find_func(r->out->kbtf, r->module ? r->module : spec->module,
				      spec->pattern, func, r->diag);
	if ((err == -ENODEV || err == -ENOENT) && !diag__is_set(r->diag) &&
	    (r->module || resolve__follows(r->opts, spec)))
		return -ENXIO;
	if (err == -ENODEV && !diag__is_set(r->diag))
		return absent__module(spec, r->out->kbtf, r->diag);
	if (err == -ENOENT && !diag__is_set(r->diag))
		return absent__func(spec, r->out->kbtf, r->opts->vmlinux, r->diag);
	return err;
}

/* Said of what would be an error if modules were not followed. */
static void say_waits(const struct spec *spec)
{
	pr_info("%s%s%s: nothing matches yet: waiting for modules\n",
		spec->module ? spec->module : "", spec->module ? ":" : "", spec->pattern);
}

/* The function has no parameter that is followed: that is an error if it is the only one. */
static int leave_untracked(struct resolver *r, const struct spec *spec)
{
	if (r->opts->nr_specs == 1)
		return -ENOENT;
	pr_warning("warning: %s: not recorded: %s\n", spec->pattern, r->diag->msg);
	diag__exit(r->diag);
	*r->diag = (struct diag)DIAG_INIT;
	return 0;
}

static int add_exact(struct resolver *r, const struct spec *spec)
{
	struct typed_spec *typed;
	struct kfunc func;
	int err;

	err = find_exact(r, spec, &func);
	if (err == -ENXIO && !r->module)
		say_waits(spec);
	if (err)
		return err == -ENXIO ? 0 : err;
	err = typed_spec__new(spec, &func, &typed, r->diag);
	if (err)
		return err;
	err = add_typed(typed, r, r->diag);
	if (err == -ENOENT && r->opts->track.what && !spec->is_note)
		err = leave_untracked(r, spec);
	typed_spec__free(typed);
	return err;
}

static void say_survey(const struct survey *survey)
{
	struct buf text = BUF_INIT;

	survey__sum_up(survey, &text);
	pr_info("%s\n", buf__str(&text));
	buf__exit(&text);
	for (size_t i = 0; i < survey->nr && verbose > 0; i++) {
		const struct surveyed *func = &survey->funcs[i];
		const char *why = survey__why(survey, func);

		if (why)
			pr_debug("  not traced: %s: %s%s%s%s\n", func->func.name, why,
				 func->detail ? " (" : "", func->detail ? func->detail : "",
				 func->detail ? ")" : "");
	}
}

static int add_pattern(struct resolver *r, struct survey *survey)
{
	int err = survey__judge(survey, r->traceable);

	survey->progress = r->opts->progress;
	survey->progress_ctx = r->opts->progress_ctx;
	if (!err)
		err = survey__type(survey, add_typed, r, r->diag);
	if (!err && !r->module)
		say_survey(survey);
	return err;
}

static int add_spec(struct resolver *r, unsigned int i)
{
	if (r->waits[i])
		return 0;
	return r->surveys[i] ? add_pattern(r, r->surveys[i]) : add_exact(r, r->spec);
}

/* When a module came, others of its functions can still be recorded. */
static int forgive(struct resolver *r, int err)
{
	if (!r->module || (err != -EINVAL && err != -ENOENT && err != -E2BIG))
		return err;
	pr_debug("%s: %s: %s\n", r->module, r->spec->text,
		 diag__is_set(r->diag) ? r->diag->msg : strerror(-err));
	diag__exit(r->diag);
	*r->diag = (struct diag)DIAG_INIT;
	return 0;
}

static bool has_module(const struct event_list *events)
{
	for (unsigned int i = 0; i < events->nr; i++)
		for (unsigned int j = 0; j < events->events[i]->nr_funcs; j++)
			if (events->events[i]->funcs[j].func.module)
				return true;
	return false;
}

/* What tells of modules that come and go. */
static int add_notes(struct resolver *r)
{
	bool follows = resolve__follows_any(r->opts);
	int err = 0;

	if (!follows && !has_module(r->out->events))
		return 0;
	for (unsigned int i = 0; i < r->opts->nr_notes && !err; i++)
		err = add_exact(r, r->opts->notes[i]);
	/* Without following it is no more than a help. */
	if (!err || follows || err == -ENOMEM)
		return err;
	diag__exit(r->diag);
	*r->diag = (struct diag)DIAG_INIT;
	return 0;
}

static int add_specs(struct resolver *r)
{
	int err = reading__finish(&r->traceable_reading, r->diag);

	say_reading(r, true);
	for (unsigned int i = 0; i < r->opts->nr_specs && !err; i++) {
		r->spec = r->opts->specs[i];
		err = forgive(r, add_spec(r, i));
		if (err)
			r->out->failed = r->spec;
	}
	return err || r->module ? err : add_notes(r);
}

/* Nothing matches the pattern. That is an error only if nothing can come. */
static int let_wait(struct resolver *r, unsigned int i, int err)
{
	const struct spec *spec = r->opts->specs[i];

	if (!r->module && !resolve__follows(r->opts, spec))
		return err;
	if (!r->module)
		say_waits(spec);
	r->waits[i] = true;
	diag__exit(r->diag);
	*r->diag = (struct diag)DIAG_INIT;
	return 0;
}

/* Finds what patterns match; exact specs are looked up when their turn comes. */
static int survey_patterns(struct resolver *r)
{
	const struct resolve_opts *opts = r->opts;
	int err = 0;

	for (unsigned int i = 0; i < opts->nr_specs && !err; i++) {
		if (spec__is_exact(opts->specs[i]) || r->waits[i])
			continue;
		err = survey__new(opts->specs[i], r->out->kbtf, r->module, opts->vmlinux,
				  &r->surveys[i], r->diag);
		if (err == -ENOENT || err == -ENODEV)
			err = let_wait(r, i, err);
		if (err)
			r->out->failed = opts->specs[i];
	}
	return err;
}

/* ---- functions by themselves -------------------------------------------------------------- */

static int unknown_name(struct resolver *r, const char *option, const char *text)
{
	const char *names[3], *colon = strchr(text, ':');

	diag__set_text(r->diag, NULL);
	diag__error(r->diag, -ENOENT, "%s: the kernel has no function '%s'", option, text);
	absent__hint_names(r->diag, names, kbtf__suggest(r->out->kbtf, false,
							 colon ? colon + 1 : text, names, 3));
	return -ENOENT;
}

static int find_sequence(struct resolver *r)
{
	unsigned int nr = r->opts->nr_sequence;
	int err = 0;

	if (!nr)
		return 0;
	r->out->sequence = calloc(nr, sizeof(*r->out->sequence));
	if (!r->out->sequence)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr && !err; i++) {
		const char *text = r->opts->sequence[i], *name;
		char *module;

		name = split_name(text, &module);
		err = kbtf__find_func(r->out->kbtf, module, name, &r->out->sequence[i].func,
				      r->diag);
		free(module);
		if ((err == -ENOENT || err == -ENODEV) && !diag__is_set(r->diag))
			err = unknown_name(r, "--sequence", text);
		r->out->nr_sequence += !err;
	}
	return err;
}

static int locate_sequence(struct resolver *r)
{
	int err = 0;

	for (unsigned int i = 0; i < r->out->nr_sequence && !err; i++) {
		struct resolved_func *func = &r->out->sequence[i];

		err = locate__find(r->ksyms, func->func.module, func->func.name, &func->addrs,
				   &func->nr_addrs);
	}
	return err;
}

static int locate_stack_func(struct resolver *r, const char *text, uint64_t *addr)
{
	unsigned int nr;
	const char *name;
	char *module;

	name = split_name(text, &module);
	nr = ksyms__find(r->ksyms, module, name, addr, 1);
	if (!nr && !module)
		nr = ksyms__find(r->ksyms, "*", name, addr, 1);
	free(module);
	if (nr > 1)
		return diag__error(r->diag, -EINVAL, "--stack-has: the kernel has %u functions "
						     "'%s'", nr, text);
	if (!nr && ksyms__hidden(r->ksyms))
		return diag__error(r->diag, -EPERM, "--stack-has: /proc/kallsyms hides where '%s' "
						    "is (see kernel.kptr_restrict)", text);
	return nr ? 0 : unknown_name(r, "--stack-has", text);
}

static int locate_stack_has(struct resolver *r)
{
	uint64_t addrs[BS_MAX_STACK_HAS], ends[BS_MAX_STACK_HAS];
	unsigned int nr = r->opts->nr_stack_has;
	int err = 0;

	if (!nr)
		return 0;
	if (nr > BS_MAX_STACK_HAS)
		return diag__error(r->diag, -E2BIG, "more than %d functions for --stack-has",
				   BS_MAX_STACK_HAS);
	for (unsigned int i = 0; i < nr && !err; i++)
		err = locate_stack_func(r, r->opts->stack_has[i], &addrs[i]);
	if (!err)
		err = ksyms__find_ends(NULL, addrs, ends, nr, r->diag);
	for (unsigned int i = 0; i < nr && !err; i++) {
		r->out->stack_has[i].start = addrs[i];
		r->out->stack_has[i].end = ends[i];
	}
	return err;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static const struct survey *survey_of(const struct resolver *r, const struct spec *spec)
{
	for (unsigned int i = 0; i < r->opts->nr_specs; i++)
		if (r->opts->specs[i] == spec)
			return r->surveys[i];
	return NULL;
}

/* One name, several static functions of different files: who asked for one has to know. */
static void say_several(const struct event *event)
{
	pr_info("%s: the kernel has %u functions of this name, and all are traced; BTF describes "
		"one, the others may have other parameters\n", event->spec->pattern,
		event->nr_funcs);
}

static int locate_events(struct resolver *r)
{
	struct event_list *events = r->out->events;
	const struct spec *said = NULL;
	int err = 0;

	ksyms__find(r->ksyms, NULL, "_text", &r->out->kernel_start, 1);
	ksyms__find(r->ksyms, NULL, "_etext", &r->out->kernel_end, 1);
	for (unsigned int i = 0; i < events->nr && !err; i++) {
		const struct survey *survey = survey_of(r, events->events[i]->spec);

		err = locate__event(r->ksyms, events->events[i], survey ? survey->matcher : NULL,
				    r->out->kernel_start);
		if (!err && !survey && events->events[i]->nr_funcs > 1 &&
		    events->events[i]->spec != said) {
			said = events->events[i]->spec;
			say_several(events->events[i]);
		}
	}
	return err;
}

static int finish_symbols(struct resolver *r)
{
	int err = reading__finish(&r->ksyms_reading, r->diag);

	if (!err && ksyms__hidden(r->ksyms))
		pr_warning("warning: /proc/kallsyms hides addresses: samples will have none "
			   "(see kernel.kptr_restrict)\n");
	return err;
}

static int make_track_notes(struct resolver *r)
{
	if (r->opts->track.what && !r->out->events->nr && !r->opts->follow &&
	    !r->opts->follow_globs) {
		diag__error(r->diag, -ENOENT, "no function has a parameter for --track %s",
			    r->opts->track.what->text);
		diag__hint(r->diag, "it is a parameter's name or a type ('struct sk_buff *'); "
			   "'perf btfsnoop info' shows the functions' parameters");
		return -ENOENT;
	}
	return track_notes__make(&r->opts->track, r->out->events, r->out->kbtf, &r->out->track,
				 r->diag);
}

static int resolve(struct resolver *r)
{
	bool any_pattern = false, any_func = false;
	int err = 0;

	for (unsigned int i = 0; i < r->opts->nr_specs; i++) {
		bool exact = spec__is_exact(r->opts->specs[i]);

		any_pattern |= !exact;
		any_func |= !exact && r->opts->specs[i]->kind == SPEC_FUNC;
	}
	if (any_func)
		say_reading(r, false);
	if (any_func)
		err = reading__start(&r->traceable_reading, read_traceable, r);
	if (!err && !any_pattern)
		err = start_symbols(r);
	if (!err)
		err = kbtf__new(NULL, &r->out->kbtf);
	if (!err)
		err = event_list__new(&r->out->events);
	if (!err)
		err = survey_patterns(r);
	if (!err && any_pattern)
		err = start_symbols(r);
	if (!err)
		err = find_sequence(r);
	if (!err)
		err = add_specs(r);
	if (!err)
		err = finish_symbols(r);
	if (!err)
		err = locate_events(r);
	if (!err)
		err = locate_sequence(r);
	if (!err)
		err = locate_stack_has(r);
	return err ? err : make_track_notes(r);
}

/* ---- a module that came ------------------------------------------------------------------- */

bool resolve__follows(const struct resolve_opts *opts, const struct spec *spec)
{
	bool is_glob = spec->module && strpbrk(spec->module, "*?[");

	if (spec->kind != SPEC_FUNC || (spec->module && !strcmp(spec->module, "vmlinux")))
		return false;
	return opts->follow || (opts->follow_globs && is_glob);
}

bool resolve__follows_any(const struct resolve_opts *opts)
{
	for (unsigned int i = 0; i < opts->nr_specs; i++)
		if (resolve__follows(opts, opts->specs[i]))
			return true;
	return false;
}

/* Without a module in the spec its functions are the kernel's own, if that has any. */
static bool is_kernels_own(const struct resolver *r, const struct spec *spec)
{
	struct survey *survey = NULL;
	struct diag diag = DIAG_INIT;
	struct kfunc func;
	bool is;

	if (spec__is_exact(spec))
		return !kbtf__find_func(r->out->kbtf, "vmlinux", spec->pattern, &func, NULL);
	is = !survey__new(spec, r->out->kbtf, "vmlinux", r->opts->vmlinux, &survey, &diag);
	survey__free(survey);
	diag__exit(&diag);
	return is;
}

static int resolve_module(struct resolver *r)
{
	const struct resolve_opts *opts = r->opts;
	bool any = false;
	int err;

	for (unsigned int i = 0; i < opts->nr_specs; i++) {
		const struct spec *spec = opts->specs[i];

		r->waits[i] = !resolve__follows(opts, spec) ||
			      (spec->module ? !kbtf__is_module(spec->module, r->module) :
					      is_kernels_own(r, spec));
		any |= !r->waits[i];
	}
	if (!any)
		return -ENOENT;
	err = survey_patterns(r);
	if (!err)
		err = start_symbols(r);
	if (!err)
		err = add_specs(r);
	if (!err && !r->out->events->nr)
		err = -ENOENT;
	if (!err)
		err = finish_symbols(r);
	return err ? err : locate_events(r);
}

/* ---- what both have to do ------------------------------------------------------------------ */

static int resolver__init(struct resolver *r)
{
	r->surveys = calloc(r->opts->nr_specs + 1, sizeof(struct survey *));
	r->waits = calloc(r->opts->nr_specs + 1, sizeof(*r->waits));
	return r->surveys && r->waits ? 0 : -ENOMEM;
}

static void resolver__exit(struct resolver *r)
{
	reading__finish(&r->ksyms_reading, NULL);
	reading__finish(&r->traceable_reading, NULL);
	diag__exit(&r->ksyms_reading.diag);
	for (unsigned int i = 0; r->surveys && i < r->opts->nr_specs; i++)
		survey__free(r->surveys[i]);
	free(r->surveys);
	free(r->waits);
	traceable__free(r->traceable);
	ksyms__free(r->ksyms);
}

int resolved__new(const struct resolve_opts *opts, struct resolved *out, struct diag *diag)
{
	struct resolver r = { .opts = opts, .out = out, .diag = diag };
	int err;

	memset(out, 0, sizeof(*out));
	err = resolver__init(&r);
	if (!err)
		err = resolve(&r);
	resolver__exit(&r);
	return err;
}

int resolved__new_module(const struct resolve_opts *opts, struct kbtf *kbtf, const char *module,
			 const struct event_list *earlier, struct resolved *out, struct diag *diag)
{
	struct resolve_opts own = *opts;
	struct resolver r = { .opts = &own, .out = out, .diag = diag, .module = module };
	int err;

	own.nr_stack_has = 0;
	own.nr_sequence = 0;
	own.nr_notes = 0;
	memset(out, 0, sizeof(*out));
	out->kbtf = kbtf;
	out->shares_kbtf = true;
	err = resolver__init(&r);
	if (!err)
		err = event_list__new(&out->events);
	if (!err) {
		out->events->earlier = earlier;
		out->events->first = earlier->first + earlier->nr;
		err = resolve_module(&r);
	}
	resolver__exit(&r);
	return err;
}

void resolved__exit(struct resolved *resolved)
{
	for (unsigned int i = 0; i < resolved->nr_sequence; i++)
		free(resolved->sequence[i].addrs);
	free(resolved->sequence);
	track_notes__exit(&resolved->track);
	event_list__free(resolved->events);
	if (!resolved->shares_kbtf)
		kbtf__free(resolved->kbtf);
	memset(resolved, 0, sizeof(*resolved));
}
