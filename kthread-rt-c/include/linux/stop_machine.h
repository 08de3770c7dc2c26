/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STOP_MACHINE_H
#define KT_LINUX_STOP_MACHINE_H

#include <kt/core/linux/stop_machine.h>

/* What a kernel's linux/stop_machine.h brings along. */
#include <linux/cpu.h>

#endif
