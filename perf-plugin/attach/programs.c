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
#include "specialise.h"

#define LOG_SIZE	(1u << 20)
#define MIN_BUCKETS	8
#define MAX_BUCKETS	2048
#define MAX_SEQUENCES	16384	/* tasks */
#define CHAINS_A_CPU	8
#define MAX_TIMES	65536
#define MAX_CELLS_SIZE	(1u << 30)	/* bytes of one plan */
#define LINE		64		/* bytes of a cache line, which CPUs should not share */

struct programs {
	const struct programs *first;	/* whose skeleton, forms, probes these are; NULL: its own */
	struct btfsnoop_bpf *skel;
	int counters_fd, matches_fd;	/* of events that share the rest; -1: the skeleton's */
	struct code forms[NR_GENERIC_FORMS];	/* relocated */
	int probe_fds[NR_PROGRAM_VARIANTS];
	struct kernel_funcs funcs;
	uint32_t cast_type;	/* as struct bs_kernel has it */
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

/* A power of two of at least @nr. */
static uint32_t power_of_two(uint32_t nr)
{
	uint32_t power = 1;

	while (power < nr && power < 1u << 31)
		power *= 2;
	return power;
}

static int size_maps(struct btfsnoop_bpf *skel, const struct attach_opts *opts,
		     const struct event_list *events, uint32_t cast_type)
{
	uint32_t flags = opts->target.flags;
	uint32_t chains = flags & BS_TARGET_STACK || opts->chain ?
			  power_of_two(CHAINS_A_CPU * libbpf_num_possible_cpus()) : 1;
	const struct {
		struct bpf_map *map;
		uint32_t entries;
	} sizes[] = {
		{ skel->maps.ring, opts->ring_size },
		{ skel->maps.counters, events->nr },
		{ skel->maps.tasks, flags & BS_TARGET_TASKS ? opts->max_tasks : 1 },
		{ skel->maps.matches, events->nr_matches ? events->nr_matches : 1 },
		{ skel->maps.chains, chains },
		{ skel->maps.sequence, flags & BS_TARGET_SEQUENCE ? MAX_SEQUENCES : 1 },
		{ skel->maps.followed, opts->track_max ? opts->track_max : 1 },
	};

	skel->rodata_kernel->kernel.task_pid = opts->task_pid_offset;
	skel->rodata_kernel->kernel.cast_type = cast_type;
	skel->bss->control.command = BS_NO_COMMAND;
	skel->rodata_kernel->kernel.ring_wakeup = opts->ring_size / 4;
	skel->rodata_kernel->kernel.chain_mask = chains - 1;
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int err = bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);

		if (err)
			return err;
	}
	return 0;
}

static int fill_maps(struct btfsnoop_bpf *skel, const struct attach_opts *opts,
		     const struct event_list *events)
{
	uint32_t zero = 0;
	int err = 0;

	if (opts->target.flags & BS_TARGET_CGROUP)
		err = bpf_map_update_elem(bpf_map__fd(skel->maps.cgroup), &zero, &opts->cgroup_fd,
					  BPF_ANY);
	for (uint32_t i = 0; i < events->nr_matches && !err; i++)
		err = bpf_map_update_elem(bpf_map__fd(skel->maps.matches), &i, &events->matches[i],
					  BPF_ANY);
	return err;
}

static int map_counters(struct programs *p, unsigned int nr_events)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *mem;

	p->counters_size = (nr_events * sizeof(struct bs_counters) + page - 1) & ~(page - 1);
	mem = mmap(NULL, p->counters_size, PROT_READ, MAP_SHARED,
		   p->first ? p->counters_fd : bpf_map__fd(p->skel->maps.counters), 0);
	if (mem == MAP_FAILED)
		return -errno;
	p->counters = mem;
	return 0;
}

static struct code *find_code(struct programs *p, const char *name)
{
	static const char *const names[NR_GENERIC_FORMS] = {
		[PROGRAM_ENTRY]		= "at_entry",
		[PROGRAM_RETURN]	= "at_return",
		[PROGRAM_STEP]		= "at_step",
		[PROGRAM_STEP_RETURN]	= "at_step_return",
		[PROGRAM_NOTE]		= "at_note",
	};

