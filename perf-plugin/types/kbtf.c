// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "../util/name-index.h"
#include "../util/suggest.h"
#include "enums.h"
#include "kbtf.h"
#include "load.h"
#include "names.h"
#include "type.h"

#define BTF_DIR		"/sys/kernel/btf"
#define VMLINUX		"vmlinux"
#define TP_PREFIX	"btf_trace_"	/* include/trace/bpf_probe.h */

/* What can be looked up by name. */
enum symbol {
	SYMBOL_FUNC,
	SYMBOL_TRACEPOINT,
};

/* vmlinux or a module. */
struct object {
	char *name;
	struct btf *btf;	/* NULL: not read yet, or unreadable */
	int err;		/* why it is unreadable */
	bool is_gone;		/* the module was unloaded: for who found something in it */
	uint32_t first_id;	/* of its own types; below are those of vmlinux */
	uint32_t kernel_id;	/* the kernel's number of it; 0: not asked yet */
	struct name_index names;	/* ids of functions and tracepoints */
	bool has_names;
	struct enums *enums;
	struct type_names *type_names;
};

struct kbtf {
	char *dir;
	struct object vmlinux;
	struct object *modules;	/* sorted by name */
	unsigned int nr_modules;
	bool has_modules;	/* the directory was read */
	struct btf_param **params;	/* made here for tracepoints, freed at the end */
	unsigned int nr_params;
};

static const char *string_at(const struct btf *btf, uint32_t off)
{
	const char *str = btf__str_by_offset(btf, off);

	return str ? str : "";
}

/* The name under which type @id can be looked up; NULL: it is something else. */
static const char *symbol_name(const struct btf *btf, uint32_t id, enum symbol kind)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name;

	if (!t)
		return NULL;
	if (kind == SYMBOL_FUNC)
		return btf_is_func(t) ? string_at(btf, t->name_off) : NULL;
	if (!btf_is_typedef(t))
		return NULL;
	name = string_at(btf, t->name_off);
	if (strncmp(name, TP_PREFIX, strlen(TP_PREFIX)))
		return NULL;
	return name + strlen(TP_PREFIX);
}

/* Once for each object, when the first name is asked for. */
static int index_names(struct object *obj, struct diag *diag)
{
	if (obj->has_names)
		return 0;
	for (uint32_t id = obj->first_id; id < btf__type_cnt(obj->btf); id++) {
		const char *name = symbol_name(obj->btf, id, SYMBOL_FUNC);

		if (!name)
			name = symbol_name(obj->btf, id, SYMBOL_TRACEPOINT);
		if (name && *name && name_index__add(&obj->names, name, strlen(name), id))
			return diag__error(diag, -ENOMEM, "out of memory");
	}
	obj->has_names = true;
	return 0;
}

/* The lowest id of that name, 0: none. */
static uint32_t find_id(const struct object *obj, enum symbol kind, const char *name)
{
	struct name_walk walk = name_index__walk(&obj->names, name, strlen(name));
	uint32_t id;

	while ((id = name_walk__next(&walk))) {
		const char *found = symbol_name(obj->btf, id, kind);

		if (found && !strcmp(found, name))
			break;
	}
	return id;
}

int kbtf__new(const char *dir, struct kbtf **out)
{
	struct kbtf *kbtf = calloc(1, sizeof(*kbtf));

	*out = NULL;
	if (!kbtf)
		return -ENOMEM;
	kbtf->dir = strdup(dir ? dir : BTF_DIR);
	kbtf->vmlinux.name = strdup(VMLINUX);
	if (!kbtf->dir || !kbtf->vmlinux.name) {
		kbtf__free(kbtf);
		return -ENOMEM;
	}
	*out = kbtf;
	return 0;
}

static void object__exit(struct object *obj)
{
	name_index__exit(&obj->names);
	enums__free(obj->enums);
	type_names__free(obj->type_names);
	btf__free(obj->btf);
	free(obj->name);
}

