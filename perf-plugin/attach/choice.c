// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "choice.h"

/*
 * Taking out one fentry program is 140 ms of waiting in 6.1 and 6.12, one after the other: nobody
 * wants many.
 */
#define MANY_LINKS	32
static const char *const names[] = {
	[BACKEND_AUTO]		 = "auto",
	[BACKEND_FENTRY]	 = "fentry",
	[BACKEND_FSESSION]	 = "fsession",
	[BACKEND_FENTRY_MULTI]	 = "fentry.multi",
	[BACKEND_FSESSION_MULTI] = "fsession.multi",
	[BACKEND_KPROBE]	 = "kprobe",
	[BACKEND_KPROBE_MULTI]	 = "kprobe.multi",
	[BACKEND_KPROBE_SESSION] = "kprobe.session",
	[BACKEND_TP_BTF]	 = "tp_btf",
	[BACKEND_TRACING_MULTI]	 = "tracing-multi",
};

#define NR_NAMES (sizeof(names) / sizeof(*names))

const char *backend__name(enum backend_choice backend)
{
	return names[backend];
}

int backend__by_name(const char *name)
{
	for (unsigned int i = 0; i < NR_NAMES; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static bool is_many(const struct choice *choice)
{
	return choice->nr_links > MANY_LINKS || 2 * choice->nr_links > choice->max_files;
}

/* What stands for @forced with events that it is not for: a session has a return side. */
static enum backend_choice forced_for(enum backend_choice forced, bool paired)
{
	switch (forced) {
	case BACKEND_FSESSION:
		return paired ? forced : BACKEND_FENTRY;
	case BACKEND_TRACING_MULTI:
	case BACKEND_FSESSION_MULTI:
		return paired ? BACKEND_FSESSION_MULTI : BACKEND_FENTRY_MULTI;
	case BACKEND_KPROBE_SESSION:
		return paired ? forced : BACKEND_KPROBE_MULTI;
	default:
		return forced;
	}
}

/*
 * Each kind's backends, the better first; what is not asked for is tried. A call by fsession costs 5 %
 * more than one by fentry and fexit (7.2).
 */
static const enum backend_choice few_paired[] = {
	BACKEND_FENTRY, BACKEND_FSESSION, BACKEND_KPROBE_SESSION, BACKEND_KPROBE, BACKEND_AUTO,
};
static const enum backend_choice few_entries[] = {
	BACKEND_FENTRY, BACKEND_KPROBE_MULTI, BACKEND_KPROBE, BACKEND_AUTO,
};
static const enum backend_choice many_paired[] = {
	BACKEND_FSESSION_MULTI, BACKEND_KPROBE_SESSION, BACKEND_KPROBE_MULTI, BACKEND_KPROBE,
	BACKEND_FENTRY, BACKEND_AUTO,
};
static const enum backend_choice many_entries[] = {
	BACKEND_FENTRY_MULTI, BACKEND_KPROBE_MULTI, BACKEND_KPROBE, BACKEND_FENTRY, BACKEND_AUTO,
};
static const enum backend_choice most_paired[] = {
	BACKEND_KPROBE_SESSION, BACKEND_KPROBE_MULTI, BACKEND_KPROBE, BACKEND_FENTRY, BACKEND_AUTO,
};
static const enum backend_choice most_entries[] = {
	BACKEND_KPROBE_MULTI, BACKEND_KPROBE, BACKEND_FENTRY, BACKEND_AUTO,
};
static const enum backend_choice few_steps[] = { BACKEND_FENTRY, BACKEND_KPROBE, BACKEND_AUTO };
static const enum backend_choice many_steps[] = { BACKEND_KPROBE, BACKEND_FENTRY, BACKEND_AUTO };

static const enum backend_choice *preferred(const struct choice *choice, bool paired)
{
	bool many = is_many(choice);

	if (choice->sequence)
		return many ? many_steps : few_steps;
	if (choice->nr_funcs > CHOICE_MAX_TRAMPOLINES)
		return paired ? most_paired : most_entries;
	if (many)
		return paired ? many_paired : many_entries;
	return paired ? few_paired : few_entries;
}

/* fentry and kprobe say more about why they can't when they are tried. */
static bool is_there(const struct choice *choice, enum backend_choice backend)
{
	return backend == BACKEND_FENTRY || backend == BACKEND_KPROBE ||
	       choice->has(choice->ctx, backend);
}

unsigned int choice__order(const struct choice *choice, bool paired,
			   enum backend_choice order[NR_BACKENDS])
{
	const enum backend_choice *from = preferred(choice, paired);
	unsigned int nr = 0;

	if (choice->forced == BACKEND_TP_BTF)
		return 0;
	if (choice->forced != BACKEND_AUTO) {
		order[0] = forced_for(choice->forced, paired);
		return 1;
	}
	for (; *from != BACKEND_AUTO; from++)
		if (is_there(choice, *from))
			order[nr++] = *from;
	return nr;
}

const char *choice__reason(const struct choice *choice, bool paired)
{
	enum backend_choice order[NR_BACKENDS];
	unsigned int nr = choice__order(choice, paired, order);

	if (choice->forced != BACKEND_AUTO)
		return "asked for by --backend";
	if (!nr)
		return "nothing else";
	if (order[0] != preferred(choice, paired)[0])
		return "the best that this kernel has";
	if (choice->sequence)
		return "for --sequence, whose functions are attached one by one";
	if (choice->nr_funcs > CHOICE_MAX_TRAMPOLINES)
		return "so many functions are attached soonest by it";
	if (2 * choice->nr_links > choice->max_files)
		return "one link for many functions: more files cannot be open";
	if (is_many(choice))
		return "one link for many functions, attached and detached at once";
	return "the least time for each event";
}
