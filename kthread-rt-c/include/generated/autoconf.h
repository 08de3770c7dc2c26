/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_GENERATED_AUTOCONF_H
#define KT_GENERATED_AUTOCONF_H

#include <kt/core/generated/autoconf.h>

#endif
