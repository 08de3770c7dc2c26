/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_LIMITS_H
#define KT_UAPI_LINUX_LIMITS_H

#include <kt/core/linux/limits.h>

#endif
