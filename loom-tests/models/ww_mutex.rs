//! ww_mutexes (`ww_mutex/mod.rs`, `ww_mutex/context.rs`).
//!
//! Two contexts that take two locks each, in opposite orders, both finish: the older one is never
//! refused, and the younger one backs off when it has to. In whatever order they come, the holder
//! and the waiter of a lock learn of each other. A context that has to back off does so also in the
//! middle of its sleep, and when it is about to sleep. The oldest waiter gets the lock first. No
//! task touches a context after its end.

use super::locks::{Counted, assert_at_rest, locked_or_killed, waiting, with};
use crate::harness::{Bound, Model, actor, in_small_kernel, prepared};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::mem;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "ww_abba_wound",
        claim: "wound/wait: of two contexts that take two locks in opposite orders, the younger one backs off if it has to",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: || abba(WwClass::wound_wait()),
    },
    Model {
        name: "ww_abba_die",
        claim: "wait/die: of two contexts that take two locks in opposite orders, the younger one backs off if it has to",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: || abba(WwClass::wait_die()),
    },
    Model {
        name: "ww_cross_wound",
        claim: "wound/wait: two contexts with a lock each request each other's at the same time, and the younger one backs off",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger"],
        run: || cross(WwClass::wound_wait()),
    },
    Model {
        name: "ww_cross_die",
        claim: "wait/die: two contexts with a lock each request each other's at the same time, and the younger one backs off",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger"],
        run: || cross(WwClass::wait_die()),
    },
    Model {
        name: "ww_wounded_asleep",
        claim: "a context that sleeps for a lock and is wounded wakes up and backs off",
        bound: Bound::Preemptions(3),
        outcomes: &["the younger"],
        run: ww_wounded_asleep,
    },
    Model {
        name: "ww_wound_is_over",
        claim: "a context that has backed off sleeps for its next lock: its wound is over",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger"],
        run: ww_wound_is_over,
    },
    Model {
        name: "ww_wounded_for_nothing",
        claim: "a wounded context that does not have to sleep gets its other lock, and both contexts get both locks",
        bound: Bound::Preemptions(3),
        outcomes: &["neither"],
        run: ww_wounded_for_nothing,
    },
    Model {
        name: "ww_overtaker_is_wounded",
        claim: "a younger context that takes a lock past a waiting older one does not wait for the older one",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: ww_overtaker_is_wounded,
    },
    Model {
        name: "ww_woken_is_wounded",
        claim: "a younger waiter that gets the lock while an older one queues up in front does not wait for the older one",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: ww_woken_is_wounded,
    },
    Model {
        name: "ww_older_comes_wound",
        claim: "wound/wait: a context that sleeps with a lock held backs off when an older one wants that lock",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: || older_comes(WwClass::wound_wait()),
    },
    Model {
        name: "ww_older_comes_die",
        claim: "wait/die: a context that sleeps with a lock held backs off when an older one queues up in front",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: || older_comes(WwClass::wait_die()),
    },
    Model {
        name: "ww_behind_another_wound",
        claim: "wound/wait: a context that takes a lock past an older one backs off, also if the wake-up goes to a task without a context",
        bound: Bound::Preemptions(1),
        outcomes: &["the younger", "neither"],
        run: ww_behind_another_wound,
    },
    Model {
        name: "ww_behind_another_die",
        claim: "wait/die: a context that sleeps behind a task without a context backs off when an older one takes the lock",
        bound: Bound::Preemptions(1),
        outcomes: &["the younger", "neither"],
        run: ww_behind_another_die,
    },
    Model {
        name: "ww_dies_behind_waiter",
        claim: "wait/die: a context that sleeps with a lock held backs off when an older one waits too, before the lock is free",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger"],
        run: ww_dies_behind_waiter,
    },
    Model {
        name: "ww_in_order",
        claim: "the older of two waiters gets the lock first, though it came last",
        bound: Bound::Preemptions(3),
        outcomes: &["older, younger"],
        run: ww_in_order,
    },
    Model {
        name: "ww_killed",
        claim: "a killed waiter with a context gets the lock or EINTR, its context counts correctly, and the lock is free",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: ww_killed,
    },
    Model {
        name: "ww_freed_by_last",
        claim: "the last of two users may free the ww_mutex right after its unlock, and each its context",
        bound: Bound::Preemptions(3),
        outcomes: &["main frees", "other frees"],
        run: ww_freed_by_last,
    },
    Model {
        name: "ww_overtaker_lets_die",
        claim: "wait/die: an older context that takes a lock past a younger one, which sleeps with the other lock held, gets that one too",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "neither"],
        run: ww_overtaker_lets_die,
    },
    Model {
        name: "ww_older_without_locks",
        claim: "wound/wait: a context that holds the lock which an older one without locks waits for does not back off",
        bound: Bound::Preemptions(2),
        outcomes: &["neither"],
        run: ww_older_without_locks,
    },
    Model {
        name: "ww_overtakes_older_without_locks",
        claim: "wound/wait: a context that takes a lock past a waiting older one without locks does not back off",
        bound: Bound::Preemptions(2),
        outcomes: &["neither"],
        run: ww_overtakes_older_without_locks,
    },
    Model {
        name: "ww_context_is_forgotten",
        claim: "wait/die: a waiter does not look at the context that held the lock before",
        bound: Bound::Preemptions(2),
        outcomes: &["neither"],
        run: ww_context_is_forgotten,
    },
];

