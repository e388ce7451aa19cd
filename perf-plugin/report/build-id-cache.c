// SPDX-License-Identifier: GPL-2.0-only
#include "build-id-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../util/buf.h"

#define KERNEL	"[kernel.kallsyms]"
#define COPIED	(1 << 20)	/* bytes at a time */
#define MAX_COPY	(1ULL << 30)	/* of a file: one with holes is small, its copy isn't */
#define MAX_COPIES	(8ULL << 30)	/* of all of them */

struct build_id_cache {
	struct buf dir;
	size_t dir_len;
	struct buf path;	/* scratch */
	uint64_t nr_copied;	/* bytes */
	bool is_others;		/* whose we are, where files are made */
	uid_t uid;		/* who we were */
	gid_t gid;
};

/* The user @path belongs to, if that is another one; what is not there belongs to no one. */
static bool is_others(const char *path, struct stat *st)
{
	return !lstat(path, st) && st->st_uid && st->st_uid != geteuid();
}

/*
 * With sudo -E the cache is in the home of somebody else, who may have put links there that lead
 * anywhere. So it is filled as its owner would: files get where he gets, and are his.
 */
static int become_owner(struct build_id_cache *cache)
{
	char *dir = strdup(buf__str(&cache->dir)), *slash;
	struct stat st;

	if (!dir)
		return -ENOMEM;
	for (slash = dir + strlen(dir); slash > dir + 1 && slash[-1] == '/'; slash--)
		slash[-1] = '\0';
	cache->is_others = is_others(dir, &st);
	while (!cache->is_others && (slash = strrchr(dir, '/')) && slash != dir) {
		*slash = '\0';
		cache->is_others = is_others(dir, &st);
	}
	if (!cache->is_others && *dir != '/')
		cache->is_others = is_others(".", &st);
	free(dir);
	if (!cache->is_others || geteuid())
		return 0;
	/* They return what was before, and no error: in a container not everybody can be had. */
	cache->gid = setfsgid(st.st_gid);
	cache->uid = setfsuid(st.st_uid);
	return (uid_t)setfsuid(-1) == st.st_uid ? 0 : -ENOENT;
}

static void become_ourselves(const struct build_id_cache *cache)
{
	if (!cache->is_others || geteuid())
		return;
	setfsuid(cache->uid);
	setfsgid(cache->gid);
}

int build_id_cache__open(struct build_id_cache **out)
{
	const char *dir = getenv("PERF_BUILDID_DIR"), *home = getenv("HOME");
	struct build_id_cache *cache;
	int err;

	if (!(dir && *dir) && !(home && *home))
		return -ENOENT;
	cache = calloc(1, sizeof(*cache));
	if (!cache)
		return -ENOMEM;
	if (dir && *dir)
		buf__adds(&cache->dir, dir);
	else
		buf__addf(&cache->dir, "%s/.debug", home);
	err = cache->dir.failed ? -ENOMEM : become_owner(cache);
	if (err)
		build_id_cache__close(cache);
	else
		*out = cache;
	return err;
}

void build_id_cache__close(struct build_id_cache *cache)
{
	become_ourselves(cache);
	buf__exit(&cache->dir);
	buf__exit(&cache->path);
	free(cache);
}

/* Makes the directories that lead to @path. */
static int make_dirs(char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, 0755) && errno != EEXIST) {
			*at = '/';
			return -errno;
		}
		*at = '/';
	}
	return 0;
}

/* No more than @max. Returns how many bytes, or a negative errno. */
static int64_t copy_bytes(int from, int to, uint64_t max)
{
	uint64_t copied = 0;
	char bytes[4096];
	ssize_t got, done;

	while ((got = sendfile(to, from, NULL, COPIED)) > 0) {
		copied += got;
		if (copied > max)
			return -EFBIG;
	}
	if (!got)
		return copied;
	/* Files of /proc cannot be sent. */
	while ((got = read(from, bytes, sizeof(bytes))) > 0) {
		done = write(to, bytes, got);
		if (done != got)
			return done < 0 ? -errno : -ENOSPC;
		copied += got;
		if (copied > max)
			return -EFBIG;
	}
	return got < 0 ? -errno : (int64_t)copied;
}

