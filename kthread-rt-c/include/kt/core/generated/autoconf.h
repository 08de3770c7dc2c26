/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How this kernel is configured, as far as modules ask. */
#ifndef KT_CORE_GENERATED_AUTOCONF_H
#define KT_CORE_GENERATED_AUTOCONF_H

#define CONFIG_NR_CPUS 1024

#endif
