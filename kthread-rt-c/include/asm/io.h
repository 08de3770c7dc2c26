/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/io.h. */
#ifndef KT_ASM_IO_H
#define KT_ASM_IO_H

#include <linux/io.h>

#endif
