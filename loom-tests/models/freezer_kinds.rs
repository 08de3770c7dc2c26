//! Whom the freezer freezes (`freezer.rs`): kthreads and user tasks apart, tasks that it must wake
//! first, tasks that don't freeze in time, and tasks whose time is over while they are frozen.

use crate::harness::{
    Bound, Model, actor, asleep, in_kernel, in_small_kernel, prepared, sleeper, started, warnings,
};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "freeze_each_kind",
        claim: "user tasks and kthreads are frozen and thawed apart; a wake-up does not end a freeze, and a thaw of one kind leaves the other frozen",
        bound: Bound::Preemptions(1),
        outcomes: &["each in turn"],
        run: freeze_each_kind,
    },
    Model {
        name: "freeze_not_all_kthreads",
        claim: "a kthread that has not called set_freezable is not frozen, whatever it calls",
        bound: Bound::Preemptions(1),
        outcomes: &["one of two"],
        run: freeze_not_all_kthreads,
    },
    Model {
        name: "freeze_in_vain",
        claim: "a freeze that a task refuses ends at its time: it names the task, and thaws the others; the task is woken a few times",
        bound: Bound::Preemptions(1),
        outcomes: &["refused"],
        run: freeze_in_vain,
    },
    Model {
        name: "freeze_over_a_timeout",
        claim: "a task whose timeout ends while it is frozen stays frozen, and times out after the thaw",
        bound: Bound::Preemptions(1),
        outcomes: &["timed out"],
        run: freeze_over_a_timeout,
    },
    Model {
        name: "freeze_who_should_stop",
        claim: "kthread_freezable_should_stop does not freeze a kthread that should stop",
        bound: Bound::Preemptions(1),
        outcomes: &["stopped"],
        run: freeze_who_should_stop,
    },
    Model {
        name: "freeze_though_it_should_stop",
        claim: "try_to_freeze freezes a kthread that should stop, too, until the thaw",
        bound: Bound::Preemptions(1),
        outcomes: &["frozen, then stopped"],
        run: freeze_though_it_should_stop,
    },
    Model {
        name: "freeze_twice_against_wake",
        claim: "a sleeper that is frozen, thawed, woken in vain and frozen again sees its event after the last thaw",
        bound: Bound::Preemptions(1),
        outcomes: &["seen"],
        run: freeze_twice_against_wake,
    },
    Model {
        name: "freeze_on_the_way_to_sleep",
        claim: "a task that is on the way to a freezable sleep is frozen in it, and not before: what it did before is done",
        bound: Bound::Preemptions(2),
        outcomes: &["froze", "had not begun"],
        run: freeze_on_the_way_to_sleep,
    },
    Model {
        name: "freeze_who_becomes_freezable",
        claim: "a kthread that becomes freezable during a freeze is frozen: the freezer waits for it, or it sees the freeze",
        bound: Bound::Preemptions(2),
        outcomes: &["frozen at once", "frozen later"],
        run: freeze_who_becomes_freezable,
    },
    Model {
        name: "freeze_two",
        claim: "a freeze returns when both of two tasks are frozen, and a thaw thaws both",
        bound: Bound::Preemptions(1),
        outcomes: &["both"],
        run: freeze_two,
    },
    Model {
        name: "freeze_against_vain_wake",
        claim: "a sleeper that is woken in vain while it is being frozen is frozen, and runs no further until the thaw",
        bound: Bound::Preemptions(2),
        outcomes: &["not woken before it", "woken before it"],
        run: freeze_against_vain_wake,
    },
];

/// A wait queue and its condition.
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

    fn wait(&self) -> Result<(), Errno> {
        let result = wait_event_freezable!(self.wq, self.set.load(Relaxed));
        assert_eq!(current().state(), TASK_RUNNING);
        result
    }
}

