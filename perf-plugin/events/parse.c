// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>

#include "generic.h"
#include "modifier.h"
#include "parse.h"
#include "pmu.h"
#include "term.h"
#include "tracepoint.h"

#define MAX_EVENTS	4096

struct parser {
	const char *text;
	const char *at;			/* what comes next */
	const struct evlist_roots *roots;
	struct evsels *evsels;
	struct diag *diag;
};

/* One event as it stands there. */
struct event_text {
	struct piece all;
	struct piece name;
	struct piece tracepoint;	/* .at NULL: @name is no system */
	struct terms terms;
	bool has_terms;
	struct piece modifiers;
};

/* ---- the text ----------------------------------------------------------------------------- */

static unsigned int pos_of(const struct parser *p, const char *at)
{
	return at - p->text;
}

static struct span span_of(const struct parser *p, struct piece piece)
{
	return (struct span){ pos_of(p, piece.at), piece.len };
}

static int unexpected(struct parser *p)
{
	return diag__error_at(p->diag, -EINVAL, (struct span){ pos_of(p, p->at), 1 },
			      "Unrecognized input");
}

static void skip_blanks(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

/* As long as a name goes; globs have more than letters. */
static struct piece take_name(struct parser *p)
{
	struct piece name = { p->at, 0 };

	while (isalnum((unsigned char)*p->at) || (*p->at && strchr("_-*?.![]^+@~", *p->at)))
		p->at++;
	name.len = p->at - name.at;
	return name;
}

/* "/terms/" */
static int take_terms(struct parser *p, struct terms *terms)
{
	struct piece inside = { p->at + 1, 0 };
	bool quoted = false;
	const char *end;

	for (end = inside.at; *end && (quoted || *end != '/'); end++)
		quoted ^= *end == '\'';
	if (!*end)
		return unexpected(p);
	inside.len = end - inside.at;
	p->at = end + 1;
	return terms__parse(terms, inside, pos_of(p, inside.at), p->diag);
}

/* Whether there is such an event, which is no tracepoint then. */
static bool is_plain(const struct parser *p, struct piece name)
{
	struct perf_event_attr attr = { 0 };
	struct pmu_names pmus = { 0 };
	bool found = generic__find(name, &attr);

	if (!found) {
		pmu__find_event(p->roots->sysfs, name, &pmus);
		found = pmus.nr;
		pmu_names__exit(&pmus);
	}
	return found;
}

/* What stands behind a colon, where these can be nothing else. */
static int take_modifiers(struct parser *p, struct event_text *event)
{
	event->modifiers = take_name(p);
	if (modifier__is(event->modifiers))
		return 0;
	p->at = event->modifiers.at;
	return unexpected(p);
}

static int scan(struct parser *p, struct event_text *event)
{
	const char *start = p->at;
	int err = 0;

	*event = (struct event_text){ .name = take_name(p) };
	if (!event->name.len)
		return unexpected(p);
	if (*p->at == ':') {
		p->at++;
		event->tracepoint = take_name(p);
		if (modifier__is(event->tracepoint) && is_plain(p, event->name)) {
			event->modifiers = event->tracepoint;
			event->tracepoint = (struct piece){ 0 };
		} else if (!event->tracepoint.len) {
			return unexpected(p);
		}
	}
	if (!event->modifiers.at && *p->at == '/') {
		event->has_terms = true;
		err = take_terms(p, &event->terms);
		if (!err && (isalpha((unsigned char)*p->at) || *p->at == ':')) {
			p->at += *p->at == ':';
			err = take_modifiers(p, event);
		}
	} else if (event->tracepoint.at && *p->at == ':') {
		p->at++;
		err = take_modifiers(p, event);
	}
	event->all = (struct piece){ start, p->at - start };
	return err;
}

/* ---- the events --------------------------------------------------------------------------- */

static void init_attr(struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr){
		.size = PERFDATA_ATTR_SIZE,
		.exclude_guest = 1,
	};
}

