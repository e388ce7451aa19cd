/* SPDX-License-Identifier: GPL-2.0-only */
/* What attaching would choose, without anything going to the kernel. */
#ifndef BTFSNOOP_ATTACH_PREVIEW_H
#define BTFSNOOP_ATTACH_PREVIEW_H

#include "features.h"

struct preview {
	struct {
		unsigned int nr_funcs;		/* those of several events count as often */
		unsigned int nr_programs;
		unsigned int nr_links;
		const char *reason;		/* why it is the first; NULL: because others can't */
	} backends[NR_BACKENDS];
	unsigned int nr_left_out;		/* functions that nothing is known to take */
};

/* Returns 0 or -ENOMEM. */
int preview__make(const struct attach_opts *opts, const struct event_list *events,
		  struct kbtf *kbtf, struct features *features, struct preview *preview);

#endif
