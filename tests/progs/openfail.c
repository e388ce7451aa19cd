// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that return known values, most of them negative errnos, from functions that return int and
 * long, with parameters that are negative, or wider than what they are stored in.
 *
 * A line for each call: func, the kernel function, then its parameters (how__flags is how->flags)
 * as the function sees them, and what it returns.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "prog.h"

/* What the kernel adds to the flags of a 64 bit open: its own value; the library's is 0. */
enum { KERNEL_O_LARGEFILE = 0100000 };

static const char *const missing = "/no/such/file";

static long result(long returned)
{
	return returned < 0 ? -errno : returned;
}

/* do_sys_openat2(int dfd, const char *filename, struct open_how *how): long */
static void open_path(int dfd, const char *path, int flags, int mode)
{
	long fd = result(syscall(SYS_openat, dfd, path, flags, mode));

	printf("func=do_sys_openat2 dfd=%d how__flags=%d how__mode=%d how__resolve=0 return=%ld\n", dfd,
	       flags | KERNEL_O_LARGEFILE, flags & O_CREAT ? mode : 0, fd);
	if (fd >= 0)
		close(fd);
}

/* do_faccessat(int dfd, const char *filename, int mode, int flags): long */
static void access_path(int mode)
{
	long err = result(syscall(SYS_faccessat, AT_FDCWD, missing, mode));

	printf("func=do_faccessat dfd=%d mode=%d flags=0 return=%ld\n", AT_FDCWD, mode, err);
}

/* ksys_read(unsigned int fd, char *buf, size_t count): ssize_t */
static void read_bad_fd(int fd, size_t count)
{
	char data[1];
	long err = result(syscall(SYS_read, fd, data, count));

	printf("func=ksys_read fd=%u count=%zu return=%ld\n", fd, count, err);
}

/* do_fcntl(int fd, unsigned int cmd, unsigned long arg, struct file *filp): long */
static void fcntl_bad_command(unsigned int cmd, unsigned long arg)
{
	long err = result(syscall(SYS_fcntl, STDERR_FILENO, cmd, arg));

	printf("func=do_fcntl fd=%d cmd=%u arg=0x%lx return=%ld\n", STDERR_FILENO, cmd, arg, err);
}

/* do_prlimit(struct task_struct *, unsigned int resource, struct rlimit *, struct rlimit *): int */
static void prlimit_bad_resource(unsigned int resource)
{
	struct rlimit limit;
	long err = result(syscall(SYS_prlimit64, 0, resource, NULL, &limit));

	printf("func=do_prlimit resource=%u new_rlim=0 return=%ld\n", resource, err);
}

/* __sys_socket(int family, int type, int protocol): int */
static void socket_bad_family(int family, int type, int protocol)
{
	long err = result(syscall(SYS_socket, family, type, protocol));

	printf("func=__sys_socket family=%d type=%d protocol=%d return=%ld\n", family, type, protocol,
	       err);
}

int main(int argc, char **argv)
{
	char loop[] = "/tmp/openfail.XXXXXX";
	char loop_link[64];
	int option;

	while ((option = getopt(argc, argv, "C:")) != -1) {
		switch (option) {
		case 'C': prog__pin(prog__number(optarg, 0, 1023)); break;
		default:
			fprintf(stderr, "usage: openfail [-C CPU]\n");
			return 129;
		}
	}
	if (!mkdtemp(loop))
		prog__die(errno, "%s", loop);
	snprintf(loop_link, sizeof(loop_link), "%s/self", loop);
	if (symlink("self", loop_link))
		prog__die(errno, "%s", loop_link);

	printf("pid=%d tid=%d comm=openfail\n", getpid(), prog__tid());
	open_path(AT_FDCWD, missing, O_RDONLY, 0);
	open_path(AT_FDCWD, missing, O_RDWR | O_CREAT | O_EXCL, 0640);
	open_path(AT_FDCWD, "/dev/null/x", O_WRONLY, 0);
	open_path(AT_FDCWD, loop_link, O_RDONLY, 0);
	open_path(AT_FDCWD, "/dev/null", O_RDONLY | O_DIRECTORY, 0);
	open_path(-7, "relative", O_RDONLY, 0);
	open_path(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
	access_path(R_OK | W_OK);
	read_bad_fd(-1, 0x123456789abcUL);
	read_bad_fd(1000000, 1);
	fcntl_bad_command(0x87654321, 0xfedcba9876543210UL);
	prlimit_bad_resource(0xfffffff0);
	socket_bad_family(77, SOCK_STREAM, -3);
	socket_bad_family(AF_INET, 0x7ff, 0);

	unlink(loop_link);
	rmdir(loop);
	return 0;
}
