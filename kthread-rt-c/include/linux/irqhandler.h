/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IRQHANDLER_H
#define KT_LINUX_IRQHANDLER_H

#include <kt/core/linux/irqhandler.h>

#endif
