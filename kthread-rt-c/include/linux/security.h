/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SECURITY_H
#define KT_LINUX_SECURITY_H

#include <kt/core/linux/security.h>

/* What a kernel's linux/security.h brings along. */
#include <linux/file.h>
#include <linux/mm.h>

#endif
