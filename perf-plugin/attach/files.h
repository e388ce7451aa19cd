/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs and links are open files, of which there can be thousands, or cannot. */
#ifndef BTFSNOOP_ATTACH_FILES_H
#define BTFSNOOP_ATTACH_FILES_H

#include "probes.h"

/*
 * Raises the limit of open files as far as the probes of env->list could need it, and settles which
 * backends are tried: where there is room for fewer files, those that need few.
 */
void probe_env__plan_files(struct probe_env *env);

#endif
