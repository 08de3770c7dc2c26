/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The length of an array. */
#ifndef KT_CORE_LINUX_ARRAY_SIZE_H
#define KT_CORE_LINUX_ARRAY_SIZE_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
