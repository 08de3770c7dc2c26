//! Mutexes with priority inheritance, as `questions/rt_mutex.c` asks of them: with guards, whose
//! drops are `rt_mutex_unlock`.

use crate::ask::*;

cases![states, waiting, signalled, boost, chain, order];

type Lock = RtMutex<()>;
type Guard = RtMutexGuard<'static, ()>;
type Take = fn(&'static Lock) -> (i64, Option<Guard>);

fn held(got: Result<Guard, Errno>) -> (i64, Option<Guard>) {
    (int(got.as_ref().map(drop).map_err(|errno| *errno)), got.ok())
}

const PLAIN: Take = |lock| held(Ok(lock.lock()));
const INTERRUPTIBLE: Take = |lock| held(lock.lock_interruptible());
const KILLABLE: Take = |lock| held(lock.lock_killable());
const TRIED: Take = |lock| {
    let got = lock.try_lock();
    (int(got.is_none()), got)
};

/// A waiter of this urgency: 0 is everybody's, 1 low real-time, 2 high.
fn begin(lock: &'static Lock, take: Take, urgency: i32, state: Option<TaskState>) -> Waiter {
    Waiter::with_guard(state, move || {
        match urgency {
            2 => sched_set_fifo(&current()),
            1 => sched_set_fifo_low(&current()),
            _ => {}
        }
        take(lock)
    })
}

fn state(when: &str, locked: bool, owner: Option<Task>) {
    let owner = int(owner == Some(current()));
    answer!("{when} locked={} owner={owner} has_waiters={}", int(locked), somebody_waits(WaitKind::RtMutex));
}

fn state_of(when: &str, lock: &Lock) {
    state(when, lock.is_locked(), lock.owner());
}

DEFINE_RT_MUTEX!(static DEFINED);

fn states() {
    state("defined", rt_mutex_base_is_locked(&DEFINED), DEFINED.owner());
    let mut lock = RawRtMutex::new();
    rt_mutex_init(&mut lock);
    let state = |when: &str| state(when, rt_mutex_base_is_locked(&lock), lock.owner());
    state("init");
    rt_mutex_lock(&lock);
    state("locked");
    answer!("try_by_owner={}", int(rt_mutex_trylock(&lock)));
    rt_mutex_unlock(&lock);
    state("unlocked");
    let first = int(rt_mutex_trylock(&lock));
    state("tried");
    rt_mutex_unlock(&lock);
    let second = int(rt_mutex_lock_interruptible(&lock));
    rt_mutex_unlock(&lock);
    let third = int(rt_mutex_lock_killable(&lock));
    rt_mutex_unlock(&lock);
    answer!("try={first} interruptible={second} killable={third}");
}

fn waiting() {
    let all: [(&str, Take, Option<TaskState>); 4] = [
        ("plain", PLAIN, Some(TASK_UNINTERRUPTIBLE)),
        ("interruptible", INTERRUPTIBLE, Some(TASK_INTERRUPTIBLE)),
        ("killable", KILLABLE, Some(TASK_KILLABLE)),
        ("try", TRIED, None),
    ];
    for (name, take, sleeps) in all {
        let lock = shared(Lock::new(()));
        let guard = lock.lock();
        let waiter = begin(lock, take, 0, sleeps);
        state_of(name, lock);
        drop(guard);
        let returned = waiter.returned();
        answer!("{name} returned={returned} try_then={}", int(lock.try_lock()));
        waiter.stop();
    }
}

fn signalled() {
    let all: [(&str, Take, TaskState, i32, bool); 4] = [
        ("interruptible", INTERRUPTIBLE, TASK_INTERRUPTIBLE, SIGTERM, true),
        ("killable", KILLABLE, TASK_KILLABLE, SIGKILL, true),
        ("killable", KILLABLE, TASK_KILLABLE, SIGTERM, false),
        ("plain", PLAIN, TASK_UNINTERRUPTIBLE, SIGKILL, false),
    ];
    for (name, take, sleeps, signal, ends) in all {
        let lock = shared(Lock::new(()));
        let guard = lock.lock();
        let waiter = begin(lock, take, 0, Some(sleeps));
        let _ = send_sig(signal, &waiter.task, 1);
        if ends {
            waiter.returned();
        }
        let early = int(waiter.ended());
        state_of(name, lock);
        drop(guard);
        let eintr = is_eintr(waiter.returned());
        answer!("{name} signal={signal} ended_by_it={early} eintr={eintr}");
        waiter.stop();
    }
}

fn boost() {
    let me = current();
    let nice = task_nice(&me);
    set_user_nice(&me, 0);
    let lock = shared(Lock::new(()));
    let guard = lock.lock();
    answer!("alone prio={} normal_prio={} policy={}", me.prio(), me.normal_prio(), me.policy());
    let low = begin(lock, PLAIN, 1, Some(TASK_UNINTERRUPTIBLE));
    answer!("low waits prio={} normal_prio={} policy={}", me.prio(), me.normal_prio(), me.policy());
    let high = begin(lock, INTERRUPTIBLE, 2, Some(TASK_INTERRUPTIBLE));
    answer!("high waits prio={} normal_prio={} static_prio={}", me.prio(), me.normal_prio(), me.static_prio());
    let _ = send_sig(SIGTERM, &high.task, 1);
    let eintr = is_eintr(high.returned());
    answer!("high gone prio={} eintr={eintr}", me.prio());
    drop(guard);
    answer!("unlocked prio={}", me.prio());
    low.returned();
    answer!("low prio={} policy={}", low.task.prio(), low.task.policy());
    low.stop();
    high.stop();
    set_user_nice(&me, nice);
}

fn chain() {
    let (inner, outer) = (shared(Lock::new(())), shared(Lock::new(())));
    let me = current();
    let guard = inner.lock();
    let between = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || {
        let _outer = outer.lock();
        drop(inner.lock());
    });
    answer!("prio={} between={}", me.prio(), between.task.prio());
    let high = begin(outer, PLAIN, 2, Some(TASK_UNINTERRUPTIBLE));
    answer!("lent prio={} between={}", me.prio(), between.task.prio());
    drop(guard);
    high.returned();
    answer!("after prio={} between={}", me.prio(), between.task.prio());
    high.stop();
    between.stop();
}

fn order() {
    let lock = shared(Lock::new(()));
    let turns = shared(AtomicI64::new(0));
    let guard = lock.lock();
    let waiters = [0, 1, 2, 0, 2].map(|urgency| {
        Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || {
            match urgency {
                2 => sched_set_fifo(&current()),
                1 => sched_set_fifo_low(&current()),
                _ => {}
            }
            let _guard = lock.lock();
            turns.fetch_add(1, SeqCst) + 1
        })
    });
    drop(guard);
    let turns = waiters.each_ref().map(|waiter| waiter.returned().to_string());
    answer!("turns={}", turns.join(","));
    waiters.into_iter().for_each(Waiter::stop);
}
