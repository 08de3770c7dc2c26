// SPDX-License-Identifier: MIT OR Apache-2.0
/* Every call that may sleep, a line each, in the context that is asked for. tests/sleeping.rs counts what is told of each. */
#include <linux/cdev.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kfifo.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu-refcount.h>
#include <linux/percpu-rwsem.h>
#include <linux/percpu.h>
#include <linux/percpu_counter.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#include <linux/ww_mutex.h>
#include <linux/xarray.h>

/* 0: none; 1: preemption off; 2: interrupts off; 3: softirqs off; 4: a spinlock; 5: RCU; 6: a rwlock; 7: a state is set. */
static int context;
module_param(context, int, 0);

static DEFINE_SPINLOCK(spinlock);
static DEFINE_RWLOCK(rwlock);

static void begin(void)
{
	switch (context) {
	case 1:
		preempt_disable();
		break;
	case 2:
		local_irq_disable();
		break;
	case 3:
		local_bh_disable();
		break;
	case 4:
		spin_lock(&spinlock);
		break;
	case 5:
		rcu_read_lock();
		break;
	case 6:
		read_lock(&rwlock);
		break;
	case 7:
		set_current_state(TASK_INTERRUPTIBLE);
		break;
	}
}

static void end(void)
{
	switch (context) {
	case 1:
		preempt_enable();
		break;
	case 2:
		local_irq_enable();
		break;
	case 3:
		local_bh_enable();
		break;
	case 4:
		spin_unlock(&spinlock);
		break;
	case 5:
		rcu_read_unlock();
		break;
	case 6:
		read_unlock(&rwlock);
		break;
	case 7:
		__set_current_state(TASK_RUNNING);
		break;
	}
}

/* IN: a call that waits, and so is wrong in any context. OUT: one that sleeps in a state of its own, or in the one that is set. */
#define IN(call) do { begin(); call; end(); } while (0)
#define OUT(call) do { if (context != 7) { begin(); call; end(); } } while (0)

static DEFINE_MUTEX(mutex);
static DEFINE_SEMAPHORE(semaphore);
static DECLARE_RWSEM(rwsem);
DEFINE_STATIC_PERCPU_RWSEM(percpu_rwsem);
static DEFINE_RT_MUTEX(rt_mutex);
static DEFINE_WW_CLASS(ww_class);
static struct ww_mutex ww;
static DECLARE_COMPLETION(done);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static BLOCKING_NOTIFIER_HEAD(chain);
DEFINE_STATIC_SRCU(domain);
static unsigned long bits;
static int variable;
static DEFINE_IDR(idr);
static DEFINE_XARRAY(xarray);

static void function(struct work_struct *work)
{
}

static DECLARE_WORK(work, function);
static DECLARE_DELAYED_WORK(delayed, function);

static void kfunction(struct kthread_work *kwork)
{
}

static DEFINE_KTHREAD_WORK(kwork, kfunction);
static DEFINE_KTHREAD_DELAYED_WORK(kdelayed, kfunction);

static void tasklet_function(struct tasklet_struct *tasklet)
{
}

static DECLARE_TASKLET(tasklet, tasklet_function);

static void irq_function(struct irq_work *irq)
{
}

static DEFINE_IRQ_WORK(irq, irq_function);

static void timer_function(struct timer_list *timer)
{
}

static DEFINE_TIMER(timer, timer_function);

static int notified(struct notifier_block *block, unsigned long action, void *data)
{
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = notified };

static int until_stopped(void *data)
{
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		schedule_timeout_interruptible(1);
	}
	return 0;
}

static void taken(int result)
{
}

static char buffer[64];
static char user[64];
static void *volatile memory;
static struct task_struct *task;

