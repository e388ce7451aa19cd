# SPDX-License-Identifier: GPL-2.0-only
#
# make			builds $(O)/perf-btfsnoop and its man page
# make demo, make test	install what is missing, build, and run
# make help		says what else there is

O	 ?= build
ifeq ($(origin CC),default)
CC	 = gcc
endif
CLANG	 ?= clang
BPFTOOL	 ?= bpftool
OBJCOPY_BPF ?= llvm-objcopy
PREFIX	 ?= /usr/local
CFLAGS	 ?= -O2 -g
WARNINGS := -Wall -Wextra
VERSION	 := 0.1

# perf looks for its subcommands here; a PREFIX of one's own has a perf-core of its own, to be put
# on PATH or into PERF_EXEC_PATH.
PERF_EXEC_DIR ?= $(or $(shell perf --exec-path 2>/dev/null),$(PREFIX)/libexec/perf-core)
MANDIR	 ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions

MACHINE	 := $(shell uname -m)
ARCH	 := $(patsubst x86_64,x86,$(MACHINE))
MULTIARCH := $(shell $(CC) -print-multiarch)

LIBS	 := -lbpf -ldw -lelf -ltraceevent -lslang -lz -lm
CPPFLAGS_ALL = -D_GNU_SOURCE=1 -DBTFSNOOP_VERSION='"$(VERSION)"' -I$(O) -isystem /usr/include/traceevent $(CPPFLAGS)
CFLAGS_ALL = -std=gnu11 $(WARNINGS) $(CFLAGS)

SRCS	 := $(sort $(shell find perf-plugin -name '*.c'))
OBJS	 := $(SRCS:%.c=$(O)/%.o)
LIB_OBJS := $(filter-out $(O)/perf-plugin/main.o,$(OBJS))

# As in the kernel's build: what is made is named, with V=1 it is shown.
ifeq ($(V),1)
say	 =
else
say	 = @printf '  %-8s%s\n' $(1) $(2);
endif

all: $(O)/perf-btfsnoop $(O)/perf-btfsnoop.1

$(O)/perf-btfsnoop: $(OBJS)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/libbtfsnoop.a: $(LIB_OBJS)
	$(call say,AR,$@)rm -f $@ && ar crs $@ $^

$(O)/perf-plugin/%.o: perf-plugin/%.c | $(O)/btfsnoop.skel.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(O)/perf-plugin/attach/programs.o: $(O)/btfsnoop.skel.h

# The object's DWARF and line information are for people; libbpf needs its BTF only.
$(O)/btfsnoop.bpf.o: bpf/btfsnoop.bpf.c $(wildcard bpf/*.h)
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) -target bpf -mcpu=v3 -O2 -g $(WARNINGS) -Wno-unused-parameter \
		-D__TARGET_ARCH_$(ARCH) -idirafter /usr/include/$(MULTIARCH) -c -o $@.tmp $< && \
	$(OBJCOPY_BPF) --strip-debug --remove-section=.BTF.ext --remove-section=.rel.BTF.ext \
		$@.tmp $@ && rm -f $@.tmp

$(O)/btfsnoop.skel.h: $(O)/btfsnoop.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name btfsnoop_bpf > $@.tmp && mv $@.tmp $@

$(O)/perf-btfsnoop.1: perf-plugin/Documentation/perf-btfsnoop.txt
	@mkdir -p $(@D)
	$(call say,MAN,$@)asciidoctor -b manpage -a manmanual='perf Manual' -a mansource=perf-btfsnoop -o $@ $<

# Handlers of perf script, where perf script -l and perf script report look for them.
PYTHON_SCRIPTS := $(wildcard perf-plugin/scripts/python/*.py)
PYTHON_REPORTS := $(wildcard perf-plugin/scripts/python/bin/*)
PERL_SCRIPTS := $(wildcard perf-plugin/scripts/perl/*.pl)

install: all
	install -d $(DESTDIR)$(PERF_EXEC_DIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(COMPLETIONDIR)
	install -m 755 $(O)/perf-btfsnoop $(DESTDIR)$(PERF_EXEC_DIR)/perf-btfsnoop
	install -m 644 $(O)/perf-btfsnoop.1 $(DESTDIR)$(MANDIR)/man1/perf-btfsnoop.1
	install -d $(DESTDIR)$(PERF_EXEC_DIR)/scripts/python/bin $(DESTDIR)$(PERF_EXEC_DIR)/scripts/perl
	install -m 644 $(PYTHON_SCRIPTS) $(DESTDIR)$(PERF_EXEC_DIR)/scripts/python
	install -m 755 $(PYTHON_REPORTS) $(DESTDIR)$(PERF_EXEC_DIR)/scripts/python/bin
	install -m 644 $(PERL_SCRIPTS) $(DESTDIR)$(PERF_EXEC_DIR)/scripts/perl
	install -m 644 perf-plugin/completion/perf-btfsnoop $(DESTDIR)$(COMPLETIONDIR)/perf-btfsnoop

uninstall:
	rm -f $(DESTDIR)$(PERF_EXEC_DIR)/perf-btfsnoop $(DESTDIR)$(MANDIR)/man1/perf-btfsnoop.1 \
		$(DESTDIR)$(COMPLETIONDIR)/perf-btfsnoop \
		$(PYTHON_SCRIPTS:perf-plugin/%=$(DESTDIR)$(PERF_EXEC_DIR)/%) \
		$(PYTHON_REPORTS:perf-plugin/%=$(DESTDIR)$(PERF_EXEC_DIR)/%) \
		$(PERL_SCRIPTS:perf-plugin/%=$(DESTDIR)$(PERF_EXEC_DIR)/%)

clean:
	rm -rf $(O)/perf-plugin $(O)/tests $(O)/asan $(O)/fuzz $(O)/progs $(O)/btfsnoop.* $(O)/perf-btfsnoop* $(O)/libbtfsnoop.a

# What is missing is installed before anything is built, so this is a make of its own.
demo:
	scripts/setup demo
	$(MAKE) all progs
	scripts/demo $(O)

# Pictures of the pages and of report's text, of a recording of this machine's tracepoints; with
# DATA=FILE of another one.
screenshots:
	scripts/setup screenshots
	$(MAKE) all
	scripts/screenshots -o $(O)/screenshots $(O)/perf-btfsnoop $(DATA)

help:
	@echo 'make            build $(O)/perf-btfsnoop and its man page'
	@echo 'make demo       trace ip_send_skb() and show the result, in a guest if need be'
	@echo 'make test       everything: unit, native, guests of three kernels'
	@echo 'make fuzz       the fuzzers, for FUZZ_SECONDS (60)'
	@echo 'make bench      what tracing costs, beside other tracers (BENCH=cost KERNELS=trixie for a part)'
	@echo 'make screenshots  PNG of the pages and tables into $(O)/screenshots (DATA=perf.data for one of yours)'
	@echo 'make install    into PREFIX ($(PREFIX)) and perf'"'"'s exec path ($(PERF_EXEC_DIR))'
	@echo 'make uninstall, make clean'

-include tests/progs/progs.mk
-include tests/tests.mk
-include tests/bench.mk
-include $(OBJS:.o=.d)

.PHONY: all demo screenshots help install uninstall clean
.DELETE_ON_ERROR:
