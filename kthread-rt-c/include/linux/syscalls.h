/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names for modules that look at system calls, which this process has none of. */
#ifndef KT_LINUX_SYSCALLS_H
#define KT_LINUX_SYSCALLS_H

#include <linux/fs.h>
#include <linux/linkage.h>
#include <linux/types.h>

#endif
