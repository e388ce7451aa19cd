/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the functions in a program or library: from its symbol table, or from the debugging
 * symbols that the system keeps for its build id.
 */
#ifndef BTFSNOOP_RENDER_ELF_SYMBOLS_H
#define BTFSNOOP_RENDER_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct elf_symbols;

struct build_id {
	uint8_t id[20];
	unsigned int len;	/* 0: not known */
};

/*
 * Reads the symbols of the file that was at @path when it was recorded, with build id @id. A file
 * there with another build id is another file; then, and for symbols that were stripped off, the
 * places are searched that perf searches: $PERF_BUILDID_DIR or ~/.debug by build id, and
 * /usr/lib/debug by build id, by .gnu_debuglink. "[vdso]" is that of the running kernel.
 * Returns 0, also when nothing was found; -ENOMEM.
 */
int elf_symbols__new(const char *path, const struct build_id *id, struct elf_symbols **out);
void elf_symbols__free(struct elf_symbols *es);

/* Whether any were found. */
bool elf_symbols__any(const struct elf_symbols *es);

/*
 * The function at byte @offset of the file, of a kernel module (a relocatable file, and may be
 * compressed) from where its code was loaded; *@from_start gets the distance
 * from where it begins. NULL: not known. Safe for a terminal, valid until elf_symbols__free().
 */
const char *elf_symbols__find(const struct elf_symbols *es, uint64_t offset, uint64_t *from_start);

/*
 * Opens the file for reading if it is a regular one, without waiting. Returns a descriptor or a
 * negative errno.
 */
int elf_file__open(const char *path);

/* The build id that the file at @path has. Its length is 0 when there is none, or no such file. */
void elf_file__build_id(const char *path, struct build_id *id);

#endif
