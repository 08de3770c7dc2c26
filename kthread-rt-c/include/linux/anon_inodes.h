/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ANON_INODES_H
#define KT_LINUX_ANON_INODES_H

#include <kt/core/linux/anon_inodes.h>

#endif