static void memory_calls(void)
{
	struct kmem_cache *cache = kmem_cache_create("calls", 32, 0, 0, NULL), *other;
	struct percpu_counter counter;
	mempool_t *pool;
	struct kfifo fifo;

	IN(memory = kmalloc(8, GFP_KERNEL)); /* CALL */
	IN(memory = krealloc(memory, 800, GFP_KERNEL)); /* CALL */
	kfree(memory);
	IN(memory = kzalloc(8, GFP_KERNEL)); /* CALL */
	kfree(memory);
	IN(memory = kcalloc(8, 8, GFP_NOFS)); /* CALL */
	kfree(memory);
	IN(memory = kmalloc_array(8, 8, GFP_NOIO)); /* CALL */
	kfree(memory);
	IN(memory = kvmalloc(8, GFP_KERNEL)); /* CALL */
	kvfree(memory);
	IN(memory = kvzalloc(8, GFP_KERNEL)); /* CALL */
	kvfree(memory);
	IN(memory = kmem_cache_alloc(cache, GFP_KERNEL)); /* CALL */
	kmem_cache_free(cache, memory);
	IN(memory = kmem_cache_zalloc(cache, GFP_KERNEL)); /* CALL */
	kmem_cache_free(cache, memory);
	IN(other = kmem_cache_create("other", 32, 0, 0, NULL)); /* CALL */
	IN(kmem_cache_destroy(other)); /* CALL */
	kmem_cache_destroy(cache);
	IN(memory = vmalloc(8)); /* CALL */
	IN(vfree(memory)); /* CALL */
	IN(memory = vzalloc(8)); /* CALL */
	vfree(memory);
	IN(memory = (void *)__get_free_page(GFP_KERNEL)); /* CALL */
	free_page((unsigned long)memory);
	IN(memory = (void *)get_zeroed_page(GFP_KERNEL)); /* CALL */
	free_page((unsigned long)memory);
	IN(memory = (void *)__get_free_pages(GFP_KERNEL, 1)); /* CALL */
	free_pages((unsigned long)memory, 1);
	IN(memory = alloc_percpu(int)); /* CALL */
	free_percpu(memory);
	IN(memory = alloc_percpu_gfp(int, GFP_KERNEL)); /* CALL */
	free_percpu(memory);
	IN(memory = kstrdup("text", GFP_KERNEL)); /* CALL */
	kfree(memory);
	IN(memory = kmemdup("text", 5, GFP_KERNEL)); /* CALL */
	kfree(memory);
	IN(memory = kasprintf(GFP_KERNEL, "%d", 1)); /* CALL */
	kfree(memory);
	IN(memory = memdup_user(user, 8)); /* CALL */
	kfree(memory);
	IN(taken(percpu_counter_init(&counter, 0, GFP_KERNEL))); /* CALL */
	percpu_counter_destroy(&counter);
	IN(pool = mempool_create_kmalloc_pool(1, 8)); /* CALL */
	mempool_destroy(pool);
	IN(taken(kfifo_alloc(&fifo, 64, GFP_KERNEL))); /* CALL */
	kfifo_free(&fifo);
	idr_destroy(&idr);
	IN(taken(idr_alloc(&idr, &idr, 1000, 0, GFP_KERNEL))); /* CALL */
	idr_destroy(&idr);
}

static void user_calls(void)
{
	int x;
	size_t at = 0;
	loff_t position = 0;

	IN(taken(copy_from_user(buffer, user, 8))); /* CALL */
	IN(taken(copy_to_user(user, buffer, 8))); /* CALL */
	IN(taken(get_user(x, (int *)user))); /* CALL */
	IN(taken(put_user(x, (int *)user))); /* CALL */
	IN(taken(clear_user(user, 8))); /* CALL */
	IN(taken(strncpy_from_user(buffer, user, 8))); /* CALL */
	IN(might_fault()); /* CALL */
	IN(taken(simple_read_from_buffer(user, 8, &position, buffer, 8))); /* CALL */
	position = 0;
	IN(taken(simple_write_to_buffer(buffer, 8, &position, user, 8))); /* CALL */
	taken(at);
}

