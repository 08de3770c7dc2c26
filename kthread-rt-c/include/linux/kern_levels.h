/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KERN_LEVELS_H
#define KT_LINUX_KERN_LEVELS_H

#include <kt/core/linux/kern_levels.h>

#endif
