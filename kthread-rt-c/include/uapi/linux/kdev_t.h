/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/kdev_t.h. */
#ifndef KT_UAPI_LINUX_KDEV_T_H
#define KT_UAPI_LINUX_KDEV_T_H

#include <linux/kdev_t.h>

#endif
