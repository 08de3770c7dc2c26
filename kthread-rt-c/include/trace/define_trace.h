/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_TRACE_DEFINE_TRACE_H
#define KT_TRACE_DEFINE_TRACE_H

#include <kt/core/trace/define_trace.h>

#endif
