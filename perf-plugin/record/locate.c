// SPDX-License-Identifier: GPL-2.0-only
#include "locate.h"

#include <errno.h>
#include <stdlib.h>

#include "../util/buf.h"
#include "../util/verbose.h"

char *locate__symbol(bool tracepoint, const char *name)
{
	struct buf symbol = BUF_INIT;

	if (tracepoint)
		buf__adds(&symbol, "__traceiter_");
	buf__adds(&symbol, name);
	return buf__take(&symbol);
}

int locate__want(struct ksyms *ksyms, bool tracepoint, const char *name)
{
	char *symbol = locate__symbol(tracepoint, name);
	int err = symbol ? ksyms__want(ksyms, symbol) : -ENOMEM;

	free(symbol);
	return err;
}

/*
 * Of the kernel proper only what is in .text: code for booting is gone, and 7.2 has symbols that
 * look like code in its data.
 */
static unsigned int keep_text(const struct ksyms *ksyms, uint64_t *addrs, unsigned int nr)
{
	uint64_t start = 0, end = 0;
	unsigned int nr_kept = 0;

	ksyms__find(ksyms, NULL, "_text", &start, 1);
	ksyms__find(ksyms, NULL, "_etext", &end, 1);
	for (unsigned int i = 0; i < nr; i++)
		if (addrs[i] >= start && addrs[i] < end)
			addrs[nr_kept++] = addrs[i];
	return nr_kept ? nr_kept : nr;
}

int locate__find(const struct ksyms *ksyms, const char *module, const char *name, uint64_t **addrs,
		 unsigned int *nr)
{
	*addrs = NULL;
	*nr = ksyms__find(ksyms, module, name, NULL, 0);
	if (!*nr)
		return 0;
	*addrs = calloc(*nr, sizeof(**addrs));
	if (!*addrs)
		return -ENOMEM;
	ksyms__find(ksyms, module, name, *addrs, *nr);
	if (!module)
		*nr = keep_text(ksyms, *addrs, *nr);
	return 0;
}

/* Of several functions of one name keeps those that @matcher means. */
static unsigned int choose(const struct matcher *matcher, const char *name, uint64_t text,
			   uint64_t *addrs, unsigned int nr)
{
	unsigned int nr_chosen = 0;

	if (!matcher || nr < 2)
		return nr;
	for (unsigned int i = 0; i < nr; i++)
		if (matcher__matches_at(matcher, name, addrs[i] - text))
			addrs[nr_chosen++] = addrs[i];
	/* The file is of another build after all: better too many than none. */
	return nr_chosen ? nr_chosen : nr;
}

static int locate_func(const struct ksyms *ksyms, struct event *event, unsigned int index,
		       const struct matcher *matcher, uint64_t text)
{
	const struct kfunc *func = &event->funcs[index].func;
	char *symbol = locate__symbol(event->is_tracepoint, func->name);
	unsigned int nr = 0, nr_all;
	uint64_t *addrs = NULL;
	int err = -ENOMEM;

	if (symbol)
		err = locate__find(ksyms, func->module, symbol, &addrs, &nr);
	free(symbol);
	nr_all = nr;
	nr = choose(matcher, func->name, text, addrs, nr);
	if (nr_all > 1 && !event->is_tracepoint)
		event->funcs[index].by_address = true;
	if (nr)
		event->schema.funcs[index].addr = addrs[0];
	for (unsigned int i = 1; i < nr && !err && !event->is_tracepoint; i++) {
		err = event__add_func_like(event, index);
		if (err)
			break;
		event->funcs[event->nr_funcs - 1].by_address = true;
		event->schema.funcs[event->schema.nr_funcs - 1].addr = addrs[i];
	}
	free(addrs);
	return err;
}

int locate__event(const struct ksyms *ksyms, struct event *event, const struct matcher *matcher,
		  uint64_t text)
{
	unsigned int nr = event->nr_funcs;
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++)
		err = locate_func(ksyms, event, i, matcher, text);
	return err;
}
