/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_COMPILER_ATTRIBUTES_H
#define KT_LINUX_COMPILER_ATTRIBUTES_H

#include <kt/core/linux/compiler.h>

#endif
