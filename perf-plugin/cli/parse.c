// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MAX_RING_BYTES	(1U << 31)	/* a BPF ring buffer's size is a u32 and a power of two */
#define NS_PER_MS	1000000ULL

/* The text of an argument as it is worked through. */
struct scan {
	const char *start;
	const char *at;
	struct diag *diag;
};

static struct span scan__span(const struct scan *scan, const char *from, size_t len)
{
	return (struct span){ from - scan->start, len };
}

static int scan__error(const struct scan *scan, const char *expected)
{
	if (!*scan->at)
		return diag__error_at(scan->diag, -EINVAL, scan__span(scan, scan->at, 0),
				      "%s is missing", expected);
	return diag__error_at(scan->diag, -EINVAL, scan__span(scan, scan->at, 1),
			      "%s expected, not '%.20s'", expected, scan->at);
}

static bool scan__accept(struct scan *scan, char c)
{
	if (*scan->at != c)
		return false;
	scan->at++;
	return true;
}

/* Digits, their value at most @max. */
static int scan__number(struct scan *scan, uint64_t max, const char *what, uint64_t *value)
{
	const char *from = scan->at;

	*value = 0;
	if (*from < '0' || *from > '9')
		return scan__error(scan, what);
	for (; *scan->at >= '0' && *scan->at <= '9'; scan->at++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, *scan->at - '0', value) || *value > max)
			return diag__error_at(scan->diag, -ERANGE,
					      scan__span(scan, from, strspn(from, "0123456789")),
					      "%s can't be as large as that", what);
	}
	return 0;
}

int parse__pids(const char *str, pid_t **pids, unsigned int *nr, struct diag *diag)
{
	struct scan scan = { str, str, diag };
	/* A number and a comma for each. */
	pid_t *list = calloc(strlen(str) / 2 + 1, sizeof(*list));
	unsigned int count = 0;
	uint64_t pid;
	int err;

	if (!list)
		return -ENOMEM;
	do {
		err = scan__number(&scan, INT_MAX, "a process or thread id", &pid);
		if (!err && !pid)
			err = diag__error_at(diag, -EINVAL, scan__span(&scan, scan.at - 1, 1),
					     "there is no process 0");
		if (err)
			goto out_free;
		list[count++] = pid;
	} while (scan__accept(&scan, ','));
	if (*scan.at) {
		err = scan__error(&scan, "','");
		goto out_free;
	}
	*pids = list;
	*nr = count;
	return 0;

out_free:
	free(list);
	return err;
}

int parse__cpus(const char *str, uint64_t *bits, unsigned int nr_bits, struct diag *diag)
{
	struct scan scan = { str, str, diag };
	uint64_t first, last;
	const char *from;
	int err;

	do {
		from = scan.at;
		err = scan__number(&scan, nr_bits - 1, "a CPU's number", &first);
		if (err)
			return err;
		last = first;
		if (scan__accept(&scan, '-')) {
			err = scan__number(&scan, nr_bits - 1, "a CPU's number", &last);
			if (err)
				return err;
		}
		if (last < first)
			return diag__error_at(diag, -EINVAL,
					      scan__span(&scan, from, scan.at - from),
					      "the range runs backwards");
		for (; first <= last; first++)
			bits[first / 64] |= 1ULL << first % 64;
	} while (scan__accept(&scan, ','));
	return *scan.at ? scan__error(&scan, "','") : 0;
}

/* A number and a letter. *@has_unit: there was a letter. */
static int scan__size(struct scan *scan, uint64_t *bytes, bool *has_unit)
{
	static const char units[] = "bkmg";
	const char *from = scan->at, *unit;
	int err = scan__number(scan, UINT64_MAX, "a size", bytes);

	*has_unit = *scan->at;
	if (err || !*has_unit)
		return err;
	unit = strchr(units, *scan->at | 0x20);
	if (!unit || !*unit || scan->at[1])
		return scan__error(scan, "B, K, M or G");
	scan->at++;
	if (__builtin_mul_overflow(*bytes, 1ULL << 10 * (unit - units), bytes))
		return diag__error_at(scan->diag, -ERANGE, scan__span(scan, from, scan->at - from),
				      "a size can't be as large as that");
	return 0;
}

