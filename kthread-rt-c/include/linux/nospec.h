/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NOSPEC_H
#define KT_LINUX_NOSPEC_H

#include <kt/core/linux/nospec.h>

/* What a kernel's linux/nospec.h brings along. */
#include <asm/barrier.h>

#endif
