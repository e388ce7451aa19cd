// SPDX-License-Identifier: GPL-2.0-only
#include "chain.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "../types/ksyms.h"

#define HEAD_SIZE	offsetof(struct bs_sample, raw_size)
#define MAX_WORDS	(BS_MAX_CHAIN + BS_CHAIN_OWN + 2)	/* and the two marks */
#define CALL_SIZE	5		/* x86: bytes of a call, and of the endbr that may be before it */
#define ENDBR_SIZE	4
#define MAX_SIZE	4096		/* bytes of such a function, whose end may not be known */

/* A chain as in the file. */
struct spliced {
	uint64_t nr;
	uint64_t ips[MAX_WORDS];
};

struct range {
	uint64_t start, end;
};

/* Functions, by address once they are sorted. */
struct ranges {
	struct range *list;
	unsigned int nr;
	unsigned int cap;
};

struct chain {
	size_t room;		/* bytes behind a sample */
	unsigned int max_frames;
	struct ranges callers;	/* of the programs of tracepoints */
	struct ranges trampolines;	/* which traced functions are called from */
	struct range *open;	/* whose end is to come */
	uint64_t last_ip;	/* of the sample before, */
	bool last_was_caller;	/* and whether it is one of the callers */
	uint64_t *starts;	/* of all functions, sorted, where there are trampolines */
	size_t nr_starts;
	size_t cap_starts;
	uint64_t head[HEAD_SIZE / 8 + 1];	/* of the sample, aligned as it is */
	struct spliced spliced;
};

/* ---- what calls a tracepoint's program ----------------------------------------------------- */

static bool starts_with(const struct ksym *sym, const char *start)
{
	size_t len = strlen(start);

	return sym->name_len >= len && !memcmp(sym->name, start, len);
}

/* include/trace/bpf_probe.h, include/linux/tracepoint.h, kernel/trace/bpf_trace.c */
static bool is_caller(const struct ksym *sym)
{
	return starts_with(sym, "__traceiter_") || starts_with(sym, "__bpf_trace_") ||
	       starts_with(sym, "bpf_trace_run");
}

