/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Notifiers about keys. There is no keyboard, so they are never called. */
#ifndef KT_CORE_LINUX_KEYBOARD_H
#define KT_CORE_LINUX_KEYBOARD_H

#include <kt/core/linux/notifier.h>
#include <kt/core/linux/types.h>

#define KG_SHIFT 0
#define KG_ALTGR 1
#define KG_CTRL 2
#define KG_ALT 3
#define KG_SHIFTL 4
#define KG_SHIFTR 5
#define KG_CTRLL 6
#define KG_CTRLR 7
#define KG_CAPSSHIFT 8

struct vc_data;

struct keyboard_notifier_param {
	struct vc_data *vc;
	int down;
	int shift;
	int ledstate;
	unsigned int value;
};

static inline int register_keyboard_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

static inline int unregister_keyboard_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

#endif
