/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See rcupdate.h. */
#ifndef KT_LINUX_RCUPDATE_WAIT_H
#define KT_LINUX_RCUPDATE_WAIT_H

#include <linux/rcupdate.h>

#endif
