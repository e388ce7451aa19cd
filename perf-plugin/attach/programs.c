// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "../util/verbose.h"
#include "../../bpf/plan.h"	/* whose types the skeleton uses */
#include "btfsnoop.skel.h"
#include "programs.h"

#define LOG_SIZE	(1u << 20)
#define MIN_SLOTS	64
#define MAX_SLOTS	16384

/* A form's instructions, relocated, in a size that has room for few operations and one for all. */
enum { SIZE_SMALL, SIZE_LARGE, NR_SIZES };

struct code {
	struct bpf_insn *insns;
	size_t nr;
};

struct programs {
	struct btfsnoop_bpf *skel;
	struct code forms[NR_PROGRAM_FORMS][NR_SIZES];
	struct bs_counters *counters;
	size_t counters_size;
	int follow_fds[3];
	unsigned int nr_follow;
};

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (verbose < (level == LIBBPF_DEBUG ? 3 : 1))
		return 0;
	return vfprintf(stderr, fmt, ap);
}

static int size_maps(struct btfsnoop_bpf *skel, const struct attach_opts *opts,
		     unsigned int nr_events)
{
	bool by_task = opts->target.flags & BS_TARGET_TASKS;
	int err;

	err = bpf_map__set_max_entries(skel->maps.ring, opts->ring_size);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.counters, nr_events);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.tasks, by_task ? opts->max_tasks : 1);
	skel->rodata_kernel->kernel.task_pid = opts->task_pid_offset;
	skel->rodata_kernel->kernel.ring_wakeup = opts->ring_size / 4;
	return err;
}

static int map_counters(struct programs *p, unsigned int nr_events)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *mem;

	p->counters_size = (nr_events * sizeof(struct bs_counters) + page - 1) & ~(page - 1);
	mem = mmap(NULL, p->counters_size, PROT_READ, MAP_SHARED,
		   bpf_map__fd(p->skel->maps.counters), 0);
	if (mem == MAP_FAILED)
		return -errno;
	p->counters = mem;
	return 0;
}

static const char *const form_names[NR_PROGRAM_FORMS] = {
	[PROGRAM_TRACING_ENTRY]		= "tracing_entry",
	[PROGRAM_TRACING_CALL]		= "tracing_call",
	[PROGRAM_TRACING_RETURN]	= "tracing_return",
	[PROGRAM_KPROBE_ENTRY]		= "kprobe_entry",
	[PROGRAM_KPROBE_CALL]		= "kprobe_call",
	[PROGRAM_KPROBE_RETURN]		= "kprobe_return",
	[PROGRAM_TRACEPOINT]		= "tracepoint_entry",
};

static struct code *find_form(struct programs *p, const char *name)
{
	for (int form = 0; form < NR_PROGRAM_FORMS; form++) {
		size_t len = strlen(form_names[form]);

		if (strncmp(name, form_names[form], len))
			continue;
		if (!strcmp(name + len, "_small"))
			return &p->forms[form][SIZE_SMALL];
		if (!strcmp(name + len, "_large"))
			return &p->forms[form][SIZE_LARGE];
	}
	return NULL;
}

/*
 * libbpf is about to load a generic program: it has put the maps' fds into the instructions. They
 * are kept, and something trivial is loaded in their place, since what they will do is not known
 * yet.
 */
