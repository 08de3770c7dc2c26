/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: there is no bus. Drivers can be registered, but are never probed. */
#ifndef KT_CORE_LINUX_PCI_H
#define KT_CORE_LINUX_PCI_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/mod_devicetable.h>

#define PCI_DEVICE(vendor_, device_) .vendor = (vendor_), .device = (device_), .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID

struct pci_dev {
	unsigned short vendor;
	unsigned short device;
	unsigned int irq;
	struct device dev;
};
struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *device, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *device);
	struct device_driver driver;
};

#define pci_register_driver(driver) ((void)(driver), 0)

static inline void pci_unregister_driver(struct pci_driver *driver)
{
	(void)driver;
}

#endif
