/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IO_64_NONATOMIC_LO_HI_H
#define KT_LINUX_IO_64_NONATOMIC_LO_HI_H

#include <kt/core/linux/io.h>

/* What a kernel's linux/io-64-nonatomic-lo-hi.h brings along. */
#include <linux/io.h>

#endif
