// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF files by names that a recording gives, and perf's cache of them: render/elf-symbols.h,
 * report/build-id-cache.h. Whose files these are, and what is in them, others decide.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "../../perf-plugin/render/elf-symbols.h"
#include "../../perf-plugin/report/build-id-cache.h"
#include "../../perf-plugin/util/buf.h"

#define NOBODY		65534
#define TEXT_ADDR	0x401000
#define TEXT_OFFSET	0x1000
#define TOO_LONG	60		/* seconds that a test may take */

/* Memory that can't be had is to be an error here, as it is without the sanitizer. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static char dir[] = "/tmp/test_elf_symbols.XXXXXX";
static const struct build_id own_id = { .id = "0123456789abcdefghi", .len = 20 };
static const struct build_id no_id = { .len = 0 };

/* A name in the directory of these tests, valid for the next four calls. */
static const char *at(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned int nr;
	char *path = paths[nr++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", dir, name);
	return path;
}

/* ---- files --------------------------------------------------------------------------------- */

enum { SEC_NULL, SEC_NAMES, SEC_NOTE, SEC_STRTAB, SEC_SYMTAB, NR_SECTIONS };

/* A program with a build id and these symbols, whose names are in @strings. */
struct program {
	Elf64_Ehdr head;
	Elf64_Phdr text;
	Elf64_Shdr sections[NR_SECTIONS];
	char names[16];
	struct {
		Elf64_Nhdr head;
		char name[4];
		uint8_t id[20];
	} note;
};

static void program__init(struct program *p, size_t strings_size, size_t nr_symbols)
{
	static const char names[16] = "\0.names\0.text";

	*p = (struct program){
		.head = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			.e_ehsize = sizeof(p->head), .e_phoff = offsetof(struct program, text),
			.e_phentsize = sizeof(p->text), .e_phnum = 1,
			.e_shoff = offsetof(struct program, sections),
			.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = NR_SECTIONS,
			.e_shstrndx = SEC_NAMES,
		},
		.text = {
			.p_type = PT_LOAD, .p_offset = TEXT_OFFSET, .p_vaddr = TEXT_ADDR,
			.p_filesz = 0x1000, .p_memsz = 0x1000,
		},
		.note = {
			.head = { .n_namesz = 4, .n_descsz = 20, .n_type = NT_GNU_BUILD_ID },
			.name = "GNU",
		},
	};
	memcpy(p->names, names, sizeof(names));
	memcpy(p->note.id, own_id.id, sizeof(p->note.id));
	p->sections[SEC_NAMES] = (Elf64_Shdr){
		.sh_name = 1, .sh_type = SHT_STRTAB, .sh_size = sizeof(p->names),
		.sh_offset = offsetof(struct program, names),
	};
	p->sections[SEC_NOTE] = (Elf64_Shdr){
		.sh_type = SHT_NOTE, .sh_size = sizeof(p->note), .sh_addralign = 4,
		.sh_offset = offsetof(struct program, note),
	};
	p->sections[SEC_STRTAB] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB, .sh_size = strings_size, .sh_offset = sizeof(*p),
	};
	p->sections[SEC_SYMTAB] = (Elf64_Shdr){
		.sh_type = SHT_SYMTAB, .sh_size = nr_symbols * sizeof(Elf64_Sym),
		.sh_link = SEC_STRTAB, .sh_entsize = sizeof(Elf64_Sym),
		.sh_offset = (sizeof(*p) + strings_size + 7) & ~7ULL,
	};
}

static Elf64_Sym symbol(uint32_t name, uint64_t addr)
{
	return (Elf64_Sym){
		.st_name = name, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1,
		.st_value = addr, .st_size = 16,
	};
}

static void program__write(const struct program *p, const char *path, const char *strings,
			   const Elf64_Sym *symbols)
{
	const Elf64_Shdr *s = p->sections;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, p, sizeof(*p), 0), sizeof(*p));
	assert_int_equal(pwrite(fd, strings, s[SEC_STRTAB].sh_size, sizeof(*p)),
			 s[SEC_STRTAB].sh_size);
	assert_int_equal(pwrite(fd, symbols, s[SEC_SYMTAB].sh_size, s[SEC_SYMTAB].sh_offset),
			 s[SEC_SYMTAB].sh_size);
	close(fd);
}

