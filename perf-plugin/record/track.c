// SPDX-License-Identifier: GPL-2.0-only
#include "track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../util/buf.h"
#include "../util/verbose.h"

/* Of which types something is true. */
enum scope { ANY_TYPE, NOT_SK_BUFF, OF_TYPE };

/*
 * Where something becomes of objects. Of those with the same purpose the first is used that the
 * kernel has: what is static may be part of its callers in one kernel and not in another.
 */
struct place {
	const char *purpose;
	enum scope scope;
	const char *type;
	const char *name;
	enum track_note note;
	unsigned int index;	/* of the parameter that it is about */
	bool is_tracepoint;
};

static const struct place places[] = {
	/* mm/slub.c. The tracepoints cost less than a program at the function. */
	{ "kmem_cache_free", ANY_TYPE, NULL, "kmem_cache_free", NOTE_END, 1, true },
	{ "kmem_cache_free", ANY_TYPE, NULL, "kmem_cache_free", NOTE_END, 1, false },
	{ "bulk", ANY_TYPE, NULL, "kmem_cache_free_bulk", NOTE_END_MANY, 1, false },
	{ "kfree", NOT_SK_BUFF, NULL, "kfree", NOTE_END, 1, true },
	{ "kfree", NOT_SK_BUFF, NULL, "kfree", NOTE_END, 0, false },
	/* What is freed when its readers are done ends now: kfree_rcu(). */
	{ "kfree_rcu", NOT_SK_BUFF, NULL, "kvfree_call_rcu", NOTE_END, 1, false },
	/*
	 * net/core/skbuff.c. A clone of a pair (TCP's) is not given back to the slab by itself; nor
	 * is what napi keeps for the next packet, which in 6.1 is seen only when it is one.
	 */
	{ "kfree_skbmem", OF_TYPE, "sk_buff", "kfree_skbmem", NOTE_END, 0, false },
	{ "kfree_skbmem", OF_TYPE, "sk_buff", "__kfree_skb", NOTE_END, 0, false },
	{ "napi", OF_TYPE, "sk_buff", "napi_skb_cache_put", NOTE_END, 0, false },
	{ "napi", OF_TYPE, "sk_buff", "__build_skb_around", NOTE_END, 0, false },
	{ "copy", OF_TYPE, "sk_buff", "__copy_skb_header", NOTE_COPY, 0, false },
	{ "copy", OF_TYPE, "sk_buff", "__skb_clone", NOTE_COPY, 0, false },
	/* Objects that are not what is allocated, or are used again without being freed. */
	{ "request", OF_TYPE, "request", "blk_mq_free_request", NOTE_END, 0, false },
	{ "bio", OF_TYPE, "bio", "bio_free", NOTE_END, 0, false },
	{ "bio", OF_TYPE, "bio", "bio_uninit", NOTE_END, 0, false },
	{ "inode", OF_TYPE, "inode", "__destroy_inode", NOTE_END, 0, false },
	{ "net_device", OF_TYPE, "net_device", "free_netdev", NOTE_END, 0, false },
};

#define NR_PLACES	(sizeof(places) / sizeof(*places))

struct making {
	const struct track_opts *opts;
	const struct event_list *events;
	struct kbtf *kbtf;
	struct track_notes *list;
	struct diag *diag;
};

static bool is_about(const struct place *place, const char *type)
{
	switch (place->scope) {
	case ANY_TYPE:
		return true;
	case NOT_SK_BUFF:
		return strcmp(type, "sk_buff");
	default:
		return !strcmp(type, place->type);
	}
}

/* The type's name as it was asked for, when no event knows it yet: modules are to come. */
static const char *asked_type(const struct track_what *what)
{
	if (what->type)
		return what->type->type.name;
	return strcmp(what->text, "skb") ? what->text : "sk_buff";
}

static bool is_needed(const struct making *making, const struct place *place)
{
	bool any = false;

	for (unsigned int i = 0; i < making->events->nr; i++) {
		const char *type = making->events->events[i]->tracked;

		if (type && is_about(place, type))
			return true;
		any |= type != NULL;
	}
	return !any && is_about(place, asked_type(making->opts->what));
}

static int add_note(struct making *making, const struct kfunc *func, enum track_note how,
		    unsigned int index, bool is_tracepoint, bool is_required)
{
	struct track_notes *list = making->list;
	struct attach_note *notes, *note;
	int err;

	notes = reallocarray(list->notes, list->nr_notes + 1, sizeof(*notes));
	if (!notes)
		return -ENOMEM;
	list->notes = notes;
	note = &notes[list->nr_notes];
	*note = (struct attach_note){
		.func = *func, .is_tracepoint = is_tracepoint, .is_required = is_required,
	};
	err = track__plan_note(how, func, index, &note->plan);
	if (!err)
		list->nr_notes++;
	return err;
}

/* Returns -ENOENT where this kernel has it not. */
static int add_place(struct making *making, const struct place *place)
{
	enum track_note note = place->note;
	unsigned int index = place->index;
	struct kfunc func;
	int err;

	if (place->is_tracepoint)
		err = kbtf__find_tracepoint(making->kbtf, "vmlinux", place->name, &func, NULL);
	else
		err = kbtf__find_func(making->kbtf, "vmlinux", place->name, &func, NULL);
	if (err)
		return err == -ENOMEM ? err : -ENOENT;
	/* Until 6.1 it has the member and, for a function, the member's offset. */
	if (!strcmp(place->name, "kvfree_call_rcu") && kfunc__find_param(&func, "func") == 1) {
		note = NOTE_END_MEMBER;
		index = 0;
	}
	return add_note(making, &func, note, index, place->is_tracepoint, false);
}

