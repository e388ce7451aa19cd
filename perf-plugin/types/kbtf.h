/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BTF of the running kernel: vmlinux and its modules, parsed when first needed and once.
 *
 * A type is (BTF object, id), never an id alone: a module's BTF goes on numbering where vmlinux
 * ends, so that two modules use the same ids for different types.
 */
#ifndef BTFSNOOP_TYPES_KBTF_H
#define BTFSNOOP_TYPES_KBTF_H

#include <stdbool.h>
#include <stdint.h>
#include <bpf/btf.h>

#include "../util/buf.h"
#include "../util/diag.h"

struct kbtf;
struct enums;
struct type_names;

/* A function, or a tracepoint's probe function, as BTF knows it. Strings belong to the kbtf. */
struct kfunc {
	const char *name;
	const char *module;		/* NULL: vmlinux */
	const struct btf *btf;		/* the object all ids below belong to */
	uint32_t btf_obj_id;		/* the kernel's number of that object; 0: not asked yet */
	uint32_t id;			/* BTF_KIND_FUNC; of a tracepoint its btf_trace_NAME typedef */
	uint32_t proto_id;		/* BTF_KIND_FUNC_PROTO */
	const struct btf_param *params;	/* a tracepoint: without its __data */
	unsigned int nr_params;		/* without the "..." of a variadic function */
	uint32_t ret_id;		/* 0: void */
	bool is_variadic;
	struct enums *enums;		/* types/enums.h; NULL: has to be made */
	struct type_names *type_names;	/* types/names.h; NULL: there is none */
};

/* The name of parameter @i, "" where BTF has none. */
const char *kfunc__param_name(const struct kfunc *func, unsigned int i);

/* Index of the parameter @name, -ENOENT. */
int kfunc__find_param(const struct kfunc *func, const char *name);

/*
 * Appends what a header would say: "int ip_send_skb(struct net *net, struct sk_buff *skb)"; of a
 * tracepoint "sched_switch(bool preempt, ...)", as it returns nothing that anyone could see.
 */
void kfunc__signature(const struct kfunc *func, struct buf *out);

/*
 * @dir is where BTF objects lie, NULL for /sys/kernel/btf. Nothing is read yet.
 * Returns 0, -ENOMEM.
 */
int kbtf__new(const char *dir, struct kbtf **out);
void kbtf__free(struct kbtf *kbtf);

/* vmlinux's BTF. -ENOENT with a message in @diag where the kernel has none. */
int kbtf__vmlinux(struct kbtf *kbtf, const struct btf **btf, struct diag *diag);

/* Whether @pattern, as the functions below take it, means the module @name. */
bool kbtf__is_module(const char *pattern, const char *name);

/*
 * The module @name was loaded, maybe not for the first time: what is asked of it from now on is
 * answered by the BTF that it has now. What was found before stays what it was. Returns 0, -ENOENT
 * where it has no BTF (or is gone again), or another negative errno.
 */
int kbtf__renew_module(struct kbtf *kbtf, const char *name);

/*
 * Calls @fn for each module that has BTF and was not there when modules were listed. None if that
 * was not yet, for want of anyone who asked. Returns 0, what @fn returned if that isn't 0, or a
 * negative errno.
 */
int kbtf__for_each_new_module(struct kbtf *kbtf, int (*fn)(const char *name, void *ctx), void *ctx);

/*
 * Finds the function @name in the modules that match the glob @module ("vmlinux" is one; NULL:
 * vmlinux, then every loaded module that has BTF); the first one found counts. '-' in a module's
 * name is taken for '_', as modprobe does.
 * Returns 0; -ENOENT, or -ENODEV where no module matches @module, without a message (the caller
 * knows the place in the text); or another errno with one in @diag. A module whose BTF is broken
 * is an error only if it was named.
 */
int kbtf__find_func(struct kbtf *kbtf, const char *module, const char *name, struct kfunc *func,
		    struct diag *diag);

/* Finds the BTF raw tracepoint @name, in vmlinux or a module: same returns. */
int kbtf__find_tracepoint(struct kbtf *kbtf, const char *module, const char *name,
			  struct kfunc *func, struct diag *diag);

/*
 * Calls @fn for each function whose name matches the glob @pattern, in modules that match the glob
 * @module (NULL: vmlinux only; "*" vmlinux and all modules), sorted by name and, for equal names,
 * vmlinux first. A name can come twice from one module: static functions of different files. What
 * BTF describes wrongly is left out. @fn stops the walk by returning non-zero, which is returned.
 * Returns 0 also when nothing matched, -ENODEV where no module matches @module.
 */
typedef int (*kbtf_func_fn)(const struct kfunc *func, void *ctx);
int kbtf__for_each_func(struct kbtf *kbtf, const char *module, const char *pattern,
			kbtf_func_fn fn, void *ctx, struct diag *diag);
int kbtf__for_each_tracepoint(struct kbtf *kbtf, const char *module, const char *pattern,
			      kbtf_func_fn fn, void *ctx, struct diag *diag);

/* The same for the functions, or tracepoints, whose names @match says yes to. */
typedef bool (*kbtf_match_fn)(const char *name, const void *ctx);
int kbtf__for_each_match(struct kbtf *kbtf, bool tracepoints, const char *module,
			 kbtf_match_fn match, const void *match_ctx, kbtf_func_fn fn, void *ctx,
			 struct diag *diag);

/*
 * Up to @max names of functions (or tracepoints) nearest to @name, the best first; only those a
 * typo could explain, out of the BTF that was read so far. Returns how many. The strings belong to
 * the kbtf.
 */
unsigned int kbtf__suggest(struct kbtf *kbtf, bool tracepoint, const char *name,
			   const char **names, unsigned int max);

/* The same for the names of modules that have BTF. */
unsigned int kbtf__suggest_module(struct kbtf *kbtf, const char *name, const char **names,
				  unsigned int max);

/*
 * A file descriptor of the kernel's BTF object that @func's ids belong to, for attach_btf_obj_fd
 * (a module's; vmlinux's needs none). The caller closes it. Holding it keeps the ids valid
 * after the module is gone. Functions found after this carry the object's number.
 * Returns an fd; -ENOENT when the module is gone, -ESTALE when it was loaded again since its BTF
 * was read (the ids may mean other types now), or another negative errno.
 */
int kbtf__open_fd(struct kbtf *kbtf, const struct kfunc *func);

#endif
