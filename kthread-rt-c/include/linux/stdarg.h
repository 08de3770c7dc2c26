/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STDARG_H
#define KT_LINUX_STDARG_H

#include <kt/core/linux/stdarg.h>

#endif