void kbtf__free(struct kbtf *kbtf)
{
	unsigned int i;

	if (!kbtf)
		return;
	/* Modules first: their BTF refers to vmlinux's. */
	for (i = 0; i < kbtf->nr_modules; i++)
		object__exit(&kbtf->modules[i]);
	object__exit(&kbtf->vmlinux);
	for (i = 0; i < kbtf->nr_params; i++)
		free(kbtf->params[i]);
	free(kbtf->params);
	free(kbtf->modules);
	free(kbtf->dir);
	free(kbtf);
}

/* Reads @obj's BTF if that wasn't done or tried yet. A message goes to @diag, which may be NULL. */
static int object__load(struct kbtf *kbtf, struct object *obj, struct diag *diag)
{
	struct btf *base = obj == &kbtf->vmlinux ? NULL : kbtf->vmlinux.btf;
	char path[PATH_MAX];
	const char *why = NULL;

	if (obj->btf)
		return obj->err;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", kbtf->dir, obj->name) >= sizeof(path))
		obj->err = -ENAMETOOLONG;
	if (!obj->err)
		obj->err = load__btf_file(path, base, &obj->btf, &why);
	if (obj->err) {
		if (diag)
			diag__error(diag, obj->err, "cannot read the kernel's types from %s: %s",
				    path, why ? why : strerror(-obj->err));
		return obj->err;
	}
	obj->first_id = base ? btf__type_cnt(base) : 1;
	obj->err = enums__new(obj->btf, base ? kbtf->vmlinux.enums : NULL, &obj->enums);
	if (!obj->err)
		obj->err = type_names__new(obj->btf, base ? kbtf->vmlinux.type_names : NULL,
					   &obj->type_names);
	return obj->err;
}

static int load_vmlinux(struct kbtf *kbtf, struct diag *diag)
{
	int err = object__load(kbtf, &kbtf->vmlinux, diag);

	if (err == -ENOENT)
		diag__hint(diag, "the kernel has to be built with CONFIG_DEBUG_INFO_BTF=y");
	return err;
}

int kbtf__vmlinux(struct kbtf *kbtf, const struct btf **btf, struct diag *diag)
{
	int err = load_vmlinux(kbtf, diag);

	*btf = kbtf->vmlinux.btf;
	return err;
}

static int add_module(struct kbtf *kbtf, const char *name)
{
	struct object *modules;

	modules = reallocarray(kbtf->modules, kbtf->nr_modules + 1, sizeof(*modules));
	if (!modules)
		return -ENOMEM;
	kbtf->modules = modules;
	modules[kbtf->nr_modules] = (struct object){ .name = strdup(name) };
	if (!modules[kbtf->nr_modules].name)
		return -ENOMEM;
	kbtf->nr_modules++;
	return 0;
}

static int compare_objects(const void *a, const void *b)
{
	return strcmp(((const struct object *)a)->name, ((const struct object *)b)->name);
}

/* Lists the modules that have BTF. They are not read yet. */
static int list_modules(struct kbtf *kbtf, struct diag *diag)
{
	struct dirent *entry;
	DIR *dir;
	int err = 0;

	if (kbtf->has_modules)
		return 0;
	dir = opendir(kbtf->dir);
	if (!dir)
		return diag__error(diag, -errno, "cannot list %s: %s", kbtf->dir, strerror(errno));
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, VMLINUX))
			err = add_module(kbtf, entry->d_name);
	}
	closedir(dir);
	if (err)
		return diag__error(diag, err, "out of memory");
	if (kbtf->nr_modules)
		qsort(kbtf->modules, kbtf->nr_modules, sizeof(*kbtf->modules), compare_objects);
	kbtf->has_modules = true;
	return 0;
}

static int insert_module(struct kbtf *kbtf, const char *name)
{
	int err = add_module(kbtf, name);

	if (!err)
		qsort(kbtf->modules, kbtf->nr_modules, sizeof(*kbtf->modules), compare_objects);
	return err;
}

