/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Tests of the configuration. An option is on if it is defined as 1, and built as a module if its
 * name with _MODULE is.
 */
#ifndef KT_CORE_LINUX_KCONFIG_H
#define KT_CORE_LINUX_KCONFIG_H

#include <kt/core/generated/autoconf.h>

/*
 * Only for the value 1 does the macro expand to two arguments, so that the second one is the
 * constant 1.
 */
#define __kt_shift_by_1 0, 1
#define __kt_second(first, second, ...) second
#define __kt_is_one_of(shift) __kt_second(shift, 0, 0)
#define __kt_is_one_paste(value) __kt_is_one_of(__kt_shift_by_##value)
#define __kt_is_one(value) __kt_is_one_paste(value)

#define IS_BUILTIN(option) __kt_is_one(option)
#define IS_MODULE(option) __kt_is_one(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option) IS_ENABLED(option)

#endif
