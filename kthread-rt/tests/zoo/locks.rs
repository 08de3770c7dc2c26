//! Locks: their order, locks left held, recursion, and locks used in interrupts.

use super::{right, wrong};
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const CIRCLE: &str = "possible circular locking dependency detected";

#[test]
fn two_mutexes_in_both_orders() {
    wrong(CIRCLE, |_| {
        let (first, second) = (KMutex::new(1), KMutex::new(2));
        let outer = first.lock();
        drop(second.lock());
        drop(outer);
        let outer = second.lock();
        drop(first.lock());
        let line = line!() - 1;
        drop(outer);
        line
    });
    right(|_| {
        let (first, second) = (KMutex::new(1), KMutex::new(2));
        for _ in 0..2 {
            let outer = first.lock();
            drop(second.lock());
            drop(outer);
        }
        let outer = second.lock();
        assert!(first.try_lock().is_some());
        drop(outer);
    });
}

#[test]
fn a_circle_of_three_kinds_of_locks() {
    wrong(CIRCLE, |_| {
        let (tree, bus, list) = (RwSemaphore::new(()), RtMutex::new(()), KMutex::new(()));
        let reader = tree.read();
        drop(bus.lock());
        drop(reader);
        let inner = bus.lock();
        drop(list.lock());
        drop(inner);
        let outer = list.lock();
        drop(tree.write());
        let line = line!() - 1;
        drop(outer);
        line
    });
    right(|_| {
        let (tree, bus, list) = (RwSemaphore::new(()), RtMutex::new(()), KMutex::new(()));
        let reader = tree.read();
        let inner = bus.lock();
        drop(list.lock());
        drop((reader, inner));
        drop((tree.write(), list.lock()));
    });
}

#[test]
fn an_order_that_two_threads_showed() {
    /// Takes one and then the other in a thread of its own, and returns the line of the second.
    fn in_a_thread(outer: &Arc<KMutex<u32>>, inner: &Arc<KMutex<u32>>) -> u32 {
        let line = Arc::new(AtomicU32::new(0));
        let told = line.clone();
        let (outer, inner) = (outer.clone(), inner.clone());
        let function = move |()| {
            let guard = outer.lock();
            *inner.lock() += 1;
            told.store(line!() - 1, Ordering::Relaxed);
            drop(guard);
            0
        };
        let done = Arc::new(Completion::new());
        let over = done.clone();
        let function = move |()| {
            function(());
            kthread_complete_and_exit(Some(over.clone().into()), 0)
        };
        kthread_run!(function, (), "taker").expect("a thread");
        wait_for_completion(&done);
        line.load(Ordering::Relaxed)
    }
    wrong(CIRCLE, |_| {
        let (first, second) = (Arc::new(KMutex::new(1)), Arc::new(KMutex::new(2)));
        in_a_thread(&first, &second);
        in_a_thread(&second, &first)
    });
    right(|_| {
        let (first, second) = (Arc::new(KMutex::new(1)), Arc::new(KMutex::new(2)));
        in_a_thread(&first, &second);
        in_a_thread(&first, &second);
    });
}

#[test]
fn two_locks_of_one_class() {
    wrong("possible recursive locking detected", |_| {
        let forks = [(); 2].map(|()| SpinLock::new(0));
        let outer = forks[0].lock();
        drop(forks[1].lock());
        let line = line!() - 1;
        drop(outer);
        line
    });
    right(|_| {
        let forks = [(); 2].map(|()| SpinLock::new(0));
        let outer = forks[0].lock();
        drop(forks[1].lock_nested(1));
        drop(outer);
    });
}

#[test]
fn a_lock_that_its_thread_holds() {
    wrong("the task holds this spinlock already", |_| {
        let lock = SpinLock::new(0);
        let guard = lock.lock();
        let again = || drop(lock.lock());
        let line = line!() - 1;
        // A thread of the runtime would end here.
        assert!(catch_unwind(AssertUnwindSafe(again)).is_err());
        assert_eq!(preempt_count(), 1);
        drop(guard);
        assert!(!lock.is_locked());
        line
    });
    right(|_| {
        let lock = SpinLock::new(0);
        let guard = lock.lock();
        assert!(lock.try_lock().is_none());
        drop(guard);
        drop(lock.lock());
    });
}

#[test]
fn a_reader_that_wants_to_write() {
    wrong("the task holds this rwsem for reading already", |_| {
        let table = RwSemaphore::new(0);
        let reader = table.read();
        let refused = table.write_killable().is_err();
        let line = line!() - 1;
        assert!(refused);
        drop(reader);
        line
    });
    right(|_| {
        let table = RwSemaphore::new(0);
        drop(table.read());
        assert!(table.write_killable().is_ok());
    });
}

