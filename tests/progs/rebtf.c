// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make a kernel module as if it had been built again from changed sources: its functions are the
 * same, its types have other numbers, and in one struct two members have changed places.
 *
 *	rebtf IN.ko OUT.ko NR [STRUCT MEMBER MEMBER]
 *
 * NR types that nobody uses come before the module's own. The new .BTF is appended to the file, the
 * signature at whose end thereby counts no longer. For the kernel that runs.
 */
#include <elf.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include "prog.h"

struct blob {
	char *data;
	size_t size;
};

static struct blob read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	struct blob blob = { 0 };
	size_t got;

	if (!file)
		prog__die(errno, "%s", path);
	do {
		blob.data = realloc(blob.data, blob.size + 65536);
		if (!blob.data)
			prog__die(ENOMEM, "%s", path);
		got = fread(blob.data + blob.size, 1, 65536, file);
		blob.size += got;
	} while (got);
	fclose(file);
	return blob;
}

/* Where BTF's types and strings are, and what they count from. */
struct types {
	struct btf_header *header;
	char *types, *end;
	const char *strings;
	uint32_t first_id, first_string;
	const struct types *base;
};

static struct types open_types(char *data, const struct types *base)
{
	struct btf_header *header = (struct btf_header *)data;
	struct types t = { .header = header, .first_id = 1, .base = base };

	if (header->magic != BTF_MAGIC)
		prog__die(0, "this is no BTF");
	t.types = data + header->hdr_len + header->type_off;
	t.end = t.types + header->type_len;
	t.strings = data + header->hdr_len + header->str_off;
	if (base)
		t.first_string = base->header->str_len;
	return t;
}

static const char *name_at(const struct types *t, uint32_t offset)
{
	return offset < t->first_string ? t->base->strings + offset :
					  t->strings + offset - t->first_string;
}

/* Bytes behind struct btf_type (include/uapi/linux/btf.h). */
static size_t size_of(const struct btf_type *t)
{
	uint32_t nr = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case 17:			/* BTF_KIND_DECL_TAG */
		return 4;
	case BTF_KIND_ARRAY:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case 19:			/* BTF_KIND_ENUM64 */
		return 12 * (BTF_INFO_KIND(t->info) == BTF_KIND_ARRAY ? 1 : nr);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * nr;
	default:
		return 0;
	}
}

static struct btf_type *next_type(const struct btf_type *t)
{
	return (struct btf_type *)((char *)(t + 1) + size_of(t));
}

static void shift(uint32_t *id, uint32_t first_id, uint32_t nr)
{
	if (*id >= first_id)
		*id += nr;
}

static void shift_type(struct btf_type *t, uint32_t first_id, uint32_t nr)
{
	uint32_t *more = (uint32_t *)(t + 1);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_ARRAY:
		shift(&more[0], first_id, nr);
		shift(&more[1], first_id, nr);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++)
			shift(&more[3 * i + 1], first_id, nr);
		break;
	case BTF_KIND_DATASEC:
		for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++)
			shift(&more[3 * i], first_id, nr);
		break;
	case BTF_KIND_FUNC_PROTO:
		for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++)
			shift(&more[2 * i + 1], first_id, nr);
		shift(&t->type, first_id, nr);
		break;
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case 17:
	case 18:			/* BTF_KIND_TYPE_TAG */
		shift(&t->type, first_id, nr);
		break;
	}
}

/* Members @a and @b of @name, of one type, are each where the other was. */
static void swap_members(const struct types *types, const char *name, const char *a, const char *b)
{
	for (struct btf_type *t = (void *)types->types; (char *)t < types->end; t = next_type(t)) {
		struct btf_member *members = (struct btf_member *)(t + 1), *found[2] = { 0 };
		uint32_t name_off;

		if (BTF_INFO_KIND(t->info) != BTF_KIND_STRUCT ||
		    strcmp(name_at(types, t->name_off), name))
			continue;
		for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
			const char *member = name_at(types, members[i].name_off);

			if (!strcmp(member, a) || !strcmp(member, b))
				found[!strcmp(member, b)] = &members[i];
		}
		if (!found[0] || !found[1])
			continue;
		/* The names, because the kernel wants offsets to ascend. */
		name_off = found[0]->name_off;
		found[0]->name_off = found[1]->name_off;
		found[1]->name_off = name_off;
		return;
	}
	prog__die(0, "there is no struct %s with %s and %s", name, a, b);
}

/* The whole of the new .BTF. */
static struct blob make_btf(const struct types *types, uint32_t nr)
{
	uint32_t added = nr * sizeof(struct btf_type);
	struct btf_header header = *types->header;
	size_t types_len = types->end - types->types;
	struct blob out = { .size = sizeof(header) + added + types_len + header.str_len };
	struct btf_type *unused;

	out.data = calloc(1, out.size);
	if (!out.data)
		prog__die(ENOMEM, "BTF");
	header.hdr_len = sizeof(header);
	header.type_off = 0;
	header.type_len = added + types_len;
	header.str_off = header.type_len;
	memcpy(out.data, &header, sizeof(header));
	unused = (struct btf_type *)(out.data + sizeof(header));
	for (uint32_t i = 0; i < nr; i++)
		unused[i].info = BTF_KIND_PTR << 24;	/* void * */
	memcpy(out.data + sizeof(header) + added, types->types, types_len);
	memcpy(out.data + sizeof(header) + header.type_len, types->strings, header.str_len);
	return out;
}

static Elf64_Shdr *find_section(char *elf, const char *name)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf;
	Elf64_Shdr *sections = (Elf64_Shdr *)(elf + header->e_shoff);
	const char *names = elf + sections[header->e_shstrndx].sh_offset;

	for (int i = 0; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return &sections[i];
	prog__die(0, "the module has no section %s", name);
}

static void write_file(const char *path, const struct blob *elf, const struct blob *btf)
{
	FILE *file = fopen(path, "w");

	if (!file)
		prog__die(errno, "%s", path);
	fwrite(elf->data, 1, elf->size, file);
	for (size_t i = elf->size; i % 8; i++)
		fputc(0, file);
	fwrite(btf->data, 1, btf->size, file);
	if (fclose(file))
		prog__die(errno, "%s", path);
}

int main(int argc, char **argv)
{
	struct blob vmlinux, elf, btf;
	struct types base, types;
	Elf64_Shdr *section;
	uint32_t nr;

	if (argc != 4 && argc != 7)
		prog__die(0, "usage: rebtf IN.ko OUT.ko NR [STRUCT MEMBER MEMBER]");
	nr = prog__number(argv[3], 0, 10000);
	vmlinux = read_file("/sys/kernel/btf/vmlinux");
	elf = read_file(argv[1]);
	section = find_section(elf.data, ".BTF");
	base = open_types(vmlinux.data, NULL);
	types = open_types(elf.data + section->sh_offset, &base);
	for (struct btf_type *t = (void *)base.types; (char *)t < base.end; t = next_type(t))
		types.first_id++;
	for (struct btf_type *t = (void *)types.types; (char *)t < types.end; t = next_type(t))
		shift_type(t, types.first_id, nr);
	if (argc == 7)
		swap_members(&types, argv[4], argv[5], argv[6]);
	btf = make_btf(&types, nr);
	section->sh_offset = (elf.size + 7) & ~7ULL;
	section->sh_size = btf.size;
	write_file(argv[2], &elf, &btf);
	return 0;
}
