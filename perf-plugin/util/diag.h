/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A message for the user: what is wrong, where in the text they typed, and what to do about it.
 *
 * Stages fill a diag and return a negative errno; the command that owns the text prints it, once.
 * The first error wins: what follows from it says nothing new.
 */
#ifndef BTFSNOOP_UTIL_DIAG_H
#define BTFSNOOP_UTIL_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A piece of the user's text, in bytes from its start; len 0 is a place between two bytes. */
struct span {
	unsigned int pos;
	unsigned int len;
};

struct diag {
	char *msg;		/* NULL: nothing was reported */
	char *hint;		/* NULL: none; several lines are several hints */
	char *text;		/* what span refers to, if it is not the text of who prints; or NULL */
	struct span span;
	bool has_span;
	bool closed;		/* a second error came and was dropped: so are its hints */
};

#define DIAG_INIT { 0 }

/* Everywhere below a NULL diag is allowed: nobody wants to know. */

/* Reports an error with no place in the text. Returns @err (a negative errno). */
int diag__error(struct diag *diag, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports an error at @span of the text. Returns @err (a negative errno). */
int diag__error_at(struct diag *diag, int err, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * From now on, spans refer to @text, which is copied, and not to what diag__print() is given; NULL
 * ends that. An error that was reported before keeps its own.
 */
void diag__set_text(struct diag *diag, const char *text);

/* Adds a hint to the error reported; does nothing after a second error was swallowed. */
void diag__hint(struct diag *diag, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline bool diag__is_set(const struct diag *diag)
{
	return diag->msg;
}

/*
 * Prints to @out:
 *	error: no member 'lenn' in struct sk_buff
 *	  ip_send_skb(skb->lenn)
 *	                   ^~~~
 *	hint: did you mean 'len'?
 * @text is what span refers to, NULL if there is none. Unprintable bytes come out as '?', tabs as
 * one space, so that the caret stands where it should; a UTF-8 character is one column. Of a text
 * wider than 100 columns only what is around the place is shown, with "..." for the rest. @err says
 * what happened where no message was set. A value that stands in the user's configuration (preset.h)
 * is a hint, too, when it is @text or the message names it.
 */
void diag__print(const struct diag *diag, const char *text, int err, FILE *out);

/* Prints one line of text, or a part of it, as diag__print() does: nothing a terminal would act on. */
void diag__print_text(const char *text, FILE *out);

void diag__exit(struct diag *diag);

#endif
