// SPDX-License-Identifier: GPL-2.0-only
#include "follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/verbose.h"

#define MAX_NAME	64	/* MODULE_NAME_LEN, include/linux/module.h, is 56 */

enum note { NOTE_LOADED, NOTE_UNLOADED, NR_NOTES };

/* The module's name is what the tracepoints' parameter has in common on all kernels. */
static const char *const note_texts[NR_NOTES] = {
	[NOTE_LOADED]	= "tp:module_load(module=mod->name)",
	[NOTE_UNLOADED]	= "tp:module_free(module=mod->name)",
};

/* A module that came or went, and was not applied yet. */
struct change {
	enum note note;
	char module[MAX_NAME];
};

struct follow {
	struct spec *specs[NR_NOTES];
	const struct event *events[NR_NOTES];	/* NULL: there are none */
	struct generation *first;
	const struct resolve_opts *resolve;
	const struct attach_opts *attach;
	struct generation **later;
	unsigned int nr_later;
	struct change *changes;
	unsigned int nr_changes;
	bool no_memory;			/* a change was not noted for want of it */
};

int follow__new(struct follow **out, struct diag *diag)
{
	struct follow *follow = calloc(1, sizeof(*follow));
	int err = 0;

	if (!follow)
		return -ENOMEM;
	for (int note = 0; note < NR_NOTES && !err; note++) {
		err = spec__parse(note_texts[note], &follow->specs[note], diag);
		if (!err)
			follow->specs[note]->is_note = true;
	}
	if (err)
		follow__free(follow);
	else
		*out = follow;
	return err;
}

void follow__free(struct follow *follow)
{
	if (!follow)
		return;
	while (follow->nr_later)
		generation__free(follow->later[--follow->nr_later]);
	for (int note = 0; note < NR_NOTES; note++)
		if (follow->specs[note])
			spec__free(follow->specs[note]);
	free(follow->later);
	free(follow->changes);
	free(follow);
}

struct spec *const *follow__notes(const struct follow *follow, unsigned int *nr)
{
	*nr = NR_NOTES;
	return follow->specs;
}

struct generation *follow__generation(const struct follow *follow, unsigned int index)
{
	return index < follow->nr_later ? follow->later[index] : NULL;
}

/* ---- taking notes ------------------------------------------------------------------------- */

static int add_change(struct follow *follow, enum note note, const char *module)
{
	struct change *changes = reallocarray(follow->changes, follow->nr_changes + 1,
					      sizeof(*changes));

	if (!changes)
		return -ENOMEM;
	follow->changes = changes;
	changes[follow->nr_changes].note = note;
	snprintf(changes[follow->nr_changes++].module, MAX_NAME, "%s", module);
	return 0;
}

static int add_new_module(const char *name, void *ctx)
{
	return add_change(ctx, NOTE_LOADED, name);
}

int follow__begin(struct follow *follow, struct generation *first,
		  const struct resolve_opts *resolve, const struct attach_opts *attach)
{
	const struct event_list *events = first->events;

	follow->first = first;
	follow->resolve = resolve;
	follow->attach = attach;
	for (unsigned int i = 0; i < events->nr; i++)
		for (int note = 0; note < NR_NOTES; note++)
			if (events->events[i]->spec == follow->specs[note])
				follow->events[note] = events->events[i];
	if (!resolve__follows_any(resolve))
		return 0;
	return kbtf__for_each_new_module(first->resolved.kbtf, add_new_module, follow);
}

/* The module's name in a note, NULL: it has none. The caller frees it. */
static char *name_in(const struct bs_sample *sample, const struct schema *schema)
{
	const char *raw = (const char *)sample + BS_RAW_OFFSET;
	const struct field *field = &schema->fields[0];

	if (!schema->nr_fields || field->kind != FIELD_BYTES ||
	    field->offset > sample->raw_size || field->size > sample->raw_size - field->offset)
		return NULL;
	return strndup(raw + field->offset, field->size);
}

static bool concerns(const struct generation *gen, const char *module)
{
	return !gen->is_over && generation__has_module(gen, module);
}

/* Whether functions of @module are recorded now. */
static bool is_recorded(const struct follow *follow, const char *module)
{
	for (unsigned int i = 0; i < follow->nr_later; i++)
		if (concerns(follow->later[i], module))
			return true;
	return concerns(follow->first, module);
}

static bool could_be_recorded(const struct follow *follow, const char *module)
{
	for (unsigned int i = 0; i < follow->resolve->nr_specs; i++) {
		const struct spec *spec = follow->resolve->specs[i];

		if (resolve__follows(follow->resolve, spec) &&
		    (!spec->module || kbtf__is_module(spec->module, module)))
			return true;
	}
	return false;
}

bool follow__has_notes(const struct follow *follow)
{
	for (int note = 0; note < NR_NOTES; note++)
		if (follow->events[note])
			return true;
	return false;
}

