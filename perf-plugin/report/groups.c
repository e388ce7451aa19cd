// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two aggregates of the same samples: one by the groups' keys alone, and one by these and all
 * others, each of whose entries is in one group.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "groups.h"

struct groups {
	struct aggregate *groups;	/* an entry is a group */
	struct aggregate *entries;
	uint32_t *group_of;		/* by entry */
	uint32_t cap;
	char *sort;
};

static bool has_key(const char *list, const char *key)
{
	while (list && *list) {
		size_t len = column__key_len(list);

		if (len == strlen(key) && !strncmp(list, key, len))
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

/*
 * The event is a key, also where the user says which keys there are; what the groups are by is
 * none, as it is the same in all of a group.
 */
static char *make_sort(const char *keys, const char *sort)
{
	static const char *const defaults[] = { "event", "comm", "sym" };
	bool appended = !sort || *sort == '+';
	struct buf out = BUF_INIT;
	unsigned int i;

	for (i = 0; i < (appended ? 3 : 1); i++) {
		if (!has_key(keys, defaults[i]) && !has_key(sort, defaults[i]))
			buf__addf(&out, "%s%s", out.len ? "," : "", defaults[i]);
	}
	if (sort && sort[appended])
		buf__addf(&out, "%s%s", out.len ? "," : "", sort + appended);
	return buf__take(&out);
}

int groups__new(struct input *input, const char *keys, const struct aggregate_opts *opts,
		struct groups **out, struct diag *diag)
{
	struct aggregate_opts group_opts = { .sort = keys, .fields = "samples,period",
					     .time_quantum = opts->time_quantum };
	struct aggregate_opts entry_opts = *opts;
	struct groups *groups;
	int err = aggregate__check(input, &group_opts, diag);

	if (err)
		return err;
	groups = calloc(1, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	groups->sort = make_sort(keys, opts->sort);
	entry_opts.sort = opts->fields && *opts->fields != '+' && !opts->sort ? NULL :
			  groups->sort;
	entry_opts.group = keys;
	err = groups->sort ? aggregate__new(input, -1, &group_opts, &groups->groups) : -ENOMEM;
	if (!err)
		err = aggregate__new(input, -1, &entry_opts, &groups->entries);
	if (err)
		groups__free(groups);
	else
		*out = groups;
	return err;
}

void groups__free(struct groups *groups)
{
	if (!groups)
		return;
	aggregate__free(groups->groups);
	aggregate__free(groups->entries);
	free(groups->group_of);
	free(groups->sort);
	free(groups);
}

int groups__add(struct groups *groups, const struct perfdata_sample *sample)
{
	uint32_t group, entry;
	int err = aggregate__add(groups->groups, sample, &group);

	if (!err)
		err = aggregate__add(groups->entries, sample, &entry);
	if (err || entry == AGGREGATE_NONE)
		return err;
	if (entry >= groups->cap) {
		uint32_t cap = groups->cap ? groups->cap * 2 : 64;
		uint32_t *more = reallocarray(groups->group_of, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		groups->group_of = more;
		groups->cap = cap;
	}
	groups->group_of[entry] = group;
	return 0;
}

/* "Command curl, CPU 1" */
static int print_title(struct groups *groups, uint32_t group, uint64_t period, FILE *file)
{
	unsigned int i, nr = aggregate__nr_keys(groups->groups);
	struct buf title = BUF_INIT;
	int err;

	for (i = 0; i < nr; i++) {
		int column = aggregate__key_column(groups->groups, i);

		if (column < 0)
			continue;
		buf__addf(&title, "%s%s ", i ? ", " : "",
			  aggregate__header(groups->groups, column));
		aggregate__cell(groups->groups, group, column, &title);
	}
	fprintf(file, "# Samples: %" PRIu64 "  of %s\n# Event count (approx.): %" PRIu64 "\n#\n",
		aggregate__entry_samples(groups->groups, group), buf__str(&title), period);
	err = title.failed ? -ENOMEM : 0;
	buf__exit(&title);
	return err;
}

static int print_group(struct groups *groups, uint32_t group, const struct entries_opts *opts,
		       uint32_t *list, uint32_t nr, FILE *file)
{
	uint64_t period = 0;
	uint32_t i;
	int err = 0;

	for (i = 0; i < nr; i++)
		period += aggregate__entry_period(groups->entries, list[i]);
	aggregate__set_total(groups->entries, period);
	if (opts->headings)
		err = print_title(groups, group, period, file);
	if (!err)
		err = entries__print_list(groups->entries, opts, list, nr, file);
	if (!err && opts->headings)
		fputs("\n\n", file);
	return err;
}

/* The entries by group, in their order: @starts has where each group's begin in @sorted. */
static void distribute(const struct groups *groups, const uint32_t *order, uint32_t nr,
		       uint32_t *starts, uint32_t nr_groups, uint32_t *sorted)
{
	uint32_t i, sum = 0;

	for (i = 0; i < nr; i++)
		starts[groups->group_of[order[i]]]++;
	for (i = 0; i <= nr_groups; i++) {
		uint32_t count = starts[i];

		starts[i] = sum;
		sum += count;
	}
	for (i = 0; i < nr; i++)
		sorted[starts[groups->group_of[order[i]]]++] = order[i];
	/* Each start has become the next one's. */
	memmove(starts + 1, starts, nr_groups * sizeof(*starts));
	starts[0] = 0;
}

int groups__print(struct groups *groups, const struct entries_opts *opts, FILE *file)
{
	uint32_t nr = aggregate__nr_entries(groups->entries), i;
	uint32_t nr_groups = aggregate__nr_entries(groups->groups);
	uint32_t *order = calloc((size_t)nr + 1, sizeof(*order));
	uint32_t *sorted = calloc((size_t)nr + 1, sizeof(*sorted));
	uint32_t *starts = calloc((size_t)nr_groups + 1, sizeof(*starts));
	uint32_t *titles = calloc((size_t)nr_groups + 1, sizeof(*titles));
	int err = order && sorted && starts && titles ? 0 : -ENOMEM;

	if (!err)
		err = aggregate__order(groups->entries, -1, false, order);
	if (!err)
		err = aggregate__order(groups->groups, -1, false, titles);
	if (!err)
		distribute(groups, order, nr, starts, nr_groups, sorted);
	for (i = 0; !err && i < nr_groups; i++) {
		uint32_t group = titles[i];

		err = print_group(groups, group, opts, sorted + starts[group],
				  starts[group + 1] - starts[group], file);
	}
	free(order);
	free(sorted);
	free(starts);
	free(titles);
	return err ? err : (int)nr_groups;
}
