/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_TTY_H
#define KT_UAPI_LINUX_TTY_H

#include <kt/core/linux/tty.h>

#endif
