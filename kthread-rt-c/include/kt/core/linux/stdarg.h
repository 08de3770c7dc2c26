/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The compiler's. */
#ifndef KT_CORE_LINUX_STDARG_H
#define KT_CORE_LINUX_STDARG_H

#include <stdarg.h>

#endif
