// SPDX-License-Identifier: GPL-2.0-only
/*
 * A schema as the text of a tracepoint's format. What libtraceevent (1.5, within perf 6.1) makes of
 * it decides the form:
 * - A value that could not be read prints as "(null)" or "(fault)" and not as 0: its precision is
 *   0, which hides a zero, and a text by its status bits follows it.
 * - The right side of an operator loses its brackets and ^ is unknown, so that only expressions
 *   of the form (REC->f >> 3) & 7 are used, and ?: within ?: is put in brackets.
 * - An address prints by %pI4 or %pM only when it is a field itself, no ?:. One that can be
 *   unread is printed number by number instead, so that the mark stands alone; but %pI6c and %pS
 *   are without equal, and there the mark stands behind the :: or 0x0.
 * - A type whose name has "u8" or "char" in it makes an array a string, which goes wrong in CTF
 *   (perf data convert) for bytes: they are uint8_t. But of arrays of no fixed length CTF has only
 *   strings.
 * - perf report -s FIELD takes the text after the first word that begins with the field's name and
 *   one more character, up to the next space: hence name=value, and a name that is how another one
 *   begins stands before it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../types/type.h"
#include "name.h"
#include "schema-leaf.h"
#include "schema.h"

#define STATUS_NAME	"_status"
#define DURATION_NAME	"duration"
#define ITEM_MASK	3ULL
#define MAX_COLUMNS	(SCHEMA_MAX_FIELDS + 2)
#define MAX_SYMBOLS	16		/* enumerators that go into the text */

enum print_how {
	PRINT_NOTHING,
	PRINT_UNSIGNED,
	PRINT_SIGNED,
	PRINT_HEX,
	PRINT_SYMBOL,
	PRINT_STRING,			/* __data_loc */
	PRINT_BUFFER,			/* the same */
	PRINT_CHARS,
	PRINT_BYTES,
	PRINT_IP4,
	PRINT_IP6,
	PRINT_MAC,
	PRINT_CODE,			/* the symbol at an address */
};

/* A line "field:" of the format and what the print fmt makes of it. */
struct column {
	char *name;
	const char *type;
	unsigned int array;		/* type name[array] */
	uint32_t offset;
	uint32_t size;
	bool is_signed;
	enum print_how how;
	uint8_t shift;			/* bitfields */
	uint8_t bits;
	uint32_t enum_id;
	int item;			/* of the status word, or -1 */
	bool quiet;			/* another column tells the status */
	bool printed;
};

struct columns {
	const struct schema *schema;
	struct column cols[MAX_COLUMNS];
	unsigned int nr;
};

static bool is_taken(const char *name, const void *ctx)
{
	const struct columns *cs = ctx;
	unsigned int i;

	for (i = 0; i < cs->nr; i++) {
		if (!strcmp(cs->cols[i].name, name))
			return true;
	}
	return false;
}

static struct column *add_column(struct columns *cs, const char *name)
{
	struct column *col;

	if (cs->nr == MAX_COLUMNS)
		return NULL;
	col = &cs->cols[cs->nr];
	*col = (struct column){ .item = -1 };
	col->name = name__unique(name, is_taken, cs);
	if (!col->name)
		return NULL;
	cs->nr++;
	return col;
}

/* The status word and the duration have names of their own that no field may take. */
static int add_own(struct columns *cs, const char *name, uint32_t offset, enum print_how how)
{
	struct column *col = &cs->cols[cs->nr];

	*col = (struct column){
		.name = strdup(name),
		.type = "u64",
		.offset = offset,
		.size = 8,
		.how = how,
		.item = -1,
	};
	if (!col->name)
		return -ENOMEM;
	cs->nr++;
	return 0;
}

/* Enums with few values print by name; of the others the number is more use than a long text. */
static bool has_symbols(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	return t && btf_is_any_enum(t) && btf_vlen(t) && btf_vlen(t) <= MAX_SYMBOLS;
}

static enum print_how how_number(const struct schema *schema, const struct type_info *info)
{
	if (info->cls == TYPE_POINTER)
		return PRINT_HEX;
	if (info->cls == TYPE_ENUM && has_symbols(schema->btf, info->id))
		return PRINT_SYMBOL;
	return info->is_signed ? PRINT_SIGNED : PRINT_UNSIGNED;
}

