/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCUPDATE_WAIT_H
#define KT_LINUX_RCUPDATE_WAIT_H

#include <kt/core/linux/rcupdate.h>

/* What a kernel's linux/rcupdate_wait.h brings along. */
#include <linux/completion.h>
#include <linux/rcupdate.h>

#endif
