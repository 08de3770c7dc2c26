// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * What the calls return, that allocate or wait, when there is no memory: each is made again and again, in a process of its own, from
 * whose first, second, third ... allocation on all fail. It prints what came of that: "value" is what it returns without a
 * lack, the others are what it returned with one; "abort" is an end of the process with a message.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/async.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kfifo.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/umh.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

/* The allocator, which is asked by this program, by the runtime and by the C library. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

/* How many allocations succeed from now on; a negative number if all do. */
static long left = -1;
/* How many were made since. */
static long made;

static int fails(void)
{
	if (__atomic_load_n(&left, __ATOMIC_SEQ_CST) < 0)
		return 0;
	return __atomic_fetch_add(&made, 1, __ATOMIC_SEQ_CST) >= __atomic_load_n(&left, __ATOMIC_SEQ_CST);
}

void *malloc(size_t size)
{
	if (fails())
		return errno = ENOMEM, NULL;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (fails())
		return errno = ENOMEM, NULL;
	return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	if (fails())
		return errno = ENOMEM, NULL;
	return __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t align, size_t size)
{
	if (fails())
		return ENOMEM;
	*block = __libc_memalign(align, size);
	return *block ? 0 : ENOMEM;
}

void *aligned_alloc(size_t align, size_t size)
{
	return fails() ? NULL : __libc_memalign(align, size);
}

static int nothing(void *data)
{
	return 0;
}

static void no_work(struct work_struct *work)
{
}

static void no_kthread_work(struct kthread_work *work)
{
}

static void no_async(void *data, async_cookie_t cookie)
{
}

static void no_rcu(struct rcu_head *head)
{
}

static void no_tasklet(struct tasklet_struct *tasklet)
{
}

static void no_irq_work(struct irq_work *work)
{
}

static void no_timer(struct timer_list *timer)
{
}

