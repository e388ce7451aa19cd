# SPDX-License-Identifier: GPL-2.0-only
#
# The tests. Included by the Makefile; O is the build directory.
#
# make test		installs what is missing, builds, runs everything
# make test-unit, test-native, test-guest, test-perf, test-deb
#			a section of it
# T=PATTERN		only tests whose line matches *PATTERN*
# FUZZ_SECONDS=N	how long the fuzzers run, 60 by default (tests/fuzz.mk)

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
UNITS	 := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
GUEST_TESTS := $(O)/tests/judge $(O)/tests/limit
TEST_RUN  = tests/run --build $(O) $(if $(T),--match '$(T)')

test:
	scripts/setup test
	$(MAKE) test-build
	$(MAKE) deb
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(TEST_RUN)

test-unit: test-asan fuzz-build
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(TEST_RUN) unit

test-native: $(O)/perf-btfsnoop $(O)/btfsnoop.so progs $(GUEST_TESTS) test-asan
	$(TEST_RUN) native

test-guest: test-build
	$(TEST_RUN) guest

test-perf: test-build
	$(TEST_RUN) perf

# The package, and fresh chroots of Debian releases that it is installed in.
test-deb: deb
	$(TEST_RUN) deb

test-build: $(O)/perf-btfsnoop $(O)/btfsnoop.so progs $(GUEST_TESTS) test-asan fuzz-build

# The same sources once more, with sanitizers, and the C tests.
test-asan:
	$(MAKE) O=$(O)/asan CFLAGS='$(SANITIZE)' $(O)/asan/perf-btfsnoop units

# With them what makes files for tests of commands.
units: $(UNITS:%=$(O)/unit/%) $(O)/unit/make_data $(O)/btfsnoop.so

$(O)/unit/%: tests/unit/%.c $(O)/libbtfsnoop.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $< $(O)/libbtfsnoop.a -lcmocka $(LIBS)

-include $(UNITS:%=$(O)/unit/%.d) $(O)/unit/make_data.d
include tests/fuzz.mk

.PHONY: test test-unit test-native test-guest test-perf test-deb test-build test-asan units

# What guests have besides: the judge, which prints structs as the kernel does, and programs written
# by hand, which tell what tracing costs at least.
$(O)/tests/%.bpf.o: tests/guest/%.bpf.c bpf/plan.h
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) -target bpf -mcpu=v3 -O2 -g $(WARNINGS) -Wno-unused-parameter \
		-D__TARGET_ARCH_$(ARCH) -idirafter /usr/include/$(MULTIARCH) -c -o $@ $<

$(O)/tests/%.skel.h: $(O)/tests/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $*_bpf >$@.tmp && mv $@.tmp $@

$(O)/tests/%: tests/guest/%.c $(O)/tests/%.skel.h tests/guest/command.h
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -I$(O)/tests -o $@ $< -lbpf -lelf -lz

.SECONDARY: $(foreach test,$(GUEST_TESTS),$(test).bpf.o $(test).skel.h)
