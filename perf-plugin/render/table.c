// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../render/text.h"
#include "table.h"

#define GAP	2		/* blanks between columns */
#define INDENT	2		/* what "# " takes in the header */

struct column {
	char *header;
	bool right;
	size_t width;
};

struct cell {
	size_t start;		/* in text */
	uint32_t len;
	uint32_t width;
};

struct table {
	struct column *columns;
	unsigned int nr_columns;
	struct cell *cells;
	size_t nr_cells;
	size_t cap;
	struct buf text;
	bool failed;
};

int table__new(struct table **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void table__free(struct table *table)
{
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < table->nr_columns; i++)
		free(table->columns[i].header);
	free(table->columns);
	free(table->cells);
	buf__exit(&table->text);
	free(table);
}

void table__column(struct table *table, const char *header, bool right)
{
	struct column *more;

	more = reallocarray(table->columns, table->nr_columns + 1, sizeof(*more));
	if (!more) {
		table->failed = true;
		return;
	}
	table->columns = more;
	more[table->nr_columns] = (struct column){
		.header = strdup(header),
		.right = right,
		.width = text__width(header, strlen(header)),
	};
	if (more[table->nr_columns].header)
		table->nr_columns++;
	else
		table->failed = true;
}

void table__cell(struct table *table, const char *text, size_t len)
{
	struct column *column;
	struct cell *cell;

	if (table->failed || !table->nr_columns)
		return;
	if (table->nr_cells == table->cap) {
		size_t cap = table->cap ? table->cap * 2 : 64;
		struct cell *more = reallocarray(table->cells, cap, sizeof(*more));

		if (!more) {
			table->failed = true;
			return;
		}
		table->cells = more;
		table->cap = cap;
	}
	column = &table->columns[table->nr_cells % table->nr_columns];
	cell = &table->cells[table->nr_cells++];
	cell->start = table->text.len;
	cell->len = len;
	cell->width = text__width(text, len);
	buf__add(&table->text, text, len);
	if (cell->width > column->width)
		column->width = cell->width;
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

/* Blanks at the end of a line are left out. */
static void add_padded(struct buf *out, const struct column *column, const char *text, size_t len,
		       size_t width, bool last)
{
	if (column->right)
		buf__fill(out, ' ', column->width - width);
	buf__add(out, text, len);
	if (!column->right && !last)
		buf__fill(out, ' ', column->width - width);
}

static void print_headers(const struct table *table, const char *separator, struct buf *out)
{
	unsigned int i;

	buf__adds(out, "# ");
	for (i = 0; i < table->nr_columns; i++) {
		const struct column *c = &table->columns[i];
		size_t len = strlen(c->header);

		if (separator) {
			buf__adds(out, i ? separator : "");
			add_separated(out, c->header, len, separator);
			continue;
		}
		buf__fill(out, ' ', i ? GAP : 0);
		add_padded(out, c, c->header, len, text__width(c->header, len),
			   i + 1 == table->nr_columns);
	}
	buf__addc(out, '\n');
	if (separator)
		return;
	buf__adds(out, "# ");
	for (i = 0; i < table->nr_columns; i++) {
		buf__fill(out, ' ', i ? GAP : 0);
		buf__fill(out, '.', table->columns[i].width);
	}
	buf__adds(out, "\n#\n");
}

int table__print(const struct table *table, const char *separator, bool headers, struct buf *out)
{
	size_t i;

	if (table->failed || table->text.failed)
		return -ENOMEM;
	if (headers)
		print_headers(table, separator, out);
	for (i = 0; i < table->nr_cells; i++) {
		const struct cell *cell = &table->cells[i];
		unsigned int column = i % table->nr_columns;
		const char *text = buf__str(&table->text) + cell->start;
		bool last = column + 1 == table->nr_columns;

		if (separator) {
			buf__adds(out, column ? separator : "");
			add_separated(out, text, cell->len, separator);
		} else {
			buf__fill(out, ' ', column ? GAP : INDENT);
			add_padded(out, &table->columns[column], text, cell->len, cell->width,
				   last);
		}
		if (last)
			buf__addc(out, '\n');
	}
	return out->failed ? -ENOMEM : 0;
}
