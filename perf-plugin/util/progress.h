/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line on a terminal that says how far something long is: "Attaching: 120 of 420, 3 s left".
 * It is drawn again and again in the same place, and is gone when all is done.
 */
#ifndef BTFSNOOP_UTIL_PROGRESS_H
#define BTFSNOOP_UTIL_PROGRESS_H

struct progress_line;

/*
 * A line on @fd. NULL where there is nothing to see or it would be in the way: @fd is no terminal,
 * -q, or -v, whose messages say more; and without memory. All else takes that NULL.
 */
struct progress_line *progress_line__new(int fd);

/* Takes it off the terminal. */
void progress_line__free(struct progress_line *line);

/*
 * @done of @total of @what ("Attaching") are done; @total 0: how many there are is not known. To be
 * called as often as anything is done: the line is drawn five times a second at most, for the first
 * time when @what has taken a while, or at once where nothing of very much has been done; it is
 * wiped when all is done or @what is another. How long it will take is said once that can be told.
 * @line is void for those who are given no more than a callback.
 */
void progress_line__update(void *line, const char *what, unsigned int done, unsigned int total);

/* Wipes the line: something else is going to be printed. The next update may draw it again. */
void progress_line__wipe(struct progress_line *line);

#endif