	for (int form = 0; form < NR_GENERIC_FORMS; form++)
		if (!strcmp(name, names[form]))
			return &p->forms[form];
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
	struct code *code = find_code((struct programs *)cookie, bpf_program__name(prog));

	(void)opts;
	if (!code)
		return -EINVAL;
	if (!code__copy(code, bpf_program__insns(prog), bpf_program__insn_cnt(prog)))
		return -ENOMEM;
	return bpf_program__set_insns(prog, trivial, 2);
}

static int open_and_load(struct programs *p, const struct attach_opts *opts,
			 const struct event_list *events)
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
		err = size_maps(p->skel, opts, events, p->cast_type);
	if (!err)
		err = btfsnoop_bpf__load(p->skel);
	libbpf_unregister_prog_handler(id);
	return err ? err : fill_maps(p->skel, opts, events);
}

/* An array of one element that the verifier may take for constant. Returns its fd. */
static int create_constant(const char *name, const void *value, uint32_t size)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_RDONLY_PROG);
	uint32_t zero = 0;
	int fd, err;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(zero), size, 1, &opts);
	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(fd, &zero, value, BPF_ANY);
	if (!err)
		err = bpf_map_freeze(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static const struct bs_probe probes[NR_PROGRAM_VARIANTS] = {
	[VARIANT_TRACING_LOADS]	 = { .kind = BS_PROBE_TRACING, .typed = BS_TYPED_LOADS },
	[VARIANT_TRACING_ARGS]	 = { .kind = BS_PROBE_TRACING, .typed = BS_TYPED_ARGS },
	[VARIANT_TRACING]	 = { .kind = BS_PROBE_TRACING },
	[VARIANT_FSESSION_ARGS]	 = { .kind = BS_PROBE_TRACING, .session = 1,
				     .typed = BS_TYPED_ARGS },
	[VARIANT_FSESSION]	 = { .kind = BS_PROBE_TRACING, .session = 1 },
	[VARIANT_KPROBE]	 = { .kind = BS_PROBE_KPROBE },
	[VARIANT_KPROBE_SESSION] = { .kind = BS_PROBE_KPROBE, .session = 1 },
	[VARIANT_RAW_TP]	 = { .kind = BS_PROBE_RAW_TP },
};

static int create_probes(struct programs *p)
{
	for (int i = 0; i < NR_PROGRAM_VARIANTS; i++) {
		p->probe_fds[i] = create_constant("btfsnoop_probe", &probes[i], sizeof(probes[i]));
		if (p->probe_fds[i] < 0)
			return p->probe_fds[i];
	}
	return 0;
}

/* The BTF id of the kernel's function @name, 0: there is none. */
static uint32_t find_kernel_func(struct kbtf *kbtf, const char *name)
{
	struct kfunc func;

	return kbtf__find_func(kbtf, "vmlinux", name, &func, NULL) ? 0 : func.id;
}

static void find_kernel_funcs(struct kernel_funcs *funcs, struct kbtf *kbtf)
{
	*funcs = (struct kernel_funcs){
		.session_is_return = find_kernel_func(kbtf, "bpf_session_is_return"),
		.session_cookie = find_kernel_func(kbtf, "bpf_session_cookie"),
		.rdonly_cast = find_kernel_func(kbtf, "bpf_rdonly_cast"),
	};
}

/*
 * The id of a struct that starts with a number of 64 bits, through which any memory can be loaded;
 * 0: there is none. (From 6.17 on bpf_rdonly_cast() takes 0 itself, for bytes without a type.)
 */
static uint32_t find_cast_type(struct kbtf *kbtf)
{
	const struct btf_type *type;
	const struct btf *btf;
	int id;

	if (kbtf__vmlinux(kbtf, &btf, NULL))
		return 0;
	id = btf__find_by_name_kind(btf, "timespec64", BTF_KIND_STRUCT);
	if (id < 0)
		return 0;
	type = btf__type_by_id(btf, id);
	if (!btf_vlen(type) || btf_member_bit_offset(type, 0) ||
	    btf_member_bitfield_size(type, 0))
		return 0;
	type = btf__type_by_id(btf, btf__resolve_type(btf, btf_members(type)[0].type));
	return type && btf_is_int(type) && type->size == sizeof(uint64_t) ? id : 0;
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

/* An array that user space maps, or just writes. Returns its fd or a negative errno. */
static int create_array(const char *name, uint32_t value_size, uint32_t nr, uint32_t flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), value_size, nr ? nr : 1,
			      &opts);
}

