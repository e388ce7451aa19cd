// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>

#include "piece.h"

bool piece__number(struct piece piece, uint64_t *number)
{
	char text[32], *end;

	if (!piece.at || !piece.len || piece.len >= sizeof(text) ||
	    !isdigit((unsigned char)*piece.at))
		return false;
	memcpy(text, piece.at, piece.len);
	text[piece.len] = '\0';
	errno = 0;
	*number = strtoull(text, &end, 0);
	return !errno && !*end;
}
