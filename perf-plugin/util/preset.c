// SPDX-License-Identifier: GPL-2.0-only
#include "preset.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define SHORTEST_WORD	3	/* of a value that a message may have without quotes */

struct entry {
	struct preset preset;
	char *key;
	bool said;
};

/* Those of the one command that a process runs. */
static struct {
	struct entry *entries;
	unsigned int nr;
} presets;

int preset__add(const struct preset *preset)
{
	struct entry *more = reallocarray(presets.entries, presets.nr + 1, sizeof(*more));
	struct entry *e;

	if (!more)
		return -ENOMEM;
	presets.entries = more;
	e = &more[presets.nr];
	*e = (struct entry){ .preset = *preset, .key = strdup(preset->key) };
	if (!e->key)
		return -ENOMEM;
	presets.nr++;
	return 0;
}

bool preset__is(const char *option)
{
	for (unsigned int i = 0; i < presets.nr; i++) {
		if (!strcmp(presets.entries[i].preset.option, option))
			return true;
	}
	return false;
}

static bool is_in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* True if @msg has the two of them behind each other, and nothing around that would go on. */
static bool has_word(const char *msg, const char *dashes, const char *word)
{
	size_t len = strlen(dashes), rest = strlen(word);

	for (const char *at = msg; (at = strstr(at, *dashes ? dashes : word)); at++) {
		if (!strncmp(at + len, word, rest) && !is_in_word(at[len + rest]) &&
		    (at == msg || !is_in_word(at[-1])))
			return true;
	}
	return false;
}

static bool has_quoted(const char *msg, const char *text)
{
	size_t len = strlen(text);

	for (const char *at = msg; (at = strchr(at, '\'')); at++) {
		if (!strncmp(at + 1, text, len) && at[len + 1] == '\'')
			return true;
	}
	return false;
}

static bool is_named(const struct preset *preset, const char *msg)
{
	const char letter[] = { preset->letter, '\0' };

	return has_word(msg, "--", preset->option) || (*letter && has_word(msg, "-", letter)) ||
	       has_quoted(msg, preset->text) ||
	       (strlen(preset->text) >= SHORTEST_WORD && has_word(msg, "", preset->text));
}

static void explain(struct entry *e, FILE *out)
{
	const struct preset *preset = &e->preset;

	if (e->said)
		return;
	e->said = true;
	fputs("hint: the value '", out);
	diag__print_text(preset->text, out);
	fprintf(out, "' of %s stands in ", e->key);
	diag__print_text(preset->path, out);
	fprintf(out, ", line %u\n", preset->line);
}

void preset__explain(const char *text, const char *msg, FILE *out)
{
	for (unsigned int i = 0; i < presets.nr; i++) {
		struct entry *e = &presets.entries[i];

		if ((text && !strcmp(text, e->preset.text)) || (msg && is_named(&e->preset, msg)))
			explain(e, out);
	}
}

void preset__explain_option(const char *option, FILE *out)
{
	for (unsigned int i = 0; i < presets.nr; i++) {
		if (!strcmp(presets.entries[i].preset.option, option))
			explain(&presets.entries[i], out);
	}
}
