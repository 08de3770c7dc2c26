/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What modules use by habit: the configuration, a task's lock and policy, sets of objects, a device's lock, where a module is. */
#ifndef CONFIG_SMP
#error the configuration is there before a source says anything
#endif
static int __attribute__((unused)) __user *of_nobody;

#include <linux/build-salt.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mmu_context.h>
#include <linux/percpu-refcount.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sys.h>
#include <linux/vermagic.h>
#include <generated/utsrelease.h>
#include <uapi/linux/sched/types.h>

BUILD_SALT;

static void configuration(void)
{
	pr_info("on: %d%d%d%d%d off: %d%d\n", IS_ENABLED(CONFIG_SMP), IS_ENABLED(CONFIG_MODULES),
		IS_ENABLED(CONFIG_DEBUG_FS), IS_ENABLED(CONFIG_PROC_FS), IS_BUILTIN(CONFIG_SYSFS), IS_ENABLED(CONFIG_OF),
		IS_MODULE(CONFIG_SMP));
	pr_info("ticks: %d, of a set: %d, release %s, magic %s\n", HZ == CONFIG_HZ, (int)_NSIG_WORDS, UTS_RELEASE,
		strncmp(VERMAGIC_STRING, UTS_RELEASE " SMP ", strlen(UTS_RELEASE) + 5) ? "another" : "of it");
}

static int sleeps(void *data)
{
	struct mm_struct __attribute__((unused)) memory = { .mm_count = ATOMIC_INIT(1) };
	int refused, urgency, calm;
	struct sched_attr urgent = { .size = sizeof(urgent), .sched_policy = SCHED_FIFO, .sched_priority = 3 };
	struct sched_attr late = { .sched_policy = SCHED_NORMAL, .sched_nice = 5 };
	struct sched_attr wrong = { .sched_policy = 77 };

	task_lock(current);
	pr_info("locked: %d\n", in_atomic());
	task_unlock(current);
	/* Whoever may not have a real-time policy is told. */
	refused = sched_setattr_nocheck(current, &wrong);
	urgency = sched_setattr_nocheck(current, &urgent);
	pr_info("wrong: %d, real time: %d\n", refused, urgency == 0 && current->policy != SCHED_FIFO);
	calm = sched_setattr_nocheck(current, &late);
	pr_info("nice: %d %d\n", calm, task_nice(current));
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 8, 0)
	kthread_use_mm(&memory);
	pr_info("memory: %d", !!current->mm);
	kthread_unuse_mm(&memory);
	pr_cont(" %d\n", !!current->mm);
#endif
	complete(data);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static void objects(void)
{
	struct kset *set = kset_create_and_add("habits", NULL, kernel_kobj);
	struct kobject *first = kzalloc(sizeof(*first), GFP_KERNEL), *at, *found;
	static const struct kobj_type type = { .release = (void (*)(struct kobject *))kfree, .sysfs_ops = &kobj_sysfs_ops };
	int n = 0, error;

	first->kset = set;
	error = kobject_init_and_add(first, &type, NULL, "child%d", 1);
	pr_info("added: %d, to its set: %d\n", error, first->parent == &set->kobj);
	list_for_each_entry(at, &set->list, entry)
		n++;
	found = kset_find_obj(set, "child1");
	pr_info("in it: %d, found: %d %d\n", n, found == first, !kset_find_obj(set, "child2"));
	kobject_put(found);
	kobject_put(first);
	pr_info("empty: %d\n", list_empty(&set->list));
	kset_unregister(set);
}

static void gone(struct device *dev)
{
	kfree(dev);
}

static void devices(void)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int again;

	dev->release = gone;
	device_initialize(dev);
	device_lock(dev);
	again = device_trylock(dev);
	device_unlock(dev);
	pr_info("locked twice: %d, once: %d\n", again, device_trylock(dev));
	device_unlock(dev);
	put_device(dev);
}

static void released(struct percpu_ref *ref)
{
	(void)ref;
	pr_info("released\n");
}

static int __init habits_init(void)
{
	struct task_struct *task;
	DECLARE_COMPLETION_ONSTACK(asked);
	struct percpu_ref ref;
	void *block;

	configuration();
	task = kthread_run(sleeps, &asked, "habits");
	wait_for_completion(&asked);
	kthread_stop(task);
	objects();
	devices();
	pr_info("here: %d %d, there: %d\n", __module_address((unsigned long)habits_init) == THIS_MODULE,
		is_module_text_address((unsigned long)habits_init) && !is_module_text_address((unsigned long)&THIS_MODULE->state),
		is_module_address((unsigned long)kfree) || within_module((unsigned long)&ref, THIS_MODULE));
	block = kvzalloc(8, GFP_KERNEL);
	strcpy(block, "kept");
	block = kvrealloc(block, 8, 4096, GFP_KERNEL);
	pr_info("longer: %s %d\n", (char *)block, kvrealloc(block, 4096, 8, GFP_KERNEL) == block);
	kvfree(block);
	pr_info("ref: %d\n", percpu_ref_init(&ref, released, PERCPU_REF_INIT_ATOMIC, GFP_KERNEL));
	pr_info("count: %ld\n", atomic_long_read(&ref.data->count));
	percpu_ref_kill(&ref);
	percpu_ref_exit(&ref);
	return 0;
}

static void __exit habits_exit(void)
{
}

module_init(habits_init);
module_exit(habits_exit);
MODULE_LICENSE("GPL");
