// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../perfdata/machine.h"
#include "../perfdata/procfs.h"
#include "../render/dump.h"
#include "kallsyms.h"
#include "records.h"

#define MAX_NOTES	(1 << 20)

/* Does the kernel that was recorded run here? Files without a build id are told by the release. */
static bool is_running(const struct perfdata_info *info)
{
	struct buf notes = BUF_INIT;
	struct utsname uts;
	unsigned int len = 0;
	uint8_t id[20];

	if (!info->kernel_build_id_len)
		return info->os_release && !uname(&uts) && !strcmp(uts.release, info->os_release);
	if (!procfs__read(&notes, MAX_NOTES, "/sys/kernel/notes"))
		len = machine__find_build_id(notes.data, notes.len, id);
	buf__exit(&notes);
	return len == info->kernel_build_id_len && !memcmp(id, info->kernel_build_id, len);
}

static char *cached(const struct perfdata_info *info)
{
	const char *dir = getenv("PERF_BUILDID_DIR"), *home = getenv("HOME");
	struct buf path = BUF_INIT;
	char *found;

	if (dir && *dir)
		buf__adds(&path, dir);
	else if (home && *home)
		buf__addf(&path, "%s/.debug", home);
	else
		return NULL;
	buf__adds(&path, "/[kernel.kallsyms]/");
	dump__word(&path, info->kernel_build_id, info->kernel_build_id_len);
	buf__adds(&path, "/kallsyms");
	found = buf__take(&path);
	if (found && access(found, R_OK)) {
		free(found);
		found = NULL;
	}
	return found;
}

char *kallsyms__find(const struct perfdata_info *info)
{
	if (is_running(info))
		return strdup("/proc/kallsyms");
	return info->kernel_build_id_len ? cached(info) : NULL;
}

/*
 * The kernel's is named "[kernel.kallsyms]_text", where _text stood at pgoff
 * (perf_event__synthesize_kernel_mmap() in tools/perf/util/synthetic-events.c).
 */
void kallsyms__take_mmap(struct symbols *symbols, const struct perf_event_header *header)
{
	static const char kernel[] = "[kernel.kallsyms]";
	const struct mmap_record *mmap = (const void *)header;
	size_t len = strlen(kernel);

	if ((header->misc & PERF_RECORD_MISC_CPUMODE_MASK) != PERF_RECORD_MISC_KERNEL ||
	    header->size <= sizeof(*mmap) + len ||
	    !memchr(mmap->name, '\0', header->size - sizeof(*mmap)) ||
	    strncmp(mmap->name, kernel, len) || !mmap->name[len] || !mmap->pgoff)
		return;
	symbols__set_reference(symbols, mmap->name + len, mmap->pgoff);
}
