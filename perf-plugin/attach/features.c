// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "backend.h"
#include "features.h"
#include "link.h"
#include "traceable.h"

/* No function has this name: looking it up fails in its own way where there is a lookup at all. */
#define NO_FUNCTION	"btfsnoop has no function like this"

struct features {
	struct kbtf *kbtf;
	bool attach;
	struct kfunc func;		/* to try things with; name NULL: there is none */
	struct feature_result results[NR_FEATURES];
	bool is_probed[NR_FEATURES];
};

/* ---- loading and linking trivial programs -------------------------------------------------- */

static int load_code(enum bpf_prog_type type, int attach_type, uint32_t btf_id,
		     const struct bpf_insn *insns, size_t nr)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		.expected_attach_type = attach_type,
		.attach_btf_id = btf_id,
	);

	return bpf_prog_load(type, "btfsnoop_probe", "GPL", insns, nr, &opts);
}

/* A program that returns 0. */
static int load_trivial(enum bpf_prog_type type, int attach_type, uint32_t btf_id)
{
	static const struct bpf_insn trivial[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load_code(type, attach_type, btf_id, trivial, 2);
}

/* Takes an fd or a negative errno; what it was made for is seen. */
static int seen(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* ---- one function at a time ---------------------------------------------------------------- */

static int probe_trampoline(struct features *f, int attach_type)
{
	int prog_fd, err = 0;

	if (!f->func.name)
		return -ENOENT;
	prog_fd = load_trivial(BPF_PROG_TYPE_TRACING, attach_type, f->func.id);
	if (prog_fd < 0)
		return prog_fd;
	if (f->attach)
		err = seen(link__tracing(prog_fd, attach_type, 0));
	close(prog_fd);
	return err;
}

static int probe_fentry(struct features *f)
{
	int err = probe_trampoline(f, BPF_TRACE_FENTRY);

	return err ? err : probe_trampoline(f, BPF_TRACE_FEXIT);
}

static int probe_fsession(struct features *f)
{
	int err = probe_trampoline(f, ATTACH_FSESSION);

	return err ? err : features__get(f, FEATURE_SESSION)->err;
}

static int probe_kprobe(struct features *f)
{
	struct probe_env env = { 0 };
	struct probe probe = { .func = &f->func };
	int prog_fd, perf_fd, err;

	probe_env__find_pmu(&env);
	if (env.pmu_type < 0 || env.pmu_retprobe_bit < 0)
		return -ENOENT;
	prog_fd = load_trivial(BPF_PROG_TYPE_KPROBE, 0, 0);
	if (prog_fd < 0 || !f->func.name || !f->attach)
		return seen(prog_fd);
	perf_fd = kprobe__open(&probe, &env, false);
	err = perf_fd;
	if (perf_fd >= 0) {
		err = seen(bpf_link_create(prog_fd, perf_fd, BPF_PERF_EVENT, NULL));
		close(perf_fd);
	}
	close(prog_fd);
	return err;
}

static int probe_tp_btf(struct features *f)
{
	int prog_fd = load_trivial(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0), err = 0;

	if (prog_fd < 0)
		return prog_fd;
	if (f->attach)
		err = seen(bpf_raw_tracepoint_open("sched_process_free", prog_fd));
	close(prog_fd);
	return err;
}

/* ---- many functions by one link ------------------------------------------------------------- */

static int probe_tracing_multi(struct features *f, int attach_type)
{
	int prog_fd = load_trivial(BPF_PROG_TYPE_TRACING, attach_type, 0), err;

	if (prog_fd < 0)
		return prog_fd;
	if (f->attach && f->func.name) {
		err = seen(link__tracing_multi(prog_fd, attach_type, &f->func.id, NULL, 1));
	} else {
		/* A link of nothing is refused with EINVAL where there are such links. */
		err = link__tracing_multi(prog_fd, attach_type, NULL, NULL, 0);
		err = err == -EINVAL ? 0 : err;
	}
	close(prog_fd);
	return err;
}

static int probe_fentry_multi(struct features *f)
{
	int err = probe_tracing_multi(f, ATTACH_FENTRY_MULTI);

	return err ? err : probe_tracing_multi(f, ATTACH_FEXIT_MULTI);
}

static int probe_fsession_multi(struct features *f)
{
	int err = probe_tracing_multi(f, ATTACH_FSESSION_MULTI);

	return err ? err : features__get(f, FEATURE_SESSION)->err;
}

/*
 * Kernels before 5.18 take no notice of a kprobe program's attach type: the link tells. Where there
 * are such links, one of a function that does not exist is refused because of it.
 */
static int probe_kprobe_links(struct features *f, int attach_type, bool at_return)
{
	const char *name = f->attach && f->func.name ? f->func.name : NO_FUNCTION;
	int prog_fd = load_trivial(BPF_PROG_TYPE_KPROBE, attach_type, 0), err;

	if (prog_fd < 0)
		return prog_fd;
	err = seen(link__kprobe_multi(prog_fd, attach_type, at_return, NULL, &name, NULL, 1));
	if (name != f->func.name && (err == -ESRCH || err == -ENOENT))
		err = 0;
	close(prog_fd);
	return err;
}

static int probe_kprobe_multi(struct features *f)
{
	int err = probe_kprobe_links(f, ATTACH_KPROBE_MULTI, false);

	return err ? err : probe_kprobe_links(f, ATTACH_KPROBE_MULTI, true);
}

static int probe_kprobe_session(struct features *f)
{
	int err = probe_kprobe_links(f, ATTACH_KPROBE_SESSION, false);

	return err ? err : features__get(f, FEATURE_SESSION)->err;
}

/* ---- other things --------------------------------------------------------------------------- */

static int probe_btf(struct features *f)
{
	struct diag diag = DIAG_INIT;
	const struct btf *btf;
	int err = kbtf__vmlinux(f->kbtf, &btf, &diag);

	diag__exit(&diag);
	return err;
}

static int probe_ring(struct features *f)
{
	(void)f;
	return seen(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "btfsnoop_probe", 0, 0,
				   sysconf(_SC_PAGESIZE), NULL));
}

/* bpf_get_attach_cookie(ctx), which a tracing program may not call before 6.0. */
static int probe_cookie(struct features *f)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_attach_cookie },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	if (!f->func.name)
		return -ENOENT;
	return seen(load_code(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, f->func.id, insns, 3));
}

