/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TTY_DRIVER_H
#define KT_LINUX_TTY_DRIVER_H

#include <kt/core/linux/tty_driver.h>

/* What a kernel's linux/tty_driver.h brings along. */
#include <linux/cdev.h>
#include <linux/seq_file.h>

#endif
