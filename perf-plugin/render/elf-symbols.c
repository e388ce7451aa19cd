// SPDX-License-Identifier: GPL-2.0-only
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../util/buf.h"
#include "dump.h"
#include "elf-strings.h"
#include "elf-symbols.h"
#include "module-layout.h"
#include "text.h"

#define MAX_SYMBOLS	(1u << 23)
#define MAX_POOL	(512u << 20)
#define MAX_SEGMENTS	4096
#define MAX_NAME	2048
#define MAX_SECTIONS	65536
#define MAX_ALIASES	64		/* symbols at one address */
#define MAX_VDSO	(1u << 20)
#define MAX_MEMORY	(1ULL << 30)	/* bytes that one file may take while it is read */
#define MAX_STACK	(256u << 10)

struct symbol {
	uint64_t addr;
	uint64_t size;
	uint32_t name;			/* in the pool */
	uint16_t len;
	uint8_t rank;			/* of several at one address the least is shown */
};

/* A PT_LOAD segment: file offsets are not the addresses that symbols have. */
struct segment {
	uint64_t offset;
	uint64_t size;
	uint64_t addr;
};

struct elf_symbols {
	struct symbol *list;		/* by address */
	uint32_t nr;
	uint32_t cap;
	struct segment *segments;
	unsigned int nr_segments;
	bool is_module;			/* of the kernel: addresses are from its start on */
	uint64_t *sections;		/* while the tables of one are read: where each is */
	size_t nr_sections;
	struct buf pool;
	struct buf debuglink;		/* of the file: the name in its .gnu_debuglink */
	struct build_id id;		/* of the file, as it says itself */
};

void elf_symbols__free(struct elf_symbols *es)
{
	if (!es)
		return;
	free(es->list);
	free(es->segments);
	buf__exit(&es->pool);
	buf__exit(&es->debuglink);
	free(es);
}

/* ---- one file ------------------------------------------------------------------------------ */

static int read_segments(struct elf_symbols *es, Elf *elf)
{
	size_t nr, i;

	if (elf_getphdrnum(elf, &nr) || nr > MAX_SEGMENTS)
		return 0;
	es->segments = calloc(nr + 1, sizeof(*es->segments));
	if (!es->segments)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(elf, i, &ph) && ph.p_type == PT_LOAD)
			es->segments[es->nr_segments++] = (struct segment){
				.offset = ph.p_offset, .size = ph.p_filesz, .addr = ph.p_vaddr,
			};
	}
	return 0;
}

/* As perf chooses: weak ones last, global before local, underscores behind; the longest name. */
static uint8_t rank(const GElf_Sym *sym, const char *name, size_t len)
{
	unsigned int bind = GELF_ST_BIND(sym->st_info), underscores = 0;

	while (underscores < len && name[underscores] == '_')
		underscores++;
	return (bind == STB_GLOBAL ? 0 : bind == STB_WEAK ? 128 : 64) +
	       (underscores < 31 ? underscores : 31) + (sym->st_size ? 0 : 32);
}

