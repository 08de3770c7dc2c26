/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KOBJECT_NS_H
#define KT_LINUX_KOBJECT_NS_H

#include <kt/core/linux/kobject_ns.h>

#endif
