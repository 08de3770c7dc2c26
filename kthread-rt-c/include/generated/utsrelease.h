/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_GENERATED_UTSRELEASE_H
#define KT_GENERATED_UTSRELEASE_H

#include <kt/core/generated/utsrelease.h>

#endif
