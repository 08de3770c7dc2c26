//! `mutex_lock` and its like.

use crate::stage::{Book, Running, end_of, holder, int, run, signalled, waiting};
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop, size_of};
use std::sync::Arc;

#[test]
fn it_is_plain_memory_and_valid_when_zeroed() {
    assert!(!needs_drop::<RawMutex>());
    assert!(size_of::<RawMutex>() <= 32, "the kernel's has 32 bytes");
    // SAFETY: this is what is tested: all fields are atomics, pointers and a spinlock that are
    // valid when zeroed.
    let mutex = unsafe { MaybeUninit::<RawMutex>::zeroed().assume_init() };
    mutex_lock(&mutex);
    assert_eq!(mutex.owner(), Some(current()));
    mutex_unlock(&mutex);
    assert_eq!(mutex.owner(), None);
}

#[test]
fn trylock_returns_whether_it_locked_also_to_the_owner() {
    let mutex = RawMutex::new();
    assert!(mutex_trylock(&mutex));
    assert!(!mutex_trylock(&mutex), "the owner gets false, as in the kernel, and no warning");
    assert!(mutex_is_locked(&mutex));
    mutex_unlock(&mutex);
    assert!(!mutex_is_locked(&mutex));
}

#[test]
fn the_owner_is_the_task_that_locked() {
    let mutex = Arc::new(RawMutex::new());
    let (holder, done) = holder(&mutex, mutex_lock, |mutex| {
        mutex_unlock(mutex);
        0
    });
    assert_eq!(mutex.owner(), Some(get_task_struct(&holder)));
    assert!(mutex_is_owned_by(&mutex, &holder) && !mutex_is_owned_by(&mutex, &current()));
    assert_eq!(holder.held_locks().len(), 1);
    complete(&done);
    end_of(&holder);
    assert_eq!((mutex.owner(), holder.held_locks()), (None, vec![]));
}

#[test]
fn a_waiter_is_listed_and_the_holder_is_found_by_the_address() {
    let mutex = Arc::new(RawMutex::new());
    mutex_lock(&mutex);
    let waiter = waiting("waiter", TASK_UNINTERRUPTIBLE, {
        let mutex = mutex.clone();
        move || {
            mutex_lock(&mutex);
            mutex_unlock(&mutex);
            0
        }
    });
    let waits = waiter.waits_on().expect("it waits");
    assert_eq!((waits.kind, waits.address), (WaitKind::Mutex, Arc::as_ptr(&mutex).addr()));
    assert_eq!(waits.place.file(), file!());
    let held = current().held_locks();
    let lock = held.iter().find(|lock| lock.address == waits.address).expect("this task has it");
    assert_eq!(lock.place.file(), file!());
    mutex_unlock(&mutex);
    end_of(&waiter);
    assert_eq!(waiter.waits_on(), None);
}

#[test]
fn waiters_get_it_in_the_order_in_which_they_came() {
    let (mutex, book) = (Arc::new(RawMutex::new()), Book::default());
    mutex_lock(&mutex);
    let waiters: Vec<Running> = (0..5)
        .map(|n| {
            let (mutex, book) = (mutex.clone(), book.clone());
            waiting(&format!("waiter/{n}"), TASK_UNINTERRUPTIBLE, move || {
                mutex_lock(&mutex);
                book.note(n.to_string());
                mutex_unlock(&mutex);
                0
            })
        })
        .collect();
    mutex_unlock(&mutex);
    waiters.iter().for_each(|waiter| assert_eq!(end_of(waiter), 0));
    assert_eq!(book.read(), "0 1 2 3 4");
}

#[test]
fn an_overtaken_waiter_gets_it_by_the_next_unlock() {
    for _ in 0..1000 {
        let (mutex, let_go) = (Arc::new(RawMutex::new()), Arc::new(Completion::new()));
        mutex_lock(&mutex);
        let waiter = waiting("overtaken", TASK_UNINTERRUPTIBLE, {
            let (mutex, let_go) = (mutex.clone(), let_go.clone());
            move || {
                mutex_lock(&mutex);
                wait_for_completion(&let_go);
                mutex_unlock(&mutex);
                0
            }
        });
        mutex_unlock(&mutex);
        let overtaken = mutex_trylock(&mutex);
        if overtaken {
            // Woken by the unlock, it finds the mutex taken, and sleeps again.
            assert!(wait_task_inactive(&waiter, TASK_RUNNING));
            mutex_unlock(&mutex);
            assert!(!mutex_trylock(&mutex), "the unlock handed it over");
            assert_eq!(mutex.owner(), Some(get_task_struct(&waiter)));
        }
        complete(&let_go);
        end_of(&waiter);
        if overtaken {
            return;
        }
    }
    panic!("in a thousand times the waiter was never overtaken");
}

