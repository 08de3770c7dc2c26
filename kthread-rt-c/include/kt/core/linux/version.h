/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel version that the headers present. Set KT_LINUX_VERSION_CODE to choose another, as
 * `ukmod --kernel-version` does.
 */
#ifndef KT_CORE_LINUX_VERSION_H
#define KT_CORE_LINUX_VERSION_H

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))

#ifndef KT_LINUX_VERSION_CODE
#define KT_LINUX_VERSION_CODE KERNEL_VERSION(6, 1, 0)
#endif

#define LINUX_VERSION_CODE KT_LINUX_VERSION_CODE
#define LINUX_VERSION_MAJOR (LINUX_VERSION_CODE >> 16)
#define LINUX_VERSION_PATCHLEVEL (LINUX_VERSION_CODE >> 8 & 255)
#define LINUX_VERSION_SUBLEVEL (LINUX_VERSION_CODE & 255)

/* For these headers themselves. */
#define KT_SINCE(a, b) (KT_LINUX_VERSION_CODE >= KERNEL_VERSION(a, b, 0))

#endif
