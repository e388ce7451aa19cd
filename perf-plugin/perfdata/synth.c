// SPDX-License-Identifier: GPL-2.0-only
#include "synth.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "procfs.h"

#define TASK_COMM_SIZE		16	/* TASK_COMM_LEN of the kernel */
#define PROC_FILE_MAX		(64 * 1024 * 1024)
#define KERNEL_PID		UINT32_MAX	/* pid -1: belongs to no process */

/* The fixed part of the records, from behind the header (struct perf_event_header) on. */
struct mmap_body {
	uint32_t pid, tid;
	uint64_t start, len, pgoff;
};

struct mmap2_body {
	uint32_t pid, tid;
	uint64_t start, len, pgoff;
	uint32_t maj, min;
	uint64_t ino, ino_generation;
	uint32_t prot, flags;
};

struct fork_body {
	uint32_t pid, ppid, tid, ptid;
	uint64_t time;
};

static size_t record__begin(struct buf *out, uint32_t type, uint16_t misc)
{
	struct perf_event_header header = { .type = type, .misc = misc };
	size_t at = out->len;

	buf__add(out, &header, sizeof(header));
	return at;
}

/* The name a record ends with: NUL and padding up to 8 bytes. */
static void record__name(struct buf *out, const char *name, size_t len)
{
	buf__add(out, name, len);
	buf__fill(out, '\0', 8 - len % 8);
}

static void record__end(struct buf *out, size_t at, const struct synth_trailer *trailer)
{
	struct perf_event_header *header;

	buf__add(out, trailer, sizeof(*trailer));
	if (out->failed)
		return;
	header = (struct perf_event_header *)(out->data + at);
	header->size = out->len - at;
}

void synth__kernel(const struct synth *synth, uint64_t start, uint64_t end, struct buf *out)
{
	/* The suffix and pgoff name the symbol by which a reader knows where the kernel was put. */
	static const char name[] = "[kernel.kallsyms]_text";
	struct synth_trailer trailer = { .pid = KERNEL_PID, .id = synth->id };
	struct mmap_body body = {
		.pid = KERNEL_PID, .start = start, .len = end - start, .pgoff = start,
	};
	size_t at = record__begin(out, PERF_RECORD_MMAP, PERF_RECORD_MISC_KERNEL);

	buf__add(out, &body, sizeof(body));
	record__name(out, name, sizeof(name) - 1);
	record__end(out, at, &trailer);
}

/*
 * An MMAP2, as perf record has written since it keeps build ids in there: at the MMAP of a module
 * that it wrote before, perf 7.2's inject --buildid-all ends by a signal.
 */
static void synth__module_map(const struct synth *synth, uint64_t start, uint64_t len,
			      const char *name, size_t name_len, struct buf *out)
{
	struct synth_trailer trailer = { .pid = KERNEL_PID, .id = synth->id };
	struct mmap2_body body = {
		.pid = KERNEL_PID, .start = start, .len = len, .prot = PROT_EXEC,
	};
	size_t at = record__begin(out, PERF_RECORD_MMAP2, PERF_RECORD_MISC_KERNEL);

	buf__add(out, &body, sizeof(body));
	record__name(out, name, name_len);
	record__end(out, at, &trailer);
}

/* Whether the file of a path is @module's: NAME.ko, .ko.xz and so on, with - and _ the same. */
static bool is_module_file(const char *path, size_t path_len, const char *module, size_t len)
{
	const char *base = memrchr(path, '/', path_len);
	size_t i;

	base = base ? base + 1 : path;
	path_len -= base - path;
	if (path_len < len + 3 || memcmp(base + len, ".ko", 3))
		return false;
	for (i = 0; i < len; i++)
		if ((base[i] == '-' ? '_' : base[i]) != module[i])
			return false;
	return true;
}

/*
 * Finds the module's file in modules.dep ("kernel/net/x.ko.xz: ..." a line), which is one file to
 * read where the directory tree would be thousands of entries. Returns the path's length in it.
 */
static size_t find_module_file(const char *dep, const char *module, size_t len, const char **path)
{
	const char *line, *colon;

	for (line = dep; line; line = procfs__next_line(line)) {
		colon = strchr(line, ':');
		if (!colon)
			break;
		if (!is_module_file(line, colon - line, module, len))
			continue;
		*path = line;
		return colon - line;
	}
	return 0;
}

struct module {
	const char *name;
	size_t name_len;
	uint64_t start, end;
};

static void synth__module(const struct synth *synth, const struct module *module, const char *dep,
			  struct buf *out)
{
	struct buf file = BUF_INIT;
	const char *path;
	size_t path_len;

