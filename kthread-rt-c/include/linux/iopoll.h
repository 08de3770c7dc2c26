/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IOPOLL_H
#define KT_LINUX_IOPOLL_H

#include <kt/core/linux/iopoll.h>

/* What a kernel's linux/iopoll.h brings along. */
#include <linux/delay.h>
#include <linux/io.h>

#endif
