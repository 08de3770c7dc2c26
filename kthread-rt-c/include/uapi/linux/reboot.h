/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_REBOOT_H
#define KT_UAPI_LINUX_REBOOT_H

#include <kt/core/linux/reboot.h>

#endif
