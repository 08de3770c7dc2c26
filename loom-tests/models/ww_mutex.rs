//! ww_mutexes (`ww_mutex/mod.rs`, `ww_mutex/context.rs`).
//!
//! Two contexts that take two locks each, in opposite orders, both come to an end: the older one is never refused, and the younger
//! one backs off when it has to. Whoever comes first, who has the lock and who waits for it learn of each other; a context
//! that has to back off does so also in the middle of its sleep, and when it is just about to sleep. The oldest who waits
//! gets the lock first. Nobody touches a context after its end.

use crate::harness::{Actor, Bound, Model, actor, in_small_kernel, prepared, sleeper};
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
        outcomes: &["the younger", "nobody"],
        run: || abba(WwClass::wound_wait()),
    },
    Model {
        name: "ww_abba_die",
        claim: "wait/die: of two contexts that take two locks in opposite orders, the younger one backs off if it has to",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "nobody"],
        run: || abba(WwClass::wait_die()),
    },
    Model {
        name: "ww_cross_wound",
        claim: "wound/wait: two contexts with a lock each ask for each other's at the same time, and the younger one backs off",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger"],
        run: || cross(WwClass::wound_wait()),
    },
    Model {
        name: "ww_cross_die",
        claim: "wait/die: two contexts with a lock each ask for each other's at the same time, and the younger one backs off",
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
        name: "ww_wounded_for_nothing",
        claim: "a wounded context that does not have to sleep gets its other lock, and both get all they want",
        bound: Bound::Preemptions(3),
        outcomes: &["nobody"],
        run: ww_wounded_for_nothing,
    },
    Model {
        name: "ww_overtaker_is_wounded",
        claim: "a younger context that takes a lock past an older one that waits for it does not wait for the older one",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "nobody"],
        run: ww_overtaker_is_wounded,
    },
    Model {
        name: "ww_woken_is_wounded",
        claim: "a younger waiter that gets the lock while an older one queues up in front does not wait for the older one",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "nobody"],
        run: ww_woken_is_wounded,
    },
    Model {
        name: "ww_older_comes_wound",
        claim: "wound/wait: a context that sleeps with a lock in its hands backs off when an older one wants that",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "nobody"],
        run: || older_comes(WwClass::wound_wait()),
    },
    Model {
        name: "ww_older_comes_die",
        claim: "wait/die: a context that sleeps with a lock in its hands backs off when an older one queues up in front",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "nobody"],
        run: || older_comes(WwClass::wait_die()),
    },
    Model {
        name: "ww_in_order",
        claim: "the older of two that wait gets the lock first, though it came last",
        bound: Bound::Preemptions(3),
        outcomes: &["older, younger"],
        run: ww_in_order,
    },
    Model {
        name: "ww_killed",
        claim: "a waiter with a context that is killed has the lock or EINTR, its context counts right, and the lock is free",
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
        claim: "wait/die: an older context that takes a lock past a younger one that sleeps for it with the other lock gets that one too",
        bound: Bound::Preemptions(2),
        outcomes: &["the younger", "nobody"],
        run: ww_overtaker_lets_die,
    },
];

thread_local! {
    // std's: all threads of a model are one OS thread.
    static ORDER: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Two locks, and memory that is changed with both held.
struct Pair {
    class: Arc<WwClass>,
    a: WwMutex,
    b: WwMutex,
    value: UnsafeCell<u32>,
}

impl Pair {
    fn new(class: WwClass) -> Arc<Self> {
        ORDER.take();
        let class = Arc::new(class);
        let (a, b) = (WwMutex::new(&class), WwMutex::new(&class));
        Arc::new(Self { class, a, b, value: UnsafeCell::new(0) })
    }

    fn context(&self) -> WwAcquireCtx {
        WwAcquireCtx::new(&self.class)
    }

    /// `ctx` has `has`, and takes `wants` too, works, and lets both go. How often it backed off.
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
        // What it had first goes last: nobody who waits for that with the other in its hands is refused for it again.
        ww_mutex_unlock(wants);
        ww_mutex_unlock(has);
        ww_acquire_fini(ctx);
        times
    }

    /// Both have worked, and nothing is held.
    fn end(&self, older: usize, younger: usize) -> String {
        // SAFETY: loom checks it.
        assert_eq!(self.value.with(|value| unsafe { *value }), 2);
        assert!(!ww_mutex_is_locked(&self.a) && !ww_mutex_is_locked(&self.b));
        match (older, younger) {
            (0, 0) => "nobody",
            (0, 1) => "the younger",
            (0, _) => "the younger, again",
            _ => "the older",
        }
        .to_owned()
    }
}

/// `ww_mutex_lock`; the models' contexts are in frames that outlive their locks, which loom checks.
fn lock(lock: &WwMutex, ctx: &WwAcquireCtx) -> Result<(), Errno> {
    // SAFETY: as said above.
    unsafe { ww_mutex_lock(lock, Some(ctx)) }
}

