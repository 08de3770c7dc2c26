//! The calling task ends in the middle of its own call: a handler, a condition or a destructor
//! drops the `Entered`.

use super::{enter_for_long, leave, within_a_minute};
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use kthread_rt::wait::raw as raw_wait;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::{ptr, thread};

/// Set when the Kernel of a test has been freed, with its handlers and their captures.
struct Probe(&'static AtomicBool);

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Whether the Kernel had been freed when its handler had ended the calling task, and when the call
/// was over.
#[derive(Debug, PartialEq, Eq)]
struct Gone {
    in_the_handler: bool,
    after_the_call: bool,
}

/// Makes `call` in a task whose warning handler ends the task, with its Kernel.
fn warned(gone: &'static AtomicBool, in_handler: &'static AtomicBool, call: fn()) -> Gone {
    let last: Arc<Mutex<Option<Kernel>>> = Arc::default();
    let kernel = {
        let (probe, last) = (Probe(gone), last.clone());
        let builder = Kernel::builder().on_warning(move |_| {
            let _captured = &probe;
            if leave() {
                drop(last.lock().unwrap().take());
                in_handler.store(gone.load(SeqCst), SeqCst);
            }
        });
        builder.boot_on_demand().unwrap()
    };
    within_a_minute("the call", move || {
        enter_for_long(&kernel);
        *last.lock().unwrap() = Some(kernel);
        call();
        assert!(!leave(), "the handler was called");
    });
    Gone { in_the_handler: in_handler.load(SeqCst), after_the_call: gone.load(SeqCst) }
}

macro_rules! ends_in_its_warning {
    ($($(#[$meta:meta])* $name:ident: $call:expr, kept: $kept:expr;)*) => { $(
        $(#[$meta])*
        #[test]
        fn $name() {
            static GONE: AtomicBool = AtomicBool::new(false);
            static IN_HANDLER: AtomicBool = AtomicBool::new(false);
            let gone = warned(&GONE, &IN_HANDLER, $call);
            assert_eq!(gone, Gone { in_the_handler: false, after_the_call: !$kept });
        }
    )* };
}

ends_in_its_warning! {
    might_sleep_goes_on: || {
        preempt_disable();
        might_sleep();
    }, kept: false;
    down_goes_on: || {
        preempt_disable();
        Semaphore::new(1).down();
    }, kept: false;
    a_completion_goes_on: || {
        preempt_disable();
        let done = Completion::new();
        complete(&done);
        wait_for_completion(&done);
    }, kept: false;
    a_timed_wait_goes_on: || {
        preempt_disable();
        assert_eq!(wait_for_completion_timeout(&Completion::new(), 1), 0);
    }, kept: false;
    a_wait_on_a_queue_goes_on: || {
        preempt_disable();
        assert_eq!(wait_event_timeout!(WaitQueueHead::new(), false, 1), 0);
    }, kept: false;
    msleep_goes_on: || {
        preempt_disable();
        msleep(1);
    }, kept: false;
    preempt_enable_goes_on: preempt_enable, kept: false;
    rcu_read_unlock_goes_on: rcu_read_unlock, kept: false;
    a_reader_of_an_rwsem_goes_on: || {
        preempt_disable();
        drop(RwSemaphore::new(5).read());
    }, kept: false;
    a_wrong_unlock_goes_on: || RawMutex::new().unlock(), kept: false;
    a_work_goes_on: || {
        let wrong = WorkStruct::new();
        enable_work(&wrong);
    }, kept: false;
    /// The lock has the address of the task that took it, so it keeps the task.
    mutex_lock_goes_on: || {
        static LOCK: RawMutex = RawMutex::new();
        preempt_disable();
        mutex_lock(&LOCK);
        assert_eq!(LOCK.owner().map(|owner| owner.state()), Some(TASK_DEAD));
    }, kept: true;
    a_rt_mutex_goes_on: || {
        static LOCK: RawRtMutex = RawRtMutex::new();
        preempt_disable();
        LOCK.lock();
    }, kept: true;
    a_writer_of_an_rwsem_goes_on: || {
        static LOCK: RawRwSemaphore = RawRwSemaphore::new();
        preempt_disable();
        down_write(&LOCK);
    }, kept: true;
    a_writer_of_a_percpu_rwsem_goes_on: || {
        static LOCK: RawPercpuRwSemaphore = RawPercpuRwSemaphore::new();
        preempt_disable();
        percpu_down_write(&LOCK);
    }, kept: true;
}

/// Sleeps that end by themselves.
const TIMED: [(&str, fn()); 12] = [
    ("schedule_timeout", || {
        set_current_state(TASK_UNINTERRUPTIBLE);
        schedule_timeout(2);
    }),
    ("schedule_timeout_killable", || _ = schedule_timeout_killable(2)),
    ("msleep", || msleep(8)),
    ("msleep_interruptible", || _ = msleep_interruptible(8)),
    ("usleep_range", || usleep_range(1000, 2000)),
    ("wait_for_completion_timeout", || {
        assert_eq!(wait_for_completion_timeout(&Completion::new(), 2), 0);
    }),
    ("wait_event_timeout", || assert_eq!(wait_event_timeout!(WaitQueueHead::new(), false, 2), 0)),
    ("wait_event_hrtimeout", || {
        assert_eq!(wait_event_hrtimeout!(WaitQueueHead::new(), false, 2_000_000), Err(Errno::ETIME));
    }),
    ("swait_event_timeout_exclusive", || {
        assert_eq!(swait_event_timeout_exclusive!(SwaitQueueHead::new(), false, 2), 0);
    }),
    ("down_timeout", || assert_eq!(Semaphore::new(0).down_timeout(2), Err(Errno::ETIME))),
    ("wait_var_event_timeout", || {
        let var = 0_u32;
        assert_eq!(wait_var_event_timeout!(&var, false, 2), 0);
    }),
    ("wait_on_bit_timeout", || {
        let word = std::sync::atomic::AtomicU64::new(1);
        assert_eq!(wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, 2), Err(Errno::EAGAIN));
    }),
];

#[test]
fn a_timed_sleep_ends_though_its_event_has_ended_the_task() {
    for (name, sleep) in TIMED {
        let ended = Arc::new(AtomicU32::new(0));
        let kernel = {
            let ended = ended.clone();
            let builder = Kernel::builder().on_event(move |event| {
                if matches!(event.kind, EventKind::Sleeping { .. }) && leave() {
                    ended.fetch_add(1, SeqCst);
                }
            });
            builder.boot_on_demand().unwrap()
        };
        within_a_minute(name, move || {
            enter_for_long(&kernel);
            sleep();
        });
        assert_eq!(ended.load(SeqCst), 1, "{name}");
    }
}

/// A condition that ends the task each time it is tested, and is false.
/// A wake function that takes its queue's lock, which the wake-up holds.
unsafe extern "C" fn locks_its_queue(_: *mut WaitQueueEntry, _: u32, _: c_int, key: *mut c_void) -> c_int {
    // SAFETY: the key is the queue, by the test's own wake-up.
    spin_lock(unsafe { &*key.cast::<WaitQueueHead>() }.lock());
    0
}

/// The report comes before the task sleeps on the lock's word. Another thread releases the lock
/// then, once, in place of the wake function.
#[test]
fn a_spin_for_the_lock_of_ones_own_queue_goes_on() {
    static GONE: AtomicBool = AtomicBool::new(false);
    static IN_HANDLER: AtomicBool = AtomicBool::new(false);
    let last: Arc<Mutex<Option<Kernel>>> = Arc::default();
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let kernel = {
        let (probe, last) = (Probe(&GONE), last.clone());
        let builder = Kernel::builder().debug(false).on_warning(move |_| {
            let _captured = &probe;
            if leave() {
                drop(last.lock().unwrap().take());
                IN_HANDLER.store(GONE.load(SeqCst), SeqCst);
                tell.lock().unwrap().send(()).unwrap();
            }
        });
        builder.boot_on_demand().unwrap()
    };
    let queue: &'static WaitQueueHead = Box::leak(Box::new(WaitQueueHead::new()));
    let releases = thread::spawn(move || {
        told.recv().unwrap();
        preempt_disable();
        // SAFETY: the wake-up holds the lock, and its wake function does not release what it gets.
        unsafe { spin_unlock(queue.lock()) };
    });
    within_a_minute("the wake-up", move || {
        enter_for_long(&kernel);
        *last.lock().unwrap() = Some(kernel);
        let entry = Box::into_raw(Box::new(WaitQueueEntry::new(locks_its_queue, ptr::null_mut())));
        // SAFETY: the queue and the entry are leaked, so neither moves.
        unsafe { raw_wait::add_wait_queue(queue, entry) };
        let key = ptr::from_ref(queue).cast_mut().cast();
        // SAFETY: the key is the queue, as the wake function expects.
        unsafe { raw_wait::__wake_up(queue, TASK_NORMAL, 1, key) };
        assert!(!leave(), "the handler was called");
    });
    releases.join().unwrap();
    assert!(!IN_HANDLER.load(SeqCst) && GONE.load(SeqCst));
    assert!(!spin_is_locked(queue.lock()));
}

fn leaves() -> bool {
    leave();
    false
}

#[test]
fn a_timed_wait_ends_though_its_condition_has_ended_the_task() {
    let waits: [(&str, fn()); 6] = [
        ("wait_event_timeout", || assert_eq!(wait_event_timeout!(WaitQueueHead::new(), leaves(), 2), 0)),
        ("wait_event_interruptible_timeout", || {
            assert_eq!(wait_event_interruptible_timeout!(WaitQueueHead::new(), leaves(), 2), Ok(0));
        }),
        ("wait_event_hrtimeout", || {
            assert_eq!(wait_event_hrtimeout!(WaitQueueHead::new(), leaves(), 2_000_000), Err(Errno::ETIME));
        }),
        ("wait_event_killable_timeout", || {
            assert_eq!(wait_event_killable_timeout!(WaitQueueHead::new(), leaves(), 2), Ok(0));
        }),
        ("swait_event_timeout_exclusive", || {
            assert_eq!(swait_event_timeout_exclusive!(SwaitQueueHead::new(), leaves(), 2), 0);
        }),
        ("wait_var_event_timeout", || {
            let var = 0_u32;
            assert_eq!(wait_var_event_timeout!(&var, leaves(), 2), 0);
        }),
    ];
    for (name, wait) in waits {
        // At the first test, which is before the task queues up, and at a later one.
        for looks_before in [0, 1] {
            let kernel = Kernel::builder().boot_on_demand().unwrap();
            within_a_minute(name, move || {
                for _ in 0..looks_before {
                    enter_for_long(&kernel);
                }
                enter_for_long(&kernel);
                wait();
                while leave() {}
            });
        }
    }
}

#[test]
fn a_waiter_is_woken_though_its_condition_has_ended_the_task() {
    static QUEUE: WaitQueueHead = WaitQueueHead::new();
    static READY: AtomicBool = AtomicBool::new(false);
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    within_a_minute("the wait", move || {
        enter_for_long(&kernel);
        thread::scope(|scope| {
            scope.spawn(|| {
                wait_until_there_is_a_waiter();
                READY.store(true, SeqCst);
                wake_up(&QUEUE);
            });
            wait_event!(QUEUE, {
                if waitqueue_active(&QUEUE) {
                    leave();
                }
                READY.load(SeqCst)
            });
        });
    });

    fn wait_until_there_is_a_waiter() {
        while !waitqueue_active(&QUEUE) {
            thread::yield_now();
        }
    }
}

#[test]
fn a_task_that_ends_in_another_s_wake_up_stays_valid_for_the_waker() {
    let woke = Arc::new(AtomicU32::new(0));
    let kernel = {
        let woke = woke.clone();
        let builder = Kernel::builder().on_event(move |event| {
            if matches!(event.kind, EventKind::Woken { .. }) && leave() {
                woke.fetch_add(1, SeqCst);
            }
        });
        builder.boot().unwrap()
    };
    let sleeper = {
        let _inside = kernel.enter();
        kthread_create!(|()| 3, (), "sleeper").unwrap()
    };
    let waker = kernel.clone();
    let task = sleeper.clone();
    within_a_minute("the wake-up", move || {
        enter_for_long(&waker);
        drop(waker);
        assert!(wake_up_process(&task));
        assert!(!leave());
    });
    let _inside = kernel.enter();
    // It was woken before it was asked to stop, so nearly always its function has run.
    assert!([3, -4].contains(&kthread_stop(&sleeper)));
    assert_eq!(woke.load(SeqCst), 1);
}
