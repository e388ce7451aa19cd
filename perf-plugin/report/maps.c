// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "../render/elf-symbols.h"
#include "../render/symbols.h"
#include "../render/text.h"
#include "maps.h"
#include "records.h"

#define KERNEL		"[kernel.kallsyms]"
#define MAX_PATH	4096
#define MAX_MAPS	65536		/* of a process; the kernel's own limit is 65530 */
#define MAX_DSOS	(1u << 20)
#define MAX_COPIED	(1u << 22)	/* maps of children in all: a damaged file has many */
#define MAX_EXITED	4096		/* processes that are remembered after their exit */
#define KERNEL_START	(1ULL << 63)	/* programs' addresses are below on machines of 64 bits */

/* A file that code was mapped from, or something like one: [vdso]. */
struct dso {
	char *path;			/* the key, with the build id behind its NUL */
	char *shown;			/* the path, safe for a terminal */
	struct build_id id;
	struct elf_symbols *symbols;	/* read when the first name is asked for */
	bool was_read;
	UT_hash_handle hh;
};

struct map {
	uint64_t start;
	uint64_t end;
	uint64_t pgoff;
	struct dso *dso;
};

/* By ascending address, not overlapping. */
struct map_list {
	struct map *maps;
	uint32_t nr;
	uint32_t cap;
	uint32_t nr_copied;		/* from the parent */
};

struct process {
	int32_t pid;
	bool has_exited;
	struct map_list list;
	struct map_list before;		/* while it executes a program: those of the one before */
	UT_hash_handle hh;
};

struct maps {
	struct symbols *kernel;
	const struct perfdata_info *info;
	struct process *processes;	/* hash table */
	struct map_list modules;	/* of the kernel; itself it is in none ... */
	uint64_t kernel_start;		/* ... but from here ... */
	uint64_t kernel_end;		/* ... to here; 0: not known */
	struct dso *dsos;		/* hash table */
	unsigned int nr_dsos;
	uint32_t nr_copied;
	int32_t exited[MAX_EXITED];	/* a ring */
	unsigned int nr_exited;
};

int maps__new(struct symbols *kernel, const struct perfdata_info *info, struct maps **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->kernel = kernel;
	(*out)->info = info;
	return 0;
}

static void free_list(struct maps *m, struct map_list *list)
{
	m->nr_copied -= list->nr_copied;
	free(list->maps);
	*list = (struct map_list){ 0 };
}

static void free_process(struct maps *m, struct process *p)
{
	HASH_DEL(m->processes, p);
	free_list(m, &p->list);
	free_list(m, &p->before);
	free(p);
}

void maps__forget(struct maps *m)
{
	struct process *p, *next;

	HASH_ITER(hh, m->processes, p, next)
		free_process(m, p);
	free_list(m, &m->modules);
	m->nr_exited = 0;
}

void maps__free(struct maps *m)
{
	struct dso *d, *next_d;

	if (!m)
		return;
	maps__forget(m);
	HASH_ITER(hh, m->dsos, d, next_d) {
		HASH_DEL(m->dsos, d);
		elf_symbols__free(d->symbols);
		free(d->path);
		free(d->shown);
		free(d);
	}
	free(m);
}

/* ---- files --------------------------------------------------------------------------------- */

/* perf shows a module by its name: /lib/modules/6.12/kernel/net/nf_nat.ko.xz is [nf_nat]. */
static void show_module(const char *path, struct buf *out)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *end = strstr(name, ".ko");
	size_t start = out->len;

	if (!slash) {
		text__adds(out, path);
		return;
	}
	buf__addc(out, '[');
	text__add(out, name, end ? (size_t)(end - name) : strlen(name), false);
	buf__addc(out, ']');
	for (; start < out->len && !out->failed; start++)
		if (out->data[start] == '-')
			out->data[start] = '_';
}

static int by_name(const void *name, const void *id)
{
	return strcmp(name, ((const struct perfdata_build_id *)id)->name);
}

/* What the header says of a file whose record has no build id. */
static void find_build_id(const struct maps *m, const char *path, struct build_id *id)
{
	const struct perfdata_build_id *known = NULL;

	if (id->len)
		return;
	if (m->info->nr_build_ids)
		known = bsearch(path, m->info->build_ids, m->info->nr_build_ids, sizeof(*known),
				by_name);
	if (!known)
		return;
	id->len = known->len;
	memcpy(id->id, known->id, id->len);
}