static void lock_calls(void)
{
	struct ww_acquire_ctx ctx;

	IN(mutex_lock(&mutex)); /* CALL */
	mutex_unlock(&mutex);
	IN(taken(mutex_lock_interruptible(&mutex))); /* CALL */
	mutex_unlock(&mutex);
	IN(taken(mutex_lock_killable(&mutex))); /* CALL */
	mutex_unlock(&mutex);
	IN(mutex_lock_nested(&mutex, 1)); /* CALL */
	mutex_unlock(&mutex);
	IN(down(&semaphore)); /* CALL */
	up(&semaphore);
	IN(taken(down_interruptible(&semaphore))); /* CALL */
	up(&semaphore);
	IN(taken(down_killable(&semaphore))); /* CALL */
	up(&semaphore);
	IN(taken(down_timeout(&semaphore, 1))); /* CALL */
	up(&semaphore);
	IN(down_read(&rwsem)); /* CALL */
	up_read(&rwsem);
	IN(down_write(&rwsem)); /* CALL */
	up_write(&rwsem);
	IN(taken(down_read_interruptible(&rwsem))); /* CALL */
	up_read(&rwsem);
	IN(taken(down_read_killable(&rwsem))); /* CALL */
	up_read(&rwsem);
	IN(taken(down_write_killable(&rwsem))); /* CALL */
	up_write(&rwsem);
	IN(percpu_down_read(&percpu_rwsem)); /* CALL */
	percpu_up_read(&percpu_rwsem);
	IN(percpu_down_write(&percpu_rwsem)); /* CALL */
	percpu_up_write(&percpu_rwsem);
	IN(rt_mutex_lock(&rt_mutex)); /* CALL */
	rt_mutex_unlock(&rt_mutex);
	IN(taken(rt_mutex_lock_interruptible(&rt_mutex))); /* CALL */
	rt_mutex_unlock(&rt_mutex);
	ww_mutex_init(&ww, &ww_class);
	ww_acquire_init(&ctx, &ww_class);
	IN(taken(ww_mutex_lock(&ww, &ctx))); /* CALL */
	ww_mutex_unlock(&ww);
	ww_acquire_fini(&ctx);
	IN(cpus_read_lock()); /* CALL */
	cpus_read_unlock();
}

static void sleep_calls(void)
{
	ktime_t expires = 1000;

	OUT(schedule()); /* CALL */
	OUT(io_schedule()); /* CALL */
	OUT(schedule_timeout(0)); /* CALL */
	OUT(schedule_timeout_interruptible(0)); /* CALL */
	OUT(schedule_timeout_killable(0)); /* CALL */
	OUT(schedule_timeout_uninterruptible(0)); /* CALL */
	OUT(schedule_timeout_idle(0)); /* CALL */
	OUT(io_schedule_timeout(0)); /* CALL */
	OUT(taken(schedule_hrtimeout(&expires, HRTIMER_MODE_REL))); /* CALL */
	OUT(yield()); /* CALL */
	OUT(cond_resched()); /* CALL */
	OUT(msleep(0)); /* CALL */
	OUT(msleep_interruptible(0)); /* CALL */
	OUT(ssleep(0)); /* CALL */
	OUT(usleep_range(1, 2)); /* CALL */
	OUT(fsleep(20)); /* CALL */
	IN(might_sleep()); /* CALL */
	IN(might_sleep_if(1)); /* CALL */
	IN(taken(try_to_freeze())); /* CALL */
}

static void wait_calls(void)
{
	complete_all(&done);
	IN(wait_for_completion(&done)); /* CALL */
	IN(taken(wait_for_completion_interruptible(&done))); /* CALL */
	IN(taken(wait_for_completion_killable(&done))); /* CALL */
	IN(taken(wait_for_completion_timeout(&done, 1))); /* CALL */
	IN(taken(wait_for_completion_interruptible_timeout(&done, 1))); /* CALL */
	IN(wait_for_completion_io(&done)); /* CALL */
	IN(wait_event(queue, true)); /* CALL */
	IN(taken(wait_event_interruptible(queue, true))); /* CALL */
	IN(taken(wait_event_killable(queue, true))); /* CALL */
	IN(taken(wait_event_timeout(queue, true, 1))); /* CALL */
	IN(taken(wait_event_interruptible_timeout(queue, true, 1))); /* CALL */
	IN(taken(wait_event_freezable(queue, true))); /* CALL */
	IN(wait_event_idle(queue, true)); /* CALL */
	IN(taken(wait_on_bit(&bits, 0, TASK_UNINTERRUPTIBLE))); /* CALL */
	IN(taken(wait_on_bit_lock(&bits, 0, TASK_UNINTERRUPTIBLE))); /* CALL */
	clear_bit(0, &bits);
	IN(wait_var_event(&variable, true)); /* CALL */
}

static void work_calls(void)
{
	struct workqueue_struct *wq = alloc_workqueue("calls", 0, 0);
	struct workqueue_struct *other;

	IN(taken(flush_work(&work))); /* CALL */
	IN(taken(cancel_work_sync(&work))); /* CALL */
	IN(taken(cancel_delayed_work_sync(&delayed))); /* CALL */
	IN(taken(flush_delayed_work(&delayed))); /* CALL */
	IN(flush_workqueue(wq)); /* CALL */
	IN(drain_workqueue(wq)); /* CALL */
	IN(other = alloc_workqueue("other", 0, 0)); /* CALL */
	IN(destroy_workqueue(other)); /* CALL */
	IN(taken(schedule_on_each_cpu(function))); /* CALL */
	destroy_workqueue(wq);
	if (context != 5) {
		IN(synchronize_rcu()); /* CALL-5 */
		IN(rcu_barrier()); /* CALL-5 */
	}
	IN(synchronize_srcu(&domain)); /* CALL */
	IN(srcu_barrier(&domain)); /* CALL */
	IN(tasklet_kill(&tasklet)); /* CALL */
	IN(tasklet_disable(&tasklet)); /* CALL */
	tasklet_enable(&tasklet);
	IN(irq_work_sync(&irq)); /* CALL */
}