/* What is different for each of those that share all the rest. */
static int share(struct programs *p, const struct programs *first, const struct event_list *events)
{
	int err = 0;

	p->first = first;
	p->skel = first->skel;
	p->funcs = first->funcs;
	p->cast_type = first->cast_type;
	memcpy(p->forms, first->forms, sizeof(p->forms));
	memcpy(p->probe_fds, first->probe_fds, sizeof(p->probe_fds));
	p->counters_fd = create_array("counters", sizeof(struct bs_counters), events->nr,
				      BPF_F_MMAPABLE);
	if (p->counters_fd < 0)
		return p->counters_fd;
	p->matches_fd = create_array("matches", sizeof(struct bs_match), events->nr_matches, 0);
	if (p->matches_fd < 0)
		return p->matches_fd;
	for (uint32_t i = 0; i < events->nr_matches && !err; i++)
		err = bpf_map_update_elem(p->matches_fd, &i, &events->matches[i], BPF_ANY);
	return err;
}

static int be_first(struct programs *p, const struct attach_opts *opts,
		    const struct event_list *events, struct kbtf *kbtf)
{
	int err;

	find_kernel_funcs(&p->funcs, kbtf);
	if (p->funcs.rdonly_cast)
		p->cast_type = find_cast_type(kbtf);
	libbpf_set_print(print_libbpf);
	err = open_and_load(p, opts, events);
	return err ? err : create_probes(p);
}

int programs__new(const struct attach_opts *opts, const struct programs *first,
		  const struct event_list *events, struct kbtf *kbtf, struct programs **out,
		  struct diag *diag)
{
	struct programs *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->counters_fd = p->matches_fd = -1;
	for (int i = 0; i < NR_PROGRAM_VARIANTS; i++)
		p->probe_fds[i] = -1;
	err = first ? share(p, first, events) : be_first(p, opts, events, kbtf);
	if (!err)
		err = map_counters(p, events->nr);
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
	for (int form = 0; form < NR_GENERIC_FORMS && !p->first; form++)
		free(p->forms[form].insns);
	for (int i = 0; i < NR_PROGRAM_VARIANTS && !p->first; i++)
		if (p->probe_fds[i] >= 0)
			close(p->probe_fds[i]);
	if (p->counters)
		munmap(p->counters, p->counters_size);
	if (p->counters_fd >= 0)
		close(p->counters_fd);
	if (p->matches_fd >= 0)
		close(p->matches_fd);
	if (!p->first)
		btfsnoop_bpf__destroy(p->skel);
	free(p);
}

/* As many buckets as @max_memory has room for. Returns 0 or a negative errno. */
static int create_buckets(struct loaded_plan *loaded, const struct bs_plan *plan,
			  uint32_t max_memory)
{
	uint32_t slot_size = sizeof(struct bs_slot) + plan->entry_size + plan->kept_size;

	loaded->bucket_size = BS_SLOT_KEYS + BS_SLOT_WAYS * slot_size;
	loaded->nr_buckets = MIN_BUCKETS;
	while (loaded->nr_buckets < MAX_BUCKETS &&
	       (uint64_t)2 * loaded->nr_buckets * loaded->bucket_size <= max_memory)
		loaded->nr_buckets *= 2;
	loaded->slots_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "btfsnoop_calls", sizeof(__u32),
					  loaded->bucket_size, loaded->nr_buckets, NULL);
	return loaded->slots_fd < 0 ? loaded->slots_fd : 0;
}

static int create_times(struct loaded_plan *loaded, uint32_t max_memory)
{
	uint32_t nr = MIN_BUCKETS;

	while (nr < MAX_TIMES && (uint64_t)2 * nr * sizeof(uint64_t) <= max_memory)
		nr *= 2;
	loaded->plan->nr_times = nr;
	/* Programs have its address, which is to be had of arrays of one element. */
	loaded->times_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "btfsnoop_times", sizeof(__u32),
					  nr * sizeof(uint64_t), 1, NULL);
	return loaded->times_fd < 0 ? loaded->times_fd : 0;
}

