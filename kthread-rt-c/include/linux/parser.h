/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PARSER_H
#define KT_LINUX_PARSER_H

#include <kt/core/linux/parser.h>

#endif
