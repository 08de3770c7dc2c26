/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCUTREE_H
#define KT_LINUX_RCUTREE_H

#include <kt/core/linux/rcupdate.h>

#endif
