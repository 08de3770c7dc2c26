// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Drives kernel/async.c, which stands in the runtime's own place here: built into one module with
 * this, its functions are the ones that this calls. They run on the runtime's workqueues.
 */
#include <linux/async.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/workqueue.h>

/* The runtime has no function of this name. */
bool async_schedule_dev_nocall(async_func_t func, struct device *dev);

#define CALLS 16
/* What async.c holds at most; the next one runs in its caller. */
#define PENDING 32769

static ASYNC_DOMAIN(registered);
static ASYNC_DOMAIN_EXCLUSIVE(exclusive);
static DECLARE_COMPLETION(gate);
static DEFINE_SPINLOCK(lock);
static int order[CALLS], shown;
static atomic_t ran, in_caller;

/* Each takes longer than the one after it, and shows its result in its turn all the same. */
static void in_turn(void *data, async_cookie_t cookie)
{
	int number = (long)data;

	msleep(CALLS - number);
	async_synchronize_cookie(cookie);
	spin_lock(&lock);
	order[shown++] = number;
	spin_unlock(&lock);
}

static void behind_the_gate(void *data, async_cookie_t cookie)
{
	wait_for_completion(&gate);
	atomic_inc(&ran);
}

static void count(void *data, async_cookie_t cookie)
{
	atomic_inc(&ran);
}

static void wait_or_count(void *data, async_cookie_t cookie)
{
	if (current_is_async())
		wait_for_completion(&gate);
	else
		atomic_inc(&in_caller);
	atomic_inc(&ran);
}

static void tell(void *data, async_cookie_t cookie)
{
	pr_info("%s: current_is_async %d\n", (const char *)data, current_is_async());
}

static void plain(struct work_struct *work)
{
	pr_info("in a plain work: current_is_async %d\n", current_is_async());
}

static DECLARE_WORK(plain_work, plain);

static int __init async_driver_init(void)
{
	async_cookie_t first = 0, cookie = 0;
	bool ascending = true, in_order = true;
	struct device device = {};
	int i;

	for (i = 0; i < CALLS; i++) {
		async_cookie_t next = async_schedule(in_turn, (void *)(long)i);

		ascending &= next == cookie + 1;
		first = first ?: next;
		cookie = next;
	}
	async_synchronize_full();
	for (i = 0; i < CALLS; i++)
		in_order &= order[i] == i;
	pr_info("cookies %llu to %llu, ascending: %d\n", first, cookie, ascending);
	pr_info("%d of %d showed their results, in order: %d\n", shown, CALLS, in_order);

	async_schedule(tell, "in a call");
	async_synchronize_full();
	schedule_work(&plain_work);
	flush_work(&plain_work);
	pr_info("outside: current_is_async %d\n", current_is_async());

	async_schedule_domain(behind_the_gate, NULL, &exclusive);
	async_schedule_domain(count, NULL, &registered);
	async_synchronize_full();
	pr_info("async_synchronize_full does not wait for an exclusive domain: %d ran\n", atomic_read(&ran));
	pr_info("async_schedule_dev_nocall: %d\n", async_schedule_dev_nocall(count, &device));
	async_synchronize_full();
	pr_info("and it ran: %d\n", atomic_read(&ran));
	complete_all(&gate);
	async_synchronize_full_domain(&exclusive);
	pr_info("async_synchronize_full_domain does: %d ran\n", atomic_read(&ran));

	reinit_completion(&gate);
	atomic_set(&ran, 0);
	for (i = 0; i < PENDING + 3; i++)
		async_schedule(wait_or_count, NULL);
	pr_info("%d calls are too many: %d ran in their caller\n", i, atomic_read(&in_caller));
	pr_info("async_schedule_dev_nocall: %d\n", async_schedule_dev_nocall(count, &device));
	complete_all(&gate);
	async_synchronize_full();
	pr_info("all ran: %d\n", atomic_read(&ran) == i);
	return 0;
}

/* async.c wakes who waits for a call before the work that made the call is over. */
static void __exit async_driver_exit(void)
{
	flush_workqueue(system_unbound_wq);
}

module_init(async_driver_init);
module_exit(async_driver_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
