/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: there is no bus. Drivers register, and are never probed. */
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
#define usb_deregister(driver) ((void)(driver))
#define usb_set_intfdata(interface, data) dev_set_drvdata(&(interface)->dev, data)
#define usb_get_intfdata(interface) dev_get_drvdata(&(interface)->dev)

#endif
