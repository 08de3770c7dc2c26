/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_UNISTD_H
#define KT_ASM_UNISTD_H

#include <kt/core/asm/unistd.h>

/* What a kernel's asm/unistd.h brings along. */
#include <uapi/asm/unistd.h>

#endif
