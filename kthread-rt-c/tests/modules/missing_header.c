// SPDX-License-Identifier: MIT OR Apache-2.0
/* Includes a header that is not there, and would use a type of another that is. */
#include <linux/module.h>
#include <linux/usb_of_nobody.h>

MODULE_LICENSE("Dual MIT/GPL");
