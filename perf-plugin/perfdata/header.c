// SPDX-License-Identifier: GPL-2.0-only
#include "header.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "format.h"

#define MAX_CMDLINE	65536

void header__init(struct header *header)
{
	memset(header, 0, sizeof(*header));
	header->info.clockid = -1;
}

void header__exit(struct header *header)
{
	unsigned int i;

	for (i = 0; i < header->nr_kept; i++)
		free(header->kept[i]);
	free(header->kept);
	free(header->formats);
	free(header->btf);
	free(header->build_ids);
	header__init(header);
}

int header__keep(struct header *header, void *memory)
{
	void **grown;

	/* A power of two: full. */
	if (!(header->nr_kept & (header->nr_kept - 1))) {
		grown = reallocarray(header->kept, header->nr_kept ? header->nr_kept * 2 : 1,
				     sizeof(*grown));
		if (!grown) {
			free(memory);
			return -ENOMEM;
		}
		header->kept = grown;
	}
	header->kept[header->nr_kept++] = memory;
	return 0;
}

/* A string of a section: padded with NULs, of which there must be one. */
static const char *take_string(struct bytes *bytes)
{
	const char *str;
	uint32_t size;

	if (!bytes__u32(bytes, &size))
		return NULL;
	str = bytes__take(bytes, size);
	return str && size && memchr(str, '\0', size) ? str : NULL;
}

static int parse_string(struct bytes *bytes, const char **out)
{
	const char *str = take_string(bytes);

	if (!str)
		return -EINVAL;
	*out = str;
	return 0;
}

/* In a stream there can be several: events that come late bring their formats along. */
static int parse_tracing_data(struct header *header, struct bytes *bytes)
{
	struct tracing_format *formats;
	unsigned int nr;
	int err, merged = 0;

	err = tracing__parse(bytes->at, bytes->left, &formats, &nr);
	if (nr)
		merged = tracing__merge(&header->formats, &header->nr_formats, formats, nr);
	free(formats);
	return merged ? merged : err;
}

/* Of the kernel and of all others; the list grows by powers of two. */
static int keep_build_id(struct header *header, const struct perfdata_build_id *id)
{
	static const char kernel[] = "[kernel.kallsyms]";
	struct perfdata_info *info = &header->info;
	struct perfdata_build_id *more;

	if (!strcmp(id->name, kernel)) {
		memcpy(info->kernel_build_id, id->id, id->len);
		info->kernel_build_id_len = id->len;
		return 0;
	}
	if (!(info->nr_build_ids & (info->nr_build_ids - 1))) {
		more = reallocarray(header->build_ids,
				    info->nr_build_ids ? info->nr_build_ids * 2 : 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		info->build_ids = header->build_ids = more;
	}
	header->build_ids[info->nr_build_ids++] = *id;
	return 0;
}

/* struct perf_record_header_build_id from its pid on */
static int take_build_id(struct header *header, uint16_t misc, struct bytes *entry)
{
	struct perfdata_build_id id = { .misc = misc };

	if (!bytes__take(entry, sizeof(int32_t)))
		return 0;
	id.id = bytes__take(entry, 24);
	id.name = id.id ? bytes__string(entry) : NULL;
	if (!id.name)
		return 0;
	/* Before 5.12 all ids had 20 bytes, and the one behind them was 0. */
	id.len = misc & RECORD_MISC_BUILD_ID_SIZE ? id.id[20] : 20;
	return id.len && id.len <= sizeof(header->info.kernel_build_id) ?
	       keep_build_id(header, &id) : 0;
}

static int by_name(const void *a, const void *b)
{
	const struct perfdata_build_id *l = a, *r = b;

	return strcmp(l->name, r->name);
}

static int parse_build_ids(struct header *header, struct bytes *bytes)
{
	struct perf_event_header head;
	struct bytes entry;
	const void *at;
	int err;

	while ((at = bytes__take(bytes, sizeof(head)))) {
		memcpy(&head, at, sizeof(head));
		if (head.size < sizeof(head))
			return -EINVAL;
		entry.left = head.size - sizeof(head);
		entry.at = bytes__take(bytes, entry.left);
		if (!entry.at)
			return -EINVAL;
		err = take_build_id(header, head.misc, &entry);
		if (err)
			return err;
	}
	if (header->info.nr_build_ids)
		qsort(header->build_ids, header->info.nr_build_ids, sizeof(*header->build_ids),
		      by_name);
	return 0;
}

static int parse_nr_cpus(struct header *header, struct bytes *bytes)
{
	struct perfdata_info *info = &header->info;

	return bytes__u32(bytes, &info->nr_cpus_avail) &&
	       bytes__u32(bytes, &info->nr_cpus_online) ? 0 : -EINVAL;
}

static int parse_total_mem(struct header *header, struct bytes *bytes)
{
	return bytes__u64(bytes, &header->info.total_mem_kb) ? 0 : -EINVAL;
}

static int parse_cmdline(struct header *header, struct bytes *bytes)
{
	const char **args;
	uint32_t nr, i;
	int err;

	/* Each argument takes at least its length's four bytes. */
	if (header->info.cmdline || !bytes__u32(bytes, &nr) || nr > bytes->left / sizeof(nr) ||
	    nr > MAX_CMDLINE)
		return -EINVAL;
	args = calloc(nr + 1, sizeof(*args));
	if (!args)
		return -ENOMEM;
	err = header__keep(header, args);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		args[i] = take_string(bytes);
		if (!args[i])
			return -EINVAL;
	}
	header->info.cmdline = args;
	header->info.nr_cmdline = nr;
	return 0;
}

