/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: there is no bus. Drivers can be registered, but are never probed. */
#ifndef KT_CORE_LINUX_USB_H
#define KT_CORE_LINUX_USB_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/mod_devicetable.h>

struct urb;
struct usb_device {
	int devnum;
	struct device dev;
};
struct usb_interface {
	int minor;
	struct device dev;
};
struct usb_driver {
	const char *name;
	int (*probe)(struct usb_interface *interface, const struct usb_device_id *id);
	void (*disconnect)(struct usb_interface *interface);
	const struct usb_device_id *id_table;
};

#define USB_DEVICE(vendor, product) .match_flags = 3, .idVendor = (vendor), .idProduct = (product)
#define usb_register(driver) ((void)(driver), 0)

static inline void usb_deregister(struct usb_driver *driver)
{
	(void)driver;
}

static inline void usb_set_intfdata(struct usb_interface *interface, void *data)
{
	dev_set_drvdata(&interface->dev, data);
}

static inline void *usb_get_intfdata(struct usb_interface *interface)
{
	return dev_get_drvdata(&interface->dev);
}

#endif
