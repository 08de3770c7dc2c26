/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SYSINFO_H
#define KT_UAPI_LINUX_SYSINFO_H

#include <kt/core/linux/sysinfo.h>

#endif
