// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../util/buf.h"
#include "../util/verbose.h"

#define SYSTEM_PATH	"/etc/perfconfig"
#define MAX_SIZE	(1 << 20)	/* of a file: what is larger is no configuration */

struct entry {
	char *section;
	char *key;
	char *text;
	unsigned int file;
	unsigned int line;
	struct config_value value;
};

/* Read once for the process, as its environment is; freed with it. */
static struct {
	bool read;
	struct entry *entries;
	unsigned int nr;
	char *paths[2];
	unsigned int nr_paths;
} config;

/* A file as it is worked through. */
struct scan {
	const char *at;
	unsigned int line;
	unsigned int file;
	struct buf section;
};

static bool is_key_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static int add_entry(const struct scan *scan, struct buf *key, struct buf *text, unsigned int line)
{
	struct entry *more = reallocarray(config.entries, config.nr + 1, sizeof(*more));
	struct entry *e;

	if (!more)
		return -ENOMEM;
	config.entries = more;
	e = &more[config.nr];
	*e = (struct entry){
		.section = strdup(buf__str(&scan->section)), .key = buf__take(key),
		.text = buf__take(text), .file = scan->file, .line = line,
	};
	if (!e->section || !e->key || !e->text) {
		free(e->section);
		free(e->key);
		free(e->text);
		return -ENOMEM;
	}
	config.nr++;
	return 0;
}

/* [section] or [section "part"], which is called section.part */
static int scan_section(struct scan *scan)
{
	buf__clear(&scan->section);
	for (scan->at++; is_key_char(*scan->at) || *scan->at == '.'; scan->at++)
		buf__addc(&scan->section, *scan->at);
	scan->at += strspn(scan->at, " \t");
	if (*scan->at == '"') {
		size_t len = strcspn(++scan->at, "\"\n");

		buf__addc(&scan->section, '.');
		buf__add(&scan->section, scan->at, len);
		scan->at += len;
		if (*scan->at++ != '"')
			return -EINVAL;
	}
	if (*scan->at != ']' || !scan->section.len)
		return -EINVAL;
	scan->at++;
	return scan->section.failed ? -ENOMEM : 0;
}

/* What a backslash and @c stand for; -1: nothing. */
static int unescape(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'b':
		return '\b';
	case '"':
	case '\\':
		return c;
	}
	return -1;
}

/* Up to the end of the line, which a backslash joins with the next one; spaces at the end go. */
static int scan_value(struct scan *scan, struct buf *text)
{
	bool quoted = false;
	size_t end = 0;		/* behind the last that is no such space */
	int c;

	scan->at += strspn(scan->at, " \t");
	for (; *scan->at && *scan->at != '\n'; scan->at++) {
		if (!quoted && (*scan->at == '#' || *scan->at == ';')) {
			scan->at += strcspn(scan->at, "\n");
			break;
		}
		if (*scan->at == '"') {
			quoted = !quoted;
			end = text->len;
			continue;
		}
		c = (unsigned char)*scan->at;
		if (c == '\\' && scan->at[1] == '\n') {
			scan->at++;
			scan->line++;
			continue;
		}
		if (c == '\\') {
			c = unescape(*++scan->at);
			if (c < 0)
				return -EINVAL;
		}
		buf__addc(text, c);
		if (quoted || !isspace(c))
			end = text->len;
	}
	if (quoted)
		return -EINVAL;
	if (text->len > end) {
		text->len = end;
		text->data[end] = '\0';
	}
	return text->failed ? -ENOMEM : 0;
}

static int scan_entry(struct scan *scan)
{
	struct buf key = BUF_INIT, text = BUF_INIT;
	unsigned int line = scan->line;
	int err = 0;

	for (; is_key_char(*scan->at); scan->at++)
		buf__addc(&key, *scan->at);
	scan->at += strspn(scan->at, " \t");
	if (*scan->at == '=') {
		scan->at++;
		err = scan_value(scan, &text);
	} else if (*scan->at && !strchr("\n#;", *scan->at)) {
		err = -EINVAL;
	} else {
		buf__adds(&text, "true");
	}
	if (!err)
		err = add_entry(scan, &key, &text, line);
	buf__exit(&key);
	buf__exit(&text);
	return err;
}