/// Lets `waiter` begin, and go to sleep. Not explored.
fn waiting<T: 'static>(f: impl FnOnce() -> T + 'static) -> (Actor<T>, Task) {
    prepared(|| {
        let (tell, told) = std::sync::mpsc::channel();
        let began = Arc::new(Completion::new());
        let begins = began.clone();
        let waiter = sleeper(move || {
            tell.send(current()).expect("the model listens");
            complete(&begins);
            drop(begins);
            f()
        });
        wait_for_completion(&began);
        let task = told.recv().expect("the waiter has said who it is");
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        (waiter, task)
    })
}

fn abba(class: WwClass) -> String {
    in_small_kernel(|| {
        let pair = Pair::new(class);
        let older = pair.context();
        prepared(|| lock(&pair.a, &older)).expect("nobody has it");
        let other = sleeper({
            let pair = pair.clone();
            move || {
                let younger = pair.context();
                lock(&pair.b, &younger).expect("without locks nothing refuses it");
                pair.take_other(&younger, &pair.b, &pair.a)
            }
        });
        let older = pair.take_other(&older, &pair.a, &pair.b);
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn cross(class: WwClass) -> String {
    in_small_kernel(|| {
        let pair = Pair::new(class);
        let older = pair.context();
        lock(&pair.a, &older).expect("nobody has it");
        let go = Arc::new(Completion::new());
        let (other, _) = waiting({
            let (pair, go) = (pair.clone(), go.clone());
            move || {
                let younger = pair.context();
                lock(&pair.b, &younger).expect("nobody has it");
                wait_for_completion(&go);
                drop(go);
                pair.take_other(&younger, &pair.b, &pair.a)
            }
        });
        complete(&go);
        drop(go);
        let older = pair.take_other(&older, &pair.a, &pair.b);
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn ww_wounded_asleep() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        let older = pair.context();
        lock(&pair.a, &older).expect("nobody has it");
        let (other, _) = waiting({
            let pair = pair.clone();
            move || {
                let younger = pair.context();
                lock(&pair.b, &younger).expect("nobody has it");
                pair.take_other(&younger, &pair.b, &pair.a)
            }
        });
        let older = pair.take_other(&older, &pair.a, &pair.b);
        let younger = other.join();
        pair.end(older, younger)
    })
}

fn ww_wounded_for_nothing() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        let (begun, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let (older, _) = waiting({
            let (pair, begun, go) = (pair.clone(), begun.clone(), go.clone());
            move || {
                let older = pair.context();
                complete(&begun);
                drop(begun);
                wait_for_completion(&go);
                drop(go);
                lock(&pair.a, &older).expect("without locks nothing refuses it");
                pair.take_other(&older, &pair.a, &pair.b)
            }
        });
        prepared(|| wait_for_completion(&begun));
        drop(begun);
        let younger = pair.context();
        lock(&pair.a, &younger).expect("nobody has it");
        complete(&go);
        drop(go);
        let younger = pair.take_other(&younger, &pair.a, &pair.b);
        let older = older.join();
        pair.end(older, younger)
    })
}

fn ww_overtaker_is_wounded() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        // SAFETY: there is no context.
        assert!(unsafe { ww_mutex_trylock(&pair.a, None) });
        let (older, _) = waiting({
            let pair = pair.clone();
            move || {
                let older = pair.context();
                lock(&pair.b, &older).expect("nobody has it");
                pair.take_other(&older, &pair.b, &pair.a)
            }
        });
        ww_mutex_unlock(&pair.a);
        let younger = pair.context();
        lock(&pair.a, &younger).expect("without locks nothing refuses it");
        let younger = pair.take_other(&younger, &pair.a, &pair.b);
        let older = older.join();
        pair.end(older, younger)
    })
}