/* Takes @evsel over, also on failure. */
static int add(struct parser *p, struct evsel *evsel)
{
	struct evsels *evsels = p->evsels;
	struct evsel *grown = NULL;
	int err = -ENOMEM;

	if (evsels->nr == MAX_EVENTS)
		err = diag__error(p->diag, -E2BIG, "Too many events: more than %d", MAX_EVENTS);
	else
		grown = reallocarray(evsels->list, evsels->nr + 1, sizeof(*grown));
	if (!grown) {
		evsel__exit(evsel);
		return err;
	}
	evsels->list = grown;
	evsel->leader = evsels->nr;
	grown[evsels->nr++] = *evsel;
	return 0;
}

/* Gives @evsel its modifiers and, where nothing did so before, its name; then it is complete. */
static int finish(struct parser *p, const struct event_text *event, struct evsel *evsel)
{
	int err = modifier__apply(evsel, event->modifiers, event->modifiers.at ?
				  pos_of(p, event->modifiers.at) : 0, p->diag);

	if (!err && !evsel->name) {
		evsel->name = piece__copy(event->all);
		err = evsel->name ? 0 : -ENOMEM;
	}
	if (err) {
		evsel__exit(evsel);
		return err;
	}
	return add(p, evsel);
}

static int apply_terms(struct parser *p, const struct event_text *event, const char *pmu,
		       struct evsel *evsel)
{
	int err = 0;

	for (unsigned int i = 0; i < event->terms.nr && !err; i++) {
		const struct term *term = &event->terms.list[i];

		err = term__apply(evsel, term, p->diag);
		if (err > 0)
			err = term__unknown(term, pmu, "", p->diag);
	}
	return err;
}

struct found {
	struct parser *p;
	const struct event_text *event;
};

static int add_tracepoint(void *ctx, struct evsel *evsel)
{
	struct found *found = ctx;
	uint64_t id = evsel->attr.config;
	int err;

	init_attr(&evsel->attr);
	evsel->attr.type = PERF_TYPE_TRACEPOINT;
	evsel->attr.config = id;
	err = apply_terms(found->p, found->event, NULL, evsel);
	if (err) {
		evsel__exit(evsel);
		return err;
	}
	return finish(found->p, found->event, evsel);
}

/* The PMU whose terms a generic event has, in perf's words. */
static const char *generic_pmu(uint32_t type)
{
	return type == PERF_TYPE_SOFTWARE ? "software" : "cpu";
}

/* On machines with several kinds of CPUs an event of each. */
static int add_confined(struct parser *p, const struct event_text *event, const struct evsel *base,
			const char *pmu)
{
	struct evsel evsel = { .attr = base->attr, .has = base->has };
	int err = pmu__confine(p->roots->sysfs, pmu, &evsel, p->diag);

	if (!err && base->name)
		evsel.name = strdup(base->name);
	else if (!err && asprintf(&evsel.name, "%s/%.*s/", pmu, (int)event->name.len,
				  event->name.at) < 0)
		evsel.name = NULL;
	if (!err && !evsel.name)
		err = -ENOMEM;
	if (err) {
		evsel__exit(&evsel);
		return err;
	}
	return finish(p, event, &evsel);
}

static int add_generic(struct parser *p, const struct event_text *event,
		       const struct perf_event_attr *attr)
{
	struct evsel evsel = { .attr = *attr };
	struct pmu_names cores = { 0 };
	int err = apply_terms(p, event, generic_pmu(attr->type), &evsel);

	if (!err && attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_BPF_OUTPUT)
		err = diag__error_at(p->diag, -EINVAL, span_of(p, event->name),
				     "bpf-output is what a BPF program writes, and there is none");
	if (!err && attr->type != PERF_TYPE_SOFTWARE)
		err = pmu__find_cores(p->roots->sysfs, &cores);
	for (unsigned int i = 0; i < cores.nr && !err; i++)
		err = add_confined(p, event, &evsel, cores.list[i]);
	if (err || cores.nr)
		evsel__exit(&evsel);
	else
		err = finish(p, event, &evsel);
	pmu_names__exit(&cores);
	return err;
}

