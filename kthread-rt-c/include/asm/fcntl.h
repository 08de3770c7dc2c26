/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/fcntl.h. */
#ifndef KT_ASM_FCNTL_H
#define KT_ASM_FCNTL_H

#include <linux/fcntl.h>

#endif