	path_len = find_module_file(dep, module->name, module->name_len, &path);
	if (path_len) {
		/* Paths in modules.dep start at its own directory, unless they are absolute. */
		if (*path != '/')
			buf__add(&file, synth->modules_dep,
				 strrchr(synth->modules_dep, '/') + 1 - synth->modules_dep);
		buf__add(&file, path, path_len);
	} else {
		buf__addc(&file, '[');
		buf__add(&file, module->name, module->name_len);
		buf__addc(&file, ']');
	}
	if (file.failed)
		out->failed = true;
	else if (file.len < PATH_MAX)
		synth__module_map(synth, module->start, module->end - module->start, file.data,
				  file.len, out);
	buf__exit(&file);
}

/*
 * "nf_tables 372736 1200 nft_compat,nft_chain_nat, Live 0xffffffffc0a2c000 (E)". False, too, where the
 * address is hidden.
 */
static bool parse_module_line(const char *line, struct module *module)
{
	const char *at = line;
	uint64_t size;
	char *end;
	int field;

	module->name = line;
	module->name_len = strcspn(at, " \n");
	at += module->name_len;
	if (*at != ' ')
		return false;
	size = strtoull(at, &end, 10);
	if (end == at || *end != ' ')
		return false;
	at = end;
	for (field = 0; field < 3; field++) {
		at += strspn(at, " ");
		at += strcspn(at, " \n");
	}
	if (*at != ' ')
		return false;
	module->start = strtoull(at, &end, 16);
	return end != at && module->start && size &&
	       !__builtin_add_overflow(module->start, size, &module->end);
}

/* Is the module, where it is, in the lines of @text before @end (NULL: in any)? */
static bool is_listed(const char *text, const char *end, const struct module *module)
{
	struct module other;

	for (; text && text != end; text = procfs__next_line(text)) {
		if (parse_module_line(text, &other) && other.start == module->start &&
		    other.name_len == module->name_len &&
		    !memcmp(other.name, module->name, module->name_len))
			return true;
	}
	return false;
}

/*
 * Is the place of a module that is gone free? Since 6.4 /proc/modules adds up what is in several
 * places, so that modules seem to reach into others: into one that was there with it, it does not.
 */
static bool is_free(const char *now, const char *before, struct module *gone)
{
	struct module other;

	for (; now; now = procfs__next_line(now)) {
		if (!parse_module_line(now, &other) || other.start >= gone->end ||
		    other.end <= gone->start)
			continue;
		if (other.start == gone->start || !is_listed(before, NULL, &other))
			return false;
		if (other.start > gone->start)
			gone->end = other.start;
	}
	return true;
}

/* After the others: where maps overlap, it is the last one that counts. */
static void synth__gone_modules(const struct synth *synth, const char *now, const char *dep,
				struct buf *out)
{
	const char *before = synth->modules_before, *line;
	struct module gone;

	for (line = before; line; line = procfs__next_line(line)) {
		if (parse_module_line(line, &gone) && !is_listed(now, NULL, &gone) &&
		    !is_listed(before, line, &gone) && is_free(now, before, &gone))
			synth__module(synth, &gone, dep, out);
	}
}

int synth__modules(const struct synth *synth, const char *only, struct buf *out)
{
	struct buf modules = BUF_INIT, dep = BUF_INIT;
	struct module module;
	const char *line;
	int err;

	err = procfs__read(&modules, PROC_FILE_MAX, "%s/modules", synth->proc);
	if (err)
		goto out_free;		/* a kernel without modules has no such file */
	/* Without the file modules are named by themselves. */
	procfs__read(&dep, PROC_FILE_MAX, "%s", synth->modules_dep);
	for (line = modules.data; line; line = procfs__next_line(line)) {
		if (!parse_module_line(line, &module) ||
		    (only && (strlen(only) != module.name_len ||
			      memcmp(only, line, module.name_len))))
			continue;
		synth__module(synth, &module, buf__str(&dep), out);
	}
	if (!only)
		synth__gone_modules(synth, modules.data, buf__str(&dep), out);
out_free:
	buf__exit(&modules);
	buf__exit(&dep);
	return err == -ENOENT ? 0 : err;
}

static void synth__fork(const struct synth *synth, pid_t pid, pid_t tid, pid_t ppid,
			struct buf *out)
{
	struct synth_trailer trailer = { .pid = pid, .tid = tid, .id = synth->id };
	struct fork_body body = { .pid = pid, .tid = tid };
	size_t at;

	/* Who started a thread is not known any more: its process stands for it. */
	body.ppid = body.ptid = tid == pid ? ppid : pid;
	at = record__begin(out, PERF_RECORD_FORK, PERF_RECORD_MISC_FORK_EXEC);
	buf__add(out, &body, sizeof(body));
	record__end(out, at, &trailer);
}

static void synth__comm(const struct synth *synth, pid_t pid, pid_t tid, const char *comm,
			struct buf *out)
{
	struct synth_trailer trailer = { .pid = pid, .tid = tid, .id = synth->id };
	uint32_t body[2] = { pid, tid };
	size_t at = record__begin(out, PERF_RECORD_COMM, 0);

	buf__add(out, body, sizeof(body));
	/* Names of kernel threads can be longer in /proc than in a trace. */
	record__name(out, comm, strnlen(comm, TASK_COMM_SIZE - 1));
	record__end(out, at, &trailer);
}

