// SPDX-License-Identifier: MIT OR Apache-2.0
/* Pins and interrupts: there are none, and who asks for one is told. */
#include <linux/errno.h>
#include <linux/gpio.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/kernel_stat.h>
#include <linux/module.h>
#include <asm/hardirq.h>

static struct gpio pins[] = {
	{ 4, GPIOF_OUT_INIT_LOW, "lamp" },
	{ 17, GPIOF_IN, "button" },
};

static irqreturn_t pressed(int irq, void *data)
{
	return IRQ_WAKE_THREAD;
}

static struct irqaction action = { .handler = pressed, .name = "press", .flags = IRQF_SHARED };
static struct irq_chip chip = { .name = "chip" };

static int __init test_init(void)
{
	pr_info("pins: %d, none: %d, one of a device: %d\n", gpio_request_array(pins, ARRAY_SIZE(pins)),
		gpio_request_array(pins, 0), devm_gpio_request_one(NULL, 4, GPIOF_DIR_IN, "one"));
	gpio_free_array(pins, ARRAY_SIZE(pins));
	gpio_set_value_cansleep(4, 1);
	pr_info("a pin that may sleep: %d %d\n", gpio_cansleep(4), gpio_get_value_cansleep(4));
	pr_info("request_irq: %d, its handler: %d\n", request_irq(7, pressed, IRQF_ONESHOT, "press", pins),
		action.handler(7, NULL));
	pr_info("waking by it: %d, its type: %d, its chip: %d, its data: %d\n", enable_irq_wake(7),
		irq_set_irq_type(7, IRQ_TYPE_EDGE_BOTH), irq_set_chip(7, &chip), irq_get_irq_data(7) != NULL);
	pr_info("how many there were: %u\n", kstat_irqs_cpu(7, 0));
	return -ENODEV;
}

module_init(test_init);
MODULE_LICENSE("GPL");
