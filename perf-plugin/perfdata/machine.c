// SPDX-License-Identifier: GPL-2.0-only
#include "machine.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bytes.h"
#include "format.h"
#include "procfs.h"

#define BUILD_ID_MAX	20
#define SYS_FILE_MAX	(1024 * 1024)
#define CPU_DIR		"/sys/devices/system/cpu"
#define NODE_DIR	"/sys/devices/system/node"
#define PMU_DIR		"/sys/bus/event_source/devices"
#define NO_NUMBER	UINT32_MAX	/* -1, as perf has it */

static void add_u32(struct buf *out, uint32_t value)
{
	buf__add(out, &value, sizeof(value));
}

static void add_u64(struct buf *out, uint64_t value)
{
	buf__add(out, &value, sizeof(value));
}

static void add_buf(struct buf *out, const struct buf *more)
{
	buf__add(out, buf__str(more), more->len);
	out->failed |= more->failed;
}

void machine__add_string(struct buf *out, const char *str, size_t len)
{
	uint32_t padded = (len + PERFDATA_STRING_ALIGN) / PERFDATA_STRING_ALIGN *
			  PERFDATA_STRING_ALIGN;

	add_u32(out, padded);
	buf__add(out, str, len);
	buf__fill(out, '\0', padded - len);
}

static void add_cstring(struct buf *out, const char *str)
{
	machine__add_string(out, str, strlen(str));
}

unsigned int machine__find_build_id(const void *notes, size_t size, uint8_t id[BUILD_ID_MAX])
{
	struct bytes bytes = { .at = notes, .left = size };
	uint32_t name_size, desc_size, type;
	const void *name, *desc;

	while (bytes__u32(&bytes, &name_size) && bytes__u32(&bytes, &desc_size) &&
	       bytes__u32(&bytes, &type)) {
		name = bytes__take(&bytes, ((uint64_t)name_size + 3) & ~3ULL);
		/* The last one may come without its padding. */
		desc = name ? bytes__take(&bytes, desc_size) : NULL;
		if (!desc)
			break;
		if (type == NT_GNU_BUILD_ID && name_size == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(name, ELF_NOTE_GNU, name_size) && desc_size &&
		    desc_size <= BUILD_ID_MAX) {
			memcpy(id, desc, desc_size);
			return desc_size;
		}
		if (!bytes__take(&bytes, -desc_size & 3))
			break;
	}
	return 0;
}

/*
 * struct perf_record_header_build_id and the name that follows it. In a pipe it is a record: perf 7.2
 * reads no further at one whose size isn't a multiple of 8.
 */
struct build_id_entry {
	struct perf_event_header header;
	int32_t pid;
	uint8_t id[BUILD_ID_MAX];
	uint8_t size;
	uint8_t reserved[3];
	char name[28];
};

int machine__build_id(struct buf *out)
{
	struct build_id_entry entry = {
		.header.misc = PERF_RECORD_MISC_KERNEL | RECORD_MISC_BUILD_ID_SIZE,
		.header.size = sizeof(entry),
		.pid = -1,
		.name = "[kernel.kallsyms]",
	};
	struct buf notes = BUF_INIT;
	int err;

	err = procfs__read(&notes, SYS_FILE_MAX, "/sys/kernel/notes");
	if (!err) {
		entry.size = machine__find_build_id(notes.data, notes.len, entry.id);
		if (entry.size)
			buf__add(out, &entry, sizeof(entry));
		else
			err = -ENOENT;
	}
	buf__exit(&notes);
	return err;
}

int machine__hostname(struct buf *out)
{
	struct utsname uts;

	if (uname(&uts))
		return -errno;
	add_cstring(out, uts.nodename);
	return 0;
}

int machine__os_release(struct buf *out)
{
	struct utsname uts;

	if (uname(&uts))
		return -errno;
	add_cstring(out, uts.release);
	return 0;
}

int machine__arch(struct buf *out)
{
	struct utsname uts;

	if (uname(&uts))
		return -errno;
	add_cstring(out, uts.machine);
	return 0;
}

