/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_INPUT_H
#define KT_UAPI_LINUX_INPUT_H

#include <kt/core/uapi/linux/input.h>

#endif
