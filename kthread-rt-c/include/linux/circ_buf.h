/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CIRC_BUF_H
#define KT_LINUX_CIRC_BUF_H

#include <kt/core/linux/circ_buf.h>

#endif
