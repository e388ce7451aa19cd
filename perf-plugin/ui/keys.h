/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys in the bytes that a terminal sends: characters, and the sequences of ECMA-48 that xterm, the
 * kernel's console, screen, tmux and rxvt send for the others. terminfo is not asked: it knows what
 * one terminal sends, and where it is wrong a key would turn into Esc and letters.
 */
#ifndef BTFSNOOP_UI_KEYS_H
#define BTFSNOOP_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "../util/buf.h"

/*
 * The key that @bytes, @len of them, begin with, in *@key: KEY_NONE where they mean nothing.
 * Returns how many bytes it took; 0 when more are needed to tell, which doesn't happen with @final:
 * no more will come. What follows an Esc and is no sequence is a key of its own.
 */
size_t keys__parse(const char *bytes, size_t len, bool utf8, bool final, int *key);

/* Appends the character that @key is, one of 0x20 to 0x10ffff, in UTF-8. */
void keys__add(struct buf *text, int key);

#endif
