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

# perf looks for its subcommands and scripts here; a PREFIX of one's own has a perf-core of its own, to
# be put on PATH or into PERF_EXEC_PATH. Where there is no perf yet the program goes into a directory of
# PATH, where perf looks as well.
PERF_FOUND := $(shell perf --exec-path 2>/dev/null)
PERF_EXEC_DIR ?= $(or $(PERF_FOUND),$(PREFIX)/libexec/perf-core)
BINDIR	 ?= $(if $(PERF_FOUND),$(PERF_EXEC_DIR),$(PREFIX)/bin)
MANDIR	 ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
# What bash reads when it starts. No one has such a directory below /usr or /usr/local.
COMPLETION_STARTDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),,$(PREFIX))/etc/bash_completion.d

MACHINE	 := $(shell uname -m)
ARCH	 := $(patsubst x86_64,x86,$(MACHINE))
MULTIARCH := $(shell $(CC) -print-multiarch)

LIBS	 := -lbpf -ldw -lelf -ltraceevent -lslang -lsqlite3 -lz -lm
CPPFLAGS_ALL = -D_GNU_SOURCE=1 -DBTFSNOOP_VERSION='"$(VERSION)"' -I$(O) -isystem /usr/include/traceevent $(CPPFLAGS)
# Position-independent, since the plugin is made of the same objects; it shows nobody its functions.
CFLAGS_ALL = -std=gnu11 -fPIC -fvisibility=hidden $(WARNINGS) $(CFLAGS)

