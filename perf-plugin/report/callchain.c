// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "callchain.h"

#define MAX_PLACES	1024		/* of a chain; the kernel's default limit is 127 */
#define MAX_NODES	(1u << 22)
#define NO_NODE		UINT32_MAX

/* ---- one chain ----------------------------------------------------------------------------- */

static bool is_bpf(const struct place *place)
{
	const char *sym = place->is_kernel && place->sym ? place->sym : "";

	return !strncmp(sym, "bpf_prog_", strlen("bpf_prog_")) ||
	       !strncmp(sym, "bpf_trampoline_", strlen("bpf_trampoline_"));
}

int chain__read(struct chain *chain, struct input *input, const struct perfdata_sample *sample,
		unsigned int max)
{
	bool is_ours = input__event(input, sample->event)->foreign < 0 &&
		       input__event(input, sample->event)->schema;
	unsigned int mode = sample->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	struct maps *maps = input__maps(input);

	if (!max || max > MAX_PLACES)
		max = MAX_PLACES;
	chain->nr = 0;
	for (uint64_t i = 0; i < sample->nr_callchain && chain->nr < max; i++) {
		uint64_t ip = sample->callchain[i];

		/* A mark: PERF_CONTEXT_KERNEL, _USER ... */
		if (ip >= (uint64_t)PERF_CONTEXT_MAX) {
			mode = ip == (uint64_t)PERF_CONTEXT_KERNEL ? PERF_RECORD_MISC_KERNEL :
			       ip == (uint64_t)PERF_CONTEXT_USER ? PERF_RECORD_MISC_USER :
			       PERF_RECORD_MISC_HYPERVISOR;
			continue;
		}
		if (chain->nr == chain->cap) {
			unsigned int cap = chain->cap ? chain->cap * 2 : 64;
			struct place *more = reallocarray(chain->places, cap, sizeof(*more));

			if (!more)
				return -ENOMEM;
			chain->places = more;
			chain->cap = cap;
		}
		maps__find(maps, sample->pid, mode, ip, &chain->places[chain->nr]);
		if (!is_ours || chain->nr || !is_bpf(&chain->places[0]))
			chain->nr++;
	}
	return 0;
}

void chain__exit(struct chain *chain)
{
	free(chain->places);
	*chain = (struct chain)CHAIN_INIT;
}

void place__add(const struct place *place, struct buf *out)
{
	buf__adds(out, place->sym ? place->sym : "[unknown]");
	if (place->sym) {
		buf__addc(out, '+');
		buf__addx(out, place->offset);
	}
	buf__adds(out, " (");
	buf__adds(out, place->dso ? place->dso : "[unknown]");
	buf__addc(out, ')');
}

void chain__lines(const struct chain *chain, struct buf *out)
{
	for (unsigned int i = 0; i < chain->nr; i++) {
		buf__addf(out, "\t%16llx ", (unsigned long long)chain->places[i].addr);
		place__add(&chain->places[i], out);
		buf__addc(out, '\n');
	}
}

/* ---- the options --------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum callchain_mode mode;
} modes[] = {
	{ "graph", CALLCHAIN_GRAPH }, { "fractal", CALLCHAIN_FRACTAL }, { "flat", CALLCHAIN_FLAT },
	{ "folded", CALLCHAIN_FOLDED }, { "none", CALLCHAIN_NONE },
};

/* One word of the list, as perf report's -g has them. */
static bool take_word(const char *word, struct callchain_opts *opts)
{
	char *end;
	double percent;

	for (unsigned int i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (!strcmp(word, modes[i].name)) {
			opts->mode = modes[i].mode;
			return true;
		}
	}
	if (!strcmp(word, "caller") || !strcmp(word, "callee")) {
		opts->order = !strcmp(word, "caller") ? CALLCHAIN_CALLER : CALLCHAIN_CALLEE;
		return true;
	}
	/* What perf does by default, and all that it does here. */
	if (!strcmp(word, "function") || !strcmp(word, "percent"))
		return true;
	percent = strtod(word, &end);
	if (end == word || *end || !(percent >= 0 && percent <= 100))
		return false;
	opts->min_percent = percent;
	return true;
}

