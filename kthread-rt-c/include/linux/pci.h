/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PCI_H
#define KT_LINUX_PCI_H

#include <kt/core/linux/pci.h>

/* What a kernel's linux/pci.h brings along. */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/scatterlist.h>
#include <uapi/linux/pci.h>

#endif
