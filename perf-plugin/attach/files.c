// SPDX-License-Identifier: GPL-2.0-only
#include <sys/resource.h>

#include "../util/verbose.h"
#include "files.h"
#include "way.h"

#define OTHER_FILES	256	/* that recording needs besides programs and links */

/* Files that programs and links can be, after raising the limit as far as @wanted or possible. */
static unsigned int raise_file_limit(rlim_t wanted)
{
	struct rlimit limit;

	wanted += OTHER_FILES;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return wanted - OTHER_FILES;
	if (limit.rlim_cur < wanted) {
		rlim_t max = limit.rlim_max;

		limit.rlim_cur = limit.rlim_max = max < wanted ? wanted : max;
		if (setrlimit(RLIMIT_NOFILE, &limit)) {
			limit.rlim_cur = limit.rlim_max = max;
			setrlimit(RLIMIT_NOFILE, &limit);
		}
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur <= OTHER_FILES)
		return limit.rlim_cur / 2;
	return limit.rlim_cur - OTHER_FILES < wanted ? limit.rlim_cur - OTHER_FILES : wanted;
}

void probe_env__plan_files(struct probe_env *env)
{
	/* For each link of fentry a program as well; a plan has a few maps and programs. */
	unsigned int wanted = 2 * probe_list__nr_links(env->list) + 6 * env->list->nr_plans;
	unsigned int max = raise_file_limit(wanted);

	env->save_files = max < wanted;
	probe_env__choose(env, max);
	if (env->save_files)
		pr_debug("%u files can be open, %u would be with a link for each function: "
			 "as few as can be are used\n", max, wanted);
}