static int add_symbol(struct elf_symbols *es, const GElf_Sym *sym, const char *name, size_t len)
{
	if (es->nr == MAX_SYMBOLS || es->pool.len > MAX_POOL)
		return -E2BIG;
	if (es->nr == es->cap) {
		uint32_t cap = es->cap ? es->cap * 2 : 1024;
		struct symbol *more = reallocarray(es->list, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		es->list = more;
		es->cap = cap;
	}
	es->list[es->nr++] = (struct symbol){
		.addr = sym->st_value, .size = sym->st_size, .name = es->pool.len,
		.len = len, .rank = rank(sym, name, len),
	};
	text__add(&es->pool, name, len, false);
	buf__addc(&es->pool, '\0');
	return es->pool.failed ? -ENOMEM : 0;
}

/* In relocatable files values are from their section's start on. False: it is at no address. */
static bool locate(const struct elf_symbols *es, GElf_Sym *sym)
{
	if (!es->sections)
		return sym->st_value;
	if (sym->st_shndx >= es->nr_sections || es->sections[sym->st_shndx] == MODULE_NOT_LOADED)
		return false;
	sym->st_value += es->sections[sym->st_shndx];
	return true;
}

/* Bad tables end early: what is in them is names, no more. */
static int read_table(struct elf_symbols *es, Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh)
{
	const struct elf_strings names = elf_strings__get(elf, sh->sh_link);
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t nr = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0, i;
	int err = 0;

	for (i = 0; i < nr && !err; i++) {
		const char *name;
		GElf_Sym sym;
		size_t len;
		int type;

		if (!gelf_getsym(data, i, &sym))
			break;
		type = GELF_ST_TYPE(sym.st_info);
		if (sym.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC &&
						  type != STT_NOTYPE) || !locate(es, &sym))
			continue;
		name = elf_strings__at(&names, sym.st_name, MAX_NAME, &len);
		/* Those that assemblers and ARM's mappings make are no functions. */
		if (len && *name != '$' && (len < 2 || memcmp(name, ".L", 2)))
			err = add_symbol(es, &sym, name, len);
	}
	return err == -E2BIG ? 0 : err;
}

/* Of both symbol tables the dynamic one is a part of the other. */
static int read_tables(struct elf_symbols *es, Elf *elf)
{
	static const GElf_Word types[] = { SHT_SYMTAB, SHT_DYNSYM };
	Elf_Scn *scn;
	GElf_Shdr sh;
	int err = 0;

	for (unsigned int i = 0; i < 2 && !err && !es->nr; i++) {
		for (scn = NULL; !err && (scn = elf_nextscn(elf, scn));) {
			if (gelf_getshdr(scn, &sh) && sh.sh_type == types[i])
				err = read_table(es, elf, scn, &sh);
		}
	}
	return err;
}

static void read_notes(Elf_Scn *scn, struct build_id *id)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &desc))) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp((char *)data->d_buf + name, "GNU", 4) || !note.n_descsz ||
		    note.n_descsz > sizeof(id->id))
			continue;
		id->len = note.n_descsz;
		memcpy(id->id, (char *)data->d_buf + desc, id->len);
		return;
	}
}

/* Its build id, and the name of the file that has its debugging symbols. */
static void read_identity(struct elf_symbols *es, Elf *elf)
{
	struct elf_strings names;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	size_t index;

	if (elf_getshdrstrndx(elf, &index))
		return;
	names = elf_strings__get(elf, index);
	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data;

		if (!gelf_getshdr(scn, &sh))
			continue;
		if (sh.sh_type == SHT_NOTE && !es->id.len) {
			read_notes(scn, &es->id);
		} else if (!es->debuglink.len && sh.sh_size < PATH_MAX &&
			   elf_strings__is(&names, sh.sh_name, ".gnu_debuglink")) {
			data = elf_getdata(scn, NULL);
			if (data && data->d_buf && memchr(data->d_buf, '\0', data->d_size))
				buf__adds(&es->debuglink, data->d_buf);
		}
	}
}

static bool fits(const struct build_id *wanted, const struct build_id *id)
{
	/* perf pads shorter ones with zeros. */
	return !wanted->len || (id->len && !memcmp(wanted->id, id->id,
						   wanted->len < id->len ? wanted->len : id->len));
}

static int read_elf(struct elf_symbols *es, Elf *elf, const struct build_id *wanted)
{
	int err;

	es->id.len = 0;
	buf__clear(&es->debuglink);
	if (elf_kind(elf) != ELF_K_ELF)
		return 0;
	read_identity(es, elf);
	if (!fits(wanted, &es->id))
		return 0;
	/* A file of debugging symbols has its segments' addresses, but not their contents. */
	err = es->nr_segments ? 0 : read_segments(es, elf);
	if (!err)
		err = module_layout__read(elf, &es->sections, &es->nr_sections);
	if (err)
		return err;
	es->is_module |= es->sections != NULL;
	err = read_tables(es, elf);
	free(es->sections);
	es->sections = NULL;
	return err;
}

