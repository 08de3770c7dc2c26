// SPDX-License-Identifier: MIT OR Apache-2.0
/* Of each kind of call that allocates one, and its error path. Every run of it is well, whatever fails. */
#include <linux/cdev.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/idr.h>
#include <linux/kfifo.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/percpu-rwsem.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

static char *text;
static void *never_null;
static void *zeroed;
static struct kmem_cache *cache;
static void *object;
static unsigned long pages;
static mempool_t *pool;
static int __percpu *counters;
static DEFINE_IDR(idr);
static DEFINE_IDA(ida);
static DEFINE_XARRAY(array);
static DECLARE_KFIFO_PTR(fifo, int);
static struct percpu_rw_semaphore sem;
static struct proc_dir_entry *folder, *file;
static struct dentry *debug;
static struct kobject *kobj;
static dev_t number;
static struct cdev *cdev;
static struct device *device;
static struct workqueue_struct *queue;
static struct kthread_worker *worker;
static struct task_struct *task;
static struct file_operations fops = { .owner = THIS_MODULE };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "many_misc", .fops = &fops };

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define create_class(name) class_create(name)
#else
#define create_class(name) class_create(THIS_MODULE, name)
#endif
static struct class *class;

static int show(struct seq_file *m, void *v)
{
	return 0;
}

static ssize_t value_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return 0;
}

static struct kobj_attribute value = __ATTR_RO(value);
static struct attribute *attributes[] = { &value.attr, NULL };
static const struct attribute_group group = { .name = "group", .attrs = attributes };

static void reset(void *data)
{
	*(int *)data = 0;
}

static int acted = 1;

static int run(void *data)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Goes back as far as it has come. Each part is NULL, or the like, if it has not come that far. */
static void undo(int steps)
{
	switch (steps) {
	case 24:
		kthread_stop(task);
		fallthrough;
	case 23:
		kthread_destroy_worker(worker);
		fallthrough;
	case 22:
		destroy_workqueue(queue);
		fallthrough;
	case 21:
		misc_deregister(&misc);
		fallthrough;
	case 20:
		device_destroy(class, number);
		fallthrough;
	case 19:
		class_destroy(class);
		fallthrough;
	case 18:
	case 17:
		cdev_del(cdev);
		fallthrough;
	case 16:
		unregister_chrdev_region(number, 1);
		fallthrough;
	case 15:
		sysfs_remove_group(kobj, &group);
		fallthrough;
	case 14:
		kobject_put(kobj);
		fallthrough;
	case 13:
		debugfs_remove_recursive(debug);
		proc_remove(file);
		fallthrough;
	case 12:
		proc_remove(folder);
		fallthrough;
	case 11:
		percpu_free_rwsem(&sem);
		fallthrough;
	case 10:
		kfifo_free(&fifo);
		fallthrough;
	case 9:
		xa_destroy(&array);
		fallthrough;
	case 8:
		ida_destroy(&ida);
		fallthrough;
	case 7:
		idr_destroy(&idr);
		free_percpu(counters);
		fallthrough;
	case 6:
		mempool_destroy(pool);
		fallthrough;
	case 5:
		free_pages(pages, 1);
		fallthrough;
	case 4:
		kmem_cache_free(cache, object);
		fallthrough;
	case 3:
		kmem_cache_destroy(cache);
		fallthrough;
	case 2:
		vfree(zeroed);
		fallthrough;
	case 1:
		kfree(text);
		fallthrough;
	default:
		kfree(never_null);
	}
}

static int __init many_init(void)
{
	int steps = 0, error = -ENOMEM;

	never_null = kmalloc(10, GFP_KERNEL | __GFP_NOFAIL);
	*(char *)never_null = 0;
	text = kasprintf(GFP_KERNEL, "%d", 1);
	if (!text)
		goto out;
	steps = 1;
	zeroed = vzalloc(10);
	if (!zeroed)
		goto out;
	steps = 2;
	cache = kmem_cache_create("many", 32, 0, 0, NULL);
	if (!cache)
		goto out;
	steps = 3;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!object)
		goto out;
	steps = 4;
	pages = __get_free_pages(GFP_KERNEL, 1);
	if (!pages)
		goto out;
	steps = 5;
	pool = mempool_create_kmalloc_pool(2, 16);
	if (!pool)
		goto out;
	steps = 6;
	counters = alloc_percpu(int);
	if (!counters)
		goto out;
	steps = 7;
	error = idr_alloc(&idr, text, 100, 0, GFP_KERNEL);
	if (error < 0)
		goto out;
	error = ida_alloc(&ida, GFP_KERNEL);
	if (error < 0)
		goto out;
	steps = 8;
	error = xa_err(xa_store(&array, 5000, text, GFP_KERNEL));
	if (error)
		goto out;
	steps = 9;
	error = kfifo_alloc(&fifo, 8, GFP_KERNEL);
	if (error)
		goto out;
	steps = 10;
	error = percpu_init_rwsem(&sem);
	if (error)
		goto out;
	steps = 11;
	error = -ENOMEM;
	folder = proc_mkdir("many", NULL);
	if (!folder)
		goto out;
	steps = 12;
	file = proc_create_single("file", 0, folder, show);
	if (!file)
		goto out;
	/* That it is not there hurts nobody. */
	debug = debugfs_create_dir("many", NULL);
	steps = 13;
	kobj = kobject_create_and_add("many", kernel_kobj);
	if (!kobj)
		goto out;
	steps = 14;
	error = sysfs_create_group(kobj, &group);
	if (error)
		goto out;
	steps = 15;
	error = alloc_chrdev_region(&number, 0, 1, "many");
	if (error)
		goto out;
	steps = 16;
	error = -ENOMEM;
	cdev = cdev_alloc();
	if (!cdev)
		goto out;
	cdev->ops = &fops;
	steps = 17;
	error = cdev_add(cdev, number, 1);
	if (error)
		goto out;
	steps = 18;
	class = create_class("many");
	error = PTR_ERR_OR_ZERO(class);
	if (error)
		goto out;
	steps = 19;
	device = device_create(class, NULL, number, NULL, "many%d", 0);
	error = PTR_ERR_OR_ZERO(device);
	if (error)
		goto out;
	steps = 20;
	error = devm_add_action_or_reset(device, reset, &acted);
	if (error && acted)
		pr_err("the action was not called\n");
	if (error)
		goto out;
	error = misc_register(&misc);
	if (error)
		goto out;
	steps = 21;
	error = -ENOMEM;
	queue = alloc_workqueue("many", WQ_MEM_RECLAIM, 0);
	if (!queue)
		goto out;
	steps = 22;
	worker = kthread_create_worker(0, "many");
	error = PTR_ERR_OR_ZERO(worker);
	if (error)
		goto out;
	steps = 23;
	task = kthread_run(run, NULL, "many");
	error = PTR_ERR_OR_ZERO(task);
	if (error)
		goto out;
	return 0;
out:
	undo(steps);
	return error;
}

static void __exit many_exit(void)
{
	undo(24);
}

module_init(many_init);
module_exit(many_exit);
MODULE_LICENSE("Dual MIT/GPL");