static void write_small(const char *path)
{
	static const char strings[] = "\0first\0second";
	const Elf64_Sym symbols[] = {
		symbol(0, 0), symbol(1, TEXT_ADDR), symbol(7, TEXT_ADDR + 32),
	};
	struct program p;

	program__init(&p, sizeof(strings), 3);
	program__write(&p, path, strings, symbols);
}

static struct elf_symbols *read_symbols(const char *path, const struct build_id *id)
{
	struct elf_symbols *es = NULL;
	int err;

	err = elf_symbols__new(path, id, &es);
	assert_true(!err || err == -ENOMEM);
	return es;
}

/* Nothing is in there, and its reading leaves no limit behind. */
static void expect_nothing(const char *path)
{
	struct rlimit before, after;
	struct elf_symbols *es;
	struct build_id id;

	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	es = read_symbols(path, &no_id);
	assert_false(es && elf_symbols__any(es));
	elf_symbols__free(es);
	elf_file__build_id(path, &id);
	assert_int_equal(id.len, 0);
	assert_int_equal(getrlimit(RLIMIT_AS, &after), 0);
	assert_int_equal(after.rlim_cur, before.rlim_cur);
}

/* ---- symbols ------------------------------------------------------------------------------- */

static void expect_symbol(struct elf_symbols *es, uint64_t offset, const char *name, uint64_t from)
{
	uint64_t from_start = 0;
	const char *found = elf_symbols__find(es, offset, &from_start);

	if (name)
		assert_string_equal(found, name);
	else
		assert_null(found);
	assert_int_equal(from_start, from);
}

static void symbols_are_found_by_offset(void **state)
{
	struct elf_symbols *es;
	struct build_id id;

	(void)state;
	write_small(at("small"));
	elf_file__build_id(at("small"), &id);
	assert_int_equal(id.len, 20);
	assert_memory_equal(id.id, own_id.id, 20);
	es = read_symbols(at("small"), &own_id);
	expect_symbol(es, TEXT_OFFSET + 3, "first", 3);
	expect_symbol(es, TEXT_OFFSET + 40, "second", 8);
	expect_symbol(es, TEXT_OFFSET + 60, NULL, 0);
	elf_symbols__free(es);
}

/* elf_strptr() looked for each one's end from the table's: for minutes. */
static void names_without_an_end(void **state)
{
	const size_t size = 16 << 20, nr = 200000;
	char *strings = malloc(size);
	Elf64_Sym *symbols = calloc(nr, sizeof(*symbols));
	struct elf_symbols *es;
	struct program p;
	uint64_t from;

	(void)state;
	memset(strings, 'A', size);
	for (size_t i = 0; i < nr; i++)
		symbols[i] = symbol(i % 2 ? i % 16 + 1 : size - 3, TEXT_ADDR + i * 16);
	symbols[2].st_name = size;
	symbols[4].st_name = UINT32_MAX;
	program__init(&p, size, nr);
	program__write(&p, at("endless"), strings, symbols);
	es = read_symbols(at("endless"), &no_id);
	expect_symbol(es, TEXT_OFFSET, "AAA", 0);
	assert_int_equal(strlen(elf_symbols__find(es, TEXT_OFFSET + 16, &from)), 2048);
	expect_symbol(es, TEXT_OFFSET + 32, NULL, 0);
	expect_symbol(es, TEXT_OFFSET + 64, NULL, 0);
	elf_symbols__free(es);
	free(strings);
	free(symbols);
	unlink(at("endless"));
}

