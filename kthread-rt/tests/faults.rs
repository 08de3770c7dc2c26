//! Faults on demand: each fault happens to the call that the plan means, and to no other, and is
//! reported with that call's place.

#![cfg(not(any(loom, shuttle)))]

mod child;

use kthread_rt::faults::{Fault, FaultPlan, When, allocation_fails};
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use std::mem;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

/// The faults that happened: each one's name, call, and line in this file.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, String, u32)>>>);

impl Told {
    fn take(&self) -> Vec<(String, String, u32)> {
        mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A Kernel with this plan, and its reports.
fn kernel(spec: &str) -> (Kernel, Told) {
    let told = Told::default();
    let plan: FaultPlan = spec.parse().unwrap();
    let hear = told.clone();
    let kernel = Kernel::builder().faults(plan).on_event(move |event| {
        if let EventKind::FaultInjected { fault, call, place, .. } = &event.kind {
            let line = place.strip_prefix(file!()).and_then(|rest| rest[1..].split(':').next());
            let line = line.and_then(|line| line.parse().ok()).unwrap_or(0);
            hear.0.lock().unwrap().push((fault.clone(), call.clone(), line));
        }
    });
    (kernel.on_warning(|warning| panic!("a fault is no warning: {warning}")).boot().unwrap(), told)
}

/// The line that calls this.
#[track_caller]
fn line() -> u32 {
    Location::caller().line()
}

fn expected(fault: &str, call: &str, line: u32) -> Vec<(String, String, u32)> {
    vec![(fault.into(), call.into(), line)]
}

#[test]
fn the_nth_create_fails_with_the_error_and_drops_its_data() {
    for (spec, errno) in [("create=ENOMEM@2", Errno::ENOMEM), ("create=EAGAIN@2", Errno::EAGAIN)] {
        let (kernel, faults) = kernel(spec);
        let inside = kernel.enter();
        let data = Arc::new(());
        let create = |name: &'static str| kthread_create!(|_: Arc<()>| 0, data.clone(), "{name}");
        let first = create("first").unwrap();
        assert_eq!(create("second").unwrap_err(), errno);
        let at = line() - 3;
        assert_eq!(Arc::strong_count(&data), 2, "the second's is dropped");
        let third = create("third").unwrap();
        assert_eq!(faults.take(), expected(spec, "kthread_create", at));
        for task in [first, third] {
            _ = kthread_stop(&task);
        }
        assert_eq!(kernel.shutdown().forked, 2);
        drop(inside);
    }
}

/// Runs a kthread with this function, and returns its result without stopping it before.
fn result_of(function: impl FnOnce(()) -> i32 + Send + 'static) -> i32 {
    let begun = Arc::new(Completion::new());
    let begin = begun.clone();
    let run = move |()| {
        let result = function(());
        begin.complete();
        result
    };
    let task = kthread_run!(run, (), "kthread").unwrap();
    wait_for_completion(&begun);
    kthread_stop(&task)
}

#[test]
fn every_nth_create_fails() {
    let (kernel, faults) = kernel("create=EAGAIN/3");
    let inside = kernel.enter();
    let results: Vec<bool> = (0..7)
        .map(|_| {
            let made = kthread_create!(|()| 0, (), "one");
            made.map(|task| kthread_stop(&task)).is_ok()
        })
        .collect();
    assert_eq!(results, [true, true, false, true, true, false, true]);
    assert_eq!(faults.take().len(), 2);
    drop(inside);
}

#[test]
fn a_killed_creator_gets_eintr_and_no_thread_is_left() {
    for spares in [0, 16] {
        let plan = FaultPlan::new().with(Fault::CreatorKilled, When::Nth(1));
        let kernel = Kernel::builder().faults(plan).spare_threads(spares).boot().unwrap();
        let inside = kernel.enter();
        let data = Arc::new(());
        assert_eq!(kthread_create!(|_: Arc<()>| 0, data.clone(), "x").unwrap_err(), Errno::EINTR);
        assert!(fatal_signal_pending(&current()), "it was killed");
        assert_eq!(Arc::strong_count(&data), 1);
        flush_signals(&current());
        assert_eq!(kernel.shutdown().forked, 0);
        drop(inside);
    }
}

#[test]
fn a_creator_that_ignores_sigkill_is_not_killed() {
    let (kernel, _) = kernel("create=killed@2");
    let inside = kernel.enter();
    let made = result_of(|()| {
        let made = kthread_create!(|()| 0, (), "by a kthread");
        made.map(|task| kthread_stop(&task)).is_ok().into()
    });
    assert_eq!(made, 1);
    assert_eq!(kernel.shutdown().forked, 2, "the second thread was there");
    drop(inside);
}

#[test]
fn a_lost_completion_leaves_the_creator_waiting_for_a_thread_that_is_there() {
    child::run("a_lost_completion_leaves_the_creator_waiting_for_a_thread_that_is_there", || {
        let (kernel, faults) = kernel("create=lost@2");
        let inside = kernel.enter();
        static AT: AtomicU64 = AtomicU64::new(0);
        static RETURNED: AtomicBool = AtomicBool::new(false);
        DECLARE_COMPLETION!(static RUNS);
        let creator = kthread_run!(
            |()| {
                complete(&RUNS);
                AT.store(u64::from(line()) + 1, SeqCst);
                let made = kthread_create!(|()| 0, (), "never handed over");
                RETURNED.store(true, SeqCst);
                made.map_or(1, |_| 0)
            },
            (),
            "creator"
        );
        let creator = creator.unwrap();
        wait_for_completion(&RUNS);
        _ = wait_task_inactive(&creator, TASK_RUNNING);
        // kthreadd has made the thread when it sleeps again.
        _ = wait_task_inactive(&kthreadd_task().unwrap(), TASK_RUNNING);
        let waits = creator.waits_on().unwrap();
        let at = AT.load(SeqCst) as u32;
        assert_eq!((waits.kind, waits.place.line()), (WaitKind::Create, at));
        assert!(kernel.tasks().iter().any(|task| task.full_name() == "never handed over"));
        assert_eq!(faults.take(), expected("create=lost@2", "kthread_create", at));
        assert!(!RETURNED.load(SeqCst));
        // A shutdown would wait for the creator.
        mem::forget((inside, kernel));
    });
}

#[test]
fn an_allocation_fails_and_so_does_a_queue() {
    let (kernel, faults) = kernel("alloc@2,alloc@3");
    let inside = kernel.enter();
    assert!(!allocation_fails("mine"));
    assert_eq!(alloc_workqueue!("queue", 0, 0).map(drop).unwrap_err(), Errno::ENOMEM);
    let second = line() - 1;
    assert!(allocation_fails("mine"));
    let third = line() - 1;
    assert!(!allocation_fails("mine"));
    let expected =
        [expected("alloc@2", "alloc_workqueue", second), expected("alloc@3", "mine", third)].concat();
    assert_eq!(faults.take(), expected);
    drop(inside);
}

#[test]
fn allocations_and_creates_are_counted_together_by_fail() {
    let (kernel, faults) = kernel("fail@2,fail@3");
    let inside = kernel.enter();
    let queue = alloc_workqueue!("queue", 0, 0).unwrap();
    assert_eq!(kthread_create!(|()| 0, (), "x").unwrap_err(), Errno::ENOMEM);
    assert!(allocation_fails("mine"));
    let calls: Vec<_> = faults.take().into_iter().map(|(fault, call, _)| (fault, call)).collect();
    assert_eq!(calls, [("fail@2".into(), "kthread_create".into()), ("fail@3".into(), "mine".into())]);
    drop((queue, inside));
}

#[test]
fn a_woken_task_continues_late() {
    const LATE: u64 = 5;
    for spares in [0, 16] {
        // Each wake-up is late: also that of this task, if it sleeps until the other one does.
        let plan: FaultPlan = format!("wake={LATE}").parse().unwrap();
        let kernel = Kernel::builder().faults(plan).spare_threads(spares).boot().unwrap();
        let inside = kernel.enter();
        let shared = Arc::new((AtomicU64::new(0), Completion::new()));
        let task = kthread_run!(
            |shared: Arc<(AtomicU64, Completion)>| {
                set_current_state(TASK_UNINTERRUPTIBLE);
                shared.1.complete();
                schedule();
                shared.0.store(ktime_get() as u64, SeqCst);
                0
            },
            shared.clone(),
            "sleeper"
        );
        let task = task.unwrap();
        wait_for_completion(&shared.1);
        assert!(wait_task_inactive(&task, TASK_UNINTERRUPTIBLE));
        let before = ktime_get() as u64;
        assert!(wake_up_process(&task));
        assert!(!wake_up_process(&task), "it is running, as far as anyone can see");
        assert_eq!(kthread_stop(&task), 0);
        let late = shared.0.load(SeqCst) - before;
        assert!(late >= LATE * NSEC_PER_SEC as u64 / HZ, "{late}");
        drop(inside);
    }
}

#[test]
fn the_first_wake_up_of_a_thread_can_be_late() {
    const LATE: u64 = 4;
    for spares in [0, 16] {
        let events = Told::default();
        let hear = events.clone();
        let plan = FaultPlan::new().with(Fault::LateWakeUp(LATE), When::Nth(1));
        let kernel = Kernel::builder().faults(plan).spare_threads(spares).on_event(move |event| {
            if let EventKind::FaultInjected { fault, place, .. } = &event.kind {
                hear.0.lock().unwrap().push((fault.clone(), place.clone(), 0));
            }
        });
        let kernel = kernel.boot().unwrap();
        let inside = kernel.enter();
        let began = Arc::new((AtomicU64::new(0), Completion::new()));
        let run = |began: Arc<(AtomicU64, Completion)>| {
            began.0.store(ktime_get() as u64, SeqCst);
            began.1.complete();
            0
        };
        let task = kthread_create!(run, began.clone(), "late").unwrap();
        let at = line() - 1;
        let before = ktime_get() as u64;
        wake_up_process(&task);
        wait_for_completion(&began.1);
        assert_eq!(kthread_stop(&task), 0);
        let told = events.take();
        let place = format!("{}:{at}:", file!());
        assert!(told.len() == 1 && told[0].1.starts_with(&place), "{told:?}, not {place}");
        assert!(began.0.load(SeqCst) - before >= LATE * NSEC_PER_SEC as u64 / HZ);
        drop(inside);
    }
}

#[test]
fn a_timer_is_late_and_its_expiry_is_not_changed() {
    const LATE: u64 = 6;
    let (kernel, faults) = kernel(&format!("timer={LATE}@1"));
    let inside = kernel.enter();
    let fired = Arc::new((AtomicU64::new(0), Completion::new()));
    let timer = Timer::new({
        let fired = fired.clone();
        move |timer: &TimerList| {
            fired.0.store(jiffies() - timer.expires(), SeqCst);
            fired.1.complete();
        }
    });
    let armed_for = jiffies() + 2;
    mod_timer(&timer, armed_for);
    let at = line() - 1;
    assert_eq!(timer.expires(), armed_for);
    wait_for_completion(&fired.1);
    assert!(fired.0.load(SeqCst) >= LATE, "{fired:?}");
    assert_eq!(faults.take(), expected(&format!("timer={LATE}@1"), "mod_timer", at));
    // The next is on time, as far as the plan is concerned.
    mod_timer(&timer, jiffies() + 1);
    wait_for_completion(&fired.1);
    assert_eq!(faults.take(), []);
    drop((timer, inside));
}

#[test]
fn a_high_resolution_timer_and_a_delayed_work_can_be_late() {
    const LATE: u64 = 5;
    let nanoseconds = LATE * NSEC_PER_SEC as u64 / HZ;
    let (kernel, faults) = kernel(&format!("timer={LATE}"));
    let inside = kernel.enter();
    let fired = Arc::new(Completion::new());
    let before = ktime_get() as u64;
    let timer = HighResTimer::new({
        let fired = fired.clone();
        move |_| {
            fired.complete();
            HRTIMER_NORESTART
        }
    });
    hrtimer_start(&timer, 1000, HRTIMER_MODE_REL);
    let first = line() - 1;
    wait_for_completion(&fired);
    assert!(ktime_get() as u64 - before >= nanoseconds);

    let before = ktime_get() as u64;
    let work = DelayedWork::new({
        let fired = fired.clone();
        move |_| fired.complete()
    });
    schedule_delayed_work(&work, 1);
    let second = line() - 1;
    wait_for_completion(&fired);
    assert!(ktime_get() as u64 - before >= nanoseconds);
    let lines: Vec<u32> = faults.take().into_iter().map(|(.., line)| line).collect();
    assert_eq!(lines, [first, second]);
    drop((work, timer, inside));
}

#[test]
fn a_signal_interrupts_a_sleep_once_at_each_place_and_is_gone() {
    let (kernel, faults) = kernel("signal");
    let inside = kernel.enter();
    let queue = WaitQueueHead::new();
    let mut lines = Vec::new();
    for turn in 0..3 {
        let looks = AtomicI32::new(0);
        // True at the third test; otherwise the timeout comes.
        let waited = wait_event_interruptible_timeout!(queue, looks.fetch_add(1, SeqCst) > 100, 2);
        lines.push(line() - 1);
        assert!(!signal_pending(&current()), "it is gone");
        match turn {
            0 => assert_eq!(waited, Err(Errno::ERESTARTSYS)),
            _ => assert_eq!(waited, Ok(0), "the limit was over"),
        }
    }
    // Another place.
    let left = msleep_interruptible(1000);
    let at = line() - 1;
    assert!(left > 0, "it was interrupted");
    let told: Vec<u32> = faults.take().into_iter().map(|(.., line)| line).collect();
    assert_eq!(told, [lines[0], at]);
    drop(inside);
}

#[test]
fn a_task_that_sleeps_by_hand_sees_the_signal_once() {
    let (kernel, _) = kernel("signal");
    let inside = kernel.enter();
    set_current_state(TASK_INTERRUPTIBLE);
    schedule();
    assert!(signal_pending(&current()));
    assert!(!signal_pending(&current()));
    drop(inside);
}

#[test]
fn a_kthread_is_interrupted_only_if_it_has_allowed_a_signal() {
    let (kernel, faults) = kernel("signal");
    let inside = kernel.enter();
    let sleep = |allow: bool| {
        if allow {
            allow_signal(SIGTERM).unwrap();
        }
        set_current_state(TASK_INTERRUPTIBLE);
        schedule_timeout(2).min(1) as i32
    };
    let slept = |allow| result_of(move |()| sleep(allow));
    assert_eq!((slept(false), faults.take().len()), (0, 0), "it slept to the end");
    assert_eq!((slept(true), faults.take().len()), (1, 1), "time was left");
    drop(inside);
}

#[test]
fn chance_is_replayed_by_its_seed() {
    let run = |spec: &str| {
        let (kernel, _) = kernel(spec);
        let inside = kernel.enter();
        let failed: Vec<bool> = (0..64).map(|_| allocation_fails("mine")).collect();
        drop(inside);
        failed
    };
    let first = run("alloc%30,seed=1");
    assert_eq!(first, run("alloc%30,seed=1"));
    assert_ne!(first, run("alloc%30,seed=2"));
    assert!(first.contains(&true) && first.contains(&false));
}

#[test]
fn the_environment_has_a_plan_for_kernels_whose_builder_has_none() {
    let test = "the_environment_has_a_plan_for_kernels_whose_builder_has_none";
    let body = || {
        // The first call of the process, which has no task yet.
        assert!(allocation_fails("mine"));
        let kernel = Kernel::builder().boot().unwrap();
        let inside = kernel.enter();
        assert!(allocation_fails("mine"));
        drop(inside);
        let kernel = Kernel::builder().faults(FaultPlan::new()).boot().unwrap();
        let _inside = kernel.enter();
        assert!(!allocation_fails("mine"));
    };
    let output = child::output_of(test, |child| _ = child.env("KTHREAD_RT_FAULTS", "alloc@1"), body);
    let Some(output) = output else { return };
    assert!(output.status.success(), "{}", child::told(&output));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let line = stderr.lines().find(|line| line.contains("fault")).unwrap_or_default();
    let begin = "kthread-rt fault alloc@1: mine() by task ";
    assert!(line.starts_with(begin) && line.contains(file!()), "{}", child::told(&output));
}

#[test]
fn a_wrong_spec_in_the_environment_is_reported() {
    let test = "a_wrong_spec_in_the_environment_is_reported";
    let body = || {
        let _inside = Kernel::builder().boot().unwrap().enter();
        assert!(!allocation_fails("mine"));
    };
    let output = child::output_of(test, |child| _ = child.env("KTHREAD_RT_FAULTS", "oom@1"), body);
    let Some(output) = output else { return };
    let stderr = String::from_utf8_lossy(&output.stderr);
    let told = "kthread-rt: KTHREAD_RT_FAULTS: unknown fault \"oom\"";
    assert!(output.status.success() && stderr.contains(told), "{}", child::told(&output));
}
