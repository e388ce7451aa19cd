// SPDX-License-Identifier: GPL-2.0-only
/*
 * record/workload.h, target.h, cgroup.h and texts.h: the command that is run, the tasks to record,
 * the cgroup they are in, and the texts of -f and what belongs to it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../perf-plugin/record/cgroup.h"
#include "../../perf-plugin/record/target.h"
#include "../../perf-plugin/record/texts.h"
#include "../../perf-plugin/record/workload.h"

static unsigned int nr_open_fds(void)
{
	unsigned int nr = 0;

	for (int fd = 0; fd < 1024; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

/* Waits until a command has ended, for ten seconds at most. */
static void wait_done(struct workload *w)
{
	for (int i = 0; i < 1000 && !workload__is_done(w); i++)
		usleep(10000);
	assert_true(workload__is_done(w));
}

/* ---- the workload -------------------------------------------------------------------------- */

static int run_shell(const char *script)
{
	char *const argv[] = { "sh", "-c", (char *)script, NULL };
	struct workload w = { 0 };
	int status;

	assert_int_equal(workload__prepare(&w, argv, false), 0);
	assert_true(w.pid > 0);
	assert_false(workload__is_done(&w));
	assert_int_equal(workload__start(&w), 0);
	wait_done(&w);
	status = workload__exit_status(&w);
	workload__exit(&w);
	return status;
}

static void exit_statuses(void **state)
{
	unsigned int before = nr_open_fds();

	(void)state;
	assert_int_equal(run_shell("exit 0"), 0);
	assert_int_equal(run_shell("exit 3"), 3);
	assert_int_equal(run_shell("exit 255"), 255);
	assert_int_equal(run_shell("kill -KILL $$"), 128 + SIGKILL);
	assert_int_equal(run_shell("kill -TERM $$"), 128 + SIGTERM);
	assert_int_equal(nr_open_fds(), before);
}

