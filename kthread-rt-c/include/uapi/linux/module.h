/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_MODULE_H
#define KT_UAPI_LINUX_MODULE_H

#include <kt/core/linux/module.h>

#endif
