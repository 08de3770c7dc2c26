/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Shutdown of the machine, which ends the process; and notifiers for it. Unloading a module is not
 * a shutdown.
 */
#ifndef KT_CORE_LINUX_REBOOT_H
#define KT_CORE_LINUX_REBOOT_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/notifier.h>
#include <kt/core/linux/types.h>

#define SYS_DOWN 0x0001
#define SYS_RESTART SYS_DOWN
#define SYS_HALT 0x0002
#define SYS_POWER_OFF 0x0003

KT_BEGIN
int register_reboot_notifier(struct notifier_block *nb);
int unregister_reboot_notifier(struct notifier_block *nb);
/*
 * These call the notifiers, print a kernel's message, and end the process with status 0, without
 * unloading modules.
 */
void kernel_restart(char *command) __noreturn;
void kernel_halt(void) __noreturn;
void kernel_power_off(void) __noreturn;
/* These return; another thread shuts down. */
void orderly_poweroff(bool force);
void orderly_reboot(void);
KT_END

static inline bool kernel_can_power_off(void)
{
	return true;
}

#endif