int kbtf__renew_module(struct kbtf *kbtf, const char *name)
{
	char path[PATH_MAX];
	int err;

	err = list_modules(kbtf, NULL);
	if (err)
		return err;
	for (unsigned int i = 0; i < kbtf->nr_modules; i++) {
		struct object *obj = &kbtf->modules[i];

		if (!obj->is_gone && !strcmp(obj->name, name))
			obj->is_gone = true;
	}
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", kbtf->dir, name) >= sizeof(path))
		return -ENAMETOOLONG;
	return access(path, F_OK) ? -ENOENT : insert_module(kbtf, name);
}

int kbtf__for_each_new_module(struct kbtf *kbtf, int (*fn)(const char *name, void *ctx), void *ctx)
{
	struct dirent *entry;
	unsigned int i;
	DIR *dir;
	int err = 0;

	dir = opendir(kbtf->dir);
	if (!dir)
		return -errno;
	while (kbtf->has_modules && !err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, VMLINUX))
			continue;
		for (i = 0; i < kbtf->nr_modules; i++)
			if (!kbtf->modules[i].is_gone &&
			    !strcmp(kbtf->modules[i].name, entry->d_name))
				break;
		if (i == kbtf->nr_modules)
			err = fn(entry->d_name, ctx);
	}
	closedir(dir);
	return err;
}

static bool is_glob(const char *pattern)
{
	return strpbrk(pattern, "*?[");
}

/* The kernel's names of modules have '_' only; people write what lsmod or the file says. */
static bool is_module_name(const char *written, const char *name)
{
	for (; *written && *name; written++, name++) {
		if (*written != *name && !(*written == '-' && *name == '_'))
			return false;
	}
	return !*written && !*name;
}

bool kbtf__is_module(const char *pattern, const char *name)
{
	return is_glob(pattern) ? !fnmatch(pattern, name, 0) : is_module_name(pattern, name);
}

static bool is_selected(const struct object *obj, const char *module)
{
	return kbtf__is_module(module, obj->name);
}

/*
 * A walk over the objects that match a glob. Modules are listed and read only when the walk gets to
 * them, so that who finds what they want in vmlinux doesn't pay for them.
 */
struct object_walk {
	struct kbtf *kbtf;
	const char *module;
	struct diag *diag;
	unsigned int pos;	/* 0: vmlinux, then the modules */
	unsigned int nr;	/* objects returned */
};

/* Returns 1 and an object that has been read, 0 at the end, or a negative errno. */
static int object_walk__next(struct object_walk *walk, struct object **out)
{
	struct kbtf *kbtf = walk->kbtf;
	bool is_named = !is_glob(walk->module);
	int err;

	err = load_vmlinux(kbtf, walk->diag);
	if (err)
		return err;
	if (!walk->pos) {
		walk->pos++;
		if (is_selected(&kbtf->vmlinux, walk->module)) {
			*out = &kbtf->vmlinux;
			walk->nr++;
			return 1;
		}
	}
	if (is_named && is_selected(&kbtf->vmlinux, walk->module))
		return 0;

	err = list_modules(kbtf, walk->diag);
	if (err)
		return err;
	for (; walk->pos <= kbtf->nr_modules; walk->pos++) {
		struct object *obj = &kbtf->modules[walk->pos - 1];

		if (obj->is_gone || !is_selected(obj, walk->module))
			continue;
		err = object__load(kbtf, obj, is_named ? walk->diag : NULL);
		if (err && is_named)
			return err;
		if (err)
			continue;
		walk->pos++;
		walk->nr++;
		*out = obj;
		return 1;
	}
	return 0;
}

