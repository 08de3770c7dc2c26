/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_VERMAGIC_H
#define KT_LINUX_VERMAGIC_H

#include <kt/core/linux/vermagic.h>

#endif