/* A module that was compressed, where nobody but root, or the user, puts files. */
static bool may_be_packed(const struct stat *st, const char *path)
{
	static const char *const dirs[] = { "/lib/modules/", "/usr/lib/modules/" };
	size_t len = strlen(path);

	/* In perf's cache are links to what others have, and may write into, too. */
	if ((st->st_uid && st->st_uid != geteuid()) || st->st_mode & (S_IWGRP | S_IWOTH))
		return false;
	if (len > 4 && !strcmp(path + len - 4, "/elf"))
		return true;			/* in perf's cache */
	for (unsigned int i = 0; i < 2; i++)
		if (!strncmp(path, dirs[i], strlen(dirs[i])) && !strstr(path, "/../"))
			return true;
	return false;
}

static bool is_elf(int fd)
{
	char magic[SELFMAG];

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

/*
 * Read, not mapped: a file that its owner cuts short meanwhile would end us by a signal. libdw knows
 * what modules are compressed with.
 */
static Elf *open_elf(int fd, const char *path)
{
	struct stat st;
	Elf *elf = NULL;
	size_t nr;

	if (fstat(fd, &st))
		return NULL;
	if (is_elf(fd))
		elf = elf_begin(fd, ELF_C_READ, NULL);
	else if (st.st_size && may_be_packed(&st, path))
		elf = dwelf_elf_begin(fd);
	if (elf && (elf_kind(elf) != ELF_K_ELF || elf_getshdrnum(elf, &nr) || nr > MAX_SECTIONS)) {
		elf_end(elf);
		elf = NULL;
	}
	return elf;
}

/* The address space we take now, in bytes; 0: not known. */
static uint64_t used_memory(void)
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file && fscanf(file, "%llu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

/* So that the stack need not grow where there is no memory left for it: that would be a signal. */
static void __attribute__((noinline)) touch_stack(void)
{
	volatile char room[MAX_STACK];

	for (size_t i = 0; i < sizeof(room); i += 1024)
		room[i] = 0;
}

/*
 * How many sections there are, how long a table is, and what a compressed file unpacks to, a file
 * can say as it likes: with holes in it, it need not even be large. libelf and libdw allocate what
 * it says, so it is the kernel who draws the line.
 */
static bool limit_memory(struct rlimit *before)
{
	struct rlimit limit;
	uint64_t used = used_memory();

	if (!used || getrlimit(RLIMIT_AS, before))
		return false;
	touch_stack();
	limit = *before;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > used + MAX_MEMORY)
		limit.rlim_cur = used + MAX_MEMORY;
	return !setrlimit(RLIMIT_AS, &limit);
}

/*
 * The name is what a recording says: a FIFO must not keep us waiting, and there are devices that do
 * something when they are opened. What is looked at first is what is opened then.
 */
int elf_file__open(const char *path)
{
	int fd = -ENOENT, found = open(path, O_PATH | O_CLOEXEC);
	char again[32];
	struct stat st;

	if (found < 0)
		return -errno;
	if (!fstat(found, &st) && S_ISREG(st.st_mode)) {
		snprintf(again, sizeof(again), "/proc/self/fd/%d", found);
		fd = open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			fd = -errno;
	}
	close(found);
	return fd;
}

/* Has @read called with the file, if it is one. Returns what that did, else 0. */
static int with_file(const char *path, struct elf_symbols *es,
		     int (*read)(struct elf_symbols *es, Elf *elf, const struct build_id *id),
		     const struct build_id *id)
{
	int fd = elf_file__open(path), err = 0;
	struct rlimit before;
	bool is_limited;
	Elf *elf;

	if (fd < 0)
		return 0;
	is_limited = limit_memory(&before);
	elf = open_elf(fd, path);
	if (elf) {
		err = read(es, elf, id);
		elf_end(elf);
	}
	if (is_limited)
		setrlimit(RLIMIT_AS, &before);
	close(fd);
	return err;
}

static int read_file(struct elf_symbols *es, const char *path, const struct build_id *wanted)
{
	return with_file(path, es, read_elf, wanted);
}

static int read_id(struct elf_symbols *es, Elf *elf, const struct build_id *wanted)
{
	(void)wanted;
	read_identity(es, elf);
	return 0;
}

void elf_file__build_id(const char *path, struct build_id *id)
{
	struct elf_symbols es = { .nr = 0 };

	elf_version(EV_CURRENT);
	with_file(path, &es, read_id, NULL);
	*id = es.id;
	buf__exit(&es.debuglink);
}

/* Every process has the kernel's; how long it is its own header says. */
static int read_vdso(struct elf_symbols *es, const struct build_id *wanted)
{
	const Elf64_Ehdr *head = (const void *)getauxval(AT_SYSINFO_EHDR);
	uint64_t size;
	Elf *elf;
	int err;

	if (!head || head->e_ident[EI_CLASS] != ELFCLASS64)
		return 0;
	size = head->e_shoff + (uint64_t)head->e_shnum * head->e_shentsize;
	elf = size < MAX_VDSO ? elf_memory((char *)head, size) : NULL;
	if (!elf)
		return 0;
	err = read_elf(es, elf, wanted);
	elf_end(elf);
	return err;
}

/* ---- where files are ----------------------------------------------------------------------- */

/* DIR/.build-id/ab/cdef...SUFFIX */
static int read_by_id(struct elf_symbols *es, const char *dir, const struct build_id *id,
		      const char *suffix)
{
	struct buf path = BUF_INIT;
	int err = 0;

	if (id->len < 2)
		return 0;
	buf__addf(&path, "%s/.build-id/", dir);
	dump__word(&path, id->id, 1);
	buf__addc(&path, '/');
	dump__word(&path, id->id + 1, id->len - 1);
	buf__adds(&path, suffix);
	if (path.failed)
		err = -ENOMEM;
	else
		err = read_file(es, buf__str(&path), id);
	buf__exit(&path);
	return err;
}

/* perf's cache: what perf record and perf archive put there. */
static int read_cached(struct elf_symbols *es, const struct build_id *id)
{
	const char *dir = getenv("PERF_BUILDID_DIR"), *home = getenv("HOME");
	struct buf path = BUF_INIT;
	int err;

	if (dir && *dir)
		buf__adds(&path, dir);
	else if (home && *home)
		buf__addf(&path, "%s/.debug", home);
	else
		return 0;
	err = path.failed ? -ENOMEM : read_by_id(es, buf__str(&path), id, "/elf");
	if (!err && !es->nr)
		err = read_by_id(es, buf__str(&path), id, "/debug");
	buf__exit(&path);
	return err;
}

/* The places that gdb's manual names for .gnu_debuglink. */
static int read_debuglink(struct elf_symbols *es, const char *path, const struct build_id *id)
{
	static const char *const forms[] = { "%.*s/%s", "%.*s/.debug/%s", "/usr/lib/debug%.*s/%s" };
	const char *slash = strrchr(path, '/');
	char *name = strdup(buf__str(&es->debuglink));
	int err = name ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < 3 && !err && !es->nr && slash && *name; i++) {
		struct buf file = BUF_INIT;

		if (strchr(name, '/'))
			break;
		buf__addf(&file, forms[i], (int)(slash - path), path, name);
		err = file.failed ? -ENOMEM : read_file(es, buf__str(&file), id);
		buf__exit(&file);
	}
	free(name);
	return err;
}

