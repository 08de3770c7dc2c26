/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TTY_H
#define KT_LINUX_TTY_H

#include <kt/core/linux/tty.h>

/* What a kernel's linux/tty.h brings along. */
#include <linux/kfifo.h>
#include <linux/major.h>
#include <linux/tty_driver.h>
#include <uapi/linux/tty.h>

#endif
