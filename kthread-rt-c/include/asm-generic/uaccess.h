/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_UACCESS_H
#define KT_ASM_GENERIC_UACCESS_H

#include <kt/core/linux/uaccess.h>

/* What a kernel's asm-generic/uaccess.h brings along. */
#include <asm-generic/access_ok.h>
#include <linux/string.h>

#endif
