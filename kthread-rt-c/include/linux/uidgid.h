/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See cred.h. */
#ifndef KT_LINUX_UIDGID_H
#define KT_LINUX_UIDGID_H

#include <linux/cred.h>

#endif
