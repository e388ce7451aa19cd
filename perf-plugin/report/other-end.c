// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "other-end.h"

#define RETURN_SUFFIX	"__return"

/* "f__return" is of "f", "f__return_2" of "f_2". */
static bool is_return_of(const char *ret, const char *name)
{
	size_t len = strlen(RETURN_SUFFIX);
	const char *at;

	for (at = strstr(ret, RETURN_SUFFIX); at; at = strstr(at + 1, RETURN_SUFFIX)) {
		if (!strncmp(ret, name, at - ret) && !strcmp(at + len, name + (at - ret)))
			return true;
	}
	return false;
}

static bool is_same_func(const struct schema *a, const struct schema *b)
{
	return a->nr_funcs == 1 && b->nr_funcs == 1 && a->funcs[0].addr &&
	       a->funcs[0].addr == b->funcs[0].addr;
}

int other_end__event(const struct input *input, unsigned int event)
{
	const struct schema *mine = input__event(input, event)->schema, *theirs;
	unsigned int i, nr = input__nr_events(input);
	int found = -1;

	for (i = 0; i < nr && mine && !mine->is_tracepoint; i++) {
		theirs = input__event(input, i)->schema;
		if (!theirs || theirs->is_tracepoint || theirs->at_return == mine->at_return)
			continue;
		if (mine->at_return ? is_return_of(mine->name, theirs->name) :
				      is_return_of(theirs->name, mine->name))
			return i;
		if (found < 0 && is_same_func(mine, theirs))
			found = i;
	}
	return found;
}
