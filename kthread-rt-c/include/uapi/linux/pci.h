/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_PCI_H
#define KT_UAPI_LINUX_PCI_H

#include <kt/core/linux/pci.h>

#endif
