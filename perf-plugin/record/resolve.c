// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../types/ksyms.h"
#include "../types/typed.h"
#include "../util/buf.h"
#include "../util/verbose.h"
#include "resolve.h"

struct resolver {
	struct spec *const *specs;
	unsigned int nr_specs;
	const struct event_opts *opts;
	struct resolved *out;
	struct diag *diag;
	struct ksyms *ksyms;		/* filled by ksyms_thread while it is running */
	pthread_t ksyms_thread;
	bool ksyms_running;
	int ksyms_err;
	struct diag ksyms_diag;
};

static void hint_names(struct resolver *r, const char **names, unsigned int nr)
{
	if (nr == 1)
		diag__hint(r->diag, "did you mean '%s'?", names[0]);
	else if (nr == 2)
		diag__hint(r->diag, "did you mean '%s' or '%s'?", names[0], names[1]);
	else if (nr == 3)
		diag__hint(r->diag, "did you mean '%s', '%s' or '%s'?", names[0], names[1],
			   names[2]);
}

static int unknown_module(struct resolver *r, const struct spec *spec)
{
	const char *names[3];
	unsigned int nr;

	diag__error_at(r->diag, -ENOENT, spec->module_span,
		       "no module '%s' with BTF is loaded", spec->module);
	nr = kbtf__suggest_module(r->out->kbtf, spec->module, names, 3);
	hint_names(r, names, nr);
	return -ENOENT;
}

static int unknown_function(struct resolver *r, const struct spec *spec)
{
	bool tracepoint = spec->kind == SPEC_TRACEPOINT;
	const char *what = tracepoint ? "tracepoint" : "function";
	const char *names[3];
	unsigned int nr;

	if (spec->module)
		diag__error_at(r->diag, -ENOENT, spec->pattern_span,
			       "the BTF of '%s' has no %s '%s'", spec->module, what, spec->pattern);
	else
		diag__error_at(r->diag, -ENOENT, spec->pattern_span,
			       "the kernel's BTF has no %s '%s'", what, spec->pattern);
	nr = kbtf__suggest(r->out->kbtf, tracepoint, spec->pattern, names, 3);
	hint_names(r, names, nr);
	if (!nr && !tracepoint)
		diag__hint(r->diag, "it may be inlined everywhere, or have a suffix (.isra, "
				    ".constprop): see /proc/kallsyms");
	return -ENOENT;
}

static int add_spec(struct resolver *r, const struct spec *spec)
{
	struct typed_spec *typed;
	struct kfunc func;
	int err;

	r->out->failed = spec;
	if (!spec__is_exact(spec)) {
		diag__error_at(r->diag, -EINVAL, spec->pattern_span,
			       "a pattern cannot be recorded yet, only one function by its name");
		diag__hint(r->diag,
			   "perf btfsnoop info '%s%s' lists what matches; give each its -f",
			   spec->kind == SPEC_TRACEPOINT ? "tp:" : "", spec->pattern);
		return -EINVAL;
	}
	if (spec->kind == SPEC_TRACEPOINT)
		err = kbtf__find_tracepoint(r->out->kbtf, spec->module, spec->pattern, &func,
					    r->diag);
	else
		err = kbtf__find_func(r->out->kbtf, spec->module, spec->pattern, &func, r->diag);
	if (err == -ENODEV && !diag__is_set(r->diag))
		return unknown_module(r, spec);
	if (err == -ENOENT && !diag__is_set(r->diag))
		return unknown_function(r, spec);
	if (err)
		return err;
	err = typed_spec__new(spec, &func, &typed, r->diag);
	if (err)
		return err;
	err = event_list__add(r->out->events, typed, r->opts, r->diag);
	for (unsigned int i = 0; i < typed->nr_left_out; i++)
		pr_warning("warning: %s: not recorded: %s\n", func.name, typed->left_out[i]);
	typed_spec__free(typed);
	if (!err)
		r->out->failed = NULL;
	return err;
}

/* The symbol whose address stands for a function or a tracepoint. The caller frees it. */
static char *symbol_name(bool tracepoint, const char *name)
{
	struct buf symbol = BUF_INIT;

	if (tracepoint)
		buf__adds(&symbol, "__traceiter_");
	buf__adds(&symbol, name);
	return buf__take(&symbol);
}

