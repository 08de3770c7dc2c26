/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/fcntl.h. */
#ifndef KT_UAPI_LINUX_FCNTL_H
#define KT_UAPI_LINUX_FCNTL_H

#include <linux/fcntl.h>

#endif
