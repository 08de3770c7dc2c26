/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PRANDOM_H
#define KT_LINUX_PRANDOM_H

#include <kt/core/linux/prandom.h>
#include <kt/core/linux/random.h>

/* What a kernel's linux/prandom.h brings along. */
#include <linux/percpu.h>
#include <linux/random.h>

#endif
