/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: nobody reboots. Notifiers register, and are never called. */
#ifndef KT_LINUX_REBOOT_H
#define KT_LINUX_REBOOT_H

#include <linux/notifier.h>

#define SYS_DOWN 0x0001
#define SYS_RESTART SYS_DOWN
#define SYS_HALT 0x0002
#define SYS_POWER_OFF 0x0003

#define register_reboot_notifier(nb) ((void)(nb), 0)
#define unregister_reboot_notifier(nb) ((void)(nb), 0)

#endif
