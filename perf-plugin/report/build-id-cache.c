// SPDX-License-Identifier: GPL-2.0-only
#include "build-id-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../util/buf.h"

#define KERNEL	"[kernel.kallsyms]"
#define COPIED	(1 << 20)	/* bytes at a time */

struct build_id_cache {
	struct buf dir;
	size_t dir_len;
	struct buf path;	/* scratch */
};

int build_id_cache__open(struct build_id_cache **out)
{
	const char *dir = getenv("PERF_BUILDID_DIR"), *home = getenv("HOME");
	struct build_id_cache *cache;

	if (!(dir && *dir) && !(home && *home))
		return -ENOENT;
	cache = calloc(1, sizeof(*cache));
	if (!cache)
		return -ENOMEM;
	if (dir && *dir)
		buf__adds(&cache->dir, dir);
	else
		buf__addf(&cache->dir, "%s/.debug", home);
	if (cache->dir.failed) {
		build_id_cache__close(cache);
		return -ENOMEM;
	}
	*out = cache;
	return 0;
}

void build_id_cache__close(struct build_id_cache *cache)
{
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

static int copy_bytes(int from, int to)
{
	char bytes[4096];
	ssize_t got, done;

	while ((got = sendfile(to, from, NULL, COPIED)) > 0)
		;
	if (!got)
		return 0;
	/* Files of /proc cannot be sent. */
	while ((got = read(from, bytes, sizeof(bytes))) > 0) {
		done = write(to, bytes, got);
		if (done != got)
			return done < 0 ? -errno : -ENOSPC;
	}
	return got < 0 ? -errno : 0;
}

static int copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), out, err;
	char *temp = NULL;

	if (in < 0)
		return -errno;
	if (asprintf(&temp, "%s.XXXXXX", to) < 0) {
		close(in);
		return -ENOMEM;
	}
	out = mkostemp(temp, O_CLOEXEC);
	err = out < 0 ? -errno : copy_bytes(in, out);
	if (out >= 0) {
		if (close(out) && !err)
			err = -errno;
		if (!err && rename(temp, to))
			err = -errno;
		if (err)
			unlink(temp);
	}
	free(temp);
	close(in);
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

int build_id_cache__add(struct build_id_cache *cache, const char *path, const struct build_id *id)
{
	bool is_kernel = !strcmp(path, KERNEL);
	struct buf *to = &cache->path;
	int err;

	if (!id->len || strstr(path, "/../") || (!is_kernel && *path != '/'))
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
	/* As perf does: a link costs nothing, and is possible on the same file system. */
	if (!err && (is_kernel || link(path, to->data)))
		err = copy_file(is_kernel ? "/proc/kallsyms" : path, to->data);
	return err ? err : link_id(cache, path, id);
}
