// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdbool.h>

#include "diff-measure.h"
#include "distribution.h"
#include "tally.h"

#define NR_STEPS	1000		/* of quantiles */
#define RESOLUTION	(1 / 64.0)	/* of a distribution's buckets */
#define ALPHA		0.001
#define Z		3.29		/* two-sided, of the normal distribution */
#define FEW		8		/* values, see band() */
#define NONE_OF		6.9		/* a rate of which none is seen with probability ALPHA */

/* ---- counts -------------------------------------------------------------------------------- */

static struct measure compare_counts(double a, double b, double log_ratio)
{
	struct measure m = { .distance = 1 };
	double noise, n = a + b;

	if (!a || !b) {
		m.certain = n > NONE_OF ? 1 - NONE_OF / n : 0;
		return m;
	}
	noise = Z * sqrt(1 / a + 1 / b);
	log_ratio = fabs(log_ratio);
	m.distance = 1 - exp(-log_ratio);
	m.certain = log_ratio > noise ? 1 - exp(noise - log_ratio) : 0;
	return m;
}

struct measure measure__counts(uint64_t a, double a_time, uint64_t b, double b_time)
{
	struct measure count, rate;
	double log_ratio;

	if (!a && !b)
		return (struct measure){ 0 };
	log_ratio = a && b ? log((double)b / (double)a) : 0;
	count = compare_counts(a, b, log_ratio);
	if (!a || !b || !(a_time > 0) || !(b_time > 0))
		return count;
	rate = compare_counts(a, b, log_ratio - log(b_time / a_time));
	return rate.certain < count.certain ||
	       (rate.certain == count.certain && rate.distance < count.distance) ? rate : count;
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* The relative change between two numbers; 1 where the sign changes. */
static double change(double x, double y)
{
	double small = fabs(x) < fabs(y) ? fabs(x) : fabs(y);
	double large = fabs(x) < fabs(y) ? fabs(y) : fabs(x);

	if (x == y)
		return 0;
	return (x < 0) != (y < 0) ? 1 : 1 - small / large;
}

/*
 * How far a quantile of so many values may be from the true one, in steps: Dvoretzky, Kiefer and
 * Wolfowitz's bound, which is wide where there are few values, or the deviation of the share of
 * values below it, whichever is less. A few more values cover that few aren't distributed normally.
 */
static int band(uint64_t count, int i)
{
	double n = (double)count, q = (double)i / NR_STEPS;
	double all = sqrt(log(2 / ALPHA) / (2 * n));
	double here = Z * sqrt(q * (1 - q) / n) + FEW / n;

	return (int)ceil((here < all ? here : all) * NR_STEPS);
}

/* A distribution and the bounds of each of its quantiles; -INFINITY, INFINITY: it has none. */
struct curve {
	double at[NR_STEPS + 1];
	double low[NR_STEPS + 1];
	double high[NR_STEPS + 1];
};

static void draw(const struct distribution *d, struct curve *curve)
{
	uint64_t values[NR_STEPS + 1];

	distribution__quantiles(d, NR_STEPS + 1, values);
	for (int i = 0; i <= NR_STEPS; i++)
		curve->at[i] = distribution__number(d, values[i]);
	for (int i = 0; i <= NR_STEPS; i++) {
		int by = band(distribution__count(d), i);

		curve->low[i] = i < by ? -INFINITY : curve->at[i - by];
		curve->high[i] = i + by > NR_STEPS ? INFINITY : curve->at[i + by];
	}
}

/* What remains of a change if both are as near to each other as they may be. */
static double certain_change(const struct curve *a, const struct curve *b, int i)
{
	double gap = 0;

	if (a->high[i] < b->low[i])
		gap = change(a->high[i], b->low[i]);
	else if (b->high[i] < a->low[i])
		gap = change(b->high[i], a->low[i]);
	return gap > RESOLUTION ? gap : 0;
}

struct measure measure__numbers(const struct distribution *a, const struct distribution *b)
{
	struct measure m = { 0 };
	double most = -1;
	struct curve x, y;

	draw(a, &x);
	draw(b, &y);
	for (int i = 0; i <= NR_STEPS; i++) {
		double moved = change(x.at[i], y.at[i]);
		double certain = certain_change(&x, &y, i);
		/* What is certain comes first, then what else moved. */
		double rank = certain ? 1 + certain : moved;

		m.distance += moved / (NR_STEPS + 1);
		m.certain += certain / (NR_STEPS + 1);
		if (i >= NR_STEPS / 100 && i <= NR_STEPS - NR_STEPS / 100 &&
		    i % (NR_STEPS / 100) == 0 && rank > most) {
			most = rank;
			m.quantile = (double)i / NR_STEPS;
		}
	}
	return m;
}

/* ---- texts --------------------------------------------------------------------------------- */

static double share(const struct tally *t, const void *value, size_t len)
{
	return (double)tally__find(t, value, len) / (double)tally__total(t);
}

/* What is added to the distance and to the noise by the values of @a, those of @b, too, or not. */
static void add_values(const struct tally *a, const struct tally *b, bool common,
		       double *distance, double *noise)
{
	double n = (double)tally__total(a), m = (double)tally__total(b);

	for (uint32_t i = 0; i < tally__nr(a); i++) {
		size_t len;
		const void *value = tally__value(a, i, &len);
		double p = (double)tally__count(a, i) / n, q = share(b, value, len);
		double both = (p * n + q * m) / (n + m);

		if (!common && q)
			continue;
		*distance += fabs(p - q) / 2;
		*noise += sqrt(2 / M_PI * both * (1 - both) * (1 / n + 1 / m)) / 2;
	}
}

struct measure measure__texts(const struct tally *a, const struct tally *b)
{
	double n = (double)tally__total(a), m = (double)tally__total(b), noise = 0;
	struct measure measure = { 0 };

	add_values(a, b, true, &measure.distance, &noise);
	add_values(b, a, false, &measure.distance, &noise);
	/* What is expected of equal ones, and what that varies by (McDiarmid). */
	noise += sqrt(log(1 / ALPHA) / 2 * (1 / n + 1 / m));
	if (measure.distance > 1)
		measure.distance = 1;
	measure.certain = measure.distance > noise ? measure.distance - noise : 0;
	return measure;
}
