// SPDX-License-Identifier: MIT OR Apache-2.0
/* Mutexes that are taken several at a time: who has to back off, and how. */
#include "ask.h"
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(wound_class);
static DEFINE_WD_CLASS(die_class);

CASE(alone, "DEFINE_WW_CLASS DEFINE_WD_CLASS ww_mutex ww_mutex_init ww_acquire_init ww_acquire_done ww_acquire_fini"
	    " ww_mutex_lock ww_mutex_lock_interruptible ww_mutex_trylock ww_mutex_unlock ww_mutex_is_locked ww_mutex_destroy"
	    " ww_acquire_ctx.acquired ww_acquire_ctx.stamp ww_mutex.ctx EALREADY")
{
	struct ww_acquire_ctx ctx, later;
	struct ww_mutex a, b;
	int first, second, third;

	ww_mutex_init(&a, &wound_class);
	ww_mutex_init(&b, &wound_class);
	answer("init locked=%d ctx=%d", ww_mutex_is_locked(&a), !!a.ctx);
	ww_acquire_init(&ctx, &wound_class);
	ww_acquire_init(&later, &wound_class);
	answer("acquired=%u older=%d task=%d", ctx.acquired, ctx.stamp < later.stamp, ctx.task == current);
	first = ww_mutex_lock(&a, &ctx);
	second = ww_mutex_lock(&a, &ctx);
	answer("lock=%d again=%d already=%d acquired=%u ctx=%d", first, second, second == -EALREADY, ctx.acquired, a.ctx == &ctx);
	first = ww_mutex_trylock(&a, &ctx);
	second = ww_mutex_trylock(&b, &ctx);
	answer("try_own=%d try_free=%d acquired=%u", first, second, ctx.acquired);
	third = ww_mutex_lock_interruptible(&b, &ctx);
	answer("interruptible_again=%d", third);
	ww_acquire_done(&ctx);
	ww_mutex_unlock(&a);
	answer("unlocked acquired=%u locked=%d,%d ctx=%d", ctx.acquired, ww_mutex_is_locked(&a), ww_mutex_is_locked(&b), !!a.ctx);
	ww_mutex_unlock(&b);
	ww_acquire_fini(&ctx);
	ww_acquire_fini(&later);
	first = ww_mutex_lock(&a, NULL);
	second = ww_mutex_trylock(&a, NULL);
	answer("without_ctx lock=%d try=%d ctx=%d", first, second, !!a.ctx);
	ww_mutex_unlock(&a);
	first = ww_mutex_trylock(&a, NULL);
	second = ww_mutex_lock_interruptible(&b, NULL);
	answer("without_ctx try=%d interruptible=%d", first, second);
	ww_mutex_unlock(&a);
	ww_mutex_unlock(&b);
	ww_mutex_destroy(&a);
	ww_mutex_destroy(&b);
}

struct side {
	struct ww_acquire_ctx ctx;
	struct ww_class *class;
	struct ww_mutex *mine, *his;
	struct completion inited, go, locked, done;
	int first, second, third;
	bool interruptible;
};

static struct ww_mutex a, b;

/* Takes one, then the other when it is told to, and backs off if it has to. */
static int side(void *data)
{
	struct side *side = data;

	ww_acquire_init(&side->ctx, side->class);
	side->first = ww_mutex_lock(side->mine, &side->ctx);
	complete(&side->locked);
	wait_for_completion(&side->go);
	side->second = ww_mutex_lock(side->his, &side->ctx);
	if (side->second == -EDEADLK) {
		ww_mutex_unlock(side->mine);
		if (side->interruptible) {
			side->third = ww_mutex_lock_slow_interruptible(side->his, &side->ctx);
		} else {
			ww_mutex_lock_slow(side->his, &side->ctx);
			side->third = 0;
		}
	} else {
		ww_mutex_unlock(side->mine);
	}
	ww_mutex_unlock(side->his);
	ww_acquire_fini(&side->ctx);
	complete(&side->done);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct side *of, struct ww_class *class, struct ww_mutex *mine, struct ww_mutex *his)
{
	struct task_struct *task;

	of->class = class;
	of->mine = mine;
	of->his = his;
	of->third = 99;
	init_completion(&of->go);
	init_completion(&of->locked);
	init_completion(&of->done);
	task = ask_thread(side, of);
	wait_for_completion(&of->locked);
	return task;
}

