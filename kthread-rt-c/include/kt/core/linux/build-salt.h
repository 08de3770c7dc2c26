/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What tells one build from another. */
#ifndef KT_CORE_LINUX_BUILD_SALT_H
#define KT_CORE_LINUX_BUILD_SALT_H

/* For a section of notes, which a module has none of here. */
#define BUILD_SALT
#define BUILD_LTO_INFO

#endif