int parse__size(const char *str, uint64_t *bytes, struct diag *diag)
{
	struct scan scan = { str, str, diag };
	bool has_unit;

	return scan__size(&scan, bytes, &has_unit);
}

int parse__pages(const char *str, uint32_t *bytes, bool *rounded, struct diag *diag)
{
	uint64_t page = sysconf(_SC_PAGESIZE), size, power;
	struct scan scan = { str, str, diag };
	bool has_unit;
	int err;

	err = scan__size(&scan, &size, &has_unit);
	if (err)
		return err;
	if (size > MAX_RING_BYTES / (has_unit ? 1 : page))
		return diag__error_at(diag, -ERANGE, scan__span(&scan, str, strlen(str)),
				      "a buffer can't be larger than 2G");
	size = has_unit ? (size + page - 1) / page * page : size * page;
	for (power = page; power < size; power *= 2)
		;
	*rounded = power != size;
	*bytes = power;
	return 0;
}

/* What stands behind a duration's number, in nanoseconds; 0: no unit of ours. */
static uint64_t duration_unit(const char *str)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", NS_PER_MS }, { "s", 1000 * NS_PER_MS },
		{ "m", 60 * 1000 * NS_PER_MS }, { "h", 3600 * 1000 * NS_PER_MS },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(str, units[i].text))
			return units[i].ns;
	}
	return 0;
}

int parse__duration(const char *str, uint64_t unit_ns, uint64_t *ns, struct diag *diag)
{
	struct scan scan = { str, str, diag };
	uint64_t whole, unit, digit_ns;
	const char *fraction = NULL;
	int err;

	err = scan__number(&scan, UINT64_MAX, "a time", &whole);
	if (err)
		return err;
	if (scan__accept(&scan, '.')) {
		fraction = scan.at;
		scan.at += strspn(scan.at, "0123456789");
		if (scan.at == fraction)
			return scan__error(&scan, "a digit");
	}
	unit = *scan.at || !unit_ns ? duration_unit(scan.at) : unit_ns;
	if (!unit)
		return scan__error(&scan, "a unit (ns, us, ms, s, m or h)");
	if (__builtin_mul_overflow(whole, unit, ns))
		return diag__error_at(diag, -ERANGE, scan__span(&scan, str, strlen(str)),
				      "a time can't be as long as that");
	/* Less than a nanosecond is dropped, digit by digit: close enough without floats. */
	for (digit_ns = unit / 10; fraction && *fraction >= '0' && *fraction <= '9'; digit_ns /= 10)
		*ns += (*fraction++ - '0') * digit_ns;
	return 0;
}

/* FROM-TO[,FROM-TO]... in milliseconds */
static int parse_windows(struct scan *scan, struct parse_window *windows, unsigned int *nr)
{
	const uint64_t max = UINT64_MAX / NS_PER_MS - 1;
	uint64_t from, to, last = 0;
	const char *start;
	int err;

	for (*nr = 0;; ++*nr) {
		start = scan->at;
		err = scan__number(scan, max, "a number of milliseconds", &from);
		if (!err && !*nr && !*scan->at) {	/* a delay only */
			windows[(*nr)++] = (struct parse_window){ from * NS_PER_MS, UINT64_MAX };
			return 0;
		}
		if (!err && !scan__accept(scan, '-'))
			err = scan__error(scan, "'-' and an end");
		if (!err)
			err = scan__number(scan, max, "a number of milliseconds", &to);
		if (err)
			return err;
		if (to <= from || from < last)
			return diag__error_at(scan->diag, -EINVAL,
					      scan__span(scan, start, scan->at - start),
					      to <= from ?
						      "the span ends before it begins" :
						      "the span begins before the end of the last");
		windows[*nr] = (struct parse_window){ from * NS_PER_MS, to * NS_PER_MS };
		last = to;
		if (!scan__accept(scan, ','))
			break;
	}
	++*nr;
	return *scan->at ? scan__error(scan, "','") : 0;
}

