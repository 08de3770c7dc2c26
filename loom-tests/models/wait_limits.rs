//! Waits with a time limit, a signal or a command (`sched/event.rs`, `wait/event.rs`,
//! `wait/stepwise.rs`), in the macros and in the C header's loop.
//!
//! With a limit in jiffies, a wait that has timed out returns 0, also if a signal came. With one in
//! nanoseconds, the signal takes precedence. Each wait leaves its task running and its queue empty.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;
use kthread_rt::raw_wait::{EventWait, WaitLimit, WaitMode};
use std::cell::Cell;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "wait_limit_of_jiffies",
        claim: "a wait for some jiffies that a signal reaches, too, returns 0 if its time is over, and else ERESTARTSYS; success counts before both",
        bound: Bound::Preemptions(2),
        outcomes: &["true", "timed out", "interrupted"],
        run: || of_jiffies(limited(jiffies_to_nsecs(2), by_macro_for_jiffies)),
    },
    Model {
        name: "wait_turned_inside_out_limit_of_jiffies",
        claim: "so does the loop of the C header",
        bound: Bound::Preemptions(2),
        outcomes: &["true", "timed out", "interrupted"],
        run: || of_jiffies(limited(jiffies_to_nsecs(2), as_c_does_for_jiffies)),
    },
    Model {
        name: "wait_limit_of_nanoseconds",
        claim: "a wait for some nanoseconds that a signal reaches, too, returns ERESTARTSYS although its time is over; success counts before both",
        bound: Bound::Preemptions(2),
        outcomes: &["true", "timed out", "interrupted"],
        run: || of_nanoseconds(limited(2, by_macro_for_nanoseconds)),
    },
    Model {
        name: "wait_turned_inside_out_limit_of_nanoseconds",
        claim: "so does the loop of the C header",
        bound: Bound::Preemptions(2),
        outcomes: &["true", "timed out", "interrupted"],
        run: || of_nanoseconds(limited(2, as_c_does_for_nanoseconds)),
    },
    Model {
        name: "wait_limit_of_jiffies_then_a_signal",
        claim: "a wait for some jiffies whose time is over before a signal comes returns 0",
        bound: Bound::Preemptions(1),
        outcomes: &["timed out"],
        run: || of_jiffies(then_a_signal(jiffies_to_nsecs(2), by_macro_for_jiffies)),
    },
    Model {
        name: "wait_limit_of_nanoseconds_then_a_signal",
        claim: "a wait for some nanoseconds whose time is over before a signal comes returns ERESTARTSYS if it finds the signal",
        bound: Bound::Preemptions(1),
        outcomes: &["timed out", "interrupted"],
        run: || of_nanoseconds(then_a_signal(2, by_macro_for_nanoseconds)),
    },
    Model {
        name: "wait_limit_at_once",
        claim: "a wait without time, or whose condition is true, returns at once; a negative number of nanoseconds, or KTIME_MAX, is no limit",
        bound: Bound::Preemptions(1),
        outcomes: &["as said"],
        run: wait_limit_at_once,
    },
    Model {
        name: "wait_limit_not_reached",
        claim: "a wait that is woken in vain before its time is over goes on until the time",
        bound: Bound::Preemptions(1),
        outcomes: &["timed out"],
        run: wait_limit_not_reached,
    },
    Model {
        name: "wait_with_commands",
        claim: "the commands of a wait are called around each sleep, before and after it; those of a wait with a lock without the lock",
        bound: Bound::Preemptions(2),
        outcomes: &["asleep", "awake"],
        run: wait_with_commands,
    },
    Model {
        name: "wait_exclusive_and_others",
        claim: "a wake-up of one wakes all waiters that are not exclusive and one that is, whichever macro they use",
        bound: Bound::Preemptions(1),
        outcomes: &["one stays"],
        run: || {
            exclusive_and_others(|event, exclusive| match exclusive {
                true => wait_event_exclusive!(event.wq, event.set.load(Relaxed)),
                false => wait_event!(event.wq, event.set.load(Relaxed)),
            })
        },
    },
    Model {
        name: "wait_turned_inside_out_exclusive_and_others",
        claim: "so does one of waiters in the C header's loop",
        bound: Bound::Preemptions(1),
        outcomes: &["one stays"],
        run: || {
            exclusive_and_others(|event, exclusive| {
                let how = (TASK_UNINTERRUPTIBLE, exclusive, WaitLimit::None);
                assert_eq!(as_c_does(event, how), Ok(1));
            })
        },
    },
    Model {
        name: "wait_not_exclusive_passes_nothing_on",
        claim: "a waiter that is not exclusive, and has no need of the wake-up that it got, wakes no other",
        bound: Bound::Preemptions(1),
        outcomes: &["one stays"],
        run: wait_not_exclusive_passes_nothing_on,
    },
    Model {
        name: "wait_command_comes_first",
        claim: "the command of a wait with a lock is called before the sleep, without the lock: what it makes true ends the wait",
        bound: Bound::Complete,
        outcomes: &["once"],
        run: wait_command_comes_first,
    },
    Model {
        name: "wait_whose_task_ends",
        claim: "a wait whose condition ends the waiting task by leaving its Kernel is woken nevertheless",
        bound: Bound::Preemptions(1),
        outcomes: &["woken"],
        run: wait_whose_task_ends,
    },
];

