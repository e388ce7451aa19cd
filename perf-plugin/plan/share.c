// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "share.h"

/* How much it costs to compute @expr, roughly in instructions. */
static unsigned int cost(const struct typed_expr *expr)
{
	unsigned int sum = expr->op == TYPED_LOAD || expr->op == TYPED_MATCH ? 16 :
			   expr->op == TYPED_PARAM || expr->op == TYPED_VALUE ? 6 : 1;

	for (unsigned int i = 0; i < 3 && expr->args[i]; i++)
		sum += cost(expr->args[i]);
	return sum;
}

void share__init(struct share *share)
{
	memset(share->uses, 0, sizeof(share->uses));
	share->nr = 0;
	share->nr_given_up = 0;
	share->no_leaves = false;
}

void share__start(struct share *share, bool counting)
{
	if (!counting)
		for (unsigned int i = 0; i < share->nr; i++)
			share->uses[i] = share->values[i].uses;
	share->counting = counting;
	share->nr = 0;
	share->temps = 0;
	share->again = false;
}

static bool fits(enum purpose have, enum purpose want)
{
	return have == want || have == FOR_ANY;
}

struct shared *share__find(struct share *share, const struct typed_expr *expr,
			   enum purpose purpose, int item)
{
	for (unsigned int i = 0; i < share->nr; i++) {
		struct shared *s = &share->values[i];

		if (s->gone || !fits(s->purpose, purpose) || (s->item >= 0 && s->item != item))
			continue;
		if (!share->counting && s->temp < 0)
			continue;
		if (typed_expr__equal(s->expr, expr))
			return s;
	}
	return NULL;
}

void share__use(struct share *share, struct shared *shared)
{
	if (share->counting) {
		shared->uses++;
		return;
	}
	if (--shared->uses)
		return;
	share__put_temp(share, shared->temp);
	shared->temp = -1;
}

static bool is_given_up(const struct share *share, const struct typed_expr *expr,
			enum purpose purpose)
{
	if (share->nr_given_up == SHARE_MAX_GIVEN_UP)
		return true;
	for (unsigned int i = 0; i < share->nr_given_up; i++)
		if (share->given_up[i].purpose == purpose &&
		    typed_expr__equal(share->given_up[i].expr, expr))
			return true;
	return false;
}

/* Of the values that have a temp now, gives that one up that saves least. */
static bool give_up(struct share *share)
{
	struct shared *least = NULL;
	unsigned int least_saved = 0;

	for (unsigned int i = 0; i < share->nr; i++) {
		struct shared *s = &share->values[i];
		unsigned int saved = cost(s->expr) * share->uses[i];

		if (s->temp < 0 || (least && saved >= least_saved))
			continue;
		least = s;
		least_saved = saved;
	}
	if (!least)
		return false;
	if (share->nr_given_up < SHARE_MAX_GIVEN_UP) {
		share->given_up[share->nr_given_up].expr = least->expr;
		share->given_up[share->nr_given_up++].purpose = least->purpose;
	}
	share__put_temp(share, least->temp);
	least->temp = -1;
	share->again = true;
	return true;
}

static int free_temp(struct share *share)
{
	for (int temp = 0; temp < BS_MAX_TEMPS; temp++) {
		if (share->temps >> temp & 1)
			continue;
		share->temps |= 1u << temp;
		return temp;
	}
	return -1;
}

int share__take_temp(struct share *share)
{
	int temp;

	if (share->counting)
		return 0;
	temp = free_temp(share);
	return temp < 0 && give_up(share) ? free_temp(share) : temp;
}

void share__put_temp(struct share *share, int temp)
{
	if (!share->counting && temp >= 0)
		share->temps &= ~(1u << temp);
}

int share__add(struct share *share, const struct typed_expr *expr, enum purpose purpose, int item)
{
	bool leaf = expr->op == TYPED_PARAM || expr->op == TYPED_VALUE || expr->op == TYPED_RETVAL;
	unsigned int nr = share->nr;
	struct shared *s;

	if (nr == SHARE_MAX || expr->op == TYPED_CONST || expr->op == TYPED_ADD ||
	    (leaf && share->no_leaves) || is_given_up(share, expr, purpose))
		return -1;
	s = &share->values[share->nr++];
	*s = (struct shared){
		.expr = expr, .purpose = purpose, .item = item, .temp = -1,
		.uses = share->counting ? 0 : share->uses[nr],
	};
	if (!s->uses)
		return -1;
	s->temp = free_temp(share);
	if (s->temp >= 0)
		return s->temp;
	s->temp = BS_MAX_TEMPS;		/* this one may be what saves least */
	give_up(share);
	s->temp = -1;
	return -1;
}

void share__forget(struct share *share, unsigned int nr)
{
	for (; nr < share->nr; nr++)
		share->values[nr].gone = true;
}