/* The event of one of the PMUs that were meant; @terms may begin with the event's own name. */
static int add_of_pmu(struct parser *p, const struct event_text *event, const struct terms *terms,
		      const char *pmu, bool is_only)
{
	struct evsel evsel = { 0 };
	struct piece rest = { event->name.at + event->name.len, event->all.len - event->name.len };
	int err;

	init_attr(&evsel.attr);
	err = pmu__apply(p->roots->sysfs, pmu, terms, &evsel, p->diag);
	if (!err && !is_only && !evsel.name &&
	    asprintf(&evsel.name, "%s%s%.*s", pmu, event->has_terms ? "" : "/", (int)rest.len,
		     rest.at) < 0) {
		evsel.name = NULL;
		err = -ENOMEM;
	}
	if (err) {
		evsel__exit(&evsel);
		return err;
	}
	return finish(p, event, &evsel);
}

static int add_of_pmus(struct parser *p, const struct event_text *event, const struct terms *terms,
		       struct pmu_names *pmus)
{
	int err = 0;

	for (unsigned int i = 0; i < pmus->nr && !err; i++)
		err = add_of_pmu(p, event, terms, pmus->list[i], pmus->nr == 1 || terms !=
				 &event->terms);
	pmu_names__exit(pmus);
	return err;
}

/* A name the kernel has for an event of a PMU, without the PMU. */
static int add_named(struct parser *p, const struct event_text *event, struct pmu_names *pmus)
{
	struct terms terms = { .nr = 1 };

	terms.list[0] = (struct term){ .name = event->name, .pos = pos_of(p, event->name.at) };
	for (unsigned int i = 0; i < event->terms.nr && terms.nr < MAX_TERMS; i++)
		terms.list[terms.nr++] = event->terms.list[i];
	return add_of_pmus(p, event, &terms, pmus);
}

static int unknown(struct parser *p, const struct event_text *event)
{
	char *name = piece__copy(event->name);
	const char *best[1] = { NULL };
	struct suggest suggest;

	if (!name)
		return -ENOMEM;
	diag__error_at(p->diag, -EINVAL, span_of(p, event->name), "%s",
		       event->has_terms ? "Bad event or PMU" : "Bad event name");
	diag__hint(p->diag, "Unable to find %sevent on a PMU of '%s'",
		   event->has_terms ? "PMU or " : "", name);
	suggest__init(&suggest, name);
	generic__suggest(&suggest);
	if (suggest__best(&suggest, best, 1))
		diag__hint(p->diag, "Hint:\tDid you mean '%s'?", best[0]);
	else if (strpbrk(name, "._"))
		diag__hint(p->diag, "Hint:\tWhat the processor's manual calls an event, perf knows "
			   "from tables of its own: write its number,\n\tcpu/event=0x..,umask=0x../ "
			   "or rNNN ('perf list --details' says it)");
	free(name);
	return -EINVAL;
}

static int parse_event(struct parser *p, const struct event_text *event)
{
	struct found found = { p, event };
	struct pmu_names pmus = { 0 };
	struct perf_event_attr attr;
	int err = 0;

	init_attr(&attr);
	if (event->tracepoint.at)
		return tracepoint__find(p->roots->tracefs, event->name, event->tracepoint,
					span_of(p, event->all), add_tracepoint, &found, p->diag);
	if (generic__find(event->name, &attr))
		return add_generic(p, event, &attr);
	if (event->has_terms)
		err = pmu__find(p->roots->sysfs, event->name, &pmus);
	if (!err && pmus.nr)
		return add_of_pmus(p, event, &event->terms, &pmus);
	if (!err)
		err = pmu__find_event(p->roots->sysfs, event->name, &pmus);
	if (!err && pmus.nr)
		return add_named(p, event, &pmus);
	pmu_names__exit(&pmus);
	return err ? err : unknown(p, event);
}

/* ---- mem:address/length:rwx:modifiers ------------------------------------------------------ */

static int take_number(struct parser *p, uint64_t *number)
{
	struct piece text = { p->at, 0 };

	while (isalnum((unsigned char)text.at[text.len]))
		text.len++;
	if (!piece__number(text, number))
		return unexpected(p);
	p->at += text.len;
	return 0;
}

