/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_QUICKLIST_H
#define KT_LINUX_QUICKLIST_H

#include <kt/core/linux/quicklist.h>

#endif
