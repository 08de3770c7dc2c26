/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Interrupt controllers. There are none: requests fail with -EINVAL, as for a number that is too
 * high.
 */
#ifndef KT_CORE_LINUX_IRQ_H
#define KT_CORE_LINUX_IRQ_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/interrupt.h>
#include <kt/core/linux/irqhandler.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

enum {
	IRQ_TYPE_NONE = 0x00000000,
	IRQ_TYPE_EDGE_RISING = 0x00000001,
	IRQ_TYPE_EDGE_FALLING = 0x00000002,
	IRQ_TYPE_EDGE_BOTH = IRQ_TYPE_EDGE_FALLING | IRQ_TYPE_EDGE_RISING,
	IRQ_TYPE_LEVEL_HIGH = 0x00000004,
	IRQ_TYPE_LEVEL_LOW = 0x00000008,
	IRQ_TYPE_LEVEL_MASK = IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_LEVEL_HIGH,
	IRQ_TYPE_SENSE_MASK = 0x0000000f,
};

struct irq_chip;

struct irq_data {
	unsigned int irq;
	unsigned long hwirq;
	struct irq_chip *chip;
	void *chip_data;
};

struct irq_chip {
	const char *name;
	unsigned int (*irq_startup)(struct irq_data *data);
	void (*irq_shutdown)(struct irq_data *data);
	void (*irq_enable)(struct irq_data *data);
	void (*irq_disable)(struct irq_data *data);
	void (*irq_ack)(struct irq_data *data);
	void (*irq_mask)(struct irq_data *data);
	void (*irq_mask_ack)(struct irq_data *data);
	void (*irq_unmask)(struct irq_data *data);
	void (*irq_eoi)(struct irq_data *data);
	int (*irq_set_affinity)(struct irq_data *data, const struct cpumask *cpus, bool force);
	int (*irq_retrigger)(struct irq_data *data);
	int (*irq_set_type)(struct irq_data *data, unsigned int type);
	int (*irq_set_wake)(struct irq_data *data, unsigned int on);
	void (*irq_bus_lock)(struct irq_data *data);
	void (*irq_bus_sync_unlock)(struct irq_data *data);
	unsigned long flags;
};

static inline int irq_set_chip(unsigned int irq, const struct irq_chip *chip)
{
	(void)irq, (void)chip;
	return -EINVAL;
}

static inline int irq_set_chip_data(unsigned int irq, void *data)
{
	(void)irq, (void)data;
	return -EINVAL;
}

static inline int irq_set_handler_data(unsigned int irq, void *data)
{
	(void)irq, (void)data;
	return -EINVAL;
}

static inline int irq_set_irq_type(unsigned int irq, unsigned int type)
{
	(void)irq, (void)type;
	return -EINVAL;
}

static inline void irq_set_handler(unsigned int irq, irq_flow_handler_t handle)
{
	(void)irq, (void)handle;
}

static inline void irq_set_chained_handler(unsigned int irq, irq_flow_handler_t handle)
{
	(void)irq, (void)handle;
}

static inline void irq_set_chip_and_handler(unsigned int irq, const struct irq_chip *chip, irq_flow_handler_t handle)
{
	(void)irq, (void)chip, (void)handle;
}

static inline void irq_set_status_flags(unsigned int irq, unsigned long set)
{
	(void)irq, (void)set;
}

static inline struct irq_data *irq_get_irq_data(unsigned int irq)
{
	(void)irq;
	return NULL;
}

static inline void *irq_data_get_irq_chip_data(struct irq_data *data)
{
	return data->chip_data;
}

static inline void handle_level_irq(struct irq_desc *desc)
{
	(void)desc;
}

static inline void handle_edge_irq(struct irq_desc *desc)
{
	(void)desc;
}

static inline void handle_simple_irq(struct irq_desc *desc)
{
	(void)desc;
}

#if !KT_SINCE(5, 8)
static inline int setup_irq(unsigned int irq, struct irqaction *action)
{
	(void)irq, (void)action;
	return -EINVAL;
}

static inline void remove_irq(unsigned int irq, struct irqaction *action)
{
	(void)irq, (void)action;
}
#endif

#endif