/* What is ours does not get into it: signals blocked and handled, files. */
static void is_not_ours(void **state)
{
	sigset_t set, old;
	char script[128];
	int pipe_fds[2];

	(void)state;
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	assert_int_equal(run_shell("kill -INT $$; sleep 5"), 128 + SIGINT);
	assert_int_equal(run_shell("kill -TERM $$; sleep 5"), 128 + SIGTERM);
	sigprocmask(SIG_SETMASK, &old, NULL);

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	/* Ours, and the four that workload__prepare() opens after them. */
	snprintf(script, sizeof(script),
		 "for i in 0 1 2 3 4 5; do ! test -e /proc/$$/fd/$((%d + i)) || exit 1; done",
		 pipe_fds[0]);
	assert_int_equal(run_shell(script), 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void cannot_be_run(void **state)
{
	static const struct {
		const char *name;
		int err;
	} commands[] = {
		{ "no-such-command-anywhere", -ENOENT },
		{ "/no/such/directory/command", -ENOENT },
		{ "/dev/null", -EACCES },
		{ "/etc/passwd", -EACCES },
		{ "/", -EACCES },
	};
	unsigned int before = nr_open_fds();

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		char *const argv[] = { (char *)commands[i].name, NULL };
		struct workload w = { 0 };

		assert_int_equal(workload__prepare(&w, argv, false), 0);
		assert_int_equal(workload__start(&w), commands[i].err);
		assert_true(workload__is_done(&w));
		assert_int_equal(waitpid(w.pid, NULL, WNOHANG), -1);
		workload__exit(&w);
		assert_int_equal(w.pid, 0);
	}
	assert_int_equal(nr_open_fds(), before);
}

/* The command does not run before it is let go, and never when it is given up before. */
static void waits(void **state)
{
	char dir[] = "/tmp/workloadXXXXXX", file[64];
	char *argv[] = { "touch", file, NULL };
	struct workload w = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/ran", dir);
	assert_int_equal(workload__prepare(&w, argv, false), 0);
	usleep(50000);
	assert_int_equal(access(file, F_OK), -1);
	workload__exit(&w);
	assert_int_equal(access(file, F_OK), -1);

	assert_int_equal(workload__prepare(&w, argv, false), 0);
	assert_int_equal(workload__start(&w), 0);
	wait_done(&w);
	assert_int_equal(access(file, F_OK), 0);
	workload__exit(&w);
	unlink(file);
	rmdir(dir);
}

/* ^C, say, while everything is being prepared: it is dead when it is let go. */
static void is_killed_before(void **state)
{
	char *const argv[] = { "true", NULL };
	struct workload w = { 0 };

	(void)state;
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(workload__prepare(&w, argv, false), 0);
	kill(w.pid, SIGINT);
	usleep(50000);
	assert_int_equal(workload__start(&w), 0);
	wait_done(&w);
	assert_int_equal(workload__exit_status(&w), 128 + SIGINT);
	workload__exit(&w);
}

/* A long one is ended. */
static void is_ended(void **state)
{
	char *const argv[] = { "sleep", "1000", NULL };
	struct workload w = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(workload__prepare(&w, argv, false), 0);
	assert_int_equal(workload__start(&w), 0);
	assert_false(workload__is_done(&w));
	assert_int_equal(workload__exit_status(&w), 0);
	pid = w.pid;
	workload__exit(&w);
	assert_int_equal(kill(pid, 0), -1);
	workload__exit(&w);	/* once more is nothing */
}

/* Started by one that ignores SIGCHLD: the kernel reaps, and there is no status to be had. */
static void nobody_waits(void **state)
{
	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(run_shell("exit 3"), 0);
	signal(SIGCHLD, SIG_DFL);
}

/* ---- targets ------------------------------------------------------------------------------- */

static pthread_barrier_t barrier;

static void *wait_at_barrier(void *tid)
{
	*(pid_t *)tid = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static bool has_tid(const struct target *target, pid_t tid)
{
	for (unsigned int i = 0; i < target->nr_tids; i++)
		if (target->tids[i] == tid)
			return true;
	return false;
}

static void process_and_threads(void **state)
{
	struct target target = { 0 };
	struct diag diag = DIAG_INIT;
	pthread_t threads[3];
	pid_t tids[3];
	unsigned int nr;

	(void)state;
	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, wait_at_barrier, &tids[i]), 0);
	pthread_barrier_wait(&barrier);

	assert_int_equal(target__add_thread(&target, tids[1], &diag), 0);
	assert_int_equal(target.nr_tids, 1);
	assert_true(target__is_alive(&target));
	assert_int_equal(target__add_process(&target, getpid(), &diag), 0);
	nr = target.nr_tids;	/* a sanitizer can have a thread of its own */
	assert_true(nr >= 4);
	assert_true(has_tid(&target, getpid()));
	for (int i = 0; i < 3; i++)
		assert_true(has_tid(&target, tids[i]));
	/* Nothing twice. */
	assert_int_equal(target__add_process(&target, getpid(), &diag), 0);
	assert_int_equal(target__add_thread(&target, tids[0], &diag), 0);
	assert_int_equal(target.nr_tids, nr);
	assert_true(target__is_alive(&target));

	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
	assert_true(target__is_alive(&target));
	target__exit(&target);
	assert_int_equal(target.nr_tids, 0);
	assert_false(target__is_alive(&target));
}

static void nobody_there(void **state)
{
	struct target target = { 0 };
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_int_equal(target__add_process(&target, 0x7ffffff0, &diag), -ESRCH);
	assert_string_equal(diag.msg, "there is no process 2147483632");
	diag__exit(&diag);
	assert_int_equal(target__add_thread(&target, 0x7ffffff0, &diag), -ESRCH);
	assert_string_equal(diag.msg, "there is no thread 2147483632");
	diag__exit(&diag);
	assert_int_equal(target.nr_tids, 0);
}

