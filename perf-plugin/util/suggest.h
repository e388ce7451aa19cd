/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "did you mean": the names nearest to one that is unknown, out of any number that are offered one
 * by one. Only what a slip of the fingers or a forgotten end explains is kept.
 */
#ifndef BTFSNOOP_UTIL_SUGGEST_H
#define BTFSNOOP_UTIL_SUGGEST_H

#define SUGGEST_MAX	8

struct suggest {
	const char *name;
	unsigned int len;
	unsigned int limit;	/* edits allowed */
	unsigned int nr;
	struct {
		const char *name;
		unsigned int cost;
	} best[SUGGEST_MAX];	/* by ascending cost */
};

/* @name and what is offered have to stay valid until suggest__best(). */
void suggest__init(struct suggest *suggest, const char *name);
void suggest__offer(struct suggest *suggest, const char *candidate);

/* Fills @names with up to @max (and SUGGEST_MAX) names, the best first; returns how many. */
unsigned int suggest__best(const struct suggest *suggest, const char **names, unsigned int max);

/*
 * Edits (insert, delete, replace, swap two neighbours) between two names, upper and lower case
 * taken for the same; anything above @limit, and names longer than 127 bytes, give @limit + 1.
 */
unsigned int suggest__distance(const char *a, const char *b, unsigned int limit);

#endif
