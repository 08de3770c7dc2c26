/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UTS_H
#define KT_LINUX_UTS_H

#include <kt/core/linux/utsname.h>

#endif