/// Sleeps, in a state that is not freezable, until the kthread is stopped. Returns how often it was
/// frozen.
fn sleep_until_stopped() -> i32 {
    let mut times = 0;
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        let mut frozen = false;
        let stops = kthread_freezable_should_stop(Some(&mut frozen));
        times += i32::from(frozen);
        if stops {
            break;
        }
        if !frozen {
            schedule();
        }
    }
    set_current_state(TASK_RUNNING);
    times
}

/// A freezable kthread that sleeps, in a state that is not freezable, until it is stopped. It
/// returns how often it was frozen.
fn freezable() -> Task {
    started(|_| {
        assert!(!set_freezable());
        sleep_until_stopped()
    })
}

fn assert_frozen(task: &Task) {
    assert!(frozen(task) && freezing(task));
    assert!(!wake_up_process(task), "a wake-up ended a freeze");
}

fn freeze_each_kind() -> String {
    in_kernel(|| {
        let event = Event::new();
        let kthread = freezable();
        let (user, user_task) = asleep({
            let event = event.clone();
            move || event.wait()
        });
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("the user task sleeps freezably");
        assert_frozen(&user_task);
        assert!(!frozen(&kthread) && !freezing(&kthread));
        kernel.freeze_kernel_threads().expect("the kthread freezes when it is woken");
        assert_frozen(&kthread);
        kernel.thaw_kernel_threads();
        assert!(!freezing(&kthread));
        assert!(wait_task_inactive(&kthread, TASK_RUNNING));
        assert_eq!(kthread.state(), TASK_INTERRUPTIBLE, "it goes on, and sleeps again");
        assert!(wait_task_inactive(&user_task, TASK_FROZEN), "it is still frozen");
        assert_frozen(&user_task);
        kernel.freeze_kernel_threads().expect("the kthread freezes when it is woken");
        event.happen();
        assert_frozen(&user_task);
        kernel.thaw_processes();
        assert!(!freezing(&kthread) && !freezing(&user_task));
        assert_eq!(user.join(), Ok(()));
        assert_eq!(kthread_stop(&kthread), 2);
        assert_eq!(current().state(), TASK_RUNNING);
        drop(kernel);
        "each in turn".to_owned()
    })
}

fn freeze_not_all_kthreads() -> String {
    in_kernel(|| {
        let kthread = freezable();
        let other = started(|_| {
            let mut frozen = false;
            while !kthread_freezable_should_stop(Some(&mut frozen)) {
                assert!(!frozen && !try_to_freeze());
                set_current_state(TASK_INTERRUPTIBLE);
                if !kthread_should_stop() {
                    schedule();
                }
                set_current_state(TASK_RUNNING);
            }
            i32::from(frozen)
        });
        let kernel = Kernel::current();
        kernel.freeze_kernel_threads().expect("the one freezes, and the other need not");
        assert_frozen(&kthread);
        assert!(!freezing(&other));
        assert_eq!(kthread_stop(&other), 0, "it runs although the other is frozen");
        kernel.thaw_kernel_threads();
        assert_eq!(kthread_stop(&kthread), 1);
        drop(kernel);
        "one of two".to_owned()
    })
}

fn freeze_in_vain() -> String {
    /// The time after which a freeze gives up.
    const TIMEOUT: i64 = 20_000_000_000;
    in_small_kernel(|| {
        let (event, wakes) = (Event::new(), Arc::new(AtomicU32::new(0)));
        let (refuses, refuses_task) = asleep({
            let (event, wakes) = (event.clone(), wakes.clone());
            move || loop {
                set_current_state(TASK_UNINTERRUPTIBLE);
                if event.set.load(Relaxed) {
                    set_current_state(TASK_RUNNING);
                    break;
                }
                schedule();
                wakes.fetch_add(1, Relaxed);
            }
        });
        let (freezes, freezes_task) = asleep({
            let event = event.clone();
            move || event.wait()
        });
        let clock = actor(|| {
            pass_time(TIMEOUT as u64 - 1);
            pass_time(1);
        });
        let (kernel, began) = (Kernel::current(), ktime_get());
        let not_frozen = kernel.freeze_processes().expect_err("one refuses it");
        assert_eq!(not_frozen.tasks, [refuses_task.id()]);
        assert_eq!(warnings(), [WarningKind::NotFrozen]);
        assert_eq!(current().state(), TASK_RUNNING);
        assert_eq!(ktime_get() - began, TIMEOUT, "it gave up early");
        assert!(!freezing(&refuses_task) && !freezing(&freezes_task));
        assert!(wakes.load(Relaxed) <= 2, "it was woken more often than a freeze may");
        clock.join();
        event.happen();
        assert_eq!(freezes.join(), Ok(()));
        wake_up_process(&refuses_task);
        refuses.join();
        drop(kernel);
        "refused".to_owned()
    })
}

