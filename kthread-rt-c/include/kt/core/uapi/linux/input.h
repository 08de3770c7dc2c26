/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The identity of an input device. */
#ifndef KT_CORE_UAPI_LINUX_INPUT_H
#define KT_CORE_UAPI_LINUX_INPUT_H

#include <kt/core/linux/types.h>
#include <kt/core/uapi/linux/input-event-codes.h>

#define BUS_PCI 0x1
#define BUS_USB 0x3
#define BUS_HIL 0x4
#define BUS_BLUETOOTH 0x5
#define BUS_VIRTUAL 0x6
#define BUS_ISA 0x10
#define BUS_I8042 0x11
#define BUS_I2C 0x18
#define BUS_HOST 0x19
#define BUS_SPI 0x1c

struct input_id {
	__u16 bustype;
	__u16 vendor;
	__u16 product;
	__u16 version;
};

struct input_absinfo {
	__s32 value;
	__s32 minimum;
	__s32 maximum;
	__s32 fuzz;
	__s32 flat;
	__s32 resolution;
};

#endif