thread_local! {
    // std's cell: all threads of a model run on one OS thread.
    static ORDER: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Which of two locks a context takes first.
#[derive(Clone, Copy)]
enum Order {
    AB,
    BA,
}

/// Two locks, and memory that is changed with both held.
pub(crate) struct Pair {
    pub(crate) class: Arc<WwClass>,
    pub(crate) a: WwMutex,
    pub(crate) b: WwMutex,
    value: UnsafeCell<u32>,
}

impl Pair {
    pub(crate) fn new(class: WwClass) -> Arc<Self> {
        ORDER.take();
        let class = Arc::new(class);
        let (a, b) = (WwMutex::new(&class), WwMutex::new(&class));
        Arc::new(Self { class, a, b, value: UnsafeCell::new(0) })
    }

    pub(crate) fn context(&self) -> WwAcquireCtx {
        WwAcquireCtx::new(&self.class)
    }

    /// The two locks, in the order in which a context takes them.
    fn in_order(&self, order: Order) -> [&WwMutex; 2] {
        match order {
            Order::AB => [&self.a, &self.b],
            Order::BA => [&self.b, &self.a],
        }
    }

    /// Takes one lock with a new context, does `then`, and continues as
    /// [`take_other`](Self::take_other).
    fn take_both(&self, order: Order, then: impl FnOnce()) -> usize {
        self.take_both_after(order, || (), then)
    }

    /// The same, with a context that is created before `first` is done.
    fn take_both_after(&self, order: Order, first: impl FnOnce(), then: impl FnOnce()) -> usize {
        let ctx = self.context();
        first();
        let [has, wants] = self.in_order(order);
        lock(has, &ctx).expect("without locks nothing refuses it");
        then();
        self.take_other(&ctx, has, wants)
    }

    /// Takes `a` with a new context when `first` is done, and records it.
    fn note(&self, who: &'static str, first: impl FnOnce()) {
        let ctx = self.context();
        first();
        lock(&self.a, &ctx).expect("without locks nothing refuses it");
        ORDER.with_borrow_mut(|order| order.push(who));
        ww_mutex_unlock(&self.a);
        ww_acquire_fini(&ctx);
    }

    /// With `ctx` holding `has`, takes `wants` too, works, and releases both. Returns how often it
    /// backed off.
    fn take_other<'a>(&'a self, ctx: &WwAcquireCtx, mut has: &'a WwMutex, mut wants: &'a WwMutex) -> usize {
        let mut times = 0;
        while let Err(errno) = lock(wants, ctx) {
            assert_eq!(errno, Errno::EDEADLK);
            times += 1;
            ww_mutex_unlock(has);
            // SAFETY: as in `lock`.
            unsafe { ww_mutex_lock_slow(wants, ctx) };
            mem::swap(&mut has, &mut wants);
        }
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe { *value += 1 });
        assert_eq!(ctx.acquired(), 2);
        // Releases its first lock last: a task that waits for that one with the other held is not
        // refused for it again.
        ww_mutex_unlock(wants);
        ww_mutex_unlock(has);
        ww_acquire_fini(ctx);
        times
    }

    /// Checks that both have worked and that nothing is held.
    fn end(&self, older: usize, younger: usize) -> String {
        // SAFETY: loom checks it.
        assert_eq!(self.value.with(|value| unsafe { *value }), 2);
        assert!(!ww_mutex_is_locked(&self.a) && !ww_mutex_is_locked(&self.b));
        // Both can be used again.
        assert_eq!(self.take_both(Order::BA, || ()), 0);
        assert_at_rest();
        match (older, younger) {
            (0, 0) => "neither",
            (0, 1) => "the younger",
            (0, _) => "the younger, again",
            _ => "the older",
        }
        .to_owned()
    }
}

