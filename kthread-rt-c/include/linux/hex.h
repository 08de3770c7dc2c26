/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HEX_H
#define KT_LINUX_HEX_H

#include <kt/core/linux/hex.h>
<<<<<<< HEAD
#include <kt/core/linux/kernel.h>
=======
>>>>>>> s3

/* What a kernel's linux/hex.h brings along. */
#include <linux/types.h>

#endif
