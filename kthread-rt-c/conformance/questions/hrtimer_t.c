// SPDX-License-Identifier: MIT OR Apache-2.0
/* High-resolution timers: their fields, and sleepers. */
#include "ask.h"
#include <linux/hrtimer.h>
#include <linux/ktime.h>

static enum hrtimer_restart does_nothing(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void fields(const char *what, const struct hrtimer *timer)
{
	answer("%s state=%u rel=%u soft=%u hard=%u clock=%d", what, timer->state, timer->is_rel, timer->is_soft, timer->is_hard,
	       timer->base->clockid);
}

CASE(fields, "hrtimer.state hrtimer.is_rel hrtimer.is_soft hrtimer.is_hard hrtimer.base HRTIMER_STATE_ENQUEUED HRTIMER_STATE_INACTIVE")
{
	static struct hrtimer timer;

	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	fields("rel", &timer);
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	fields("soft", &timer);
	hrtimer_init(&timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS_HARD);
	fields("hard", &timer);
	hrtimer_init(&timer, CLOCK_REALTIME, HRTIMER_MODE_ABS);
	fields("realtime", &timer);
	/* Of the time of day there is no relative one. */
	hrtimer_init(&timer, CLOCK_REALTIME, HRTIMER_MODE_REL);
	fields("realtime_rel", &timer);
	timer.function = does_nothing;
	hrtimer_start(&timer, ms_to_ktime(3600 * 1000), HRTIMER_MODE_REL);
	answer("started enqueued=%d", timer.state == HRTIMER_STATE_ENQUEUED);
	hrtimer_cancel(&timer);
	answer("cancelled inactive=%d", timer.state == HRTIMER_STATE_INACTIVE);
}

CASE(sleeper, "hrtimer_sleeper hrtimer_init_sleeper hrtimer_sleeper_start_expires hrtimer_sleeper.task hrtimer_sleeper.timer")
{
	struct hrtimer_sleeper sleeper;
	ktime_t begin = ktime_get();

	hrtimer_init_sleeper(&sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	answer("task=%d active=%d", sleeper.task == current, hrtimer_active(&sleeper.timer));
	hrtimer_set_expires(&sleeper.timer, ms_to_ktime(3));
	set_current_state(TASK_UNINTERRUPTIBLE);
	hrtimer_sleeper_start_expires(&sleeper, HRTIMER_MODE_REL);
	schedule();
	answer("woken task=%d state=%u at_least=%d", !!sleeper.task, READ_ONCE(current->__state),
	       ktime_ms_delta(ktime_get(), begin) >= 3);
	hrtimer_cancel(&sleeper.timer);
	destroy_hrtimer_on_stack(&sleeper.timer);
}

ASK_MODULE(&case_fields, &case_sleeper);