struct maps_line {
	uint64_t start, end, pgoff, ino;
	uint32_t maj, min, prot, flags;
	const char *name;
	size_t name_len;
};

static bool take_hex(const char **at, char after, uint64_t *value)
{
	char *end;

	if (!isxdigit((unsigned char)**at))
		return false;
	*value = strtoull(*at, &end, 16);
	if (*end != after)
		return false;
	*at = end + 1;
	return true;
}

/* "7f0c2c600000-7f0c2c755000 r-xp 00026000 fe:00 262218                     /usr/lib/libc.so.6" */
static bool maps_line__parse(struct maps_line *map, const char *at)
{
	uint64_t maj, min;
	char *end;

	if (!take_hex(&at, '-', &map->start) || !take_hex(&at, ' ', &map->end) ||
	    map->end < map->start || strnlen(at, 5) < 5 || at[4] != ' ')
		return false;
	map->prot = (at[0] == 'r' ? PROT_READ : 0) | (at[1] == 'w' ? PROT_WRITE : 0) |
		    (at[2] == 'x' ? PROT_EXEC : 0);
	map->flags = at[3] == 's' ? MAP_SHARED : MAP_PRIVATE;
	at += 5;
	if (!take_hex(&at, ' ', &map->pgoff) || !take_hex(&at, ':', &maj) ||
	    !take_hex(&at, ' ', &min))
		return false;
	map->maj = maj;
	map->min = min;
	map->ino = strtoull(at, &end, 10);
	if (end == at)
		return false;
	at = end + strspn(end, " ");
	map->name = at;
	map->name_len = strcspn(at, "\n");
	if (!map->name_len) {
		map->name = "//anon";	/* what perf calls memory without a file */
		map->name_len = strlen(map->name);
	}
	return map->name_len < PATH_MAX;
}

static void synth__mmap2(const struct synth *synth, pid_t pid, const struct maps_line *map,
			 struct buf *out)
{
	struct synth_trailer trailer = { .pid = pid, .tid = pid, .id = synth->id };
	struct mmap2_body body = {
		.pid = pid, .tid = pid, .start = map->start, .len = map->end - map->start,
		.pgoff = map->pgoff, .maj = map->maj, .min = map->min, .ino = map->ino,
		.prot = map->prot, .flags = map->flags,
	};
	size_t at = record__begin(out, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);

	buf__add(out, &body, sizeof(body));
	record__name(out, map->name, map->name_len);
	record__end(out, at, &trailer);
}

static void synth__maps(const struct synth *synth, pid_t pid, struct buf *out)
{
	struct buf maps = BUF_INIT;
	struct maps_line map;
	const char *line;

	/* A task that exits meanwhile has no maps, and kernel threads never have. */
	procfs__read(&maps, PROC_FILE_MAX, "%s/%d/maps", synth->proc, pid);
	for (line = buf__str(&maps); line; line = procfs__next_line(line))
		if (maps_line__parse(&map, line) && map.prot & PROT_EXEC)
			synth__mmap2(synth, pid, &map, out);
	buf__exit(&maps);
}

static void synth__threads(const struct synth *synth, const struct synth_process *process,
			   struct buf *out)
{
	pid_t pid = process->pid, tid;
	struct buf comm = BUF_INIT;
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%d/task", synth->proc, pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		tid = atoi(entry->d_name);
		if (tid <= 0)
			continue;
		if (procfs__read_line(&comm, "%s/%d/task/%d/comm", synth->proc, pid, tid))
			continue;
		synth__fork(synth, pid, tid, process->ppid, out);
		synth__comm(synth, pid, tid, buf__str(&comm), out);
	}
	closedir(dir);
	buf__exit(&comm);
}

int synth__find_process(const struct synth *synth, pid_t tid, struct synth_process *process)
{
	struct buf status = BUF_INIT;
	const char *tgid, *ppid;
	size_t len;
	int err;

	err = procfs__read(&status, PROC_FILE_MAX, "%s/%d/status", synth->proc, tid);
	if (!err) {
		tgid = procfs__value(buf__str(&status), "Tgid", &len);
		ppid = procfs__value(buf__str(&status), "PPid", &len);
		process->pid = tgid ? atoi(tgid) : tid;
		process->ppid = ppid ? atoi(ppid) : 0;
	}
	buf__exit(&status);
	return err;
}

void synth__process(const struct synth *synth, const struct synth_process *process,
		    struct buf *out)
{
	synth__threads(synth, process, out);
	synth__maps(synth, process->pid, out);
}

void synth__lost(uint64_t id, uint64_t count, uint64_t time, struct buf *out)
{
	struct synth_trailer trailer = { .time = time, .id = id };
	size_t at = record__begin(out, PERF_RECORD_LOST_SAMPLES, 0);

	buf__add(out, &count, sizeof(count));
	record__end(out, at, &trailer);
}
