/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Timers with a resolution of nanoseconds. */
#ifndef KT_CORE_LINUX_HRTIMER_H
#define KT_CORE_LINUX_HRTIMER_H

#include <kt/core/linux/init.h>
#include <kt/core/linux/ktime.h>
#include <kt/core/linux/time.h>
#include <kt/core/linux/timer.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS = 0x00,
	HRTIMER_MODE_REL = 0x01,
	HRTIMER_MODE_PINNED = 0x02,
	HRTIMER_MODE_SOFT = 0x04,
	HRTIMER_MODE_HARD = 0x08,
	HRTIMER_MODE_ABS_PINNED = HRTIMER_MODE_ABS | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_REL_PINNED = HRTIMER_MODE_REL | HRTIMER_MODE_PINNED,
#if KT_SINCE(4, 16)
	HRTIMER_MODE_ABS_SOFT = HRTIMER_MODE_ABS | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_REL_SOFT = HRTIMER_MODE_REL | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_ABS_PINNED_SOFT = HRTIMER_MODE_ABS_PINNED | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_REL_PINNED_SOFT = HRTIMER_MODE_REL_PINNED | HRTIMER_MODE_SOFT,
#endif
	HRTIMER_MODE_ABS_HARD = HRTIMER_MODE_ABS | HRTIMER_MODE_HARD,
	HRTIMER_MODE_REL_HARD = HRTIMER_MODE_REL | HRTIMER_MODE_HARD,
	HRTIMER_MODE_ABS_PINNED_HARD = HRTIMER_MODE_ABS_PINNED | HRTIMER_MODE_HARD,
	HRTIMER_MODE_REL_PINNED_HARD = HRTIMER_MODE_REL_PINNED | HRTIMER_MODE_HARD,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

struct hrtimer;
typedef enum hrtimer_restart (*kt_hrtimer_fn)(struct hrtimer *timer);

/*
 * The clock that a timer was set up for. All timers run on the monotonic clock, whose time
 * get_time() returns.
 */
struct hrtimer_clock_base {
	unsigned int index;
	clockid_t clockid;
	ktime_t (*get_time)(void);
	ktime_t offset;
};

#define HRTIMER_STATE_INACTIVE 0x00
#define HRTIMER_STATE_ENQUEUED 0x01

/*
 * The other fields up to `base` belong to the runtime (kthread-rt, src/hrtimer/mod.rs). `state` and
 * `is_soft` are the lowest bytes of the runtime's words; `is_rel` is for kernels with a
 * low-resolution clock.
 */
struct hrtimer {
	unsigned long kt_node[5];
	u8 state, kt_queued[3];
	u32 kt_pad;
	ktime_t _softexpires;
	kt_hrtimer_fn function;
	u8 is_soft, kt_soft[3];
	u8 is_rel, is_hard, kt_pad2[2];
	void *kt_base;
	struct hrtimer_clock_base *base;
	u64 kt_range; /* the maximal delay after `_softexpires` */
};

struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};

KT_BEGIN
struct task_struct *kt_current(void);
int wake_up_process(struct task_struct *task);
void kt_hrtimer_check_clock(clockid_t clock);
struct hrtimer_clock_base *kt_hrtimer_base(clockid_t clock);
void kt_hrtimer_start(struct hrtimer *timer, ktime_t time, unsigned int mode);
int hrtimer_cancel(struct hrtimer *timer);
int hrtimer_try_to_cancel(struct hrtimer *timer);
bool hrtimer_active(struct hrtimer *timer);
bool kt_hrtimer_is_queued(struct hrtimer *timer);
int kt_hrtimer_callback_running(struct hrtimer *timer);
u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval);
int schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode);
int schedule_hrtimeout_range(ktime_t *expires, u64 delta, const enum hrtimer_mode mode);
int schedule_hrtimeout_range_clock(ktime_t *expires, u64 delta, const enum hrtimer_mode mode, clockid_t clock);
KT_END

#if KT_SINCE(6, 13)
#define KT_HRTIMER_SETUP "hrtimer_setup"
#else
#define KT_HRTIMER_SETUP "hrtimer_init"
#endif

static inline void kt_hrtimer_setup(struct hrtimer *timer, kt_hrtimer_fn function, clockid_t clock, unsigned int mode)
{
	struct hrtimer made = { { 0 } };

	kt_initialises(timer, sizeof(*timer), KT_HRTIMER_SETUP);
	if (clock != CLOCK_MONOTONIC && !(mode & HRTIMER_MODE_REL))
		kt_hrtimer_check_clock(clock);
	made.function = function;
	made.is_soft = !!(mode & HRTIMER_MODE_SOFT);
	made.is_hard = !!(mode & HRTIMER_MODE_HARD);
	/* A relative time is on the monotonic clock, even for CLOCK_REALTIME. */
	made.base = kt_hrtimer_base(clock == CLOCK_REALTIME && mode & HRTIMER_MODE_REL ? CLOCK_MONOTONIC : clock);
	*timer = made;
}

#if KT_SINCE(6, 13)
#define hrtimer_setup kt_hrtimer_setup
#define hrtimer_setup_on_stack kt_hrtimer_setup
#endif

#if !KT_SINCE(6, 15)
static inline void hrtimer_init(struct hrtimer *timer, clockid_t clock, enum hrtimer_mode mode)
{
	kt_hrtimer_setup(timer, 0, clock, mode);
}

