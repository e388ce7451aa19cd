/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses of some kernel symbols: /proc/kallsyms is read once, for the names asked for, because
 * reading all of it into memory would cost more than the rest of the start.
 */
#ifndef BTFSNOOP_TYPES_KSYMS_H
#define BTFSNOOP_TYPES_KSYMS_H

#include <stdbool.h>
#include <stdint.h>

#include "../util/diag.h"

struct ksyms;

int ksyms__new(struct ksyms **out);
void ksyms__free(struct ksyms *ksyms);

/* Asks for @name, wherever it is. Asking again costs nothing. Returns 0 or -ENOMEM. */
int ksyms__want(struct ksyms *ksyms, const char *name);

/*
 * Lets reading end as soon as every name has been found in the kernel proper: half of the time, since
 * symbols come by address and code is first. With _etext among the names nothing of the same name
 * in the kernel's code is missed. Not for names that are wanted of a module.
 */
void ksyms__stop_early(struct ksyms *ksyms);

/*
 * Reads @path (NULL: /proc/kallsyms; its format is s_show() in kernel/kallsyms.c). Returns 0 or a
 * negative errno with a message in @diag; -EINVAL for a file that isn't kallsyms. Reading again,
 * after more names were asked for, adds to what is known.
 * Addresses that the kernel hides (kptr_restrict) read as zero and count as not found;
 * ksyms__hidden() then tells so.
 */
int ksyms__read(struct ksyms *ksyms, const char *path, struct diag *diag);
bool ksyms__hidden(const struct ksyms *ksyms);

/*
 * Calls @fn for every symbol in @path (NULL: /proc/kallsyms), in its order; @fn stops the walk by
 * returning non-zero, which is returned. The strings have no NUL and are gone afterwards. Returns
 * as ksyms__read(). For what is wanted so rarely that another pass doesn't matter.
 */
struct ksym {
	uint64_t addr;		/* 0: hidden, or nothing a function could be at */
	bool is_text;
	const char *name, *module;	/* module NULL: the kernel proper */
	size_t name_len, module_len;
};

typedef int (*ksyms_fn)(const struct ksym *sym, void *ctx);
int ksyms__for_each(const char *path, ksyms_fn fn, void *ctx, struct diag *diag);

/*
 * For each of the @nr addresses of functions, where the next function behind it begins, in @ends:
 * at or a little behind its end. UINT64_MAX: there is none. Returns as ksyms__read().
 */
int ksyms__find_ends(const char *path, const uint64_t *addrs, uint64_t *ends, unsigned int nr,
		     struct diag *diag);

/*
 * The number of symbols of this name in @module (NULL: the kernel proper; "*": anywhere), and up to
 * @max of their addresses in the order of the file: several static functions can have one name.
 * Where code and data share a name, only code counts. 0: not found, or never asked for.
 */
unsigned int ksyms__find(const struct ksyms *ksyms, const char *module, const char *name,
			 uint64_t *addrs, unsigned int max);

#endif
