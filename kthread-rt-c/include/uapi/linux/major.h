/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_MAJOR_H
#define KT_UAPI_LINUX_MAJOR_H

#include <kt/core/linux/major.h>

#endif
