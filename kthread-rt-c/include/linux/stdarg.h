/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The compiler's. */
#ifndef KT_LINUX_STDARG_H
#define KT_LINUX_STDARG_H

#include <stdarg.h>

#endif