/// A queue and its condition.
struct Event {
    wq: WaitQueueHead,
    set: AtomicBool,
}

impl Event {
    fn new() -> Arc<Self> {
        Arc::new(Self { wq: WaitQueueHead::new(), set: AtomicBool::new(false) })
    }

    fn happen(&self) {
        self.set.store(true, Relaxed);
        wake_up(&self.wq);
    }
}

/// A wait in the loop of the C header: a state, exclusive or not, and the limit.
fn as_c_does(event: &Event, (state, exclusive, limit): (TaskState, bool, WaitLimit)) -> Result<u64, Errno> {
    let mode = WaitMode { state, exclusive, limit, call: "wait_event" };
    // SAFETY: the caller keeps the queue for the call, and the wait stays in this frame.
    unsafe {
        let mut wait = EventWait::begin(&event.wq, mode);
        let set = loop {
            let set = event.set.load(Relaxed);
            if set || wait.over() {
                break set;
            }
            if wait.must_sleep() {
                wait.sleep();
            }
            wait.prepare();
        };
        wait.end(set)
    }
}

fn by_macro_for_jiffies(event: &Event) -> Result<u64, Errno> {
    wait_event_interruptible_timeout!(event.wq, event.set.load(Relaxed), 2)
}

fn as_c_does_for_jiffies(event: &Event) -> Result<u64, Errno> {
    as_c_does(event, (TASK_INTERRUPTIBLE, false, WaitLimit::Jiffies(2)))
}

fn by_macro_for_nanoseconds(event: &Event) -> Result<(), Errno> {
    wait_event_interruptible_hrtimeout!(event.wq, event.set.load(Relaxed), 2)
}

fn as_c_does_for_nanoseconds(event: &Event) -> Result<(), Errno> {
    let how = (TASK_INTERRUPTIBLE, false, WaitLimit::Nanoseconds(2));
    as_c_does(event, how).and_then(|left| if left == 0 { Err(Errno::ETIME) } else { Ok(()) })
}

/// A wait by `wait`, while one actor lets its time pass and another sends a signal and then makes
/// the condition true. Returns the result and whether the time was over at the end.
fn limited<T: 'static>(ns: u64, wait: fn(&Event) -> T) -> (T, bool) {
    in_small_kernel(|| {
        let event = Event::new();
        let (waiter, task) = asleep({
            let event = event.clone();
            move || {
                let began = ktime_get();
                let result = wait(&event);
                assert_eq!(current().state(), TASK_RUNNING);
                (result, (ktime_get() - began) as u64 >= ns)
            }
        });
        let clock = actor(move || pass_time(ns));
        let sender = actor({
            let event = event.clone();
            move || {
                send_sig(SIGTERM, &task, 1).unwrap_or_else(|e| assert_eq!(e, Errno::ESRCH));
                event.happen();
            }
        });
        let result = waiter.join();
        clock.join();
        sender.join();
        assert!(!waitqueue_active(&event.wq));
        result
    })
}

