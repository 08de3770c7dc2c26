/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Major numbers. */
#ifndef KT_CORE_LINUX_MAJOR_H
#define KT_CORE_LINUX_MAJOR_H

#define MEM_MAJOR 1
#define TTY_MAJOR 4
#define MISC_MAJOR 10

#endif
