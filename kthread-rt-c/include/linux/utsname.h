/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UTSNAME_H
#define KT_LINUX_UTSNAME_H

#include <kt/core/linux/utsname.h>

/* What a kernel's linux/utsname.h brings along. */
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <uapi/linux/utsname.h>

#endif
