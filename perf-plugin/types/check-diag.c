// SPDX-License-Identifier: GPL-2.0-only
/* Messages that several checks have in common. */
#include <errno.h>

#include "check.h"

int check__type_error(struct check *c, struct span span, const char *fmt, struct typed_type type)
{
	struct buf name = BUF_INIT;

	if (!c->diag)
		return -EINVAL;
	ctype__name(c, type, &name);
	diag__error_at(c->diag, -EINVAL, span, fmt, buf__str(&name));
	buf__exit(&name);
	return -EINVAL;
}

void check__hint_names(struct check *c, const char *prefix, const char *const *names,
		       unsigned int nr)
{
	struct buf text = BUF_INIT;

	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			buf__adds(&text, i + 1 == nr ? " or " : ", ");
		buf__addf(&text, "'%s%s'", prefix, names[i]);
	}
	if (nr)
		diag__hint(c->diag, "did you mean %s?", buf__str(&text));
	buf__exit(&text);
}