/*
 * Descriptions stand in the order of the attrs. Only the names are taken: attrs and ids are where
 * the file header says, and in a pipe in records of their own.
 */
static int parse_event_desc(struct bytes *bytes, struct events *events)
{
	uint32_t nr, attr_size, nr_ids, i;
	const char *name;
	int err;

	if (!bytes__u32(bytes, &nr) || !bytes__u32(bytes, &attr_size))
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		if (!bytes__take(bytes, attr_size) || !bytes__u32(bytes, &nr_ids))
			return -EINVAL;
		name = take_string(bytes);
		if (!name || !bytes__take(bytes, nr_ids * (uint64_t)sizeof(uint64_t)))
			return -EINVAL;
		if (i >= events->nr || !*name ||
		    (events->list[i]->name && !events->list[i]->has_generic_name))
			continue;
		err = event__set_name(events->list[i], name, strlen(name));
		if (err)
			return err;
	}
	return 0;
}

/* Groups of events: perf takes them when each ends before the next begins. */
static int parse_group_desc(struct bytes *bytes, struct events *events)
{
	uint32_t nr, leader, nr_members, end = 0;
	const char *name;

	if (!bytes__u32(bytes, &nr))
		return -EINVAL;
	while (nr--) {
		name = take_string(bytes);
		if (!name || !bytes__u32(bytes, &leader) ||
		    !bytes__u32(bytes, &nr_members) || leader < end || !nr_members ||
		    leader >= events->nr || nr_members > events->nr - leader)
			return -EINVAL;
		events->list[leader]->public.nr_members = nr_members;
		events->list[leader]->public.group_name =
			strcmp(name, PERFDATA_NO_GROUP_NAME) ? name : NULL;
		end = leader + nr_members;
	}
	return 0;
}

static int parse_sample_time(struct header *header, struct bytes *bytes)
{
	return bytes__u64(bytes, &header->info.first_time) &&
	       bytes__u64(bytes, &header->info.last_time) ? 0 : -EINVAL;
}

static int parse_clock_data(struct header *header, struct bytes *bytes)
{
	struct perfdata_info *info = &header->info;
	uint32_t version, clockid;
	uint64_t wall, clock;

	if (!bytes__u32(bytes, &version) || version != 1 || !bytes__u32(bytes, &clockid) ||
	    clockid > INT32_MAX || !bytes__u64(bytes, &wall) || !bytes__u64(bytes, &clock))
		return -EINVAL;
	info->clockid = clockid;
	info->clock_wall_ns = wall;
	info->clock_ns = clock;
	return 0;
}

