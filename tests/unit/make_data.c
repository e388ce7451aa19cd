// SPDX-License-Identifier: GPL-2.0-only
/* Writes a perf.data of known content, for tests that run commands: make_data FILE [CALLS] */
#include "calls_fixture.h"

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: make_data FILE [CALLS]\n");
		return 129;
	}
	calls_write(argv[1], argc > 2 ? strtoul(argv[2], NULL, 10) : 20);
	return 0;
}
