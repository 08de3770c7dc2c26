/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KALLSYMS_H
#define KT_LINUX_KALLSYMS_H

#include <kt/core/linux/kallsyms.h>

/* What a kernel's linux/kallsyms.h brings along. */
#include <linux/mm.h>
#include <linux/module.h>

#endif
