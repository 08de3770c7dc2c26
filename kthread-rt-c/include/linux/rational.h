/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RATIONAL_H
#define KT_LINUX_RATIONAL_H

#include <kt/core/linux/rational.h>

#endif
