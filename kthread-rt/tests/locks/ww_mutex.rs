//! `ww_mutex_lock` and its like: who is refused, who gets it and in which order, and what a context
//! counts.

use crate::random::{Random, rounds, seed};
use crate::stage::{Book, Running, end_of, holder, int, run, waiting};
use crate::witness::AbortOnPanic;
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop, size_of};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// `ww_mutex_lock`; the contexts of these tests are in frames that outlive their locks.
fn lock(lock: &WwMutex, ctx: &WwAcquireCtx) -> i32 {
    // SAFETY: as said above.
    int(unsafe { ww_mutex_lock(lock, Some(ctx)) })
}

fn lock_alone(lock: &WwMutex) {
    // SAFETY: there is no context.
    assert_eq!(unsafe { ww_mutex_lock(lock, None) }, Ok(()));
}

#[test]
fn it_is_plain_memory_and_valid_when_zeroed() {
    assert!(!needs_drop::<WwMutex>() && !needs_drop::<WwAcquireCtx>() && !needs_drop::<WwClass>());
    assert_eq!((size_of::<WwMutex>(), size_of::<WwAcquireCtx>()), (48, 48));
    // SAFETY: this is what is tested: all fields are atomics, pointers and a spinlock that are
    // valid when zeroed.
    let (mutex, class) = unsafe {
        (MaybeUninit::<WwMutex>::zeroed().assume_init(), MaybeUninit::<WwClass>::zeroed().assume_init())
    };
    assert!(!class.is_wait_die());
    let ctx = WwAcquireCtx::new(&class);
    assert_eq!((lock(&mutex, &ctx), ctx.acquired()), (0, 1));
    assert_eq!(mutex.owner(), Some(current()));
    ww_mutex_unlock(&mutex);
    assert_eq!((mutex.owner(), ctx.acquired()), (None, 0));
    ww_acquire_fini(&ctx);
}

#[test]
fn the_same_context_gets_ealready_and_trylock_fails() {
    DEFINE_WD_CLASS!(static CLASS);
    DEFINE_WW_MUTEX!(static MUTEX, CLASS);
    let ctx = WwAcquireCtx::new(&CLASS);
    // SAFETY: `ctx` outlives the lock's being held.
    unsafe {
        assert!(ww_mutex_trylock(&MUTEX, Some(&ctx)));
        assert!(!ww_mutex_trylock(&MUTEX, Some(&ctx)) && !ww_mutex_trylock(&MUTEX, None));
        assert_eq!(int(ww_mutex_lock_interruptible(&MUTEX, Some(&ctx))), -114);
    }
    assert_eq!((lock(&MUTEX, &ctx), ctx.acquired()), (-114, 1));
    ww_mutex_unlock(&MUTEX);
    assert_eq!(ctx.acquired(), 0);
    ww_acquire_fini(&ctx);
}

/// Waits until `task`, which was woken, sleeps; for a ww_mutex.
#[track_caller]
fn assert_waits(task: &Running) {
    assert!(wait_task_inactive(task, TASK_RUNNING));
    assert_eq!(task.waits_on().map(|waits| waits.kind), Some(WaitKind::WwMutex));
}

/// The result of a younger context that has a lock and requests one that an older one has. The
/// older one requests the first lock when the younger one sleeps or has its result.
fn younger_meets_older(class: &'static WwClass) -> i32 {
    let locks = Arc::new((WwMutex::new(class), WwMutex::new(class)));
    let older = WwAcquireCtx::new(class);
    assert_eq!(lock(&locks.0, &older), 0);
    let younger = run("younger", {
        let locks = locks.clone();
        move || {
            let ctx = WwAcquireCtx::new(class);
            assert_eq!(lock(&locks.1, &ctx), 0);
            let answer = lock(&locks.0, &ctx);
            ww_mutex_unlock(&locks.1);
            // SAFETY: `ctx` outlives the lock's being held.
            unsafe { ww_mutex_lock_slow(&locks.0, &ctx) };
            ww_mutex_unlock(&locks.0);
            ww_acquire_fini(&ctx);
            answer
        }
    });
    assert_waits(&younger);
    assert_eq!(lock(&locks.1, &older), 0, "the older one is never refused");
    ww_mutex_unlock(&locks.1);
    ww_mutex_unlock(&locks.0);
    ww_acquire_fini(&older);
    end_of(&younger)
}

#[test]
fn wait_die_refuses_the_younger_at_once() {
    DEFINE_WD_CLASS!(static CLASS);
    assert_eq!(younger_meets_older(&CLASS), -35);
}