static int keep_code(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct bpf_insn trivial[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },	/* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct code *code = find_form((struct programs *)cookie, bpf_program__name(prog));

	(void)opts;
	if (!code)
		return -EINVAL;
	code->nr = bpf_program__insn_cnt(prog);
	code->insns = malloc(code->nr * sizeof(*code->insns));
	if (!code->insns)
		return -ENOMEM;
	memcpy(code->insns, bpf_program__insns(prog), code->nr * sizeof(*code->insns));
	return bpf_program__set_insns(prog, trivial, 2);
}

static int open_and_load(struct programs *p, const struct attach_opts *opts, unsigned int nr_events)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler,
		.cookie = (long)p,
		.prog_prepare_load_fn = keep_code,
	);
	int id = libbpf_register_prog_handler("generic", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &handler);
	int err;

	if (id < 0)
		return id;
	p->skel = btfsnoop_bpf__open();
	err = p->skel ? 0 : -errno;
	if (!err)
		err = size_maps(p->skel, opts, nr_events);
	if (!err)
		err = btfsnoop_bpf__load(p->skel);
	libbpf_unregister_prog_handler(id);
	return err;
}

static int load_failed(int err, struct diag *diag)
{
	diag__error(diag, err, "the kernel refuses BPF programs: %s", strerror(-err));
	if (err == -EPERM)
		diag__hint(diag, "run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_RESOURCE; "
				 "see also /sys/kernel/security/lockdown");
	else if (err == -ENOSYS)
		diag__hint(diag, "this kernel was built without CONFIG_BPF_SYSCALL");
	return err;
}

int programs__new(const struct attach_opts *opts, unsigned int nr_events, struct programs **out,
		  struct diag *diag)
{
	struct programs *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	libbpf_set_print(print_libbpf);
	err = open_and_load(p, opts, nr_events);
	if (!err)
		err = map_counters(p, nr_events);
	if (err) {
		programs__free(p);
		return load_failed(err, diag);
	}
	*out = p;
	return 0;
}

void programs__free(struct programs *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; i < p->nr_follow; i++)
		close(p->follow_fds[i]);
	for (int form = 0; form < NR_PROGRAM_FORMS; form++)
		for (int size = 0; size < NR_SIZES; size++)
			free(p->forms[form][size].insns);
	if (p->counters)
		munmap(p->counters, p->counters_size);
	btfsnoop_bpf__destroy(p->skel);
	free(p);
}

/* An array of one element that the verifier may take for constant. */
static int create_plan_map(const struct bs_plan *plan)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_RDONLY_PROG);
	__u32 zero = 0;
	int fd, err;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "btfsnoop_plan", sizeof(zero), sizeof(*plan), 1,
			    &opts);
	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(fd, &zero, plan, BPF_ANY);
	if (!err)
		err = bpf_map_freeze(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* As many slots as @max_memory has room for: a power of two. */
static uint32_t nr_slots(uint32_t slot_size, uint32_t max_memory)
{
	uint32_t nr = MIN_SLOTS;

	while (nr < MAX_SLOTS && (uint64_t)2 * nr * slot_size <= max_memory)
		nr *= 2;
	return nr;
}

int programs__load_plan(struct programs *p, const struct bs_plan *plan, bool paired,
			uint32_t max_memory, struct loaded_plan *loaded)
{
	struct bs_plan *copy;

	(void)p;
	*loaded = (struct loaded_plan){ .plan_fd = -1, .slots_fd = -1 };
	loaded->nr_ops = plan->nr_entry_ops > plan->nr_return_ops ?
			 plan->nr_entry_ops : plan->nr_return_ops;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	*copy = *plan;
	if (paired) {
		loaded->slot_size = sizeof(struct bs_slot) + plan->entry_size;
		loaded->nr_slots = nr_slots(loaded->slot_size, max_memory);
		copy->slot_mask = loaded->nr_slots - 1;
		loaded->slots_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "btfsnoop_slots",
						  sizeof(__u32), loaded->slot_size,
						  loaded->nr_slots, NULL);
		if (loaded->slots_fd < 0) {
			free(copy);
			return loaded->slots_fd;
		}
	}
	loaded->plan_fd = create_plan_map(copy);
	free(copy);
	if (loaded->plan_fd < 0) {
		int err = loaded->plan_fd;

		loaded_plan__exit(loaded);
		return err;
	}
	return 0;
}

void loaded_plan__exit(struct loaded_plan *loaded)
{
	if (loaded->plan_fd >= 0)
		close(loaded->plan_fd);
	if (loaded->slots_fd >= 0)
		close(loaded->slots_fd);
	loaded->plan_fd = loaded->slots_fd = -1;
}

