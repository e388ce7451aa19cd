// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "term.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))
#define ANY_EVENT		"config,config1,config2,name,period,freq,time,call-graph,max-stack," \
				"inherit,no-inherit"
#define TRACEPOINT		"name,call-graph,max-stack,inherit,no-inherit"

/* ---- from text ---------------------------------------------------------------------------- */

/* The end of what starts at @at: a comma's place, one inside quotes excepted. */
static size_t find_end(struct piece text, size_t at)
{
	bool quoted = false;

	for (; at < text.len && (quoted || text.at[at] != ','); at++)
		quoted ^= text.at[at] == '\'';
	return at;
}

static void trim(struct piece *piece, unsigned int *pos)
{
	while (piece->len && *piece->at == ' ') {
		piece->at++;
		piece->len--;
		(*pos)++;
	}
	while (piece->len && piece->at[piece->len - 1] == ' ')
		piece->len--;
}

static int parse_one(struct term *term, struct piece text, unsigned int pos, struct diag *diag)
{
	const char *equals;

	trim(&text, &pos);
	equals = memchr(text.at, '=', text.len);
	*term = (struct term){ .name = text, .pos = pos };
	if (equals) {
		term->name.len = equals - text.at;
		term->value = (struct piece){ equals + 1, text.len - term->name.len - 1 };
		term->value_pos = pos + term->name.len + 1;
	}
	if (!term->name.len || (equals && !term->value.len))
		return diag__error_at(diag, -EINVAL, (struct span){ pos + term->name.len, 1 },
				      "Unrecognized input");
	if (equals && term->value.len >= 2 && *term->value.at == '\'' &&
	    term->value.at[term->value.len - 1] == '\'') {
		term->value.at++;
		term->value.len -= 2;
		term->value_pos++;
	}
	return 0;
}

int terms__parse(struct terms *terms, struct piece text, unsigned int pos, struct diag *diag)
{
	int err = 0;

	terms->nr = 0;
	for (size_t at = 0, end; at <= text.len && text.len && !err; at = end + 1) {
		end = find_end(text, at);
		if (terms->nr == MAX_TERMS)
			return diag__error_at(diag, -EINVAL, (struct span){ pos + at, 1 },
					      "more than %d terms", MAX_TERMS);
		err = parse_one(&terms->list[terms->nr++], (struct piece){ text.at + at, end - at },
				pos + at, diag);
	}
	return err;
}

/* ---- what they say ------------------------------------------------------------------------ */

static struct span span_of_value(const struct term *term)
{
	return term->value.at ? (struct span){ term->value_pos, term->value.len } :
				(struct span){ term->pos, term->name.len };
}

static int read_number(const struct term *term, uint64_t *number, struct diag *diag)
{
	if (!piece__number(term->value, number))
		return diag__error_at(diag, -EINVAL, span_of_value(term), "expected numeric value");
	return 0;
}

static int set_config(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	uint64_t value;
	int err = read_number(term, &value, diag);

	if (err)
		return err;
	if (piece__is(term->name, "config"))
		evsel->attr.config = value;
	else if (piece__is(term->name, "config1"))
		evsel->attr.config1 = value;
	else
		evsel->attr.config2 = value;
	return 0;
}

static int set_rate(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	uint64_t value;
	int err = read_number(term, &value, diag);

	if (err)
		return err;
	if (!value)
		return diag__error_at(diag, -EINVAL, span_of_value(term), "expected numeric value");
	evsel->attr.sample_period = value;	/* the same place has the frequency */
	evsel->attr.freq = piece__is(term->name, "freq");
	evsel->has |= EVSEL_HAS_PERIOD;
	return 0;
}

static int set_name(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	char *name;

	if (!term->value.at || !term->value.len)
		return diag__error_at(diag, -EINVAL, span_of_value(term), "expected string value");
	name = piece__copy(term->value);
	if (!name)
		return diag__error(diag, -ENOMEM, "out of memory");
	free(evsel->name);
	evsel->name = name;
	return 0;
}

static int set_chain(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	struct span span = span_of_value(term);

	if (term->value.at && (piece__is(term->value, "dwarf") || piece__is(term->value, "lbr")))
		return diag__error_at(diag, -EINVAL, span, "call chains are those of frame "
				      "pointers here (fp): a dump of the stack has no place in "
				      "events of functions");
	evsel->has |= EVSEL_HAS_CHAIN;
	if (!term->value.at || piece__is(term->value, "fp"))
		evsel->attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	else if (piece__is(term->value, "no"))
		evsel->attr.sample_type &= ~(uint64_t)PERF_SAMPLE_CALLCHAIN;
	else
		return diag__error_at(diag, -EINVAL, span, "expected fp or no");
	return 0;
}

static int set_max_stack(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	uint64_t value;
	int err = read_number(term, &value, diag);

	if (!err && (!value || value > UINT16_MAX))
		err = diag__error_at(diag, -EINVAL, span_of_value(term), "too big");
	if (!err)
		evsel->attr.sample_max_stack = value;
	return err;
}

static int set_inherit(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	if (term->value.at)
		return diag__error_at(diag, -EINVAL, span_of_value(term),
				      "Unrecognized input");
	evsel->attr.inherit = piece__is(term->name, "inherit");
	evsel->has |= EVSEL_HAS_INHERIT;
	return 0;
}

static int set_time(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	uint64_t value;
	int err = read_number(term, &value, diag);

	(void)evsel;
	if (!err && !value)
		err = diag__error_at(diag, -EINVAL, span_of_value(term),
				     "events are put in order by their time");
	return err;
}

/* perf record's, which make no sense here. */
static int refuse(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	(void)evsel;
	return diag__error_at(diag, -EINVAL, (struct span){ term->pos, term->name.len },
			      "'%.*s' is for perf record alone", (int)term->name.len,
			      term->name.at);
}

static const struct known {
	const char *name;
	int (*set)(struct evsel *evsel, const struct term *term, struct diag *diag);
	bool of_tracepoint;		/* also */
} known[] = {
	{ "config", set_config, false }, { "config1", set_config, false },
	{ "config2", set_config, false },
	{ "name", set_name, true },
	{ "period", set_rate, false }, { "freq", set_rate, false },
	{ "time", set_time, false },
	{ "call-graph", set_chain, true }, { "max-stack", set_max_stack, true },
	{ "inherit", set_inherit, true }, { "no-inherit", set_inherit, true },
	{ "branch_type", refuse, true }, { "stack-size", refuse, true }, { "nr", refuse, true },
	{ "overwrite", refuse, true }, { "no-overwrite", refuse, true },
	{ "driver-config", refuse, true }, { "percore", refuse, true },
	{ "aux-output", refuse, true }, { "aux-action", refuse, true },
	{ "aux-sample-size", refuse, true }, { "metric-id", refuse, true },
};

int term__apply(struct evsel *evsel, const struct term *term, struct diag *diag)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		if (!piece__is(term->name, known[i].name))
			continue;
		if (evsel__is_tracepoint(evsel) && !known[i].of_tracepoint)
			return 1;
		return known[i].set(evsel, term, diag);
	}
	return 1;
}

int term__unknown(const struct term *term, const char *pmu, const char *names, struct diag *diag)
{
	const struct span span = { term->pos, term->name.len };

	if (pmu)
		diag__error_at(diag, -EINVAL, span, "unknown term '%.*s' for pmu '%s'",
			       (int)term->name.len, term->name.at, pmu);
	else
		diag__error_at(diag, -EINVAL, span, "unknown term");
	diag__hint(diag, "valid terms: %s%s", names, pmu ? ANY_EVENT : TRACEPOINT);
	return -EINVAL;
}