/* What is shown in a way of its own: a field as %pI4 and the like want it. */
static void set_display(struct column *col, const struct field *f)
{
	col->type = "uint8_t";
	col->array = f->size;
	switch (f->display) {
	case FIELD_IP4:
		col->type = "u32";
		col->array = 0;
		col->size = 4;
		col->how = PRINT_IP4;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		col->offset += f->size - 4;
#endif
		break;
	case FIELD_IP6:
		col->how = PRINT_IP6;
		break;
	case FIELD_MAC:
		col->how = PRINT_MAC;
		break;
	default:
		col->type = "void *";
		col->array = 0;
		col->how = PRINT_CODE;
	}
}

static const char *int_type(uint32_t size, bool is_signed)
{
	switch (size) {
	case 1:
		return is_signed ? "s8" : "u8";
	case 2:
		return is_signed ? "s16" : "u16";
	case 4:
		return is_signed ? "s32" : "u32";
	default:
		return is_signed ? "s64" : "u64";
	}
}

static void set_number(struct column *col, const struct schema *schema, const struct field *f)
{
	struct type_info info;

	type__info(schema->btf, f->type_id, &info);
	info.is_signed = f->is_signed;
	col->is_signed = f->is_signed;
	col->type = info.cls == TYPE_POINTER ? "void *" : int_type(f->size, f->is_signed);
	col->how = how_number(schema, &info);
	col->enum_id = info.id;
}

static int add_field(struct columns *cs, const struct field *f)
{
	struct column *col;

	col = add_column(cs, f->name);
	if (!col)
		return cs->nr == MAX_COLUMNS ? -E2BIG : -ENOMEM;
	col->offset = f->offset;
	col->size = f->size;
	col->item = cs->schema->status_offset ? f->item : -1;
	if (f->display != FIELD_BY_TYPE) {
		set_display(col, f);
	} else if (f->kind == FIELD_STRING) {
		col->type = "__data_loc char[]";
		col->how = PRINT_STRING;
	} else if (f->kind == FIELD_BUFFER) {
		col->type = "__data_loc u8[]";
		col->how = PRINT_BUFFER;
	} else {
		set_number(col, cs->schema, f);
	}
	return 0;
}

static int add_leaf(struct columns *cs, const struct leaf *leaf, bool first)
{
	const struct field *f = &cs->schema->fields[leaf->field];
	struct column *col = add_column(cs, leaf->name);

	if (!col)
		return -ENOMEM;
	col->offset = leaf->offset;
	col->size = leaf->size;
	col->shift = leaf->shift;
	col->bits = leaf->bits;
	col->is_signed = leaf->is_signed && !leaf->bits;
	col->type = int_type(leaf->size, col->is_signed);
	col->enum_id = leaf->type_id;
	col->item = cs->schema->status_offset ? f->item : -1;
	col->quiet = !first;
	switch (leaf->kind) {
	case LEAF_POINTER:
		col->type = "void *";
		col->how = PRINT_HEX;
		break;
	case LEAF_CHARS:
		col->type = "char";
		col->array = leaf->size;
		col->how = PRINT_CHARS;
		break;
	case LEAF_BYTES:
		col->type = "uint8_t";
		col->array = leaf->size;
		col->how = PRINT_BYTES;
		break;
	case LEAF_ENUM:
		if (has_symbols(cs->schema->btf, leaf->type_id)) {
			col->how = PRINT_SYMBOL;
			break;
		}
		/* fall through */
	case LEAF_INT:
		col->how = leaf->is_signed ? PRINT_SIGNED : PRINT_UNSIGNED;
		break;
	}
	return 0;
}

static int add_leaves(struct columns *cs)
{
	unsigned int i, nr, last = UINT32_MAX;
	unsigned int room = cs->nr < SCHEMA_MAX_FIELDS ? SCHEMA_MAX_FIELDS - cs->nr : 0;
	struct leaf *leaves;
	int err;

	err = leaves__pick(cs->schema, room, &leaves, &nr);
	if (err)
		return err;
	for (i = 0; i < nr && !err; i++) {
		/* skb->len beside skb: the field is there already. */
		if (is_taken(leaves[i].name, cs))
			continue;
		err = add_leaf(cs, &leaves[i], leaves[i].field != last);
		last = leaves[i].field;
	}
	leaves__free(leaves, nr);
	return err;
}

