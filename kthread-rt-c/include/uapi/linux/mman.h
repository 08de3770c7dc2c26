/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_MMAN_H
#define KT_UAPI_LINUX_MMAN_H

#include <kt/core/linux/mman.h>

/* What a kernel's uapi/linux/mman.h brings along. */
#include <asm-generic/mman.h>

#endif
