/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tables of device ids, which are not used. */
#ifndef KT_CORE_LINUX_MOD_DEVICETABLE_H
#define KT_CORE_LINUX_MOD_DEVICETABLE_H

#include <kt/core/linux/types.h>

typedef unsigned long kernel_ulong_t;

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
#define I2C_NAME_SIZE 20
struct i2c_device_id {
	char name[I2C_NAME_SIZE];
	unsigned long driver_data;
};
#define SPI_NAME_SIZE 32
struct spi_device_id {
	char name[SPI_NAME_SIZE];
	unsigned long driver_data;
};
#define ACPI_ID_LEN 16
struct acpi_device_id {
	u8 id[ACPI_ID_LEN];
	unsigned long driver_data;
	u32 cls;
	u32 cls_msk;
};
#define INPUT_DEVICE_ID_MATCH_BUS 1
#define INPUT_DEVICE_ID_MATCH_VENDOR 2
#define INPUT_DEVICE_ID_MATCH_PRODUCT 4
#define INPUT_DEVICE_ID_MATCH_VERSION 8
#define INPUT_DEVICE_ID_MATCH_EVBIT 0x0010
#define INPUT_DEVICE_ID_MATCH_KEYBIT 0x0020
struct input_device_id {
	unsigned long flags;
	u16 bustype, vendor, product, version;
	unsigned long evbit[1];
	unsigned long keybit[12];
	unsigned long driver_info;
};

#endif
