// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "load.h"

static const char not_btf[] = "not BTF, or of another byte order";

/*
 * @size bytes of BTF of which @len are at @data. libbpf checks the sections against the size, but
 * believes a header length of any number.
 */
static bool header_is_sane(const void *data, size_t len, uint64_t size)
{
	struct btf_header hdr;

	if (len < sizeof(hdr) || size > LOAD_MAX_BTF)
		return false;
	memcpy(&hdr, data, sizeof(hdr));
	return hdr.magic == BTF_MAGIC && hdr.hdr_len >= sizeof(hdr) && hdr.hdr_len % 4 == 0 &&
	       hdr.hdr_len <= size;
}

static bool id_is_valid(const struct btf *btf, uint32_t id)
{
	return id < btf__type_cnt(btf);
}

static bool name_is_valid(const struct btf *btf, uint32_t off)
{
	return btf__str_by_offset(btf, off);
}

/* BTF_KIND_STRUCT and _UNION. */
static bool members_are_valid(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (!id_is_valid(btf, m[i].type) || !name_is_valid(btf, m[i].name_off))
			return false;
	}
	return true;
}

static bool params_are_valid(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_param *p = btf_params(t);
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (!id_is_valid(btf, p[i].type) || !name_is_valid(btf, p[i].name_off))
			return false;
	}
	return id_is_valid(btf, t->type);
}

static bool enumerators_are_valid(const struct btf *btf, const struct btf_type *t)
{
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		uint32_t off = btf_kind(t) == BTF_KIND_ENUM ? btf_enum(t)[i].name_off :
							      btf_enum64(t)[i].name_off;

		if (!name_is_valid(btf, off))
			return false;
	}
	return true;
}

static bool variables_are_valid(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_var_secinfo *v = btf_var_secinfos(t);
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (!id_is_valid(btf, v[i].type))
			return false;
	}
	return true;
}

bool load__type_is_valid(const struct btf *btf, const struct btf_type *t)
{
	if (!name_is_valid(btf, t->name_off))
		return false;

	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_FWD:
		return true;
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
	case BTF_KIND_TYPE_TAG:
		return id_is_valid(btf, t->type);
	case BTF_KIND_ARRAY:
		return id_is_valid(btf, btf_array(t)->type) &&
		       id_is_valid(btf, btf_array(t)->index_type);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return members_are_valid(btf, t);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return enumerators_are_valid(btf, t);
	case BTF_KIND_FUNC_PROTO:
		return params_are_valid(btf, t);
	case BTF_KIND_DATASEC:
		return variables_are_valid(btf, t);
	default:
		return false;
	}
}

static bool types_are_valid(const struct btf *btf)
{
	const struct btf *base = btf__base_btf(btf);
	uint32_t id = base ? btf__type_cnt(base) : 1;

	for (; id < btf__type_cnt(btf); id++) {
		if (!load__type_is_valid(btf, btf__type_by_id(btf, id)))
			return false;
	}
	return true;
}

/* Takes over @btf, which libbpf made (or not: @err). */
static int check_types(struct btf *btf, int err, struct btf **out, const char **why)
{
	if (err) {
		*why = "its sections or the lengths of its types are broken";
		return err == -ENOMEM ? err : -EINVAL;
	}
	if (!types_are_valid(btf)) {
		*why = "a type in it refers to a type or a name that isn't there";
		btf__free(btf);
		return -EINVAL;
	}
	*why = NULL;
	*out = btf;
	return 0;
}

int load__btf(const void *data, size_t size, struct btf **out, const char **why)
{
	struct btf *btf;

	*out = NULL;
	*why = not_btf;
	if (!header_is_sane(data, size, size))
		return -EINVAL;
	btf = btf__new(data, size);
	return check_types(btf, libbpf_get_error(btf), out, why);
}

/* Returns 0 when the file at @path begins with a header of BTF. */
static int check_file(const char *path, const char **why)
{
	struct btf_header hdr;
	struct stat st;
	ssize_t len;
	int fd, err = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, &hdr, sizeof(hdr));
	if (len < 0 || fstat(fd, &st)) {
		err = -errno;
	} else if (!S_ISREG(st.st_mode) || st.st_size < 0 ||
		   !header_is_sane(&hdr, len, st.st_size)) {
		*why = not_btf;
		err = -EINVAL;
	}
	close(fd);
	return err;
}

int load__btf_file(const char *path, struct btf *base, struct btf **out, const char **why)
{
	struct btf *btf;
	int err;

	*out = NULL;
	*why = NULL;
	err = check_file(path, why);
	if (err)
		return err;
	/* btf__new_split() is declared, but libbpf does not export it before 1.4. */
	btf = btf__parse_raw_split(path, base);
	return check_types(btf, libbpf_get_error(btf), out, why);
}