/// A wait by `wait`, whose time passes; then a signal comes.
fn then_a_signal<T: 'static>(ns: u64, wait: fn(&Event) -> T) -> (T, bool) {
    in_small_kernel(|| {
        let event = Event::new();
        let (waiter, task) = asleep({
            let event = event.clone();
            move || wait(&event)
        });
        pass_time(ns);
        // ESRCH if it has ended.
        let _ = send_sig(SIGTERM, &task, 1);
        let result = waiter.join();
        assert!(!waitqueue_active(&event.wq));
        (result, true)
    })
}

fn of_jiffies(result: (Result<u64, Errno>, bool)) -> String {
    match result {
        (Ok(0), true) => "timed out",
        (Ok(1..=2), _) => "true",
        (Err(Errno::ERESTARTSYS), _) => "interrupted",
        _ => "another result",
    }
    .to_owned()
}

fn of_nanoseconds(result: (Result<(), Errno>, bool)) -> String {
    match result {
        (Err(Errno::ETIME), true) => "timed out",
        (Ok(()), _) => "true",
        (Err(Errno::ERESTARTSYS), _) => "interrupted",
        _ => "another result",
    }
    .to_owned()
}

fn wait_limit_at_once() -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let of = |limit| as_c_does(&event, (TASK_UNINTERRUPTIBLE, false, limit));
        assert_eq!(of(WaitLimit::Jiffies(0)), Ok(0));
        assert_eq!(wait_event_timeout!(event.wq, event.set.load(Relaxed), 0), 0);
        event.set.store(true, Relaxed);
        assert_eq!([0, 1, 7].map(|jiffies| of(WaitLimit::Jiffies(jiffies))), [Ok(1), Ok(1), Ok(7)]);
        assert_eq!(wait_event_timeout!(event.wq, event.set.load(Relaxed), 7), 7);
        assert_eq!([0, 7].map(|ns| of(WaitLimit::Nanoseconds(ns))), [Ok(1); 2]);
        assert_eq!(of(WaitLimit::None), Ok(1));
        assert_eq!(wait_event_hrtimeout!(event.wq, event.set.load(Relaxed), 0), Ok(()));
        event.set.store(false, Relaxed);
        // The end of the time has come with its beginning.
        assert_eq!(of(WaitLimit::Nanoseconds(0)), Ok(0));
        assert_eq!(wait_event_hrtimeout!(event.wq, event.set.load(Relaxed), 0), Err(Errno::ETIME));
        for ns in [-1, KTIME_MAX] {
            event.set.store(false, Relaxed);
            let (waiter, _) = asleep({
                let event = event.clone();
                move || {
                    let how = (TASK_UNINTERRUPTIBLE, false, WaitLimit::Nanoseconds(ns));
                    (wait_event_hrtimeout!(event.wq, event.set.load(Relaxed), ns), as_c_does(&event, how))
                }
            });
            pass_time(1_000_000);
            event.happen();
            assert_eq!(waiter.join(), (Ok(()), Ok(1)));
        }
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(!waitqueue_active(&event.wq));
        "as said".to_owned()
    })
}

fn wait_limit_not_reached() -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let (by_jiffies, _) = asleep({
            let event = event.clone();
            move || wait_event_timeout!(event.wq, event.set.load(Relaxed), 2)
        });
        let (by_nanoseconds, _) = asleep({
            let event = event.clone();
            move || wait_event_hrtimeout!(event.wq, event.set.load(Relaxed), jiffies_to_nsecs(2) as i64)
        });
        let began = jiffies();
        wake_up(&event.wq);
        pass_time(jiffies_to_nsecs(1));
        wake_up(&event.wq);
        pass_time(jiffies_to_nsecs(1));
        assert_eq!((by_jiffies.join(), by_nanoseconds.join()), (0, Err(Errno::ETIME)));
        assert_eq!(jiffies() - began, 2);
        assert!(!waitqueue_active(&event.wq));
        "timed out".to_owned()
    })
}

/// Counts the calls of both commands, and checks that they are around a sleep.
#[derive(Default)]
struct Commands {
    before: Cell<u32>,
    after: Cell<u32>,
}

