/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_KDEV_T_H
#define KT_UAPI_LINUX_KDEV_T_H

#include <kt/core/linux/kdev_t.h>

#endif
