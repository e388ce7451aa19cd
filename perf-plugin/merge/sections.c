// SPDX-License-Identifier: GPL-2.0-only
#include "sections.h"

#include <errno.h>
#include <string.h>

#include "../perfdata/machine.h"

#define KERNEL_NAME	"[kernel.kallsyms]"

static void add_u32(struct buf *out, uint32_t value)
{
	buf__add(out, &value, sizeof(value));
}

/* ---- build ids ----------------------------------------------------------------------------- */

/* struct perf_record_header_build_id, in front of the name */
struct build_id_head {
	struct perf_event_header header;
	int32_t pid;
	uint8_t id[20];
	uint8_t size;
	uint8_t reserved[3];
};

static void add_build_id(struct buf *out, uint16_t misc, const char *name, const uint8_t *id,
			 unsigned int len)
{
	size_t size = strlen(name) + 1;
	struct build_id_head head = {
		.header.misc = (misc & PERF_RECORD_MISC_CPUMODE_MASK) | RECORD_MISC_BUILD_ID_SIZE,
		.pid = -1, .size = len,
	};

	/* In a pipe they are records, whose sizes have to be multiples of 8. */
	if (size > 4096)
		return;
	head.header.size = (sizeof(head) + size + 7) & ~7ULL;
	memcpy(head.id, id, len);
	buf__add(out, &head, sizeof(head));
	buf__add(out, name, size);
	buf__fill(out, '\0', head.header.size - sizeof(head) - size);
}

/* Does a file before this one have it? Both lists are sorted by name. */
static bool has_build_id(const struct perfdata_info *info, const struct perfdata_build_id *id)
{
	unsigned int low = 0, high = info->nr_build_ids, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(info->build_ids[middle].name, id->name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < info->nr_build_ids && !strcmp(info->build_ids[low].name, id->name);
}

static void add_build_ids(const struct merge_file *files, unsigned int nr, struct buf *out)
{
	for (unsigned int i = 0; i < nr; i++)
		if (files[i].build_id_len) {
			add_build_id(out, PERF_RECORD_MISC_KERNEL, KERNEL_NAME, files[i].build_id,
				     files[i].build_id_len);
			break;
		}
	for (unsigned int i = 0; i < nr; i++) {
		const struct perfdata_info *info = perfdata_reader__info(files[i].reader);

		for (unsigned int j = 0; j < info->nr_build_ids; j++) {
			const struct perfdata_build_id *id = &info->build_ids[j];
			bool is_there = false;

			for (unsigned int k = 0; k < i && !is_there; k++)
				is_there = has_build_id(perfdata_reader__info(files[k].reader), id);
			if (!is_there)
				add_build_id(out, id->misc, id->name, id->id, id->len);
		}
	}
}

/* ---- strings ------------------------------------------------------------------------------- */

/* The machines' names: mostly one. */
static void add_hostnames(const struct merge_file *files, unsigned int nr, struct buf *out)
{
	struct buf names = BUF_INIT;
	bool is_there;

	for (unsigned int i = 0; i < nr; i++) {
		const char *name = perfdata_reader__info(files[i].reader)->hostname, *other;

		is_there = !name;
		for (unsigned int j = 0; j < i && !is_there; j++) {
			other = perfdata_reader__info(files[j].reader)->hostname;
			is_there = other && !strcmp(other, name);
		}
		if (!is_there)
			buf__addf(&names, "%s%s", names.len ? "," : "", name);
	}
	if (names.len)
		machine__add_string(out, names.data, names.len);
	out->failed |= names.failed;
	buf__exit(&names);
}

/* All command lines, with a ";" between them. */
static void add_cmdlines(const struct merge_file *files, unsigned int nr, struct buf *out)
{
	struct buf words = BUF_INIT;
	uint32_t nr_words = 0;

	for (unsigned int i = 0; i < nr; i++) {
		const struct perfdata_info *info = perfdata_reader__info(files[i].reader);

		if (info->nr_cmdline && nr_words) {
			machine__add_string(&words, ";", 1);
			nr_words++;
		}
		for (unsigned int j = 0; j < info->nr_cmdline; j++, nr_words++)
			machine__add_string(&words, info->cmdline[j], strlen(info->cmdline[j]));
	}
	if (nr_words) {
		add_u32(out, nr_words);
		buf__add(out, buf__str(&words), words.len);
	}
	out->failed |= words.failed;
	buf__exit(&words);
}

/* ---- what is taken as it is ---------------------------------------------------------------- */

static bool copy_section(const struct merge_file *file, unsigned int feature, struct buf *sections)
{
	uint64_t size;
	const void *data = perfdata_reader__section(file->reader, feature, &size);

	if (!data || !size)
		return false;
	buf__add(&sections[feature], data, size);
	return true;
}

/* Of the first file that has it. */
static void copy_first(const struct merge_file *files, unsigned int nr, unsigned int feature,
		       struct buf *sections)
{
	for (unsigned int i = 0; i < nr; i++)
		if (copy_section(&files[i], feature, sections))
			return;
}

/* The CPUs' number, and with it how they are laid out: of the file that has most. */
static void copy_cpus(const struct merge_file *files, unsigned int nr, struct buf *sections)
{
	const struct merge_file *most = &files[0];

	for (unsigned int i = 1; i < nr; i++)
		if (perfdata_reader__info(files[i].reader)->nr_cpus_avail >
		    perfdata_reader__info(most->reader)->nr_cpus_avail)
			most = &files[i];
	copy_section(most, FEATURE_NRCPUS, sections);
	copy_section(most, FEATURE_CPU_TOPOLOGY, sections);
	copy_section(most, FEATURE_NUMA_TOPOLOGY, sections);
}

int sections__unite(const struct merge_file *files, unsigned int nr, unsigned int first,
		    struct buf *sections)
{
	static const unsigned int as_they_are[] = {
		FEATURE_OSRELEASE, FEATURE_ARCH, FEATURE_CPUDESC, FEATURE_CPUID, FEATURE_TOTAL_MEM,
		FEATURE_PMU_MAPPINGS,
	};
	const uint64_t resolution = 1;		/* ns */

	add_build_ids(files, nr, &sections[FEATURE_BUILD_ID]);
	add_hostnames(files, nr, &sections[FEATURE_HOSTNAME]);
	add_cmdlines(files, nr, &sections[FEATURE_CMDLINE]);
	for (unsigned int i = 0; i < sizeof(as_they_are) / sizeof(*as_they_are); i++)
		copy_first(files, nr, as_they_are[i], sections);
	copy_cpus(files, nr, sections);
	if (!copy_section(&files[first], FEATURE_CLOCKID, sections))
		buf__add(&sections[FEATURE_CLOCKID], &resolution, sizeof(resolution));
	copy_section(&files[first], FEATURE_CLOCK_DATA, sections);
	for (unsigned int i = 0; i < FEATURE_END; i++)
		if (sections[i].failed)
			return -ENOMEM;
	return 0;
}

void sections__exit(struct buf *sections)
{
	for (unsigned int i = 0; i < FEATURE_END; i++)
		buf__exit(&sections[i]);
}
