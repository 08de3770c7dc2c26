/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STRINGIFY_H
#define KT_LINUX_STRINGIFY_H

#include <kt/core/linux/stringify.h>

#endif
