/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See ratelimit.h. */
#ifndef KT_LINUX_RATELIMIT_TYPES_H
#define KT_LINUX_RATELIMIT_TYPES_H

#include <linux/ratelimit.h>

#endif
