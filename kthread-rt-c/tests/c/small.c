// SPDX-License-Identifier: MIT OR Apache-2.0
/* Small headers: locks in a bit, lists by priority or by time, parts of words, reading until a condition is true. */
#include <linux/bit_spinlock.h>
#include <linux/bitfield.h>
#include <linux/bitrev.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hex.h>
#include <linux/init.h>
#include <linux/iopoll.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/kthread.h>
#include <linux/list_bl.h>
#include <linux/lockref.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/plist.h>
#include <linux/rcu_sync.h>
#include <linux/stop_machine.h>
#include <linux/timerqueue.h>

struct item {
	int number;
	struct hlist_bl_node node;
};

static unsigned long word;
static int counted;
static DECLARE_COMPLETION(one_ended);

static int counter(void *rounds)
{
	long left;

	for (left = (long)rounds; left; left--) {
		bit_spin_lock(3, &word);
		counted++;
		bit_spin_unlock(3, &word);
	}
	complete(&one_ended);
	return 0;
}

static void locks(void)
{
	struct lockref ref = { .lock = __SPIN_LOCK_UNLOCKED(ref.lock), .count = 1 };
	int count = preempt_count();

	kthread_run(counter, (void *)20000, "counter/0");
	kthread_run(counter, (void *)20000, "counter/1");
	wait_for_completion(&one_ended);
	wait_for_completion(&one_ended);
	pr_info("counted under a bit: %d\n", counted);
	bit_spin_lock(1, &word);
	pr_info("a bit: %d, again: %d, other bits: %#lx, preemption is off: %d\n", bit_spin_is_locked(1, &word),
		bit_spin_trylock(1, &word), word & ~2ul, preempt_count() - count);
	bit_spin_unlock(1, &word);

	lockref_get(&ref);
	pr_info("lockref: %d, put but not the last:", ref.count);
	pr_cont(" %d", lockref_put_not_zero(&ref));
	pr_cont(" %d,", lockref_put_not_zero(&ref));
	pr_cont(" the last: %d,", lockref_put_return(&ref));
	pr_cont(" none: %d\n", lockref_put_return(&ref));
	pr_info("from none: %d", lockref_get_not_zero(&ref));
	pr_cont(" but not dead: %d\n", lockref_get_not_dead(&ref));
	if (!lockref_put_or_lock(&ref)) {
		lockref_mark_dead(&ref);
		spin_unlock(&ref.lock);
	}
	pr_info("dead: %d, no more of it: %d\n", __lockref_is_dead(&ref), lockref_get_not_dead(&ref));
}

static void lists(void)
{
	static struct hlist_bl_head head;
	static PLIST_HEAD(by_priority);
	struct item items[3], *item;
	struct hlist_bl_node *at, *after;
	struct plist_node nodes[6], *node;
	static const int priorities[] = { 5, 1, 5, 9, 1, 3 };
	struct timerqueue_head queue;
	struct timerqueue_node times[4], *time;
	static const int expires[] = { 30, 10, 20, 10 };
	int i;

	INIT_HLIST_BL_HEAD(&head);
	hlist_bl_lock(&head);
	for (i = 0; i < 3; i++) {
		items[i].number = i;
		hlist_bl_add_head(&items[i].node, &head);
	}
	hlist_bl_del_init(&items[2].node);
	pr_info("a list with a lock: %d,", hlist_bl_is_locked(&head));
	hlist_bl_for_each_entry(item, at, &head, node)
		pr_cont(" %d", item->number);
	hlist_bl_for_each_entry_safe(item, at, after, &head, node)
		hlist_bl_del(at);
	pr_cont(", empty %d, locked %d\n", hlist_bl_empty(&head), hlist_bl_is_locked(&head));
	hlist_bl_unlock(&head);

	for (i = 0; i < 6; i++) {
		plist_node_init(&nodes[i], priorities[i]);
		plist_add(&nodes[i], &by_priority);
	}
	pr_info("by priority:");
	plist_for_each(node, &by_priority)
		pr_cont(" %d/%d", node->prio, (int)(node - nodes));
	plist_del(&nodes[1], &by_priority);
	plist_del(&nodes[3], &by_priority);
	plist_add(&nodes[1], &by_priority);
	pr_cont(", and then");
	plist_for_each(node, &by_priority)
		pr_cont(" %d/%d", node->prio, (int)(node - nodes));
	pr_cont(", first %d, last %d\n", (int)(plist_first(&by_priority) - nodes), (int)(plist_last(&by_priority) - nodes));
	for (i = 0; i < 6; i++)
		if (!plist_node_empty(&nodes[i]))
			plist_del(&nodes[i], &by_priority);
	pr_info("all gone: %d\n", plist_head_empty(&by_priority));

	timerqueue_init_head(&queue);
	for (i = 0; i < 4; i++) {
		timerqueue_init(&times[i]);
		times[i].expires = expires[i];
		pr_cont("%s%d", i ? " " : "first of all when it was added: ", timerqueue_add(&queue, &times[i]));
	}
	pr_info("in order:");
	for (time = timerqueue_getnext(&queue); time; time = timerqueue_iterate_next(time))
		pr_cont(" %lld/%d", time->expires, (int)(time - times));
	timerqueue_del(&queue, &times[1]);
	pr_cont(", then %d, queued %d %d\n", (int)(timerqueue_getnext(&queue) - times), timerqueue_node_queued(&times[1]),
		timerqueue_node_queued(&times[3]));
}

