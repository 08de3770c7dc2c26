//! Spinlocks, and the waits that release one while they sleep.

use crate::stage::{end_of, waiting};
use crate::witness::Warnings;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop};
use std::sync::Arc;

#[test]
fn it_is_four_bytes_and_valid_when_zeroed() {
    assert!(!needs_drop::<RawSpinLock>());
    assert_eq!(size_of::<RawSpinLock>(), 4);
    // SAFETY: what is tested.
    let lock = unsafe { MaybeUninit::<RawSpinLock>::zeroed().assume_init() };
    assert!(spin_trylock(&lock));
    assert!(!spin_trylock(&lock));
    // SAFETY: locked above.
    unsafe { spin_unlock(&lock) };
    assert!(!spin_is_locked(&lock));
}

#[test]
fn its_holder_is_in_an_atomic_section() {
    let (one, two) = (SpinLock::new(1), RawSpinLock::new());
    let before = preempt_count();
    let guard = one.lock();
    let flags = spin_lock_irqsave(&two);
    assert_eq!(preempt_count(), before + 2);
    assert!(!spin_trylock(&two));
    assert_eq!(preempt_count(), before + 2, "a trylock that fails leaves no section");
    // SAFETY: locked above.
    unsafe { spin_unlock_irqrestore(&two, flags) };
    drop(guard);
    assert_eq!(preempt_count(), before);
}

#[test]
fn sleeping_with_it_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (spin, mutex, sem, rwsem) =
        (SpinLock::new(()), RawMutex::new(), Semaphore::new(1), RawRwSemaphore::new());
    let guard = spin.lock();
    mutex_lock(&mutex);
    assert_eq!(warnings.take_one().kind, WarningKind::SleepingWhileAtomic);
    down(&sem);
    assert_eq!(warnings.take_one().call, "down");
    down_read(&rwsem);
    assert_eq!(warnings.take_one().call, "down_read");
    up_read(&rwsem);
    assert!(down_write_trylock(&rwsem));
    up_write(&rwsem);
    up(&sem);
    assert!(!down_trylock(&sem));
    mutex_unlock(&mutex);
    assert!(mutex_trylock(&mutex));
    mutex_unlock(&mutex);
    warnings.assert_none();
    drop(guard);
    mutex_lock(&mutex);
    mutex_unlock(&mutex);
    warnings.assert_none();
    drop(inside);
    kernel.shutdown();
}

struct Inbox {
    items: SpinLock<Vec<i32>>,
    wait: WaitQueueHead,
}

impl Inbox {
    fn new() -> Arc<Self> {
        Arc::new(Self { items: SpinLock::new(Vec::new()), wait: WaitQueueHead::new() })
    }

    fn put(&self, item: i32) {
        self.items.lock().push(item);
        wake_up(&self.wait);
    }
}

#[test]
fn wait_event_lock_irq_releases_the_lock_while_it_sleeps_and_has_it_afterwards() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let inbox = Inbox::new();
    let reader = waiting("reader", TASK_UNINTERRUPTIBLE, {
        let inbox = inbox.clone();
        move || {
            let mut items = inbox.items.lock();
            wait_event_lock_irq!(inbox.wait, items.len() == 2, items);
            assert!(in_atomic() && inbox.items.is_locked());
            let sum = items.drain(..).sum();
            drop(items);
            assert!(!in_atomic());
            sum
        }
    });
    inbox.put(3);
    assert!(wait_task_inactive(&reader, TASK_RUNNING), "one is not enough");
    inbox.put(4);
    assert_eq!(end_of(&reader), 7);
    warnings.assert_none();
    drop(inside);
    kernel.shutdown();
}

#[test]
fn a_signal_ends_the_interruptible_one_with_the_lock_held() {
    let inbox = Inbox::new();
    let reader = waiting("reader", TASK_INTERRUPTIBLE, {
        let inbox = inbox.clone();
        move || {
            let mut items = inbox.items.lock();
            let result = wait_event_interruptible_lock_irq!(inbox.wait, !items.is_empty(), items);
            assert!(inbox.items.is_locked());
            kthread_rt::errno::to_return(result)
        }
    });
    assert_eq!(kthread_stop(&reader), -512);
    assert!(!inbox.items.is_locked());
}

#[test]
fn the_timed_one_returns_the_remaining_jiffies() {
    let inbox = Inbox::new();
    let mut items = inbox.items.lock();
    assert_eq!(wait_event_interruptible_lock_irq_timeout!(inbox.wait, !items.is_empty(), items, 2), Ok(0));
    assert_eq!(wait_event_lock_irq_timeout!(inbox.wait, !items.is_empty(), items, 1), 0);
    items.push(1);
    assert_eq!(wait_event_interruptible_lock_irq_timeout!(inbox.wait, !items.is_empty(), items, 9), Ok(9));
}

#[test]
fn a_second_lock_around_the_wait_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (inbox, other) = (Inbox::new(), SpinLock::new(()));
    let other = other.lock();
    let mut items = inbox.items.lock();
    assert_eq!(wait_event_lock_irq_timeout!(inbox.wait, !items.is_empty(), items, 1), 0);
    let warning = warnings.take_one();
    assert_eq!(warning.kind, WarningKind::SleepingWhileAtomic);
    assert_eq!((warning.call.as_str(), warning.file), ("wait_event_lock_irq_timeout", file!()));
    drop(items);
    drop(other);
    drop(inside);
    kernel.shutdown();
}
