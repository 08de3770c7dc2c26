/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_WAIT_H
#define KT_UAPI_LINUX_WAIT_H

#include <kt/core/linux/wait.h>

#endif