/* Each of them was looked at for each address behind them. */
static void very_many_at_one_address(void **state)
{
	const size_t nr = 200000;
	Elf64_Sym *symbols = calloc(nr, sizeof(*symbols));
	struct elf_symbols *es;
	struct program p;

	(void)state;
	for (size_t i = 0; i < nr; i++)
		symbols[i] = symbol(1, TEXT_ADDR + 64);
	symbols[nr / 2].st_size = 64;
	symbols[nr / 2].st_name = 7;		/* longer: preferred to the others */
	symbols[nr / 2 + 1] = symbol(1, TEXT_ADDR);
	program__init(&p, 16, nr);
	program__write(&p, at("crowded"), "\0first\0seconds\0", symbols);
	es = read_symbols(at("crowded"), &no_id);
	for (unsigned int i = 0; i < 200000; i++)
		expect_symbol(es, TEXT_OFFSET + 128 + i % 1024, NULL, 0);
	expect_symbol(es, TEXT_OFFSET + 64 + 40, "seconds", 40);
	expect_symbol(es, TEXT_OFFSET + 2, "first", 2);
	elf_symbols__free(es);
	free(symbols);
	unlink(at("crowded"));
}

/* With holes it takes no room: 2^26 sections, and tables of 64 GB. */
static void what_a_file_says_of_its_size(void **state)
{
	Elf64_Sym symbols[] = { symbol(0, 0), symbol(1, TEXT_ADDR) };
	struct rusage usage;
	struct program p;
	int fd;

	(void)state;
	program__init(&p, 8, 2);
	p.head.e_shnum = 0;
	p.sections[0].sh_size = 1 << 26;
	program__write(&p, at("sections"), "\0first\0", symbols);
	assert_int_equal(truncate(at("sections"), 5LL << 30), 0);
	expect_nothing(at("sections"));
	unlink(at("sections"));

	program__init(&p, 8, 2);
	p.sections[SEC_NAMES].sh_size = p.sections[SEC_STRTAB].sh_size =
		p.sections[SEC_NOTE].sh_size = 64LL << 30;
	p.sections[SEC_STRTAB].sh_size = 8;
	program__write(&p, at("tables"), "\0first\0", symbols);
	p.sections[SEC_STRTAB].sh_size = 64LL << 30;
	p.sections[SEC_SYMTAB].sh_size = 64LL << 30;
	fd = open(at("tables"), O_WRONLY);
	assert_int_equal(pwrite(fd, &p, sizeof(p), 0), sizeof(p));
	close(fd);
	assert_int_equal(truncate(at("tables"), 65LL << 30), 0);
	expect_nothing(at("tables"));
	unlink(at("tables"));
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	assert_in_range(usage.ru_maxrss, 1, 3 << 19);	/* kB */
}

/* What is mapped would end us by SIGBUS where the owner cuts it short. */
static void a_file_that_is_cut_meanwhile(void **state)
{
	pid_t pid;

	(void)state;
	write_small(at("cut"));
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		for (unsigned int i = 0; i < 200000; i++)
			if (truncate(at("cut"), i % 2 ? 0 : 8192))
				_exit(1);
		_exit(0);
	}
	while (!waitpid(pid, NULL, WNOHANG)) {
		write_small(at("cut"));
		elf_symbols__free(read_symbols(at("cut"), &no_id));
	}
	unlink(at("cut"));
}

/* ---- what is no file of that kind ---------------------------------------------------------- */

static void only_regular_files_are_opened(void **state)
{
	(void)state;
	write_small(at("small"));
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_int_equal(symlink("fifo", at("to-fifo")), 0);
	assert_int_equal(symlink("small", at("to-small")), 0);
	assert_int_equal(elf_file__open(at("fifo")), -ENOENT);
	assert_int_equal(elf_file__open(at("to-fifo")), -ENOENT);
	assert_int_equal(elf_file__open(dir), -ENOENT);
	assert_int_equal(elf_file__open(at("none")), -ENOENT);
	expect_nothing(at("fifo"));
	close(elf_file__open(at("to-small")));
	if (!geteuid() && !mknod(at("null"), S_IFCHR | 0600, 1 << 8 | 3))
		assert_int_equal(elf_file__open(at("null")), -ENOENT);
}

/* ---- compressed modules -------------------------------------------------------------------- */

