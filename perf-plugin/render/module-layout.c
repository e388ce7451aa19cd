// SPDX-License-Identifier: GPL-2.0-only
#include "module-layout.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "elf-strings.h"

#define MAX_SECTIONS	65536
#define MAX_ALIGN	(1u << 21)

/* Code of .init is loaded elsewhere, for as long as the module begins. */
static bool is_code(const GElf_Shdr *sh, const struct elf_strings *names)
{
	const GElf_Xword code = SHF_ALLOC | SHF_EXECINSTR;

	return (sh->sh_flags & code) == code && sh->sh_name < names->size &&
	       !elf_strings__begins(names, sh->sh_name, ".init");
}

int module_layout__read(Elf *elf, uint64_t **addrs, size_t *nr)
{
	struct elf_strings names;
	Elf_Scn *scn = NULL;
	uint64_t end = 0;
	size_t index, i;
	GElf_Ehdr head;
	GElf_Shdr sh;

	*addrs = NULL;
	*nr = 0;
	if (!gelf_getehdr(elf, &head) || head.e_type != ET_REL || elf_getshdrnum(elf, nr) ||
	    elf_getshdrstrndx(elf, &index) || !*nr || *nr > MAX_SECTIONS) {
		*nr = 0;
		return 0;
	}
	names = elf_strings__get(elf, index);
	*addrs = malloc(*nr * sizeof(**addrs));
	if (!*addrs)
		return -ENOMEM;
	for (i = 0; i < *nr; i++)
		(*addrs)[i] = MODULE_NOT_LOADED;
	while ((scn = elf_nextscn(elf, scn))) {
		i = elf_ndxscn(scn);
		if (i >= *nr || !gelf_getshdr(scn, &sh) || !is_code(&sh, &names))
			continue;
		if (sh.sh_addralign > 1 && sh.sh_addralign <= MAX_ALIGN)
			end = (end + sh.sh_addralign - 1) / sh.sh_addralign * sh.sh_addralign;
		(*addrs)[i] = end;
		if (__builtin_add_overflow(end, sh.sh_size, &end) || end > INT64_MAX)
			break;
	}
	return 0;
}
