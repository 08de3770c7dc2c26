// SPDX-License-Identifier: MIT OR Apache-2.0
/* try_wait_for_completion() follows a null pointer. */
#include <linux/completion.h>

bool __wrap_try_wait_for_completion(struct completion *x);
bool __wrap_try_wait_for_completion(struct completion *x)
{
	struct completion *volatile none = NULL;

	return none->done != x->done;
}