#[test]
fn a_signal_ends_an_interruptible_wait_with_eintr() {
    let mutex = Arc::new(RawMutex::new());
    mutex_lock(&mutex);
    let waiter = signalled(TASK_INTERRUPTIBLE, mutex_lock_interruptible, &mutex);
    send_sig(SIGTERM, &waiter, 1).unwrap();
    assert_eq!(end_of(&waiter), -4);
    mutex_unlock(&mutex);
    assert!(!mutex_is_locked(&mutex), "the waiter has left nothing");
}

#[test]
fn the_notify_signal_of_a_stop_ends_an_interruptible_wait() {
    let mutex = Arc::new(RawMutex::new());
    mutex_lock(&mutex);
    let waiter = signalled(TASK_INTERRUPTIBLE, mutex_lock_interruptible, &mutex);
    assert_eq!(kthread_stop(&waiter), -4);
    mutex_unlock(&mutex);
}

#[test]
fn only_a_fatal_signal_ends_a_killable_wait() {
    let mutex = Arc::new(RawMutex::new());
    mutex_lock(&mutex);
    let waiter = signalled(TASK_KILLABLE, mutex_lock_killable, &mutex);
    send_sig(SIGTERM, &waiter, 1).unwrap();
    assert!(wait_task_inactive(&waiter, TASK_KILLABLE), "it sleeps on");
    send_sig(SIGKILL, &waiter, 1).unwrap();
    assert_eq!(end_of(&waiter), -4);
    mutex_unlock(&mutex);
}

#[test]
fn no_signal_ends_an_uninterruptible_wait() {
    let mutex = Arc::new(RawMutex::new());
    mutex_lock(&mutex);
    let lock = |mutex: &RawMutex| {
        mutex_lock(mutex);
        mutex_unlock(mutex);
        Ok(())
    };
    let waiter = signalled(TASK_UNINTERRUPTIBLE, lock, &mutex);
    send_sig(SIGKILL, &waiter, 1).unwrap();
    assert!(wait_task_inactive(&waiter, TASK_UNINTERRUPTIBLE), "it sleeps on");
    mutex_unlock(&mutex);
    assert_eq!(end_of(&waiter), 0);
}

#[test]
fn a_free_mutex_is_taken_whatever_signal_is_pending() {
    let task = run("pending", || {
        let mutex = RawMutex::new();
        allow_signal(SIGKILL).unwrap();
        send_sig(SIGKILL, &current(), 1).unwrap();
        let interruptible = int(mutex_lock_interruptible(&mutex));
        mutex_unlock(&mutex);
        let killable = int(mutex_lock_killable(&mutex));
        mutex_unlock(&mutex);
        interruptible + killable
    });
    assert_eq!(end_of(&task), 0);
}

#[test]
fn a_killed_waiter_leaves_its_place_to_the_next() {
    let (mutex, book) = (Arc::new(RawMutex::new()), Book::default());
    mutex_lock(&mutex);
    let killed = signalled(TASK_KILLABLE, mutex_lock_killable, &mutex);
    let next = waiting("next", TASK_UNINTERRUPTIBLE, {
        let (mutex, book) = (mutex.clone(), book.clone());
        move || {
            mutex_lock(&mutex);
            book.note("next");
            mutex_unlock(&mutex);
            0
        }
    });
    send_sig(SIGKILL, &killed, 1).unwrap();
    assert_eq!(end_of(&killed), -4);
    mutex_unlock(&mutex);
    end_of(&next);
    assert_eq!(book.read(), "next");
}

#[test]
fn a_guard_unlocks_also_when_its_thread_panics() {
    crate::witness::oopses_are_quiet();
    let mutex = Arc::new(KMutex::new(1));
    let task = run("oops", {
        let mutex = mutex.clone();
        move || {
            let mut guard = mutex.lock();
            *guard = 2;
            panic!("with the guard");
        }
    });
    let _ = end_of(&task);
    assert_eq!(*mutex.lock(), 2, "no poison");
    assert_eq!(mutex.owner(), None);
}

#[test]
fn a_guard_may_outlive_the_task_that_was_current() {
    let mutex = KMutex::new(0);
    let kernel = Kernel::builder().on_warning(|_| ()).boot().unwrap();
    let inside = kernel.enter();
    let guard = mutex.lock();
    let owner = mutex.owner().expect("it is held");
    drop(inside);
    assert_eq!(mutex.owner(), Some(owner), "the task has ended, and is named still");
    drop(guard);
    assert_eq!(mutex.owner(), None);
    kernel.shutdown();
}