/* What @size bytes of @data become, as often as that; it has no end. */
static void write_packed(const char *path, const void *data, size_t size, unsigned int times)
{
	static unsigned char packed[1 << 20];
	z_stream z = { .next_in = NULL };
	FILE *file = fopen(path, "w");

	/* As gzip. Behind a full flush all begins anew: what comes second fits anywhere. */
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	for (unsigned int i = 0; i < times; i++) {
		static size_t len;

		if (i < 2) {
			z.next_in = (unsigned char *)data;
			z.avail_in = size;
			z.next_out = packed;
			z.avail_out = sizeof(packed);
			assert_int_equal(deflate(&z, times > 1 ? Z_FULL_FLUSH : Z_FINISH),
					 times > 1 ? Z_OK : Z_STREAM_END);
			len = sizeof(packed) - z.avail_out;
		}
		assert_int_equal(fwrite(packed, 1, len, file), len);
	}
	deflateEnd(&z);
	fclose(file);
}

static void write_packed_small(const char *path)
{
	char bytes[8192];
	FILE *file;
	size_t len;

	write_small(at("small"));
	file = fopen(at("small"), "r");
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	write_packed(path, bytes, len, 1);
}

/* As perf's cache has them; where others can have put what they like they stay packed. */
static void packed_files_are_of_us_or_root(void **state)
{
	struct build_id id;

	(void)state;
	write_packed_small(at("elf"));
	elf_file__build_id(at("elf"), &id);
	assert_int_equal(id.len, 20);
	assert_int_equal(rename(at("elf"), at("other")), 0);
	expect_nothing(at("other"));
	assert_int_equal(rename(at("other"), at("elf")), 0);
	assert_int_equal(chmod(at("elf"), 0666), 0);
	expect_nothing(at("elf"));
	assert_int_equal(chmod(at("elf"), 0644), 0);
	if (!geteuid()) {
		assert_int_equal(chown(at("elf"), NOBODY, NOBODY), 0);
		expect_nothing(at("elf"));
	}
	unlink(at("elf"));
}

/* 3 GB of zeros. */
static void a_bomb_is_not_unpacked(void **state)
{
	const size_t size = 64 << 20;
	void *zeros = calloc(1, size);
	struct rusage usage;
	struct build_id id;

	(void)state;
	write_packed(at("elf"), zeros, size, 48);
	free(zeros);
	elf_file__build_id(at("elf"), &id);
	assert_int_equal(id.len, 0);
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	assert_in_range(usage.ru_maxrss, 1, 3 << 19);	/* kB */
	unlink(at("elf"));
}

/* ---- the cache ----------------------------------------------------------------------------- */

#define HEX	"303132333435363738396162636465666768" "6900"

static struct build_id_cache *open_cache(const char *name)
{
	struct build_id_cache *cache;

	setenv("PERF_BUILDID_DIR", at(name), 1);
	assert_int_equal(build_id_cache__open(&cache), 0);
	return cache;
}

/* What the cache has of @path. */
static struct stat cached(const char *name, const char *path)
{
	struct buf file = BUF_INIT;
	struct stat st;

	buf__addf(&file, "%s%s/%s/elf", at(name), path, HEX);
	if (lstat(buf__str(&file), &st))
		st = (struct stat){ .st_mode = 0 };
	buf__exit(&file);
	return st;
}

static void files_are_linked(void **state)
{
	struct build_id_cache *cache = open_cache("cache");
	char target[PATH_MAX] = "";
	struct stat st, there;

	(void)state;
	write_small(at("small"));
	assert_int_equal(build_id_cache__add(cache, at("small"), &own_id), 0);
	assert_int_equal(build_id_cache__add(cache, at("small"), &own_id), 0);
	there = cached("cache", at("small"));
	assert_int_equal(stat(at("small"), &st), 0);
	assert_int_equal(there.st_ino, st.st_ino);
	assert_true(readlink(at("cache/.build-id/30/313233343536373839616263646566676869" "00"),
			     target, sizeof(target) - 1) > 0);
	assert_non_null(strstr(target, "/small/" HEX));
	build_id_cache__close(cache);
}

static void names_that_lead_elsewhere(void **state)
{
	static const char *const names[] = {
		"", "small", "../small", "/..", "/../small", "/tmp/../small", "/tmp/..",
		"[kernel.kallsyms]/..", "[vdso]",
	};
	struct build_id_cache *cache = open_cache("cache");

	(void)state;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(build_id_cache__add(cache, names[i], &own_id), -EINVAL);
	for (unsigned int len = 0; len < 2; len++)
		assert_int_equal(build_id_cache__add(cache, at("small"),
						     &(struct build_id){ .len = len }), -EINVAL);
	assert_int_equal(build_id_cache__add(cache, at("fifo"), &own_id), -ENOENT);
	assert_false(cached("cache", at("fifo")).st_mode);
	build_id_cache__close(cache);
}

