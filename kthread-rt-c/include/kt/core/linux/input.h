/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Input devices. Their events have no listener, and there are no devices for handlers.
 */
#ifndef KT_CORE_LINUX_INPUT_H
#define KT_CORE_LINUX_INPUT_H

#include <kt/core/linux/bitops.h>
#include <kt/core/linux/device.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/mod_devicetable.h>
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/types.h>
#include <kt/core/uapi/linux/input.h>

struct file;

struct input_dev {
	const char *name;
	const char *phys;
	const char *uniq;
	struct input_id id;
	unsigned long propbit[1];
	unsigned long evbit[BITS_TO_LONGS(EV_CNT)];
	unsigned long keybit[BITS_TO_LONGS(KEY_CNT)];
	unsigned long relbit[BITS_TO_LONGS(REL_CNT)];
	unsigned long absbit[BITS_TO_LONGS(ABS_CNT)];
	unsigned long mscbit[BITS_TO_LONGS(MSC_CNT)];
	unsigned long ledbit[BITS_TO_LONGS(LED_CNT)];
	unsigned long sndbit[BITS_TO_LONGS(SND_CNT)];
	unsigned long ffbit[BITS_TO_LONGS(FF_CNT)];
	unsigned long swbit[BITS_TO_LONGS(SW_CNT)];
	unsigned int keycodemax;
	unsigned int keycodesize;
	void *keycode;
	int rep[REP_CNT];
	struct input_absinfo kt_absinfo[ABS_CNT];
	unsigned long key[BITS_TO_LONGS(KEY_CNT)];
	unsigned long led[BITS_TO_LONGS(LED_CNT)];
	unsigned long sw[BITS_TO_LONGS(SW_CNT)];
	int (*open)(struct input_dev *dev);
	void (*close)(struct input_dev *dev);
	int (*flush)(struct input_dev *dev, struct file *file);
	int (*event)(struct input_dev *dev, unsigned int type, unsigned int code, int value);
	struct mutex mutex;
	unsigned int users;
	struct device dev;
	bool kt_managed;
};
#define to_input_dev(device) container_of(device, struct input_dev, dev)

/* A word of C++. */
#ifdef __cplusplus
#define KT_PRIVATE private_
#else
#define KT_PRIVATE private
#endif

struct input_handle;

struct input_handler {
	void *KT_PRIVATE;
	void (*event)(struct input_handle *handle, unsigned int type, unsigned int code, int value);
	bool (*filter)(struct input_handle *handle, unsigned int type, unsigned int code, int value);
	bool (*match)(struct input_handler *handler, struct input_dev *dev);
	int (*connect)(struct input_handler *handler, struct input_dev *dev, const struct input_device_id *id);
	void (*disconnect)(struct input_handle *handle);
	void (*start)(struct input_handle *handle);
	const char *name;
	const struct input_device_id *id_table;
};

struct input_handle {
	void *KT_PRIVATE;
	int open;
	const char *name;
	struct input_dev *dev;
	struct input_handler *handler;
};

static inline struct input_dev *input_allocate_device(void)
{
	struct input_dev *dev = (struct input_dev *)kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		mutex_init(&dev->mutex);
	return dev;
}

/* Freed with the device that it belongs to. */
static inline struct input_dev *devm_input_allocate_device(struct device *owner)
{
	struct input_dev *dev = (struct input_dev *)devm_kzalloc(owner, sizeof(*dev), GFP_KERNEL);

	if (dev) {
		mutex_init(&dev->mutex);
		dev->dev.parent = owner;
		dev->kt_managed = true;
	}
	return dev;
}

static inline void input_free_device(struct input_dev *dev)
{
	if (dev && !dev->kt_managed)
		kfree(dev);
}

static inline int input_register_device(struct input_dev *dev)
{
	__set_bit(EV_SYN, dev->evbit);
	return 0;
}

static inline void input_unregister_device(struct input_dev *dev)
{
	input_free_device(dev);
}

static inline void input_set_capability(struct input_dev *dev, unsigned int type, unsigned int code)
{
	unsigned long *bits = type == EV_KEY ? dev->keybit :
			      type == EV_REL ? dev->relbit :
			      type == EV_ABS ? dev->absbit :
			      type == EV_MSC ? dev->mscbit :
			      type == EV_LED ? dev->ledbit :
			      type == EV_SND ? dev->sndbit :
			      type == EV_FF  ? dev->ffbit :
			      type == EV_SW  ? dev->swbit :
					       NULL;

	if (bits)
		__set_bit(code, bits);
	__set_bit(type, dev->evbit);
}

static inline void input_set_abs_params(struct input_dev *dev, unsigned int axis, int min, int max, int fuzz, int flat)
{
	struct input_absinfo info = { 0, min, max, fuzz, flat, 0 };

	dev->kt_absinfo[axis] = info;
	__set_bit(EV_ABS, dev->evbit);
	__set_bit(axis, dev->absbit);
}

static inline int input_abs_get_max(struct input_dev *dev, unsigned int axis)
{
	return dev->kt_absinfo[axis].maximum;
}

static inline int input_abs_get_min(struct input_dev *dev, unsigned int axis)
{
	return dev->kt_absinfo[axis].minimum;
}

/* The state of keys is kept. */
static inline void input_event(struct input_dev *dev, unsigned int type, unsigned int code, int value)
{
	unsigned long *bits = type == EV_KEY ? dev->key : type == EV_LED ? dev->led : type == EV_SW ? dev->sw : NULL;

	if (bits && value)
		__set_bit(code, bits);
	else if (bits)
		__clear_bit(code, bits);
	else if (type == EV_ABS)
		dev->kt_absinfo[code].value = value;
}

static inline void input_report_key(struct input_dev *dev, unsigned int code, int value)
{
	input_event(dev, EV_KEY, code, !!value);
}

static inline void input_report_rel(struct input_dev *dev, unsigned int code, int value)
{
	input_event(dev, EV_REL, code, value);
}

static inline void input_report_abs(struct input_dev *dev, unsigned int code, int value)
{
	input_event(dev, EV_ABS, code, value);
}

static inline void input_report_switch(struct input_dev *dev, unsigned int code, int value)
{
	input_event(dev, EV_SW, code, !!value);
}

static inline void input_sync(struct input_dev *dev)
{
	input_event(dev, EV_SYN, SYN_REPORT, 0);
}

static inline void input_mt_sync(struct input_dev *dev)
{
	input_event(dev, EV_SYN, SYN_MT_REPORT, 0);
}

static inline void *input_get_drvdata(struct input_dev *dev)
{
	return dev_get_drvdata(&dev->dev);
}

static inline void input_set_drvdata(struct input_dev *dev, void *data)
{
	dev_set_drvdata(&dev->dev, data);
}

static inline struct input_dev *input_get_device(struct input_dev *dev)
{
	return dev;
}

static inline void input_put_device(struct input_dev *dev)
{
	(void)dev;
}

static inline int input_register_handler(struct input_handler *handler)
{
	(void)handler;
	return 0;
}

static inline void input_unregister_handler(struct input_handler *handler)
{
	(void)handler;
}

static inline int input_register_handle(struct input_handle *handle)
{
	(void)handle;
	return 0;
}

static inline void input_unregister_handle(struct input_handle *handle)
{
	(void)handle;
}

static inline int input_open_device(struct input_handle *handle)
{
	handle->open++;
	return 0;
}

static inline void input_close_device(struct input_handle *handle)
{
	handle->open--;
}

#endif
