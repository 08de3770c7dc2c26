/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KT_DEV_H
#define KT_LINUX_KT_DEV_H

#include <kt/core/linux/kt_dev.h>

#endif