/* Fills in what follows from the prototype. Returns false for broken BTF. */
static bool set_proto(struct kfunc *func, uint32_t proto_id)
{
	const struct btf_type *proto = btf__type_by_id(func->btf, proto_id);

	if (!proto || !btf_is_func_proto(proto))
		return false;
	func->proto_id = proto_id;
	func->ret_id = proto->type;
	func->params = btf_params(proto);
	func->nr_params = btf_vlen(proto);
	if (func->nr_params && !func->params[func->nr_params - 1].type &&
	    !func->params[func->nr_params - 1].name_off) {
		func->is_variadic = true;
		func->nr_params--;
	}
	return true;
}

/* Parameters of the function "PREFIXNAME" when it has one more, or as many, as @func. */
static const struct btf_param *params_of(const struct object *obj, const char *prefix,
					 const struct kfunc *func)
{
	const struct btf_type *t;
	char name[256];
	uint32_t id;

	if ((size_t)snprintf(name, sizeof(name), "%s%s", prefix, func->name) >= sizeof(name))
		return NULL;
	id = find_id(obj, SYMBOL_FUNC, name);
	t = id ? btf__type_by_id(obj->btf, btf__type_by_id(obj->btf, id)->type) : NULL;
	if (!t || !btf_is_func_proto(t) || btf_vlen(t) != func->nr_params)
		return NULL;
	return btf_params(t);
}

/* True when the types are the same ones, so that the named parameters can stand for the others. */
static bool have_same_types(const struct btf_param *a, const struct btf_param *b, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (a[i].type != b[i].type)
			return false;
	}
	return true;
}

/* The types of @func's parameters, with the names of @named. NULL when memory is out. */
static const struct btf_param *merge_params(struct kbtf *kbtf, const struct kfunc *func,
					    const struct btf_param *named)
{
	struct btf_param **all, *params;
	unsigned int i;

	all = reallocarray(kbtf->params, kbtf->nr_params + 1, sizeof(*all));
	if (!all)
		return NULL;
	kbtf->params = all;
	params = calloc(func->nr_params, sizeof(*params));
	if (!params)
		return NULL;
	all[kbtf->nr_params++] = params;
	for (i = 0; i < func->nr_params; i++)
		params[i] = (struct btf_param){ .name_off = named[i].name_off,
						.type = func->params[i].type };
	return params;
}

/*
 * The prototype behind btf_trace_NAME has no names (it is made from a macro's casts). The functions
 * that the tracepoint macros define have: __traceiter_NAME with those of its own TP_PROTO (since
 * 5.10), __probestub_NAME (6.4) the same; __bpf_trace_NAME those of its event class, which many
 * events share, and it exists only for the class's name.
 */
static int name_params(struct kbtf *kbtf, const struct object *obj, struct kfunc *func)
{
	static const char *const prefixes[] = { "__traceiter_", "__probestub_", "__bpf_trace_" };
	const struct btf_param *named = NULL;
	unsigned int i;

	for (i = 0; !named && i < sizeof(prefixes) / sizeof(*prefixes); i++)
		named = params_of(obj, prefixes[i], func);
	if (named && !have_same_types(named, func->params, func->nr_params))
		named = merge_params(kbtf, func, named);
	else if (!named)
		return 0;
	if (!named)
		return -ENOMEM;
	func->params = named;
	return 0;
}

/* btf_trace_NAME is a typedef of a pointer to a prototype whose first parameter is void *__data. */
static int set_tracepoint(struct kbtf *kbtf, const struct object *obj, struct kfunc *func)
{
	struct type_info info;
	int err;

	type__info(obj->btf, func->id, &info);
	if (info.cls != TYPE_POINTER || !set_proto(func, info.target) || !func->nr_params)
		return -EINVAL;
	err = name_params(kbtf, obj, func);
	func->params++;
	func->nr_params--;
	func->ret_id = 0;
	return err;
}

