# SPDX-License-Identifier: GPL-2.0-only
#
# The test programs. Included by the Makefile; O is the build directory.
#
# Static, so that they run in guests as they are.

PROGS := udpsend packetsock readn recurse slowcall openfail calls syscalls tty_run rebtf withcaps
PROGS_DIR := tests/progs

.PHONY: progs
progs: $(PROGS:%=$(O)/progs/%)

$(O)/progs/%: $(PROGS_DIR)/%.c $(PROGS_DIR)/prog.c $(PROGS_DIR)/prog.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -static -pthread -o $@ \
		$(PROGS_DIR)/prog.c $<
