// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The module itself: what it is called, who uses it, and what its parameters are that nobody has
 * given.
 */
#include "ask.h"
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static int number = 42;
module_param(number, int, 0444);
static bool inner_flag = true;
module_param_named(flag, inner_flag, bool, 0);
static char text[8] = "before";
module_param_string(text, text, sizeof(text), 0444);
static unsigned long numbers[4] = { 1, 2 };
static int count = 2;
module_param_array(numbers, ulong, &count, 0444);

CASE(itself, "module.name module.list module.state THIS_MODULE module_name MODULE_STATE_COMING try_module_get module_put __module_get"
	     " module_refcount module_is_live")
{
	int before = module_refcount(THIS_MODULE), got, more, less;

	answer("name=%d,%d listed=%d", !strcmp(THIS_MODULE->name, KBUILD_MODNAME), !strcmp(module_name(THIS_MODULE), KBUILD_MODNAME),
	       !list_empty(&THIS_MODULE->list));
	answer("coming=%d live=%d", THIS_MODULE->state == MODULE_STATE_COMING, module_is_live(THIS_MODULE));
	got = try_module_get(THIS_MODULE);
	__module_get(THIS_MODULE);
	more = module_refcount(THIS_MODULE) - before;
	module_put(THIS_MODULE);
	module_put(THIS_MODULE);
	less = module_refcount(THIS_MODULE) - before;
	answer("get=%d more=%d less=%d of_null=%d", got, more, less, try_module_get(NULL));
}

CASE(parameters, "module_param module_param_named module_param_string module_param_array")
{
	answer("number=%d flag=%d text=%s", number, inner_flag, text);
	answer("numbers=%lu,%lu,%lu count=%d", numbers[0], numbers[1], numbers[2], count);
}

ASK_MODULE(&case_itself, &case_parameters);