/* The link itself, in the place of the file, would lead to whatever its owner likes. */
static void a_link_is_not_what_it_leads_to(void **state)
{
	struct build_id_cache *cache = open_cache("cache");

	(void)state;
	assert_int_equal(build_id_cache__add(cache, at("to-small"), &own_id), 0);
	assert_true(S_ISREG(cached("cache", at("to-small")).st_mode));
	build_id_cache__close(cache);
}

/* Their rights would outlive them; and one with holes would fill the disk. */
static void privileged_files_are_copied(void **state)
{
	struct build_id_cache *cache = open_cache("cache");
	struct stat st;

	(void)state;
	write_small(at("setuid"));
	assert_int_equal(chmod(at("setuid"), 04755), 0);
	assert_int_equal(build_id_cache__add(cache, at("setuid"), &own_id), 0);
	st = cached("cache", at("setuid"));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	write_small(at("large"));
	assert_int_equal(chmod(at("large"), 04755), 0);
	assert_int_equal(truncate(at("large"), 1LL << 40), 0);
	assert_int_equal(build_id_cache__add(cache, at("large"), &own_id), -EFBIG);
	assert_false(cached("cache", at("large")).st_mode);
	unlink(at("large"));
	build_id_cache__close(cache);
}

/* sudo -E: a directory of somebody else's, who has a link to one of ours in it. */
static void the_cache_of_another_user(void **state)
{
	struct build_id_cache *cache;
	struct stat st;

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(mkdir(at("home"), 0755), 0);
	assert_int_equal(chown(at("home"), NOBODY, NOBODY), 0);
	cache = open_cache("home/.debug");
	assert_int_equal(build_id_cache__add(cache, at("small"), &own_id), 0);
	st = cached("home/.debug", at("small"));
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(build_id_cache__add(cache, "[kernel.kallsyms]", &own_id), -EPERM);
	build_id_cache__close(cache);
	assert_int_equal(stat(at("home/.debug"), &st), 0);
	assert_int_equal(st.st_uid, NOBODY);

	assert_int_equal(mkdir(at("ours"), 0755), 0);
	assert_int_equal(mkdir(at("home/planted"), 0755), 0);
	assert_int_equal(chown(at("home/planted"), NOBODY, NOBODY), 0);
	assert_int_equal(symlink(at("ours"), at("home/planted/tmp")), 0);
	cache = open_cache("home/planted");
	assert_int_equal(build_id_cache__add(cache, at("small"), &own_id), -EACCES);
	build_id_cache__close(cache);
	assert_int_equal(rmdir(at("ours")), 0);
	/* We are who we were. */
	write_small(at("mine"));
	assert_int_equal(stat(at("mine"), &st), 0);
	assert_int_equal(st.st_uid, 0);
}

/* -------------------------------------------------------------------------------------------- */

static int make_dir(void **state)
{
	(void)state;
	alarm(TOO_LONG);
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[sizeof(dir) + 16];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_are_found_by_offset),
		cmocka_unit_test(names_without_an_end),
		cmocka_unit_test(very_many_at_one_address),
		cmocka_unit_test(what_a_file_says_of_its_size),
		cmocka_unit_test(a_file_that_is_cut_meanwhile),
		cmocka_unit_test(only_regular_files_are_opened),
		cmocka_unit_test(packed_files_are_of_us_or_root),
		cmocka_unit_test(a_bomb_is_not_unpacked),
		cmocka_unit_test(files_are_linked),
		cmocka_unit_test(names_that_lead_elsewhere),
		cmocka_unit_test(a_link_is_not_what_it_leads_to),
		cmocka_unit_test(privileged_files_are_copied),
		cmocka_unit_test(the_cache_of_another_user),
	};

	return cmocka_run_group_tests_name("elf symbols", tests, make_dir, remove_dir);
}
