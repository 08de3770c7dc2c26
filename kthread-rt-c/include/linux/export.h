/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_EXPORT_H
#define KT_LINUX_EXPORT_H

#include <kt/core/linux/export.h>

/* What a kernel's linux/export.h brings along. */
#include <linux/compiler.h>
#include <linux/stringify.h>

#endif