PLUGIN_SRCS := $(sort $(wildcard perf-plugin/plugin/*.c))
PLUGIN_OBJS := $(PLUGIN_SRCS:%.c=$(O)/%.o)
SRCS	 := $(filter-out $(PLUGIN_SRCS),$(sort $(shell find perf-plugin -name '*.c')))
OBJS	 := $(SRCS:%.c=$(O)/%.o)
LIB_OBJS := $(filter-out $(O)/perf-plugin/main.o,$(OBJS))

# As in the kernel's build: what is made is named, with V=1 it is shown.
ifeq ($(V),1)
say	 =
else
say	 = @printf '  %-8s%s\n' $(1) $(2);
endif

all: $(O)/perf-btfsnoop $(O)/btfsnoop.so $(O)/perf-btfsnoop.1

# What all objects are made with: where that is not what it was, they are made anew. O is left out, as
# a directory has several names.
MADE_WITH = $(CC) $(filter-out -I$(O),$(CPPFLAGS_ALL)) $(CFLAGS_ALL) $(LDFLAGS) $(LIBS) $(CLANG) \
	$(BPFTOOL)

$(O)/.made-with: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(MADE_WITH))' | cmp -s - $@ || echo '$(subst ','\'',$(MADE_WITH))' >$@

$(O)/perf-btfsnoop: $(OBJS)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/libbtfsnoop.a: $(LIB_OBJS)
	$(call say,AR,$@)rm -f $@ && ar crs $@ $^

# libtraceevent's plugin. That is not linked: perf has it, sometimes as part of its executable.
$(O)/btfsnoop.so: $(PLUGIN_OBJS) $(O)/libbtfsnoop.a
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -shared -Wl,-Bsymbolic,--as-needed,--exclude-libs,ALL \
		-o $@ $^ -lbpf -lelf -lz -lm

$(O)/perf-plugin/%.o: perf-plugin/%.c $(O)/.made-with | $(O)/btfsnoop.skel.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(O)/perf-plugin/attach/programs.o: $(O)/btfsnoop.skel.h

# The object's DWARF and line information are for people; libbpf needs its BTF only. The names of files
# that stay in its strings are to be the same wherever it is built.
$(O)/btfsnoop.bpf.o: bpf/btfsnoop.bpf.c $(wildcard bpf/*.h) $(O)/.made-with
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) -target bpf -mcpu=v3 -O2 -g $(WARNINGS) -Wno-unused-parameter \
		-ffile-prefix-map=$(CURDIR)=. \
		-D__TARGET_ARCH_$(ARCH) -idirafter /usr/include/$(MULTIARCH) -c -o $@.tmp $< && \
	$(OBJCOPY_BPF) --strip-debug --remove-section=.BTF.ext --remove-section=.rel.BTF.ext \
		$@.tmp $@ && rm -f $@.tmp

$(O)/btfsnoop.skel.h: $(O)/btfsnoop.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name btfsnoop_bpf > $@.tmp && mv $@.tmp $@

$(O)/perf-btfsnoop.1: perf-plugin/Documentation/perf-btfsnoop.txt
	@mkdir -p $(@D)
	$(call say,MAN,$@)asciidoctor -b manpage -a manmanual='perf Manual' -a mansource=perf-btfsnoop -o $@ $<

# Where libtraceevent looks for plugins, unless its own pkg-config file knows better.
PLUGINDIR ?= $(or $(shell pkg-config --variable=plugindir libtraceevent 2>/dev/null),$\
	/usr/lib/$(MULTIARCH:%=%/)traceevent/plugins)

# For perf help btfsnoop-record, and so on.
COMMANDS := $(filter-out complete,$(patsubst perf-plugin/cmd-%.c,%,$(wildcard perf-plugin/cmd-*.c)))
COMMAND_PAGES := $(COMMANDS:%=$(O)/man/perf-btfsnoop-%.1)

$(COMMAND_PAGES): Makefile
	@mkdir -p $(@D)
	@echo '.so man1/perf-btfsnoop.1' >$@

# All that is installed: the mode, the files, the directory. The scripts are handlers of perf script,
# where perf script -l and perf script report look for them.
SCRIPTDIR := $(PERF_EXEC_DIR)/scripts
define each_installed
$(call $1,755,$(O)/perf-btfsnoop,$(BINDIR))
$(call $1,644,$(O)/perf-btfsnoop.1 $(COMMAND_PAGES),$(MANDIR)/man1)
$(call $1,644,$(wildcard perf-plugin/scripts/python/*.py),$(SCRIPTDIR)/python)
$(call $1,644,$(wildcard perf-plugin/scripts/python/bin/*.sh),$(SCRIPTDIR)/python/bin)
$(call $1,755,$(filter-out %.sh,$(wildcard perf-plugin/scripts/python/bin/*)),$(SCRIPTDIR)/python/bin)
$(call $1,644,$(wildcard perf-plugin/scripts/perl/*.pl),$(SCRIPTDIR)/perl)
$(call $1,755,$(wildcard perf-plugin/scripts/perl/bin/*),$(SCRIPTDIR)/perl/bin)
$(call $1,644,$(O)/btfsnoop.so,$(PLUGINDIR))
$(call $1,644,perf-plugin/completion/perf-btfsnoop,$(COMPLETIONDIR))
$(call $1,644,perf-plugin/completion/start/perf-btfsnoop,$(COMPLETION_STARTDIR))
endef
put	 = $(if $2,install -d $(DESTDIR)$3 && install -m $1 $2 $(DESTDIR)$3)
remove	 = $(if $2,rm -f $(addprefix $(DESTDIR)$3/,$(notdir $2)))

# Directories that are there only for what is in them; of a DESTDIR all of them.
OWN_DIRS := $(foreach dir,python/bin python perl/bin perl,$(SCRIPTDIR)/$(dir)) $(SCRIPTDIR) $(PERF_EXEC_DIR) \
	$(if $(DESTDIR),$(BINDIR)) $(PLUGINDIR) $(patsubst %/,%,$(dir $(PLUGINDIR))) $(MANDIR)/man1 \
	$(COMPLETIONDIR) $(patsubst %/,%,$(dir $(COMPLETIONDIR))) $(COMPLETION_STARTDIR)

install: all $(COMMAND_PAGES)
	$(call each_installed,put)

uninstall:
	$(call each_installed,remove)
	@cd $(DESTDIR)/ && for dir in $(OWN_DIRS:/%=%); do \
		! [ -d $$dir ] || rmdir $(if $(DESTDIR),-p) --ignore-fail-on-non-empty $$dir; done

# A Debian package and its source, of the files as they are here, into $(O)/deb.
deb:
	scripts/setup deb
	VERSION=$(VERSION) scripts/deb $(O)/deb

clean:
	rm -rf $(O)/perf-plugin $(O)/tests $(O)/asan $(O)/fuzz $(O)/progs $(O)/man $(O)/deb $(O)/btfsnoop.* \
		$(O)/perf-btfsnoop* $(O)/libbtfsnoop.a $(O)/.made-with

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
	@echo 'make deb        Debian packages, binary and source, into $(O)/deb'
	@echo 'make uninstall, make clean'

-include tests/progs/progs.mk
-include tests/tests.mk
-include tests/bench.mk
-include $(OBJS:.o=.d) $(PLUGIN_OBJS:.o=.d)

.PHONY: all demo screenshots help install uninstall deb clean FORCE
.DELETE_ON_ERROR:
