// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: names of functions, and the build id, from a program, library or module of
 * whatever bytes (make fuzz). It is by its name alone that a recording says it is one.
 *
 * fuzz_elf --seeds=DIR writes files to start from.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../perf-plugin/render/elf-symbols.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct build_id id;
	struct elf_symbols *es;
	uint64_t offset, from;
	const char *name;
	char path[32];

	if (fd < 0)
		fd = memfd_create("program", MFD_CLOEXEC);
	CHECK(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	elf_file__build_id(path, &id);
	CHECK(id.len <= sizeof(id.id));
	if (elf_symbols__new(path, &id, &es))
		return 0;
	for (offset = 0; offset < 0x2000; offset += 7) {
		name = elf_symbols__find(es, offset, &from);
		CHECK(!name || strlen(name) < 65536);
	}
	elf_symbols__find(es, UINT64_MAX, &from);
	elf_symbols__free(es);
	return 0;
}

/* ---- what to start from ---------------------------------------------------------------------- */

enum { SEC_NULL, SEC_TEXT, SEC_NAMES, SEC_NOTE, SEC_LINK, SEC_STRTAB, SEC_SYMTAB, NR_SECTIONS };

struct file {
	Elf64_Ehdr head;
	Elf64_Phdr text;
	Elf64_Shdr sections[NR_SECTIONS];
	Elf64_Sym symbols[4];
	Elf64_Nhdr note;
	char note_name[4], id[20];
	char link[16];
	char strings[32];
	char names[32];
	uint8_t code[64];
};

#define SECTION(type_, member, ...) (Elf64_Shdr){				\
	.sh_type = type_, .sh_offset = offsetof(struct file, member),		\
	.sh_size = sizeof(((struct file *)0)->member), .sh_addralign = 4, __VA_ARGS__ }

static void file__init(struct file *f, uint16_t type)
{
	*f = (struct file){
		.head = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = type, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			.e_ehsize = sizeof(f->head), .e_phoff = offsetof(struct file, text),
			.e_phentsize = sizeof(f->text), .e_phnum = type != ET_REL,
			.e_shoff = offsetof(struct file, sections),
			.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = NR_SECTIONS,
			.e_shstrndx = SEC_NAMES,
		},
		.text = { .p_type = PT_LOAD, .p_vaddr = 0x1000, .p_filesz = sizeof(*f) },
		.note = { .n_namesz = 4, .n_descsz = 20, .n_type = NT_GNU_BUILD_ID },
		.note_name = "GNU", .id = "0123456789abcdefghi", .link = "more.debug",
		.strings = "\0one\0__two\0.Lthree",
		.names = "\0.text\0.gnu_debuglink\0.init",
	};
	f->sections[SEC_TEXT] = SECTION(SHT_PROGBITS, code, .sh_name = 1,
					.sh_flags = SHF_ALLOC | SHF_EXECINSTR);
	f->sections[SEC_NAMES] = SECTION(SHT_STRTAB, names);
	f->sections[SEC_NOTE] = SECTION(SHT_NOTE, note);
	f->sections[SEC_NOTE].sh_size = sizeof(f->note) + 24;
	f->sections[SEC_LINK] = SECTION(SHT_PROGBITS, link, .sh_name = 7);
	f->sections[SEC_STRTAB] = SECTION(SHT_STRTAB, strings);
	f->sections[SEC_SYMTAB] = SECTION(SHT_SYMTAB, symbols, .sh_link = SEC_STRTAB,
					  .sh_entsize = sizeof(Elf64_Sym));
	for (unsigned int i = 1; i < 4; i++)
		f->symbols[i] = (Elf64_Sym){
			.st_name = (uint32_t[]){ 0, 1, 5, 11 }[i], .st_shndx = SEC_TEXT,
			.st_info = ELF64_ST_INFO(i - 1, STT_FUNC), .st_size = i & 1 ? 16 : 0,
			.st_value = (type == ET_REL ? 0 : 0x1000) + i * 16,
		};
}

static void write_seed(const char *dir, const char *name, uint16_t type)
{
	char path[4096];
	struct file f;
	FILE *out;

	file__init(&f, type);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	CHECK(out && fwrite(&f, sizeof(f), 1, out) == 1 && !fclose(out));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int i;

	for (i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], "--seeds=", 8))
			continue;
		write_seed((*argv)[i] + 8, "program", ET_DYN);
		write_seed((*argv)[i] + 8, "module", ET_REL);
		exit(0);
	}
	/* Of the system's own files nothing is wanted. */
	setenv("PERF_BUILDID_DIR", "/nonexistent", 1);
	return 0;
}
