/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A string table of an ELF file. elf_strptr() looks for the NUL of each string from the table's end
 * on, and unpacks tables that are compressed: in a file made for it the one takes hours, the other
 * all memory.
 */
#ifndef BTFSNOOP_RENDER_ELF_STRINGS_H
#define BTFSNOOP_RENDER_ELF_STRINGS_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct elf_strings {
	const char *data;	/* of the file, until elf_end() */
	size_t size;		/* 0: there is none */
};

static inline struct elf_strings elf_strings__get(Elf *elf, size_t section)
{
	Elf_Scn *scn = elf_getscn(elf, section);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;

	if (!data || !data->d_buf)
		return (struct elf_strings){ NULL, 0 };
	return (struct elf_strings){ data->d_buf, data->d_size };
}

/* The string at byte @at, *@len bytes of it, @max at most; "" where there is none. */
static inline const char *elf_strings__at(const struct elf_strings *strings, size_t at, size_t max,
					  size_t *len)
{
	size_t left = at < strings->size ? strings->size - at : 0;

	*len = left ? strnlen(strings->data + at, left < max ? left : max) : 0;
	return left ? strings->data + at : "";
}

static inline bool elf_strings__has(const struct elf_strings *strings, size_t at, const void *bytes,
				    size_t len)
{
	return at < strings->size && len <= strings->size - at &&
	       !memcmp(strings->data + at, bytes, len);
}

static inline bool elf_strings__begins(const struct elf_strings *strings, size_t at,
				       const char *with)
{
	return elf_strings__has(strings, at, with, strlen(with));
}

static inline bool elf_strings__is(const struct elf_strings *strings, size_t at, const char *name)
{
	return elf_strings__has(strings, at, name, strlen(name) + 1);
}

#endif
