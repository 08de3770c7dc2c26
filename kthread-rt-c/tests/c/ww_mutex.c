// SPDX-License-Identifier: MIT OR Apache-2.0
/* What acquire contexts get from ww_mutexes, of both kinds. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(wound_class);
static DEFINE_WD_CLASS(die_class);
static DEFINE_WW_MUTEX(declared, wound_class);

struct pair {
	struct ww_class *class;
	struct ww_mutex a, b;
	struct completion ready, go;
	struct ww_acquire_ctx ctx;
	int result, again;
};

static void one_task(void)
{
	struct ww_acquire_ctx ctx;

	ww_acquire_init(&ctx, &wound_class);
	pr_info("stamp, task, class: %lu %d %d\n", ctx.stamp, ctx.task == current, ctx.ww_class == &wound_class);
	pr_info("ww_mutex_lock: %d\n", ww_mutex_lock(&declared, &ctx));
	pr_info("ctx, acquired, is_locked: %d %u %d\n", READ_ONCE(declared.ctx) == &ctx, ctx.acquired,
		ww_mutex_is_locked(&declared));
	pr_info("the owner is current: %d\n", (struct task_struct *)atomic_long_read(&declared.base.owner) == current);
	lockdep_assert_held(&declared.base);
	pr_info("ww_mutex_lock, _interruptible again: %d %d\n", ww_mutex_lock(&declared, &ctx),
		ww_mutex_lock_interruptible(&declared, &ctx));
	pr_info("ww_mutex_trylock with it, without: %d %d\n", ww_mutex_trylock(&declared, &ctx),
		ww_mutex_trylock(&declared, NULL));
	ww_acquire_done(&ctx);
	pr_info("done_acquire: %u\n", ctx.done_acquire);
	ww_mutex_unlock(&declared);
	pr_info("ctx, acquired, is_locked: %d %u %d\n", !!declared.ctx, ctx.acquired, ww_mutex_is_locked(&declared));
	ww_acquire_fini(&ctx);
	pr_info("ww_mutex_trylock without: %d", ww_mutex_trylock(&declared, NULL));
	pr_cont(" %d\n", !!declared.ctx);
	ww_mutex_unlock(&declared);
	pr_info("ww_mutex_lock without: %d\n", ww_mutex_lock(&declared, NULL));
	ww_mutex_unlock(&declared);
	ww_mutex_destroy(&declared);
}

/* Has B, and asks for A, which an older context has. */
static int younger(void *data)
{
	struct pair *pair = data;
	struct ww_acquire_ctx ctx;

	ww_acquire_init(&ctx, pair->class);
	ww_mutex_lock(&pair->b, &ctx);
	complete(&pair->ready);
	wait_for_completion(&pair->go);
	pair->result = ww_mutex_lock(&pair->a, &ctx);
	if (pair->result == -EDEADLK) {
		ww_mutex_unlock(&pair->b);
		ww_mutex_lock_slow(&pair->a, &ctx);
		pair->again = ww_mutex_lock(&pair->b, &ctx);
	}
	ww_mutex_unlock(&pair->b);
	ww_mutex_unlock(&pair->a);
	ww_acquire_fini(&ctx);
	return 0;
}

static void two_tasks(const char *what, struct ww_class *class)
{
	struct task_struct *task;
	struct pair pair;
	int result;

	pair.class = class;
	ww_mutex_init(&pair.a, class);
	ww_mutex_init(&pair.b, class);
	init_completion(&pair.ready);
	init_completion(&pair.go);
	pair.again = 1;
	ww_acquire_init(&pair.ctx, class);
	ww_mutex_lock(&pair.a, &pair.ctx);
	task = kthread_run(younger, &pair, "younger");
	get_task_struct(task);
	wait_for_completion(&pair.ready);
	complete(&pair.go);
	result = ww_mutex_lock(&pair.b, &pair.ctx);
	pr_info("%s: the older context gets %d\n", what, result);
	ww_mutex_unlock(&pair.b);
	ww_mutex_unlock(&pair.a);
	ww_acquire_fini(&pair.ctx);
	kthread_stop(task);
	put_task_struct(task);
	pr_info("%s: the younger one gets %d, and then %d\n", what, pair.result, pair.again);
	ww_mutex_destroy(&pair.a);
	ww_mutex_destroy(&pair.b);
}

static int interrupted(void *data)
{
	struct pair *pair = data;
	struct ww_acquire_ctx ctx;

	allow_signal(SIGTERM);
	ww_acquire_init(&ctx, pair->class);
	complete(&pair->ready);
	pair->result = ww_mutex_lock_interruptible(&pair->a, &ctx);
	pair->again = ctx.acquired;
	ww_acquire_fini(&ctx);
	return 0;
}

static void a_signal(void)
{
	struct task_struct *task;
	struct pair pair;

	pair.class = &die_class;
	ww_mutex_init(&pair.a, &die_class);
	init_completion(&pair.ready);
	ww_mutex_lock(&pair.a, NULL);
	task = kthread_run(interrupted, &pair, "interrupted");
	get_task_struct(task);
	wait_for_completion(&pair.ready);
	send_sig(SIGTERM, task, 1);
	kthread_stop(task);
	put_task_struct(task);
	ww_mutex_unlock(&pair.a);
	pr_info("ww_mutex_lock_interruptible with a signal, acquired: %d %d\n", pair.result, pair.again);
	pr_info("is_locked: %d\n", ww_mutex_is_locked(&pair.a));
}

static int __init begin(void)
{
	pr_info("sizes: %zu %zu\n", sizeof(struct ww_mutex), sizeof(struct ww_acquire_ctx));
	pr_info("is_wait_die: %u %u\n", wound_class.is_wait_die, die_class.is_wait_die);
	one_task();
	two_tasks("wound/wait", &wound_class);
	two_tasks("wait/die", &die_class);
	a_signal();
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
