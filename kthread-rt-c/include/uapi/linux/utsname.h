/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_UTSNAME_H
#define KT_UAPI_LINUX_UTSNAME_H

#include <kt/core/linux/utsname.h>

#endif
