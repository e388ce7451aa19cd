/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arguments of options that are more than a word or a number. All return 0, or a negative errno
 * with what is wrong in @diag (its span counts from the start of @str): -EINVAL, -ENOMEM and what
 * is said below.
 */
#ifndef BTFSNOOP_CLI_PARSE_H
#define BTFSNOOP_CLI_PARSE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../util/diag.h"

/* "1,2,3": process or thread ids. *@pids is the caller's to free. */
int parse__pids(const char *str, pid_t **pids, unsigned int *nr, struct diag *diag);

/*
 * "0-3,5": sets these of the @nr_bits bits at @bits (64 to a word), which the caller has cleared.
 * -ERANGE for a CPU of @nr_bits and up.
 */
int parse__cpus(const char *str, uint64_t *bits, unsigned int nr_bits, struct diag *diag);

/* "4096", "4096B", "4K", "1M", "2G", also small letters: bytes. */
int parse__size(const char *str, uint64_t *bytes, struct diag *diag);

/*
 * perf's -m: a number of pages, or a size as above, made whole pages and these a power of two, in
 * bytes. *@rounded: it was no power of two, which perf says on stderr. -ERANGE above 2 GiB.
 */
int parse__pages(const char *str, uint32_t *bytes, bool *rounded, struct diag *diag);

/*
 * "10ms", "1.5s", "250us", "100ns", "2m", "1h": nanoseconds. A number without a unit is in units of
 * @unit_ns; 0: the unit has to be there.
 */
int parse__duration(const char *str, uint64_t unit_ns, uint64_t *ns, struct diag *diag);

/* From the start on; @to_ns is UINT64_MAX where there is no end. */
struct parse_window {
	uint64_t from_ns;
	uint64_t to_ns;
};

/*
 * perf's -D: "MS" is from then on; "10-20,30-40" these spans, ascending, apart from each other;
 * "-1" never (nothing is recorded until something else enables it), which gives @from_ns
 * UINT64_MAX. *@windows is the caller's to free.
 */
int parse__delay(const char *str, struct parse_window **windows, unsigned int *nr,
		 struct diag *diag);

/*
 * "f,g,module:h": functions' names, none of them twice, at most @max. *@names is the caller's to
 * free, in one piece.
 */
int parse__names(const char *str, unsigned int max, char ***names, unsigned int *nr,
		 struct diag *diag);

/* A user's name or number. -ENOENT where there is no such user. */
int parse__user(const char *str, uid_t *uid, struct diag *diag);

/*
 * perf's -k: mono, raw, real, boot, tai, their long names with or without CLOCK_ in front (capital
 * letters or not), or a number.
 */
int parse__clockid(const char *str, clockid_t *clockid, struct diag *diag);

#endif
