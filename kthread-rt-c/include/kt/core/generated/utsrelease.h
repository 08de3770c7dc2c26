/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's version as a text. If you set KT_LINUX_VERSION_CODE, set KT_LINUX_RELEASE, too, as
 * ukmod does.
 */
#ifndef KT_CORE_GENERATED_UTSRELEASE_H
#define KT_CORE_GENERATED_UTSRELEASE_H

#ifndef KT_LINUX_RELEASE
#define KT_LINUX_RELEASE "6.1.0"
#endif
#define UTS_RELEASE KT_LINUX_RELEASE

#endif
