// SPDX-License-Identifier: GPL-2.0-only
#include "merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../perfdata/writer.h"
#include "../util/verbose.h"
#include "check.h"
#include "events.h"
#include "file.h"
#include "rewrite.h"
#include "sections.h"
#include "twins.h"

/* Readers hold what came since the round before the last in memory: bytes. */
#define ROUND_BYTES	(256 * 1024)

struct merge {
	const struct merge_opts *opts;
	struct merge_file *files;
	unsigned int nr;
	unsigned int first;		/* the file whose clock, and kernel's place, all get */
	struct merged_events events;
	struct buf sections[FEATURE_END];
	struct places places;		/* of the merged file */
	struct twins *twins;
	struct perfdata_writer *writer;
	struct rewriter rewriter;
	uint64_t round_start;		/* size of the file when the last round ended */
	struct merge_result *result;
	struct diag *diag;
};

/* ---- before anything is written ------------------------------------------------------------ */

/* A file that is named twice is a mistake: everything in it would have happened twice. */
static int check_distinct(const struct merge_opts *opts, struct diag *diag)
{
	struct stat a, b;

	for (unsigned int i = 1; i < opts->nr; i++) {
		if (!strcmp(opts->paths[i], "-") || stat(opts->paths[i], &a) || !S_ISREG(a.st_mode))
			continue;
		for (unsigned int j = 0; j < i; j++)
			if (strcmp(opts->paths[j], "-") && !stat(opts->paths[j], &b) &&
			    a.st_dev == b.st_dev && a.st_ino == b.st_ino)
				return diag__error(diag, -EINVAL, "'%s' and '%s' are the same file",
						   opts->paths[j], opts->paths[i]);
	}
	return 0;
}

static int merge__open(struct merge *m)
{
	int err = check_distinct(m->opts, m->diag);

	if (err)
		return err;
	m->files = calloc(m->opts->nr, sizeof(*m->files));
	if (!m->files)
		return diag__error(m->diag, -ENOMEM, "out of memory");
	for (; m->nr < m->opts->nr && !err; m->nr++)
		err = merge_file__open(&m->files[m->nr], m->opts->paths[m->nr], m->opts->force,
				       m->diag);
	return err;
}

static void say_boot(const struct merge *m, const struct merge_file *file)
{
	const struct merge_file *first = &m->files[m->first];
	uint64_t shift = file->shift;

	pr_warning("'%s' is of another boot than '%s': its times are moved by %" PRIu64 ".%06" PRIu64
		   " s, by what the wall clocks were", file->path, first->path,
		   shift / 1000000000, shift % 1000000000 / 1000);
	if (file->moves.nr)
		pr_warning(", addresses of the kernel to where it was at that boot\n");
	else
		pr_warning("; where its kernel was is not known, so addresses stay\n");
}

/* Where the kernel and the modules of all files are in the merged one. */
static int merge__place(struct merge *m, unsigned int index)
{
	struct merge_file *file = &m->files[index];
	int ret = 0;

	if (file->boot != m->files[m->first].boot) {
		ret = moves__new(&file->moves, &file->places, &m->places, index);
		if (ret == -ENOENT)
			ret = 0;
		say_boot(m, file);
		return ret;
	}
	for (unsigned int i = 0; i < file->places.nr && ret >= 0; i++)
		ret = places__add(&m->places, (const void *)file->places.list[i].record.data,
				  index);
	return ret < 0 ? ret : 0;
}

static int merge__check(struct merge *m)
{
	int err = check__files(m->files, m->nr, m->diag), first;

	if (err)
		return err;
	first = check__boots(m->files, m->nr, m->diag);
	if (first < 0)
		return first;
	m->first = first;
	/* Those of the same boot first: the others are fitted in. */
	for (unsigned int same = 2; same-- && !err; )
		for (unsigned int i = 0; i < m->nr && !err; i++)
			if ((m->files[i].boot == m->files[m->first].boot) == same)
				err = merge__place(m, i);
	return err ? diag__error(m->diag, err, "cannot place the kernel: %s", strerror(-err)) : 0;
}

