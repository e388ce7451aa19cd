// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "table.h"
#include "text.h"

#define GAP	2		/* blanks between columns */
#define INDENT	2		/* what "# " takes in the header */

struct column {
	char *header;
	bool right;
	bool fixed;
	size_t width;
};

struct table {
	const char *separator;
	struct column *columns;
	unsigned int nr_columns;
	unsigned int next;	/* column of the next cell */
};

int table__new(const char *separator, struct table **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->separator = separator;
	return 0;
}

void table__free(struct table *table)
{
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < table->nr_columns; i++)
		free(table->columns[i].header);
	free(table->columns);
	free(table);
}

int table__column(struct table *table, const char *header, bool right, unsigned int width)
{
	struct column *more;

	more = reallocarray(table->columns, table->nr_columns + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	table->columns = more;
	more[table->nr_columns] = (struct column){
		.header = strdup(header),
		.right = right,
		.fixed = width,
		.width = width ? width : text__width(header, strlen(header)),
	};
	if (!more[table->nr_columns].header)
		return -ENOMEM;
	table->nr_columns++;
	return 0;
}

static struct column *next_column(struct table *table)
{
	struct column *column = &table->columns[table->next];

	table->next = (table->next + 1) % table->nr_columns;
	return column;
}

void table__measure(struct table *table, const char *text, size_t len)
{
	struct column *column = next_column(table);
	size_t width = column->fixed || table->separator ? 0 : text__width(text, len);

	if (width > column->width)
		column->width = width;
}

static void add_separated(struct buf *out, const char *text, size_t len, const char *separator)
{
	size_t n = strlen(separator);

	while (len) {
		if (len >= n && !strncmp(text, separator, n)) {
			buf__addc(out, '.');
			text += n;
			len -= n;
		} else {
			buf__addc(out, *text++);
			len--;
		}
	}
}

/* The bytes that fit into @width columns, which are *@width then. */
static size_t cut(const char *text, size_t len, size_t *width)
{
	size_t pos = 0, taken = 0;

	while (pos < len) {
		uint32_t code;
		size_t n = text__decode(text + pos, len - pos, &code);
		size_t w = text__width(text + pos, n ? n : 1);

		if (taken + w > *width)
			break;
		taken += w;
		pos += n ? n : 1;
	}
	*width = taken;
	return pos;
}

/* Blanks at the end of a line are left out. */
static void add_padded(struct buf *out, const struct column *column, const char *text, size_t len,
		       const char *color, bool last)
{
	size_t width = text__width(text, len);

	if (width > column->width) {
		width = column->width;
		len = cut(text, len, &width);
	}
	if (column->right)
		buf__fill(out, ' ', column->width - width);
	buf__adds(out, color);
	buf__add(out, text, len);
	buf__adds(out, *color ? COLOR_RESET : "");
	if (!column->right && !last)
		buf__fill(out, ' ', column->width - width);
}

void table__headings(const struct table *table, struct buf *out)
{
	unsigned int i;

	buf__adds(out, "# ");
	for (i = 0; i < table->nr_columns; i++) {
		const struct column *c = &table->columns[i];
		size_t len = strlen(c->header);

		if (table->separator) {
			buf__adds(out, i ? table->separator : "");
			add_separated(out, c->header, len, table->separator);
			continue;
		}
		buf__fill(out, ' ', i ? GAP : 0);
		add_padded(out, c, c->header, len, COLOR_NONE, i + 1 == table->nr_columns);
	}
	buf__addc(out, '\n');
	if (table->separator)
		return;
	buf__adds(out, "# ");
	for (i = 0; i < table->nr_columns; i++) {
		buf__fill(out, ' ', i ? GAP : 0);
		buf__fill(out, '.', table->columns[i].width);
	}
	buf__adds(out, "\n#\n");
}

void table__cell(struct table *table, const char *text, size_t len, const char *color,
		 struct buf *out)
{
	bool first = !table->next;
	const struct column *column = next_column(table);
	bool last = !table->next;

	if (table->separator) {
		buf__adds(out, first ? "" : table->separator);
		add_separated(out, text, len, table->separator);
	} else {
		buf__fill(out, ' ', first ? INDENT : GAP);
		add_padded(out, column, text, len, color, last);
	}
	if (last)
		buf__addc(out, '\n');
}
