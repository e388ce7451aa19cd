// SPDX-License-Identifier: GPL-2.0-only
#include "places.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hash.h"

#define KERNEL_NAME		"[kernel.kallsyms]"
#define MISC_MMAP_BUILD_ID	(1 << 14)	/* PERF_RECORD_MISC_MMAP_BUILD_ID, 5.12 */
#define PAGE			4096
#define MAX_PLACES		16384		/* more modules than anybody has: bounds the work */

/* What both records begin with. */
struct map_head {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t start, len, pgoff;
};

/* What PERF_RECORD_MMAP2 has in front of the name. */
struct map2_middle {
	uint8_t build_id_size;		/* with MISC_MMAP_BUILD_ID, else a device and an inode */
	uint8_t reserved[3];
	uint8_t build_id[20];
	uint32_t prot, flags;
};

static size_t name_at(const struct perf_event_header *record)
{
	return sizeof(struct map_head) +
	       (record->type == PERF_RECORD_MMAP2 ? sizeof(struct map2_middle) : 0);
}

bool places__is_map(const struct perf_event_header *record)
{
	const struct map_head *map = (const void *)record;
	size_t at = name_at(record);

	return (record->type == PERF_RECORD_MMAP || record->type == PERF_RECORD_MMAP2) &&
	       (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL &&
	       record->size > at && map->pid == UINT32_MAX &&
	       memchr((const char *)record + at, '\0', record->size - at);
}

static bool is_kernel_name(const char *name)
{
	return !strncmp(name, KERNEL_NAME, sizeof(KERNEL_NAME) - 1);
}

bool places__find_build_id(const struct perf_event_header *record, const uint8_t **id,
			   unsigned int *len)
{
	const struct map2_middle *middle = (const void *)((const struct map_head *)record + 1);

	if (!places__is_map(record) || record->type != PERF_RECORD_MMAP2 ||
	    !(record->misc & MISC_MMAP_BUILD_ID) ||
	    !is_kernel_name((const char *)record + name_at(record)) || !middle->build_id_size ||
	    middle->build_id_size > sizeof(middle->build_id))
		return false;
	*id = middle->build_id;
	*len = middle->build_id_size;
	return true;
}

void places__exit(struct places *places)
{
	for (unsigned int i = 0; i < places->nr; i++) {
		free(places->list[i].name);
		buf__exit(&places->list[i].record);
	}
	free(places->list);
	*places = (struct places){ 0 };
}

/* Room for one more, NULL without memory; the count is the caller's to raise. */
static struct place *places__grow(struct places *places)
{
	struct place *grown;

	/* A power of two: full. */
	if (!(places->nr & (places->nr - 1))) {
		grown = reallocarray(places->list, places->nr ? places->nr * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return NULL;
		places->list = grown;
	}
	places->list[places->nr] = (struct place){ 0 };
	return &places->list[places->nr];
}

/* The name of a module by that of its file, which perf and we may know differently: length. */
static size_t module_name(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t len;

	*name = slash ? slash + 1 : path;
	if (**name == '[')
		(*name)++;
	len = strcspn(*name, ".]");
	return len;
}

static bool is_same_module(const char *a, const char *b)
{
	const char *name_a, *name_b;
	size_t len = module_name(a, &name_a);

	if (len != module_name(b, &name_b))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((name_a[i] == '-' ? '_' : name_a[i]) != (name_b[i] == '-' ? '_' : name_b[i]))
			return false;
	return len;
}

/* The same for names that are the same module's. */
static uint64_t module_key(const char *path)
{
	uint64_t key = HASH_INIT;
	const char *name;
	size_t len = module_name(path, &name);

	for (size_t i = 0; i < len; i++)
		key = hash__add(key, name[i] == '-' ? "_" : &name[i], 1);
	return key;
}

static bool is_same(const struct place *place, bool is_kernel, uint64_t key, const char *name)
{
	if (place->is_kernel || is_kernel)
		return place->is_kernel && is_kernel;
	return place->key == key && is_same_module(place->name, name);
}

/*
 * A module's PERF_RECORD_MMAP, which perf record wrote before it had build ids in there, becomes an
 * MMAP2: at the former perf 7.2's inject --buildid-all ends by a signal.
 */
static void add_map(struct buf *out, const struct map_head *map, bool is_kernel)
{
	static const struct map2_middle middle = { .prot = PROT_EXEC };
	struct map_head head = *map;

	if (is_kernel || map->header.type == PERF_RECORD_MMAP2 ||
	    map->header.size > UINT16_MAX - sizeof(middle)) {
		buf__add(out, map, map->header.size);
		return;
	}
	head.header.type = PERF_RECORD_MMAP2;
	head.header.size += sizeof(middle);
	buf__add(out, &head, sizeof(head));
	buf__add(out, &middle, sizeof(middle));
	buf__add(out, map + 1, map->header.size - sizeof(head));
}

static int places__append(struct places *places, const struct map_head *map, const char *name,
			  uint64_t by, unsigned int owner)
{
	struct place *place = places__grow(places);
	struct map_head *moved;

	if (!place)
		return -ENOMEM;
	place->name = strdup(name);
	place->is_kernel = is_kernel_name(name);
	add_map(&place->record, map, place->is_kernel);
	if (!place->name || place->record.failed) {
		free(place->name);
		buf__exit(&place->record);
		return -ENOMEM;
	}
	place->key = module_key(name);
	place->owner = owner;
	moved = (struct map_head *)place->record.data;
	moved->start += by;
	if (place->is_kernel)
		moved->pgoff += by;
	place->start = moved->start;
	place->end = place->start + map->len < place->start ? UINT64_MAX : place->start + map->len;
	place->reference = moved->pgoff;
	places->nr++;
	return 1;
}

int places__add(struct places *places, const struct perf_event_header *record, unsigned int owner)
{
	const struct map_head *map = (const void *)record;
	const char *name = (const char *)record + name_at(record);
	bool is_kernel;
	uint64_t key;

	if (!places__is_map(record))
		return -EINVAL;
	if (places->nr == MAX_PLACES)
		return 0;
	is_kernel = is_kernel_name(name);
	key = module_key(name);
	for (unsigned int i = 0; i < places->nr; i++)
		if (is_same(&places->list[i], is_kernel, key, name) &&
		    (is_kernel || places->list[i].start == map->start))
			return 0;
	return places__append(places, map, name, 0, owner);
}

const struct place *places__kernel(const struct places *places)
{
	for (unsigned int i = 0; i < places->nr; i++)
		if (places->list[i].is_kernel && places->list[i].reference)
			return &places->list[i];
	return NULL;
}

/* Where @place is in @to; NULL: nowhere. A module that was loaded twice: where it was last. */
static const struct place *places__find(const struct places *to, const struct place *place)
{
	for (unsigned int i = to->nr; i > 0; i--)
		if (is_same(&to->list[i - 1], place->is_kernel, place->key, place->name))
			return &to->list[i - 1];
	return NULL;
}

/* Where there is room for a module of another boot. */
static uint64_t places__room(const struct places *places, uint64_t start, uint64_t end)
{
	uint64_t behind = start;
	bool is_taken = false;

	for (unsigned int i = 0; i < places->nr; i++) {
		const struct place *place = &places->list[i];

		is_taken |= start < place->end && place->start < end;
		if (!place->is_kernel && place->end > behind && place->end < UINT64_MAX - PAGE)
			behind = place->end;
	}
	return is_taken ? (behind + PAGE - 1) & ~(uint64_t)(PAGE - 1) : start;
}

static int by_address(const void *a, const void *b)
{
	const struct move *l = a, *r = b;

	if (l->is_kernel != r->is_kernel)
		return l->is_kernel ? 1 : -1;
	return l->start < r->start ? -1 : l->start > r->start;
}

/*
 * How far @place goes to be where it is in @to, to which it is added if need be. Returns 1 if it
 * was, 0 if not, or -ENOMEM.
 */
static int find_distance(const struct place *place, struct places *to, unsigned int owner,
			 uint64_t *by)
{
	const struct place *there = places__find(to, place);

	if (there && place->is_kernel) {
		*by = there->reference - place->reference;
		return 0;
	}
	if (there) {
		*by = there->start - place->start;
		return 0;
	}
	*by = 0;
	if (to->nr >= MAX_PLACES)
		return 0;
	*by = places__room(to, place->start, place->end) - place->start;
	return places__append(to, (const struct map_head *)place->record.data, place->name, *by,
			      owner);
}

int moves__new(struct moves *moves, const struct places *from, struct places *to,
	       unsigned int owner)
{
	const struct place *here = places__kernel(from), *there = places__kernel(to);
	int ret = 0;

	*moves = (struct moves){ 0 };
	/* The symbol that says where it is has to be the same: _text or _stext. */
	if (!here || !there || strcmp(here->name, there->name))
		return -ENOENT;
	moves->list = calloc(from->nr, sizeof(*moves->list));
	if (!moves->list)
		return -ENOMEM;
	for (unsigned int i = 0; i < from->nr && ret >= 0; i++) {
		const struct place *place = &from->list[i];
		struct move *move = &moves->list[moves->nr++];

		move->start = place->start;
		move->end = place->end;
		move->is_kernel = place->is_kernel;
		ret = find_distance(place, to, owner, &move->by);
	}
	if (ret < 0) {
		moves__exit(moves);
		return ret;
	}
	qsort(moves->list, moves->nr, sizeof(*moves->list), by_address);
	return 0;
}

/* The first piece that is not before @move in the order of by_address(). */
static unsigned int moves__lower_bound(const struct moves *moves, const struct move *move)
{
	unsigned int low = 0, high = moves->nr, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (by_address(&moves->list[middle], move) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is at the same place now takes that of what was there before. */
static int moves__insert(struct moves *moves, const struct move *move)
{
	unsigned int at = moves__lower_bound(moves, move);
	struct move *grown;

	if (at < moves->nr && !by_address(&moves->list[at], move)) {
		moves->list[at] = *move;
		return 0;
	}
	grown = reallocarray(moves->list, moves->nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	moves->list = grown;
	memmove(&grown[at + 1], &grown[at], (moves->nr - at) * sizeof(*grown));
	grown[at] = *move;
	moves->nr++;
	return 0;
}

int moves__add(struct moves *moves, const struct perf_event_header *record, struct places *to,
	       unsigned int owner)
{
	struct places one = { 0 };
	struct move move = { 0 };
	int ret, err;

	if (moves->nr >= MAX_PLACES)
		return 0;
	ret = places__add(&one, record, owner);
	if (ret > 0 && one.list[0].is_kernel)
		ret = 0;
	if (ret > 0) {
		move.start = one.list[0].start;
		move.end = one.list[0].end;
		ret = find_distance(&one.list[0], to, owner, &move.by);
		err = ret < 0 ? 0 : moves__insert(moves, &move);
		ret = err ? err : ret;
	}
	places__exit(&one);
	return ret;
}

void moves__exit(struct moves *moves)
{
	free(moves->list);
	*moves = (struct moves){ 0 };
}

static bool move__has(const struct move *move, uint64_t addr)
{
	return addr >= move->start && addr < move->end;
}

uint64_t moves__addr(const struct moves *moves, uint64_t addr)
{
	unsigned int low = 0, high = moves->nr, middle, nr_modules;

	/* The kernel's map can reach over where modules are: perf does not always know its end. */
	while (high && moves->list[high - 1].is_kernel)
		high--;
	nr_modules = high;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (moves->list[middle].end <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < nr_modules && move__has(&moves->list[low], addr))
		return addr + moves->list[low].by;
	for (unsigned int i = nr_modules; i < moves->nr; i++)
		if (move__has(&moves->list[i], addr))
			return addr + moves->list[i].by;
	return addr;
}
