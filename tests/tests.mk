# SPDX-License-Identifier: GPL-2.0-only
#
# The tests. Included by the Makefile; O is the build directory.
#
# make test		installs what is missing, builds, runs everything
# make test-unit, test-native, test-guest, test-perf
#			a section of it
# T=PATTERN		only tests whose line matches *PATTERN*

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
UNITS	 := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
TEST_RUN  = tests/run --build $(O) $(if $(T),--match '$(T)')

test:
	scripts/setup test
	$(MAKE) test-build
	$(TEST_RUN)

test-unit: test-asan
	$(TEST_RUN) unit

test-native: $(O)/perf-btfsnoop progs $(O)/tests/judge test-asan
	$(TEST_RUN) native

test-guest: test-build
	$(TEST_RUN) guest

test-perf: test-build
	$(TEST_RUN) perf

test-build: $(O)/perf-btfsnoop progs $(O)/tests/judge test-asan

# The same sources once more, with sanitizers, and the C tests.
test-asan:
	$(MAKE) O=$(O)/asan CFLAGS='$(SANITIZE)' $(O)/asan/perf-btfsnoop units

units: $(UNITS:%=$(O)/unit/%)

$(O)/unit/%: tests/unit/%.c $(O)/libbtfsnoop.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $< $(O)/libbtfsnoop.a -lcmocka $(LIBS)

-include $(UNITS:%=$(O)/unit/%.d)

.PHONY: test test-unit test-native test-guest test-perf test-build test-asan units

# Prints structs as the kernel does, for comparison.
$(O)/tests/judge.bpf.o: tests/guest/judge.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) -target bpf -mcpu=v3 -O2 -g $(WARNINGS) \
		-idirafter /usr/include/$(MULTIARCH) -c -o $@ $<

$(O)/tests/judge.skel.h: $(O)/tests/judge.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name judge_bpf >$@.tmp && mv $@.tmp $@

$(O)/tests/judge: tests/guest/judge.c $(O)/tests/judge.skel.h
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -I$(O)/tests -o $@ $< -lbpf -lelf -lz