static int copy_file(struct build_id_cache *cache, int in, const char *to)
{
	uint64_t max = MAX_COPIES - cache->nr_copied;
	int64_t copied = 0;
	char *temp = NULL;
	struct stat st;
	int err = 0, out;

	if (max > MAX_COPY)
		max = MAX_COPY;
	if (fstat(in, &st))
		return -errno;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	if (asprintf(&temp, "%s.XXXXXX", to) < 0)
		return -ENOMEM;
	out = mkostemp(temp, O_CLOEXEC);
	if (out < 0) {
		err = -errno;
		goto out_free;
	}
	copied = copy_bytes(in, out, max);
	err = copied < 0 ? copied : 0;
	if (close(out) && !err)
		err = -errno;
	if (!err && rename(temp, to))
		err = -errno;
	if (err)
		unlink(temp);
	else
		cache->nr_copied += copied;
out_free:
	free(temp);
	return err;
}

/* A second name would keep what a file may do, also when it was replaced where it belongs. */
static bool has_privileges(int fd)
{
	struct stat st;

	return fstat(fd, &st) || st.st_mode & (S_ISUID | S_ISGID) ||
	       fgetxattr(fd, "security.capability", NULL, 0) >= 0;
}

/* As perf does: a link costs nothing, and is possible on the same file system. */
static int link_or_copy(struct build_id_cache *cache, int fd, const char *to)
{
	char name[32];

	/* What was opened, and not what has its name by now, as a symbolic link might. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (!has_privileges(fd) && !linkat(AT_FDCWD, name, AT_FDCWD, to, AT_SYMLINK_FOLLOW))
		return 0;
	return copy_file(cache, fd, to);
}

/* The kernel's symbols have addresses in them, which are nobody else's business. */
static int add_kernel(struct build_id_cache *cache, const char *to)
{
	int fd, err;

	if (cache->is_others)
		return -EPERM;
	fd = elf_file__open("/proc/kallsyms");
	if (fd < 0)
		return fd;
	err = copy_file(cache, fd, to);
	close(fd);
	return err;
}

static int add_file(struct build_id_cache *cache, const char *path, const char *to)
{
	int fd = elf_file__open(path), err;

	if (fd < 0)
		return fd;
	err = link_or_copy(cache, fd, to);
	close(fd);
	return err;
}

static void add_hex(struct buf *out, const uint8_t *bytes, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		buf__addf(out, "%02x", bytes[i]);
}

/* A link from DIR/.build-id/xx/yy to the directory, relative to where it is. */
static int link_id(struct build_id_cache *cache, const char *path, const struct build_id *id)
{
	struct buf target = BUF_INIT, *link = &cache->path;
	int err = 0;

	buf__clear(link);
	buf__addf(link, "%s/.build-id/", buf__str(&cache->dir));
	add_hex(link, id->id, 1);
	buf__addc(link, '/');
	add_hex(link, id->id + 1, id->len - 1);
	buf__addf(&target, "../../%s/", path + (*path == '/'));
	add_hex(&target, id->id, id->len);
	if (link->failed || target.failed)
		err = -ENOMEM;
	if (!err)
		err = make_dirs(link->data);
	if (!err && symlink(target.data, link->data) && errno != EEXIST)
		err = -errno;
	buf__exit(&target);
	return err;
}

/* It leads out of the cache. */
static bool leads_up(const char *path)
{
	size_t len = strlen(path);

	return strstr(path, "/../") || (len >= 3 && !strcmp(path + len - 3, "/.."));
}

int build_id_cache__add(struct build_id_cache *cache, const char *path, const struct build_id *id)
{
	bool is_kernel = !strcmp(path, KERNEL);
	struct buf *to = &cache->path;
	int err;

	/* The link is called by the first byte and the rest. */
	if (id->len < 2 || leads_up(path) || (!is_kernel && *path != '/'))
		return -EINVAL;
	buf__clear(to);
	buf__addf(to, "%s/%s/", buf__str(&cache->dir), path + (*path == '/'));
	add_hex(to, id->id, id->len);
	buf__adds(to, is_kernel ? "/kallsyms" : "/elf");
	if (to->failed)
		return -ENOMEM;
	if (!access(to->data, F_OK))
		return link_id(cache, path, id);
	err = make_dirs(to->data);
	if (!err)
		err = is_kernel ? add_kernel(cache, to->data) : add_file(cache, path, to->data);
	return err ? err : link_id(cache, path, id);
}
