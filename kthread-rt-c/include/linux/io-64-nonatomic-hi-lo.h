/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IO_64_NONATOMIC_HI_LO_H
#define KT_LINUX_IO_64_NONATOMIC_HI_LO_H

#include <kt/core/linux/io.h>

/* What a kernel's linux/io-64-nonatomic-hi-lo.h brings along. */
#include <linux/io.h>

#endif