static struct dso *find_dso(struct maps *m, const char *path, const struct build_id *id,
			    bool is_module)
{
	struct buf key = BUF_INIT, shown = BUF_INIT;
	struct dso *d;

	buf__adds(&key, path);
	buf__addc(&key, '\0');
	buf__add(&key, id->id, id->len);
	if (key.failed)
		return NULL;
	HASH_FIND(hh, m->dsos, key.data, key.len, d);
	if (d || m->nr_dsos == MAX_DSOS) {
		buf__exit(&key);
		return d;
	}
	if (is_module)
		show_module(path, &shown);
	else
		text__adds(&shown, path);
	d = calloc(1, sizeof(*d));
	if (d)
		*d = (struct dso){ .id = *id, .path = key.data, .shown = buf__take(&shown) };
	if (!d || !d->shown) {
		free(d);
		buf__exit(&key);
		buf__exit(&shown);
		return NULL;
	}
	find_build_id(m, d->path, &d->id);
	m->nr_dsos++;
	HASH_ADD_KEYPTR(hh, m->dsos, d->path, key.len, d);
	return d;
}

static struct elf_symbols *dso_symbols(struct dso *d)
{
	bool is_file = d->path[0] == '/' && d->path[1] != '/';	/* not so //anon */

	if (!d->was_read && (is_file || !strcmp(d->path, "[vdso]")))
		elf_symbols__new(d->path, &d->id, &d->symbols);
	d->was_read = true;
	return d->symbols;
}

/* ---- maps ---------------------------------------------------------------------------------- */

