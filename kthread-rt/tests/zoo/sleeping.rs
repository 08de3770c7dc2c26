//! Sleeping where it is not allowed.

use super::{right, wrong};
use kthread_rt::prelude::*;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

const INVALID: &str = "sleeping function called from invalid context";
const NOT_RUNNING: &str = "do not call blocking ops when !TASK_RUNNING";

#[test]
fn a_sleep_under_a_spinlock() {
    wrong(INVALID, |_| {
        let lock = SpinLock::new(());
        let guard = lock.lock();
        msleep(1);
        let line = line!() - 1;
        drop(guard);
        line
    });
    right(|_| {
        let lock = SpinLock::new(());
        drop(lock.lock());
        msleep(1);
    });
}

/// The report also says where the lock was taken.
#[test]
fn a_mutex_under_a_spinlock() {
    let taken = line!() + 4;
    let told = format!("; a spinlock was taken, or preemption was disabled, at {}:{taken}:", file!());
    wrong(&told, |_| {
        let (lock, mutex) = (SpinLock::new(()), KMutex::new(()));
        let guard = lock.lock();
        drop(mutex.lock());
        let line = line!() - 1;
        drop(guard);
        line
    });
    right(|_| {
        let (lock, mutex) = (SpinLock::new(()), KMutex::new(()));
        let guard = mutex.lock();
        drop(lock.lock());
        drop(guard);
    });
}

#[test]
fn schedule_with_preemption_off() {
    wrong("scheduling while atomic", |_| {
        preempt_disable();
        schedule();
        let line = line!() - 1;
        preempt_enable();
        line
    });
    right(|_| {
        preempt_disable();
        preempt_enable();
        schedule();
    });
}

#[test]
fn a_completion_under_an_rwlock() {
    DEFINE_RWLOCK!(static TABLE);
    let told = format!("preemption was disabled, at {}:{}:", file!(), line!() + 4);
    wrong(&told, |_| {
        let done = Completion::new();
        complete(&done);
        read_lock(&TABLE);
        wait_for_completion(&done);
        let line = line!() - 1;
        // SAFETY: locked above.
        unsafe { read_unlock(&TABLE) };
        line
    });
    right(|_| {
        let done = Completion::new();
        complete(&done);
        read_lock(&TABLE);
        assert!(try_wait_for_completion(&done));
        // SAFETY: locked above.
        unsafe { read_unlock(&TABLE) };
    });
}

#[test]
fn a_semaphore_with_softirqs_off() {
    wrong("; softirqs were disabled at ", |_| {
        let semaphore = Semaphore::new(1);
        local_bh_disable();
        down(&semaphore);
        let line = line!() - 1;
        local_bh_enable();
        up(&semaphore);
        line
    });
    right(|_| {
        let semaphore = Semaphore::new(1);
        local_bh_disable();
        assert!(!down_trylock(&semaphore));
        local_bh_enable();
        up(&semaphore);
    });
}

#[test]
fn a_sleep_in_an_rcu_section() {
    let told = format!("RCU nest depth 2); rcu_read_lock() was called at {}:{}:", file!(), line!() + 2);
    wrong(&told, |_| {
        rcu_read_lock();
        rcu_read_lock();
        usleep_range(1, 2);
        let line = line!() - 1;
        rcu_read_unlock();
        rcu_read_unlock();
        line
    });
    right(|_| {
        let domain = SrcuStruct::new();
        let section = srcu_read_lock(&domain);
        usleep_range(1, 2);
        srcu_read_unlock(&domain, section);
    });
}

#[test]
fn a_mutex_in_a_timer() {
    let program = |sleeps: bool| {
        let line = Arc::new(AtomicU32::new(0));
        let (told, done) = (line.clone(), Arc::new(Completion::new()));
        let called = done.clone();
        let mutex = KMutex::new(());
        let timer = Timer::new(move |_| {
            if sleeps {
                drop(mutex.lock());
                told.store(line!() - 1, Relaxed);
            }
            complete(&called);
        });
        mod_timer(&timer, jiffies());
        wait_for_completion(&done);
        del_timer_sync(&timer);
        line.load(Relaxed)
    };
    wrong("the caller is a softirq callback", |_| program(true));
    right(|_| _ = program(false));
}

#[test]
fn a_mutex_between_the_state_and_the_sleep() {
    let told = format!("{NOT_RUNNING}; state=1 set at {}:{}:", file!(), line!() + 3);
    wrong(&told, |_| {
        let mutex = KMutex::new(());
        set_current_state(TASK_INTERRUPTIBLE);
        drop(mutex.lock());
        let line = line!() - 1;
        set_current_state(TASK_RUNNING);
        line
    });
    right(|_| {
        let mutex = KMutex::new(());
        set_current_state(TASK_INTERRUPTIBLE);
        schedule_timeout(1);
        drop(mutex.lock());
    });
    right(|_| {
        let mutex = KMutex::new(());
        set_current_state(TASK_INTERRUPTIBLE);
        sched_annotate_sleep();
        drop(mutex.lock());
        set_current_state(TASK_RUNNING);
    });
}

/// A condition that is true at the first test is not reported: the state is set after that.
#[test]
fn a_mutex_in_the_condition_of_a_wait() {
    wrong(NOT_RUNNING, |_| {
        let (queue, mutex) = (WaitQueueHead::new(), KMutex::new(0));
        let line = Cell::new(0);
        wait_event!(queue, {
            let looks = &mut *mutex.lock();
            line.set(line!() - 1);
            *looks += 1;
            *looks == 2
        });
        line.get()
    });
    right(|_| {
        let (queue, mutex) = (WaitQueueHead::new(), KMutex::new(true));
        wait_event!(queue, *mutex.lock());
        let looks = SpinLock::new(0);
        wait_event!(queue, {
            let mut looks = looks.lock();
            *looks += 1;
            *looks == 2
        });
    });
}

#[test]
fn a_thread_stopped_after_prepare_to_wait() {
    let program = |early: bool| {
        let queue = WaitQueueHead::new();
        let sleeper = |()| {
            while !kthread_should_stop() {
                schedule_timeout_interruptible(1);
            }
            0
        };
        let task = kthread_run!(sleeper, (), "zoo").unwrap();
        DEFINE_WAIT!(entry);
        prepare_to_wait(&queue, entry, TASK_UNINTERRUPTIBLE);
        let line = line!() + 2;
        if early {
            _ = kthread_stop(&task);
        }
        finish_wait(&queue, entry);
        if !early {
            _ = kthread_stop(&task);
        }
        line
    };
    wrong(NOT_RUNNING, |_| program(true));
    right(|_| _ = program(false));
}

#[test]
fn a_work_item_waited_for_under_a_spinlock() {
    let program = |under: bool| {
        let (lock, work) = (SpinLock::new(()), Work::new(|_| ()));
        let guard = lock.lock();
        schedule_work(&work);
        if under {
            flush_work(&work);
        }
        let line = line!() - 2;
        drop(guard);
        flush_work(&work);
        line
    };
    wrong(INVALID, |_| program(true));
    right(|_| _ = program(false));
}

/// A loop of one wrong call is reported once; the next section is another fault.
#[test]
fn a_wrong_call_is_reported_once_in_a_section() {
    wrong("scheduling while atomic", |_| {
        preempt_disable();
        for _ in 0..3 {
            r#yield();
        }
        let line = line!() - 2;
        preempt_enable();
        line
    });
}