#[test]
fn a_work_item_that_keeps_a_lock() {
    static LEFT: KMutex<u32> = KMutex::new(0);

    fn queue(leave: bool) -> u32 {
        let line = Arc::new(AtomicU32::new(0));
        let told = line.clone();
        let work = Work::new(move |_work| {
            let guard = LEFT.lock();
            told.store(line!() - 1, Ordering::Relaxed);
            if leave {
                std::mem::forget(guard);
            }
        });
        schedule_work(&work);
        flush_work(&work);
        line.load(Ordering::Relaxed)
    }
    right(|_| {
        queue(false);
    });
    wrong("left preempt_count 0x0 and 1 lock(s) held", |_| queue(true));
}

#[test]
fn a_thread_that_ends_with_a_lock_for_reading() {
    fn run(leave: bool) -> u32 {
        let table = Arc::new(RwSemaphore::new(0));
        let (begun, line) = (Arc::new(Completion::new()), Arc::new(AtomicU32::new(0)));
        let (started, told) = (begun.clone(), line.clone());
        let function = move |()| {
            complete(&started);
            let reader = table.read();
            told.store(line!() - 1, Ordering::Relaxed);
            if leave {
                std::mem::forget(reader);
            }
            0
        };
        let task = kthread_run!(function, (), "reader").expect("a thread");
        wait_for_completion(&begun);
        _ = kthread_stop(&task);
        line.load(Ordering::Relaxed)
    }
    wrong("the task ends with a lock held", |_| run(true));
    right(|_| {
        run(false);
    });
}

#[test]
fn a_lock_that_a_timer_takes() {
    /// Locks it in a timer's callback.
    fn by_a_timer(lock: &Arc<SpinLock<u32>>) {
        let (lock, done) = (lock.clone(), Arc::new(Completion::new()));
        let fired = done.clone();
        let timer = Timer::new(move |_timer| {
            *lock.lock() += 1;
            complete(&fired);
        });
        mod_timer(&timer, jiffies() + 1);
        wait_for_completion(&done);
    }
    wrong("inconsistent lock state", |_| {
        let lock = Arc::new(SpinLock::new(0));
        by_a_timer(&lock);
        let count = *lock.lock();
        let line = line!() - 1;
        assert_eq!(count, 1);
        line
    });
    right(|_| {
        let lock = Arc::new(SpinLock::new(0));
        by_a_timer(&lock);
        assert_eq!(*lock.lock_bh(), 1);
        assert_eq!(*lock.lock_irqsave(), 1);
    });
}

#[test]
fn a_section_that_a_work_item_leaves_open() {
    fn queue(leave: bool) -> u32 {
        let line = Arc::new(AtomicU32::new(0));
        let told = line.clone();
        let work = Work::new(move |_work| {
            preempt_disable();
            told.store(line!() - 1, Ordering::Relaxed);
            if !leave {
                preempt_enable();
            }
        });
        schedule_work(&work);
        flush_work(&work);
        line.load(Ordering::Relaxed)
    }
    wrong("left preempt_count 0x1 and 0 lock(s) held", |_| queue(true));
    right(|_| {
        queue(false);
    });
}

#[test]
fn every_lock_is_listed_with_its_place() {
    right(|_| {
        let locks: Vec<_> = (0..3).map(|_| KMutex::new(())).collect();
        let (spin, table) = (SpinLock::new(()), RwSemaphore::new(()));
        let outer = locks[0].lock();
        let inner = table.read();
        let innermost = spin.lock();
        let line = line!() - 1;
        let held = current().held_locks();
        let kinds: Vec<_> = held.iter().map(|lock| (lock.kind, lock.shared)).collect();
        assert_eq!(
            kinds,
            [
                (Some(LockKind::Mutex), false),
                (Some(LockKind::RwSem), true),
                (Some(LockKind::SpinLock), false)
            ]
        );
        assert_eq!((held[2].place.file(), held[2].place.line()), (file!(), line));
        drop((innermost, inner, outer));
        assert_eq!(current().held_locks(), []);
        // More locks of one task than are listed without `debug`.
        let many = [(); 12].map(|()| RawMutex::new());
        many.iter().for_each(mutex_lock);
        assert_eq!(current().held_locks().len(), 12);
        many.iter().for_each(mutex_unlock);
    });
}
