/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UNISTD_H
#define KT_LINUX_UNISTD_H

#include <kt/core/asm/unistd.h>

/* What a kernel's linux/unistd.h brings along. */
#include <asm/unistd.h>

#endif
