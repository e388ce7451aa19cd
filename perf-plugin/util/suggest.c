// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE 1 /* strcasestr() */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "suggest.h"

#define MAX_LEN		127

/*
 * Costs, in quarters of an edit, so that names that are related in another way find their place
 * between those with one, two and more edits.
 */
#define COST_EDIT	4
#define COST_CASE	1	/* only upper and lower case differ */
#define COST_BEGINS	6	/* one is the start of the other */
#define COST_PART	9	/* one is a whole part of the other, between underscores */
#define COST_INSIDE	12	/* one is in the other somewhere */

#define MIN_BEGIN	3	/* shorter starts say nothing */
#define MIN_INSIDE	4

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

static bool same(char a, char b)
{
	return a == b || tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * One row of the table of distances between the starts of @a and @b (optimal string alignment):
 * cur[j] is between the first @i bytes of a and the first j of b, prev and prev2 are the rows of
 * i - 1 and i - 2. Only cells within @limit of the diagonal are filled. Returns the row's least.
 */
static unsigned int fill_row(const char *a, const char *b, unsigned int lb, unsigned int i,
			     unsigned int limit, const uint8_t *prev2, const uint8_t *prev,
			     uint8_t *cur)
{
	unsigned int from = i > limit ? i - limit : 1, to = i + limit < lb ? i + limit : lb;
	unsigned int j, least;

	cur[from - 1] = from == 1 ? i : limit + 1;
	least = cur[from - 1];
	for (j = from; j <= to; j++) {
		bool eq = same(a[i - 1], b[j - 1]);

		cur[j] = min3(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + !eq);
		if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]) &&
		    prev2[j - 2] + 1 < cur[j])
			cur[j] = prev2[j - 2] + 1;
		if (cur[j] < least)
			least = cur[j];
	}
	if (to < lb)
		cur[to + 1] = limit + 1;
	return least;
}

static unsigned int distance(const char *a, unsigned int la, const char *b, unsigned int lb,
			     unsigned int limit)
{
	uint8_t rows[3][MAX_LEN + 2];
	unsigned int i, least;

	if (la > MAX_LEN || lb > MAX_LEN || (la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	if (limit > MAX_LEN)
		limit = MAX_LEN;

	for (i = 0; i <= lb; i++)
		rows[0][i] = i;
	memset(rows[1], limit + 1, sizeof(rows[1]));
	memset(rows[2], limit + 1, sizeof(rows[2]));
	for (i = 1; i <= la; i++) {
		/* No edit skips a row for less than 1, so nothing below can be less than this. */
		least = fill_row(a, b, lb, i, limit, rows[(i + 1) % 3], rows[(i + 2) % 3],
				 rows[i % 3]);
		if (least > limit)
			return limit + 1;
	}
	return rows[la % 3][lb] > limit ? limit + 1 : rows[la % 3][lb];
}

unsigned int suggest__distance(const char *a, const char *b, unsigned int limit)
{
	return distance(a, strlen(a), b, strlen(b), limit);
}

/* @part at @at in @whole, with nothing or an underscore on either side. */
static bool is_part(const char *whole, const char *at, unsigned int len)
{
	return (at == whole || at[-1] == '_') && (!at[len] || at[len] == '_');
}

/* What the shorter name being in the longer one costs; UINT32_MAX: it isn't. */
static unsigned int containment_cost(const char *whole, unsigned int lw, const char *part,
				     unsigned int lp)
{
	unsigned int extra = (lw - lp) / 8;
	const char *at;

	if (lp >= MIN_BEGIN && !strncasecmp(whole, part, lp))
		return COST_BEGINS + extra;
	at = lp >= MIN_BEGIN ? strcasestr(whole, part) : NULL;
	if (at && is_part(whole, at, lp))
		return COST_PART + extra;
	return at && lp >= MIN_INSIDE ? COST_INSIDE + extra : UINT32_MAX;
}

static unsigned int cost_of(const struct suggest *suggest, const char *candidate)
{
	unsigned int len = strlen(candidate);
	unsigned int cost, edits;

	if (suggest->len <= len)
		cost = containment_cost(candidate, len, suggest->name, suggest->len);
	else
		cost = containment_cost(suggest->name, suggest->len, candidate, len);

	edits = distance(suggest->name, suggest->len, candidate, len, suggest->limit);
	if (!edits)
		return COST_CASE;
	if (edits <= suggest->limit && edits * COST_EDIT < cost)
		cost = edits * COST_EDIT;
	return cost;
}

void suggest__init(struct suggest *suggest, const char *name)
{
	*suggest = (struct suggest){ .name = name, .len = strlen(name) };
	suggest->limit = suggest->len / 3 ? suggest->len / 3 : 1;
}

/* Equal cost: the name whose length is nearer, then the alphabet. */
static bool is_better(const struct suggest *suggest, const char *a, unsigned int cost_a,
		      const char *b, unsigned int cost_b)
{
	int diff_a, diff_b;

	if (cost_a != cost_b)
		return cost_a < cost_b;
	diff_a = (int)strlen(a) - (int)suggest->len;
	diff_b = (int)strlen(b) - (int)suggest->len;
	diff_a = diff_a < 0 ? -diff_a : diff_a;
	diff_b = diff_b < 0 ? -diff_b : diff_b;
	return diff_a != diff_b ? diff_a < diff_b : strcmp(a, b) < 0;
}

static bool is_known(const struct suggest *suggest, const char *candidate)
{
	unsigned int i;

	for (i = 0; i < suggest->nr; i++) {
		if (!strcmp(suggest->best[i].name, candidate))
			return true;
	}
	return false;
}

void suggest__offer(struct suggest *suggest, const char *candidate)
{
	unsigned int i, cost;

	if (!*candidate || !suggest->len)
		return;
	cost = cost_of(suggest, candidate);
	if (cost == UINT32_MAX || is_known(suggest, candidate))
		return;

	for (i = suggest->nr; i > 0; i--) {
		if (!is_better(suggest, candidate, cost, suggest->best[i - 1].name,
			       suggest->best[i - 1].cost))
			break;
		if (i < SUGGEST_MAX)
			suggest->best[i] = suggest->best[i - 1];
	}
	if (i == SUGGEST_MAX)
		return;
	suggest->best[i].name = candidate;
	suggest->best[i].cost = cost;
	if (suggest->nr < SUGGEST_MAX)
		suggest->nr++;
}

unsigned int suggest__best(const struct suggest *suggest, const char **names, unsigned int max)
{
	unsigned int i, nr = suggest->nr < max ? suggest->nr : max;

	for (i = 0; i < nr; i++)
		names[i] = suggest->best[i].name;
	return nr;
}