/* Cells for all functions on all CPUs. */
static int create_cells(struct loaded_plan *loaded)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	struct bs_plan *plan = loaded->plan;
	uint32_t size = plan->record_size;
	size_t page = sysconf(_SC_PAGESIZE);
	uint64_t total;
	void *mem;

	while ((uint64_t)plan->nr_cells * size % LINE)
		plan->nr_cells++;
	total = (uint64_t)plan->nr_cells * libbpf_num_possible_cpus() * size;
	if (total > MAX_CELLS_SIZE)
		return -E2BIG;
	loaded->cells_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "btfsnoop_cells", sizeof(__u32), size,
					  total / size, &opts);
	if (loaded->cells_fd < 0)
		return loaded->cells_fd;
	loaded->cells_size = (total + page - 1) & ~(page - 1);
	mem = mmap(NULL, loaded->cells_size, PROT_READ | PROT_WRITE, MAP_SHARED, loaded->cells_fd,
		   0);
	if (mem == MAP_FAILED)
		return -errno;
	loaded->cells = mem;
	return 0;
}

struct bs_cell *loaded_plan__cell(const struct loaded_plan *loaded, uint64_t function,
				  unsigned int cpu)
{
	size_t size = loaded->plan->record_size;
	size_t index = (size_t)cpu * loaded->plan->nr_cells + function;

	if (!loaded->cells || function >= loaded->plan->nr_cells ||
	    (index + 1) * size > loaded->cells_size)
		return NULL;
	return (void *)((char *)loaded->cells + index * size);
}

uint64_t loaded_plan__nr_open(const struct loaded_plan *loaded)
{
	uint32_t zero = 0, nr = loaded->plan ? loaded->plan->nr_times : 0;
	uint64_t *words, nr_open = 0;

	words = nr ? calloc(nr, sizeof(*words)) : NULL;
	if (words && !bpf_map_lookup_elem(loaded->times_fd, &zero, words))
		for (uint32_t i = 0; i < nr; i++)
			nr_open += words[i] != 0;
	free(words);
	return nr_open;
}

/* Where a plan's calls in flight are, and what it counts. */
static int create_maps(struct loaded_plan *loaded, bool paired, uint32_t max_memory)
{
	const struct bs_plan *plan = loaded->plan;
	int err = plan->stat ? create_cells(loaded) : 0;

	if (err || !paired)
		return err;
	if (plan->stat && !plan->kept_size)
		return create_times(loaded, max_memory);
	return create_buckets(loaded, plan, max_memory);
}

int programs__load_plan(struct programs *p, const struct bs_plan *plan, const char *name,
			bool paired, uint32_t max_memory, struct loaded_plan *loaded)
{
	int err = 0;

	(void)p;
	*loaded = (struct loaded_plan)LOADED_PLAN_INIT;
	loaded->plan = malloc(sizeof(*plan));
	if (!loaded->plan)
		return -ENOMEM;
	*loaded->plan = *plan;
	snprintf(loaded->name, sizeof(loaded->name), "%s", name);
	err = create_maps(loaded, paired, max_memory);
	loaded->plan->nr_buckets = loaded->nr_buckets;
	if (!err) {
		loaded->plan_fd = create_constant("btfsnoop_plan", loaded->plan, sizeof(*plan));
		err = loaded->plan_fd < 0 ? loaded->plan_fd : 0;
	}
	if (err)
		loaded_plan__exit(loaded);
	return err;
}

void loaded_plan__exit(struct loaded_plan *loaded)
{
	if (loaded->plan_fd >= 0)
		close(loaded->plan_fd);
	if (loaded->slots_fd >= 0)
		close(loaded->slots_fd);
	if (loaded->times_fd >= 0)
		close(loaded->times_fd);
	if (loaded->cells)
		munmap(loaded->cells, loaded->cells_size);
	if (loaded->cells_fd >= 0)
		close(loaded->cells_fd);
	for (int form = 0; form < NR_PROGRAM_FORMS; form++)
		for (int variant = 0; variant < NR_PROGRAM_VARIANTS; variant++)
			free(loaded->codes[form][variant].insns);
	free(loaded->plan);
	*loaded = (struct loaded_plan)LOADED_PLAN_INIT;
}

