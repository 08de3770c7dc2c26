/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See utsname.h. */
#ifndef KT_LINUX_UTS_H
#define KT_LINUX_UTS_H

#include <linux/utsname.h>

#endif
