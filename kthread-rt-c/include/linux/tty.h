/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TTY_H
#define KT_LINUX_TTY_H

#include <kt/core/linux/tty.h>

/* What a kernel's linux/tty.h brings along. */
#include <linux/cdev.h>
#include <linux/kfifo.h>
#include <linux/major.h>
#include <linux/seq_file.h>

#endif