static int add_range(struct ranges *ranges, uint64_t start)
{
	struct range *more;
	unsigned int cap;

	if (ranges->nr == ranges->cap) {
		cap = ranges->cap ? 2 * ranges->cap : 1024;
		more = reallocarray(ranges->list, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		ranges->list = more;
		ranges->cap = cap;
	}
	ranges->list[ranges->nr++] = (struct range){ start, start + MAX_SIZE };
	return 0;
}

static int add_start(struct chain *chain, uint64_t addr)
{
	uint64_t *more;
	size_t cap;

	if (chain->nr_starts == chain->cap_starts) {
		cap = chain->cap_starts ? 2 * chain->cap_starts : 65536;
		more = reallocarray(chain->starts, cap, sizeof(*more));
		if (!more)
			return -ENOMEM;
		chain->starts = more;
		chain->cap_starts = cap;
	}
	chain->starts[chain->nr_starts++] = addr;
	return 0;
}

static int add_symbol(const struct ksym *sym, void *ctx)
{
	struct chain *chain = ctx;
	struct ranges *ranges;
	int err;

	if (chain->open && sym->addr == chain->open->start)
		return 0;
	if (chain->open && sym->addr > chain->open->start && sym->addr < chain->open->end)
		chain->open->end = sym->addr;
	chain->open = NULL;
	if (!sym->addr || !sym->is_text)
		return 0;
	if (starts_with(sym, "bpf_trampoline_"))
		ranges = &chain->trampolines;
	else if (is_caller(sym))
		ranges = &chain->callers;
	else
		return add_start(chain, sym->addr);
	err = add_range(ranges, sym->addr);
	if (!err)
		chain->open = &ranges->list[ranges->nr - 1];
	return err;
}

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void sort_ranges(struct ranges *ranges)
{
	if (ranges->nr)
		qsort(ranges->list, ranges->nr, sizeof(*ranges->list), by_start);
	for (unsigned int i = 1; i < ranges->nr; i++)
		if (ranges->list[i - 1].end > ranges->list[i].start)
			ranges->list[i - 1].end = ranges->list[i].start;
}

static int by_address(const void *key, const void *element)
{
	const uint64_t ip = *(const uint64_t *)key;
	const struct range *range = element;

	return ip < range->start ? -1 : ip >= range->end;
}

/* Is the call in front of that return address, which may be behind a function's last byte, in one? */
static bool is_called_in(const struct ranges *ranges, uint64_t ip)
{
	ip--;
	if (!ranges->nr || ip < ranges->list[0].start || ip >= ranges->list[ranges->nr - 1].end)
		return false;
	return bsearch(&ip, ranges->list, ranges->nr, sizeof(*ranges->list), by_address);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* They are looked up behind trampolines only. */
static void sort_starts(struct chain *chain)
{
	if (chain->trampolines.nr) {
		qsort(chain->starts, chain->nr_starts, sizeof(*chain->starts), by_number);
		return;
	}
	free(chain->starts);
	chain->starts = NULL;
	chain->nr_starts = 0;
}

/*
 * Does the return address belong to the call of a trampoline, which is a function's first instruction,
 * or comes behind its endbr? Then the function, which the trampoline called, is on the chain already.
 */
static bool is_call_of_trampoline(const struct chain *chain, uint64_t ip)
{
	const uint64_t starts[] = { ip - CALL_SIZE, ip - CALL_SIZE - ENDBR_SIZE };

	for (unsigned int i = 0; chain->nr_starts && i < 2; i++)
		if (bsearch(&starts[i], chain->starts, chain->nr_starts, sizeof(*chain->starts),
			    by_number))
			return true;
	return false;
}

int chain__new(const struct chain_opts *opts, struct chain **out, struct diag *diag)
{
	struct chain *chain = calloc(1, sizeof(*chain));
	int err;

	if (!chain)
		return -ENOMEM;
	chain->room = chain_opts__any(opts) ? BS_CHAIN_SIZE(opts->max_stack) : 0;
	chain->max_frames = opts->max_stack;
	err = opts->kernel ? ksyms__for_each(NULL, add_symbol, chain, diag) : 0;
	if (err) {
		chain__free(chain);
		return err;
	}
	sort_ranges(&chain->callers);
	sort_ranges(&chain->trampolines);
	sort_starts(chain);
	*out = chain;
	return 0;
}

void chain__free(struct chain *chain)
{
	if (!chain)
		return;
	free(chain->callers.list);
	free(chain->trampolines.list);
	free(chain->starts);
	free(chain);
}

/* ---- putting it into order ------------------------------------------------------------------ */

/* Where the kernel's frames of a tracepoint's sample begin. 0: nothing is to be left out. */
static unsigned int find_first(const struct chain *chain, const uint64_t *ips, uint64_t nr)
{
	unsigned int first = 0;

	if (!nr || ips[0] != PERF_CONTEXT_KERNEL)
		return 0;
	for (unsigned int i = 1; i < nr && i <= BS_CHAIN_OWN; i++)
		if (is_called_in(&chain->callers, ips[i]))
			first = i + 1;
	return first < nr && ips[first] != PERF_CONTEXT_USER ? first : 0;
}

/*
 * Copies words, trampolines left out: those between functions that are both traced; and what is more
 * frames than are wanted. Returns how many were copied.
 */
static uint64_t copy_words(const struct chain *chain, const uint64_t *words, uint64_t nr,
			   uint64_t *out)
{
	uint64_t n = 0, nr_frames = 0;

	for (uint64_t i = 0; i < nr && nr_frames < chain->max_frames; i++) {
		bool is_mark = words[i] >= PERF_CONTEXT_MAX;

		if (!is_mark && is_called_in(&chain->trampolines, words[i])) {
			if (i + 1 < nr && is_call_of_trampoline(chain, words[i + 1]))
				i++;
			continue;
		}
		out[n++] = words[i];
		nr_frames += !is_mark;
	}
	return n;
}

/* Whether a trampoline is to be left out, or a frame more than are wanted. */
static bool needs_copy(const struct chain *chain, const uint64_t *words, uint64_t nr)
{
	if (nr > chain->max_frames)
		return true;
	for (uint64_t i = 0; i < nr && chain->trampolines.nr; i++)
		if (words[i] < PERF_CONTEXT_MAX && is_called_in(&chain->trampolines, words[i]))
			return true;
	return false;
}

/* A tracepoint's ip is its __traceiter_ function. */
static bool is_of_tracepoint(struct chain *chain, uint64_t ip)
{
	if (ip != chain->last_ip) {
		chain->last_ip = ip;
		chain->last_was_caller = is_called_in(&chain->callers, ip + 1);
	}
	return chain->last_was_caller;
}

/* The chain of the @nr words behind @at, which is their number: as it is there, or put together. */
static struct iovec take_chain(struct chain *chain, uint64_t ip, const uint64_t *at, uint64_t nr)
{
	const uint64_t *words = at + 1;
	struct spliced *s = &chain->spliced;
	unsigned int first = 0;

	if (is_of_tracepoint(chain, ip))
		first = find_first(chain, words, nr);
	if (!first && !needs_copy(chain, words, nr))
		return (struct iovec){ (uint64_t *)at, 8 + 8 * nr };
	s->ips[0] = PERF_CONTEXT_KERNEL;
	s->nr = first ? 1 : 0;
	s->nr += copy_words(chain, words + first, nr - first, s->ips + s->nr);
	return (struct iovec){ &s->nr, 8 + 8 * s->nr };
}

/* Leaves out what is more than @room bytes, if that is so many that there can be a chain. */
static void cut(struct chain *chain, struct iovec *piece, size_t room)
{
	struct spliced *s = &chain->spliced;

	if (piece->iov_base != &s->nr)
		memcpy(&s->nr, piece->iov_base, piece->iov_len);
	s->nr = room / 8 ? room / 8 - 1 : 0;
	*piece = (struct iovec){ &s->nr, 8 + 8 * s->nr };
}

int chain__splice(struct chain *chain, const struct bs_sample *sample, const void *record,
		  size_t size, struct iovec pieces[CHAIN_PIECES])
{
	struct bs_sample *head = (struct bs_sample *)chain->head;
	static const uint64_t none;
	const uint64_t *at = &none;	/* without room for it there is no chain */
	size_t most;

	if (size < chain->room || sample->size > size - chain->room || sample->size < BS_RAW_OFFSET)
		return -EIO;
	if (chain->room)
		at = (const uint64_t *)((const char *)record + size - chain->room);
	if (*at > MAX_WORDS || (*at && *at > chain->room / 8 - 1))
		return -EIO;
	memcpy(head, sample, HEAD_SIZE);
	pieces[1] = take_chain(chain, sample->ip, at, *at);
	most = sample->size < BS_MAX_RECORD ? BS_MAX_RECORD - sample->size : 0;
	if (pieces[1].iov_len > most)
		cut(chain, &pieces[1], most);
	head->size = sample->size + pieces[1].iov_len;
	pieces[0] = (struct iovec){ head, HEAD_SIZE };
	pieces[2] = (struct iovec){ (char *)sample + HEAD_SIZE, sample->size - HEAD_SIZE };
	return 0;
}
