/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_CORE_ASM_SETUP_H
#define KT_CORE_ASM_SETUP_H

#define COMMAND_LINE_SIZE 2048

#endif
