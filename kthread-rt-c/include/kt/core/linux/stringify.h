/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The text of a macro. */
#ifndef KT_CORE_LINUX_STRINGIFY_H
#define KT_CORE_LINUX_STRINGIFY_H

#define __stringify_1(...) #__VA_ARGS__
#define __stringify(...) __stringify_1(__VA_ARGS__)

#endif
