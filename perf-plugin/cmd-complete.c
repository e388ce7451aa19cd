// SPDX-License-Identifier: GPL-2.0-only
/*
 * perf btfsnoop complete: what a shell asks for completions; not for people, so not in the help.
 *
 *	complete spec TEXT		how a spec can go on, a line each
 *	complete keys TEXT [FILE]	the same for a list of report's keys, fields in FILE among them
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "builtin.h"
#include "report/column.h"
#include "report/input.h"
#include "types/complete.h"
#include "util/verbose.h"

#define USAGE_STATUS	129

static int print_line(const char *text, void *ctx)
{
	(void)ctx;
	puts(text);
	return 0;
}

static int complete_spec(const char *text)
{
	struct kbtf *kbtf;
	int err = kbtf__new(NULL, &kbtf);

	if (err)
		return err;
	err = complete__spec(kbtf, text, print_line, NULL);
	kbtf__free(kbtf);
	return err;
}

/* Prints the list @text, whose last key is at @last, with @key for that. */
static void offer_key(const char *text, const char *last, const char *key)
{
	if (!strncmp(key, last, strlen(last)) && !strchr(key, ' '))
		printf("%.*s%s\n", (int)(last - text), text, key);
}

static const char *last_key(const char *text)
{
	size_t len;

	while (text[len = column__key_len(text)])
		text += len + 1;
	return text;
}

static void offer_fields(const char *text, const char *last, const struct input_event *event)
{
	for (unsigned int i = 0; event->schema && i < event->schema->nr_fields; i++)
		offer_key(text, last, event_view__label(event->view, i));
}

static int complete_keys(const char *text, const char *path)
{
	static const char *const keys[] = {
		"comm", "cpu", "dso", "duration", "event", "overhead", "pid", "samples", "sym",
		"tid", "time", "trace",
	};
	const char *last = last_key(text);
	struct input_opts opts = { .path = path };
	struct diag diag = DIAG_INIT;
	struct input *input;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		offer_key(text, last, keys[i]);
	verbose = -1;
	if (!input__open(&opts, &input, &diag)) {
		for (unsigned int i = 0; i < input__nr_events(input); i++)
			offer_fields(text, last, input__event(input, i));
		input__close(input);
	}
	diag__exit(&diag);
	return 0;
}

int cmd_complete(int argc, const char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "spec"))
		return complete_spec(argv[2]) < 0;
	if (argc >= 3 && argc <= 4 && !strcmp(argv[1], "keys"))
		return complete_keys(argv[2], argc == 4 ? argv[3] : "perf.data") < 0;
	return USAGE_STATUS;
}