fn freeze_over_a_timeout() -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let (waiter, task) = asleep({
            let event = event.clone();
            move || wait_event_freezable_timeout!(event.wq, event.set.load(Relaxed), 2)
        });
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("it sleeps freezably");
        assert_frozen(&task);
        pass_time(jiffies_to_nsecs(2));
        assert!(wait_task_inactive(&task, TASK_FROZEN), "its time ended the freeze");
        kernel.thaw_processes();
        assert_eq!(waiter.join(), Ok(0));
        drop(kernel);
        "timed out".to_owned()
    })
}

fn freeze_who_should_stop() -> String {
    in_kernel(|| {
        let asked = Arc::new(Completion::new());
        let kthread = started({
            let asked = asked.clone();
            move |_| {
                set_freezable();
                while !kthread_should_stop() {
                    set_current_state(TASK_INTERRUPTIBLE);
                    if !kthread_should_stop() {
                        schedule();
                    }
                    set_current_state(TASK_RUNNING);
                }
                complete(&asked);
                let mut frozen = false;
                assert!(kthread_freezable_should_stop(Some(&mut frozen)));
                i32::from(frozen)
            }
        });
        let stopper = sleeper({
            let kthread = kthread.clone();
            move || kthread_stop(&kthread)
        });
        wait_for_completion(&asked);
        let kernel = Kernel::current();
        kernel.freeze_kernel_threads().expect("it ends");
        assert_eq!(stopper.join(), 0, "it was frozen");
        kernel.thaw_kernel_threads();
        prepared(|| drop((kernel, kthread)));
        "stopped".to_owned()
    })
}

fn freeze_though_it_should_stop() -> String {
    in_kernel(|| {
        let asked = Arc::new(Completion::new());
        let kthread = started({
            let asked = asked.clone();
            move |_| {
                set_freezable();
                loop {
                    set_current_state(TASK_INTERRUPTIBLE);
                    if kthread_should_stop() {
                        break;
                    }
                    schedule();
                }
                set_current_state(TASK_RUNNING);
                complete(&asked);
                loop {
                    set_current_state(TASK_UNINTERRUPTIBLE);
                    if try_to_freeze() {
                        return 7;
                    }
                    schedule();
                }
            }
        });
        let stopper = sleeper({
            let kthread = kthread.clone();
            move || kthread_stop(&kthread)
        });
        wait_for_completion(&asked);
        let kernel = Kernel::current();
        kernel.freeze_kernel_threads().expect("it freezes");
        assert_frozen(&kthread);
        kernel.thaw_kernel_threads();
        assert_eq!(stopper.join(), 7);
        prepared(|| drop((kernel, kthread)));
        "frozen, then stopped".to_owned()
    })
}

fn freeze_twice_against_wake() -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let (waiter, task) = asleep({
            let event = event.clone();
            move || event.wait()
        });
        let kernel = Kernel::current();
        for _ in 0..2 {
            kernel.freeze_processes().expect("it sleeps freezably");
            assert_frozen(&task);
            // In vain: no task is awake to see it, and the condition is false.
            wake_up(&event.wq);
            assert_frozen(&task);
            kernel.thaw_processes();
            assert!(!frozen(&task));
        }
        kernel.freeze_processes().expect("it sleeps freezably");
        event.happen();
        kernel.thaw_processes();
        assert_eq!(waiter.join(), Ok(()));
        drop(kernel);
        "seen".to_owned()
    })
}