/* Returns 0, or -EINVAL with scan->line where it is broken. */
static int scan_file(struct scan *scan)
{
	int err = 0;

	while (!err) {
		scan->at += strspn(scan->at, " \t\r");
		switch (*scan->at) {
		case '\0':
			return 0;
		case '\n':
			scan->at++;
			scan->line++;
			break;
		case '#':
		case ';':
			scan->at += strcspn(scan->at, "\n");
			break;
		case '[':
			err = scan_section(scan);
			break;
		default:
			err = isalpha((unsigned char)*scan->at) && scan->section.len ?
				scan_entry(scan) : -EINVAL;
		}
	}
	return err;
}

/* The file's text; NULL: there is none, or it is none of ours to trust. */
static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > MAX_SIZE)
		goto out;
	if (st.st_uid && st.st_uid != geteuid()) {
		pr_warning("warning: %s belongs neither to the user nor to root: ignored\n", path);
		goto out;
	}
	text = malloc(st.st_size + 1);
	n = text ? read(fd, text, st.st_size) : -1;
	if (n < 0) {
		free(text);
		text = NULL;
	} else {
		text[n] = '\0';
	}
out:
	close(fd);
	return text;
}

static void read_file(const char *path)
{
	char *text = read_text(path);
	struct scan scan = { .at = text, .line = 1, .file = config.nr_paths };

	if (!text)
		return;
	config.paths[config.nr_paths] = strdup(path);
	if (config.paths[config.nr_paths]) {
		config.nr_paths++;
		if (scan_file(&scan) == -EINVAL)
			pr_warning("warning: bad config file line %u in %s\n", scan.line, path);
	}
	buf__exit(&scan.section);
	free(text);
}

/* As perf reads its environment: a number, or true and the like. */
static bool is_on(const char *name)
{
	const char *text = getenv(name);

	return text && config__bool(text) != 0;
}

static void read_all(void)
{
	const char *only = getenv("PERF_CONFIG"), *home = getenv("HOME");
	struct buf path = BUF_INIT;

	config.read = true;
	if (only) {
		read_file(only);
	} else {
		if (!is_on("PERF_CONFIG_NOSYSTEM"))
			read_file(SYSTEM_PATH);
		if (home && *home == '/' && !is_on("PERF_CONFIG_NOGLOBAL")) {
			buf__addf(&path, "%s/.perfconfig", home);
			read_file(buf__str(&path));
			buf__exit(&path);
		}
	}
	for (unsigned int i = 0; i < config.nr; i++) {
		struct entry *e = &config.entries[i];

		e->value = (struct config_value){ e->text, config.paths[e->file], e->line };
	}
}

const struct config_value *config__get(const char *section, const char *key)
{
	if (!config.read)
		read_all();
	for (unsigned int i = config.nr; i-- > 0;) {
		if (!strcasecmp(config.entries[i].section, section) &&
		    !strcasecmp(config.entries[i].key, key))
			return &config.entries[i].value;
	}
	return NULL;
}

int config__bool(const char *text)
{
	char *end;
	long n = strtol(text, &end, 0);

	if (!strcasecmp(text, "true") || !strcasecmp(text, "yes") || !strcasecmp(text, "on"))
		return 1;
	if (!*text || !strcasecmp(text, "false") || !strcasecmp(text, "no") ||
	    !strcasecmp(text, "off"))
		return 0;
	return *end ? -EINVAL : !!n;
}

bool config__is_set(const char *section, const char *key, bool fallback)
{
	const struct config_value *value = config__get(section, key);
	int is = value ? config__bool(value->text) : -EINVAL;

	return is < 0 ? fallback : is;
}
