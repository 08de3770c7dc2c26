/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a module has to be built for. */
#ifndef KT_CORE_LINUX_VERMAGIC_H
#define KT_CORE_LINUX_VERMAGIC_H

#include <kt/core/generated/utsrelease.h>

/* The kernel, and how it is configured, as far as a module has to fit. */
#define VERMAGIC_STRING UTS_RELEASE " SMP preempt mod_unload "

#endif
