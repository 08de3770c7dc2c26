/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tables of device ids, which nobody looks at. */
#ifndef KT_CORE_LINUX_MOD_DEVICETABLE_H
#define KT_CORE_LINUX_MOD_DEVICETABLE_H

#include <kt/core/linux/types.h>

struct of_device_id {
	char name[32];
	char type[32];
	char compatible[128];
	const void *data;
};
struct platform_device_id {
	char name[24];
	unsigned long driver_data;
};
#define PCI_ANY_ID (~0u)
struct pci_device_id {
	u32 vendor, device, subvendor, subdevice, class_code, class_mask;
	unsigned long driver_data;
};
struct usb_device_id {
	u16 match_flags, idVendor, idProduct;
	unsigned long driver_info;
};
struct i2c_device_id {
	char name[20];
	unsigned long driver_data;
};

#endif