int loaded_plan__for_each_call(const struct loaded_plan *loaded,
			       void (*fn)(uint64_t key, void *ctx), void *ctx)
{
	uint64_t *keys;
	int err = 0;

	if (loaded->slots_fd < 0)
		return 0;
	keys = malloc(loaded->bucket_size);
	if (!keys)
		return -ENOMEM;
	for (uint32_t i = 0; i < loaded->nr_buckets && !err; i++) {
		err = bpf_map_lookup_elem(loaded->slots_fd, &i, keys);
		for (int way = 0; way < BS_SLOT_WAYS && !err; way++)
			if (keys[way] && keys[way] != BS_SLOT_BUSY)
				fn(keys[way], ctx);
	}
	free(keys);
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

static const char *way_name(enum bpf_prog_type type, const struct bpf_prog_load_opts *opts,
			    enum program_form form)
{
	bool at_return = form == PROGRAM_RETURN || form == PROGRAM_STEP_RETURN;

	switch ((int)opts->expected_attach_type) {
	case BPF_TRACE_FEXIT:		return "fexit";
	case ATTACH_KPROBE_MULTI:	return at_return ? "kretprobe.multi" : "kprobe.multi";
	case ATTACH_KPROBE_SESSION:	return "kprobe.session";
	case ATTACH_FSESSION:		return "fsession";
	case ATTACH_FENTRY_MULTI:	return "fentry.multi";
	case ATTACH_FEXIT_MULTI:	return "fexit.multi";
	case ATTACH_FSESSION_MULTI:	return "fsession.multi";
	}
	switch (type) {
	case BPF_PROG_TYPE_TRACING:
		return "fentry";
	case BPF_PROG_TYPE_KPROBE:
		return at_return ? "kretprobe" : "kprobe";
	default:
		return "raw_tp";
	}
}

/* How many instructions the form has, the plan reaches, and the verifier leaves. */
static void print_size(int fd, const char *event, const char *way, size_t nr, size_t nr_reached)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (verbose < 1 || bpf_obj_get_info_by_fd(fd, &info, &len))
		return;
	pr_debug("%s: %s: %zu of %zu instructions, %zu after the verifier, %u bytes of machine code\n",
		 event, way, nr_reached, nr, info.xlated_prog_len / sizeof(struct bpf_insn),
		 info.jited_prog_len);
}

static bool is_session(enum program_form form)
{
	return form == PROGRAM_SESSION || form == PROGRAM_STEP_SESSION;
}

/* Which variant costs least, if the verifier takes it. */
static enum program_variant best_variant(const struct programs *p, enum program_form form,
					 enum bpf_prog_type type)
{
	switch (type) {
	case BPF_PROG_TYPE_TRACING:
		if (is_session(form))
			return VARIANT_FSESSION_ARGS;
		return p->cast_type ? VARIANT_TRACING_ARGS : VARIANT_TRACING_LOADS;
	case BPF_PROG_TYPE_KPROBE:
		return is_session(form) ? VARIANT_KPROBE_SESSION : VARIANT_KPROBE;
	default:
		return VARIANT_RAW_TP;
	}
}

/* Whether the next variant is the same but for what the verifier may refuse. */
static bool has_next_variant(enum program_variant variant)
{
	return variant == VARIANT_TRACING_LOADS || variant == VARIANT_TRACING_ARGS ||
	       variant == VARIANT_FSESSION_ARGS;
}

