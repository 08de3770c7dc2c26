/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/errno.h. */
#ifndef KT_ASM_ERRNO_H
#define KT_ASM_ERRNO_H

#include <linux/errno.h>

#endif
