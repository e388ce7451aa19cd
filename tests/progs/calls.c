// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of kernel functions with parameters and results of many kinds: 8 to 64 bits, signed or not,
 * bool, enums, pointers, strings, structs by value, more parameters than there are registers.
 *
 * A line for each call: func, the kernel function, then what its parameters are, by the names they
 * have in a spec (optval.user is optval__user), and what it returns.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "prog.h"

static long result(long returned)
{
	return returned < 0 ? -errno : returned;
}

/* do_futex(u32 *uaddr, int op, u32 val, ktime_t *timeout, u32 *uaddr2, u32 val2, u32 val3): long */
static void seven_parameters(unsigned int value, unsigned int wake, unsigned int requeue)
{
	static unsigned int futex, other;
	int op = FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG;
	long err;

	futex = 0xcafe1234;
	err = result(syscall(SYS_futex, &futex, op, wake, (unsigned long)requeue, &other, value));
	printf("func=do_futex uaddr=%p op=%d val=%u timeout=NULL uaddr2=%p val2=%u val3=%u return=%ld\n",
	       &futex, op, wake, &other, requeue, value, err);
}

/* do_mmap(..., pgoff, ...) has eight or nine parameters, by the kernel; vm_mmap_pgoff() six */
static void map_file(int fd, long pages, unsigned long offset_pages)
{
	size_t len = pages * 4096;
	void *p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, offset_pages * 4096);

	if (p == MAP_FAILED)
		prog__die(errno, "mmap");
	printf("func=vm_mmap_pgoff addr=0 len=%zu prot=1 flag=2 pgoff=%lu return=%lu\n", len,
	       offset_pages, (unsigned long)p);
	printf("func=do_mmap len=%zu prot=1 flags=2 pgoff=%lu return=%lu\n", len, offset_pages,
	       (unsigned long)p);
	munmap(p, len);
}

/* do_ip_setsockopt(struct sock *, int level, int optname, sockptr_t optval, unsigned int optlen) */
static void struct_by_value(int optname, int value)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long err = result(setsockopt(fd, IPPROTO_IP, optname, &value, sizeof(value)));

	printf("func=do_ip_setsockopt level=0 optname=%d optval__user=%p optval__is_kernel=false optlen=4 "
	       "return=%ld\n", optname, &value, err);
	printf("func=do_sock_setsockopt compat=false level=0 optname=%d optval__user=%p optlen=4 "
	       "return=%ld\n", optname, &value, err);
	close(fd);
}

/* udp_v4_get_port(struct sock *sk, unsigned short snum): int; __sys_listen(int fd, int backlog) */
static void sockets(unsigned short port, int backlog)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), stream = socket(AF_INET, SOCK_STREAM, 0);
	long err = result(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));

	printf("func=udp_v4_get_port sk__sk_protocol=%d snum=%u return=%ld\n", IPPROTO_UDP, port, err);
	printf("func=__sys_listen fd=%d backlog=%d ", stream, backlog);
	printf("return=%ld\n", result(listen(stream, backlog)));
	close(fd);
	close(stream);
}

/* shmem_file_llseek(struct file *, loff_t offset, int whence): loff_t; /tmp has to be a tmpfs */
static void seek(int fd, long offset, int whence)
{
	printf("func=shmem_file_llseek offset=%ld whence=%d return=%ld\n", offset, whence,
	       result(lseek(fd, offset, whence)));
}

/* chmod_common(const struct path *path, umode_t mode): int */
static void change_mode(const char *name, int mode)
{
	printf("func=chmod_common path__dentry__d_name__name=\"%s\" mode=%d ", strrchr(name, '/') + 1,
	       mode);
	printf("return=%ld\n", result(chmod(name, mode)));
}

/* void fd_install(unsigned int fd, struct file *file) */
static void no_result(void)
{
	int fd = open("/dev/null", O_RDONLY);

	printf("func=fd_install fd=%d\n", fd);
	close(fd);
}

/* void set_user_nice(struct task_struct *p, long nice) */
static void nice_value(int nice)
{
	if (setpriority(PRIO_PROCESS, 0, nice))
		prog__die(errno, "setpriority");
	printf("func=set_user_nice p__comm=\"calls\" nice=%d\n", nice);
}

