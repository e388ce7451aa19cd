// SPDX-License-Identifier: GPL-2.0-only
#include "foreign-schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OUR_SYSTEM	"btfsnoop:"
#define MAX_TYPES	4096		/* of all tracepoints of a file */

static int integer_type(const struct btf *btf, uint32_t size, const struct foreign_field *from)
{
	static const char *const signed_names[] = { "signed char", "short int", "int", "long int" };
	static const char *const unsigned_names[] = {
		"unsigned char", "short unsigned int", "unsigned int", "long unsigned int",
	};
	unsigned int log2 = __builtin_ctz(size);

	if (from->is_bool)
		return btf__find_by_name_kind(btf, "_Bool", BTF_KIND_INT);
	return btf__find_by_name_kind(btf, from->is_signed ? signed_names[log2] :
							     unsigned_names[log2], BTF_KIND_INT);
}

/* An array of @elem, which there may be already. -ENOSPC: a file can't ask for so many. */
static int array_type(struct btf *btf, int elem, uint32_t nr)
{
	int index = btf__find_by_name_kind(btf, "unsigned int", BTF_KIND_INT);

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_is_array(t) && btf_array(t)->type == (uint32_t)elem &&
		    btf_array(t)->nelems == nr)
			return id;
	}
	if (btf__type_cnt(btf) > MAX_TYPES)
		return -ENOSPC;
	return index < 0 ? index : btf__add_array(btf, index, elem, nr);
}

static int pointer_type(struct btf *btf)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++)
		if (btf_is_ptr(btf__type_by_id(btf, id)))
			return id;
	return btf__add_ptr(btf, 0);
}

/* Plain char is for strings; a number of one byte is none. */
static int find_type(struct btf *btf, const struct foreign_field *from)
{
	uint32_t nr = from->is_dynamic || !from->is_array ? 1 : from->size / from->elem_size;
	int elem;

	if (from->is_pointer && from->size == 8)
		return pointer_type(btf);
	if (!from->is_array && !from->is_dynamic)
		return integer_type(btf, from->size, from);
	if (from->is_char)
		elem = btf__find_by_name_kind(btf, "char", BTF_KIND_INT);
	else if (from->is_dynamic)
		elem = btf__find_by_name_kind(btf, "unsigned char", BTF_KIND_INT);
	else
		elem = integer_type(btf, from->elem_size, from);
	return elem < 0 ? elem : array_type(btf, elem, nr);
}

static int set_field(struct btf *btf, const struct foreign_field *from, struct field *f)
{
	int type = find_type(btf, from);

	if (type < 0)
		return type;
	*f = (struct field){
		.name = strdup(from->name),
		.expr = strdup(from->name),
		.kind = from->is_dynamic ? (from->is_char ? FIELD_STRING : FIELD_BUFFER) :
			from->is_array ? FIELD_BYTES : FIELD_SCALAR,
		.type_id = type,
		.offset = from->offset,
		.size = from->size,
		.full_size = from->size,
		.loc_base = from->is_relative ? from->offset + from->size : 0,
		.item = -1,
		.pointer = -1,
		.is_signed = from->is_signed && !from->is_pointer,
	};
	return f->name && f->expr ? 0 : -ENOMEM;
}

/* One of ours, whose types are missing in the file: plan/schema-format.c. */
static void find_duration(struct schema *schema)
{
	for (unsigned int i = 0; i < schema->nr_fields; i++) {
		const struct field *f = &schema->fields[i];

		if (!strcmp(f->name, "duration") && f->kind == FIELD_SCALAR && f->size == 8)
			schema->duration_offset = f->offset;
	}
}

int foreign_schema__new(const char *name, uint64_t id, const struct foreign_field *fields,
			unsigned int nr, struct btf *btf, struct schema **out)
{
	struct schema *schema = calloc(1, sizeof(*schema));
	const char *colon = strchr(name, ':');
	int err = 0;

	if (!schema)
		return -ENOMEM;
	*schema = (struct schema){
		.name = strdup(colon ? colon + 1 : name),
		.id = id,
		.is_tracepoint = true,
		.fixed_size = SCHEMA_COMMON_SIZE,
		.fields = calloc(nr, sizeof(*schema->fields)),
		.btf = btf,
	};
	if (!schema->name || !schema->fields)
		err = -ENOMEM;
	for (unsigned int i = 0; i < nr && !err; i++) {
		err = set_field(btf, &fields[i], &schema->fields[schema->nr_fields]);
		if (err == -ENOSPC) {
			err = 0;
			continue;
		}
		schema->nr_fields++;
		if (fields[i].offset + fields[i].size > schema->fixed_size)
			schema->fixed_size = fields[i].offset + fields[i].size;
	}
	if (!err && !strncmp(name, OUR_SYSTEM, strlen(OUR_SYSTEM)))
		find_duration(schema);
	if (err)
		foreign_schema__free(schema);
	else
		*out = schema;
	return err;
}

void foreign_schema__free(struct schema *schema)
{
	if (!schema)
		return;
	schema__exit(schema);
	free(schema);
}
