/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a kernel module's code is, from the address on that /proc/modules has for it. */
#ifndef BTFSNOOP_RENDER_MODULE_LAYOUT_H
#define BTFSNOOP_RENDER_MODULE_LAYOUT_H

#include <gelf.h>
#include <stddef.h>
#include <stdint.h>

#define MODULE_NOT_LOADED	UINT64_MAX

/*
 * *@addrs gets, for each of *@nr sections of @elf, how many bytes from the module's start it begins,
 * or MODULE_NOT_LOADED: of code that stays (layout_sections() in kernel/module/main.c: in the file's
 * order). NULL for what is no relocatable file. Returns 0 or -ENOMEM; *@addrs is the caller's.
 */
int module_layout__read(Elf *elf, uint64_t **addrs, size_t *nr);

#endif
