/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INPUT_EVENT_CODES_H
#define KT_LINUX_INPUT_EVENT_CODES_H

#include <kt/core/uapi/linux/input-event-codes.h>

#endif
