// SPDX-License-Identifier: GPL-2.0-only
#include "debuginfo.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <gelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* A file that every kernel has, and by which the top of the source is known. */
#define ANCHOR		"init/main.c"
#define MAX_DEPTH	64	/* of blocks in one another, as DWARF has them */
#define MAX_BUILD_ID	64

struct debuginfo {
	int fd;
	Dwarf *dwarf;
	uint64_t text;		/* where _text was linked */
	char *top;		/* the source's directory and a '/'; "": not known */
	char path[PATH_MAX];	/* debuginfo__file_at() */
};

/* ---- finding the file --------------------------------------------------------------------- */

/* The build ID of the running kernel out of its notes (/sys/kernel/notes is its .notes section). */
static size_t running_build_id(unsigned char *id)
{
	char notes[4096];
	size_t len = 0, at = 0, name, desc;
	GElf_Nhdr nhdr;
	FILE *f = fopen("/sys/kernel/notes", "re");

	if (f) {
		len = fread(notes, 1, sizeof(notes), f);
		fclose(f);
	}
	while (at + sizeof(nhdr) <= len) {
		memcpy(&nhdr, notes + at, sizeof(nhdr));
		name = at + sizeof(nhdr);
		desc = name + (((size_t)nhdr.n_namesz + 3) & ~(size_t)3);
		at = desc + (((size_t)nhdr.n_descsz + 3) & ~(size_t)3);
		if (at > len)
			break;
		if (nhdr.n_type == NT_GNU_BUILD_ID && nhdr.n_namesz == sizeof("GNU") &&
		    !memcmp(notes + name, "GNU", sizeof("GNU")) && nhdr.n_descsz <= MAX_BUILD_ID) {
			memcpy(id, notes + desc, nhdr.n_descsz);
			return nhdr.n_descsz;
		}
	}
	return 0;
}

/* The address of _text. Returns false for a file without such a symbol. */
static bool find_text(Elf *elf, uint64_t *addr)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		Elf_Data *data;
		GElf_Sym sym;
		const char *name;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB || !shdr.sh_entsize)
			continue;
		data = elf_getdata(scn, NULL);
		for (size_t i = 0; data && i < shdr.sh_size / shdr.sh_entsize; i++) {
			if (!gelf_getsym(data, i, &sym))
				break;
			name = elf_strptr(elf, shdr.sh_link, sym.st_name);
			if (name && !strcmp(name, "_text")) {
				*addr = sym.st_value;
				return true;
			}
		}
	}
	return false;
}

/* Returns 0, -ENOENT for no such file, -ENODATA for one without DWARF, another negative errno. */
static int open_file(const char *path, struct debuginfo *info)
{
	Dwarf_Off next;
	size_t header;

	info->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (info->fd < 0)
		return -errno;
	info->dwarf = dwarf_begin(info->fd, DWARF_C_READ);
	if (!info->dwarf)
		return -ENODATA;
	if (dwarf_nextcu(info->dwarf, 0, &next, &header, NULL, NULL, NULL))
		return -ENODATA;
	return find_text(dwarf_getelf(info->dwarf), &info->text) ? 0 : -ENODATA;
}

static void close_file(struct debuginfo *info)
{
	if (info->dwarf)
		dwarf_end(info->dwarf);
	if (info->fd >= 0)
		close(info->fd);
	info->dwarf = NULL;
	info->fd = -1;
}

static bool is_running_kernel(const struct debuginfo *info)
{
	unsigned char id[MAX_BUILD_ID];
	size_t len = running_build_id(id);
	const void *own;
	ssize_t own_len = dwelf_elf_gnu_build_id(dwarf_getelf(info->dwarf), &own);

	return !len || own_len < 0 || ((size_t)own_len == len && !memcmp(own, id, len));
}

/* Where Debian and Ubuntu, Fedora, and a kernel that was built here have it. */
static int find_file(struct debuginfo *info, const char *release)
{
	static const char *const places[] = {
		"/usr/lib/debug/boot/vmlinux-%s", "/usr/lib/debug/lib/modules/%s/vmlinux",
		"/usr/lib/debug/usr/lib/modules/%s/vmlinux",
		"/usr/lib/debug/lib/modules/%s/vmlinux.debug",
		"/lib/modules/%s/build/vmlinux", "/lib/modules/%s/vmlinux", "/boot/vmlinux-%s",
	};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if ((size_t)snprintf(path, sizeof(path), places[i], release) >= sizeof(path))
			continue;
		if (!open_file(path, info) && is_running_kernel(info))
			return 0;
		close_file(info);
	}
	return -ENOENT;
}