#[test]
fn wait_die_refuses_the_younger_behind_an_older_one_that_waits() {
    DEFINE_WD_CLASS!(static CLASS);
    DEFINE_WW_MUTEX!(static HELD, CLASS);
    DEFINE_WW_MUTEX!(static OTHER, CLASS);
    lock_alone(&HELD);
    let older = waiting("older", TASK_UNINTERRUPTIBLE, || {
        let older = WwAcquireCtx::new(&CLASS);
        assert_eq!(lock(&HELD, &older), 0);
        ww_mutex_unlock(&HELD);
        ww_acquire_fini(&older);
        0
    });
    let younger = run("younger", || {
        let younger = WwAcquireCtx::new(&CLASS);
        assert_eq!(lock(&OTHER, &younger), 0);
        let answer = lock(&HELD, &younger);
        ww_mutex_unlock(&OTHER);
        ww_acquire_fini(&younger);
        answer
    });
    assert_eq!(end_of(&younger), -35, "at once, though who has the lock has no context");
    ww_mutex_unlock(&HELD);
    assert_eq!(end_of(&older), 0);
}

#[test]
fn wound_wait_ends_the_youngers_sleep() {
    DEFINE_WW_CLASS!(static CLASS);
    assert_eq!(younger_meets_older(&CLASS), -35);
}

#[test]
fn a_wounded_context_continues_until_it_has_to_sleep() {
    DEFINE_WW_CLASS!(static CLASS);
    DEFINE_WW_MUTEX!(static WANTED, CLASS);
    DEFINE_WW_MUTEX!(static OPEN, CLASS);
    DEFINE_WW_MUTEX!(static HELD, CLASS);
    DEFINE_WW_MUTEX!(static OLDERS, CLASS);
    let let_go = held_by_another(&HELD);
    let go = Arc::new(Completion::new());
    let older = waiting("older", TASK_UNINTERRUPTIBLE, {
        let go = go.clone();
        move || {
            let older = WwAcquireCtx::new(&CLASS);
            assert_eq!(lock(&OLDERS, &older), 0, "one without locks wounds nobody");
            wait_for_completion(&go);
            assert_eq!(lock(&WANTED, &older), 0);
            ww_mutex_unlock(&WANTED);
            ww_mutex_unlock(&OLDERS);
            ww_acquire_fini(&older);
            0
        }
    });
    let younger = WwAcquireCtx::new(&CLASS);
    assert_eq!(lock(&WANTED, &younger), 0);
    complete(&go);
    assert_waits(&older);
    assert_eq!(lock(&OPEN, &younger), 0, "no sleep, so no back-off");
    assert_eq!(lock(&HELD, &younger), -35, "now it has to sleep");
    ww_mutex_unlock(&OPEN);
    ww_mutex_unlock(&WANTED);
    let_go();
    end_of(&older);
    assert_eq!(lock(&OPEN, &younger), 0, "the wound is forgotten with the last lock");
    ww_mutex_unlock(&OPEN);
}

/// Another task locks `lock` without a context, and unlocks it when the returned function is
/// called.
fn held_by_another(lock: &'static WwMutex) -> impl FnOnce() {
    let (holder, done) = holder(&lock, lock_alone, |lock| {
        ww_mutex_unlock(lock);
        0
    });
    move || {
        complete(&done);
        end_of(&holder);
    }
}

#[test]
fn waiters_get_it_in_the_order_of_their_stamps() {
    DEFINE_WW_CLASS!(static CLASS);
    DEFINE_WW_MUTEX!(static MUTEX, CLASS);
    let book = Book::default();
    lock_alone(&MUTEX);
    let waiters: Vec<(Running, Arc<Completion>)> = (0..5)
        .map(|n| {
            let (book, go) = (book.clone(), Arc::new(Completion::new()));
            let waiter = waiting(&format!("stamp/{n}"), TASK_UNINTERRUPTIBLE, {
                let go = go.clone();
                move || {
                    let ctx = WwAcquireCtx::new(&CLASS);
                    wait_for_completion(&go);
                    assert_eq!(lock(&MUTEX, &ctx), 0);
                    book.note(n.to_string());
                    ww_mutex_unlock(&MUTEX);
                    ww_acquire_fini(&ctx);
                    0
                }
            });
            (waiter, go)
        })
        .collect();
    for n in [3, 0, 4, 2, 1] {
        let (waiter, go) = &waiters[n];
        complete(go);
        assert_waits(waiter);
    }
    ww_mutex_unlock(&MUTEX);
    waiters.iter().for_each(|(waiter, _)| assert_eq!(end_of(waiter), 0));
    assert_eq!(book.read(), "0 1 2 3 4");
}