static int add_columns(struct columns *cs)
{
	const struct schema *schema = cs->schema;
	unsigned int i;
	int err = 0;

	if (schema->status_offset)
		err = add_own(cs, STATUS_NAME, schema->status_offset, PRINT_NOTHING);
	if (!err && schema->duration_offset)
		err = add_own(cs, DURATION_NAME, schema->duration_offset, PRINT_UNSIGNED);
	for (i = 0; i < schema->nr_fields && !err; i++) {
		if (!leaves__has(&schema->fields[i]))
			err = add_field(cs, &schema->fields[i]);
	}
	return err ? err : add_leaves(cs);
}

/* Not zero where @col could not be read: NULL has the bit of FAULT in it. */
static void add_unreadable(const struct column *col, struct buf *out)
{
	_Static_assert(ITEM_NULL == (ITEM_FAULT | ITEM_CUT), "the text tests single bits");
	buf__addf(out, "(REC->" STATUS_NAME " & 0x%llx)",
		  (unsigned long long)ITEM_FAULT << (col->item * 2));
}

/* "(null)" or "(fault)" where @col could not be read; what else there is to print follows. */
static void add_mark_or(const struct column *col, struct buf *out)
{
	add_unreadable(col, out);
	if (col->quiet)
		buf__adds(out, " ? \"\" : ");
	else
		buf__addf(out, " ? ((REC->" STATUS_NAME " & 0x%llx) ? \"(null)\" : \"(fault)\") : ",
			  (unsigned long long)ITEM_CUT << (col->item * 2));
}

static unsigned long long bits_mask(const struct column *col)
{
	return col->bits < 64 ? (1ULL << col->bits) - 1 : ~0ULL;
}

/* The value as a number. */
static void add_value(const struct column *col, struct buf *out)
{
	unsigned long long mask = bits_mask(col);

	if (!col->bits) {
		buf__addf(out, "REC->%s", col->name);
	} else if (col->how == PRINT_SIGNED) {
		/* -16 extends the sign of a negative 4 bit number: the operators know no signs. */
		buf__addf(out, "((REC->%s >> %u) & 0x%llx) ? ((REC->%s >> %u) & 0x%llx) - 0x%llx : "
			  "((REC->%s >> %u) & 0x%llx)",
			  col->name, col->shift, 1ULL << (col->bits - 1), col->name, col->shift,
			  mask, mask + 1, col->name, col->shift, mask);
	} else {
		buf__addf(out, "(REC->%s >> %u) & 0x%llx", col->name, col->shift, mask);
	}
}

static void add_symbols(const struct schema *schema, const struct column *col, struct buf *out)
{
	const struct btf_type *t = btf__type_by_id(schema->btf, col->enum_id);
	unsigned int i;

	buf__adds(out, "__print_symbolic(");
	add_value(col, out);
	for (i = 0; i < btf_vlen(t); i++) {
		uint32_t name_off;
		int64_t value;

		if (btf_is_enum64(t)) {
			name_off = btf_enum64(t)[i].name_off;
			value = (int64_t)btf_enum64_value(&btf_enum64(t)[i]);
		} else {
			name_off = btf_enum(t)[i].name_off;
			value = btf_enum(t)[i].val;
			if (!col->is_signed)
				value = (uint32_t)value;
		}
		/* As the field is read: without a sign, and as wide as it is. */
		if (col->bits)
			value &= bits_mask(col);
		else if (col->size < 8)
			value &= (1ULL << col->size * 8) - 1;
		buf__addf(out, ", {%lld, \"%s\"}", (long long)value,
			  btf__name_by_offset(schema->btf, name_off));
	}
	buf__addc(out, ')');
}

/*
 * How printf() shows the column. libtraceevent reads every field as unsigned: the length modifier
 * says how wide a signed one is.
 */