static int take_access(struct parser *p, struct perf_event_attr *attr)
{
	for (; *p->at && strchr("rwx", *p->at); p->at++) {
		uint32_t type = *p->at == 'r' ? HW_BREAKPOINT_R :
				*p->at == 'w' ? HW_BREAKPOINT_W : HW_BREAKPOINT_X;

		if (attr->bp_type & type)
			return unexpected(p);
		attr->bp_type |= type;
	}
	return attr->bp_type ? 0 : unexpected(p);
}

static int take_breakpoint(struct parser *p, struct perf_event_attr *attr,
			   struct event_text *event)
{
	uint64_t len = 0, addr = 0;
	int err = take_number(p, &addr);

	if (!err && *p->at == '/') {
		p->at++;
		err = take_number(p, &len);
	}
	if (!err && *p->at == ':' && strchr("rwx", p->at[1]) && p->at[1]) {
		p->at++;
		err = take_access(p, attr);
	}
	if (!err && *p->at == ':') {
		p->at++;
		err = take_modifiers(p, event);
	}
	if (!attr->bp_type)
		attr->bp_type = HW_BREAKPOINT_RW;
	attr->bp_addr = addr;
	attr->bp_len = len ? len : attr->bp_type == HW_BREAKPOINT_X ? sizeof(long) :
								       HW_BREAKPOINT_LEN_4;
	return err;
}

static int parse_breakpoint(struct parser *p)
{
	struct event_text event = { .name = { p->at, 3 } };
	struct evsel evsel = { 0 };
	int err;

	p->at += 4;
	init_attr(&evsel.attr);
	evsel.attr.type = PERF_TYPE_BREAKPOINT;
	err = take_breakpoint(p, &evsel.attr, &event);
	event.all = (struct piece){ event.name.at, p->at - event.name.at };
	return err ? err : finish(p, &event, &evsel);
}

/* ---- several ------------------------------------------------------------------------------ */

static int parse_one(struct parser *p)
{
	struct event_text event;
	int err;

	if (!strncmp(p->at, "mem:", 4))
		return parse_breakpoint(p);
	err = scan(p, &event);
	return err ? err : parse_event(p, &event);
}

/* "{a,b}:u", or with a name in front. */
static int parse_group(struct parser *p)
{
	size_t name_len = strcspn(p->at, "{");
	struct event_text group = { 0 };
	unsigned int first = p->evsels->nr;
	const char *name = p->at;
	int err;

	p->at += name_len;
	do {
		p->at++;		/* the brace or comma */
		skip_blanks(p);
		err = parse_one(p);
		skip_blanks(p);
	} while (!err && *p->at == ',');
	if (!err && *p->at != '}')
		return unexpected(p);
	if (err)
		return err;
	p->at++;
	if (name_len) {
		p->evsels->list[first].group_name = strndup(name, name_len);
		if (!p->evsels->list[first].group_name)
			return -ENOMEM;
	}
	if (*p->at == ':') {
		p->at++;
		err = take_modifiers(p, &group);
	}
	for (unsigned int i = first; i < p->evsels->nr && !err; i++) {
		p->evsels->list[i].leader = first;
		if (group.modifiers.at)
			err = modifier__apply(&p->evsels->list[i], group.modifiers,
					      pos_of(p, group.modifiers.at), p->diag);
	}
	return err;
}

static bool is_group(const struct parser *p)
{
	const char *at = p->at;

	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	return *at == '{';
}

int events__parse(const char *text, const struct evlist_roots *roots, struct evsels *evsels,
		  struct diag *diag)
{
	struct parser p = {
		.text = text, .at = text, .roots = roots, .evsels = evsels, .diag = diag,
	};
	int err = 0;

	do {
		skip_blanks(&p);
		err = is_group(&p) ? parse_group(&p) : parse_one(&p);
		skip_blanks(&p);
	} while (!err && *p.at == ',' && *p.at++);
	if (!err && *p.at)
		err = unexpected(&p);
	return err;
}
