/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_VERSION_H
#define KT_LINUX_VERSION_H

#include <kt/core/linux/version.h>

#endif
