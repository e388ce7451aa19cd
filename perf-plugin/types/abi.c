// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "abi.h"
#include "type.h"

#define WORD 8

/*
 * A struct that has a member at a place its type does not align to is passed in memory, whatever
 * its size (System V ABI, 3.2.3, rule 1).
 */
static bool has_unaligned_member(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);

	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		int align = btf__align_of(btf, m[i].type);

		if (btf_member_bitfield_size(t, i))
			continue;
		if (align > 0 && btf_member_bit_offset(t, i) % (8 * (unsigned int)align))
			return true;
	}
	return false;
}

static bool is_aggregate(const struct type_info *info)
{
	return info->cls == TYPE_STRUCT || info->cls == TYPE_UNION;
}

static bool goes_to_memory(const struct btf *btf, const struct type_info *info)
{
	if (!is_aggregate(info))
		return false;
	return info->size > 2 * WORD || has_unaligned_member(btf, btf__type_by_id(btf, info->id));
}

/* A 128-bit integer on the stack starts at a multiple of 16. */
static unsigned int stack_align(const struct type_info *info, unsigned int word)
{
	return info->cls == TYPE_INT && info->size == 2 * WORD ? (word + 1) & ~1U : word;
}

int abi__param(const struct kfunc *func, unsigned int index, struct abi_param *param)
{
	unsigned int word = 0, reg = 0, stack = 0;

	if (index >= func->nr_params)
		return -EINVAL;
	for (unsigned int i = 0; i <= index; i++) {
		struct type_info info;

		type__info(func->btf, func->params[i].type, &info);
		if (info.cls == TYPE_FWD || info.cls == TYPE_INVALID || info.cls == TYPE_VOID)
			return -EINVAL;
		*param = (struct abi_param){
			.word = word,
			.size = info.size,
			.nr_words = (info.size + WORD - 1) / WORD,
			.in_memory = goes_to_memory(func->btf, &info),
		};
		word += param->nr_words;
		if (param->in_memory || reg + param->nr_words > ABI_NR_REGISTERS) {
			param->on_stack = true;
			param->place = stack = stack_align(&info, stack);
			stack += param->nr_words;
		} else {
			param->place = reg;
			reg += param->nr_words;
		}
	}
	return 0;
}
