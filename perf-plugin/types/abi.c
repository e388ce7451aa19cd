// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "abi.h"
#include "type.h"

#define WORD		8
#define MAX_NESTING	16

/* What an aggregate has in it, however deep, that decides how it is passed. */
struct contents {
	bool unaligned;		/* a member at a place its type does not align to */
	bool floats;
	bool int128;
};

static bool is_aggregate(const struct type_info *info)
{
	return info->cls == TYPE_STRUCT || info->cls == TYPE_UNION;
}

static void look_into(const struct btf *btf, uint32_t type, unsigned int depth,
		      struct contents *c)
{
	const struct btf_member *m;
	const struct btf_type *t;
	struct type_info info;

	type__info(btf, type, &info);
	c->floats |= info.cls == TYPE_FLOAT;
	c->int128 |= info.cls == TYPE_INT && info.size > WORD;
	if (depth == MAX_NESTING)
		return;
	if (info.cls == TYPE_ARRAY)
		look_into(btf, info.target, depth + 1, c);
	if (!is_aggregate(&info))
		return;
	t = btf__type_by_id(btf, info.id);
	m = btf_members(t);
	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		int align = btf__align_of(btf, m[i].type);

		if (!btf_member_bitfield_size(t, i) && align > 0 &&
		    btf_member_bit_offset(t, i) % (8 * (unsigned int)align))
			c->unaligned = true;
		look_into(btf, m[i].type, depth + 1, c);
	}
}

/*
 * Aggregates of more than two words are passed in memory, and so are those with an unaligned
 * member, whatever their size (System V ABI, 3.2.3, rule 1).
 */
static bool goes_to_memory(const struct type_info *info, const struct contents *c)
{
	return is_aggregate(info) && (info->size > 2 * WORD || c->unaligned);
}

/* A struct that is returned in memory: the caller passes its place in the first register. */
static bool returns_in_memory(const struct kfunc *func)
{
	struct contents contents = { 0 };
	struct type_info info;

	type__info(func->btf, func->ret_id, &info);
	if (is_aggregate(&info))
		look_into(func->btf, info.id, 0, &contents);
	return goes_to_memory(&info, &contents);
}

/* Type and contents of parameter @i. Returns 0, -EINVAL when it cannot be said where it is. */
static int look_at_param(const struct kfunc *func, unsigned int i, struct type_info *info,
			 struct contents *contents)
{
	*contents = (struct contents){ 0 };
	type__info(func->btf, func->params[i].type, info);
	if (info->cls == TYPE_FWD || info->cls == TYPE_INVALID || info->cls == TYPE_VOID)
		return -EINVAL;
	look_into(func->btf, info->id, 0, contents);
	return contents->floats ? -EINVAL : 0;
}

int abi__param(const struct kfunc *func, unsigned int index, struct abi_param *param)
{
	unsigned int word = 0, reg = returns_in_memory(func), stack = 0;

	if (index >= func->nr_params)
		return -EINVAL;
	for (unsigned int i = 0; i <= index; i++) {
		struct contents contents;
		struct type_info info;

		if (look_at_param(func, i, &info, &contents))
			return -EINVAL;
		*param = (struct abi_param){
			.word = word,
			.size = info.size,
			.nr_words = (info.size + WORD - 1) / WORD,
			.in_memory = goes_to_memory(&info, &contents),
		};
		word += param->nr_words;
		if (param->in_memory || reg + param->nr_words > ABI_NR_REGISTERS) {
			/* A 128-bit integer on the stack starts at a multiple of 16. */
			if (contents.int128)
				stack = (stack + 1) & ~1U;
			param->on_stack = true;
			param->place = stack;
			stack += param->nr_words;
		} else {
			param->place = reg;
			reg += param->nr_words;
		}
	}
	return 0;
}

bool abi__returns_in_register(const struct kfunc *func)
{
	struct contents contents = { 0 };
	struct type_info info;

	type__info(func->btf, func->ret_id, &info);
	look_into(func->btf, info.id, 0, &contents);
	return info.size && info.size <= WORD && !contents.floats &&
	       !goes_to_memory(&info, &contents);
}

bool abi__trampoline_agrees(const struct kfunc *func)
{
	for (unsigned int i = 0; i < func->nr_params; i++) {
		struct contents contents;
		struct type_info info;

		if (look_at_param(func, i, &info, &contents))
			return true;
		if (contents.int128 || (goes_to_memory(&info, &contents) && info.size <= 2 * WORD))
			return false;
	}
	return true;
}