/// `ww_mutex_lock`; the models' contexts are in frames that outlive their locks, which loom checks.
pub(crate) fn lock(lock: &WwMutex, ctx: &WwAcquireCtx) -> Result<(), Errno> {
    // SAFETY: the contexts outlive their locks, as described above.
    let result = unsafe { ww_mutex_lock(lock, Some(ctx)) };
    if result.is_err() {
        assert_eq!(current().state(), TASK_RUNNING);
    }
    result
}

/// `ww_mutex_lock` without a context.
pub(crate) fn lock_alone(lock: &WwMutex) -> Result<(), Errno> {
    // SAFETY: there is no context.
    unsafe { ww_mutex_lock(lock, None) }
}

/// `ww_mutex_trylock`, with contexts as above.
pub(crate) fn try_lock(lock: &WwMutex, ctx: Option<&WwAcquireCtx>) -> bool {
    // SAFETY: as in `lock`.
    unsafe { ww_mutex_trylock(lock, ctx) }
}

/// The completion that opens a gate, and a wait for it.
pub(crate) fn gate() -> (impl FnOnce(), impl FnOnce() + 'static) {
    let gate = Arc::new(Completion::new());
    let opened = gate.clone();
    (move || complete(&gate), move || wait_for_completion(&opened))
}

fn abba(class: WwClass) -> String {
    in_small_kernel(|| {
        let pair = Pair::new(class);
        let older = pair.context();
        prepared(|| lock(&pair.a, &older)).expect("it is free");
        let other = with(&pair, |pair| pair.take_both(Order::BA, || ()));
        let older = pair.take_other(&older, &pair.a, &pair.b);
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn cross(class: WwClass) -> String {
    in_small_kernel(|| {
        let pair = Pair::new(class);
        let older = pair.context();
        lock(&pair.a, &older).expect("it is free");
        let (open, opened) = gate();
        let (other, _) = waiting(&pair, |pair| pair.take_both(Order::BA, opened));
        open();
        let older = pair.take_other(&older, &pair.a, &pair.b);
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn ww_wounded_asleep() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        let older = pair.context();
        lock(&pair.a, &older).expect("it is free");
        let (other, _) = waiting(&pair, |pair| pair.take_both(Order::BA, || ()));
        let older = pair.take_other(&older, &pair.a, &pair.b);
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn ww_wound_is_over() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        let older = pair.context();
        lock(&pair.a, &older).expect("it is free");
        let (other, _) = waiting(&pair, |pair| pair.take_both(Order::BA, || ()));
        let older = pair.take_other(&older, &pair.a, &pair.b);
        // The younger one may have to wait for this, too.
        if try_lock(&pair.b, None) {
            ww_mutex_unlock(&pair.b);
        }
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn ww_wounded_for_nothing() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        let (open, opened) = gate();
        let (older, _) = waiting(&pair, |pair| pair.take_both_after(Order::AB, opened, || ()));
        let younger = pair.take_both(Order::AB, open);
        let older = older.join();
        pair.end(older, younger)
    })
}

fn ww_overtaker_is_wounded() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        assert!(try_lock(&pair.a, None));
        let (older, _) = waiting(&pair, |pair| pair.take_both(Order::BA, || ()));
        ww_mutex_unlock(&pair.a);
        let younger = pair.take_both(Order::AB, || ());
        let older = older.join();
        pair.end(older, younger)
    })
}

