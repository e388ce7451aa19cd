/* SPDX-License-Identifier: GPL-2.0-only */
/* Colours in text for a terminal, by perf's rules (tools/perf/util/color.c). */
#ifndef BTFSNOOP_RENDER_COLOR_H
#define BTFSNOOP_RENDER_COLOR_H

#define COLOR_NONE	""
#define COLOR_RESET	"\033[m"
#define COLOR_RED	"\033[31m"
#define COLOR_GREEN	"\033[32m"
#define COLOR_YELLOW	"\033[33m"
#define COLOR_BLUE	"\033[34m"
#define COLOR_CYAN	"\033[36m"

/* Of a share in per cent: red from 5 on, green above 0.5, else none (COLOR_NONE). */
static inline const char *color__percent(double percent)
{
	return percent >= 5.0 ? COLOR_RED : percent > 0.5 ? COLOR_GREEN : COLOR_NONE;
}

#endif