/* A generic form with the plan's maps, and of it what they leave. Returns 0 or a negative errno. */
static int make_code(struct programs *p, enum program_form form, enum program_variant variant,
		     const struct loaded_plan *loaded, struct code *code)
{
	const struct code *generic = &p->forms[form];
	const struct constant_map maps[] = {
		{ loaded->plan_fd, loaded->plan, sizeof(*loaded->plan) },
		{ p->probe_fds[variant], &probes[variant], sizeof(probes[variant]) },
		{ bpf_map__fd(p->skel->maps.rodata_kernel), p->skel->rodata_kernel,
		  sizeof(*p->skel->rodata_kernel) },
	};
	long nr;

	if (!code__copy(code, generic->insns, generic->nr))
		return -ENOMEM;
	replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.rodata_plan), loaded->plan_fd);
	replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.rodata_probe),
		    p->probe_fds[variant]);
	if (loaded->slots_fd >= 0)
		replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.buckets),
			    loaded->slots_fd);
	if (loaded->times_fd >= 0)
		replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.data_times),
			    loaded->times_fd);
	if (loaded->cells_fd >= 0)
		replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.cells),
			    loaded->cells_fd);
	if (p->first) {
		replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.counters),
			    p->counters_fd);
		replace_map(code->insns, code->nr, bpf_map__fd(p->skel->maps.matches),
			    p->matches_fd);
	}
	nr = specialise(code->insns, code->nr, maps, sizeof(maps) / sizeof(*maps));
	if (nr < 0) {
		free(code->insns);
		*code = (struct code){ 0 };
		return nr;
	}
	code->nr = nr;
	assemble__put_kernel_funcs(code->insns, code->nr, &p->funcs);
	return 0;
}

/* The same for a session, of the two forms that it is made of. */
static int make_session(struct programs *p, enum program_form form, enum program_variant variant,
			const struct loaded_plan *loaded, struct code *code)
{
	bool step = form == PROGRAM_STEP_SESSION;
	struct code at_entry = { 0 }, at_return = { 0 };
	int err;

	if (!kernel_funcs__have_sessions(&p->funcs))
		return -EOPNOTSUPP;
	err = make_code(p, step ? PROGRAM_STEP : PROGRAM_ENTRY, variant, loaded, &at_entry);
	if (!err)
		err = make_code(p, step ? PROGRAM_STEP_RETURN : PROGRAM_RETURN, variant, loaded,
				&at_return);
	/* The kernel wants 0 of a trampoline's programs, and asks what kprobe.session's say. */
	if (!err)
		err = assemble__session(&at_entry, &at_return, variant == VARIANT_KPROBE_SESSION,
					&p->funcs, code);
	free(at_entry.insns);
	free(at_return.insns);
	return err;
}

static size_t generic_size(const struct programs *p, enum program_form form)
{
	switch (form) {
	case PROGRAM_SESSION:
		return p->forms[PROGRAM_ENTRY].nr + p->forms[PROGRAM_RETURN].nr;
	case PROGRAM_STEP_SESSION:
		return p->forms[PROGRAM_STEP].nr + p->forms[PROGRAM_STEP_RETURN].nr;
	default:
		return p->forms[form].nr;
	}
}

static int load_variant(struct programs *p, enum program_form form, enum program_variant variant,
			struct loaded_plan *loaded, enum bpf_prog_type type,
			const struct bpf_prog_load_opts *opts)
{
	struct code *code = &loaded->codes[form][variant];
	int fd, err;

	if (!code->insns) {
		err = (is_session(form) ? make_session : make_code)(p, form, variant, loaded, code);
		if (err)
			return err;
	}
	fd = try_load(code->insns, code->nr, type, opts);
	if (fd >= 0)
		print_size(fd, loaded->name, way_name(type, opts, form), generic_size(p, form),
			   code->nr);
	return fd;
}

int programs__load(struct programs *p, enum program_form form, struct loaded_plan *loaded,
		   enum bpf_prog_type type, const struct bpf_prog_load_opts *opts)
{
	enum program_variant variant = best_variant(p, form, type);
	uint32_t refused = 0;
	int fd;

	while (has_next_variant(variant) && loaded->refused >> variant & 1)
		variant++;
	fd = load_variant(p, form, variant, loaded, type, opts);
	while ((fd == -EACCES || fd == -EINVAL) && has_next_variant(variant)) {
		refused |= 1u << variant++;
		fd = load_variant(p, form, variant, loaded, type, opts);
	}
	/* Otherwise it was the function. */
	if (fd >= 0)
		loaded->refused |= refused;
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