/* The index of the first map that ends behind @addr. */
static uint32_t first_behind(const struct map_list *list, uint64_t addr)
{
	uint32_t low = 0, high = list->nr;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (list->maps[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int insert(struct map_list *list, uint32_t at, const struct map *map)
{
	if (list->nr == list->cap) {
		uint32_t cap = list->cap ? list->cap * 2 : 16;
		struct map *more = reallocarray(list->maps, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		list->maps = more;
		list->cap = cap;
	}
	memmove(&list->maps[at + 1], &list->maps[at], (list->nr - at) * sizeof(*map));
	list->maps[at] = *map;
	list->nr++;
	return 0;
}

static void remove_maps(struct map_list *list, uint32_t at, uint32_t nr)
{
	if (!nr)
		return;
	memmove(&list->maps[at], &list->maps[at + nr],
		(list->nr - at - nr) * sizeof(*list->maps));
	list->nr -= nr;
}

/*
 * What was there before goes away, where @map is: mmap() of MAP_FIXED, or munmap(), of which no
 * record tells.
 */
static int add_map(struct map_list *list, const struct map *map)
{
	uint32_t at = first_behind(list, map->start), nr;
	struct map *old, rest;
	int err;

	if (!list->nr)
		return insert(list, 0, map);
	if (list->nr >= MAX_MAPS)
		return 0;
	old = &list->maps[at];
	if (at < list->nr && old->start < map->start) {
		rest = *old;
		old->end = map->start;
		at++;
		if (rest.end > map->end) {
			rest.pgoff += map->end - rest.start;
			rest.start = map->end;
			err = insert(list, at, &rest);
			if (err)
				return err;
		}
	}
	for (nr = 0; at + nr < list->nr && list->maps[at + nr].end <= map->end; nr++)
		;
	remove_maps(list, at, nr);
	old = &list->maps[at];
	if (at < list->nr && old->start < map->end) {
		old->pgoff += map->end - old->start;
		old->start = map->end;
	}
	return insert(list, at, map);
}

static struct process *find_process(const struct maps *m, int32_t pid)
{
	struct process *p;

	HASH_FIND(hh, m->processes, &pid, sizeof(pid), p);
	return p;
}

static struct process *get_process(struct maps *m, int32_t pid)
{
	struct process *p = find_process(m, pid);

	if (p) {
		p->has_exited = false;
		return p;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->pid = pid;
	HASH_ADD(hh, m->processes, pid, sizeof(p->pid), p);
	return p;
}

/* ---- records ------------------------------------------------------------------------------- */

static int take_map(struct maps *m, const struct perfdata_record *record, int32_t pid,
		    struct map *map, const char *name, const struct build_id *id)
{
	bool is_kernel = (record->header->misc & PERF_RECORD_MISC_CPUMODE_MASK) ==
			 PERF_RECORD_MISC_KERNEL;
	size_t room = (const char *)record->header + record->header->size - name;
	struct process *p;

	if (!memchr(name, '\0', room < MAX_PATH ? room : MAX_PATH) ||
	    __builtin_add_overflow(map->start, map->end, &map->end) || map->start == map->end)
		return 0;
	if (is_kernel && !strncmp(name, KERNEL, strlen(KERNEL))) {
		m->kernel_start = map->start;
		m->kernel_end = map->end;
		return 0;
	}
	map->dso = find_dso(m, name, id, is_kernel);
	if (!map->dso)
		return m->nr_dsos == MAX_DSOS ? 0 : -ENOMEM;
	if (is_kernel)
		return add_map(&m->modules, map);
	p = get_process(m, pid);
	if (!p)
		return -ENOMEM;
	/* The last thing but its stack that the kernel maps for a program before it begins. */
	if (!strcmp(name, "[vdso]"))
		free_list(m, &p->before);
	return add_map(&p->list, map);
}

static int take_mmap(struct maps *m, const struct perfdata_record *record)
{
	const struct mmap_record *r = (const void *)record->header;
	struct map map;

	/* Bit 13: of data, which has no functions. */
	if (r->header.size <= sizeof(*r) || r->header.misc & PERF_RECORD_MISC_MMAP_DATA)
		return 0;
	/* The length until take_map() */
	map = (struct map){ .start = r->addr, .end = r->len, .pgoff = r->pgoff };
	return take_map(m, record, r->pid, &map, r->name, &(struct build_id){ .len = 0 });
}

static int take_mmap2(struct maps *m, const struct perfdata_record *record)
{
	const struct mmap2_record *r = (const void *)record->header;
	struct build_id id = { .len = 0 };
	struct map map;

	if (r->header.size <= sizeof(*r) || r->header.misc & PERF_RECORD_MISC_MMAP_DATA)
		return 0;
	map = (struct map){ .start = r->addr, .end = r->len, .pgoff = r->pgoff };
	if (r->header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID &&
	    r->build_id_size <= sizeof(id.id)) {
		id.len = r->build_id_size;
		memcpy(id.id, r->build_id, id.len);
	}
	return take_map(m, record, r->pid, &map, r->name, &id);
}

/* A new process, not a thread, starts with its parent's maps. */
static int take_fork(struct maps *m, const struct perfdata_record *record)
{
	const struct fork_record *r = (const void *)record->header;
	struct process *parent, *child;
	struct map *copy;

	if (r->header.size < sizeof(*r) || r->pid == r->ppid)
		return 0;
	parent = find_process(m, r->ppid);
	if (!parent || m->nr_copied + parent->list.nr > MAX_COPIED)
		return 0;
	child = get_process(m, r->pid);
	copy = calloc(parent->list.nr + 1, sizeof(*copy));
	if (!child || !copy) {
		free(copy);
		return -ENOMEM;
	}
	if (parent->list.nr)
		memcpy(copy, parent->list.maps, parent->list.nr * sizeof(*copy));
	free_list(m, &child->list);
	free_list(m, &child->before);
	child->list = (struct map_list){
		.maps = copy, .nr = parent->list.nr, .cap = parent->list.nr + 1,
		.nr_copied = parent->list.nr,
	};
	m->nr_copied += parent->list.nr;
	return 0;
}

/* exec: its maps come next. Until it begins, its registers are those of the call in the one before. */
static void take_comm(struct maps *m, const struct perfdata_record *record)
{
	const struct comm_record *r = (const void *)record->header;
	struct process *p;

	if (r->header.size < sizeof(*r) || !(r->header.misc & PERF_RECORD_MISC_COMM_EXEC))
		return;
	p = find_process(m, r->pid);
	if (!p)
		return;
	free_list(m, &p->before);
	p->before = p->list;
	p->list = (struct map_list){ 0 };
}

/* The last samples of a process can come behind its EXIT: it is kept for some time. */
static void take_exit(struct maps *m, const struct perfdata_record *record)
{
	const struct fork_record *r = (const void *)record->header;
	int32_t *place = &m->exited[m->nr_exited % MAX_EXITED];
	struct process *p, *old;

	if (r->header.size < sizeof(*r) || r->pid != r->tid)
		return;
	p = find_process(m, r->pid);
	if (!p || p->has_exited)
		return;
	p->has_exited = true;
	old = m->nr_exited >= MAX_EXITED ? find_process(m, *place) : NULL;
	*place = r->pid;
	m->nr_exited++;
	if (old && old->has_exited && old != p)
		free_process(m, old);
}

int maps__record(struct maps *m, const struct perfdata_record *record)
{
	switch (record->type) {
	case PERF_RECORD_MMAP:
		return take_mmap(m, record);
	case PERF_RECORD_MMAP2:
		return take_mmap2(m, record);
	case PERF_RECORD_FORK:
		return take_fork(m, record);
	case PERF_RECORD_COMM:
		take_comm(m, record);
		return 0;
	case PERF_RECORD_EXIT:
		take_exit(m, record);
		return 0;
	default:
		return 0;
	}
}

/* ---- looking up ---------------------------------------------------------------------------- */

static const struct map *find_map(const struct map_list *list, uint64_t addr)
{
	uint32_t at = first_behind(list, addr);

	return at < list->nr && list->maps[at].start <= addr ? &list->maps[at] : NULL;
}

static const struct map *find_user_map(const struct maps *m, int32_t pid, uint64_t addr)
{
	const struct process *p = find_process(m, pid);
	const struct map *map = p ? find_map(&p->list, addr) : NULL;

	return map || !p ? map : find_map(&p->before, addr);
}

/* A module's name as kallsyms has it is the same one as in its file's; "bpf" is of BPF programs. */
static const char *module_dso(struct maps *m, const char *name)
{
	struct build_id none = { .len = 0 };
	struct buf path = BUF_INIT;
	struct dso *d;

	if (!*name)
		return KERNEL;
	buf__addf(&path, "[%s]", name);
	d = path.failed ? NULL : find_dso(m, buf__str(&path), &none, false);
	buf__exit(&path);
	return d ? d->shown : NULL;
}

/* Is the module that was at @map still the one kallsyms tells of? */
static bool is_module(const struct map *map, const char *name)
{
	const char *shown = map->dso->shown;
	size_t len = strlen(name);

	return len && *shown == '[' && !strncmp(shown + 1, name, len) && shown[len + 1] == ']';
}

/*
 * A module that was unloaded, or that has moved with the kernel: its file knows. Maps of modules reach
 * into others since 6.4, as /proc/modules adds up what is in several places: false where it is not in
 * this one.
 */
static bool find_in_module(const struct map *map, uint64_t ip, struct place *place)
{
	struct elf_symbols *es = dso_symbols(map->dso);
	uint64_t offset;
	const char *sym;

	sym = es ? elf_symbols__find(es, ip - map->start + map->pgoff, &offset) : NULL;
	if (!sym && place->sym && es && elf_symbols__any(es))
		return false;
	place->sym = sym;
	place->offset = sym ? offset : 0;
	return true;
}

static void find_kernel(struct maps *m, uint64_t ip, struct place *place)
{
	const struct map *map = find_map(&m->modules, ip);
	const char *module = "";

	place->is_kernel = true;
	place->sym = symbols__find(m->kernel, ip, &place->offset, &module);
	if (map && (!place->sym || !is_module(map, module)) && !find_in_module(map, ip, place))
		map = NULL;
	if (map)
		place->dso = map->dso->shown;
	/* A chain that went astray leads to what is no address at all. */
	else if (place->sym || !m->kernel_end || (ip >= m->kernel_start && ip < m->kernel_end))
		place->dso = module_dso(m, module);
}

static void find_user(struct maps *m, int32_t pid, uint64_t ip, struct place *place)
{
	const struct map *map = find_user_map(m, pid, ip);
	struct elf_symbols *es;

	if (!map)
		return;
	place->addr = ip - map->start + map->pgoff;
	place->dso = map->dso->shown;
	es = dso_symbols(map->dso);
	if (es)
		place->sym = elf_symbols__find(es, place->addr, &place->offset);
}

void maps__find(struct maps *m, int32_t pid, unsigned int cpumode, uint64_t ip,
		struct place *place)
{
	*place = (struct place){ .ip = ip, .addr = ip };
	if (cpumode != PERF_RECORD_MISC_KERNEL && cpumode != PERF_RECORD_MISC_USER &&
	    cpumode != PERF_RECORD_MISC_CPUMODE_UNKNOWN)
		return;				/* of a guest, or a hypervisor */
	/*
	 * The address says it as well, and of a call chain, which leads from one into the other, it
	 * says it better.
	 */
	if (ip >= KERNEL_START)
		find_kernel(m, ip, place);
	else
		find_user(m, pid, ip, place);
}

const char *maps__file(struct maps *m, int32_t pid, uint64_t ip)
{
	const struct map *map = ip >= KERNEL_START ? find_map(&m->modules, ip) :
						     find_user_map(m, pid, ip);

	if (map)
		return map->dso->path;
	return ip >= m->kernel_start && ip < m->kernel_end ? KERNEL : NULL;
}