/* Functions for BPF programs are in the kernel's BTF. */
static int find_func(struct features *f, const char *name)
{
	struct kfunc func;

	return kbtf__find_func(f->kbtf, "vmlinux", name, &func, NULL);
}

static int probe_session(struct features *f)
{
	int err = find_func(f, "bpf_session_cookie");

	return err ? err : find_func(f, "bpf_session_is_return");
}

static int probe_cast(struct features *f)
{
	return find_func(f, "bpf_rdonly_cast");
}

static int probe_addresses(struct features *f)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long addr = 0;
	int err = 0;

	(void)f;
	if (!file)
		return -errno;
	while (!err && !addr)
		err = fscanf(file, "%llx%*[^\n]", &addr) == 1 ? 0 : -EPERM;
	fclose(file);
	return err;
}

static int probe_functions(struct features *f)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing/available_filter_functions",
		"/sys/kernel/debug/tracing/available_filter_functions",
	};
	int err = 0;

	(void)f;
	for (int i = 0; i < 2; i++) {
		if (!access(paths[i], R_OK))
			return 0;
		err = err ? err : -errno;
	}
	return err;
}

/* ---- asking --------------------------------------------------------------------------------- */

#define LOADED_AND_ATTACHED "a program that returns 0 was loaded and attached"

static const struct {
	const char *name;
	int (*probe)(struct features *f);
	const char *how;
	bool by_function;
} probes[NR_FEATURES] = {
	[BACKEND_FENTRY]	 = { "fentry", probe_fentry, LOADED_AND_ATTACHED, true },
	[BACKEND_FSESSION]	 = { "fsession", probe_fsession, LOADED_AND_ATTACHED, true },
	[BACKEND_FENTRY_MULTI]	 = { "fentry.multi", probe_fentry_multi, LOADED_AND_ATTACHED, true },
	[BACKEND_FSESSION_MULTI] = { "fsession.multi", probe_fsession_multi, LOADED_AND_ATTACHED,
				     true },
	[BACKEND_KPROBE]	 = { "kprobe", probe_kprobe, LOADED_AND_ATTACHED, true },
	[BACKEND_KPROBE_MULTI]	 = { "kprobe.multi", probe_kprobe_multi, LOADED_AND_ATTACHED, true },
	[BACKEND_KPROBE_SESSION] = { "kprobe.session", probe_kprobe_session, LOADED_AND_ATTACHED,
				     true },
	[BACKEND_TP_BTF]	 = { "tp_btf", probe_tp_btf,
				     "a raw tracepoint's program was loaded and attached", false },
	[FEATURE_BTF]		 = { "types", probe_btf, "/sys/kernel/btf/vmlinux was read", false },
	[FEATURE_RING]		 = { "ring buffer", probe_ring, "one was made", false },
	[FEATURE_COOKIE]	 = { "attach cookies", probe_cookie,
				     "a program that asks for its cookie was loaded", true },
	[FEATURE_SESSION]	 = { "session calls", probe_session,
				     "bpf_session_cookie() was looked for in the kernel's types",
				     false },
	[FEATURE_CAST]		 = { "direct loads", probe_cast,
				     "bpf_rdonly_cast() was looked for in the kernel's types", false },
	[FEATURE_ADDRESSES]	 = { "addresses", probe_addresses, "/proc/kallsyms was read", false },
	[FEATURE_FUNCTIONS]	 = { "function list", probe_functions,
				     "available_filter_functions was looked for", false },
};

/* Functions that kernels have and that no one minds being traced for a moment. */
static void find_target(struct features *f)
{
	static const char *const names[] = {
		"bpf_fentry_test1", "do_sys_openat2", "vfs_statfs", "ksys_read",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !f->func.name; i++)
		if (kbtf__find_func(f->kbtf, "vmlinux", names[i], &f->func, NULL))
			f->func = (struct kfunc){ 0 };
}

int features__new(struct kbtf *kbtf, bool attach, struct features **out)
{
	struct features *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->kbtf = kbtf;
	f->attach = attach;
	*out = f;
	return 0;
}

void features__free(struct features *f)
{
	free(f);
}

const struct feature_result *features__get(struct features *f, int feature)
{
	struct feature_result *result = &f->results[feature];

	if (f->is_probed[feature])
		return result;
	f->is_probed[feature] = true;
	if (!f->func.name && probes[feature].by_function)
		find_target(f);
	*result = (struct feature_result){
		.name = probes[feature].name,
		.err = probes[feature].probe(f),
		.how = probes[feature].how,
		.function = probes[feature].by_function ? f->func.name : NULL,
	};
	return result;
}

bool features__has(struct features *f, int feature)
{
	return !features__get(f, feature)->err;
}
