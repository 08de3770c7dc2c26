/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/uaccess.h. */
#ifndef KT_ASM_UACCESS_H
#define KT_ASM_UACCESS_H

#include <linux/uaccess.h>

#endif