int callchain_opts__parse(const char *text, struct callchain_opts *opts, struct diag *diag)
{
	char *copy, *word, *rest;
	int err = 0;

	if (!text)
		return 0;
	copy = rest = strdup(text);
	if (!copy)
		return -ENOMEM;
	while (!err && (word = strsep(&rest, ","))) {
		if (*word && !take_word(word, opts))
			err = diag__error(diag, -EINVAL,
					  "call chains: unknown word '%s': there are "
					  "graph, fractal, flat, folded, none, a least percentage, "
					  "caller, callee", word);
	}
	free(copy);
	return err;
}

/* ---- the tree ------------------------------------------------------------------------------ */

struct node_key {
	const char *sym;	/* a function ... */
	uint64_t ip;		/* ... or, where it has no name, the place itself */
	uint32_t parent;
	uint32_t zero;		/* keys are compared as bytes */
};

struct node {
	struct node_key key;
	uint64_t hit;		/* of chains that end here */
	uint64_t cumul;		/* and of those that lead on */
	uint32_t child;		/* the first one, then by sibling */
	uint32_t sibling;
	uint32_t nr_children;
	uint32_t index;
	UT_hash_handle hh;
};

struct callchain {
	struct input *input;
	struct callchain_opts opts;
	struct node *table;
	struct node **nodes;
	uint32_t nr;
	uint32_t cap;
	struct node root;	/* above all of them */
	struct chain chain;
};

int callchain__new(struct input *input, const struct callchain_opts *opts, struct callchain **out)
{
	struct callchain *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->input = input;
	c->opts = *opts;
	c->root.index = c->root.child = NO_NODE;
	*out = c;
	return 0;
}

void callchain__free(struct callchain *c)
{
	if (!c)
		return;
	HASH_CLEAR(hh, c->table);
	for (uint32_t i = 0; i < c->nr; i++)
		free(c->nodes[i]);
	free(c->nodes);
	chain__exit(&c->chain);
	free(c);
}

static struct node *new_node(struct callchain *c, struct node *parent, const struct node_key *key)
{
	struct node *node;

	if (c->nr == c->cap) {
		uint32_t cap = c->cap ? c->cap * 2 : 64;
		struct node **more = reallocarray(c->nodes, cap, sizeof(*more));

		if (!more)
			return NULL;
		c->nodes = more;
		c->cap = cap;
	}
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	*node = (struct node){
		.key = *key, .index = c->nr, .child = NO_NODE, .sibling = parent->child,
	};
	c->nodes[c->nr++] = node;
	parent->child = node->index;
	parent->nr_children++;
	HASH_ADD(hh, c->table, key, sizeof(node->key), node);
	return node;
}

static struct node *get_child(struct callchain *c, struct node *parent, const struct place *place)
{
	struct node_key key = {
		.sym = place->sym, .ip = place->sym ? 0 : place->ip, .parent = parent->index,
	};
	struct node *node;

	HASH_FIND(hh, c->table, &key, sizeof(key), node);
	return node ? node : new_node(c, parent, &key);
}

/*
 * The part of the chain that an entry is shown with: its own function first, or the outermost one.
 * @from is the place of the entry's function.
 */
static int add_places(struct callchain *c, unsigned int from, uint64_t period)
{
	bool caller = c->opts.order == CALLCHAIN_CALLER;
	unsigned int nr = caller && from ? from + 1 : c->chain.nr - from;
	struct node *node = &c->root;

	for (unsigned int i = 0; i < nr; i++) {
		unsigned int at = !caller ? from + i : from ? from - i : c->chain.nr - 1 - i;

		node->cumul += period;
		if (c->nr == MAX_NODES)
			break;
		node = get_child(c, node, &c->chain.places[at]);
		if (!node)
			return -ENOMEM;
	}
	node->cumul += period;
	node->hit += period;
	return 0;
}

int callchain__add(struct callchain *c, const struct perfdata_sample *sample, unsigned int from)
{
	int err;

	if (!sample->nr_callchain || c->opts.mode == CALLCHAIN_NONE)
		return 0;
	err = chain__read(&c->chain, c->input, sample, c->opts.max_depth);
	if (err || from >= c->chain.nr)
		return err;
	return add_places(c, from, sample->period);
}

