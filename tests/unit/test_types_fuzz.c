// SPDX-License-Identifier: GPL-2.0-only
/*
 * types/ on BTF with random bytes changed: whatever comes out, nothing is read outside of it and
 * everything ends. Meant for a build with sanitizers; test_types_fuzz SECONDS SEED takes longer.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <time.h>
#include <bpf/libbpf.h>

#include "../../perf-plugin/types/kbtf.h"
#include "../../perf-plugin/types/load.h"
#include "../../perf-plugin/types/subset.h"
#include "../../perf-plugin/types/type.h"
#include "btf_fixture.h"

static unsigned int seconds = 1;
static uint64_t seed = 1;

/* xorshift64: the same numbers on every machine. */
static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Changes up to 8 bytes of @data behind the first @from, often into what lies near. */
static void damage(uint8_t *data, size_t size, size_t from)
{
	unsigned int i, nr = 1 + next_random() % 8;

	for (i = 0; i < nr; i++) {
		size_t at = from + next_random() % (size - from);

		switch (next_random() % 4) {
		case 0:
			data[at] ^= 1u << next_random() % 8;
			break;
		case 1:
			data[at] += next_random() % 3 - 1;
			break;
		case 2:
			/* A number from elsewhere, where numbers are. */
			at = from + (at - from) / 4 * 4;
			if (size - at >= 4)
				memcpy(&data[at], &data[next_random() % (size / 4) * 4], 4);
			break;
		default:
			data[at] = next_random();
		}
	}
}

static void use_type(const struct btf *btf, uint32_t id, struct subset *subset)
{
	struct buf buf = BUF_INIT;
	struct type_info info;
	struct member_place place;
	const char *names[4];

	type__info(btf, id, &info);
	type__is_char_pointer(btf, id);
	type__is_char_array(btf, id);
	type__name(btf, id, &buf);
	assert_true(buf.len < 4u << 20);
	type__declare(btf, id, "name", &buf);
	buf__exit(&buf);
	if (!type__find_member(btf, id, "flags", &place))
		type__info(btf, place.type_id, &info);
	type__find_member(btf, id, "no such member", &place);
	type__suggest_member(btf, id, "labels", names, 4);
	subset__add(subset, btf, id);
}

static void use_btf(const struct btf *btf)
{
	struct subset *subset;
	uint32_t id, nr = btf__type_cnt(btf);

	assert_int_equal(subset__new(&subset), 0);
	for (id = 0; id < nr + 2; id++)
		use_type(btf, id, subset);
	use_type(btf, UINT32_MAX, subset);
	assert_true(type__find(btf, "no such type", BTF_KIND_UNKN) == 0);
	type__find(btf, "demo", BTF_KIND_STRUCT);
	/* What was copied can be looked at as well. */
	nr = btf__type_cnt(subset__btf(subset));
	for (id = 0; id < nr; id++) {
		struct buf buf = BUF_INIT;

		type__name(subset__btf(subset), id, &buf);
		buf__exit(&buf);
	}
	subset__free(subset);
}

static uint8_t *original(size_t *size)
{
	struct fixture fix;
	const void *data;
	uint8_t *copy;
	uint32_t len;

	fixture_build(&fix);
	data = btf__raw_data(fix.btf, &len);
	copy = malloc(len);
	memcpy(copy, data, len);
	btf__free(fix.btf);
	*size = len;
	return copy;
}

/* Through load.h, which checks. */
static void loaded(void **state)
{
	double end = now() + seconds;
	size_t size;
	uint8_t *good = original(&size), *bad = malloc(size);
	unsigned int nr = 0, usable = 0;

	(void)state;
	for (; now() < end; nr++) {
		struct btf *btf;
		const char *why;

		memcpy(bad, good, size);
		damage(bad, size, 0);
		if (load__btf(bad, size - (nr % 16 ? 0 : next_random() % size), &btf, &why))
			continue;
		usable++;
		use_btf(btf);
		btf__free(btf);
	}
	print_message("%u damaged, %u of them could be loaded\n", nr, usable);
	assert_true(usable);
	free(bad);
	free(good);
}

/* As libbpf takes it: ids and names may be anything. */
static void unchecked(void **state)
{
	double end = now() + seconds;
	size_t size;
	uint8_t *good = original(&size), *bad = malloc(size);
	unsigned int nr = 0, usable = 0;

	(void)state;
	for (; now() < end; nr++) {
		struct btf *btf;

		memcpy(bad, good, size);
		damage(bad, size, sizeof(struct btf_header));
		btf = btf__new(bad, size);
		if (libbpf_get_error(btf))
			continue;
		usable++;
		use_btf(btf);
		btf__free(btf);
	}
	print_message("%u damaged, %u of them could be loaded\n", nr, usable);
	assert_true(usable);
	free(bad);
	free(good);
}

static int use_func(const struct kfunc *func, void *ctx)
{
	struct buf buf = BUF_INIT;

	(void)ctx;
	kfunc__signature(func, &buf);
	kfunc__find_param(func, "flags");
	buf__exit(&buf);
	return 0;
}

static void use_kernel(const char *dir)
{
	struct diag diag = DIAG_INIT;
	struct kbtf *kbtf;
	struct kfunc func;
	const char *names[4];

	assert_int_equal(kbtf__new(dir, &kbtf), 0);
	if (!kbtf__find_func(kbtf, NULL, "mod_func", &func, &diag))
		use_func(&func, NULL);
	kbtf__for_each_func(kbtf, "*", "*", use_func, NULL, &diag);
	kbtf__for_each_tracepoint(kbtf, "*", "*", use_func, NULL, &diag);
	kbtf__suggest(kbtf, false, "demo_opne", names, 4);
	kbtf__suggest(kbtf, true, "demo_evnet", names, 4);
	kbtf__free(kbtf);
	diag__exit(&diag);
}

/* A kernel and a module, either of them damaged. */
static void kernels(void **state)
{
	double end = now() + seconds;
	char dir[] = "/tmp/btfsnoop-fuzz-XXXXXX", path[256];
	size_t size, mod_size;
	uint8_t *good = original(&size), *bad = malloc(size), *mod;
	struct fixture fix;
	struct btf *module;
	const void *data;
	uint32_t len;

	(void)state;
	fixture_build(&fix);
	module = fixture_module(&fix, "alpha");
	data = btf__raw_data(module, &len);
	mod_size = len;
	mod = malloc(mod_size);
	assert_non_null(mkdtemp(dir));
	while (now() < end) {
		memcpy(bad, good, size);
		memcpy(mod, data, mod_size);
		if (next_random() % 2)
			damage(bad, size, 0);
		else
			damage(mod, mod_size, 0);
		fixture_write(dir, "vmlinux", bad, size);
		fixture_write(dir, "alpha", mod, mod_size);
		use_kernel(dir);
	}
	snprintf(path, sizeof(path), "%s/vmlinux", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/alpha", dir);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	btf__free(module);
	btf__free(fix.btf);
	free(mod);
	free(bad);
	free(good);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loaded),
		cmocka_unit_test(unchecked),
		cmocka_unit_test(kernels),
	};

	if (argc > 1)
		seconds = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 0) | 1;
	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("types_fuzz", tests, NULL, NULL);
}
