/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_XARRAY_H
#define KT_LINUX_XARRAY_H

#include <kt/core/linux/xarray.h>

/* What a kernel's linux/xarray.h brings along. */
#include <linux/kconfig.h>
#include <linux/sched/mm.h>

#endif
