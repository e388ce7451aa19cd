// SPDX-License-Identifier: GPL-2.0-only
#include "losses.h"
#include "util/verbose.h"

void losses__say(const struct session_result *result)
{
	if (result->lost_ring)
		pr_warning("warning: %llu samples lost: the ring buffer was full "
			   "(-m makes it larger)\n", (unsigned long long)result->lost_ring);
	if (result->lost_perf)
		pr_warning("warning: %llu samples of -e lost: their ring buffers were full "
			   "(-m makes them larger)\n", (unsigned long long)result->lost_perf);
	if (result->lost_slot)
		pr_warning("warning: %llu returns lost: too many calls at a time\n",
			   (unsigned long long)result->lost_slot);
	if (result->untracked)
		pr_warning("warning: %llu objects not followed: there were too many at a time "
			   "(--track-max allows more)\n", (unsigned long long)result->untracked);
	if (result->missed)
		pr_warning("warning: %llu calls not seen: made while another was being recorded "
			   "on the same CPU, or too many at a time for a kretprobe\n",
			   (unsigned long long)result->missed);
}