/* bool capable(int cap): acct() asks for CAP_SYS_PACCT */
static void capabilities(void)
{
	pid_t pid;

	syscall(SYS_acct, NULL);
	printf("func=capable cap=20 return=true\n");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (setresuid(65534, 65534, 65534))
			_exit(1);
		syscall(SYS_acct, NULL);
		printf("func=capable cap=20 return=false\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* pid_t kernel_clone(struct kernel_clone_args *args) */
static void child(void)
{
	pid_t pid;

	fflush(stdout);
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	printf("func=kernel_clone args__exit_signal=%d args__stack=0 return=%d\n", SIGCHLD, pid);
}

/* hrtimer_nanosleep(ktime_t rqtp, const enum hrtimer_mode mode, const clockid_t clockid): long */
static void sleep_for(long ns)
{
	struct timespec time = { 0, ns };
	uint64_t start = prog__now_ns();
	long err = result(syscall(SYS_nanosleep, &time, NULL));

	printf("func=hrtimer_nanosleep rqtp=%ld mode=HRTIMER_MODE_REL clockid=1 return=%ld ns=%llu\n", ns,
	       err, (unsigned long long)(prog__now_ns() - start));
}

/* shmem_file_setup(const char *name, loff_t size, flags): struct file * */
static void string_parameter(const char *name)
{
	close(memfd_create(name, 0));
	printf("func=shmem_file_setup name=\"memfd:%s\" size=0\n", name);
}

/* do_filp_open(int dfd, struct filename *pathname, const struct open_flags *op): struct file * */
static void error_pointer(const char *path)
{
	if (open(path, O_RDONLY) >= 0)
		prog__die(0, "%s exists", path);
	printf("func=do_filp_open dfd=-100 pathname__name=\"%s\" return=0x%lx\n", path, (long)-errno);
}

/* __sys_bpf(enum bpf_cmd cmd, bpfptr_t uattr, unsigned int size, ...): int; cmd was an int in 6.1 */
static void bpf_call(void)
{
	union bpf_attr attr = { .start_id = 0xffffffff };
	long err = result(syscall(SYS_bpf, BPF_MAP_GET_NEXT_ID, &attr, sizeof(attr)));

	printf("func=__sys_bpf cmd=BPF_MAP_GET_NEXT_ID uattr__user=%p size=%zu return=%ld\n", &attr,
	       sizeof(attr), err);
}

/* make_kuid(struct user_namespace *ns, uid_t uid): kuid_t, a struct; audit_set_loginuid(kuid_t) */
static void struct_result(const char *path, unsigned int uid)
{
	if (chown(path, uid, -1))
		prog__die(errno, "chown");
	printf("func=make_kuid uid=%u return__val=%u\n", uid, uid);
}

static char path[] = "/tmp/calls.XXXXXX";

/* A file of 64 MB, made when it is first needed. */
static int file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = mkstemp(path);
	if (fd < 0 || ftruncate(fd, 64 << 20))
		prog__die(errno, "%s", path);
	return fd;
}

static void call_do_futex(void)
{
	seven_parameters(0xcafe1234, 3, 0x12345);
	seven_parameters(0xcafe1235, 0x7fffffff, 1);
}

static void call_do_mmap(void)
{
	map_file(file(), 3, 0x1234);
}

static void call_setsockopt(void)
{
	struct_by_value(IP_TTL, 77);
	struct_by_value(IP_TTL, -5);
}

static void call_bind(void)
{
	sockets(65521, -2);
}

static void call_llseek(void)
{
	seek(file(), -5, SEEK_SET);
	seek(file(), 0x123456789L, SEEK_SET);
}

static void call_chmod(void)
{
	file();
	change_mode(path, 0764);
	change_mode(path, 0);
}

static void call_nice(void)
{
	nice_value(5);
	nice_value(-3);
}

static void call_nanosleep(void)
{
	sleep_for(1234567);
}

static void call_memfd(void)
{
	string_parameter("of calls");
}

static void call_open(void)
{
	error_pointer("/no/such/path/of/calls");
}

static void call_chown(void)
{
	file();
	struct_result(path, 54321);
}

static const struct {
	const char *name;
	void (*run)(void);
} calls[] = {
	{ "futex", call_do_futex }, { "mmap", call_do_mmap }, { "setsockopt", call_setsockopt },
	{ "bind", call_bind }, { "llseek", call_llseek }, { "chmod", call_chmod },
	{ "install", no_result }, { "nice", call_nice }, { "capable", capabilities },
	{ "clone", child }, { "nanosleep", call_nanosleep }, { "memfd", call_memfd },
	{ "open", call_open }, { "bpf", bpf_call }, { "chown", call_chown },
};

#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

static void usage(void)
{
	fprintf(stderr, "usage: calls [-C CPU] [CALL...]\nCalls, all of them without one named:");
	for (size_t i = 0; i < NR_CALLS; i++)
		fprintf(stderr, " %s", calls[i].name);
	fputc('\n', stderr);
	exit(129);
}

static void run(const char *name)
{
	for (size_t i = 0; i < NR_CALLS; i++) {
		if (!strcmp(calls[i].name, name)) {
			calls[i].run();
			return;
		}
	}
	usage();
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "C:")) != -1) {
		if (option != 'C')
			usage();
		prog__pin(prog__number(optarg, 0, 1023));
	}
	printf("pid=%d tid=%d comm=calls\n", getpid(), prog__tid());
	for (size_t i = 0; i < NR_CALLS && optind == argc; i++)
		calls[i].run();
	for (; optind < argc; optind++)
		run(argv[optind]);
	unlink(path);
	return 0;
}
