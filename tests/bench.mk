# SPDX-License-Identifier: GPL-2.0-only
#
# What tracing costs. Included by the Makefile; O is the build directory.
#
# make bench		installs what is missing, builds, measures everything, prints tables and plots
# BENCH=PARTS		only these: cost growth attach report plots
# KERNELS=SUITES	only in these guests: bookworm trixie sid

BENCH	 ?= cost growth attach report plots
KERNELS	 ?= bookworm trixie sid
BENCH_PROGS := $(O)/bench/load $(O)/bench/limit $(O)/bench/bare

bench:
	scripts/setup bench
	$(MAKE) bench-build
	tests/bench/run --build $(O) --kernels '$(KERNELS)' $(BENCH)

bench-build: $(O)/perf-btfsnoop progs $(BENCH_PROGS)

$(O)/bench/load: tests/bench/load.c tests/progs/prog.c tests/progs/prog.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -static -o $@ $(filter %.c,$^)

$(O)/bench/limit.bpf.o: tests/bench/limit.bpf.c bpf/plan.h
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) -target bpf -mcpu=v3 -O2 -g $(WARNINGS) -Wno-unused-parameter \
		-D__TARGET_ARCH_$(ARCH) -idirafter /usr/include/$(MULTIARCH) -c -o $@ $<

$(O)/bench/limit.skel.h: $(O)/bench/limit.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name limit_bpf >$@.tmp && mv $@.tmp $@

$(O)/bench/limit: $(O)/bench/limit.skel.h

$(O)/bench/limit $(O)/bench/bare: $(O)/bench/%: tests/bench/%.c tests/bench/functions.c \
		tests/bench/functions.h tests/bench/link.c tests/bench/link.h tests/progs/prog.c
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -I$(O)/bench -o $@ $(filter %.c,$^) -lbpf -lelf -lz

.PHONY: bench bench-build
