/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PATH_H
#define KT_LINUX_PATH_H

#include <kt/core/linux/path.h>

#endif