int parse__delay(const char *str, struct parse_window **windows, unsigned int *nr,
		 struct diag *diag)
{
	struct scan scan = { str, str, diag };
	struct parse_window *list = calloc(strlen(str) / 4 + 1, sizeof(*list));
	int err = 0;

	if (!list)
		return -ENOMEM;
	if (!strcmp(str, "-1")) {
		list[0] = (struct parse_window){ UINT64_MAX, UINT64_MAX };
		*nr = 1;
	} else {
		err = parse_windows(&scan, list, nr);
	}
	if (err)
		free(list);
	else
		*windows = list;
	return err;
}

/* Of a function, as kallsyms has it, with its module in front. */
static size_t name_length(const char *str)
{
	size_t len = 0;

	while (isalnum((unsigned char)str[len]) || (str[len] && strchr("_.:-$", str[len])))
		len++;
	return len;
}

static int scan__name(struct scan *scan, char **names, unsigned int nr)
{
	size_t len = name_length(scan->at);

	if (!len || (scan->at[len] && scan->at[len] != ',')) {
		scan->at += len;
		return scan__error(scan, len ? "','" : "a function's name");
	}
	for (unsigned int i = 0; i < nr; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], scan->at, len))
			return diag__error_at(scan->diag, -EINVAL, scan__span(scan, scan->at, len),
					      "'%s' is there twice", names[i]);
	memcpy(names[nr], scan->at, len);
	names[nr][len] = '\0';
	scan->at += len;
	return 0;
}

int parse__names(const char *str, unsigned int max, char ***names, unsigned int *nr,
		 struct diag *diag)
{
	struct scan scan = { str, str, diag };
	char **list = malloc(max * sizeof(*list) + strlen(str) + 1);
	char *text = (char *)(list + max);
	int err;

	if (!list)
		return -ENOMEM;
	*nr = 0;
	do {
		if (*nr == max) {
			err = diag__error_at(diag, -E2BIG, scan__span(&scan, scan.at,
								      strlen(scan.at)),
					     "no more than %u functions", max);
			break;
		}
		list[*nr] = text;
		err = scan__name(&scan, list, *nr);
		if (err)
			break;
		text += strlen(text) + 1;
		++*nr;
	} while (scan__accept(&scan, ','));
	if (err)
		free(list);
	else
		*names = list;
	return err;
}

int parse__user(const char *str, uid_t *uid, struct diag *diag)
{
	struct scan scan = { str, str, NULL };
	struct passwd *user;
	uint64_t value;

	errno = 0;
	user = *str ? getpwnam(str) : NULL;
	if (user) {
		*uid = user->pw_uid;
		return 0;
	}
	if (scan__number(&scan, UINT32_MAX - 1, "a user", &value) || *scan.at)
		return diag__error(diag, -ENOENT, "there is no user '%s'", str);
	*uid = value;
	return 0;
}

int parse__clockid(const char *str, clockid_t *clockid, struct diag *diag)
{
	static const struct {
		const char *name;
		clockid_t id;
	} clocks[] = {
		{ "monotonic", CLOCK_MONOTONIC }, { "mono", CLOCK_MONOTONIC },
		{ "monotonic_raw", CLOCK_MONOTONIC_RAW }, { "raw", CLOCK_MONOTONIC_RAW },
		{ "realtime", CLOCK_REALTIME }, { "real", CLOCK_REALTIME },
		{ "boottime", CLOCK_BOOTTIME }, { "boot", CLOCK_BOOTTIME },
		{ "tai", CLOCK_TAI },
	};
	const char *name = strncasecmp(str, "CLOCK_", 6) ? str : str + 6;
	struct scan scan = { str, str, NULL };
	uint64_t value;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		if (!strcasecmp(name, clocks[i].name)) {
			*clockid = clocks[i].id;
			return 0;
		}
	}
	if (!scan__number(&scan, INT_MAX, "a clock", &value) && !*scan.at) {
		*clockid = value;
		return 0;
	}
	diag__error(diag, -EINVAL, "unknown clock '%s'", str);
	diag__hint(diag, "the clocks are mono, raw, real, boot and tai");
	return -EINVAL;
}