enum follow_record follow__take(struct follow *follow, const struct bs_sample *sample)
{
	for (int note = 0; note < NR_NOTES; note++) {
		const struct event *event = follow->events[note];
		bool matters;
		char *module;

		if (!event || sample->id != event->plans[0]->sample_id)
			continue;
		module = name_in(sample, &event->schema);
		matters = module && (could_be_recorded(follow, module) ||
				     (note == NOTE_UNLOADED && is_recorded(follow, module)));
		if (matters && add_change(follow, note, module))
			follow->no_memory = true;
		free(module);
		return matters ? FOLLOW_KEEP : FOLLOW_DROP;
	}
	return FOLLOW_NONE;
}

/* ---- applying them ------------------------------------------------------------------------ */

/* The events there are, up to the last generation. */
static const struct event_list *last_events(const struct follow *follow)
{
	return follow->nr_later ? follow->later[follow->nr_later - 1]->events :
				  follow->first->events;
}

static int add_generation(struct follow *follow, struct generation *gen)
{
	struct generation **later = reallocarray(follow->later, follow->nr_later + 1,
						 sizeof(*later));

	if (!later)
		return -ENOMEM;
	follow->later = later;
	later[follow->nr_later++] = gen;
	return 0;
}

/* Makes the events of the module's functions. -ENOENT: there are none. */
static int resolve_module(struct follow *follow, struct generation *gen, struct diag *diag)
{
	struct kbtf *kbtf = follow->first->resolved.kbtf;
	int err = kbtf__renew_module(kbtf, gen->module);

	if (err == -ENOENT)
		pr_debug("%s: has no BTF, or is gone again\n", gen->module);
	if (!err)
		err = resolved__new_module(follow->resolve, kbtf, gen->module, last_events(follow),
					   &gen->resolved, diag);
	return err ? err : generation__prepare(gen);
}

/* By kprobe, which does not hold the module. */
static int attach_module(struct follow *follow, struct generation *gen, struct diag *diag)
{
	struct attach_opts opts = *follow->attach;

	opts.share = follow->first->attach;
	opts.backend = BACKEND_KPROBE;
	opts.progress = NULL;
	opts.notes = NULL;
	opts.nr_notes = 0;
	return generation__attach(gen, &opts, diag);
}

static int write_module(const struct generation *gen, struct sink *sink)
{
	struct perfdata_events events;
	int err = generation__describe(gen, &events);

	if (!err)
		err = sink__add_events(sink, &events);
	return err ? err : sink__add_module(sink, gen->module);
}

static void say_loaded(const struct generation *gen, int err, const struct diag *diag)
{
	unsigned int nr = generation__nr_funcs(gen, gen->module);

	if (err && err != -EINTR)
		pr_warning("warning: module %s was loaded, its functions cannot be traced: %s\n",
			   gen->module, diag__is_set(diag) ? diag->msg : strerror(-err));
	else if (!err)
		pr_info("module %s was loaded: %u function%s of it %s traced\n", gen->module, nr,
			nr == 1 ? "" : "s", nr == 1 ? "is" : "are");
}

static int come(struct follow *follow, const char *module, struct sink *sink)
{
	struct generation *gen = calloc(1, sizeof(*gen));
	struct diag diag = DIAG_INIT;
	int err = gen ? 0 : -ENOMEM, written = 0;

	if (gen)
		gen->module = strdup(module);
	if (gen && !gen->module) {
		free(gen);
		return -ENOMEM;
	}
	if (!err)
		err = resolve_module(follow, gen, &diag);
	if (!err)
		err = add_generation(follow, gen);
	if (err) {
		if (gen && err != -ENOENT)
			say_loaded(gen, err, &diag);
		if (gen)
			generation__free(gen);
		diag__exit(&diag);
		return 0;
	}
	written = write_module(gen, sink);
	if (written == -E2BIG || written == -EINVAL) {
		say_loaded(gen, written, &diag);
		generation__free(follow->later[--follow->nr_later]);
		diag__exit(&diag);
		return 0;
	}
	if (!written)
		say_loaded(gen, attach_module(follow, gen, &diag), &diag);
	diag__exit(&diag);
	return written;
}

static int go(struct follow *follow, const char *module, struct sink *sink,
	      uint64_t time)
{
	bool any = concerns(follow->first, module);
	int err = 0;

	if (any)
		attach__detach_module(follow->first->attach, module);
	for (unsigned int i = 0; i < follow->nr_later && !err; i++) {
		struct generation *gen = follow->later[i];

		if (strcmp(gen->module, module) || gen->is_over)
			continue;
		any |= concerns(gen, module);
		err = generation__end(gen, sink, time);
	}
	if (any)
		pr_info("module %s was unloaded: its events end here\n", module);
	return err;
}

int follow__apply(struct follow *follow, struct sink *sink, uint64_t time)
{
	int err = follow->no_memory ? -ENOMEM : 0;

	/* Others can come meanwhile. */
	for (unsigned int i = 0; i < follow->nr_changes && !err; i++) {
		struct change change = follow->changes[i];

		if (change.note == NOTE_UNLOADED)
			err = go(follow, change.module, sink, time);
		else if (could_be_recorded(follow, change.module))
			err = come(follow, change.module, sink);
	}
	follow->nr_changes = 0;
	return err;
}
