/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A note that distinguishes builds. */
#ifndef KT_CORE_LINUX_BUILD_SALT_H
#define KT_CORE_LINUX_BUILD_SALT_H

/* Modules have no section for notes here. */
#define BUILD_SALT
#define BUILD_LTO_INFO

#endif
