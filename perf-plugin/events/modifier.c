// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "modifier.h"

#define LETTERS		"ukhHGpPSDeWIb"

bool modifier__is(struct piece text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!text.at[i] || !strchr(LETTERS, text.at[i]))
			return false;
	return true;
}

static bool has(struct piece text, char letter)
{
	return text.len && memchr(text.at, letter, text.len);
}

/* What is named is counted, all else of its kind not. */
static void choose_modes(struct perf_event_attr *attr, struct piece text)
{
	bool any = attr->exclude_user || attr->exclude_kernel || attr->exclude_hv;

	if (has(text, 'u') || has(text, 'k') || has(text, 'h')) {
		if (!any)
			attr->exclude_user = attr->exclude_kernel = attr->exclude_hv = 1;
		if (has(text, 'u'))
			attr->exclude_user = 0;
		if (has(text, 'k'))
			attr->exclude_kernel = 0;
		if (has(text, 'h'))
			attr->exclude_hv = 0;
	}
	if (has(text, 'G') || has(text, 'H')) {
		attr->exclude_guest = !has(text, 'G');
		attr->exclude_host = !has(text, 'H');
	}
	if (has(text, 'I'))
		attr->exclude_idle = 1;
}

/* What can't be done here. NULL: all can. */
static const char *refusal(char letter)
{
	switch (letter) {
	case 'S':
		return "leader sampling (S) is perf record's alone: its values can't be merged in";
	case 'b':
		return "counting with BPF (b) is for perf stat";
	default:
		return NULL;
	}
}

int modifier__apply(struct evsel *evsel, struct piece text, unsigned int pos, struct diag *diag)
{
	unsigned int precise = evsel->attr.precise_ip;

	for (size_t i = 0; i < text.len; i++) {
		const struct span span = { pos + i, 1 };
		const char *reason = refusal(text.at[i]);

		if (reason)
			return diag__error_at(diag, -EINVAL, span, "%s", reason);
		if (memchr(text.at, text.at[i], i) && text.at[i] != 'p')
			return diag__error_at(diag, -EINVAL, span, "Duplicate modifier '%c'",
					      text.at[i]);
		if (text.at[i] == 'p' && ++precise > EVSEL_MAX_PRECISE)
			return diag__error_at(diag, -EINVAL, span, "Maximum precise value is %d",
					      EVSEL_MAX_PRECISE);
	}
	choose_modes(&evsel->attr, text);
	evsel->attr.precise_ip = precise;
	if (has(text, 'P'))
		evsel->precise_max = true;
	if (has(text, 'D'))
		evsel->attr.pinned = 1;
	if (has(text, 'e'))
		evsel->attr.exclusive = 1;
	if (has(text, 'W'))
		evsel->weak = true;
	return 0;
}