static int complain_no_file(const char *release, struct diag *diag)
{
	diag__error(diag, -ENOENT, "source files are known from vmlinux with DWARF, and there is "
				   "none of this kernel");
	diag__hint(diag, "Debian has it in the package linux-image-%s-dbg, Ubuntu in "
			 "linux-image-%s-dbgsym, Fedora in kernel-debuginfo", release, release);
	return -ENOENT;
}

/* ---- compilation units -------------------------------------------------------------------- */

/* The path of a unit's source file, without "./" and as absolute as DWARF tells. */
static bool unit__path(Dwarf_Die *unit, char *path)
{
	const char *name = dwarf_diename(unit), *dir = NULL;
	Dwarf_Attribute attr;

	if (!name)
		return false;
	while (!strncmp(name, "./", 2))
		name += 2;
	if (*name != '/' && !strncmp(name, "../", 3) &&
	    dwarf_attr(unit, DW_AT_comp_dir, &attr))
		dir = dwarf_formstring(&attr);
	return (size_t)snprintf(path, PATH_MAX, "%s%s%s", dir ? dir : "", dir ? "/" : "", name) <
	       PATH_MAX;
}

/* Calls @fn for each unit, which can stop the walk by returning non-zero. */
static int for_each_unit(const struct debuginfo *info, int (*fn)(Dwarf_Die *unit, void *ctx),
			 void *ctx)
{
	Dwarf_Off at = 0, next;
	size_t header;
	Dwarf_Die unit;
	int err = 0;

	while (!err && !dwarf_nextcu(info->dwarf, at, &next, &header, NULL, NULL, NULL)) {
		if (dwarf_offdie(info->dwarf, at + header, &unit) &&
		    dwarf_tag(&unit) == DW_TAG_compile_unit)
			err = fn(&unit, ctx);
		at = next;
	}
	return err;
}

/* The directory in front of "init/main.c", if this is its unit. */
static int find_anchor(Dwarf_Die *unit, void *ctx)
{
	struct debuginfo *info = ctx;
	const size_t anchor = strlen(ANCHOR);
	char path[PATH_MAX];
	size_t len;

	if (!unit__path(unit, path))
		return 0;
	len = strlen(path);
	if (len < anchor || strcmp(path + len - anchor, ANCHOR) ||
	    (len > anchor && path[len - anchor - 1] != '/'))
		return 0;
	info->top = strndup(path, len - anchor);
	return info->top ? 1 : -ENOMEM;
}

/* The path from the top of the source on; where that isn't known all of it. */
static const char *below_top(const struct debuginfo *info, const char *path)
{
	size_t len = strlen(info->top);

	return strncmp(path, info->top, len) ? path : path + len;
}

static bool glob__matches(const char *glob, const char *path)
{
	size_t len = strlen(glob);

	if (len && glob[len - 1] == '/')
		return !strncmp(path, glob, len);
	return !fnmatch(glob, path, FNM_PATHNAME);
}

static bool path__matches(const struct debuginfo *info, const char *glob, const char *path)
{
	path = below_top(info, path);
	if (glob__matches(glob, path))
		return true;
	/* Of an absolute path whose top isn't known, any end may be meant. */
	while (!*info->top && (path = strchr(path, '/'))) {
		if (glob__matches(glob, ++path))
			return true;
	}
	return false;
}

int debuginfo__open(const char *path, struct debuginfo **out, struct diag *diag)
{
	struct debuginfo *info = calloc(1, sizeof(*info));
	struct utsname uts = { 0 };
	int err;

	*out = NULL;
	if (!info)
		return -ENOMEM;
	info->fd = -1;
	elf_version(EV_CURRENT);
	uname(&uts);
	err = path ? open_file(path, info) : find_file(info, uts.release);
	if (err && path)
		diag__error(diag, err, "%s: %s", path,
			    err == -ENODATA ? "no vmlinux with DWARF" : strerror(-err));
	else if (err)
		complain_no_file(uts.release, diag);
	if (!err)
		err = for_each_unit(info, find_anchor, info);
	if (!err)
		info->top = strdup("");
	if (err < 0 || !info->top) {
		debuginfo__close(info);
		return err < 0 ? err : -ENOMEM;
	}
	*out = info;
	return 0;
}

void debuginfo__close(struct debuginfo *info)
{
	if (!info)
		return;
	close_file(info);
	free(info->top);
	free(info);
}

/* ---- functions ---------------------------------------------------------------------------- */

