/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IRQRETURN_H
#define KT_LINUX_IRQRETURN_H

#include <kt/core/linux/irqreturn.h>

#endif
