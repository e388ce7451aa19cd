// SPDX-License-Identifier: GPL-2.0-only
#include "integers.h"

static const struct {
	const char *name;
	int size, encoding;
} integers[] = {
	{ "char", 1, BTF_INT_SIGNED | BTF_INT_CHAR },
	{ "signed char", 1, BTF_INT_SIGNED },
	{ "unsigned char", 1, 0 },
	{ "short int", 2, BTF_INT_SIGNED },
	{ "short unsigned int", 2, 0 },
	{ "int", 4, BTF_INT_SIGNED },
	{ "unsigned int", 4, 0 },
	{ "long int", 8, BTF_INT_SIGNED },
	{ "long unsigned int", 8, 0 },
	{ "_Bool", 1, BTF_INT_BOOL },
};

int integers__add(struct btf *btf)
{
	for (unsigned int i = 0; i < sizeof(integers) / sizeof(*integers); i++) {
		int id = btf__find_by_name_kind(btf, integers[i].name, BTF_KIND_INT);

		if (id <= 0)
			id = btf__add_int(btf, integers[i].name, integers[i].size,
					  integers[i].encoding);
		if (id < 0)
			return id;
	}
	return 0;
}
