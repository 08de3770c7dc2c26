/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_KEXEC_H
#define KT_UAPI_LINUX_KEXEC_H

#include <kt/core/linux/types.h>

/* What a kernel's uapi/linux/kexec.h brings along. */
#include <linux/types.h>

#endif
