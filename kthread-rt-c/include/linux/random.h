/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RANDOM_H
#define KT_LINUX_RANDOM_H

#include <kt/core/linux/random.h>

/* What a kernel's linux/random.h brings along. */
#include <linux/once.h>
#include <linux/prandom.h>
#include <uapi/linux/random.h>

#endif