static int merge__start(struct merge *m)
{
	struct perfdata_writer_opts opts = {
		.path = m->opts->output, .clockid = m->files[m->first].clockid,
		.given = m->sections,
	};
	int err;

	err = merged_events__new(&m->events, m->files, m->nr, m->diag);
	if (err)
		return err;
	m->twins = twins__new();
	err = m->twins ? sections__unite(m->files, m->nr, m->first, m->sections) : -ENOMEM;
	if (err)
		return diag__error(m->diag, err, "out of memory");
	opts.schemas = m->events.ours.schemas;
	opts.nr_schemas = m->events.ours.nr;
	opts.btf = m->events.ours.btf;
	opts.btf_size = m->events.ours.btf_size;
	opts.foreign = m->events.public;
	opts.nr_foreign = m->events.nr_foreign;
	opts.sample_type = m->events.sample_type;
	opts.max_stack = m->events.max_stack;
	opts.no_kernel_chain = m->events.no_kernel_chain;
	opts.no_user_chain = m->events.no_user_chain;
	return perfdata_writer__new(&opts, &m->writer, m->diag);
}

/* ---- records ------------------------------------------------------------------------------- */

static int merge__write(struct merge *m)
{
	uint64_t size = m->rewriter.nr * sizeof(*m->rewriter.words);
	int err = perfdata_writer__add(m->writer, m->rewriter.words, size);

	if (err || perfdata_writer__size(m->writer) - m->round_start < ROUND_BYTES)
		return err;
	err = perfdata_writer__round(m->writer);
	m->round_start = perfdata_writer__size(m->writer);
	return err;
}

/* The maps of the kernel and of modules, from the @from-th on. */
static int write_places(struct merge *m, unsigned int from)
{
	int err = 0;

	for (unsigned int i = from; i < m->places.nr && !err; i++) {
		const struct place *place = &m->places.list[i];
		struct merge_file *file = &m->files[place->owner];

		if (!rewrite__record(&m->rewriter, file, (const void *)place->record.data, 0))
			continue;
		m->result->nr_records++;
		err = merge__write(m);
	}
	return err;
}

/* A module's map: those that were known at the start are written already. */
static int take_map(struct merge *m, struct merge_file *file,
		    const struct perf_event_header *record)
{
	unsigned int nr_before = m->places.nr, index = file - m->files;
	int ret;

	if (file->boot != m->files[m->first].boot)
		ret = file->moves.nr ? moves__add(&file->moves, record, &m->places, index) : 0;
	else
		ret = places__add(&m->places, record, index);
	return ret < 0 ? ret : write_places(m, nr_before);
}

static int take_sample(struct merge *m, struct merge_file *file,
		       const struct perf_event_header *record, uint64_t time)
{
	if (!rewrite__record(&m->rewriter, file, record, time))
		return 0;
	m->result->nr_samples++;
	perfdata_writer__count(m->writer, 1, time, time);
	return merge__write(m);
}

static int take_other(struct merge *m, struct merge_file *file,
		      const struct perf_event_header *record, uint64_t time)
{
	bool is_before = !file->next.time || file->head_at < file->head.len;
	int ret;

	if (places__is_map(record))
		return take_map(m, file, record);
	if (!rewrite__record(&m->rewriter, file, record, time))
		return 0;
	ret = twins__check(m->twins, (const void *)m->rewriter.words,
			   m->rewriter.nr_body * sizeof(uint64_t), file - m->files, file->boot,
			   time, is_before);
	m->result->nr_twins += ret > 0;
	if (ret)
		return ret < 0 ? ret : 0;
	m->result->nr_records++;
	return merge__write(m);
}

