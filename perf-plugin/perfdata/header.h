/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file says about itself and the machine: the contents of its feature sections. Source of
 * the layouts: tools/perf/util/header.c, the process_*() functions.
 */
#ifndef BTFSNOOP_PERFDATA_HEADER_H
#define BTFSNOOP_PERFDATA_HEADER_H

#include <stdint.h>

#include "../util/buf.h"
#include "events.h"
#include "format.h"
#include "reader.h"
#include "tracing.h"

struct header_btf {
	const void *data;
	uint32_t size;
};

struct header_section {
	const void *data;		/* NULL: none */
	uint64_t size;
};

struct header {
	struct perfdata_info info;
	void **kept;			/* memory that all pointers in here lead into */
	unsigned int nr_kept;
	uint64_t kept_size;		/* bytes of it out of records of a stream */
	struct tracing_format *formats;
	unsigned int nr_formats;
	struct header_btf *btf;
	unsigned int nr_btf;
	bool btf_joined;
	struct perfdata_build_id *build_ids;
	struct header_section sections[FEATURE_END];	/* those that are whole */
};

void header__init(struct header *header);
void header__exit(struct header *header);

/* Hands @memory over, to be freed with the header. Returns 0 or -ENOMEM; then it is freed. */
int header__keep(struct header *header, void *memory);

/*
 * Reads the contents of a section. @data was handed over with header__keep(). EVENT_DESC gives
 * names to @events. Returns 0 (also for sections that are of no interest), -EINVAL for a broken
 * one, -ENOMEM.
 */
int header__parse(struct header *header, unsigned int feature, const void *data, uint64_t size,
		  struct events *events);

/* The name of a section for messages: "TRACING_DATA"; NULL for one that nothing is read from. */
const char *header__feature_name(unsigned int feature);

/* The @index-th BTF object, pieces put together; NULL when there are fewer. */
const void *header__btf(struct header *header, unsigned int index, uint32_t *size);

#endif
