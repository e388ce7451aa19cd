// SPDX-License-Identifier: GPL-2.0-only
#include "hits.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#include "../perfdata/build-ids.h"
#include "../perfdata/machine.h"
#include "../perfdata/procfs.h"
#include "../render/elf-symbols.h"
#include "build-id-cache.h"
#include "input.h"
#include "maps.h"
#include "records.h"

#define KERNEL		"[kernel.kallsyms]"
#define MAX_NOTES	(1 << 20)
#define MAX_HITS	65536
#define KERNEL_START	(1ULL << 63)

struct hit {
	char *path;		/* the key */
	bool is_kernel;		/* or a module of it */
	struct build_id id;
	UT_hash_handle hh;
};

struct hits {
	struct hit *list;
	bool all;
	struct maps *maps;	/* while reading: the input's */
	const char *last;	/* the file that was noted last */
};

static int note(struct hits *hits, const char *path, bool is_kernel)
{
	struct hit *hit;

	if (!path || path == hits->last)
		return 0;
	hits->last = path;
	HASH_FIND_STR(hits->list, path, hit);
	if (hit || HASH_COUNT(hits->list) >= MAX_HITS)
		return 0;
	hit = calloc(1, sizeof(*hit));
	if (!hit)
		return -ENOMEM;
	hit->path = strdup(path);
	hit->is_kernel = is_kernel;
	if (!hit->path) {
		free(hit);
		return -ENOMEM;
	}
	HASH_ADD_KEYPTR(hh, hits->list, hit->path, strlen(hit->path), hit);
	return 0;
}

static int note_ip(struct hits *hits, int32_t pid, uint64_t ip)
{
	return note(hits, maps__file(hits->maps, pid, ip), ip >= KERNEL_START);
}

static int add_sample(void *ctx, const struct perfdata_sample *sample)
{
	struct hits *hits = ctx;
	int err = note_ip(hits, sample->pid, sample->ip);

	for (uint64_t i = 0; i < sample->nr_callchain && !err; i++)
		if (sample->callchain[i] < PERF_CONTEXT_MAX)
			err = note_ip(hits, sample->pid, sample->callchain[i]);
	return err;
}

/* ---- build ids ------------------------------------------------------------------------------ */

/* /lib/modules/6.12.1/kernel/net/nf_nat.ko.xz: nf_nat, with _ for - as the kernel has it. */
static void add_module_name(const char *path, struct buf *out)
{
	const char *base = strrchr(path, '/');

	for (base = base ? base + 1 : path; *base && *base != '.'; base++)
		if (*base != '[' && *base != ']')
			buf__addc(out, *base == '-' ? '_' : *base);
}

static void read_kernel_id(struct hit *hit)
{
	struct buf notes = BUF_INIT, name = BUF_INIT;
	int err;

	if (!strcmp(hit->path, KERNEL)) {
		err = procfs__read(&notes, MAX_NOTES, "/sys/kernel/notes");
	} else {
		add_module_name(hit->path, &name);
		err = procfs__read(&notes, MAX_NOTES,
				   "/sys/module/%s/notes/.note.gnu.build-id", buf__str(&name));
	}
	if (!err && !notes.failed)
		hit->id.len = machine__find_build_id(notes.data, notes.len, hit->id.id);
	buf__exit(&notes);
	buf__exit(&name);
}

static void read_ids(struct hits *hits)
{
	struct hit *hit, *next;

	HASH_ITER(hh, hits->list, hit, next) {
		if (hit->is_kernel)
			read_kernel_id(hit);
		else if (*hit->path == '/')
			elf_file__build_id(hit->path, &hit->id);
	}
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int note_map(struct hits *hits, const struct perfdata_record *record)
{
	const struct mmap2_record *r = (const void *)record->header;

	if (record->type != PERF_RECORD_MMAP2 || r->header.size <= sizeof(*r))
		return 0;
	return note_ip(hits, r->pid, r->addr);
}

/* A FIFO would have us wait for who writes into it next, /dev/stdout is not ours to change. */
static bool can_be_read_again(const char *path)
{
	struct stat st;

	return lstat(path, &st) || S_ISREG(st.st_mode);
}

static int read_hits(struct hits *hits, const char *path, bool all, struct diag *diag)
{
	const struct input_opts opts = { .path = path };
	struct perfdata_record record;
	struct input *input = NULL;
	int err;

	err = input__open(&opts, &input, diag);
	if (!err)
		hits->maps = input__maps(input);
	while (!err && (err = input__next(input, &record, diag)) > 0) {
		if (record.type == PERF_RECORD_SAMPLE)
			err = add_sample(hits, &record.sample);
		else
			err = all ? note_map(hits, &record) : 0;
	}
	input__close(input);
	return err;
}

int hits__read(const char *path, bool all, struct hits **out, struct diag *diag)
{
	struct hits *hits = calloc(1, sizeof(*hits));
	int err;

	if (!hits)
		return -ENOMEM;
	err = can_be_read_again(path) ? read_hits(hits, path, all, diag) : 0;
	if (err) {
		hits__free(hits);
		return err;
	}
	read_ids(hits);
	*out = hits;
	return 0;
}

void hits__free(struct hits *hits)
{
	struct hit *hit, *next;

	if (!hits)
		return;
	HASH_ITER(hh, hits->list, hit, next) {
		HASH_DEL(hits->list, hit);
		free(hit->path);
		free(hit);
	}
	free(hits);
}

int hits__write(const struct hits *hits, const char *path)
{
	struct buf section = BUF_INIT;
	struct hit *hit, *next;
	int err = 0;

	HASH_ITER(hh, hits->list, hit, next)
		if (hit->id.len)
			build_ids__add(&section, hit->path, hit->id.id, hit->id.len, hit->is_kernel);
	if (section.len || section.failed)
		err = build_ids__replace(path, &section);
	buf__exit(&section);
	return err;
}

int hits__cache(const struct hits *hits)
{
	struct build_id_cache *cache;
	struct hit *hit, *next;
	int err = build_id_cache__open(&cache);

	if (err)
		return err == -ENOENT ? 0 : err;
	HASH_ITER(hh, hits->list, hit, next)
		if (hit->id.len)
			build_id_cache__add(cache, hit->path, &hit->id);
	build_id_cache__close(cache);
	return 0;
}