/* Whose record is the next? NULL: all have ended. */
static struct merge_file *merge__earliest(struct merge *m, const struct perf_event_header **record,
					  uint64_t *time)
{
	const struct perf_event_header *its_record;
	struct merge_file *earliest = NULL;
	uint64_t its_time;

	for (unsigned int i = 0; i < m->nr; i++) {
		if (!merge_file__peek(&m->files[i], &its_record, &its_time) ||
		    (earliest && its_time >= *time))
			continue;
		earliest = &m->files[i];
		*record = its_record;
		*time = its_time;
	}
	return earliest;
}

static int merge__records(struct merge *m)
{
	const struct perf_event_header *record;
	struct merge_file *file;
	int err = write_places(m, 0);
	uint64_t time;

	while (!err && (file = merge__earliest(m, &record, &time))) {
		if (record->type == PERF_RECORD_SAMPLE)
			err = take_sample(m, file, record, time);
		else
			err = take_other(m, file, record, time);
		if (err)
			return diag__error(m->diag, err, "cannot write '%s': %s", m->opts->output,
					   strerror(-err));
		err = merge_file__advance(file);
		if (err)
			return diag__error(m->diag, err, "cannot read '%s': %s", file->path,
					   strerror(-err));
		if (perfdata_reader__nr_events(file->reader) > file->nr_events) {
			diag__error(m->diag, -EOPNOTSUPP, "'%s' gets further events while it is "
				    "read", file->path);
			diag__hint(m->diag, "write it to a file first, with record -o FILE");
			return -EOPNOTSUPP;
		}
	}
	return err;
}

/* ---- afterwards ---------------------------------------------------------------------------- */

static void warn_of(const struct merge_file *file)
{
	const char *warning = perfdata_reader__warning(file->reader), *end;

	for (; warning && *warning; warning = end + 1) {
		end = strchrnul(warning, '\n');
		pr_warning("warning: %s: %.*s\n", file->path, (int)(end - warning), warning);
		if (!*end)
			break;
	}
	if (file->nr_broken)
		pr_warning("warning: %s: %" PRIu64 " records are broken and were left out\n",
			   file->path, file->nr_broken);
	if (file->nr_too_large)
		pr_warning("warning: %s: %" PRIu64 " records have no room for a sample id and were "
			   "left out\n", file->path, file->nr_too_large);
	if (file->nr_unknown)
		pr_warning("warning: %s: %" PRIu64 " records are of no event or of a kind that not "
			   "every perf reads, and were left out\n", file->path, file->nr_unknown);
}

static int merge__finish(struct merge *m)
{
	struct perfdata_writer *writer = m->writer;
	int err = perfdata_writer__round(writer);

	for (unsigned int i = 0; i < m->nr; i++) {
		warn_of(&m->files[i]);
		if (!err)
			err = check__records(&m->files[i], m->diag);
	}
	if (err)
		return err;
	m->writer = NULL;
	return perfdata_writer__finish(writer, &m->result->size, m->diag);
}

static void merge__exit(struct merge *m)
{
	if (m->writer)
		perfdata_writer__abort(m->writer);
	merged_events__exit(&m->events);
	for (unsigned int i = 0; i < m->nr; i++)
		merge_file__close(&m->files[i]);
	free(m->files);
	sections__exit(m->sections);
	places__exit(&m->places);
	twins__free(m->twins);
}

int merge__run(const struct merge_opts *opts, struct merge_result *result, struct diag *diag)
{
	struct merge *m = calloc(1, sizeof(*m));
	int err;

	if (!m)
		return diag__error(diag, -ENOMEM, "out of memory");
	*result = (struct merge_result){ 0 };
	m->opts = opts;
	m->result = result;
	m->diag = diag;
	err = merge__open(m);
	if (!err)
		err = merge__check(m);
	if (!err)
		err = merge__start(m);
	if (!err)
		err = merge__records(m);
	if (!err)
		err = merge__finish(m);
	if (err && !diag__is_set(diag))
		diag__error(diag, err, "cannot write '%s': %s", opts->output, strerror(-err));
	merge__exit(m);
	free(m);
	return err;
}
