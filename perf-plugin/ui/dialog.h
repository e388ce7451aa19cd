/* SPDX-License-Identifier: GPL-2.0-only */
/* Windows on top of a page: a menu, a question, a text to read. */
#ifndef BTFSNOOP_UI_DIALOG_H
#define BTFSNOOP_UI_DIALOG_H

#include <stdbool.h>

#include "../util/buf.h"
#include "screen.h"

/* One of @nr options; returns its index, or -1: Esc, Left, q or ^C. */
int dialog__menu(const char *title, const char *const *options, unsigned int nr);

/* A text, several lines with '\n', to be scrolled through. Any other key ends it. */
void dialog__text(const char *title, const char *text);

/* The same for a message in one or more lines; printf's format. */
void dialog__message(const char *title, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What @diag and @err say, as diag__print() would. */
void dialog__error(const struct diag *diag, const char *text, int err);

/*
 * Lets the user type a line, @text being what is there at first and what it is in the end. True:
 * Enter; false: Esc or ^C. -ENOMEM shows as false.
 */
bool dialog__input(const char *title, const char *prompt, struct buf *text);

bool dialog__yes_no(const char *question);

/*
 * A bar while something takes its time, @done of @total; draws ten times a second at most. True
 * when a key asked to stop (^C, q, Esc) or the terminal is gone. Cheap enough to be called for each
 * record.
 */
bool dialog__progress(const char *title, uint64_t done, uint64_t total);

#endif