/* A file whose full table was stripped has but what it exports: better ones replace it. */
static int read_better(struct elf_symbols *es, const char *path)
{
	struct elf_symbols more = {
		.segments = es->segments, .nr_segments = es->nr_segments,
		.is_module = es->is_module,
	};
	int err;

	buf__adds(&more.debuglink, buf__str(&es->debuglink));
	err = read_by_id(&more, "/usr/lib/debug", &es->id, ".debug");
	if (!err && !more.nr) {
		buf__clear(&more.debuglink);
		buf__adds(&more.debuglink, buf__str(&es->debuglink));
		err = read_debuglink(&more, path, &es->id);
	}
	if (!err && more.nr > es->nr) {
		free(es->list);
		buf__exit(&es->pool);
		es->list = more.list;
		es->nr = more.nr;
		es->cap = more.cap;
		es->pool = more.pool;
	} else {
		free(more.list);
		buf__exit(&more.pool);
	}
	es->segments = more.segments;
	es->nr_segments = more.nr_segments;
	es->is_module = more.is_module;
	buf__exit(&more.debuglink);
	return err;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *l = a, *r = b;

	if (l->addr != r->addr)
		return l->addr < r->addr ? -1 : 1;
	if (l->rank != r->rank)
		return l->rank - r->rank;
	if (l->len != r->len)
		return r->len - l->len;
	return l->name < r->name ? -1 : 1;
}