/* Who begins first is older. */
static void circle(const char *what, struct ww_class *class, bool old_first, bool interruptible)
{
	static struct side old, young;
	struct task_struct *first, *second;

	ww_mutex_init(&a, class);
	ww_mutex_init(&b, class);
	old.interruptible = young.interruptible = interruptible;
	first = begin(&old, class, &a, &b);
	second = begin(&young, class, &b, &a);
	complete(old_first ? &old.go : &young.go);
	until_state(old_first ? first : second, TASK_UNINTERRUPTIBLE);
	answer("%s wounded=%d,%d", what, old.ctx.wounded, young.ctx.wounded);
	complete(old_first ? &young.go : &old.go);
	wait_for_completion(&old.done);
	wait_for_completion(&young.done);
	answer("%s old=%d,%d,%d young=%d,%d,%d edeadlk=%d", what, old.first, old.second, old.third, young.first, young.second,
	       young.third, young.second == -EDEADLK);
	answer("%s left=%d,%d", what, ww_mutex_is_locked(&a), ww_mutex_is_locked(&b));
	kthread_stop(first);
	kthread_stop(second);
}

CASE(circle, "ww_mutex_lock ww_mutex_lock_slow ww_mutex_lock_slow_interruptible ww_mutex_unlock ww_acquire_init EDEADLK"
	     " ww_acquire_ctx.wounded ww_acquire_fini")
{
	circle("wound", &wound_class, true, false);
	circle("wound_interruptible", &wound_class, true, true);
	circle("wound_young_first", &wound_class, false, false);
	circle("die", &die_class, true, false);
}

/* Begins, takes another one first if there is one, and then what somebody holds. */
static int takes(void *data)
{
	struct side *side = data;

	ww_acquire_init(&side->ctx, side->class);
	if (side->his)
		side->second = ww_mutex_lock(side->his, &side->ctx);
	complete(&side->inited);
	wait_for_completion(&side->go);
	side->first = ww_mutex_lock(side->mine, &side->ctx);
	complete(&side->locked);
	if (!side->first)
		ww_mutex_unlock(side->mine);
	if (side->his)
		ww_mutex_unlock(side->his);
	ww_acquire_fini(&side->ctx);
	complete(&side->done);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

/*
 * Whether a task waits for what another holds, by who is older and by whether it holds something
 * itself.
 */
static void contended(const char *what, struct ww_class *class, bool holder_older, bool holds_other)
{
	struct ww_acquire_ctx ctx;
	static struct side other;
	struct task_struct *task;
	int waits, wounded;

	ww_mutex_init(&a, class);
	ww_mutex_init(&b, class);
	other.class = class;
	other.mine = &a;
	other.his = holds_other ? &b : NULL;
	init_completion(&other.inited);
	init_completion(&other.go);
	init_completion(&other.locked);
	init_completion(&other.done);
	if (holder_older)
		ww_acquire_init(&ctx, class);
	task = ask_thread(takes, &other);
	wait_for_completion(&other.inited);
	if (!holder_older)
		ww_acquire_init(&ctx, class);
	waits = ww_mutex_lock(&a, &ctx);
	complete(&other.go);
	/* Asleep for it, or done already. */
	until(completion_done(&other.locked) || (READ_ONCE(task->__state) == TASK_UNINTERRUPTIBLE && !list_empty(&a.base.wait_list)));
	waits = !completion_done(&other.locked);
	wounded = ctx.wounded;
	ww_mutex_unlock(&a);
	wait_for_completion(&other.locked);
	wait_for_completion(&other.done);
	answer("%s holder_older=%d holds_other=%d waits=%d holder_wounded=%d result=%d", what, holder_older, holds_other, waits, wounded,
	       other.first);
	kthread_stop(task);
	ww_acquire_fini(&ctx);
}

CASE(contended, "ww_mutex_lock ww_mutex_unlock DEFINE_WW_CLASS DEFINE_WD_CLASS")
{
	contended("wound", &wound_class, true, false);
	contended("wound", &wound_class, true, true);
	contended("wound", &wound_class, false, false);
	contended("wound", &wound_class, false, true);
	contended("die", &die_class, true, false);
	contended("die", &die_class, true, true);
	contended("die", &die_class, false, false);
	contended("die", &die_class, false, true);
}

ASK_MODULE(&case_alone, &case_circle, &case_contended);