static const char *conversion(const struct column *col)
{
	bool marked = col->item >= 0;

	switch (col->how) {
	case PRINT_UNSIGNED:
		return marked ? "%.*llu" : "%llu";
	case PRINT_SIGNED:
		if (col->bits || col->size == 8)
			return marked ? "%.*lld" : "%lld";
		if (col->size == 4)
			return marked ? "%.*d" : "%d";
		if (col->size == 2)
			return marked ? "%.*hd" : "%hd";
		return marked ? "%.*hhd" : "%hhd";
	case PRINT_HEX:
		return marked ? "%#.*llx" : "%#llx";
	default:
		return "%s";
	}
}

static void add_argument(const struct schema *schema, const struct column *col, struct buf *out)
{
	bool is_text = !strcmp(conversion(col), "%s");

	buf__adds(out, ", ");
	if (col->item >= 0) {
		if (is_text) {
			add_mark_or(col, out);
		} else {
			buf__addc(out, '!');
			add_unreadable(col, out);
			buf__adds(out, ", ");
		}
	}
	switch (col->how) {
	case PRINT_SYMBOL:
		add_symbols(schema, col, out);
		break;
	case PRINT_STRING:
		buf__addf(out, "__get_str(%s)", col->name);
		break;
	case PRINT_BUFFER:
		buf__addf(out, "__print_hex_str(__get_dynamic_array(%s), "
			  "__get_dynamic_array_len(%s))", col->name, col->name);
		break;
	case PRINT_BYTES:
		buf__addf(out, "__print_hex_str(REC->%s, %u)", col->name, col->size);
		break;
	case PRINT_CHARS:
		buf__addf(out, "REC->%s", col->name);
		break;
	default:
		add_value(col, out);
	}
}

/* A text behind the value: nothing for one that could be read. */
static void add_mark_behind(const struct column *col, struct buf *fmt, struct buf *args)
{
	if (col->item < 0 || col->quiet)
		return;
	buf__adds(fmt, "%s");
	buf__adds(args, ", ");
	add_mark_or(col, args);
	buf__adds(args, "\"\"");
}

/* Number @i of an address, or nothing where it could not be read. */
static void add_part(const struct column *col, unsigned int i, struct buf *fmt, struct buf *args)
{
	unsigned int shift = i * 8;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	shift = 24 - shift;
#endif
	buf__adds(fmt, col->how == PRINT_IP4 ? "%.*llu" : "%.*llx");
	buf__adds(args, ", ");
	add_unreadable(col, args);
	buf__adds(args, col->how == PRINT_IP4 ? " ? 0 : 1, " : " ? 0 : 2, ");
	if (col->how == PRINT_IP4)
		buf__addf(args, "(REC->%s >> %u) & 0xff", col->name, shift);
	else
		buf__addf(args, "REC->%s[%u]", col->name, i);
}

/* 10.0.0.1 or 02:42:ac:11:00:02, or the mark. */
static void add_parts(const struct column *col, struct buf *fmt, struct buf *args)
{
	unsigned int i, nr = col->how == PRINT_IP4 ? 4 : 6;

	if (col->item < 0) {
		buf__adds(fmt, col->how == PRINT_IP4 ? "%pI4" : "%pM");
		buf__addf(args, ", REC->%s", col->name);
		return;
	}
	for (i = 0; i < nr; i++) {
		if (i) {
			buf__adds(fmt, "%s");
			buf__adds(args, ", ");
			add_unreadable(col, args);
			buf__adds(args, col->how == PRINT_IP4 ? " ? \"\" : \".\"" :
				  " ? \"\" : \":\"");
		}
		add_part(col, i, fmt, args);
	}
	add_mark_behind(col, fmt, args);
}

/* What printf() has a conversion of its own for, but no way to leave it out. */
static void add_pointed(const struct column *col, const char *conversion, struct buf *fmt,
			struct buf *args)
{
	buf__adds(fmt, conversion);
	buf__addf(args, ", REC->%s", col->name);
	add_mark_behind(col, fmt, args);
}

