// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>

#include "text-option.h"

int text_option__keep(const struct option *opt, const char *arg, bool unset)
{
	const struct text_option *kept = opt->value;

	if (unset) {
		texts__forget(kept->texts, kept->kind);
		return 0;
	}
	if ((kept->kind == TEXT_FILTER || kept->kind == TEXT_ERRORS || kept->kind == TEXT_TRIGGER) &&
	    !texts__has(kept->texts, TEXT_SPEC)) {
		fprintf(stderr, "--%s option should follow the -f it is for\n", opt->long_name);
		return -EINVAL;
	}
	return texts__add(kept->texts, kept->kind, arg);
}
