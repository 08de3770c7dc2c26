/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_POISON_H
#define KT_LINUX_POISON_H

#include <kt/core/linux/list.h>

#endif
