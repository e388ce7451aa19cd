// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "column-set.h"

struct slot {
	struct column *column;
	bool looked;
};

struct column_set {
	struct input *input;
	char *text;
	struct slot *slots;		/* by event */
	unsigned int nr;
};

static int grow(struct column_set *set, unsigned int nr)
{
	struct slot *more = reallocarray(set->slots, nr, sizeof(*more));

	if (!more)
		return -ENOMEM;
	memset(more + set->nr, 0, (nr - set->nr) * sizeof(*more));
	set->slots = more;
	set->nr = nr;
	return 0;
}

int column_set__get(struct column_set *set, unsigned int event, struct column **column)
{
	struct slot *slot;
	int err;

	if (event >= set->nr) {
		err = grow(set, event + 1);
		if (err)
			return err;
	}
	slot = &set->slots[event];
	if (!slot->looked) {
		err = column__new(set->input, event, set->text, &slot->column, NULL);
		if (err)
			slot->column = NULL;
		if (err == -ENOMEM)
			return err;
		slot->looked = true;
	}
	*column = slot->column;
	return 0;
}

int column_set__new(struct input *input, const char *text, size_t len, struct column_set **out,
		    struct diag *diag)
{
	struct column_set *set = calloc(1, sizeof(*set));
	int err = -ENOMEM;

	*out = set;
	if (!set)
		return -ENOMEM;
	set->input = input;
	set->text = strndup(text, len);
	if (set->text) {
		if (diag)
			diag__set_text(diag, set->text);
		err = column__check(input, set->text, diag);
	}
	if (err) {
		column_set__free(set);
		*out = NULL;
	}
	return err;
}

void column_set__free(struct column_set *set)
{
	if (!set)
		return;
	for (unsigned int i = 0; i < set->nr; i++)
		column__free(set->slots[i].column);
	free(set->slots);
	free(set->text);
	free(set);
}
