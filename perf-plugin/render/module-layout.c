// SPDX-License-Identifier: GPL-2.0-only
#include "module-layout.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SECTIONS	65536
#define MAX_ALIGN	(1u << 21)

/* Code of .init is loaded elsewhere, for as long as the module begins. */
static bool is_code(Elf *elf, const GElf_Shdr *sh, size_t names)
{
	const GElf_Xword code = SHF_ALLOC | SHF_EXECINSTR;
	const char *name = elf_strptr(elf, names, sh->sh_name);

	return (sh->sh_flags & code) == code && name && strncmp(name, ".init", strlen(".init"));
}

int module_layout__read(Elf *elf, uint64_t **addrs, size_t *nr)
{
	Elf_Scn *scn = NULL;
	uint64_t end = 0;
	size_t names, i;
	GElf_Ehdr head;
	GElf_Shdr sh;

	*addrs = NULL;
	*nr = 0;
	if (!gelf_getehdr(elf, &head) || head.e_type != ET_REL || elf_getshdrnum(elf, nr) ||
	    elf_getshdrstrndx(elf, &names) || !*nr || *nr > MAX_SECTIONS) {
		*nr = 0;
		return 0;
	}
	*addrs = malloc(*nr * sizeof(**addrs));
	if (!*addrs)
		return -ENOMEM;
	for (i = 0; i < *nr; i++)
		(*addrs)[i] = MODULE_NOT_LOADED;
	while ((scn = elf_nextscn(elf, scn))) {
		i = elf_ndxscn(scn);
		if (i >= *nr || !gelf_getshdr(scn, &sh) || !is_code(elf, &sh, names))
			continue;
		if (sh.sh_addralign > 1 && sh.sh_addralign <= MAX_ALIGN)
			end = (end + sh.sh_addralign - 1) / sh.sh_addralign * sh.sh_addralign;
		(*addrs)[i] = end;
		if (__builtin_add_overflow(end, sh.sh_size, &end) || end > INT64_MAX)
			break;
	}
	return 0;
}
