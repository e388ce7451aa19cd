# SPDX-License-Identifier: GPL-2.0-only
#
# The fuzzers: clang's libFuzzer, with sanitizers. Included by tests.mk.
#
# make fuzz		runs each for FUZZ_SECONDS, an hour is 3600; what it learns stays in
#			$(O)/fuzz/corpus, inputs that fail go to $(O)/fuzz/found
# make fuzz FUZZ=spec	one of them

FUZZ_SECONDS ?= 60
FUZZ	  ?= $(patsubst tests/unit/fuzz_%.c,%,$(wildcard tests/unit/fuzz_*.c))
FUZZ_SAN  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZERS	  := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/fuzz_*.c))

fuzz: fuzz-build
	tests/fuzz --build $(O) --seconds $(FUZZ_SECONDS) $(FUZZ)

fuzz-build:
	$(MAKE) O=$(O)/fuzz CC=$(CLANG) CFLAGS='$(FUZZ_SAN) -fsanitize=fuzzer-no-link' fuzzers

fuzzers: $(FUZZERS:%=$(O)/unit/%)

$(O)/unit/fuzz_%: tests/unit/fuzz_%.c $(O)/libbtfsnoop.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer -MMD -MP -MF $@.d \
		-o $@ $< $(O)/libbtfsnoop.a $(LIBS)

-include $(FUZZERS:%=$(O)/unit/%.d)

.PHONY: fuzz fuzz-build fuzzers