/* CPUs there could be a sample from: perf counts up to the highest one present. */
static unsigned int nr_cpus_present(void)
{
	struct buf list = BUF_INIT;
	unsigned int nr = 0;
	long conf;

	if (!procfs__read_line(&list, CPU_DIR "/present"))
		nr = procfs__cpu_list_end(buf__str(&list));
	buf__exit(&list);
	if (!nr) {
		conf = sysconf(_SC_NPROCESSORS_CONF);
		nr = conf > 0 ? conf : 1;
	}
	return nr;
}

int machine__nr_cpus(struct buf *out)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	add_u32(out, nr_cpus_present());
	add_u32(out, online > 0 ? online : 1);
	return 0;
}

/* Reads as much of cpuinfo as tells of the first CPU or two. */
static int read_cpuinfo(struct buf *out)
{
	return procfs__read(out, 16 * 1024, "/proc/cpuinfo");
}

int machine__cpu_desc(struct buf *out)
{
	/* x86 and arm64; 32 bit arm; powerpc; mips */
	static const char *const keys[] = { "model name", "Processor", "cpu", "cpu model" };
	struct buf cpuinfo = BUF_INIT;
	const char *value = NULL;
	unsigned int i;
	size_t len;
	int err;

	err = read_cpuinfo(&cpuinfo);
	for (i = 0; !err && !value && i < sizeof(keys) / sizeof(*keys); i++)
		value = procfs__value(buf__str(&cpuinfo), keys[i], &len);
	if (value)
		machine__add_string(out, value, len);
	else if (!err)
		err = -ENOENT;
	buf__exit(&cpuinfo);
	return err;
}

/* "GenuineIntel,6,85,7": x86 only, as perf spells it there. */
int machine__cpuid(struct buf *out)
{
	static const char *const keys[] = { "vendor_id", "cpu family", "model", "stepping" };
	struct buf cpuinfo = BUF_INIT, id = BUF_INIT;
	const char *value;
	unsigned int i;
	size_t len;
	int err;

	err = read_cpuinfo(&cpuinfo);
	for (i = 0; !err && i < sizeof(keys) / sizeof(*keys); i++) {
		value = procfs__value(buf__str(&cpuinfo), keys[i], &len);
		if (!value) {
			err = -ENOENT;
			break;
		}
		if (i)
			buf__addc(&id, ',');
		buf__add(&id, value, len);
	}
	if (!err)
		add_cstring(out, buf__str(&id));
	buf__exit(&cpuinfo);
	buf__exit(&id);
	return err;
}

/* A line "Key: 123 kB", of meminfo and a node's meminfo. */
static int find_kilobytes(const char *text, const char *key, uint64_t *kilobytes)
{
	const char *at = strstr(text, key);

	if (!at)
		return -ENOENT;
	*kilobytes = strtoull(at + strlen(key), NULL, 10);
	return 0;
}

int machine__total_mem(struct buf *out)
{
	struct buf meminfo = BUF_INIT;
	uint64_t kilobytes;
	int err;

	err = procfs__read(&meminfo, SYS_FILE_MAX, "/proc/meminfo");
	if (!err)
		err = find_kilobytes(buf__str(&meminfo), "MemTotal:", &kilobytes);
	if (!err)
		add_u64(out, kilobytes);
	buf__exit(&meminfo);
	return err;
}

/*
 * Appends to @out the count and the strings of the different CPU lists that file @name of all CPUs'
 * topology has.
 */
