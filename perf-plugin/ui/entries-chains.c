// SPDX-License-Identifier: GPL-2.0-only
/* The call chains below an entry, made when it is unfolded. */
#include <errno.h>
#include <stdlib.h>

#include "../report/callchain.h"
#include "dialog.h"
#include "entries-parts.h"

static int add_samples(struct entries *e, struct callchain *chain, const uint32_t *list,
		       uint32_t nr)
{
	struct samples *samples = results__samples(e->view->results);
	struct perfdata_sample sample;
	int err = 0;

	dialog__progress("Reading call chains", 0, nr);
	for (uint32_t i = 0; i < nr && !err; i++) {
		err = samples__read(samples, list[i], &sample);
		if (!err)
			err = callchain__add(chain, &sample, 0);
		if (!err && dialog__progress("Reading call chains", i + 1, nr))
			err = -ECANCELED;
	}
	return err;
}

/* Empty lines at the start and the end say nothing here. */
static char *trim(char *text)
{
	size_t len = text ? strlen(text) : 0, start = 0;

	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		text[--len] = '\0';
	for (size_t i = 0; i < len && (text[i] == ' ' || text[i] == '\n'); i++)
		if (text[i] == '\n')
			start = i + 1;
	if (start)
		memmove(text, text + start, len - start + 1);
	return text;
}

int entries__make_chain(struct entries *e, struct row row)
{
	const struct callchain_opts defaults = CALLCHAIN_OPTS_DEFAULT;
	struct aggregate *agg = results__level(e->view->results, e->event, row.level);
	struct callchain *chain = NULL;
	struct buf text = BUF_INIT;
	uint32_t *list = NULL, nr;
	int err;

	if (rows__has_chain(e->rows, row))
		return 0;
	err = rows__samples(e->rows, &row, &list, &nr);
	if (!err)
		err = callchain__new(e->input, e->view->callchain ? e->view->callchain : &defaults,
				     &chain);
	if (!err)
		err = add_samples(e, chain, list, nr);
	if (!err)
		err = callchain__print(chain, aggregate__period(agg), &text);
	if (!err && text.failed)
		err = -ENOMEM;
	if (!err)
		err = rows__set_chain(e->rows, row, text.len ? trim(buf__take(&text)) : NULL);
	callchain__free(chain);
	free(list);
	buf__exit(&text);
	return err;
}