/* All that are at an address are looked at each time: of a file made for it there are millions. */
static void drop_aliases(struct elf_symbols *es)
{
	uint32_t nr = 0, nr_alike = 0;

	for (uint32_t i = 0; i < es->nr; i++) {
		nr_alike = i && es->list[i].addr == es->list[i - 1].addr ? nr_alike + 1 : 0;
		if (nr_alike < MAX_ALIASES)
			es->list[nr++] = es->list[i];
	}
	es->nr = nr;
}

static int read_all(struct elf_symbols *es, const char *path, const struct build_id *id)
{
	int err;

	if (!strcmp(path, "[vdso]"))
		return read_vdso(es, id);
	err = read_file(es, path, id);
	if (id->len && !fits(id, &es->id)) {
		es->id = *id;			/* it was another file */
		buf__clear(&es->debuglink);
	}
	if (!err && !es->nr && id->len)
		err = read_cached(es, id);
	if (!err)
		err = read_better(es, path);
	return err;
}

int elf_symbols__new(const char *path, const struct build_id *id, struct elf_symbols **out)
{
	struct elf_symbols *es = calloc(1, sizeof(*es));
	int err;

	if (!es)
		return -ENOMEM;
	err = elf_version(EV_CURRENT) == EV_NONE ? 0 : read_all(es, path, id);
	if (err) {
		elf_symbols__free(es);
		return err;
	}
	if (es->nr)
		qsort(es->list, es->nr, sizeof(*es->list), by_address);
	drop_aliases(es);
	*out = es;
	return 0;
}

/* ---- looking up ---------------------------------------------------------------------------- */

static bool to_address(const struct elf_symbols *es, uint64_t offset, uint64_t *addr)
{
	for (unsigned int i = 0; i < es->nr_segments; i++) {
		const struct segment *s = &es->segments[i];

		if (offset >= s->offset && offset - s->offset < s->size) {
			*addr = offset - s->offset + s->addr;
			return true;
		}
	}
	return false;
}

/* A symbol without a size reaches up to the next one, as those of assembly do. */
static bool contains(const struct elf_symbols *es, uint32_t i, uint64_t addr)
{
	const struct symbol *s = &es->list[i];

	if (s->size)
		return addr - s->addr < s->size;
	return i + 1 == es->nr || addr < es->list[i + 1].addr || addr == s->addr;
}

bool elf_symbols__any(const struct elf_symbols *es)
{
	return es->nr;
}

const char *elf_symbols__find(const struct elf_symbols *es, uint64_t offset, uint64_t *from_start)
{
	uint32_t low = 0, high = es->nr, first;
	uint64_t addr;

	addr = offset;
	if (!es->nr || (!es->is_module && !to_address(es, offset, &addr)))
		return NULL;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (es->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	for (first = low - 1; first && es->list[first - 1].addr == es->list[low - 1].addr;)
		first--;
	for (; first < low; first++) {
		if (!contains(es, first, addr))
			continue;
		*from_start = addr - es->list[first].addr;
		return es->pool.data + es->list[first].name;
	}
	return NULL;
}
