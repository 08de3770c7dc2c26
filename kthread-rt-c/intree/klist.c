// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Drives lib/klist.c: lists that many threads walk while others add and delete. First what one
 * thread sees, then a removal that has to wait for somebody who stands on the node, then all at
 * once.
 */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/klist.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define ROUNDS 2000
#define CHANGERS 3
#define WALKERS 2
#define ALIVE 0x5ca1ab1e

struct item {
	int number;
	unsigned int alive;
	struct klist_node node;
};

static atomic_t gets, puts;
static struct klist list;

static struct item *item_of(struct klist_node *node)
{
	return container_of(node, struct item, node);
}

static void get(struct klist_node *node)
{
	atomic_inc(&gets);
}

static void put(struct klist_node *node)
{
	atomic_inc(&puts);
}

/* The numbers on the list, in order. */
static void show(const char *what)
{
	char text[64] = "";
	struct klist_node *node;
	struct klist_iter iter;

	klist_iter_init(&list, &iter);
	while ((node = klist_next(&iter)))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %d", item_of(node)->number);
	klist_iter_exit(&iter);
	pr_info("%s:%s\n", what, text);
}

static void one_thread(void)
{
	struct item items[4] = { { 0 }, { 1 }, { 2 }, { 3 } };
	struct klist_node *node;
	struct klist_iter iter;

	klist_init(&list, get, put);
	klist_add_tail(&items[1].node, &list);
	klist_add_head(&items[0].node, &list);
	klist_add_behind(&items[3].node, &items[1].node);
	klist_add_before(&items[2].node, &items[3].node);
	show("head, tail, behind and before");

	klist_iter_init_node(&list, &iter, &items[2].node);
	node = klist_prev(&iter);
	pr_info("before 2 is %d\n", item_of(node)->number);
	klist_del(&items[1].node);
	pr_info("deleted under the walker: attached %d, put %d\n", klist_node_attached(&items[1].node),
		atomic_read(&puts));
	show("others pass it by");
	node = klist_next(&iter);
	pr_info("the walker goes on to %d: attached %d, put %d\n", item_of(node)->number,
		klist_node_attached(&items[1].node), atomic_read(&puts));
	klist_iter_exit(&iter);

	klist_remove(&items[0].node);
	klist_remove(&items[2].node);
	klist_del(&items[3].node);
	show("all removed");
	pr_info("gets %d, puts %d\n", atomic_read(&gets), atomic_read(&puts));
}

static DECLARE_COMPLETION(removed);

static int remover(void *node)
{
	klist_remove(node);
	complete(&removed);
	return 0;
}

static int a_removal_waits(void)
{
	struct item item = { 7 };
	struct task_struct *task;
	struct klist_iter iter;

	klist_init(&list, NULL, NULL);
	klist_add_tail(&item.node, &list);
	klist_iter_init(&list, &iter);
	klist_next(&iter);
	task = kthread_run(remover, &item.node, "klist_remover");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_task_inactive(task, 0);
	pr_info("somebody stands on the node: klist_remove is in state %c\n", task_state_to_char(task));
	/* A wake-up that means nothing. */
	wake_up_process(task);
	wait_task_inactive(task, 0);
	pr_info("woken for nothing, it sleeps again: %c\n", task_state_to_char(task));
	pr_info("removed: %d, attached: %d\n", completion_done(&removed), klist_node_attached(&item.node));
	klist_iter_exit(&iter);
	wait_for_completion(&removed);
	pr_info("the last one steps off, and it is removed: attached %d\n", klist_node_attached(&item.node));
	return 0;
}

static atomic_t bad;
static struct task_struct *threads[CHANGERS + WALKERS];
/* By each of them once it runs: a thread that is stopped before never does. */
static DECLARE_COMPLETION(runs);
static DECLARE_COMPLETION(change);

/*
 * klist_remove() returns as soon as it is woken. Who wakes it writes to the node once more, with
 * the list's lock held; so a node may be used anew behind that lock.
 */
static void remove_for_good(struct klist_node *node)
{
	klist_remove(node);
	spin_lock(&list.k_lock);
	spin_unlock(&list.k_lock);
}

static int changer(void *data)
{
	struct item *mine = kcalloc(8, sizeof(*mine), GFP_KERNEL);
	long me = (long)data;
	int round, i;

	complete(&runs);
	wait_for_completion(&change);
	for (round = 0; mine && round < ROUNDS; round++) {
		for (i = 0; i < 8; i++) {
			mine[i].number = me;
			mine[i].alive = ALIVE;
			if ((round + i) % 2)
				klist_add_head(&mine[i].node, &list);
			else
				klist_add_tail(&mine[i].node, &list);
		}
		for (i = 0; i < 8; i++) {
			remove_for_good(&mine[(i * 3) % 8].node);
			if (klist_node_attached(&mine[(i * 3) % 8].node))
				atomic_inc(&bad);
			mine[(i * 3) % 8].alive = 0;
		}
	}
	kfree(mine);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return round;
}

static int walker(void *data)
{
	struct klist_node *node;
	struct klist_iter iter;
	int seen = 0;

	while (!kthread_should_stop()) {
		klist_iter_init(&list, &iter);
		while ((node = data ? klist_next(&iter) : klist_prev(&iter))) {
			if (READ_ONCE(item_of(node)->alive) != ALIVE)
				atomic_inc(&bad);
			if (!seen++)
				complete(&runs);
			cond_resched();
		}
		klist_iter_exit(&iter);
		cond_resched();
	}
	return 0;
}

static int all_at_once(void)
{
	struct item always = { -1, ALIVE };
	int i, sum = 0;

	atomic_set(&gets, 0);
	atomic_set(&puts, 0);
	klist_init(&list, get, put);
	klist_add_tail(&always.node, &list);
	for (i = 0; i < CHANGERS + WALKERS; i++) {
		threads[i] = kthread_run(i < CHANGERS ? changer : walker, (void *)(long)(i % 2), "klist/%d", i);
		if (IS_ERR(threads[i]))
			return PTR_ERR(threads[i]);
	}
	for (i = 0; i < CHANGERS + WALKERS; i++)
		wait_for_completion(&runs);
	complete_all(&change);
	for (i = 0; i < CHANGERS; i++)
		sum += kthread_stop(threads[i]);
	for (; i < CHANGERS + WALKERS; i++)
		kthread_stop(threads[i]);
	show("left");
	klist_remove(&always.node);
	pr_info("%d threads, %d rounds of 8 nodes: gets %d, puts %d\n", CHANGERS, sum, atomic_read(&gets),
		atomic_read(&puts));
	pr_info("seen though removed: %d\n", atomic_read(&bad));
	return 0;
}

static int __init klist_driver_init(void)
{
	one_thread();
	return a_removal_waits() ?: all_at_once();
}

static void __exit klist_driver_exit(void)
{
}

module_init(klist_driver_init);
module_exit(klist_driver_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
