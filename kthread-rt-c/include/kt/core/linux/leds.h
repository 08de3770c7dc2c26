/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LEDs. They can be registered, but have no effect. */
#ifndef KT_CORE_LINUX_LEDS_H
#define KT_CORE_LINUX_LEDS_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/types.h>

enum led_brightness { LED_OFF = 0, LED_ON = 1, LED_HALF = 127, LED_FULL = 255 };

#define LED_CORE_SUSPENDRESUME (1 << 16)

struct led_classdev {
	const char *name;
	unsigned int brightness;
	unsigned int max_brightness;
	int flags;
	void (*brightness_set)(struct led_classdev *led, enum led_brightness brightness);
	int (*brightness_set_blocking)(struct led_classdev *led, enum led_brightness brightness);
	enum led_brightness (*brightness_get)(struct led_classdev *led);
	int (*blink_set)(struct led_classdev *led, unsigned long *on, unsigned long *off);
	struct device *dev;
	const char *default_trigger;
};

static inline int led_classdev_register(struct device *parent, struct led_classdev *led)
{
	(void)parent;
	if (!led->max_brightness)
		led->max_brightness = LED_FULL;
	return 0;
}
#define devm_led_classdev_register led_classdev_register

static inline void led_set_brightness(struct led_classdev *led, unsigned int brightness)
{
	led->brightness = brightness < led->max_brightness ? brightness : led->max_brightness;
	if (led->brightness_set)
		led->brightness_set(led, (enum led_brightness)led->brightness);
	else if (led->brightness_set_blocking)
		led->brightness_set_blocking(led, (enum led_brightness)led->brightness);
}

static inline void led_classdev_unregister(struct led_classdev *led)
{
	led_set_brightness(led, LED_OFF);
}

#endif