fn ww_woken_is_wounded() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        // SAFETY: there is no context.
        assert!(unsafe { ww_mutex_trylock(&pair.a, None) });
        let go = Arc::new(Completion::new());
        let (older, _) = waiting({
            let (pair, go) = (pair.clone(), go.clone());
            move || {
                let older = pair.context();
                lock(&pair.b, &older).expect("nobody has it");
                wait_for_completion(&go);
                drop(go);
                pair.take_other(&older, &pair.b, &pair.a)
            }
        });
        let (younger, _) = waiting({
            let pair = pair.clone();
            move || {
                let younger = pair.context();
                lock(&pair.a, &younger).expect("without locks nothing refuses it");
                pair.take_other(&younger, &pair.a, &pair.b)
            }
        });
        complete(&go);
        drop(go);
        ww_mutex_unlock(&pair.a);
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn older_comes(class: WwClass) -> String {
    in_small_kernel(|| {
        let pair = Pair::new(class);
        // SAFETY: there is no context.
        assert!(unsafe { ww_mutex_trylock(&pair.a, None) });
        let (begun, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let (older, _) = waiting({
            let (pair, begun, go) = (pair.clone(), begun.clone(), go.clone());
            move || {
                let older = pair.context();
                complete(&begun);
                drop(begun);
                wait_for_completion(&go);
                drop(go);
                lock(&pair.a, &older).expect("without locks nothing refuses it");
                pair.take_other(&older, &pair.a, &pair.b)
            }
        });
        prepared(|| wait_for_completion(&begun));
        drop(begun);
        let (younger, _) = waiting({
            let pair = pair.clone();
            move || {
                let younger = pair.context();
                lock(&pair.b, &younger).expect("nobody has it");
                pair.take_other(&younger, &pair.b, &pair.a)
            }
        });
        complete(&go);
        drop(go);
        ww_mutex_unlock(&pair.a);
        let (older, younger) = (older.join(), younger.join());
        pair.end(older, younger)
    })
}

fn ww_in_order() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        // SAFETY: there is no context.
        assert!(unsafe { ww_mutex_trylock(&pair.a, None) });
        let go = Arc::new(Completion::new());
        let (older, older_task) = waiting({
            let (pair, go) = (pair.clone(), go.clone());
            move || {
                let older = pair.context();
                wait_for_completion(&go);
                drop(go);
                lock(&pair.a, &older).expect("without locks nothing refuses it");
                ORDER.with_borrow_mut(|order| order.push("older"));
                ww_mutex_unlock(&pair.a);
                ww_acquire_fini(&older);
            }
        });
        let (younger, _) = waiting({
            let pair = pair.clone();
            move || {
                let younger = pair.context();
                lock(&pair.a, &younger).expect("without locks nothing refuses it");
                ORDER.with_borrow_mut(|order| order.push("younger"));
                ww_mutex_unlock(&pair.a);
                ww_acquire_fini(&younger);
            }
        });
        prepared(|| {
            complete(&go);
            drop(go);
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
        let other = sleeper({
            let pair = pair.clone();
            move || {
                let ctx = pair.context();
                lock(&pair.a, &ctx).expect("without locks nothing refuses it");
                ww_mutex_unlock(&pair.a);
                ww_acquire_fini(&ctx);
            }
        });
        let task = current();
        let killer = actor(move || send_sig(SIGKILL, &task, 1).expect("the task is alive"));
        let ctx = pair.context();
        // SAFETY: `ctx` outlives the lock's being held.
        let result = unsafe { ww_mutex_lock_interruptible(&pair.a, Some(&ctx)) };
        assert_eq!(ctx.acquired(), u32::from(result.is_ok()));
        if result.is_ok() {
            ww_mutex_unlock(&pair.a);
        }
        ww_acquire_fini(&ctx);
        other.join();
        killer.join();
        assert!(!ww_mutex_is_locked(&pair.a));
        match result {
            Ok(()) => "locked",
            Err(Errno::EINTR) => "killed",
            Err(_) => "another error",
        }
        .to_owned()
    })
}

/// A ww_mutex on the heap, and how many users it still has, which it protects.
#[derive(Clone, Copy)]
struct Counted(*mut (WwMutex, UnsafeCell<u32>));

impl Counted {
    /// One user less; the last one frees it. True if this was it.
    fn put(self, class: &WwClass) -> bool {
        let ctx = WwAcquireCtx::new(class);
        // SAFETY: that it is valid where it is used is what the model claims; loom checks it.
        let last = unsafe {
            lock(&(*self.0).0, &ctx).expect("without locks nothing refuses it");
            let last = (*self.0).1.with_mut(|users| {
                *users -= 1;
                *users == 0
            });
            ww_mutex_unlock(&(*self.0).0);
            last
        };
        ww_acquire_fini(&ctx);
        if last {
            // SAFETY: made by `Box::into_raw`, freed once.
            drop(unsafe { Box::from_raw(self.0) });
        }
        last
    }
}

fn ww_freed_by_last() -> String {
    in_small_kernel(|| {
        let class = Arc::new(WwClass::wound_wait());
        let counted = Counted(Box::into_raw(Box::new((WwMutex::new(&class), UnsafeCell::new(2)))));
        let other = sleeper({
            let class = class.clone();
            move || counted.put(&class)
        });
        let mine = counted.put(&class);
        assert_ne!(mine, other.join());
        if mine { "main frees" } else { "other frees" }.to_owned()
    })
}

fn ww_overtaker_lets_die() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wait_die());
        let older = pair.context();
        // SAFETY: there is no context.
        assert!(unsafe { ww_mutex_trylock(&pair.a, None) });
        // The one in front is woken when `a` is free. So it is the older one alone that tells the younger one of itself.
        let (first, _) = waiting({
            let pair = pair.clone();
            move || {
                // SAFETY: there is no context.
                unsafe { ww_mutex_lock(&pair.a, None) }.expect("without a context nothing refuses it");
                ww_mutex_unlock(&pair.a);
            }
        });
        let (younger, _) = waiting({
            let pair = pair.clone();
            move || {
                let younger = pair.context();
                lock(&pair.b, &younger).expect("nobody has it");
                pair.take_other(&younger, &pair.b, &pair.a)
            }
        });
        ww_mutex_unlock(&pair.a);
        lock(&pair.a, &older).expect("without locks nothing refuses it");
        let older = pair.take_other(&older, &pair.a, &pair.b);
        first.join();
        let younger = younger.join();
        pair.end(older, younger)
    })
}