static enum hrtimer_restart no_hrtimer(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static DECLARE_WORK(work, no_work);
static DECLARE_DELAYED_WORK(delayed, no_work);
static DEFINE_KTHREAD_WORK(kthread_work, no_kthread_work);
static DECLARE_TASKLET(tasklet, no_tasklet);
static struct irq_work irq_work = IRQ_WORK_INIT(no_irq_work);
static DEFINE_TIMER(timer, no_timer);
static struct hrtimer hrtimer;
static struct rcu_head head;
static DECLARE_COMPLETION(never);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_IDR(idr);
static DEFINE_IDA(ida);
static DEFINE_XARRAY(xarray);
static struct kfifo fifo;
static struct kmem_cache *cache;
static mempool_t *pool;
static struct kthread_worker *worker;
static struct workqueue_struct *made_queue;
static struct kobject *parent;
static struct proc_dir_entry *folder;
static void *block;
static dev_t dev;
static const struct proc_ops ops;
static char *argv[] = { "/bin/true", NULL }, *envp[] = { NULL };

static long pointer(const void *pointer)
{
	return IS_ERR_OR_NULL(pointer) ? PTR_ERR(pointer) : 1;
}

static void set_up(void)
{
	/* The first call of a thread makes its task, for which there must be memory. */
	(void)current;
	printk(KERN_INFO "begun\n");
	cache = kmem_cache_create("cache", 64, 0, 0, NULL);
	pool = mempool_create_kmalloc_pool(2, 64);
	parent = kobject_create_and_add("parent", NULL);
	folder = proc_mkdir("folder", NULL);
	block = kmalloc(64, GFP_KERNEL);
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = no_hrtimer;
}

/* And there are threads. */
static void set_up_threads(void)
{
	struct task_struct *task = kthread_run(nothing, NULL, "first");

	if (!IS_ERR(task))
		kthread_stop(task);
	made_queue = alloc_workqueue("made", 0, 0);
	worker = kthread_create_worker(0, "worker");
	queue_work(made_queue, &work);
	flush_work(&work);
	mod_timer(&timer, jiffies);
	del_timer_sync(&timer);
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	irq_work_queue(&irq_work);
	irq_work_sync(&irq_work);
	hrtimer_start(&hrtimer, 1, HRTIMER_MODE_REL);
	hrtimer_cancel(&hrtimer);
	call_rcu(&head, no_rcu);
	rcu_barrier();
	async_schedule(no_async, NULL);
	async_synchronize_full();
}

struct row {
	const char *name;
	int threads;
	long (*ask)(void);
};

#define ROW(number, call) static long ask##number(void) { return (call); }
ROW(1, pointer(kmalloc(64, GFP_KERNEL)))
ROW(2, pointer(kzalloc(100000, GFP_KERNEL)))
ROW(3, pointer(kcalloc(10, 10, GFP_KERNEL)))
ROW(4, pointer(krealloc(block, 100000, GFP_KERNEL)))
ROW(5, pointer(vmalloc(100000)))
ROW(6, pointer((void *)__get_free_pages(GFP_KERNEL, 1)))
ROW(7, pointer(kmem_cache_create("another", 64, 0, 0, NULL)))
ROW(8, pointer(kmem_cache_alloc(cache, GFP_KERNEL)))
ROW(9, pointer(kstrdup("a text", GFP_KERNEL)))
ROW(10, pointer(kmemdup("a text", 7, GFP_KERNEL)))
ROW(11, pointer(kasprintf(GFP_KERNEL, "%s %d %pe", "a text", 5, ERR_PTR(-5))))
ROW(12, pointer(mempool_create_kmalloc_pool(4, 64)))
ROW(13, pointer(mempool_alloc(pool, GFP_KERNEL)))
ROW(14, pointer(kobject_create_and_add("child", parent)))
ROW(15, kobject_set_name(parent, "%s", "other"))
ROW(16, pointer(proc_mkdir("another", NULL)))
ROW(17, pointer(proc_create("file", 0444, folder, &ops)))
ROW(18, idr_alloc(&idr, &idr, 1, 0, GFP_KERNEL))
ROW(19, ida_alloc(&ida, GFP_KERNEL))
ROW(20, xa_err(xa_store(&xarray, 1000, &xarray, GFP_KERNEL)))
ROW(21, kfifo_alloc(&fifo, 64, GFP_KERNEL))
ROW(22, pointer(bitmap_zalloc(100, GFP_KERNEL)))
ROW(23, pointer(alloc_percpu(long)))
ROW(24, alloc_chrdev_region(&dev, 0, 1, "numbers"))
ROW(30, pointer(kthread_create(nothing, NULL, "new/%d", 1)))
ROW(31, pointer(kthread_create_worker(0, "new/%d", 1)))
ROW(32, pointer(alloc_workqueue("new/%d", WQ_UNBOUND | WQ_MEM_RECLAIM, 0, 1)))
ROW(33, queue_work(made_queue, &work) + 0 * flush_work(&work))
ROW(34, queue_delayed_work(made_queue, &delayed, 100000) + cancel_delayed_work_sync(&delayed) - 1)
ROW(35, kthread_queue_work(worker, &kthread_work))
ROW(36, (mod_timer(&timer, jiffies + 100000), del_timer_sync(&timer)))
ROW(37, (hrtimer_start(&hrtimer, 100000000000, HRTIMER_MODE_REL), hrtimer_cancel(&hrtimer)))
ROW(38, (tasklet_schedule(&tasklet), tasklet_kill(&tasklet), 1))
ROW(39, irq_work_queue(&irq_work))
ROW(40, (call_rcu(&head, no_rcu), rcu_barrier(), 1))
ROW(41, (kfree_rcu_mightsleep(block), rcu_barrier(), 1))
ROW(42, (async_schedule(no_async, NULL), async_synchronize_full(), 1))
ROW(43, call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC))
ROW(44, wait_event_timeout(queue, 0, 1))
ROW(45, wait_for_completion_timeout(&never, 1))
ROW(46, (msleep(1), synchronize_rcu(), schedule_timeout_uninterruptible(1)))
ROW(47, printk(KERN_INFO "said\n") > 0)

