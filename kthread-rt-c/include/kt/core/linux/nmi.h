/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Watchdogs that have to be calmed down: there are none. */
#ifndef KT_CORE_LINUX_NMI_H
#define KT_CORE_LINUX_NMI_H

#include <kt/core/linux/types.h>

static inline void touch_softlockup_watchdog(void)
{
}

static inline void touch_nmi_watchdog(void)
{
}

static inline void touch_all_softlockup_watchdogs(void)
{
}

#endif
