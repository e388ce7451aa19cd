// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "bisect.h"

/* The first so many functions refused, one after the other: then it is not the functions. */
#define HOPELESS	16
/* With so few functions it is not for their number that there is no memory. */
#define FEW		16
/* Times that the kernel may be interrupted. */
#define MAX_TRIES	100

struct bisect {
	const struct bisect_ops *ops;
	void *ctx;
	unsigned int nr, batch;
	unsigned int nr_linked, nr_refused;
};

/* Whether trying fewer functions at a time is of no use. */
static bool is_for_all(const struct bisect *b, int err, unsigned int nr)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
	case -EMFILE:
	case -ENFILE:
	case -ENOSYS:
	case -EBADF:
	case -EFAULT:
	case -EAGAIN:
		return true;
	case -ENOMEM:
		return nr <= FEW;
	}
	return !b->nr_linked && b->nr_refused >= HOPELESS;
}

static void refuse(struct bisect *b, unsigned int first, unsigned int nr, int err)
{
	b->ops->refuse(b->ctx, first, nr, err);
	b->nr_refused += nr;
}

/* A signal that is none of ours can have interrupted the kernel: then once more. */
static int link_once(const struct bisect *b, unsigned int first, unsigned int nr)
{
	int err = -EINTR;

	for (int i = 0; i < MAX_TRIES && err == -EINTR; i++) {
		if (b->ops->stop && b->ops->stop(b->ctx))
			return -EINTR;
		err = b->ops->link(b->ctx, first, nr);
	}
	return err == -EINTR ? -EAGAIN : err;
}

/*
 * Functions @first to @first + @nr - 1; @known is the error of a call with all of these, where it is
 * known without making it: if one half of what failed does not, the other one does. Returns 0,
 * -EINTR, or what refuses the rest as well.
 */
static int link_range(struct bisect *b, unsigned int first, unsigned int nr, int known)
{
	unsigned int half = nr / 2, linked;
	int err = known;

	if (!err || nr == 1)
		err = link_once(b, first, nr);
	if (err == -EINTR)
		return err;
	if (!err) {
		b->nr_linked += nr;
		return 0;
	}
	if (is_for_all(b, err, nr)) {
		refuse(b, first, nr, err);
		return err;
	}
	if (nr == 1) {
		refuse(b, first, nr, err);
		return 0;
	}
	if (err == -ENOMEM && b->batch > half)
		b->batch = half;
	known = err == -ENOMEM ? 0 : err;
	linked = b->nr_linked;
	err = link_range(b, first, half, 0);
	if (err == -EINTR)
		return err;
	if (err) {
		refuse(b, first + half, nr - half, err);
		return err;
	}
	return link_range(b, first + half, nr - half, b->nr_linked - linked == half ? known : 0);
}

int bisect__link(const struct bisect_ops *ops, void *ctx, unsigned int nr, unsigned int batch)
{
	struct bisect b = { .ops = ops, .ctx = ctx, .nr = nr, .batch = batch };
	unsigned int first = 0;
	int err = 0;

	while (first < nr && !err) {
		unsigned int some = nr - first < b.batch ? nr - first : b.batch;

		err = link_range(&b, first, some, 0);
		first += some;
	}
	if (!err || err == -EINTR)
		return err;
	if (first < nr)
		refuse(&b, first, nr - first, err);
	return 0;
}
