/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_POLL_H
#define KT_ASM_GENERIC_POLL_H

#include <kt/core/linux/poll.h>

#endif
