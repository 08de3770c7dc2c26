/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCUPDATE_H
#define KT_LINUX_RCUPDATE_H

#include <kt/core/linux/rcupdate.h>

/* What a kernel's linux/rcupdate.h brings along. */
#include <linux/bottom_half.h>
#include <linux/lockdep.h>
#include <linux/rcutree.h>

#endif
