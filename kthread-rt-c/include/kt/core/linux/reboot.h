/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The end of the machine, which is the process; and who wants to be told before. A module that is unloaded is no such end. */
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
/* They call the notifiers, say so as a kernel does, and end the process: with 0, and no module is unloaded. */
void kernel_restart(char *command) __noreturn;
void kernel_halt(void) __noreturn;
void kernel_power_off(void) __noreturn;
/* They return; it is done from elsewhere. */
void orderly_poweroff(bool force);
void orderly_reboot(void);
KT_END

static inline bool kernel_can_power_off(void)
{
	return true;
}

#endif