/* ---- printing ------------------------------------------------------------------------------ */

/* The nodes that are shown at one level: the heaviest first. */
struct level {
	const struct node **list;
	uint32_t nr;
};

struct print {
	struct callchain *c;
	struct buf *out;
	struct buf margin;	/* of lines in a graph: blanks and lines that lead down */
	int err;
};

static int by_weight(const void *a, const void *b)
{
	const struct node *l = *(const struct node *const *)a, *r = *(const struct node *const *)b;

	if (l->cumul != r->cumul)
		return l->cumul > r->cumul ? -1 : 1;
	return l->index < r->index ? -1 : 1;
}

static struct level get_level(struct print *p, const struct node *parent, uint64_t min)
{
	struct level level = { .list = calloc(parent->nr_children + 1, sizeof(*level.list)) };

	if (!level.list) {
		p->err = -ENOMEM;
		return level;
	}
	for (uint32_t i = parent->child; i != NO_NODE; i = p->c->nodes[i]->sibling)
		if (p->c->nodes[i]->cumul >= min)
			level.list[level.nr++] = p->c->nodes[i];
	qsort(level.list, level.nr, sizeof(*level.list), by_weight);
	return level;
}

static void add_name(const struct node *node, struct buf *out)
{
	if (node->key.sym)
		buf__adds(out, node->key.sym);
	else
		buf__addf(out, "%#llx", (unsigned long long)node->key.ip);
}

/* The one that a node leads on to, when all its chains go on there. */
static const struct node *only_child(const struct callchain *c, const struct node *node)
{
	return node->nr_children == 1 && !node->hit ? c->nodes[node->child] : NULL;
}

static void add_share(struct buf *out, uint64_t part, uint64_t total)
{
	buf__addf(out, "%.2f%%", total ? part * 100.0 / total : 0);
}

static uint64_t least(const struct callchain *c, uint64_t total)
{
	double min = total * c->opts.min_percent / 100;
	uint64_t n = min < 0x1p64 ? min : UINT64_MAX;

	/* Of the whole perf rounds down, of a part up. */
	return c->opts.mode == CALLCHAIN_FRACTAL && n < min ? n + 1 : n;
}

static void graph_line(struct print *p)
{
	buf__add(p->out, buf__str(&p->margin), p->margin.len);
	buf__addc(p->out, '\n');
}

static void print_graph(struct print *p, const struct node *parent, uint64_t total, uint64_t min);

/* A node and those it leads on to without a branch, then what branches off there. */
static void print_branch(struct print *p, const struct node *node, bool is_last, uint64_t total,
			 uint64_t min)
{
	bool fractal = p->c->opts.mode == CALLCHAIN_FRACTAL;
	size_t margin = p->margin.len;
	const struct node *next;

	graph_line(p);
	buf__add(p->out, buf__str(&p->margin), margin - strlen("|          "));
	buf__adds(p->out, is_last ? " --" : "|--");
	add_share(p->out, node->cumul, total);
	buf__adds(p->out, "--");
	add_name(node, p->out);
	buf__addc(p->out, '\n');
	if (is_last && !p->margin.failed)
		p->margin.data[margin - strlen("|          ")] = ' ';
	while ((next = only_child(p->c, node))) {
		node = next;
		buf__add(p->out, buf__str(&p->margin), margin);
		add_name(node, p->out);
		buf__addc(p->out, '\n');
	}
	if (fractal)
		print_graph(p, node, node->cumul - node->hit, least(p->c, node->cumul - node->hit));
	else
		print_graph(p, node, total, min);
}

/* Of fractal graphs also how much of the parent is not shown. */
static void print_graph(struct print *p, const struct node *parent, uint64_t total, uint64_t min)
{
	struct level level = get_level(p, parent, min);
	bool fractal = p->c->opts.mode == CALLCHAIN_FRACTAL;
	uint64_t rest = total;
	size_t margin = p->margin.len;

	for (uint32_t i = 0; i < level.nr; i++)
		rest -= level.list[i]->cumul;
	for (uint32_t i = 0; i < level.nr; i++) {
		bool is_last = i + 1 == level.nr && !(fractal && rest);

		buf__adds(&p->margin, "|          ");
		print_branch(p, level.list[i], is_last, total, min);
		buf__cut(&p->margin, margin);
	}
	if (fractal && rest && level.nr) {
		buf__add(p->out, buf__str(&p->margin), margin);
		buf__adds(p->out, " --");
		add_share(p->out, rest, total);
		buf__adds(p->out, "--[...]\n");
	}
	free(level.list);
}

