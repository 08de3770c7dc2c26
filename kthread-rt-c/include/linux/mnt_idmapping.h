/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MNT_IDMAPPING_H
#define KT_LINUX_MNT_IDMAPPING_H

#include <kt/core/linux/uidgid.h>

/* What a kernel's linux/mnt_idmapping.h brings along. */
#include <linux/uidgid.h>

#endif