static void numbers(void)
{
	static const u8 bytes[] = { 0x0f, 0xa0 };
	uint64_t wide = 1;
	u64 *same = &wide; /* a kernel's uint64_t is its u64 */
	char digits[5] = { 0 }, *end = bin2hex(digits, bytes, 2);
	u8 back[2];
	int error = hex2bin(back, digits, 2);

	pr_info("%s, %d digits, back: %d %#x; no digits: %d\n", digits, (int)(end - digits), error, back[1],
		hex2bin(back, "0g", 1));
	pr_info("closest: %d %d %d %u; 7 times 3/2: %d; %llu\n", DIV_ROUND_CLOSEST(-7, 2), DIV_ROUND_CLOSEST(7, -2),
		DIV_ROUND_CLOSEST(-7, -2), DIV_ROUND_CLOSEST(7u, 2u), mult_frac(7, 3, 2), wide + (*same == 1));
	pr_info("running: %d, the greater: %d\n", system_state == SYSTEM_RUNNING, MAX(3, MIN(5, 4)));
}

static int reads;

static int read_it(int from)
{
	return from + reads++;
}

static int twice(void *data)
{
	return 2 * *(int *)data + (irqs_disabled() ? 0 : 100);
}

static int __init test_init(void)
{
	struct rcu_sync sync;
	int value, got;

	locks();
	lists();
	numbers();
	pr_info("parts: %#x %#lx %#x, fits %d %d, %#x\n", FIELD_GET(0xf0u, 0xab), FIELD_PREP(0xff00ul, 0x12),
		FIELD_MAX(0x70u), FIELD_FIT(0x70u, 7), FIELD_FIT(0x70u, 8), u16_replace_bits(0xabcd, 0x1, 0x00f0));
	pr_info("of the other order: %#x %#x\n", be16_get_bits(cpu_to_be16(0x1234), 0xff00), bitrev8(0x12));
	pr_info("%#x %#x\n", bitrev16(0x1234), bitrev32(0x12345678));

	got = read_poll_timeout(read_it, value, value == 8, 10, 1000000, false, 5);
	pr_info("read until it is so: %d %d, after %d\n", got, value, reads);
	got = read_poll_timeout_atomic(read_it, value, value < 0, 1, 50, true, 5);
	pr_info("it never is: %d\n", got);

	rcu_sync_init(&sync);
	pr_info("no writer: %d", rcu_sync_is_idle(&sync));
	rcu_sync_enter(&sync);
	pr_cont(", one: %d", rcu_sync_is_idle(&sync));
	rcu_sync_exit(&sync);
	pr_cont(", none again: %d\n", rcu_sync_is_idle(&sync));
	value = 21;
	pr_info("stop_machine: %d\n", stop_machine(twice, &value, NULL));
	touch_nmi_watchdog();
	kmemleak_not_leak(&value);
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
