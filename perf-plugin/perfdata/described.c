// SPDX-License-Identifier: GPL-2.0-only
#include "described.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "features.h"

/* An event's memory. */
struct own_event {
	struct perf_event_attr attr;
	uint64_t id;
	char name[];			/* of ours */
};

void described__init(struct described *described)
{
	*described = (struct described){ .attr_size = PERFDATA_ATTR_SIZE };
}

void described__exit(struct described *described)
{
	for (unsigned int i = 0; i < described->nr; i++)
		free(described->own[i]);
	free(described->own);
	free(described->list);
	described__init(described);
}

/* Room for one more, with @name_size bytes of name; NULL without memory. */
static struct own_event *described__grow(struct described *described, size_t name_size)
{
	unsigned int nr = described->nr, cap = nr ? nr * 2 : 1;
	struct own_event *event;
	void *grown;

	/* A power of two: full. */
	if (!(nr & (nr - 1))) {
		grown = reallocarray(described->list, cap, sizeof(*described->list));
		if (!grown)
			return NULL;
		described->list = grown;
		grown = reallocarray(described->own, cap, sizeof(*described->own));
		if (!grown)
			return NULL;
		described->own = grown;
	}
	event = calloc(1, sizeof(*event) + name_size);
	if (event)
		described->own[described->nr++] = event;
	return event;
}

int described__add_schemas(struct described *described, const struct schema *schemas,
			   unsigned int nr, unsigned int first, const struct attr_common *common)
{
	struct own_event *event;
	size_t size;

	for (unsigned int i = 0; i < nr; i++) {
		size = sizeof(TRACEPOINT_SYSTEM ":") + strlen(schemas[i].name);
		event = described__grow(described, size);
		if (!event)
			return -ENOMEM;
		attr__init(&event->attr, &schemas[i], first + i, common);
		event->id = PERFDATA_SAMPLE_ID(first + i);
		snprintf(event->name, size, TRACEPOINT_SYSTEM ":%s", schemas[i].name);
		described->list[described->nr - 1] = (struct perfdata_foreign){
			.attr = &event->attr, .name = event->name,
			.ids = &event->id, .nr_ids = 1,
		};
	}
	return 0;
}

int described__add_foreign(struct described *described, const struct perfdata_foreign *foreign,
			   unsigned int nr)
{
	struct own_event *event;
	uint32_t size;

	for (unsigned int i = 0; i < nr; i++) {
		const struct perf_event_attr *attr = foreign[i].attr;

		if (!(attr->sample_type & PERF_SAMPLE_IDENTIFIER) || !attr->sample_id_all ||
		    (attr->type == PERF_TYPE_TRACEPOINT && !foreign[i].format))
			return -EINVAL;
		event = described__grow(described, 0);
		if (!event)
			return -ENOMEM;
		event->attr = *attr;
		described->list[described->nr - 1] = foreign[i];
		described->list[described->nr - 1].attr = &event->attr;
		size = attr__needed_size(attr);
		if (size > described->attr_size)
			described->attr_size = size;
	}
	return 0;
}

void described__add_attr(const struct described *described, unsigned int index, struct buf *out)
{
	struct perf_event_attr attr = *described->list[index].attr;

	/* A reader goes from one to the next by what they say of their size. */
	attr.size = described->attr_size;
	buf__add(out, &attr, attr.size);
}
