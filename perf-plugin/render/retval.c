// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "../types/type.h"
#include "retval.h"

#define MAX_ERRNO	4095	/* include/linux/err.h */
#define KERNEL_FIRST	512

/* Those that user space never gets to see: include/linux/errno.h */
static const char *const kernel_names[] = {
	"ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ENOIOCTLCMD", "ERESTART_RESTARTBLOCK",
	"EPROBE_DEFER", "EOPENSTALE", "ENOPARAM", NULL, "EBADHANDLE", "ENOTSYNC", "EBADCOOKIE",
	"ENOTSUPP", "ETOOSMALL", "ESERVERFAULT", "EBADTYPE", "EJUKEBOX", "EIOCBQUEUED",
	"ERECALLCONFLICT", "ENOGRACE",
};

const char *retval__errno_name(unsigned int number)
{
	const unsigned int nr = sizeof(kernel_names) / sizeof(*kernel_names);

	if (number >= KERNEL_FIRST)
		return number < KERNEL_FIRST + nr ? kernel_names[number - KERNEL_FIRST] : NULL;
	return number ? strerrorname_np(number) : NULL;
}

/* The error that @value is, positive; 0: none; UINT_MAX: one that has no number. */
static unsigned int error_of(const struct type_info *info, bool is_signed, uint64_t value)
{
	bool has_number = (int64_t)value < 0 && (int64_t)value >= -MAX_ERRNO;

	if (info->is_bool)
		return value ? 0 : -1U;
	/* An unsigned long can hold an error as a pointer can: IS_ERR_VALUE(). */
	if (info->cls == TYPE_POINTER || (info->cls == TYPE_INT && !is_signed && info->size == 8))
		return has_number ? -value : 0;
	if (!is_signed || (int64_t)value >= 0)
		return 0;
	return has_number ? -value : -1U;
}

bool retval__is_error(const struct event_view *view, unsigned int index, const void *raw)
{
	const struct schema *schema = event_view__schema(view);
	const struct field *f = &schema->fields[index];
	struct type_info info;

	if (f->kind != FIELD_SCALAR || event_view__status(view, index, raw) & ITEM_FAULT)
		return false;
	type__info(schema->btf, f->type_id, &info);
	return error_of(&info, f->is_signed, event_view__number(view, index, raw));
}

void retval__add(const struct event_view *view, unsigned int index, const void *raw,
		 size_t raw_size, const struct value_opts *opts, struct buf *out)
{
	const struct schema *schema = event_view__schema(view);
	const struct field *f = &schema->fields[index];
	struct type_info info;
	unsigned int error;
	const char *name;

	if (f->kind != FIELD_SCALAR || f->display != FIELD_BY_TYPE ||
	    event_view__status(view, index, raw) & ITEM_FAULT) {
		event_view__field(view, index, raw, raw_size, opts, out);
		return;
	}
	type__info(schema->btf, f->type_id, &info);
	error = error_of(&info, f->is_signed, event_view__number(view, index, raw));
	if (error && error <= MAX_ERRNO && info.cls == TYPE_POINTER)
		buf__addf(out, "ERR_PTR(-%u)", error);
	else
		event_view__field(view, index, raw, raw_size, opts, out);
	if (!error)
		return;
	name = error <= MAX_ERRNO ? retval__errno_name(error) : NULL;
	buf__addf(out, " (%s)", name ? name : "error");
}
