// SPDX-License-Identifier: GPL-2.0-only
#include "keys.h"

#include <stdint.h>
#include <stdlib.h>

#include "../render/text.h"
#include "screen.h"

/* Longer ones are of no key that we know. */
#define MAX_SEQUENCE 32

/* By the number in front of '~'. */
static int tilde_key(int number)
{
	switch (number) {
	case 1: case 7:
		return KEY_HOME;
	case 2:
		return KEY_INSERT;
	case 3:
		return KEY_DELETE;
	case 4: case 8:
		return KEY_END;
	case 5:
		return KEY_PAGE_UP;
	case 6:
		return KEY_PAGE_DOWN;
	case 11 ... 15:
		return KEY_F1 + number - 11;
	case 17 ... 21:
		return KEY_F1 + 5 + number - 17;
	case 23: case 24:
		return KEY_F1 + 10 + number - 23;
	}
	return KEY_NONE;
}

/* By the letter at the end, of sequences with '[' as well as with 'O'. */
static int letter_key(char letter)
{
	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'F':
		return KEY_END;
	case 'H':
		return KEY_HOME;
	case 'M':
		return KEY_ENTER;
	case 'P' ... 'S':
		return KEY_F1 + letter - 'P';
	case 'Z':
		return KEY_SHIFT_TAB;
	}
	return KEY_NONE;
}

/* Behind "Esc [": parameters, and a byte that ends it. */
static size_t parse_csi(const char *bytes, size_t len, int *key)
{
	size_t i = 2;

	/* The console's F1 to F5: "Esc [ [ A". */
	if (i < len && bytes[i] == '[') {
		if (len < 4)
			return 0;
		*key = bytes[3] >= 'A' && bytes[3] <= 'E' ? KEY_F1 + bytes[3] - 'A' : KEY_NONE;
		return 4;
	}
	while (i < len && i < MAX_SEQUENCE && bytes[i] >= 0x20 && bytes[i] < 0x40)
		i++;
	if (i == len && i < MAX_SEQUENCE)
		return 0;
	if (i == MAX_SEQUENCE || bytes[i] < 0x40)
		*key = KEY_NONE;
	else
		*key = bytes[i] == '~' ? tilde_key(atoi(bytes + 2)) : letter_key(bytes[i]);
	/* With a byte that can't be in a sequence another key begins. */
	return i < MAX_SEQUENCE && bytes[i] >= 0x40 ? i + 1 : i;
}

static size_t parse_escape(const char *bytes, size_t len, bool final, int *key)
{
	size_t used = 0;

	*key = KEY_ESC;
	if (len == 1)
		return final ? 1 : 0;
	if (bytes[1] == '[') {
		used = parse_csi(bytes, len, key);
	} else if (bytes[1] == 'O') {
		if (len > 2) {
			*key = letter_key(bytes[2]);
			used = 3;
		}
	} else {
		return 1;
	}
	if (used || !final)
		return used;
	*key = KEY_ESC;
	return 1;
}

/* Is this the beginning of a character whose other bytes are still to come? */
static bool is_incomplete(const unsigned char *p, size_t len)
{
	size_t need = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2, i;

	if (p[0] < 0xc2 || p[0] > 0xf4 || len >= need)
		return false;
	for (i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t keys__parse(const char *bytes, size_t len, bool utf8, bool final, int *key)
{
	unsigned char c = bytes[0];
	uint32_t code;
	size_t n;

	if (c == KEY_ESC)
		return parse_escape(bytes, len, final, key);
	if (c < 0x80) {
		*key = c == '\n' ? KEY_ENTER : c == KEY_CTRL('h') ? KEY_BACKSPACE : c;
		return 1;
	}
	*key = KEY_NONE;
	if (!utf8)
		return 1;
	if (!final && is_incomplete((const unsigned char *)bytes, len))
		return 0;
	n = text__decode(bytes, len, &code);
	if (n && text__is_safe(code))
		*key = code;
	return n ? n : 1;
}

void keys__add(struct buf *text, int key)
{
	if (key < 0x80) {
		buf__addc(text, key);
	} else if (key < 0x800) {
		buf__addc(text, 0xc0 | key >> 6);
		buf__addc(text, 0x80 | (key & 0x3f));
	} else {
		if (key < 0x10000) {
			buf__addc(text, 0xe0 | key >> 12);
		} else {
			buf__addc(text, 0xf0 | key >> 18);
			buf__addc(text, 0x80 | (key >> 12 & 0x3f));
		}
		buf__addc(text, 0x80 | (key >> 6 & 0x3f));
		buf__addc(text, 0x80 | (key & 0x3f));
	}
}