static void add_cpu_lists(struct buf *out, unsigned int nr_cpus, const char *name,
			  const char *old_name)
{
	struct buf list = BUF_INIT, line = BUF_INIT, seen = BUF_INIT, strings = BUF_INIT;
	unsigned int cpu, nr = 0;

	for (cpu = 0; cpu < nr_cpus; cpu++) {
		if (procfs__read_line(&list, CPU_DIR "/cpu%u/topology/%s", cpu, name) &&
		    procfs__read_line(&list, CPU_DIR "/cpu%u/topology/%s", cpu, old_name))
			continue;
		buf__clear(&line);
		buf__addf(&line, "\n%s\n", buf__str(&list));
		if (strstr(buf__str(&seen), buf__str(&line)))
			continue;
		buf__adds(&seen, buf__str(&line));
		add_cstring(&strings, buf__str(&list));
		nr++;
	}
	add_u32(out, nr);
	add_buf(out, &strings);
	buf__exit(&list);
	buf__exit(&line);
	buf__exit(&seen);
	buf__exit(&strings);
}

static uint32_t topology_number(unsigned int cpu, const char *name)
{
	int64_t number;

	if (procfs__read_number(&number, CPU_DIR "/cpu%u/topology/%s", cpu, name) || number < 0)
		return NO_NUMBER;
	return number;
}

int machine__cpu_topology(struct buf *out)
{
	unsigned int cpu, nr_cpus = nr_cpus_present();

	if (access(CPU_DIR "/cpu0/topology", R_OK))
		return -ENOENT;
	/* File names since 5.4, and before. */
	add_cpu_lists(out, nr_cpus, "package_cpus_list", "core_siblings_list");
	add_cpu_lists(out, nr_cpus, "core_cpus_list", "thread_siblings_list");
	for (cpu = 0; cpu < nr_cpus; cpu++) {
		add_u32(out, topology_number(cpu, "core_id"));
		add_u32(out, topology_number(cpu, "physical_package_id"));
	}
	/*
	 * Not optional as the format has it: a reader decides by the size whether dies follow, and
	 * in a pipe the section is padded.
	 */
	add_cpu_lists(out, nr_cpus, "die_cpus_list", "die_cpus_list");
	for (cpu = 0; cpu < nr_cpus; cpu++)
		add_u32(out, topology_number(cpu, "die_id"));
	return 0;
}

static int add_node(struct buf *out, unsigned int node)
{
	struct buf meminfo = BUF_INIT, cpus = BUF_INIT;
	uint64_t total, available;
	int err;

	err = procfs__read(&meminfo, SYS_FILE_MAX, NODE_DIR "/node%u/meminfo", node);
	if (!err)
		err = find_kilobytes(buf__str(&meminfo), "MemTotal:", &total);
	if (!err)
		err = find_kilobytes(buf__str(&meminfo), "MemFree:", &available);
	if (!err)
		err = procfs__read_line(&cpus, NODE_DIR "/node%u/cpulist", node);
	if (!err) {
		add_u32(out, node);
		add_u64(out, total);
		add_u64(out, available);
		add_cstring(out, buf__str(&cpus));
	}
	buf__exit(&meminfo);
	buf__exit(&cpus);
	return err;
}

int machine__numa_topology(struct buf *out)
{
	struct buf online = BUF_INIT, nodes = BUF_INIT;
	unsigned int node, end = 0, nr = 0;
	int err;

	err = procfs__read_line(&online, NODE_DIR "/online");
	if (!err)
		end = procfs__cpu_list_end(buf__str(&online));
	for (node = 0; node < end; node++)
		if (!add_node(&nodes, node))
			nr++;
	if (!err && !nr)
		err = -ENOENT;
	if (!err) {
		add_u32(out, nr);
		add_buf(out, &nodes);
	}
	buf__exit(&online);
	buf__exit(&nodes);
	return err;
}

int machine__pmu_mappings(struct buf *out)
{
	struct buf pmus = BUF_INIT;
	struct dirent *entry;
	uint32_t nr = 0;
	int64_t type;
	DIR *dir;

	dir = opendir(PMU_DIR);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    procfs__read_number(&type, PMU_DIR "/%s/type", entry->d_name))
			continue;
		add_u32(&pmus, type);
		add_cstring(&pmus, entry->d_name);
		nr++;
	}
	closedir(dir);
	add_u32(out, nr);
	add_buf(out, &pmus);
	buf__exit(&pmus);
	return 0;
}
