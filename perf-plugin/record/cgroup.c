// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup.h"

/* Where cgroup2 is mounted, NULL: nowhere. The caller frees it. */
static char *find_mount(const char *mounts)
{
	FILE *file = setmntent(mounts ? mounts : "/proc/self/mounts", "re");
	struct mntent *entry;
	char *dir = NULL;

	if (!file)
		return NULL;
	while (!dir && (entry = getmntent(file)))
		if (!strcmp(entry->mnt_type, "cgroup2"))
			dir = strdup(entry->mnt_dir);
	endmntent(file);
	return dir;
}

static int open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int open_below(const char *mount, const char *path)
{
	char *full = NULL;
	int fd;

	if (asprintf(&full, "%s/%s", mount, path) < 0)
		return -ENOMEM;
	fd = open_dir(full);
	free(full);
	return fd;
}

static int not_opened(const char *path, const char *mount, int err, struct diag *diag)
{
	diag__error(diag, err, "cannot open the cgroup '%s': %s", path, strerror(-err));
	if (err == -ENOENT)
		diag__hint(diag, "cgroups are the directories below %s; that of a process is in "
				 "/proc/PID/cgroup", mount);
	return err;
}

/* Only a cgroup of the second version's hierarchy can tell whether a task is in it. */
static int check_version(int fd, const char *path, const char *mount, struct diag *diag)
{
	struct statfs fs;

	if (!fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
		return fd;
	close(fd);
	diag__error(diag, -EINVAL, "'%s' is not a cgroup of version 2", path);
	diag__hint(diag, "cgroup2 is mounted at %s", mount);
	return -EINVAL;
}

int cgroup__open(const char *path, const char *mounts, struct diag *diag)
{
	char *mount = find_mount(mounts);
	int fd = -ENOENT;

	if (!mount) {
		diag__error(diag, -ENODEV, "no cgroup2 file system is mounted");
		diag__hint(diag, "mount -t cgroup2 none /sys/fs/cgroup");
		return -ENODEV;
	}
	if (path[0] == '/')
		fd = open_dir(path);
	if (fd == -ENOENT)
		fd = open_below(mount, path);
	if (fd < 0)
		fd = not_opened(path, mount, fd, diag);
	else
		fd = check_version(fd, path, mount, diag);
	free(mount);
	return fd;
}
