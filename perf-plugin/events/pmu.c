// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "../perfdata/procfs.h"
#include "../util/glob.h"
#include "pmu.h"

#define DEVICES		"%s/bus/event_source/devices"
#define MAX_PMUS	256
#define MAX_FILE	4096

/* ---- finding them ------------------------------------------------------------------------- */

void pmu_names__exit(struct pmu_names *names)
{
	for (unsigned int i = 0; i < names->nr; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct pmu_names){ 0 };
}

static int pmu_names__add(struct pmu_names *names, const char *name)
{
	char **grown, *copy;

	if (names->nr == MAX_PMUS)
		return 0;
	grown = realloc(names->list, (names->nr + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	names->list = grown;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	grown[names->nr++] = copy;
	return 0;
}

static bool is_number(const char *text)
{
	if (!*text)
		return false;
	while (isdigit((unsigned char)*text))
		text++;
	return !*text;
}

/* "imc" means uncore_imc_0, uncore_imc_1, and "uncore_imc*" does, too. */
static bool is_meant(struct piece name, const char *pmu)
{
	if (glob__matches(name.at, name.len, pmu, strlen(pmu)))
		return true;
	if (!strncmp(pmu, "uncore_", 7)) {
		if (glob__matches(name.at, name.len, pmu + 7, strlen(pmu) - 7))
			return true;
		if (strncmp(name.at, "uncore_", name.len < 7 ? name.len : 7))
			pmu += 7;
	}
	return strlen(pmu) > name.len + 1 && !strncmp(pmu, name.at, name.len) &&
	       pmu[name.len] == '_' && is_number(pmu + name.len + 1);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Adds the PMUs that @is_wanted says yes to, in the order of their names. */
static int find_all(const char *sysfs, bool (*is_wanted)(const char *sysfs, struct piece name,
							 const char *pmu),
		    struct piece name, struct pmu_names *found)
{
	struct buf path = BUF_INIT;
	struct dirent **entries;
	int nr, err = 0;

	buf__addf(&path, DEVICES, sysfs);
	nr = scandir(buf__str(&path), &entries, NULL, by_name);
	buf__exit(&path);
	for (int i = 0; i < nr; i++) {
		if (!err && *entries[i]->d_name != '.' && is_wanted(sysfs, name, entries[i]->d_name))
			err = pmu_names__add(found, entries[i]->d_name);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return err;
}

static bool is_called(const char *sysfs, struct piece name, const char *pmu)
{
	(void)sysfs;
	return is_meant(name, pmu);
}

/* A file of the PMU: 0 or a negative errno. Names with slashes are none of ours. */
static int read_file(const char *sysfs, const char *pmu, const char *dir, struct piece name,
		     struct buf *out)
{
	if (memchr(name.at, '/', name.len) || (name.len && *name.at == '.'))
		return -ENOENT;
	buf__clear(out);
	return procfs__read_line(out, DEVICES "/%s/%s%.*s", sysfs, pmu, dir, (int)name.len,
				 name.at);
}

static bool has_file(const char *sysfs, const char *pmu, const char *dir, struct piece name)
{
	struct buf text = BUF_INIT;
	bool found = !read_file(sysfs, pmu, dir, name, &text);

	buf__exit(&text);
	return found;
}

static bool has_event(const char *sysfs, struct piece name, const char *pmu)
{
	return has_file(sysfs, pmu, "events/", name);
}

static bool is_core(const char *sysfs, struct piece name, const char *pmu)
{
	return has_file(sysfs, pmu, "", name);
}

int pmu__find(const char *sysfs, struct piece name, struct pmu_names *found)
{
	return find_all(sysfs, is_called, name, found);
}

int pmu__find_event(const char *sysfs, struct piece name, struct pmu_names *found)
{
	return find_all(sysfs, has_event, name, found);
}

int pmu__find_cores(const char *sysfs, struct pmu_names *found)
{
	return find_all(sysfs, is_core, (struct piece){ "cpus", 4 }, found);
}

/* ---- bits --------------------------------------------------------------------------------- */

/* What "config1:0-7,32-35" says: the number, and its bits. NULL: nothing we know. */
static uint64_t *parse_format(const char *text, struct perf_event_attr *attr, uint64_t *mask)
{
	unsigned long from, to;
	uint64_t *where;
	char *end;

	*mask = 0;
	if (!strncmp(text, "config:", 7))
		where = (uint64_t *)&attr->config;
	else if (!strncmp(text, "config1:", 8))
		where = (uint64_t *)&attr->config1;
	else if (!strncmp(text, "config2:", 8))
		where = (uint64_t *)&attr->config2;
	else
		return NULL;
	text = strchr(text, ':') + 1;
	do {
		from = to = strtoul(text, &end, 10);
		if (end == text)
			return NULL;
		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		if (from > to || to > 63)
			return NULL;
		*mask |= (to - from == 63 ? ~0ULL : (1ULL << (to - from + 1)) - 1) << from;
		text = end + 1;
	} while (*end == ',');
	return *end ? NULL : where;
}

/* The lowest bit of @value goes to the lowest of @mask, and so on. */
static uint64_t scatter(uint64_t value, uint64_t mask)
{
	uint64_t out = 0;

	for (unsigned int bit = 0; mask; bit++, mask &= mask - 1)
		if (value >> bit & 1)
			out |= mask & -mask;
	return out;
}

static int set_bits(const struct term *term, const char *format, struct evsel *evsel,
		    struct diag *diag)
{
	struct span span = { term->value.at ? term->value_pos : term->pos, 1 };
	uint64_t value = 1, mask, largest, *where = parse_format(format, &evsel->attr, &mask);
	unsigned int bits = __builtin_popcountll(mask);

	if (!where)
		return diag__error_at(diag, -EINVAL, (struct span){ term->pos, term->name.len },
				      "the kernel's format '%s' is not understood", format);
	if (!term->value.at && bits > 1)
		return diag__error_at(diag, -EINVAL, span, "no value assigned for term");
	if (term->value.at && !piece__number(term->value, &value))
		return diag__error_at(diag, -EINVAL, span, "expected numeric value");
	largest = bits == 64 ? ~0ULL : (1ULL << bits) - 1;
	if (value > largest)
		return diag__error_at(diag, -EINVAL, span,
				      "value too big for format (%.*s), maximum is %llu",
				      (int)term->name.len, term->name.at,
				      (unsigned long long)largest);
	*where = (*where & ~mask) | scatter(value, mask);
	return 0;
}

/* ---- terms -------------------------------------------------------------------------------- */

static void add_formats(const char *sysfs, const char *pmu, struct buf *names)
{
	struct buf path = BUF_INIT;
	struct dirent **entries;
	int nr;

	buf__addf(&path, DEVICES "/%s/format", sysfs, pmu);
	nr = scandir(buf__str(&path), &entries, NULL, by_name);
	buf__exit(&path);
	for (int i = 0; i < nr; i++) {
		if (*entries[i]->d_name != '.')
			buf__addf(names, "%s,", entries[i]->d_name);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
}

static int unknown(const char *sysfs, const char *pmu, const struct term *term, struct diag *diag)
{
	struct buf names = BUF_INIT;
	int err;

	add_formats(sysfs, pmu, &names);
	err = term__unknown(term, pmu, buf__str(&names), diag);
	buf__exit(&names);
	return err;
}

/* A term of the PMU's own. Returns 1 where it is none. */
static int apply_own(const char *sysfs, const char *pmu, const struct term *term,
		     struct evsel *evsel, struct diag *diag)
{
	struct buf format = BUF_INIT;
	int err = read_file(sysfs, pmu, "format/", term->name, &format);

	if (err)
		err = err == -ENOMEM ? err : 1;
	else
		err = set_bits(term, buf__str(&format), evsel, diag);
	buf__exit(&format);
	return err;
}

/* What the event's name stands for: "event=0x3c,umask=0x1"; "?" is what the user has to say. */
static int apply_alias(const char *sysfs, const char *pmu, const struct term *alias,
		       const struct terms *given, struct evsel *evsel, struct diag *diag)
{
	struct buf text = BUF_INIT;
	struct terms terms;
	int err = read_file(sysfs, pmu, "events/", alias->name, &text);

	if (err || text.len > MAX_FILE) {
		buf__exit(&text);
		return 1;
	}
	err = terms__parse(&terms, (struct piece){ buf__str(&text), text.len }, 0, NULL);
	for (unsigned int i = 0; i < terms.nr && !err; i++) {
		struct term *term = &terms.list[i];
		bool is_given = false;

		for (unsigned int j = 0; j < given->nr; j++)
			is_given |= given->list[j].name.len == term->name.len &&
				    !memcmp(given->list[j].name.at, term->name.at, term->name.len);
		if (term->value.at && piece__is(term->value, "?")) {
			if (!is_given)
				err = diag__error_at(diag, -EINVAL,
						     (struct span){ alias->pos, alias->name.len },
						     "Required parameter '%.*s' not specified",
						     (int)term->name.len, term->name.at);
			continue;
		}
		err = apply_own(sysfs, pmu, term, evsel, NULL);
		if (err > 0)
			err = term__apply(evsel, term, NULL) ? -EINVAL : 0;
	}
	buf__exit(&text);
	if (err)
		diag__error_at(diag, err, (struct span){ alias->pos, alias->name.len },
			       "the kernel's event '%.*s' of pmu '%s' is not understood",
			       (int)alias->name.len, alias->name.at, pmu);
	return err;
}

static int apply_term(const char *sysfs, const char *pmu, const struct term *term,
		      const struct terms *all, struct evsel *evsel, struct diag *diag)
{
	int err = 1;

	if (!term->value.at)
		err = apply_alias(sysfs, pmu, term, all, evsel, diag);
	if (err > 0)
		err = apply_own(sysfs, pmu, term, evsel, diag);
	if (err > 0)
		err = term__apply(evsel, term, diag);
	return err > 0 ? unknown(sysfs, pmu, term, diag) : err;
}

/* ---- the event ---------------------------------------------------------------------------- */

/* Its number, and where it counts: a CPU for all of a package, or cores of one kind. */
static int describe(const char *sysfs, const char *pmu, struct evsel *evsel, int64_t *type)
{
	struct buf cpus = BUF_INIT;
	int err = procfs__read_number(type, DEVICES "/%s/type", sysfs, pmu);

	if (err || *type < 0 || *type > UINT32_MAX)
		return err ? err : -EINVAL;
	if (read_file(sysfs, pmu, "", (struct piece){ "cpumask", 7 }, &cpus))
		read_file(sysfs, pmu, "", (struct piece){ "cpus", 4 }, &cpus);
	if (cpus.len)
		evsel->cpus = buf__take(&cpus);
	buf__exit(&cpus);
	evsel->pmu = strdup(pmu);
	return evsel->pmu ? 0 : -ENOMEM;
}

static int set_pmu(const char *sysfs, const char *pmu, struct evsel *evsel, int64_t *type,
		   struct diag *diag)
{
	int err = describe(sysfs, pmu, evsel, type);

	return err ? diag__error(diag, err, "the kernel's pmu '%s' is not understood", pmu) : 0;
}

int pmu__apply(const char *sysfs, const char *pmu, const struct terms *terms, struct evsel *evsel,
	       struct diag *diag)
{
	int64_t type = 0;
	int err = set_pmu(sysfs, pmu, evsel, &type, diag);

	evsel->attr.type = type;
	for (unsigned int i = 0; i < terms->nr && !err; i++)
		err = apply_term(sysfs, pmu, &terms->list[i], terms, evsel, diag);
	return err;
}

/* The upper half of the config says whose a generic event is (PERF_PMU_TYPE_SHIFT, 5.15). */
int pmu__confine(const char *sysfs, const char *pmu, struct evsel *evsel, struct diag *diag)
{
	int64_t type = 0;
	int err = set_pmu(sysfs, pmu, evsel, &type, diag);

	if (evsel->attr.type == PERF_TYPE_RAW)
		evsel->attr.type = type;
	else
		evsel->attr.config |= (uint64_t)type << 32;
	return err;
}