#[test]
fn a_waiter_is_listed_and_the_holder_is_found_by_the_address() {
    DEFINE_WD_CLASS!(static CLASS);
    DEFINE_WW_MUTEX!(static MUTEX, CLASS);
    let ctx = WwAcquireCtx::new(&CLASS);
    assert_eq!(lock(&MUTEX, &ctx), 0);
    let waiter = waiting("waiter", TASK_UNINTERRUPTIBLE, || {
        lock_alone(&MUTEX);
        ww_mutex_unlock(&MUTEX);
        0
    });
    let waits = waiter.waits_on().expect("it waits");
    assert_eq!((waits.kind, waits.address), (WaitKind::WwMutex, (&raw const MUTEX).addr()));
    assert_eq!(waits.place.file(), file!());
    assert!(current().held_locks().iter().any(|lock| lock.address == waits.address));
    ww_mutex_unlock(&MUTEX);
    ww_acquire_fini(&ctx);
    end_of(&waiter);
    assert_eq!(current().held_locks(), []);
}

#[test]
fn a_signal_ends_an_interruptible_wait_with_eintr() {
    DEFINE_WD_CLASS!(static CLASS);
    DEFINE_WW_MUTEX!(static MUTEX, CLASS);
    lock_alone(&MUTEX);
    let waiter = waiting("signalled", TASK_INTERRUPTIBLE, || {
        allow_signal(SIGTERM).unwrap();
        let ctx = WwAcquireCtx::new(&CLASS);
        // SAFETY: `ctx` outlives the lock's being held.
        let result = int(unsafe { ww_mutex_lock_interruptible(&MUTEX, Some(&ctx)) });
        assert_eq!(ctx.acquired(), 0);
        ww_acquire_fini(&ctx);
        result
    });
    send_sig(SIGTERM, &waiter, 1).unwrap();
    assert_eq!(end_of(&waiter), -4);
    ww_mutex_unlock(&MUTEX);
    assert!(!ww_mutex_is_locked(&MUTEX), "the waiter has left nothing");
}

/// Moves units between random accounts, while a random number of others is held too; no task hangs
/// and nothing is lost.
fn transfers(class: &'static WwClass) {
    const TASKS: u64 = 6;
    const ACCOUNTS: u64 = 7;
    let accounts: Arc<Vec<KWwMutex<i64>>> =
        Arc::new((0..ACCOUNTS).map(|_| KWwMutex::new(class, 0)).collect());
    let (seed, refusals) = (seed(), Arc::new(AtomicU64::new(0)));
    let tasks: Vec<Running> = (0..TASKS)
        .map(|n| {
            let (accounts, refusals) = (accounts.clone(), refusals.clone());
            run(&format!("transfer/{n}"), move || {
                let _abort = AbortOnPanic;
                let mut random = Random::new(seed.wrapping_add(n));
                for _ in 0..rounds() / 4 {
                    let mut order: Vec<&KWwMutex<i64>> = Vec::new();
                    for _ in 0..2 + random.below(3) {
                        let account = &accounts[random.below(ACCOUNTS) as usize];
                        if !order.iter().any(|other| std::ptr::eq(*other, account)) {
                            order.push(account);
                        }
                    }
                    class.acquire(|ctx| {
                        let mut guards = Vec::new();
                        let mut next = 0;
                        while next < order.len() {
                            match order[next].lock(ctx) {
                                Ok(guard) => guards.push(guard),
                                Err(errno) => {
                                    assert_eq!(errno, Errno::EDEADLK);
                                    refusals.fetch_add(1, Relaxed);
                                    guards.clear();
                                    // It continues with the lock that it waits for.
                                    order.swap(0, next);
                                    next = 0;
                                    guards.push(order[0].lock_slow(ctx).expect("nothing refuses it"));
                                }
                            }
                            next += 1;
                        }
                        ctx.done();
                        assert_eq!(ctx.acquired() as usize, guards.len());
                        if random.one_in(8) {
                            schedule_timeout_uninterruptible(0);
                        }
                        let last = guards.len() - 1;
                        *guards[0] -= 1;
                        *guards[last] += 1;
                    });
                }
                0
            })
        })
        .collect();
    tasks.iter().for_each(|task| assert_eq!(end_of(task), 0));
    assert_eq!(accounts.iter().map(|account| *account.lock_alone()).sum::<i64>(), 0);
    println!("refusals: {}", refusals.load(Relaxed));
}

#[test]
fn a_crowd_of_wound_wait_loses_nothing() {
    DEFINE_WW_CLASS!(static CLASS);
    transfers(&CLASS);
}

#[test]
fn a_crowd_of_wait_die_loses_nothing() {
    DEFINE_WD_CLASS!(static CLASS);
    transfers(&CLASS);
}
