// SPDX-License-Identifier: MIT OR Apache-2.0
/* Chains of callbacks: their order, who stops them, and what registering returns. */
#include "ask.h"
#include <linux/notifier.h>

struct one {
	struct notifier_block block;
	int returns;
	int turn;
	unsigned long action;
	void *data;
	int calls;
};

static int turns;

static int called(struct notifier_block *block, unsigned long action, void *data)
{
	struct one *one = container_of(block, struct one, block);

	one->turn = ++turns;
	one->action = action;
	one->data = data;
	one->calls++;
	return one->returns;
}

static struct one ones[4];

static void set_up(int a, int b, int c, int d)
{
	const int priorities[] = { a, b, c, d };
	int i;

	turns = 0;
	memset(ones, 0, sizeof(ones));
	for (i = 0; i < 4; i++) {
		ones[i].block.notifier_call = called;
		ones[i].block.priority = priorities[i];
		ones[i].returns = NOTIFY_OK;
	}
}

static void tell(const char *what, int result)
{
	answer("%s result=0x%x turns=%d,%d,%d,%d", what, result, ones[0].turn, ones[1].turn, ones[2].turn, ones[3].turn);
	turns = ones[0].turn = ones[1].turn = ones[2].turn = ones[3].turn = 0;
}

static RAW_NOTIFIER_HEAD(raw);

WARNS(raw, "RAW_NOTIFIER_HEAD raw_notifier_chain_register raw_notifier_chain_unregister raw_notifier_call_chain notifier_block"
	  " notifier_block.priority notifier_block.notifier_call notifier_block.next NOTIFY_OK NOTIFY_DONE NOTIFY_STOP NOTIFY_BAD"
	  " NOTIFY_STOP_MASK raw_notifier_head.head EEXIST ENOENT")
{
	int first, second, i;
	int data;

	answer("values done=0x%x ok=0x%x stop=0x%x bad=0x%x mask=0x%x", NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, NOTIFY_BAD, NOTIFY_STOP_MASK);
	tell("empty", raw_notifier_call_chain(&raw, 5, NULL));
	set_up(0, 10, 0, 5);
	for (i = 0; i < 4; i++)
		first = raw_notifier_chain_register(&raw, &ones[i].block);
	answer("register=%d first_of_chain=%d next=%d", first, raw.head == &ones[1].block, ones[1].block.next == &ones[3].block);
	tell("all", raw_notifier_call_chain(&raw, 5, &data));
	answer("action=%lu data=%d calls=%d", ones[2].action, ones[2].data == &data, ones[2].calls);
	ones[0].returns = NOTIFY_DONE;
	ones[2].returns = NOTIFY_DONE;
	tell("last_done", raw_notifier_call_chain(&raw, 5, NULL));
	ones[2].returns = 77;
	tell("last_77", raw_notifier_call_chain(&raw, 5, NULL));
	ones[3].returns = NOTIFY_STOP;
	tell("stop", raw_notifier_call_chain(&raw, 5, NULL));
	ones[3].returns = NOTIFY_BAD;
	tell("bad", raw_notifier_call_chain(&raw, 5, NULL));
	ones[3].returns = NOTIFY_STOP_MASK;
	tell("mask", raw_notifier_call_chain(&raw, 5, NULL));
	ones[3].returns = NOTIFY_OK;
	/* Twice, which the kernel warns of. */
	first = raw_notifier_chain_register(&raw, &ones[3].block);
	answer("twice=%d eexist=%d", first, first == -EEXIST);
	first = raw_notifier_chain_unregister(&raw, &ones[3].block);
	second = raw_notifier_chain_unregister(&raw, &ones[3].block);
	answer("unregister=%d again=%d enoent=%d", first, second, second == -ENOENT);
	tell("without", raw_notifier_call_chain(&raw, 5, NULL));
	for (i = 0; i < 3; i++)
		first = raw_notifier_chain_unregister(&raw, &ones[i].block);
	answer("unregister=%d empty=%d", first, !raw.head);
}

CASE(robust, "raw_notifier_call_chain_robust notifier_from_errno notifier_to_errno")
{
	int i, result;

	set_up(4, 3, 2, 1);
	for (i = 0; i < 4; i++)
		raw_notifier_chain_register(&raw, &ones[i].block);
	result = raw_notifier_call_chain_robust(&raw, 1, 2, NULL);
	answer("good calls=%d,%d,%d,%d", ones[0].calls, ones[1].calls, ones[2].calls, ones[3].calls);
	tell("good", result);
	ones[2].returns = NOTIFY_BAD;
	result = raw_notifier_call_chain_robust(&raw, 1, 2, NULL);
	answer("bad calls=%d,%d,%d,%d actions=%lu,%lu,%lu,%lu", ones[0].calls, ones[1].calls, ones[2].calls, ones[3].calls,
	       ones[0].action, ones[1].action, ones[2].action, ones[3].action);
	tell("bad", result);
	ones[2].returns = notifier_from_errno(-EBUSY);
	result = raw_notifier_call_chain_robust(&raw, 1, 2, NULL);
	answer("errno=%d", notifier_to_errno(result));
	for (i = 0; i < 4; i++)
		raw_notifier_chain_unregister(&raw, &ones[i].block);
}