static void add_plain(const struct schema *schema, const struct column *col, struct buf *fmt,
		      struct buf *args)
{
	buf__adds(fmt, conversion(col));
	add_argument(schema, col, args);
	if (strcmp(conversion(col), "%s")) {
		add_mark_behind(col, fmt, args);
	} else if (col->item >= 0 && (col->how == PRINT_STRING || col->how == PRINT_BUFFER)) {
		buf__adds(fmt, "%s");
		buf__addf(args, ", (REC->" STATUS_NAME " & 0x%llx) == 0x%llx ? \"...\" : \"\"",
			  (unsigned long long)ITEM_MASK << (col->item * 2),
			  (unsigned long long)ITEM_CUT << (col->item * 2));
	}
}

static void add_print(const struct schema *schema, const struct column *col, struct buf *fmt,
		      struct buf *args)
{
	if (fmt->len)
		buf__addc(fmt, ' ');
	buf__addf(fmt, "%s=", col->name);
	switch (col->how) {
	case PRINT_IP4:
	case PRINT_MAC:
		add_parts(col, fmt, args);
		break;
	case PRINT_IP6:
		add_pointed(col, "%pI6c", fmt, args);
		break;
	case PRINT_CODE:
		add_pointed(col, "%pS", fmt, args);
		break;
	default:
		add_plain(schema, col, fmt, args);
	}
}

/* Prints column @index after those that begin its name. */
static void add_print_in_order(struct columns *cs, unsigned int index, struct buf *fmt,
			       struct buf *args)
{
	struct column *col = &cs->cols[index];
	unsigned int i;

	if (col->printed || col->how == PRINT_NOTHING)
		return;
	col->printed = true;
	for (i = 0; i < cs->nr; i++) {
		if (i != index && !strncmp(cs->cols[i].name, col->name, strlen(cs->cols[i].name)))
			add_print_in_order(cs, i, fmt, args);
	}
	add_print(cs->schema, col, fmt, args);
}

static int add_print_fmt(struct columns *cs, struct buf *out)
{
	struct buf fmt = BUF_INIT, args = BUF_INIT;
	unsigned int i, last = cs->nr;
	int err;

	/* The duration is the last word, as it is what happened last. */
	for (i = 0; i < cs->nr; i++) {
		if (!strcmp(cs->cols[i].name, DURATION_NAME) && cs->schema->duration_offset)
			last = i;
		else
			add_print_in_order(cs, i, &fmt, &args);
	}
	if (last < cs->nr)
		add_print_in_order(cs, last, &fmt, &args);
	buf__adds(out, "\nprint fmt: \"");
	buf__add(out, buf__str(&fmt), fmt.len);
	buf__addc(out, '"');
	buf__add(out, buf__str(&args), args.len);
	buf__addc(out, '\n');
	err = fmt.failed || args.failed ? -ENOMEM : 0;
	buf__exit(&fmt);
	buf__exit(&args);
	return err;
}

static void add_line(struct buf *out, const char *type, const char *name, unsigned int array,
		     uint32_t offset, uint32_t size, bool is_signed)
{
	buf__addf(out, "\tfield:%s %s", type, name);
	if (array)
		buf__addf(out, "[%u]", array);
	buf__addf(out, ";\toffset:%u;\tsize:%u;\tsigned:%d;\n", offset, size, is_signed);
}

int schema__format(const struct schema *schema, struct buf *out)
{
	struct columns cs = { .schema = schema };
	unsigned int i;
	int err;

	err = add_columns(&cs);
	if (err)
		goto out_free;
	buf__addf(out, "name: %s\nID: %u\nformat:\n", schema->name, schema->id);
	add_line(out, "unsigned short", "common_type", 0, 0, 2, false);
	add_line(out, "unsigned char", "common_flags", 0, 2, 1, false);
	add_line(out, "unsigned char", "common_preempt_count", 0, 3, 1, false);
	add_line(out, "int", "common_pid", 0, 4, 4, true);
	buf__addc(out, '\n');
	for (i = 0; i < cs.nr; i++) {
		struct column *col = &cs.cols[i];

		add_line(out, col->type, col->name, col->array, col->offset, col->size,
			 col->is_signed);
	}
	err = add_print_fmt(&cs, out);
	if (!err && out->failed)
		err = -ENOMEM;
out_free:
	for (i = 0; i < cs.nr; i++)
		free(cs.cols[i].name);
	return err;
}
