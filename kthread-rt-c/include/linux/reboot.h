/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The machine's end, which is the process's: who wants to be told first is. */
#ifndef KT_LINUX_REBOOT_H
#define KT_LINUX_REBOOT_H

#include <linux/notifier.h>

#define SYS_DOWN 0x0001
#define SYS_RESTART SYS_DOWN
#define SYS_HALT 0x0002
#define SYS_POWER_OFF 0x0003

KT_BEGIN
/* Called, the greatest priority first, before the machine goes down: with SYS_RESTART, SYS_HALT or SYS_POWER_OFF. */
int register_reboot_notifier(struct notifier_block *nb);
int unregister_reboot_notifier(struct notifier_block *nb);
/* Under ukmod they unload all modules, and return; in a program they end the process. */
void kernel_restart(char *command);
void kernel_halt(void);
void kernel_power_off(void);
KT_END
#define orderly_poweroff(force) kernel_power_off()
#define orderly_reboot() kernel_restart(0)
#define emergency_restart() kernel_restart(0)

#endif
