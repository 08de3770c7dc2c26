/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MODULE_H
#define KT_LINUX_MODULE_H

#include <kt/core/linux/module.h>

/* What a kernel's linux/module.h brings along. */
#include <linux/kmod.h>
#include <linux/kobject.h>
#include <linux/moduleparam.h>

#endif