/* Returns 0, -EINVAL for broken BTF, -ENOMEM. */
static int make_func(struct kbtf *kbtf, const struct object *obj, enum symbol kind, uint32_t id,
		     struct kfunc *func)
{
	*func = (struct kfunc){
		.name = symbol_name(obj->btf, id, kind),
		.module = obj == &kbtf->vmlinux ? NULL : obj->name,
		.btf = obj->btf,
		.btf_obj_id = obj->kernel_id,
		.id = id,
		.enums = obj->enums,
		.type_names = obj->type_names,
	};
	if (kind == SYMBOL_TRACEPOINT)
		return set_tracepoint(kbtf, obj, func);
	return set_proto(func, btf__type_by_id(obj->btf, id)->type) ? 0 : -EINVAL;
}

static int find_symbol(struct kbtf *kbtf, enum symbol kind, const char *module, const char *name,
		       struct kfunc *func, struct diag *diag)
{
	struct object_walk walk = { .kbtf = kbtf, .module = module ? module : "*", .diag = diag };
	struct object *obj;
	int ret;

	while ((ret = object_walk__next(&walk, &obj)) > 0) {
		uint32_t id;

		ret = index_names(obj, diag);
		if (ret)
			return ret;
		id = find_id(obj, kind, name);
		if (!id)
			continue;
		ret = make_func(kbtf, obj, kind, id, func);
		return ret ? diag__error(diag, ret, "cannot use the BTF of %s in %s: %s", name,
					 obj->name, strerror(-ret)) : 0;
	}
	if (ret)
		return ret;
	return walk.nr ? -ENOENT : -ENODEV;
}

int kbtf__find_func(struct kbtf *kbtf, const char *module, const char *name, struct kfunc *func,
		    struct diag *diag)
{
	return find_symbol(kbtf, SYMBOL_FUNC, module, name, func, diag);
}

int kbtf__find_tracepoint(struct kbtf *kbtf, const char *module, const char *name,
			  struct kfunc *func, struct diag *diag)
{
	return find_symbol(kbtf, SYMBOL_TRACEPOINT, module, name, func, diag);
}

struct match {
	const char *name;
	struct object *obj;
	unsigned int rank;	/* of the object; pointers to them have no order of their own */
	uint32_t id;
};

struct matches {
	struct match *array;
	size_t nr, cap;
};

static int matches__add(struct matches *matches, const struct match *match)
{
	if (matches->nr == matches->cap) {
		size_t cap = matches->cap ? 2 * matches->cap : 64;
		struct match *array = reallocarray(matches->array, cap, sizeof(*array));

		if (!array)
			return -ENOMEM;
		matches->array = array;
		matches->cap = cap;
	}
	matches->array[matches->nr++] = *match;
	return 0;
}

static int compare_matches(const void *a, const void *b)
{
	const struct match *ma = a, *mb = b;
	int diff = strcmp(ma->name, mb->name);

	if (diff)
		return diff;
	if (ma->rank != mb->rank)
		return ma->rank < mb->rank ? -1 : 1;
	return (ma->id > mb->id) - (ma->id < mb->id);
}

/* Which names are wanted, and of what. */
struct wish {
	enum symbol kind;
	kbtf_match_fn match;
	const void *ctx;
};

/* Adds the symbols of @obj that match. */
static int match_object(struct object *obj, unsigned int rank, const struct wish *wish,
			struct matches *matches)
{
	uint32_t id, nr = btf__type_cnt(obj->btf);
	int err;

	for (id = obj->first_id; id < nr; id++) {
		struct match match = { .name = symbol_name(obj->btf, id, wish->kind), .obj = obj,
				       .rank = rank, .id = id };

		if (!match.name || !wish->match(match.name, wish->ctx))
			continue;
		err = matches__add(matches, &match);
		if (err)
			return err;
	}
	return 0;
}