fn ww_woken_is_wounded() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        assert!(try_lock(&pair.a, None));
        let (open, opened) = gate();
        let (older, _) = waiting(&pair, |pair| pair.take_both(Order::BA, opened));
        let (younger, _) = waiting(&pair, |pair| pair.take_both(Order::AB, || ()));
        open();
        ww_mutex_unlock(&pair.a);
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn older_comes(class: WwClass) -> String {
    in_small_kernel(|| {
        let pair = Pair::new(class);
        assert!(try_lock(&pair.a, None));
        let (open, opened) = gate();
        let (older, _) = waiting(&pair, |pair| pair.take_both_after(Order::AB, opened, || ()));
        let (younger, _) = waiting(&pair, |pair| pair.take_both(Order::BA, || ()));
        open();
        ww_mutex_unlock(&pair.a);
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

/// Waits for `a` without a context, and releases it again.
fn without_context(pair: &Pair) {
    lock_alone(&pair.a).expect("without a context nothing refuses it");
    ww_mutex_unlock(&pair.a);
}

fn ww_behind_another_wound() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        assert!(try_lock(&pair.a, None));
        let (open, opened) = gate();
        let (first, _) = waiting(&pair, without_context);
        let (older, _) = waiting(&pair, |pair| pair.take_both(Order::BA, || ()));
        let (younger, _) = waiting(&pair, |pair| pair.take_both_after(Order::AB, opened, || ()));
        open();
        ww_mutex_unlock(&pair.a);
        first.join();
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn ww_behind_another_die() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wait_die());
        assert!(try_lock(&pair.a, None));
        let (open, opened) = gate();
        let (older, _) = waiting(&pair, |pair| pair.take_both_after(Order::AB, opened, || ()));
        let (first, _) = waiting(&pair, without_context);
        let (younger, _) = waiting(&pair, |pair| pair.take_both(Order::BA, || ()));
        open();
        ww_mutex_unlock(&pair.a);
        first.join();
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn ww_dies_behind_waiter() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wait_die());
        assert!(try_lock(&pair.a, None));
        let ((open, opened), (dies, dead)) = (gate(), gate());
        let (older, _) = waiting(&pair, |pair| pair.take_both_after(Order::AB, opened, || ()));
        let (younger, _) = waiting(&pair, |pair| {
            let ctx = pair.context();
            lock(&pair.b, &ctx).expect("it is free");
            assert_eq!(lock(&pair.a, &ctx), Err(Errno::EDEADLK));
            dies();
            ww_mutex_unlock(&pair.b);
            // SAFETY: as in `lock`.
            unsafe { ww_mutex_lock_slow(&pair.a, &ctx) };
            1 + pair.take_other(&ctx, &pair.a, &pair.b)
        });
        open();
        dead();
        ww_mutex_unlock(&pair.a);
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn ww_in_order() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        assert!(try_lock(&pair.a, None));
        let (open, opened) = gate();
        let (older, older_task) = waiting(&pair, |pair| pair.note("older", opened));
        let (younger, _) = waiting(&pair, |pair| pair.note("younger", || ()));
        prepared(|| {
            open();
            assert!(wait_task_inactive(&older_task, TASK_RUNNING));
        });
        drop(older_task);
        ww_mutex_unlock(&pair.a);
        older.join();
        younger.join();
        assert!(!ww_mutex_is_locked(&pair.a));
        ORDER.take().join(", ")
    })
}

