/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Blocks of a disk in memory: there are none. */
#ifndef KT_CORE_LINUX_BUFFER_HEAD_H
#define KT_CORE_LINUX_BUFFER_HEAD_H

#include <kt/core/linux/fs.h>

struct buffer_head;

#endif