CASE(errno, "notifier_from_errno notifier_to_errno")
{
	answer("from=0x%x,0x%x,0x%x", notifier_from_errno(0), notifier_from_errno(-EINVAL), notifier_from_errno(-ENOMEM));
	answer("to=%d,%d,%d,%d,%d", notifier_to_errno(NOTIFY_DONE), notifier_to_errno(NOTIFY_OK), notifier_to_errno(NOTIFY_BAD),
	       notifier_to_errno(NOTIFY_STOP), notifier_to_errno(notifier_from_errno(-EINVAL)));
}

static BLOCKING_NOTIFIER_HEAD(blocking);
static ATOMIC_NOTIFIER_HEAD(atomic);
static struct srcu_notifier_head srcu;

WARNS(blocking, "BLOCKING_NOTIFIER_HEAD blocking_notifier_chain_register blocking_notifier_chain_unregister blocking_notifier_call_chain"
	       " blocking_notifier_chain_register_unique_prio EBUSY EEXIST ENOENT")
{
	int first, second, third, i;

	set_up(1, 2, 2, 3);
	tell("empty", blocking_notifier_call_chain(&blocking, 1, NULL));
	for (i = 0; i < 4; i++)
		first = blocking_notifier_chain_register(&blocking, &ones[i].block);
	second = blocking_notifier_chain_register(&blocking, &ones[0].block);
	answer("register=%d twice=%d", first, second);
	tell("all", blocking_notifier_call_chain(&blocking, 1, NULL));
	ones[1].returns = NOTIFY_BAD;
	tell("bad", blocking_notifier_call_chain(&blocking, 1, NULL));
	first = blocking_notifier_chain_unregister(&blocking, &ones[1].block);
	second = blocking_notifier_chain_unregister(&blocking, &ones[1].block);
	third = blocking_notifier_chain_register_unique_prio(&blocking, &ones[1].block);
	answer("unregister=%d again=%d unique_of_same=%d ebusy=%d", first, second, third, third == -EBUSY);
	ones[1].block.priority = 9;
	ones[1].returns = NOTIFY_OK;
	first = blocking_notifier_chain_register_unique_prio(&blocking, &ones[1].block);
	answer("unique=%d", first);
	tell("unique", blocking_notifier_call_chain(&blocking, 1, NULL));
	for (i = 0; i < 4; i++)
		blocking_notifier_chain_unregister(&blocking, &ones[i].block);
	tell("gone", blocking_notifier_call_chain(&blocking, 1, NULL));
}

WARNS(atomic, "ATOMIC_NOTIFIER_HEAD atomic_notifier_chain_register atomic_notifier_chain_unregister atomic_notifier_call_chain"
	     " atomic_notifier_chain_register_unique_prio")
{
	int first, second, third, i;

	set_up(1, 2, 3, 2);
	for (i = 0; i < 3; i++)
		first = atomic_notifier_chain_register(&atomic, &ones[i].block);
	second = atomic_notifier_chain_register_unique_prio(&atomic, &ones[3].block);
	answer("register=%d unique=%d", first, second);
	tell("all", atomic_notifier_call_chain(&atomic, 1, NULL));
	first = atomic_notifier_chain_register(&atomic, &ones[1].block);
	second = atomic_notifier_chain_unregister(&atomic, &ones[1].block);
	third = atomic_notifier_chain_unregister(&atomic, &ones[1].block);
	answer("twice=%d unregister=%d again=%d", first, second, third);
	tell("without", atomic_notifier_call_chain(&atomic, 1, NULL));
	atomic_notifier_chain_unregister(&atomic, &ones[0].block);
	atomic_notifier_chain_unregister(&atomic, &ones[2].block);
}

WARNS(srcu, "srcu_init_notifier_head srcu_cleanup_notifier_head srcu_notifier_chain_register srcu_notifier_chain_unregister"
	   " srcu_notifier_call_chain")
{
	int first, second, third, i;

	set_up(1, 2, 3, 4);
	srcu_init_notifier_head(&srcu);
	for (i = 0; i < 4; i++)
		first = srcu_notifier_chain_register(&srcu, &ones[i].block);
	tell("all", srcu_notifier_call_chain(&srcu, 1, NULL));
	second = srcu_notifier_chain_register(&srcu, &ones[3].block);
	third = srcu_notifier_chain_unregister(&srcu, &ones[3].block);
	answer("register=%d twice=%d unregister=%d again=%d", first, second, third, srcu_notifier_chain_unregister(&srcu, &ones[3].block));
	tell("without", srcu_notifier_call_chain(&srcu, 1, NULL));
	for (i = 0; i < 3; i++)
		srcu_notifier_chain_unregister(&srcu, &ones[i].block);
	srcu_cleanup_notifier_head(&srcu);
}

/* A callback that takes itself off a chain that allows it: the walk goes on behind it. */
static int takes_itself_off(struct notifier_block *block, unsigned long action, void *data)
{
	called(block, action, data);
	return raw_notifier_chain_unregister(&raw, block) ? NOTIFY_BAD : NOTIFY_OK;
}

CASE(itself, "raw_notifier_chain_unregister raw_notifier_call_chain")
{
	int i;

	set_up(4, 3, 2, 1);
	for (i = 0; i < 4; i++)
		raw_notifier_chain_register(&raw, &ones[i].block);
	ones[1].block.notifier_call = takes_itself_off;
	tell("off", raw_notifier_call_chain(&raw, 1, NULL));
	tell("then", raw_notifier_call_chain(&raw, 1, NULL));
	for (i = 0; i < 4; i++)
		raw_notifier_chain_unregister(&raw, &ones[i].block);
}

ASK_MODULE(&case_raw, &case_robust, &case_errno, &case_blocking, &case_atomic, &case_srcu, &case_itself);
