/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KEXEC_H
#define KT_LINUX_KEXEC_H

#include <kt/core/linux/types.h>

/* What a kernel's linux/kexec.h brings along. */
#include <asm/io.h>
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <uapi/linux/kexec.h>

#endif