static int add_places(struct making *making)
{
	const char *done = "";

	for (unsigned int i = 0; i < NR_PLACES; i++) {
		int err;

		if (!strcmp(done, places[i].purpose) || !is_needed(making, &places[i]))
			continue;
		err = add_place(making, &places[i]);
		if (!err)
			done = places[i].purpose;
		else if (err != -ENOENT)
			return err;
	}
	return 0;
}

/* ---- --track-until ------------------------------------------------------------------------ */

/* "tp:module:func(param)" in its parts. */
struct until {
	bool is_tracepoint;
	char *module, *name, *param;	/* NULL: not said */
};

static void until__exit(struct until *until)
{
	free(until->module);
	free(until->name);
	free(until->param);
}

static int until__parse(const char *text, struct until *until)
{
	size_t len;

	*until = (struct until){ .is_tracepoint = !strncmp(text, "tp:", 3) };
	text += until->is_tracepoint ? 3 : 0;
	len = strcspn(text, ":");
	if (text[len]) {
		until->module = strndup(text, len);
		text += len + 1;
	}
	len = strcspn(text, "(");
	until->name = strndup(text, len);
	if (text[len]) {
		size_t end = strcspn(text + len + 1, ")");

		if (strcmp(text + len + 1 + end, ")") || !end)
			return -EINVAL;
		until->param = strndup(text + len + 1, end);
	}
	return len ? 0 : -EINVAL;
}

static int unknown_func(struct making *making, const char *text, const struct until *until)
{
	const char *name;

	diag__error(making->diag, -ENOENT, "--track-until: the kernel has no %s '%s'",
		    until->is_tracepoint ? "tracepoint" : "function", text);
	if (kbtf__suggest(making->kbtf, until->is_tracepoint, until->name, &name, 1))
		diag__hint(making->diag, "did you mean '%s'?", name);
	return -ENOENT;
}

static int until_index(struct making *making, const struct kfunc *func, const char *param)
{
	struct typed_expr expr;
	struct typed_type type;

	if (param)
		return kfunc__find_param(func, param);
	return track_what__find(making->opts->what, func, &expr, &type) ? -ENOENT :
									  (int)expr.index;
}

static int add_parsed(struct making *making, const char *text, const struct until *until)
{
	struct kfunc func;
	int index, err;

	if (until->is_tracepoint)
		err = kbtf__find_tracepoint(making->kbtf, until->module, until->name, &func,
					    making->diag);
	else
		err = kbtf__find_func(making->kbtf, until->module, until->name, &func,
				      making->diag);
	if ((err == -ENOENT || err == -ENODEV) && !diag__is_set(making->diag))
		return unknown_func(making, text, until);
	if (err)
		return err;
	index = until_index(making, &func, until->param);
	if (index < 0) {
		diag__error(making->diag, -ENOENT, "--track-until: '%s' has no parameter %s'%s'",
			    until->name, until->param ? "" : "for --track ",
			    until->param ? until->param : making->opts->what->text);
		diag__hint(making->diag, "which one ends there is said in parentheses: %s(PARAM)",
			   until->name);
		return -ENOENT;
	}
	return add_note(making, &func, NOTE_END, index, until->is_tracepoint, true);
}

static int add_until(struct making *making, const char *text)
{
	struct until until;
	int err = until__parse(text, &until);

	if (err)
		diag__error(making->diag, err, "--track-until: '%s' is no FUNC or FUNC(PARAM)",
			    text);
	else
		err = add_parsed(making, text, &until);
	until__exit(&until);
	return err;
}

/* ---- all of it ---------------------------------------------------------------------------- */

int track_notes__make(const struct track_opts *opts, const struct event_list *events,
		      struct kbtf *kbtf, struct track_notes *out, struct diag *diag)
{
	struct making making = {
		.opts = opts, .events = events, .kbtf = kbtf, .list = out, .diag = diag,
	};
	int err = 0;

	*out = (struct track_notes){ NULL, 0 };
	if (!opts->what)
		return 0;
	for (unsigned int i = 0; i < opts->nr_until && !err; i++)
		err = add_until(&making, opts->until[i]);
	return err ? err : add_places(&making);
}

void track_notes__exit(struct track_notes *list)
{
	for (unsigned int i = 0; i < list->nr_notes; i++)
		free(list->notes[i].plan);
	free(list->notes);
	*list = (struct track_notes){ NULL, 0 };
}

void track_notes__say(const struct track_notes *list)
{
	struct buf names = BUF_INIT;

	for (unsigned int i = 0; i < list->nr_notes; i++)
		if (!list->notes[i].is_attached)
			buf__addf(&names, "%s%s", names.len ? ", " : "",
				  list->notes[i].func.name);
	if (names.len)
		pr_warning("warning: --track: no program can be attached to %s: an object that "
			   "ends there goes on as what its address is used for next\n",
			   buf__str(&names));
	buf__exit(&names);
}