static int visit_matches(struct kbtf *kbtf, enum symbol kind, const struct matches *matches,
			 kbtf_func_fn fn, void *ctx, struct diag *diag)
{
	size_t i;
	int err;

	for (i = 0; i < matches->nr; i++) {
		struct object *obj = matches->array[i].obj;
		struct kfunc func;

		/* Where a tracepoint's parameters have their names. */
		err = kind == SYMBOL_TRACEPOINT ? index_names(obj, diag) : 0;
		if (err)
			return err;
		err = make_func(kbtf, obj, kind, matches->array[i].id, &func);
		if (err == -EINVAL)
			continue;
		if (err)
			return diag__error(diag, err, "out of memory");
		err = fn(&func, ctx);
		if (err)
			return err;
	}
	return 0;
}

static int for_each_symbol(struct kbtf *kbtf, const char *module, const struct wish *wish,
			   kbtf_func_fn fn, void *ctx, struct diag *diag)
{
	struct object_walk walk = {
		.kbtf = kbtf, .module = module ? module : VMLINUX, .diag = diag
	};
	struct matches matches = { 0 };
	struct object *obj;
	int err;

	while ((err = object_walk__next(&walk, &obj)) > 0) {
		err = match_object(obj, walk.nr, wish, &matches);
		if (err) {
			diag__error(diag, err, "out of memory");
			break;
		}
	}
	if (!err && !walk.nr)
		err = -ENODEV;
	if (!err && matches.nr) {
		qsort(matches.array, matches.nr, sizeof(*matches.array), compare_matches);
		err = visit_matches(kbtf, wish->kind, &matches, fn, ctx, diag);
	}
	free(matches.array);
	return err;
}

static bool matches_glob(const char *name, const void *ctx)
{
	const char *glob = ctx;
	/* Most names differ in the first bytes already: fnmatch() has to see few. */
	size_t literal = strcspn(glob, "*?[\\");

	return !strncmp(name, glob, literal) && !fnmatch(glob, name, 0);
}

int kbtf__for_each_func(struct kbtf *kbtf, const char *module, const char *pattern,
			kbtf_func_fn fn, void *ctx, struct diag *diag)
{
	const struct wish wish = { SYMBOL_FUNC, matches_glob, pattern };

	return for_each_symbol(kbtf, module, &wish, fn, ctx, diag);
}

int kbtf__for_each_tracepoint(struct kbtf *kbtf, const char *module, const char *pattern,
			      kbtf_func_fn fn, void *ctx, struct diag *diag)
{
	const struct wish wish = { SYMBOL_TRACEPOINT, matches_glob, pattern };

	return for_each_symbol(kbtf, module, &wish, fn, ctx, diag);
}

int kbtf__for_each_match(struct kbtf *kbtf, bool tracepoints, const char *module,
			 kbtf_match_fn match, const void *match_ctx, kbtf_func_fn fn, void *ctx,
			 struct diag *diag)
{
	const struct wish wish = {
		tracepoints ? SYMBOL_TRACEPOINT : SYMBOL_FUNC, match, match_ctx
	};

	return for_each_symbol(kbtf, module, &wish, fn, ctx, diag);
}

static void offer_symbols(const struct object *obj, enum symbol kind, struct suggest *suggest)
{
	uint32_t id, nr = obj->btf ? btf__type_cnt(obj->btf) : 0;

	for (id = obj->first_id; id < nr; id++) {
		const char *name = symbol_name(obj->btf, id, kind);

		if (name)
			suggest__offer(suggest, name);
	}
}

unsigned int kbtf__suggest(struct kbtf *kbtf, bool tracepoint, const char *name,
			   const char **names, unsigned int max)
{
	enum symbol kind = tracepoint ? SYMBOL_TRACEPOINT : SYMBOL_FUNC;
	struct suggest suggest;
	unsigned int i;

	suggest__init(&suggest, name);
	offer_symbols(&kbtf->vmlinux, kind, &suggest);
	for (i = 0; i < kbtf->nr_modules; i++)
		offer_symbols(&kbtf->modules[i], kind, &suggest);
	return suggest__best(&suggest, names, max);
}