impl Commands {
    fn before(&self) {
        assert_eq!(self.before.get(), self.after.get());
        self.before.set(self.before.get() + 1);
    }

    fn after(&self) {
        assert_eq!(current().state(), TASK_RUNNING, "called before the sleep");
        self.after.set(self.after.get() + 1);
        assert_eq!(self.before.get(), self.after.get());
    }
}

fn wait_with_commands() -> String {
    in_small_kernel(|| {
        let event = Arc::new((WaitQueueHead::new(), SpinLock::new(0)));
        let waker = sleeper({
            let event = event.clone();
            move || {
                for _ in 0..2 {
                    *event.1.lock() += 1;
                    wake_up(&event.0);
                }
            }
        });
        let commands = Commands::default();
        let count = || *event.1.lock();
        wait_event_cmd!(event.0, count() >= 1, commands.before(), commands.after());
        assert_eq!(commands.before.get(), commands.after.get());
        let slept = Cell::new(0);
        let mut guard = event.1.lock();
        wait_event_lock_irq_cmd!(event.0, **guard == 2, guard, {
            // The lock is free, and the sleep is to come, unless it was ended already.
            slept.set(slept.get() + 1);
            drop(event.1.lock());
        });
        assert_eq!(*guard, 2);
        drop(guard);
        waker.join();
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(!waitqueue_active(&event.0));
        if commands.before.get() + slept.get() > 0 { "asleep" } else { "awake" }.to_owned()
    })
}

/// Two exclusive waiters by `wait`, and one that is not exclusive.
fn exclusive_and_others(wait: fn(&Event, bool)) -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let exclusive = [(); 2].map(|()| {
            let event = event.clone();
            asleep(move || wait(&event, true))
        });
        let (other, _) = asleep({
            let event = event.clone();
            move || wait(&event, false)
        });
        let [(first, _), (second, second_task)] = exclusive;
        event.happen();
        other.join();
        first.join();
        assert_eq!(second_task.state(), TASK_UNINTERRUPTIBLE, "it was woken, too");
        wake_up(&event.wq);
        second.join();
        assert!(!waitqueue_active(&event.wq));
        "one stays".to_owned()
    })
}

fn wait_not_exclusive_passes_nothing_on() -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let [(first, _), (second, second_task)] = [(); 2].map(|()| {
            let event = event.clone();
            asleep(move || wait_event_exclusive!(event.wq, event.set.load(Relaxed)))
        });
        let mut looks = 0;
        wait_event!(event.wq, {
            looks += 1;
            if looks == 2 {
                // For this waiter, which does not need it, and the first exclusive one.
                event.happen();
            }
            looks == 2
        });
        first.join();
        assert_eq!(second_task.state(), TASK_UNINTERRUPTIBLE, "it was woken, too");
        wake_up(&event.wq);
        second.join();
        assert!(!waitqueue_active(&event.wq));
        "one stays".to_owned()
    })
}

fn wait_command_comes_first() -> String {
    in_small_kernel(|| {
        let (wq, lock, calls) = (WaitQueueHead::new(), SpinLock::new(false), Cell::new(0));
        let mut guard = lock.lock();
        wait_event_lock_irq_cmd!(wq, **guard, guard, {
            calls.set(calls.get() + 1);
            *lock.lock() = true;
            wake_up(&wq);
        });
        assert!(*guard);
        drop(guard);
        assert_eq!((calls.get(), current().state()), (1, TASK_RUNNING));
        assert!(!waitqueue_active(&wq));
        "once".to_owned()
    })
}

fn wait_whose_task_ends() -> String {
    in_small_kernel(|| {
        let (event, kernel) = (Event::new(), Kernel::current());
        let waiter = actor({
            let event = event.clone();
            move || {
                let mut inside = Some(kernel.enter());
                let mut looks = 0;
                wait_event!(event.wq, {
                    looks += 1;
                    if looks == 2 {
                        drop(inside.take());
                    }
                    event.set.load(Relaxed)
                });
                drop(inside);
                drop(kernel);
            }
        });
        event.happen();
        waiter.join();
        assert!(!waitqueue_active(&event.wq));
        "woken".to_owned()
    })
}