/* What all chains have in common, behind a mark at its beginning. Returns the last node of it. */
static const struct node *print_trunk(struct print *p, const struct node *node)
{
	bool first = true, skip = p->c->opts.skip_first;

	for (;; node = only_child(p->c, node)) {
		if (!skip) {
			buf__adds(p->out, buf__str(&p->margin));
			if (first) {
				buf__adds(p->out, "|\n");
				buf__adds(p->out, buf__str(&p->margin));
				buf__adds(p->out, "---");
				buf__fill(&p->margin, ' ', 3);
			}
			add_name(node, p->out);
			buf__addc(p->out, '\n');
			first = false;
		}
		skip = false;
		if (!only_child(p->c, node))
			return node;
	}
}

/* Chains that all begin alike have no share in front: what they have in common comes first. */
static void print_graphs(struct print *p, uint64_t total)
{
	const struct callchain *c = p->c;
	bool fractal = c->opts.mode == CALLCHAIN_FRACTAL;
	uint64_t own = c->root.cumul, min = least(c, fractal ? own : total);
	struct level level = get_level(p, &c->root, min);
	const struct node *node = &c->root;
	size_t start = p->out->len;

	buf__fill(&p->margin, ' ', 12);
	if (level.nr == 1 && level.list[0]->cumul == own) {
		node = print_trunk(p, level.list[0]);
		own = node->cumul - node->hit;
		min = fractal ? least(c, own) : min;
	}
	print_graph(p, node, fractal ? own : total, min);
	if (p->out->len > start)
		buf__addc(p->out, '\n');
	free(level.list);
}

/* What leads to @node, outermost node of the tree first. */
static void print_path(struct print *p, const struct node *node, bool folded)
{
	if (node->key.parent != NO_NODE)
		print_path(p, p->c->nodes[node->key.parent], folded);
	if (folded && node->key.parent != NO_NODE)
		buf__addc(p->out, ';');
	if (!folded)
		buf__fill(p->out, ' ', 16);
	add_name(node, p->out);
	if (!folded)
		buf__addc(p->out, '\n');
}

static int by_hits(const void *a, const void *b)
{
	const struct node *l = *(const struct node *const *)a, *r = *(const struct node *const *)b;

	if (l->hit != r->hit)
		return l->hit > r->hit ? -1 : 1;
	return l->index < r->index ? -1 : 1;
}

static void print_chains(struct print *p, uint64_t total)
{
	bool folded = p->c->opts.mode == CALLCHAIN_FOLDED;
	uint64_t min = least(p->c, total);
	const struct node **list = calloc(p->c->nr + 1, sizeof(*list));
	uint32_t nr = 0;

	if (!list) {
		p->err = -ENOMEM;
		return;
	}
	for (uint32_t i = 0; i < p->c->nr; i++)
		if (p->c->nodes[i]->hit && p->c->nodes[i]->hit >= min)
			list[nr++] = p->c->nodes[i];
	qsort(list, nr, sizeof(*list), by_hits);
	for (uint32_t i = 0; i < nr; i++) {
		buf__fill(p->out, ' ', folded ? 0 : 11);
		add_share(p->out, list[i]->hit, total);
		buf__addc(p->out, folded ? ' ' : '\n');
		print_path(p, list[i], folded);
		buf__addc(p->out, '\n');
	}
	free(list);
}

int callchain__print(struct callchain *c, uint64_t total, struct buf *out)
{
	struct print p = { .c = c, .out = out };

	switch (c->opts.mode) {
	case CALLCHAIN_GRAPH:
	case CALLCHAIN_FRACTAL:
		print_graphs(&p, total);
		break;
	case CALLCHAIN_FLAT:
	case CALLCHAIN_FOLDED:
		print_chains(&p, total);
		break;
	default:
		break;
	}
	out->failed |= p.margin.failed;
	buf__exit(&p.margin);
	return p.err;
}