static int want_symbol(struct resolver *r, const struct spec *spec)
{
	char *symbol = symbol_name(spec->kind == SPEC_TRACEPOINT, spec->pattern);
	int err = symbol ? ksyms__want(r->ksyms, symbol) : -ENOMEM;

	free(symbol);
	return err;
}

static void *read_symbols(void *arg)
{
	struct resolver *r = arg;

	r->ksyms_err = ksyms__read(r->ksyms, NULL, &r->ksyms_diag);
	return NULL;
}

/*
 * Starts reading the addresses of all functions that specs name, and the kernel's own bounds, in
 * one pass; meanwhile BTF is parsed. Making the text of /proc/kallsyms takes the kernel longer than
 * either.
 */
static int start_symbols(struct resolver *r)
{
	bool any_module = false;
	int err = ksyms__new(&r->ksyms);

	if (!err)
		err = ksyms__want(r->ksyms, "_text");
	if (!err)
		err = ksyms__want(r->ksyms, "_etext");
	for (unsigned int i = 0; i < r->nr_specs && !err; i++) {
		err = want_symbol(r, r->specs[i]);
		any_module |= r->specs[i]->module != NULL;
	}
	if (!any_module)
		ksyms__stop_early(r->ksyms);
	if (!err)
		err = -pthread_create(&r->ksyms_thread, NULL, read_symbols, r);
	r->ksyms_running = !err;
	return err;
}

static int finish_symbols(struct resolver *r)
{
	if (!r->ksyms_running)
		return 0;
	pthread_join(r->ksyms_thread, NULL);
	r->ksyms_running = false;
	if (r->ksyms_err && !diag__is_set(r->diag)) {
		*r->diag = r->ksyms_diag;
		r->ksyms_diag = (struct diag)DIAG_INIT;
	}
	if (!r->ksyms_err && ksyms__hidden(r->ksyms))
		pr_warning("warning: /proc/kallsyms hides addresses: samples will have none "
			   "(see kernel.kptr_restrict)\n");
	return r->ksyms_err;
}

static int locate_event(struct resolver *r, struct event *event)
{
	char *symbol = symbol_name(event->is_tracepoint, event->func.name);
	struct schema_func *func = calloc(1, sizeof(*func));

	if (!func || !symbol) {
		free(symbol);
		free(func);
		return -ENOMEM;
	}
	event->schema.funcs = func;
	event->schema.nr_funcs = 1;
	func->name = strdup(event->func.name);
	func->module = event->func.module ? strdup(event->func.module) : NULL;
	ksyms__find(r->ksyms, event->func.module, symbol, &func->addr, 1);
	free(symbol);
	return !func->name || (event->func.module && !func->module) ? -ENOMEM : 0;
}

static int resolve(struct resolver *r)
{
	int err = start_symbols(r);

	if (!err)
		err = kbtf__new(NULL, &r->out->kbtf);
	if (!err)
		err = event_list__new(&r->out->events);
	for (unsigned int i = 0; i < r->nr_specs && !err; i++)
		err = add_spec(r, r->specs[i]);
	if (!err)
		err = finish_symbols(r);
	for (unsigned int i = 0; !err && i < r->out->events->nr; i++)
		err = locate_event(r, r->out->events->events[i]);
	return err;
}

int resolved__new(struct spec *const *specs, unsigned int nr_specs, const struct event_opts *opts,
		  struct resolved *out, struct diag *diag)
{
	struct resolver r = {
		.specs = specs, .nr_specs = nr_specs, .opts = opts, .out = out, .diag = diag,
	};
	int err;

	memset(out, 0, sizeof(*out));
	err = resolve(&r);
	finish_symbols(&r);
	if (!err) {
		ksyms__find(r.ksyms, NULL, "_text", &out->kernel_start, 1);
		ksyms__find(r.ksyms, NULL, "_etext", &out->kernel_end, 1);
	}
	diag__exit(&r.ksyms_diag);
	ksyms__free(r.ksyms);
	return err;
}

void resolved__exit(struct resolved *resolved)
{
	event_list__free(resolved->events);
	kbtf__free(resolved->kbtf);
	memset(resolved, 0, sizeof(*resolved));
}