/* A process that has ended is over, also while its parent has not asked how. */
static void zombies(void **state)
{
	struct target target = { 0 };
	int fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		char c;

		close(fds[1]);
		_exit(read(fds[0], &c, 1));
	}
	close(fds[0]);
	assert_int_equal(target__add_process(&target, pid, NULL), 0);
	assert_true(target__is_alive(&target));
	close(fds[1]);
	for (int i = 0; i < 1000 && target__is_alive(&target); i++)
		usleep(10000);
	assert_false(target__is_alive(&target));
	assert_int_equal(kill(pid, 0), 0);
	waitpid(pid, NULL, 0);
	assert_false(target__is_alive(&target));
	target__exit(&target);
}

/* What a process calls itself is not taken for its state. */
static void odd_names(void **state)
{
	struct target target = { 0 };
	char name[16];
	FILE *f;

	(void)state;
	f = fopen("/proc/self/comm", "r+");
	assert_non_null(f);
	assert_non_null(fgets(name, sizeof(name), f));
	rewind(f);
	fputs("x) Z (y\n) Z", f);
	fclose(f);
	assert_int_equal(target__add_thread(&target, getpid(), NULL), 0);
	assert_true(target__is_alive(&target));
	f = fopen("/proc/self/comm", "w");
	name[strcspn(name, "\n")] = '\0';
	fputs(name, f);
	fclose(f);
	target__exit(&target);
}

/* ---- cgroups ------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void check_cgroup(const char *path, const char *mounts, int err, const char *msg)
{
	struct diag diag = DIAG_INIT;

	assert_int_equal(cgroup__open(path, mounts, &diag), err);
	assert_string_equal(diag.msg, msg);
	assert_non_null(diag.hint);
	diag__exit(&diag);
}

static void cgroups(void **state)
{
	char dir[] = "/tmp/cgroup testXXXXXX", mounts[64], text[128];
	unsigned int before = nr_open_fds();

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(mounts, sizeof(mounts), "%s/mounts", dir);
	write_file(mounts, "proc /proc proc rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n");
	check_cgroup("a", mounts, -ENODEV, "no cgroup2 file system is mounted");
	check_cgroup("a", "/no/such/file", -ENODEV, "no cgroup2 file system is mounted");

	/* A space in a path is \040 there. */
	snprintf(text, sizeof(text),
		 "proc /proc proc rw 0 0\nnone /tmp/cgroup\\040%s cgroup2 rw 0 0\n",
		 strchr(dir, ' ') + 1);
	write_file(mounts, text);
	check_cgroup("a/b", mounts, -ENOENT,
		     "cannot open the cgroup 'a/b': No such file or directory");
	check_cgroup("/a/b", mounts, -ENOENT,
		     "cannot open the cgroup '/a/b': No such file or directory");
	check_cgroup("/", mounts, -EINVAL, "'/' is not a cgroup of version 2");
	check_cgroup(".", mounts, -EINVAL, "'.' is not a cgroup of version 2");
	unlink(mounts);
	rmdir(dir);
	assert_int_equal(nr_open_fds(), before);
}

/* ---- texts --------------------------------------------------------------------------------- */

static void free_specs(struct spec **specs, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		spec__free(specs[i]);
	free(specs);
}

