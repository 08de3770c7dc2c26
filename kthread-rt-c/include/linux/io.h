/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IO_H
#define KT_LINUX_IO_H

#include <kt/core/linux/io.h>

/* What a kernel's linux/io.h brings along. */
#include <asm/io.h>

#endif
