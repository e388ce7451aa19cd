/* SPDX-License-Identifier: GPL-2.0-only */
/* Network addresses as people write them. All take the bytes in the order of the network. */
#ifndef BTFSNOOP_RENDER_ADDRESS_H
#define BTFSNOOP_RENDER_ADDRESS_H

#include <stdint.h>

#include "../util/buf.h"

/* 10.0.0.1 */
void address__ip4(struct buf *out, const uint8_t addr[4]);

/* By RFC 5952, with a dotted end where the kernel's %pI6c has one: 2001:db8::1, ::ffff:10.0.0.1 */
void address__ip6(struct buf *out, const uint8_t addr[16]);

/* 02:42:ac:11:00:02 */
void address__mac(struct buf *out, const uint8_t addr[6]);

#endif