struct walk {
	const struct debuginfo *info;
	const char *what;	/* the glob, or the function's name */
	debuginfo_fn fn;
	void *ctx;
	unsigned int nr_files;
	const char *file;	/* of the unit that is walked */
	const char *inliner;	/* the function that is walked */
};

/* The address at which a function's code begins; false where it has none. */
static bool entry_of(Dwarf_Die *die, uint64_t *addr)
{
	Dwarf_Addr entry;

	if (dwarf_entrypc(die, &entry) && dwarf_lowpc(die, &entry))
		return false;
	*addr = entry;
	return true;
}

static int visit_unit(Dwarf_Die *unit, void *ctx)
{
	struct walk *walk = ctx;
	char path[PATH_MAX];
	Dwarf_Die die;
	uint64_t addr;
	int err = 0;

	if (!unit__path(unit, path) || !path__matches(walk->info, walk->what, path))
		return 0;
	walk->nr_files++;
	if (dwarf_child(unit, &die))
		return 0;
	do {
		const char *name;

		if (dwarf_tag(&die) != DW_TAG_subprogram || !entry_of(&die, &addr))
			continue;
		/* A name can be behind DW_AT_abstract_origin; libdw looks there. */
		name = dwarf_diename(&die);
		if (name)
			err = walk->fn(name, addr - walk->info->text,
				       below_top(walk->info, path), walk->ctx);
	} while (!err && !dwarf_siblingof(&die, &die));
	return err;
}

int debuginfo__for_each_func(struct debuginfo *info, const char *glob, debuginfo_fn fn, void *ctx,
			     unsigned int *nr_files)
{
	struct walk walk = { .info = info, .what = glob, .fn = fn, .ctx = ctx };
	int err = for_each_unit(info, visit_unit, &walk);

	*nr_files = walk.nr_files;
	return err;
}

struct place {
	const struct debuginfo *info;
	uint64_t addr;
	char *path;
};

static int find_place(Dwarf_Die *unit, void *ctx)
{
	struct place *place = ctx;

	return dwarf_haspc(unit, place->addr) > 0 && unit__path(unit, place->path);
}

const char *debuginfo__file_at(struct debuginfo *info, uint64_t offset)
{
	struct place place = { info, info->text + offset, info->path };

	return for_each_unit(info, find_place, &place) > 0 ? below_top(info, info->path) : NULL;
}

/* ---- where a function is inlined ---------------------------------------------------------- */

static int visit_blocks(struct walk *walk, Dwarf_Die *parent, unsigned int depth)
{
	Dwarf_Die die;
	int err = 0;

	if (depth == MAX_DEPTH || dwarf_child(parent, &die))
		return 0;
	do {
		int tag = dwarf_tag(&die);
		const char *name;

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block)
			continue;
		name = tag == DW_TAG_inlined_subroutine ? dwarf_diename(&die) : NULL;
		if (name && !strcmp(name, walk->what))
			err = walk->fn(walk->inliner, 0, walk->file, walk->ctx);
		else
			err = visit_blocks(walk, &die, depth + 1);
	} while (!err && !dwarf_siblingof(&die, &die));
	return err;
}

/* A unit that inlines a function describes it, too: the others need no closer look. */
static bool describes(Dwarf_Die *unit, const char *name)
{
	Dwarf_Die die;

	if (dwarf_child(unit, &die))
		return false;
	do {
		const char *other;

		if (dwarf_tag(&die) != DW_TAG_subprogram || !dwarf_hasattr(&die, DW_AT_inline))
			continue;
		other = dwarf_diename(&die);
		if (other && !strcmp(other, name))
			return true;
	} while (!dwarf_siblingof(&die, &die));
	return false;
}

static int visit_inliners(Dwarf_Die *unit, void *ctx)
{
	struct walk *walk = ctx;
	char path[PATH_MAX];
	Dwarf_Die die;
	int err = 0;

	if (!unit__path(unit, path) || !describes(unit, walk->what) || dwarf_child(unit, &die))
		return 0;
	walk->file = below_top(walk->info, path);
	do {
		if (dwarf_tag(&die) != DW_TAG_subprogram)
			continue;
		walk->inliner = dwarf_diename(&die);
		if (walk->inliner)
			err = visit_blocks(walk, &die, 0);
	} while (!err && !dwarf_siblingof(&die, &die));
	return err;
}

int debuginfo__for_each_inliner(struct debuginfo *info, const char *name, debuginfo_fn fn,
				void *ctx)
{
	struct walk walk = { .info = info, .what = name, .fn = fn, .ctx = ctx };

	return for_each_unit(info, visit_inliners, &walk);
}