fn freeze_on_the_way_to_sleep() -> String {
    in_small_kernel(|| {
        let (event, looked) = (Event::new(), Arc::new(AtomicU32::new(0)));
        let task = sleeper({
            let (event, looked) = (event.clone(), looked.clone());
            move || {
                let me = current();
                let result = wait_event_freezable!(event.wq, {
                    // Not frozen: it runs.
                    looked.fetch_add(1, Relaxed);
                    event.set.load(Relaxed)
                });
                drop(me);
                result
            }
        });
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("it sleeps freezably, or has not begun");
        let (froze, looks) = (kernel.tasks().iter().any(|task| frozen(task)), looked.load(Relaxed));
        event.happen();
        if froze {
            assert!(looks > 0);
            assert_eq!(looked.load(Relaxed), looks, "a frozen task runs");
        }
        kernel.thaw_processes();
        assert_eq!(task.join(), Ok(()));
        drop(kernel);
        if froze { "froze" } else { "had not begun" }.to_owned()
    })
}

fn freeze_who_becomes_freezable() -> String {
    in_kernel(|| {
        let is_over = Arc::new(AtomicBool::new(false));
        let becomes_freezable = |is_over: Arc<AtomicBool>| {
            let froze = set_freezable();
            assert!(froze || !is_over.load(Relaxed), "neither saw the other");
            i32::from(froze) + sleep_until_stopped()
        };
        let kthread = prepared(|| kthread_create!(becomes_freezable, is_over.clone(), "becomes"));
        let kthread = kthread.expect("nothing refuses it");
        wake_up_process(&kthread);
        let kernel = Kernel::current();
        kernel.freeze_kernel_threads().expect("it freezes when it is woken");
        is_over.store(true, Relaxed);
        let at_once = frozen(&kthread);
        assert!(wait_task_inactive(&kthread, TASK_RUNNING));
        assert_frozen(&kthread);
        kernel.thaw_kernel_threads();
        assert_eq!(kthread_stop(&kthread), 1);
        drop(kernel);
        if at_once { "frozen at once" } else { "frozen later" }.to_owned()
    })
}

fn freeze_two() -> String {
    in_small_kernel(|| {
        let event = Event::new();
        let waiter = || {
            let event = event.clone();
            asleep(move || event.wait())
        };
        let ((one, one_task), (other, other_task)) = (waiter(), waiter());
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("both sleep freezably");
        assert_frozen(&one_task);
        assert_frozen(&other_task);
        event.set.store(true, Relaxed);
        kernel.thaw_processes();
        assert_eq!((one.join(), other.join()), (Ok(()), Ok(())));
        drop(kernel);
        "both".to_owned()
    })
}

fn freeze_against_vain_wake() -> String {
    in_small_kernel(|| {
        let (event, looked) = (Event::new(), Arc::new(AtomicU32::new(0)));
        let (waiter, task) = asleep({
            let (event, looked) = (event.clone(), looked.clone());
            move || {
                wait_event_freezable!(event.wq, {
                    looked.fetch_add(1, Relaxed);
                    event.set.load(Relaxed)
                })
            }
        });
        let waker = actor({
            let event = event.clone();
            move || wake_up(&event.wq)
        });
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("it sleeps freezably");
        let looks = looked.load(Relaxed);
        assert!(wait_task_inactive(&task, TASK_FROZEN));
        waker.join();
        assert_frozen(&task);
        assert_eq!(looked.load(Relaxed), looks, "a frozen task runs");
        event.happen();
        kernel.thaw_processes();
        assert_eq!(waiter.join(), Ok(()));
        drop(kernel);
        if looks == 2 { "not woken before it" } else { "woken before it" }.to_owned()
    })
}