static inline void hrtimer_init_on_stack(struct hrtimer *timer, clockid_t clock, enum hrtimer_mode mode)
{
	kt_hrtimer_setup(timer, 0, clock, mode);
}
#endif

static inline void destroy_hrtimer_on_stack(struct hrtimer *timer)
{
	(void)timer;
}

static inline void hrtimer_update_function(struct hrtimer *timer, kt_hrtimer_fn function)
{
	timer->function = function;
}

static inline void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t time, u64 range, const enum hrtimer_mode mode)
{
	__atomic_store_n(&timer->kt_range, range, __ATOMIC_RELAXED);
	kt_hrtimer_start(timer, time, mode);
}

static inline void hrtimer_start(struct hrtimer *timer, ktime_t time, const enum hrtimer_mode mode)
{
	hrtimer_start_range_ns(timer, time, 0, mode);
}

static inline void hrtimer_start_expires(struct hrtimer *timer, enum hrtimer_mode mode)
{
	kt_hrtimer_start(timer, timer->_softexpires, mode);
}

static inline void hrtimer_restart(struct hrtimer *timer)
{
	kt_hrtimer_start(timer, timer->_softexpires, HRTIMER_MODE_ABS);
}

static inline bool hrtimer_is_queued(struct hrtimer *timer)
{
	return kt_hrtimer_is_queued(timer);
}

static inline int hrtimer_callback_running(struct hrtimer *timer)
{
	return kt_hrtimer_callback_running(timer);
}

static inline ktime_t hrtimer_cb_get_time(const struct hrtimer *timer)
{
	(void)timer;
	return ktime_get();
}

static inline u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)
{
	return hrtimer_forward(timer, ktime_get(), interval);
}

/* Another thread may read it: one access. */
static inline ktime_t hrtimer_get_softexpires(const struct hrtimer *timer)
{
	return __kt_time(__atomic_load_n((const s64 *)&timer->_softexpires, __ATOMIC_RELAXED));
}

static inline ktime_t hrtimer_get_expires(const struct hrtimer *timer)
{
	return ktime_add_safe(hrtimer_get_softexpires(timer), __kt_time(__atomic_load_n(&timer->kt_range, __ATOMIC_RELAXED)));
}

static inline void hrtimer_set_expires_range_ns(struct hrtimer *timer, ktime_t time, u64 delta)
{
	__atomic_store_n(&timer->kt_range, delta, __ATOMIC_RELAXED);
	__atomic_store_n((s64 *)&timer->_softexpires, __kt_ns(time), __ATOMIC_RELAXED);
}

static inline void hrtimer_set_expires(struct hrtimer *timer, ktime_t time)
{
	hrtimer_set_expires_range_ns(timer, time, 0);
}

static inline void hrtimer_set_expires_range(struct hrtimer *timer, ktime_t time, ktime_t delta)
{
	hrtimer_set_expires_range_ns(timer, time, __kt_ns(delta));
}

static inline s64 hrtimer_get_expires_ns(const struct hrtimer *timer)
{
	return __kt_ns(hrtimer_get_expires(timer));
}

static inline s64 hrtimer_get_softexpires_tv64(const struct hrtimer *timer)
{
	return __kt_ns(hrtimer_get_softexpires(timer));
}

#define hrtimer_get_expires_tv64 hrtimer_get_expires_ns

static inline void hrtimer_add_expires(struct hrtimer *timer, ktime_t time)
{
	hrtimer_set_expires_range_ns(timer, ktime_add_safe(hrtimer_get_softexpires(timer), time), timer->kt_range);
}

static inline void hrtimer_add_expires_ns(struct hrtimer *timer, u64 ns)
{
	hrtimer_set_expires_range_ns(timer, ktime_add_ns(hrtimer_get_softexpires(timer), ns), timer->kt_range);
}

static inline ktime_t hrtimer_expires_remaining(const struct hrtimer *timer)
{
	return ktime_sub(hrtimer_get_expires(timer), ktime_get());
}

static inline ktime_t hrtimer_get_remaining(const struct hrtimer *timer)
{
	return hrtimer_expires_remaining(timer);
}

static const unsigned int hrtimer_resolution __attribute__((__unused__)) = 1;

/* `task` is null once the timer has expired. */
static inline enum hrtimer_restart kt_hrtimer_wakeup(struct hrtimer *timer)
{
	struct hrtimer_sleeper *sleeper = container_of(timer, struct hrtimer_sleeper, timer);
	struct task_struct *task = sleeper->task;

	__atomic_store_n(&sleeper->task, (struct task_struct *)0, __ATOMIC_RELEASE);
	if (task)
		wake_up_process(task);
	return HRTIMER_NORESTART;
}

static inline void hrtimer_init_sleeper(struct hrtimer_sleeper *sleeper, clockid_t clock, enum hrtimer_mode mode)
{
	kt_hrtimer_setup(&sleeper->timer, kt_hrtimer_wakeup, clock, mode);
	sleeper->task = kt_current();
}

#define hrtimer_init_sleeper_on_stack hrtimer_init_sleeper
#if KT_SINCE(6, 13)
#define hrtimer_setup_sleeper_on_stack hrtimer_init_sleeper
#endif

static inline void hrtimer_sleeper_start_expires(struct hrtimer_sleeper *sleeper, enum hrtimer_mode mode)
{
	hrtimer_start_expires(&sleeper->timer, mode);
}

#endif