static void thread_calls(void)
{
	struct kthread_worker *worker;

	IN(task = kthread_create(until_stopped, NULL, "calls")); /* CALL */
	wake_up_process(task);
	IN(taken(kthread_park(task))); /* CALL */
	kthread_unpark(task);
	IN(taken(kthread_stop(task))); /* CALL */
	IN(task = kthread_run(until_stopped, NULL, "calls")); /* CALL */
	kthread_stop(task);
	IN(worker = kthread_create_worker(0, "calls")); /* CALL */
	IN(kthread_flush_worker(worker)); /* CALL */
	IN(kthread_flush_work(&kwork)); /* CALL */
	IN(taken(kthread_cancel_work_sync(&kwork))); /* CALL */
	IN(taken(kthread_cancel_delayed_work_sync(&kdelayed))); /* CALL */
	IN(kthread_destroy_worker(worker)); /* CALL */
}

static const struct file_operations fops = { .owner = THIS_MODULE };
static const struct proc_ops pops = { };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "calls", .fops = &fops };
static struct cdev cdev;
static struct kobj_attribute attribute = __ATTR(calls, 0444, NULL, NULL);

static void file_calls(void)
{
	struct proc_dir_entry *proc;
	struct dentry *debugfs;
	struct class *class;
	struct device *device;
	struct kobject *object;
	dev_t dev;

	IN(proc = proc_create("calls", 0444, NULL, &pops)); /* CALL */
	IN(proc_remove(proc)); /* CALL */
	IN(proc = proc_mkdir("calls", NULL)); /* CALL */
	IN(remove_proc_entry("calls", NULL)); /* CALL */
	IN(debugfs = debugfs_create_dir("calls", NULL)); /* CALL */
	IN(debugfs_create_file("file", 0444, debugfs, NULL, &fops)); /* CALL */
	IN(debugfs_remove(debugfs)); /* CALL */
	IN(taken(misc_register(&misc))); /* CALL */
	IN(misc_deregister(&misc)); /* CALL */
	IN(taken(alloc_chrdev_region(&dev, 0, 1, "calls"))); /* CALL */
	cdev_init(&cdev, &fops);
	IN(taken(cdev_add(&cdev, dev, 1))); /* CALL */
	IN(class = class_create(THIS_MODULE, "calls")); /* CALL */
	IN(device = device_create(class, NULL, dev, NULL, "calls")); /* CALL */
	IN(device_destroy(class, dev)); /* CALL */
	IN(class_destroy(class)); /* CALL */
	IN(cdev_del(&cdev)); /* CALL */
	IN(unregister_chrdev_region(dev, 1)); /* CALL */
	IN(object = kobject_create_and_add("calls", kernel_kobj)); /* CALL */
	IN(taken(sysfs_create_file(object, &attribute.attr))); /* CALL */
	IN(sysfs_remove_file(object, &attribute.attr)); /* CALL */
	IN(kobject_del(object)); /* CALL */
	kobject_put(object);
	IN(taken(blocking_notifier_chain_register(&chain, &block))); /* CALL */
	IN(taken(blocking_notifier_call_chain(&chain, 0, NULL))); /* CALL */
	IN(taken(blocking_notifier_chain_unregister(&chain, &block))); /* CALL */
	taken(IS_ERR(device));
}

/* Without what takes long to tell. */
static bool some;
module_param(some, bool, 0);

static int __init calls_init(void)
{
	lock_calls();
	sleep_calls();
	if (some)
		return 0;
	memory_calls();
	user_calls();
	wait_calls();
	work_calls();
	thread_calls();
	file_calls();
	return 0;
}

static void __exit calls_exit(void)
{
	del_timer_sync(&timer);
	xa_destroy(&xarray);
}

module_init(calls_init);
module_exit(calls_exit);
MODULE_LICENSE("Dual MIT/GPL");
