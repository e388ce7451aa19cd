// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "value-json.h"
#include "value-steps.h"

/* A step's label: of ".users.refs = " it is "users":{"refs": with one brace to close. */
struct key {
	uint32_t text;		/* in the pool */
	uint32_t len;
	uint32_t nr_braces;
};

struct value_json {
	const struct value *value;
	struct key *keys;	/* by step */
	struct buf pool;
};

static void add_value(const struct value_json *vj, const struct step *step, const uint8_t *base,
		      const struct value_opts *opts, struct json *json);

static void make_key(struct value_json *vj, const struct step *step, struct key *key)
{
	const char *label = buf__str(&vj->value->pool) + step->label;
	size_t len = step->label_len, n;

	if (len < strlen(". = "))
		return;			/* an element, or the whole */
	label++;
	len -= strlen(". = ");
	key->text = vj->pool.len;
	for (;;) {
		const char *dot = memchr(label, '.', len);

		n = dot ? (size_t)(dot - label) : len;
		json__prepare_key(&vj->pool, label, n);
		if (!dot)
			break;
		buf__addc(&vj->pool, '{');
		key->nr_braces++;
		label += n + 1;
		len -= n + 1;
	}
	key->len = vj->pool.len - key->text;
}

int value_json__new(const struct value *value, struct value_json **out)
{
	struct value_json *vj = calloc(1, sizeof(*vj));
	uint32_t i;

	if (vj)
		vj->keys = calloc(value->nr + 1, sizeof(*vj->keys));
	if (!vj || !vj->keys) {
		free(vj);
		return -ENOMEM;
	}
	vj->value = value;
	for (i = 0; i < value->nr; i++)
		make_key(vj, &value->steps[i], &vj->keys[i]);
	if (vj->pool.failed) {
		value_json__free(vj);
		return -ENOMEM;
	}
	*out = vj;
	return 0;
}

void value_json__free(struct value_json *vj)
{
	if (!vj)
		return;
	free(vj->keys);
	buf__exit(&vj->pool);
	free(vj);
}

bool value_json__is_whole(const struct value_json *vj)
{
	return vj->value->size >= vj->value->full_size;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static void add_int(const struct step *step, uint64_t v, const struct value_opts *opts,
		    struct json *json)
{
	if (opts->hex)
		json__hex(json, v);
	else if (step->is_signed)
		json__s64(json, v);
	else
		json__u64(json, v);
}

static void add_enum(const struct value_json *vj, const struct step *step, uint64_t v,
		     const struct value_opts *opts, struct json *json)
{
	const char *pool = buf__str(&vj->value->pool);
	const struct enum_name *name = enum_names__find(&vj->value->enums[step->names], v);
	struct buf text = BUF_INIT;

	if (name)
		json__string(json, pool + name->text, name->len);
	else if (value__add_enum(vj->value, step, v, &text))
		json__string(json, buf__str(&text), text.len);
	else
		add_int(step, v, opts, json);
	json->out->failed |= text.failed;
	buf__exit(&text);
}

static void add_number(const struct value_json *vj, const struct step *step, uint64_t v,
		       const struct value_opts *opts, struct json *json)
{
	switch (step->op) {
	case STEP_BOOL:
		if (v > 1)
			json__u64(json, v);
		else
			json__bool(json, v);
		break;
	case STEP_CHAR:
		/* As the element of a string that is none it is a byte. */
		add_int(step, step->is_byte ? (uint8_t)v : v, opts, json);
		break;
	case STEP_ENUM:
		add_enum(vj, step, v, opts, json);
		break;
	case STEP_POINTER:
		json__hex(json, v);
		break;
	default:
		add_int(step, v, opts, json);
	}
}

static void add_float(const struct step *step, const uint8_t *data, struct json *json)
{
	double d;
	float f;

	if (step->size == sizeof(d)) {
		memcpy(&d, data, sizeof(d));
		json__double(json, d, 17);
	} else if (step->size == sizeof(f)) {
		memcpy(&f, data, sizeof(f));
		json__double(json, f, 9);
	} else {
		json__null(json);
	}
}

/* Of 16 bytes; what doesn't fit into 8 is written as a string in hexadecimal. */
static void add_wide(const struct step *step, const uint8_t *data, const struct value_opts *opts,
		     struct json *json)
{
	int low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1;
	struct buf text = BUF_INIT;
	uint64_t words[2];

	memcpy(words, data, sizeof(words));
	if (!words[!low] || (step->is_signed && !~words[!low] && words[low] >> 63)) {
		add_int(step, words[low], opts, json);
		return;
	}
	buf__addf(&text, "0x%llx%016llx", (unsigned long long)words[!low],
		  (unsigned long long)words[low]);
	json__string(json, buf__str(&text), text.len);
	json->out->failed |= text.failed;
	buf__exit(&text);
}

/* ---- what has parts ------------------------------------------------------------------------ */

static bool is_left_out(const struct step *m, const uint8_t *base, const struct value_opts *opts)
{
	const uint8_t *data = base + m->off;

	if (opts->zeros)
		return false;
	return m->bits ? !step__number(m, data) : value__is_zero(data, m->len);
}

static void add_struct(const struct value_json *vj, const struct step *step, const uint8_t *base,
		       const struct value_opts *opts, struct json *json)
{
	const struct step *steps = vj->value->steps, *end = steps + step->next, *m;

	json__open(json, '{');
	for (m = step + 1; m < end; m = steps + m->next) {
		const struct key *key = &vj->keys[m - steps];
		uint32_t i;

		if (is_left_out(m, base, opts))
			continue;
		json__raw_key(json, buf__str(&vj->pool) + key->text, key->len);
		add_value(vj, m, base, opts, json);
		for (i = 0; i < key->nr_braces; i++)
			json__close(json, '}');
	}
	json__close(json, '}');
}

static void add_array(const struct value_json *vj, const struct step *step, const uint8_t *data,
		      const struct value_opts *opts, struct json *json)
{
	uint32_t i, count = step->count;

	if (!opts->zeros) {
		while (count && value__is_zero(data + (size_t)(count - 1) * step->stride,
					       step->stride))
			count--;
	}
	json__open(json, '[');
	for (i = 0; i < count; i++)
		add_value(vj, step + 1, data + (size_t)i * step->stride, opts, json);
	json__close(json, ']');
}

static void add_value(const struct value_json *vj, const struct step *step, const uint8_t *base,
		      const struct value_opts *opts, struct json *json)
{
	const uint8_t *data = base + step->off;
	size_t len;

	switch (step->op) {
	case STEP_STRUCT:
		add_struct(vj, step, base, opts, json);
		break;
	case STEP_STRING:
		if (step__is_text(step, data, &len)) {
			json__string(json, (const char *)data, len);
			break;
		}
		/* fall through */
	case STEP_ARRAY:
		add_array(vj, step, data, opts, json);
		break;
	case STEP_FLOAT:
		add_float(step, data, json);
		break;
	case STEP_WIDE:
		add_wide(step, data, opts, json);
		break;
	default:
		add_number(vj, step, step__number(step, data), opts, json);
	}
}

void value_json__add(const struct value_json *vj, const void *data,
		     const struct value_opts *opts, struct json *json)
{
	if (vj->value->nr) {
		add_value(vj, &vj->value->steps[0], data, opts, json);
		return;
	}
	json__open(json, '{');
	json__close(json, '}');
}

void value_json__number(const struct value_json *vj, uint64_t number,
			const struct value_opts *opts, struct json *json)
{
	add_number(vj, &vj->value->steps[0], number, opts, json);
}
