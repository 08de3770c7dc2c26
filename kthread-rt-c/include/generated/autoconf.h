/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing is configured. */
#ifndef KT_GENERATED_AUTOCONF_H
#define KT_GENERATED_AUTOCONF_H

#endif
