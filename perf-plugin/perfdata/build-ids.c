// SPDX-License-Identifier: GPL-2.0-only
#include "build-ids.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format.h"

#define ID_SIZE		20

void build_ids__add(struct buf *section, const char *path, const uint8_t *id, unsigned int len,
		    bool is_kernel)
{
	struct {
		struct perf_event_header header;
		int32_t pid;
		uint8_t id[ID_SIZE];
		uint8_t size;
		uint8_t reserved[3];
	} entry = {
		.header.misc = (is_kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER) |
			       RECORD_MISC_BUILD_ID_SIZE,
		.pid = -1,
		.size = len,
	};
	size_t name = strlen(path) + 1;
	/* In a pipe it is a record: perf 7.2 wants its size to be a multiple of 8. */
	size_t size = (sizeof(entry) + name + 7) & ~(size_t)7;

	if (len > ID_SIZE || size > UINT16_MAX)
		return;
	memcpy(entry.id, id, len);
	entry.header.size = size;
	buf__add(section, &entry, sizeof(entry));
	buf__add(section, path, name);
	buf__fill(section, '\0', size - sizeof(entry) - name);
}

static int write_at(int fd, const void *data, size_t len, uint64_t offset)
{
	ssize_t done;

	while (len) {
		done = pwrite(fd, data, len, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		data = (const char *)data + done;
		len -= done;
		offset += done;
	}
	return 0;
}

/* Where the table behind the data says where the section is. 0: the file has no such section. */
static uint64_t find_entry(int fd)
{
	struct perfdata_file_header header;
	unsigned int before = 0;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    header.magic != PERFDATA_MAGIC || header.size != sizeof(header) ||
	    !(header.features[0] >> FEATURE_BUILD_ID & 1))
		return 0;
	for (unsigned int bit = 0; bit < FEATURE_BUILD_ID; bit++)
		before += header.features[0] >> bit & 1;
	return header.data.offset + header.data.size + before * sizeof(struct perfdata_section);
}

int build_ids__replace(const char *path, const struct buf *section)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW), err;
	struct perfdata_section place = { .size = section->len };
	struct stat st;
	uint64_t entry;

	if (fd < 0)
		return -errno;
	entry = fstat(fd, &st) || !S_ISREG(st.st_mode) ? 0 : find_entry(fd);
	if (!entry || section->failed) {
		close(fd);
		return section->failed ? -ENOMEM : -EINVAL;
	}
	place.offset = (st.st_size + 7) & ~7ULL;
	err = write_at(fd, section->data, section->len, place.offset);
	if (!err)
		err = write_at(fd, &place, sizeof(place), entry);
	if (err && ftruncate(fd, st.st_size))
		err = -errno;
	close(fd);
	return err;
}
