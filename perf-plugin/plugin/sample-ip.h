/* SPDX-License-Identifier: GPL-2.0-only */
/* sample.ip of a record of which libtraceevent has but the raw data. */
#ifndef BTFSNOOP_PLUGIN_SAMPLE_IP_H
#define BTFSNOOP_PLUGIN_SAMPLE_IP_H

#include <stdint.h>

/*
 * Where @raw, @raw_size bytes of raw data of an event with this @sample_type, still lies in the
 * PERF_RECORD_SAMPLE it came in, as it does in perf script, the sample's ip; else 0, as of the
 * copies that perf report makes of it.
 */
uint64_t sample_ip(const void *raw, uint32_t raw_size, uint64_t sample_type);

#endif
