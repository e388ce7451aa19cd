// SPDX-License-Identifier: GPL-2.0-only
#include "condition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../spec/spec.h"
#include "column.h"

#define MAX_SIDES	16

/* One of the sides of an || at the top: "vfs_read.count > 10 || vfs_write.count > 10" */
struct side {
	char *text;			/* of the same length as the whole, spaces around */
	bool is_known;			/* to some event */
};

/* What is looked at for an event: the whole, or those of its sides that the event has. */
struct terms {
	struct column *columns[MAX_SIDES];
	unsigned int nr;
};

struct condition {
	struct input *input;
	char *text;
	struct side sides[MAX_SIDES];
	unsigned int nr_sides;
	struct terms **events;
	unsigned int nr;		/* events that were looked at */
};

/* ---- the text ------------------------------------------------------------------------------ */

/* The length of what starts at @p and has to stay in one piece. */
static size_t piece_len(const char *p)
{
	size_t i;

	if (*p != '"' && *p != '\'')
		return 1;
	for (i = 1; p[i] && p[i] != *p; i++)
		i += p[i] == '\\' && p[i + 1];
	return p[i] ? i + 1 : i;
}

static int add_side(struct condition *c, size_t start, size_t end)
{
	struct side *side = &c->sides[c->nr_sides];

	side->text = strdup(c->text);
	if (!side->text)
		return -ENOMEM;
	c->nr_sides++;
	memset(side->text, ' ', start);
	side->text[end] = '\0';
	return 0;
}

/* At each || in no brackets; an expression with a ?: around them has but one side. */
static int split(struct condition *c)
{
	size_t start = 0, i = 0;
	int depth = 0, err = 0;
	const char *p = c->text;

	for (; p[i] && !err; i += piece_len(p + i)) {
		depth += (p[i] == '(' || p[i] == '[') - (p[i] == ')' || p[i] == ']');
		if (p[i] == '?')
			break;
		if (depth || p[i] != '|' || p[i + 1] != '|' || c->nr_sides + 1 == MAX_SIDES)
			continue;
		err = add_side(c, start, i);
		start = i + 2;
		i++;
	}
	if (p[i] == '?') {
		while (c->nr_sides)
			free(c->sides[--c->nr_sides].text);
		start = 0;
	}
	return err ? err : add_side(c, start, strlen(p));
}

/* ---- events -------------------------------------------------------------------------------- */

/* The column is one that is true or false; a string is neither. */
static int check_truth(const struct column *column, const char *text, struct diag *diag)
{
	struct span span = { .pos = strspn(text, " \t\n") };

	if (column__is_number(column))
		return 0;
	span.len = strlen(text + span.pos);
	diag__error_at(diag, -EINVAL, span, "this is no number: it is neither true nor false");
	diag__hint(diag, "compare it: == \"...\"");
	return -EINVAL;
}

/* Adds @text to what is looked at for event @index. 1 if the event has it, 0 or -ENOMEM. */
static int add_term(struct condition *c, struct terms *terms, unsigned int index, const char *text)
{
	struct column *column;
	int err = column__new(c->input, index, text, &column, NULL);

	if (err)
		return err == -ENOMEM ? err : 0;
	if (check_truth(column, text, NULL)) {
		column__free(column);
		return 0;
	}
	terms->columns[terms->nr++] = column;
	return 1;
}

static int look_at_event(struct condition *c, unsigned int index)
{
	struct terms *terms = calloc(1, sizeof(*terms));
	int ret;

	if (!terms)
		return -ENOMEM;
	c->events[c->nr++] = terms;
	ret = add_term(c, terms, index, c->text);
	for (unsigned int i = 0; i < c->nr_sides && ret > 0; i++)
		c->sides[i].is_known = true;
	if (ret)
		return ret < 0 ? ret : 0;
	for (unsigned int i = 0; i < c->nr_sides && ret >= 0; i++) {
		ret = add_term(c, terms, index, c->sides[i].text);
		c->sides[i].is_known |= ret > 0;
	}
	return ret < 0 ? ret : 0;
}

static int look_at_events(struct condition *c)
{
	unsigned int nr = input__nr_events(c->input);
	struct terms **more;
	int err = 0;

	if (nr <= c->nr)
		return 0;
	more = reallocarray(c->events, nr, sizeof(struct terms *));
	if (!more)
		return -ENOMEM;
	c->events = more;
	while (c->nr < nr && !err)
		err = look_at_event(c, c->nr);
	return err;
}

/* ---- messages ------------------------------------------------------------------------------ */

/* Says what is wrong with @text, in @diag, which gets a copy of the whole. */
static int complain(const struct condition *c, const char *text, struct diag *diag)
{
	struct column *column;
	int err;

	if (!diag || diag__is_set(diag))
		return -EINVAL;
	err = column__check(c->input, text, diag);
	for (unsigned int i = 0; !err && i < input__nr_events(c->input); i++) {
		if (column__new(c->input, i, text, &column, NULL))
			continue;
		err = check_truth(column, text, diag);
		column__free(column);
	}
	if (diag->has_span && !diag->text)
		diag->text = strdup(c->text);
	return err == -ENOMEM ? err : -EINVAL;
}

/* Each side has to be one that some event has. */
static int check_sides(const struct condition *c, struct diag *diag)
{
	for (unsigned int i = 0; i < c->nr_sides; i++)
		if (!c->sides[i].is_known)
			return complain(c, c->sides[i].text, diag);
	return 0;
}

/* ---- all of it ----------------------------------------------------------------------------- */

int condition__new(struct input *input, const char *text, struct condition **out,
		   struct diag *diag)
{
	struct condition *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->input = input;
	c->text = strdup(text);
	err = c->text ? split(c) : -ENOMEM;
	if (!err)
		err = look_at_events(c);
	/* Of a pipe the events are still to come. */
	if (!err && c->nr)
		err = check_sides(c, diag);
	if (err)
		condition__free(c);
	else
		*out = c;
	return err;
}

void condition__free(struct condition *c)
{
	if (!c)
		return;
	for (unsigned int i = 0; i < c->nr; i++) {
		for (unsigned int j = 0; j < c->events[i]->nr; j++)
			column__free(c->events[i]->columns[j]);
		free(c->events[i]);
	}
	free(c->events);
	for (unsigned int i = 0; i < c->nr_sides; i++)
		free(c->sides[i].text);
	free(c->text);
	free(c);
}

int condition__is_true(struct condition *c, const struct perfdata_sample *sample)
{
	int err = c->nr < input__nr_events(c->input) ? look_at_events(c) : 0;
	const struct terms *terms;

	if (err)
		return err;
	terms = c->events[sample->event];
	for (unsigned int i = 0; i < terms->nr; i++) {
		struct column_value value;

		err = column__read(terms->columns[i], sample, &value);
		if (err)
			return err;
		if (!(value.status & ITEM_FAULT) && value.number)
			return 1;
	}
	return 0;
}

int condition__end(const struct condition *c, struct diag *diag)
{
	return c->nr ? check_sides(c, diag) : 0;
}
