/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Statistics about pages. Nothing is counted: see si_meminfo() of mm.h. */
#ifndef KT_CORE_LINUX_VMSTAT_H
#define KT_CORE_LINUX_VMSTAT_H

#include <kt/core/linux/mm.h>

#endif
