/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The version magic of modules. */
#ifndef KT_CORE_LINUX_VERMAGIC_H
#define KT_CORE_LINUX_VERMAGIC_H

#include <kt/core/generated/utsrelease.h>

/* The kernel version, and the options that a module has to match. */
#define VERMAGIC_STRING UTS_RELEASE " SMP preempt mod_unload "

#endif
