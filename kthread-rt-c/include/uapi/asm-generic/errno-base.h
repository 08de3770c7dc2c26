/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_GENERIC_ERRNO_BASE_H
#define KT_UAPI_ASM_GENERIC_ERRNO_BASE_H

#include <kt/core/linux/errno.h>

#endif