static int header__add_btf(struct header *header, const void *data, uint32_t size)
{
	struct header_btf *grown;

	/* A power of two: full. */
	if (!(header->nr_btf & (header->nr_btf - 1))) {
		grown = reallocarray(header->btf, header->nr_btf ? header->nr_btf * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		header->btf = grown;
	}
	header->btf[header->nr_btf++] = (struct header_btf){ data, size };
	header->btf_joined = false;
	return 0;
}

static int parse_btf(struct header *header, struct bytes *bytes)
{
	uint32_t nr, id, size;
	const void *data;
	int err = 0;

	if (!bytes__u32(bytes, &nr))
		return -EINVAL;
	while (nr-- && !err) {
		if (!bytes__u32(bytes, &id) || !bytes__u32(bytes, &size))
			return -EINVAL;
		data = bytes__take(bytes, size);
		if (!data)
			return -EINVAL;
		err = header__add_btf(header, data, size);
	}
	return err;
}

static const char *const feature_names[FEATURE_END] = {
	[FEATURE_TRACING_DATA]	= "TRACING_DATA",
	[FEATURE_BUILD_ID]	= "BUILD_ID",
	[FEATURE_HOSTNAME]	= "HOSTNAME",
	[FEATURE_OSRELEASE]	= "OSRELEASE",
	[FEATURE_VERSION]	= "VERSION",
	[FEATURE_ARCH]		= "ARCH",
	[FEATURE_NRCPUS]	= "NRCPUS",
	[FEATURE_CPUDESC]	= "CPUDESC",
	[FEATURE_CPUID]		= "CPUID",
	[FEATURE_TOTAL_MEM]	= "TOTAL_MEM",
	[FEATURE_CMDLINE]	= "CMDLINE",
	[FEATURE_EVENT_DESC]	= "EVENT_DESC",
	[FEATURE_CPU_TOPOLOGY]	= "CPU_TOPOLOGY",
	[FEATURE_NUMA_TOPOLOGY]	= "NUMA_TOPOLOGY",
	[FEATURE_PMU_MAPPINGS]	= "PMU_MAPPINGS",
	[FEATURE_GROUP_DESC]	= "GROUP_DESC",
	[FEATURE_SAMPLE_TIME]	= "SAMPLE_TIME",
	[FEATURE_CLOCKID]	= "CLOCKID",
	[FEATURE_BPF_BTF]	= "BPF_BTF",
	[FEATURE_CLOCK_DATA]	= "CLOCK_DATA",
};

const char *header__feature_name(unsigned int feature)
{
	return feature < FEATURE_END ? feature_names[feature] : NULL;
}

static int parse_section(struct header *header, unsigned int feature, struct bytes bytes,
			 struct events *events)
{
	struct perfdata_info *info = &header->info;

	switch (feature) {
	case FEATURE_TRACING_DATA:
		return parse_tracing_data(header, &bytes);
	case FEATURE_BUILD_ID:
		return parse_build_ids(header, &bytes);
	case FEATURE_HOSTNAME:
		return parse_string(&bytes, &info->hostname);
	case FEATURE_OSRELEASE:
		return parse_string(&bytes, &info->os_release);
	case FEATURE_VERSION:
		return parse_string(&bytes, &info->version);
	case FEATURE_ARCH:
		return parse_string(&bytes, &info->arch);
	case FEATURE_NRCPUS:
		return parse_nr_cpus(header, &bytes);
	case FEATURE_CPUDESC:
		return parse_string(&bytes, &info->cpu_desc);
	case FEATURE_TOTAL_MEM:
		return parse_total_mem(header, &bytes);
	case FEATURE_CMDLINE:
		return parse_cmdline(header, &bytes);
	case FEATURE_EVENT_DESC:
		return parse_event_desc(&bytes, events);
	case FEATURE_GROUP_DESC:
		return parse_group_desc(&bytes, events);
	case FEATURE_SAMPLE_TIME:
		return parse_sample_time(header, &bytes);
	case FEATURE_BPF_BTF:
		return parse_btf(header, &bytes);
	case FEATURE_CLOCK_DATA:
		return parse_clock_data(header, &bytes);
	default:
		return 0;
	}
}

int header__parse(struct header *header, unsigned int feature, const void *data, uint64_t size,
		  struct events *events)
{
	int err = parse_section(header, feature, (struct bytes){ .at = data, .left = size }, events);

	/* A broken one is nothing to hand on. */
	if (feature < FEATURE_END && !err)
		header->sections[feature] = (struct header_section){ data, size };
	return err;
}

/* The size that BTF itself claims to have, 0 when this is no beginning of BTF. */
static uint64_t btf_claimed_size(const struct header_btf *btf)
{
	struct btf_header head;
	uint64_t types_end, strings_end;

	if (btf->size < sizeof(head))
		return 0;
	memcpy(&head, btf->data, sizeof(head));
	if (head.magic != BTF_MAGIC)
		return 0;
	types_end = (uint64_t)head.hdr_len + head.type_off + head.type_len;
	strings_end = (uint64_t)head.hdr_len + head.str_off + head.str_len;
	return types_end > strings_end ? types_end : strings_end;
}

/* How many objects from @index on are pieces of one; *@size is what they have together. */
static unsigned int count_pieces(const struct header *header, unsigned int index, uint64_t *size)
{
	uint64_t claimed = btf_claimed_size(&header->btf[index]);
	unsigned int nr = 1;

	*size = header->btf[index].size;
	while (*size < claimed && index + nr < header->nr_btf &&
	       !btf_claimed_size(&header->btf[index + nr])) {
		*size += header->btf[index + nr].size;
		nr++;
	}
	return nr;
}

static int join_pieces(struct header *header, unsigned int from, unsigned int nr, uint64_t size,
		       struct header_btf *joined)
{
	uint8_t *whole, *at;
	unsigned int i;

	if (nr == 1) {
		*joined = header->btf[from];
		return 0;
	}
	if (size > UINT32_MAX)
		return -EINVAL;
	whole = malloc(size);
	if (!whole || header__keep(header, whole))
		return -ENOMEM;
	for (at = whole, i = from; i < from + nr; i++) {
		if (header->btf[i].size)
			memcpy(at, header->btf[i].data, header->btf[i].size);
		at += header->btf[i].size;
	}
	*joined = (struct header_btf){ whole, size };
	return 0;
}

/* Our writer cuts BTF that is too large for a pipe's records (writer.c, add_pipe_btf()). */
static void header__join_btf(struct header *header)
{
	unsigned int from, nr, to = 0;
	struct header_btf joined;
	uint64_t size;

	for (from = 0; from < header->nr_btf; from += nr) {
		nr = count_pieces(header, from, &size);
		if (!join_pieces(header, from, nr, size, &joined))
			header->btf[to++] = joined;
	}
	header->nr_btf = to;
	header->btf_joined = true;
}

const void *header__btf(struct header *header, unsigned int index, uint32_t *size)
{
	if (!header->btf_joined)
		header__join_btf(header);
	if (index >= header->nr_btf)
		return NULL;
	*size = header->btf[index].size;
	return header->btf[index].data;
}
