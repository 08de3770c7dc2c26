/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYS_H
#define KT_LINUX_SYS_H

#include <kt/core/linux/sys.h>

#endif