fn ww_killed() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wait_die());
        let other = with(&pair, |pair| pair.note("other", || ()));
        let task = current();
        let killer = actor(move || send_sig(SIGKILL, &task, 1).expect("the task is alive"));
        let ctx = pair.context();
        // SAFETY: `ctx` outlives the time for which the lock is held.
        let result = unsafe { ww_mutex_lock_interruptible(&pair.a, Some(&ctx)) };
        assert_eq!(ctx.acquired(), u32::from(result.is_ok()));
        if result.is_ok() {
            ww_mutex_unlock(&pair.a);
        }
        ww_acquire_fini(&ctx);
        other.join();
        killer.join();
        assert!(!ww_mutex_is_locked(&pair.a));
        locked_or_killed(result)
    })
}

/// Locks with a context, removes one user, and unlocks; returns true if it was the last.
fn locked_put(counted: Counted<WwMutex>, class: &WwClass) -> bool {
    let ctx = WwAcquireCtx::new(class);
    lock(counted.lock(), &ctx).expect("without locks nothing refuses it");
    let last = counted.put(ww_mutex_unlock);
    ww_acquire_fini(&ctx);
    last
}

fn ww_freed_by_last() -> String {
    in_small_kernel(|| {
        let class = Arc::new(WwClass::wound_wait());
        let counted = Counted::new(WwMutex::new(&class), 2);
        let other = with(&class, move |class| locked_put(counted, class));
        let mine = locked_put(counted, &class);
        assert_ne!(mine, other.join());
        if mine { "main frees" } else { "other frees" }.to_owned()
    })
}

fn ww_overtaker_lets_die() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wait_die());
        let older = pair.context();
        assert!(try_lock(&pair.a, None));
        // The waiter in front is woken when `a` is free. So only the older context notifies the
        // younger one of itself.
        let (first, _) = waiting(&pair, without_context);
        let (younger, _) = waiting(&pair, |pair| {
            let younger = pair.context();
            lock(&pair.b, &younger).expect("it is free");
            pair.take_other(&younger, &pair.b, &pair.a)
        });
        ww_mutex_unlock(&pair.a);
        lock(&pair.a, &older).expect("without locks nothing refuses it");
        let older = pair.take_other(&older, &pair.a, &pair.b);
        first.join();
        let younger = younger.join();
        pair.end(older, younger)
    })
}

fn ww_older_without_locks() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        lock_alone(&pair.b).expect("it is free");
        let (open, opened) = gate();
        let (older, _) = waiting(&pair, |pair| pair.take_both_after(Order::AB, opened, || ()));
        let (younger, _) = waiting(&pair, |pair| pair.take_both(Order::AB, || ()));
        open();
        ww_mutex_unlock(&pair.b);
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn ww_overtakes_older_without_locks() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        lock_alone(&pair.a).expect("it is free");
        let (open, opened) = gate();
        let (other, _) = waiting(&pair, |pair| {
            lock_alone(&pair.b).expect("it is free");
            opened();
            ww_mutex_unlock(&pair.b);
        });
        let (older, _) = waiting(&pair, |pair| pair.take_both(Order::AB, || ()));
        open();
        ww_mutex_unlock(&pair.a);
        let younger = pair.take_both(Order::AB, || ());
        other.join();
        let older = older.join();
        pair.end(older, younger)
    })
}

fn ww_context_is_forgotten() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wait_die());
        let older = pair.take_both(Order::AB, || ());
        lock_alone(&pair.b).expect("it is free");
        let younger = with(&pair, |pair| pair.take_both(Order::AB, || ()));
        ww_mutex_unlock(&pair.b);
        let younger = younger.join();
        pair.end(older, younger)
    })
}
