// SPDX-License-Identifier: GPL-2.0-only
/* Whether the lists of -s and -F make sense for a file, and if not, why. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate-parts.h"

struct check {
	struct input *input;
	const char *list;	/* all of it, to which places in messages refer */
	struct diag *diag;
};

/* Some event has to have what the @len bytes at @text, within the list, say. */
static int check_key(const struct check *check, const char *text, size_t len)
{
	char *key = strndup(text, len);
	struct diag *diag = check->diag;
	int err;

	if (!key)
		return -ENOMEM;
	err = column__check(check->input, key, diag);
	if (err && diag && diag->has_span && !diag->text) {
		diag->span.pos += text - check->list;
		diag->text = strdup(check->list);
	}
	free(key);
	return err;
}

/* Does any event have that, as a number? */
static bool is_recorded(struct input *input, const char *text, size_t len, bool number)
{
	char *key = strndup(text, len);
	struct column *column;
	bool found = false;
	unsigned int i;

	for (i = 0; key && !found && i < input__nr_events(input); i++) {
		if (column__new(input, i, key, &column, NULL))
			continue;
		found = !number || column__is_number(column);
		column__free(column);
	}
	free(key);
	return found;
}

static int check_figure(const struct check *check, const struct figure *figure, const char *item,
			size_t len)
{
	int err = figure->bare ? column__check(check->input, figure->arg, check->diag) :
				 check_key(check, figure->arg, figure->arg_len);

	if (err || figure->kind == FIGURE_COUNT ||
	    is_recorded(check->input, figure->arg, figure->arg_len, true))
		return err;
	err = diag__error(check->diag, -EINVAL, "'%.*s' is no number, which '%.*s' is to be of",
			  (int)figure->arg_len, figure->arg, (int)len, item);
	diag__hint(check->diag, "count(%.*s) is how many samples have one", (int)figure->arg_len,
		   figure->arg);
	return err;
}

static int check_item(const struct check *check, const char *item, size_t len)
{
	struct figure figure;

	if (!figure__parse(item, len, &figure))
		return check_key(check, item, len);
	if (!figure.arg || (figure.bare && is_recorded(check->input, item, len, false)))
		return 0;
	return check_figure(check, &figure, item, len);
}

static int check_list(struct input *input, const char *list, struct diag *diag)
{
	const struct check check = { input, list, diag };
	const char *text = list + (*list == '+');
	int err = 0;

	while (*text && !err) {
		size_t len = column__key_len(text), skip = 0, end = len;

		while (skip < end && isspace((unsigned char)text[skip]))
			skip++;
		while (end > skip && isspace((unsigned char)text[end - 1]))
			end--;
		if (skip < end)
			err = check_item(&check, text + skip, end - skip);
		text += len + (text[len] == ',');
	}
	return err;
}

int aggregate__check(struct input *input, const struct aggregate_opts *opts, struct diag *diag)
{
	int err = 0;

	if (!input__nr_events(input))
		return 0;
	if (opts->group)
		err = check_list(input, opts->group, diag);
	if (!err && opts->sort)
		err = check_list(input, opts->sort, diag);
	if (!err && opts->fields)
		err = check_list(input, opts->fields, diag);
	return err;
}