int loaded_plan__for_each_call(const struct loaded_plan *loaded,
			       void (*fn)(uint64_t key, void *ctx), void *ctx)
{
	struct bs_slot *slot;
	int err = 0;

	if (loaded->slots_fd < 0)
		return 0;
	slot = malloc(loaded->slot_size);
	if (!slot)
		return -ENOMEM;
	for (uint32_t i = 0; i < loaded->nr_slots && !err; i++) {
		err = bpf_map_lookup_elem(loaded->slots_fd, &i, slot);
		if (!err && slot->key && slot->key != BS_SLOT_BUSY)
			fn(slot->key, ctx);
	}
	free(slot);
	return err;
}

/* Maps stand in a program as the fd in the first half of a two-part load (linux/bpf.h). */
static void replace_map(struct bpf_insn *insns, size_t nr, int from, int to)
{
	for (size_t i = 0; i + 1 < nr; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if ((insns[i].src_reg == BPF_PSEUDO_MAP_FD ||
		     insns[i].src_reg == BPF_PSEUDO_MAP_VALUE) && insns[i].imm == from)
			insns[i].imm = to;
		i++;
	}
}

static int try_load(struct bpf_insn *insns, size_t nr, enum bpf_prog_type type,
		    const struct bpf_prog_load_opts *from)
{
	struct bpf_prog_load_opts opts = *from;
	char *log = NULL;
	int fd;

	if (verbose >= 2)
		log = calloc(1, LOG_SIZE);
	if (log) {
		opts.log_buf = log;
		opts.log_size = LOG_SIZE;
		opts.log_level = verbose >= 3 ? 2 : 4;	/* BPF_LOG_LEVEL2, BPF_LOG_STATS */
	}
	fd = bpf_prog_load(type, "btfsnoop", "GPL", insns, nr, &opts);
	if (log && log[0])
		pr_debug("%s\n", log);
	/* Before 6.4 a log that does not fit is an error. */
	if (log && fd == -ENOSPC)
		fd = bpf_prog_load(type, "btfsnoop", "GPL", insns, nr, from);
	free(log);
	return fd;
}

int programs__load(struct programs *p, enum program_form form, const struct loaded_plan *loaded,
		   enum bpf_prog_type type, const struct bpf_prog_load_opts *opts)
{
	const struct code *code = &p->forms[form][loaded->nr_ops > BS_SMALL_OPS];
	struct bpf_insn *insns;
	int fd;

	insns = malloc(code->nr * sizeof(*insns));
	if (!insns)
		return -ENOMEM;
	memcpy(insns, code->insns, code->nr * sizeof(*insns));
	replace_map(insns, code->nr, bpf_map__fd(p->skel->maps.rodata_plan), loaded->plan_fd);
	if (loaded->slots_fd >= 0)
		replace_map(insns, code->nr, bpf_map__fd(p->skel->maps.slots), loaded->slots_fd);
	fd = try_load(insns, code->nr, type, opts);
	free(insns);
	return fd;
}

int programs__follow_tasks(struct programs *p)
{
	const struct {
		const char *name;
		const struct bpf_program *prog;
	} follow[] = {
		{ "sched_process_fork", p->skel->progs.follow_fork },
		{ "sched_process_exec", p->skel->progs.follow_exec },
		{ "sched_process_free", p->skel->progs.follow_free },
	};

	for (unsigned int i = 0; i < sizeof(follow) / sizeof(*follow); i++) {
		int fd = bpf_raw_tracepoint_open(follow[i].name, bpf_program__fd(follow[i].prog));

		if (fd < 0)
			return fd;
		p->follow_fds[p->nr_follow++] = fd;
	}
	return 0;
}

int programs__tasks_fd(const struct programs *p)
{
	return bpf_map__fd(p->skel->maps.tasks);
}

int programs__ring_fd(const struct programs *p)
{
	return bpf_map__fd(p->skel->maps.ring);
}

struct bs_control *programs__control(struct programs *p)
{
	return &p->skel->bss->control;
}

const struct bs_counters *programs__counters(const struct programs *p)
{
	return p->counters;
}