unsigned int kbtf__suggest_module(struct kbtf *kbtf, const char *name, const char **names,
				  unsigned int max)
{
	struct suggest suggest;
	unsigned int i;

	suggest__init(&suggest, name);
	suggest__offer(&suggest, VMLINUX);
	for (i = 0; i < kbtf->nr_modules; i++)
		suggest__offer(&suggest, kbtf->modules[i].name);
	return suggest__best(&suggest, names, max);
}

const char *kfunc__param_name(const struct kfunc *func, unsigned int i)
{
	return i < func->nr_params ? string_at(func->btf, func->params[i].name_off) : "";
}

int kfunc__find_param(const struct kfunc *func, const char *name)
{
	unsigned int i;

	for (i = 0; i < func->nr_params; i++) {
		if (!strcmp(kfunc__param_name(func, i), name))
			return i;
	}
	return -ENOENT;
}

void kfunc__signature(const struct kfunc *func, struct buf *out)
{
	const struct btf_type *t = btf__type_by_id(func->btf, func->id);
	unsigned int i;

	if (t && btf_is_func(t)) {
		type__declare(func->btf, func->id, func->name, out);
		return;
	}
	buf__adds(out, func->name);
	buf__addc(out, '(');
	for (i = 0; i < func->nr_params; i++) {
		if (i)
			buf__adds(out, ", ");
		type__declare(func->btf, func->params[i].type, kfunc__param_name(func, i), out);
	}
	buf__adds(out, i ? ")" : "void)");
}

/* True when the kernel's object behind @fd has the name of @obj; its BTF's size goes to @size. */
static bool is_object(int fd, const struct object *obj, uint32_t *size)
{
	struct bpf_btf_info info = { 0 };
	char name[256] = "";
	uint32_t len = sizeof(info);

	info.name = (uintptr_t)name;
	info.name_len = sizeof(name);
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return false;
	*size = info.btf_size;
	name[sizeof(name) - 1] = '\0';
	return info.kernel_btf && !strcmp(name, obj->name);
}

/* 0 when the kernel's BTF behind @fd, of @size bytes, is what was read; -ESTALE otherwise. */
static int compare_object(int fd, const struct object *obj, uint32_t size)
{
	struct bpf_btf_info info = { 0 };
	uint32_t len = sizeof(info), mine_size;
	const void *mine = btf__raw_data(obj->btf, &mine_size);
	void *data;
	int err = 0;

	if (!mine)
		return -ENOMEM;
	if (size != mine_size)
		return -ESTALE;
	data = malloc(size);
	if (!data)
		return -ENOMEM;
	info.btf = (uintptr_t)data;
	info.btf_size = size;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		err = -errno;
	else if (memcmp(data, mine, size))
		err = -ESTALE;
	free(data);
	return err;
}

static struct object *object_of(struct kbtf *kbtf, const struct kfunc *func)
{
	unsigned int i;

	for (i = 0; i < kbtf->nr_modules; i++) {
		if (kbtf->modules[i].btf == func->btf)
			return &kbtf->modules[i];
	}
	return kbtf->vmlinux.btf == func->btf ? &kbtf->vmlinux : NULL;
}

int kbtf__open_fd(struct kbtf *kbtf, const struct kfunc *func)
{
	struct object *obj = object_of(kbtf, func);
	uint32_t id = 0, size = 0;
	int fd, err = -ENOENT;

	if (!obj)
		return -EINVAL;
	while (!bpf_btf_get_next_id(id, &id)) {
		fd = bpf_btf_get_fd_by_id(id);
		if (fd < 0) {
			/* Gone since, or (EPERM) none of them will open. */
			if (errno != ENOENT)
				return -errno;
			continue;
		}
		if (is_object(fd, obj, &size)) {
			err = compare_object(fd, obj, size);
			if (!err) {
				obj->kernel_id = id;
				return fd;
			}
			close(fd);
			return err;
		}
		close(fd);
	}
	return err;
}