static const struct row rows[] = {
	{ "kmalloc", 0, ask1 },
	{ "kzalloc", 0, ask2 },
	{ "kcalloc", 0, ask3 },
	{ "krealloc", 0, ask4 },
	{ "vmalloc", 0, ask5 },
	{ "__get_free_pages", 0, ask6 },
	{ "kmem_cache_create", 0, ask7 },
	{ "kmem_cache_alloc", 0, ask8 },
	{ "kstrdup", 0, ask9 },
	{ "kmemdup", 0, ask10 },
	{ "kasprintf", 0, ask11 },
	{ "mempool_create", 0, ask12 },
	{ "mempool_alloc", 0, ask13 },
	{ "kobject_create_and_add", 0, ask14 },
	{ "kobject_set_name", 0, ask15 },
	{ "proc_mkdir", 0, ask16 },
	{ "proc_create", 0, ask17 },
	{ "idr_alloc", 0, ask18 },
	{ "ida_alloc", 0, ask19 },
	{ "xa_store", 0, ask20 },
	{ "kfifo_alloc", 0, ask21 },
	{ "bitmap_zalloc", 0, ask22 },
	{ "alloc_percpu", 0, ask23 },
	{ "alloc_chrdev_region", 0, ask24 },
	{ "kthread_create", 1, ask30 },
	{ "kthread_create_worker", 1, ask31 },
	{ "alloc_workqueue", 1, ask32 },
	{ "queue_work, flush_work", 1, ask33 },
	{ "queue_delayed_work, cancel_delayed_work_sync", 1, ask34 },
	{ "kthread_queue_work", 1, ask35 },
	{ "mod_timer, del_timer_sync", 1, ask36 },
	{ "hrtimer_start, hrtimer_cancel", 1, ask37 },
	{ "tasklet_schedule, tasklet_kill", 1, ask38 },
	{ "irq_work_queue", 1, ask39 },
	{ "call_rcu, rcu_barrier", 1, ask40 },
	{ "kfree_rcu_mightsleep, rcu_barrier", 1, ask41 },
	{ "async_schedule, async_synchronize_full", 1, ask42 },
	{ "call_usermodehelper", 1, ask43 },
	{ "wait_event_timeout", 1, ask44 },
	{ "wait_for_completion_timeout", 1, ask45 },
	{ "msleep, synchronize_rcu, schedule_timeout", 1, ask46 },
	{ "printk", 0, ask47 },
};

struct answer {
	long value, made;
};

/* The call, of whose allocations the first `succeed` succeed: what the child says, through `to`. */
static void child(const struct row *row, long succeed, int to)
{
	struct answer answer;

	alarm(20);
	set_up();
	if (row->threads)
		set_up_threads();
	__atomic_store_n(&made, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&left, succeed, __ATOMIC_SEQ_CST);
	answer.value = row->ask();
	answer.made = __atomic_load_n(&made, __ATOMIC_SEQ_CST);
	__atomic_store_n(&left, -1L, __ATOMIC_SEQ_CST);
	if (write(to, &answer, sizeof(answer)) != sizeof(answer))
		_exit(1);
	_exit(0);
}

static void collect(int from, char *text, size_t size)
{
	size_t length = 0;
	ssize_t more;

	while (length < size - 1 && (more = read(from, text + length, size - 1 - length)) > 0)
		length += more;
	text[length] = 0;
	close(from);
}

/* Prints `what`, once for each row. */
static void say(char *said, const char *what)
{
	if (!strstr(said, what))
		strcat(said, what);
}

static int ask(const struct row *row)
{
	char said[1000] = "", text[4000], what[100];
	int bad = 0;
	long n;

	for (n = 0; n < 1000; n++) {
		struct answer answer = { 0, 0 };
		int values[2], errors[2], status;
		pid_t pid;

		if (pipe(values) || pipe(errors) || (pid = fork()) < 0)
			return 1;
		if (!pid) {
			dup2(errors[1], 2);
			dup2(errors[1], 1);
			child(row, n, values[1]);
		}
		close(values[1]);
		close(errors[1]);
		collect(errors[0], text, sizeof(text));
		status = 0;
		waitpid(pid, &status, 0);
		if (read(values[0], &answer, sizeof(answer)) != sizeof(answer))
			answer.made = n + 1;
		close(values[0]);
		if (WIFEXITED(status) && !WEXITSTATUS(status)) {
			if (answer.made <= n) {
				snprintf(what, sizeof(what), " value %ld", answer.value);
				strcat(said, what);
				break;
			}
			snprintf(what, sizeof(what), " %ld", answer.value);
		} else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && (strstr(text, "memory allocation of") || strstr(text, "out of memory"))) {
			snprintf(what, sizeof(what), " abort");
		} else {
			snprintf(what, sizeof(what), " BAD(status %#x, allocation %ld)", status, n);
			fprintf(stderr, "%s: allocation %ld, status %#x:\n%s\n", row->name, n, status, text);
			bad = 1;
		}
		say(said, what);
	}
	printf("%s:%s\n", row->name, said);
	fflush(stdout);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (argc < 2 || strstr(rows[i].name, argv[1]))
			bad |= ask(&rows[i]);
	return bad;
}
