/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MODULEPARAM_H
#define KT_LINUX_MODULEPARAM_H

#include <kt/core/linux/moduleparam.h>

/* What a kernel's linux/moduleparam.h brings along. */
#include <linux/kernel.h>

#endif
