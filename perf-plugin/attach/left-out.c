// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "../util/verbose.h"
#include "left-out.h"
#include "refusal.h"

/* Why each backend that was tried did not take the probe. */
static void add_reasons(const struct probe *probe, struct buf *out)
{
	unsigned int nr = 0;

	for (int id = 0; id < NR_BACKENDS; id++)
		nr += probe->errs[id] != 0;
	for (int id = 0; id < NR_BACKENDS; id++) {
		if (!probe->errs[id])
			continue;
		buf__addf(out, nr > 1 ? "\n  %s: " : " by %s: ", backend__name(id));
		if (backends[id]->by_kprobe)
			refusal__kprobe(probe->errs[id], out);
		else
			refusal__tracing(probe->errs[id], out);
	}
}

/* The errno that says most: kprobes can do what the others can't, so theirs is looked at first. */
static int main_reason(const struct probe *probe)
{
	if (probe->errs[BACKEND_KPROBE])
		return probe->errs[BACKEND_KPROBE];
	for (int id = 0; id < NR_BACKENDS; id++)
		if (probe->errs[id])
			return probe->errs[id];
	return -EINVAL;
}

void left_out__why(const struct probe *probe, struct buf *out)
{
	int err = main_reason(probe);

	if (probe->errs[BACKEND_KPROBE] && err == probe->errs[BACKEND_KPROBE])
		refusal__kprobe(err, out);
	else
		refusal__tracing(err, out);
}

static int refused(const struct probe *probe, struct diag *diag)
{
	int err = main_reason(probe);
	struct buf reasons = BUF_INIT;

	if (probe__is_tracepoint(probe))
		return diag__error(diag, err, "cannot attach to tracepoint '%s': %s",
				   probe->func->name, strerror(-err));
	add_reasons(probe, &reasons);
	diag__error(diag, err, "cannot trace '%s'%s", probe->func->name, buf__str(&reasons));
	buf__exit(&reasons);
	if (probe->errs[BACKEND_FENTRY] == -EPERM && probe->errs[BACKEND_KPROBE] == -ENOENT)
		diag__hint(diag, "BTF raw tracepoints do work on this kernel: -f 'tp:NAME(...)'; "
				 "perf btfsnoop info 'tp:*' lists them");
	if (err == -EMFILE)
		diag__hint(diag, "ulimit -n says how many files can be open");
	return err;
}

static void say_left_out(const struct probe *probe)
{
	struct buf reasons = BUF_INIT;

	add_reasons(probe, &reasons);
	pr_debug("%s: left out%s\n", probe->func->name, buf__str(&reasons));
	buf__exit(&reasons);
}

static const struct spec *spec_of(const struct probe *probe)
{
	return probe->event ? probe->event->spec : NULL;
}

/*
 * The probes that stand and fall together: those of a pattern, of an event of one function (which
 * can be several of that name), of a function of the sequence.
 */
static bool is_same_group(const struct probe *a, const struct probe *b)
{
	const struct spec *spec = spec_of(a);

	if (spec != spec_of(b))
		return false;
	if (!spec)
		return a->plan == b->plan;
	return !spec__is_exact(spec) || a->event == b->event;
}

static unsigned int group_end(const struct probe_list *list, unsigned int first)
{
	unsigned int end = first + 1;

	while (end < list->nr_probes && is_same_group(&list->probes[first], &list->probes[end]))
		end++;
	return end;
}

/* Counts the functions from @first to @end, and those of them that have no way into the kernel. */
static unsigned int count_failed(const struct probe_list *list, unsigned int first,
				 unsigned int end, bool say, unsigned int *nr)
{
	const struct probe *last = NULL;
	unsigned int nr_failed = 0;

	*nr = 0;
	for (unsigned int i = first; i < end; i++) {
		const struct probe *probe = &list->probes[i];
		/* An event of its entry and one of its return are one function. */
		bool same = last && probe__is_of(probe, last->func, last->addr);

		*nr += !same;
		if (!probe->backend && (!same || last->backend)) {
			nr_failed++;
			if (say)
				say_left_out(probe);
		}
		last = probe;
	}
	return nr_failed;
}

static bool has_any(const struct probe_list *list, unsigned int first, unsigned int end)
{
	for (unsigned int i = first; i < end; i++)
		if (list->probes[i].backend)
			return true;
	return false;
}

static int none_left(const struct probe *first, unsigned int nr, const char *name,
		     struct diag *diag)
{
	int err = refused(first, diag);

	if (nr > 1)
		diag__hint(diag, "so it is with all %u functions of '%s'", nr, name);
	return err;
}

int left_out__check(const struct probe_list *list, bool say, struct diag *diag)
{
	unsigned int end, nr, nr_failed;

	for (unsigned int i = 0; i < list->nr_probes; i = end) {
		const struct probe *first = &list->probes[i];
		const char *name = spec_of(first) ? spec_of(first)->pattern : first->func->name;

		end = group_end(list, i);
		/* Those who need them are told. */
		if (first->plan->note && !first->plan->note->is_required)
			continue;
		nr_failed = count_failed(list, i, end, false, &nr);
		if (!has_any(list, i, end))
			return none_left(first, nr, name, diag);
		if (!nr_failed || !say)
			continue;
		count_failed(list, i, end, true, &nr);
		pr_warning("warning: %s: %u of %u functions cannot be attached to%s\n", name,
			   nr_failed, nr, verbose > 0 ? "" : " (-v says why)");
	}
	return 0;
}
