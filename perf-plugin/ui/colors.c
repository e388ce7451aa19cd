// SPDX-License-Identifier: GPL-2.0-only
#include "colors.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Names and colours are those of ui_browser__colorsets in tools/perf/ui/browser.c. */
static const struct {
	const char *name;
	struct color_pair pair;
} colors[COLOR_MAX] = {
	[COLOR_TOP]		= { "top",		{ "red", "default" } },
	[COLOR_MEDIUM]		= { "medium",		{ "green", "default" } },
	[COLOR_NORMAL]		= { "normal",		{ "default", "default" } },
	[COLOR_SELECTED]	= { "selected",		{ "black", "yellow" } },
	[COLOR_JUMP_ARROWS]	= { "jump_arrows",	{ "blue", "default" } },
	[COLOR_ADDR]		= { "addr",		{ "magenta", "default" } },
	[COLOR_ROOT]		= { "root",		{ "white", "blue" } },
};

void colors__defaults(struct color_pair pairs[COLOR_MAX])
{
	for (enum color i = 0; i < COLOR_MAX; i++)
		pairs[i] = colors[i].pair;
}

enum color color__find(const char *name)
{
	enum color i;

	for (i = 0; i < COLOR_MAX && strcasecmp(name, colors[i].name); i++)
		;
	return i;
}

const char *color__name(enum color color)
{
	return colors[color].name;
}

/* What slang takes: an unknown name is an error that it prints and dies of. */
static bool is_known(const char *name)
{
	static const char *const known[] = {
		"black", "red", "green", "brown", "blue", "magenta", "cyan", "lightgray", "gray",
		"brightred", "brightgreen", "yellow", "brightblue", "brightmagenta", "brightcyan",
		"white", "default",
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(name, known[i]))
			return true;
	if (name[0] == '#')
		return (len == 4 || len == 7) && strspn(name + 1, "0123456789abcdef") == len - 1;
	return !strncmp(name, "color", 5) && len > 5 && len < 9 &&
	       strspn(name + 5, "0123456789") == len - 5 && atoi(name + 5) < 256;
}

/* Takes one name, up to a comma or the end; the rest is returned, NULL where it is none. */
static const char *take_name(const char *text, char *name, size_t size)
{
	size_t len = strcspn(text, ","), start = strspn(text, " \t"), end = len;

	if (start > end)
		start = end;
	while (end > start && isspace((unsigned char)text[end - 1]))
		end--;
	if (end - start >= size)
		return NULL;
	for (size_t i = start; i < end; i++)
		name[i - start] = tolower((unsigned char)text[i]);
	name[end - start] = '\0';
	return text + len;
}

int color__set(struct color_pair pairs[COLOR_MAX], enum color color, const char *text)
{
	struct color_pair pair = { .background = "default" };

	text = take_name(text, pair.foreground, sizeof(pair.foreground));
	if (text && *text == ',')
		text = take_name(text + 1, pair.background, sizeof(pair.background));
	if (!text || *text || !is_known(pair.foreground) || !is_known(pair.background))
		return -EINVAL;
	pairs[color] = pair;
	return 0;
}

enum color color__of_percent(double percent)
{
	return percent >= 5.0 ? COLOR_TOP : percent > 0.5 ? COLOR_MEDIUM : COLOR_NORMAL;
}
