// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "features.h"
#include "refusal.h"

#define LINE_SIZE 4096
#define ENOTSUPP_KERNEL 524	/* include/linux/errno.h; user space has no name for it */

/* gzopen() reads plain files as well. */
static gzFile open_config(const char **path)
{
	static char boot[sizeof(struct utsname) + 16];
	struct utsname uts;
	gzFile f;

	*path = "/proc/config.gz";
	f = gzopen(*path, "re");
	if (f || uname(&uts))
		return f;
	snprintf(boot, sizeof(boot), "/boot/config-%s", uts.release);
	*path = boot;
	return gzopen(boot, "re");
}

static char config(const char *name, const char **path)
{
	gzFile f = open_config(path);
	size_t len = strlen(name);
	char line[LINE_SIZE];
	char value = 'n';

	if (!f)
		return 0;
	while (gzgets(f, line, sizeof(line)))
		if (!strncmp(line, "CONFIG_", 7) && !strncmp(line + 7, name, len) &&
		    line[7 + len] == '=')
			value = line[8 + len];
	gzclose(f);
	return value;
}

char refusal__config(const char *name)
{
	const char *path;

	return config(name, &path);
}

/* True, and said so, when the kernel was built without @name. */
static bool is_unset(const char *name, struct buf *out)
{
	const char *path;

	if (config(name, &path) != 'n')
		return false;
	buf__addf(out, "CONFIG_%s is not set (%s)", name, path);
	return true;
}

/* The mode in brackets in "none [integrity] confidentiality". */
static bool is_locked_down(struct buf *out)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";
	bool locked;

	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	locked = strstr(line, "[confidentiality]");
	if (locked)
		buf__adds(out, "the kernel is locked down (confidentiality), "
			       "see /sys/kernel/security/lockdown");
	return locked;
}

static void permission(const char *what, struct buf *out)
{
	if (is_locked_down(out))
		return;
	if (geteuid())
		buf__addf(out, "%s is refused (EPERM): not root, and without CAP_BPF and "
			       "CAP_PERFMON", what);
	else
		buf__addf(out, "%s is refused to root as well (EPERM): by a security module, a "
			       "container or the kernel itself", what);
}

/* What means the same by whatever way. */
static void any_way(int err, struct buf *out)
{
	switch (err) {
	case -EMFILE:
		buf__adds(out, "no more files can be open (ulimit -n)");
		break;
	case -EEXIST:
		buf__adds(out, "the function is in the same link already");
		break;
	default:
		buf__addf(out, "%s", strerror(-err));
	}
}

void refusal__tracing(int err, struct buf *out)
{
	if (is_unset("DEBUG_INFO_BTF", out) || is_unset("FUNCTION_TRACER", out) ||
	    is_unset("DYNAMIC_FTRACE_WITH_DIRECT_CALLS", out))
		return;
	switch (err) {
	case -EPERM:
	case -EACCES:
		permission("loading the program", out);
		break;
	case -ENOTSUPP_KERNEL:
	case -EOPNOTSUPP:
		buf__adds(out, "no trampoline can be built for this function "
			       "(its parameters or its kind, ENOTSUPP)");
		break;
	case -ENOTUNIQ:
		buf__adds(out, "several functions have this name, by which a trampoline's is found "
			       "(kprobes take addresses)");
		break;
	case -ELOOP:
		buf__adds(out, "trampolines call this function themselves");
		break;
	case -EBUSY:
		/* What is patched is the place of a call; it was found to be something else. */
		buf__adds(out, "the function has no place for a trampoline (notrace), or another "
			       "tracer uses it (EBUSY)");
		break;
	default:
		any_way(err, out);
	}
}

void refusal__kprobe(int err, struct buf *out)
{
	if (is_unset("KPROBES", out) || is_unset("KPROBE_EVENTS", out))
		return;
	switch (err) {
	case -EPERM:
	case -EACCES:
		permission("opening a kprobe", out);
		break;
	case -ENOENT:
		buf__adds(out, "no such function to probe, or no kprobe PMU in "
			       "/sys/bus/event_source/devices");
		break;
	case -EINVAL:
		buf__adds(out, "the function may not be probed (notrace, or in "
			       "/sys/kernel/debug/kprobes/blacklist)");
		break;
	case -EADDRNOTAVAIL:
		buf__adds(out, "its address is hidden (kernel.kptr_restrict)");
		break;
	default:
		any_way(err, out);
	}
}

/* What has to be configured for a feature, NULL: nothing by itself. */
static const char *config_for(int feature)
{
	switch (feature) {
	case BACKEND_KPROBE_MULTI:
	case BACKEND_KPROBE_SESSION:
		return "FPROBE";
	case BACKEND_FENTRY_MULTI:
	case BACKEND_FSESSION_MULTI:
	case BACKEND_FSESSION:
		return "DYNAMIC_FTRACE_WITH_DIRECT_CALLS";
	case FEATURE_BTF:
		return "DEBUG_INFO_BTF";
	case FEATURE_FUNCTIONS:
		return "DYNAMIC_FTRACE";
	default:
		return NULL;
	}
}

static void hint_at_files(int feature, int err, struct buf *out)
{
	if (feature == FEATURE_FUNCTIONS && err == -ENOENT)
		buf__adds(out, "no tracefs is mounted at /sys/kernel/tracing");
	else if (feature == FEATURE_ADDRESSES)
		buf__adds(out, "addresses are hidden (kernel.kptr_restrict)");
	else if (err == -ENOENT)
		buf__adds(out, "this kernel does not have it");
	else
		buf__adds(out, strerror(-err));
}

void refusal__feature(int feature, int err, struct buf *out)
{
	const char *name = config_for(feature);

	if (feature == BACKEND_FENTRY) {
		refusal__tracing(err, out);
		return;
	}
	if (feature == BACKEND_KPROBE) {
		refusal__kprobe(err, out);
		return;
	}
	if (name && is_unset(name, out))
		return;
	if (feature >= NR_BACKENDS && feature != FEATURE_RING && feature != FEATURE_COOKIE) {
		hint_at_files(feature, err, out);
		return;
	}
	switch (err) {
	case -EPERM:
	case -EACCES:
		permission("loading the program", out);
		break;
	case -EINVAL:
	case -E2BIG:
	case -ENOSYS:
		buf__adds(out, "this kernel does not know it");
		break;
	case -ENOENT:
		buf__adds(out, "this kernel does not have what it needs");
		break;
	case -EOPNOTSUPP:
	case -ENOTSUPP_KERNEL:
		buf__adds(out, "this kernel was built without it, or the machine cannot do it");
		break;
	default:
		buf__adds(out, strerror(-err));
	}
}