static void filters_follow_their_spec(void **state)
{
	const char *const common[TEXTS_MAX_COMMON] = { NULL, "duration() > 1" };
	struct texts texts = { 0 };
	struct spec **specs;
	unsigned int nr;

	(void)state;
	assert_false(texts__has(&texts, TEXT_SPEC));
	assert_int_equal(texts__add(&texts, TEXT_SPEC, "f(a)"), 0);
	assert_int_equal(texts__add(&texts, TEXT_FILTER, "a > 1"), 0);
	assert_int_equal(texts__add(&texts, TEXT_COMM, "x"), 0);
	assert_int_equal(texts__add(&texts, TEXT_ERRORS, NULL), 0);
	assert_int_equal(texts__add(&texts, TEXT_FILTER, "a < 9"), 0);
	assert_int_equal(texts__add(&texts, TEXT_SPEC, "g_*"), 0);
	assert_int_equal(texts__add(&texts, TEXT_EXCLUDE, "g_x*,g_y"), 0);
	assert_int_equal(texts__parse(&texts, common, &specs, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(specs[0]->nr_filters, 3);
	assert_string_equal(specs[0]->filters[0].text, "a > 1");
	assert_string_equal(specs[0]->filters[1].text, "a < 9");
	assert_string_equal(specs[0]->filters[2].text, "duration() > 1");
	assert_int_equal(specs[1]->nr_filters, 1);
	assert_true(specs[0]->errors && !specs[1]->errors);
	assert_int_equal(specs[1]->nr_patterns, 3);
	free_specs(specs, nr);
	texts__exit(&texts);
}

static void check_joined(const struct texts *texts, enum text_kind kind, const char *expected)
{
	char *joined = texts__join(texts, kind);

	assert_string_equal(joined, expected);
	free(joined);
}

/* As --no-filter and --no-function do. */
static void are_forgotten(void **state)
{
	struct texts texts = { 0 };

	(void)state;
	check_joined(&texts, TEXT_COMM, "");
	texts__add(&texts, TEXT_SPEC, "f");
	texts__add(&texts, TEXT_FILTER, "1");
	texts__add(&texts, TEXT_ERRORS, NULL);
	texts__add(&texts, TEXT_SPEC, "g");
	texts__add(&texts, TEXT_FILTER, "2");
	texts__add(&texts, TEXT_COMM, "a,b");
	texts__add(&texts, TEXT_FILTER, "3");
	texts__add(&texts, TEXT_COMM, "c");
	check_joined(&texts, TEXT_COMM, "a,b,c");
	texts__forget(&texts, TEXT_FILTER);
	check_joined(&texts, TEXT_FILTER, "1");
	check_joined(&texts, TEXT_COMM, "a,b,c");
	texts__forget(&texts, TEXT_COMM);
	assert_false(texts__has(&texts, TEXT_COMM));
	texts__add(&texts, TEXT_FILTER, "4");
	texts__forget(&texts, TEXT_ERRORS);
	assert_true(texts__has(&texts, TEXT_ERRORS));	/* of the first one still */
	texts__forget(&texts, TEXT_SPEC);
	assert_int_equal(texts.nr, 0);
	texts__exit(&texts);
}

static void wrong_texts(void **state)
{
	static const struct {
		enum text_kind kind;
		const char *text;
	} wrong[] = {
		{ TEXT_SPEC, "f(" }, { TEXT_FILTER, "" }, { TEXT_FILTER, "a >" },
		{ TEXT_EXCLUDE, "" }, { TEXT_EXCLUDE, "g(a)" },
	};
	const char *const common[TEXTS_MAX_COMMON] = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct texts texts = { 0 };
		struct spec **specs;
		unsigned int nr;

		texts__add(&texts, TEXT_SPEC, "f");
		texts__add(&texts, wrong[i].kind, wrong[i].text);
		assert_int_equal(texts__parse(&texts, common, &specs, &nr), -EINVAL);
		free_specs(specs, nr);
		texts__exit(&texts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_statuses),
		cmocka_unit_test(is_not_ours),
		cmocka_unit_test(cannot_be_run),
		cmocka_unit_test(waits),
		cmocka_unit_test(is_killed_before),
		cmocka_unit_test(is_ended),
		cmocka_unit_test(nobody_waits),
		cmocka_unit_test(process_and_threads),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(zombies),
		cmocka_unit_test(odd_names),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(filters_follow_their_spec),
		cmocka_unit_test(are_forgotten),
		cmocka_unit_test(wrong_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
