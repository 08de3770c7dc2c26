/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/poll.h. */
#ifndef KT_UAPI_ASM_GENERIC_POLL_H
#define KT_UAPI_ASM_GENERIC_POLL_H

#include <linux/poll.h>

#endif
