/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_STRING_H
#define KT_UAPI_LINUX_STRING_H

#include <kt/core/linux/string.h>

#endif
