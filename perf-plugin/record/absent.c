// SPDX-License-Identifier: GPL-2.0-only
#include "absent.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../types/debuginfo.h"
#include "../types/ksyms.h"
#include "../util/buf.h"
#include "../util/suggest.h"

#define MAX_NAMES	3

void absent__hint_names(struct diag *diag, const char *const *names, unsigned int nr)
{
	if (nr == 1)
		diag__hint(diag, "did you mean '%s'?", names[0]);
	else if (nr == 2)
		diag__hint(diag, "did you mean '%s' or '%s'?", names[0], names[1]);
	else if (nr >= 3)
		diag__hint(diag, "did you mean '%s', '%s' or '%s'?", names[0], names[1], names[2]);
}

int absent__module(const struct spec *spec, struct kbtf *kbtf, struct diag *diag)
{
	const char *names[MAX_NAMES];

	diag__error_at(diag, -ENOENT, spec->module_span, "no module '%s' with BTF is loaded",
		       spec->module);
	absent__hint_names(diag, names, kbtf__suggest_module(kbtf, spec->module, names, MAX_NAMES));
	return -ENOENT;
}

/* ---- what the kernel has instead ---------------------------------------------------------- */

/* What kallsyms has of a function. */
struct trace_of {
	const char *name;
	size_t len;
	bool found;		/* as it is called */
	struct buf clones;	/* foo.isra.0, foo.constprop.0 */
	unsigned int nr_clones;
};

static int take_symbol(const struct ksym *sym, void *ctx)
{
	struct trace_of *trace = ctx;

	if (!sym->is_text || sym->name_len < trace->len ||
	    memcmp(sym->name, trace->name, trace->len))
		return 0;
	if (sym->name_len == trace->len)
		trace->found = true;
	/* NAME.cold is the rest of one that is there. */
	else if (sym->name[trace->len] == '.' && trace->nr_clones < MAX_NAMES &&
		 !memmem(sym->name, sym->name_len, ".cold", strlen(".cold")))
		buf__addf(&trace->clones, "%s%.*s", trace->nr_clones++ ? ", " : "",
			  (int)sym->name_len, sym->name);
	return 0;
}

/* Functions into which another one is inlined, each once. */
struct inliners {
	struct buf text;
	unsigned int nr;
	char *last;
};

static int take_inliner(const char *name, uint64_t offset, const char *file, void *ctx)
{
	struct inliners *inliners = ctx;

	(void)offset;
	(void)file;
	if (inliners->last && !strcmp(inliners->last, name))
		return 0;
	free(inliners->last);
	inliners->last = strdup(name);
	buf__addf(&inliners->text, "%s%s", inliners->nr ? ", " : "", name);
	return ++inliners->nr == MAX_NAMES ? 1 : 0;
}

/* Says which functions @name is inlined into, if that can be found out. */
static bool hint_inliners(const char *name, const char *vmlinux, struct diag *diag)
{
	struct inliners inliners = { .text = BUF_INIT };
	struct debuginfo *info;

	if (debuginfo__open(vmlinux, &info, NULL))
		return false;
	debuginfo__for_each_inliner(info, name, take_inliner, &inliners);
	debuginfo__close(info);
	if (inliners.nr)
		diag__hint(diag, "it is inlined into %s%s: trace %s", buf__str(&inliners.text),
			   inliners.nr == MAX_NAMES ? " and maybe others" : "",
			   inliners.nr == 1 ? "that" : "these");
	free(inliners.last);
	buf__exit(&inliners.text);
	return inliners.nr;
}

/* ---- what is said ------------------------------------------------------------------------- */

/* Returns false where the kernel doesn't have the function in any shape. */
static bool complain_undescribed(const struct spec *spec, struct diag *diag)
{
	struct trace_of trace = { .name = spec->pattern, .len = strlen(spec->pattern) };
	const char *name = spec->pattern;

	ksyms__for_each(NULL, take_symbol, &trace, NULL);
	if (trace.nr_clones) {
		diag__error_at(diag, -ENOENT, spec->pattern_span,
			       "the compiler changed '%s', and BTF does not describe what became "
			       "of it", name);
		diag__hint(diag, "the kernel has it as %s: parameters may be missing or in other "
				 "places", buf__str(&trace.clones));
		diag__hint(diag, "trace what calls it, or what it calls");
	} else if (trace.found) {
		diag__error_at(diag, -ENOENT, spec->pattern_span,
			       "the kernel has a function '%s', but its BTF does not describe it",
			       name);
		diag__hint(diag, "it is written in assembly, or there are several of the name that "
				 "differ: trace what calls it, or what it calls");
	}
	buf__exit(&trace.clones);
	return trace.nr_clones || trace.found;
}

int absent__func(const struct spec *spec, struct kbtf *kbtf, const char *vmlinux,
		 struct diag *diag)
{
	bool tracepoint = spec->kind == SPEC_TRACEPOINT;
	const char *what = tracepoint ? "tracepoint" : "function";
	const char *names[MAX_NAMES];
	unsigned int nr;

	if (!tracepoint && !spec->module && complain_undescribed(spec, diag))
		return -ENOENT;
	if (spec->module)
		diag__error_at(diag, -ENOENT, spec->pattern_span,
			       "the BTF of '%s' has no %s '%s'", spec->module, what, spec->pattern);
	else
		diag__error_at(diag, -ENOENT, spec->pattern_span,
			       "the kernel's BTF has no %s '%s'", what, spec->pattern);
	if (!tracepoint && !spec->module && hint_inliners(spec->pattern, vmlinux, diag))
		return -ENOENT;
	nr = kbtf__suggest(kbtf, tracepoint, spec->pattern, names, MAX_NAMES);
	absent__hint_names(diag, names, nr);
	if (!nr && !tracepoint)
		diag__hint(diag, "if the source has it, it is inlined wherever it is called: trace "
				 "its callers");
	return -ENOENT;
}

static bool is_kind_of(const struct btf_type *t, const struct type_name *name)
{
	switch (name->tag) {
	case TYPE_NAME_STRUCT:
		return btf_is_struct(t);
	case TYPE_NAME_UNION:
		return btf_is_union(t);
	case TYPE_NAME_ENUM:
		return btf_is_any_enum(t);
	default:
		return btf_is_typedef(t) || btf_is_int(t);
	}
}

void absent__hint_type(const struct type_name *name, struct kbtf *kbtf, struct diag *diag)
{
	const char *names[MAX_NAMES], *other;
	struct suggest suggest;
	const struct btf *btf;

	if (kbtf__vmlinux(kbtf, &btf, NULL))
		return;
	suggest__init(&suggest, name->name);
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (!is_kind_of(t, name))
			continue;
		other = btf__name_by_offset(btf, t->name_off);
		/* It is right, there is just no such parameter. */
		if (other && !strcmp(other, name->name))
			return;
		if (other && *other)
			suggest__offer(&suggest, other);
	}
	absent__hint_names(diag, names, suggest__best(&suggest, names, MAX_NAMES));
}
