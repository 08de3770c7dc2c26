//! The groups freezable and freezer of what a real kernel answered.

#![cfg(not(any(loom, shuttle)))]

use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

/// A Kernel of the test's own: a freeze concerns a whole Kernel.
fn kernel() -> Kernel {
    Kernel::builder().boot().expect("it boots")
}

#[track_caller]
fn run(threadfn: impl FnOnce() -> i32 + Send + 'static, name: &str) -> Task {
    let task = kthread_create(|f| f(), threadfn, name).expect("kthreadd can create");
    assert!(wake_up_process(&task));
    task
}

/// Waits until `task` sleeps in `state`.
#[track_caller]
fn await_sleep(task: &TaskStruct, state: TaskState) {
    assert!(wait_task_inactive(task, TASK_RUNNING));
    assert_eq!(task.state(), state);
}

#[test]
fn freezable() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let asked = Arc::new(Completion::new());
    let task = {
        let asked = asked.clone();
        run(
            move || {
                // PF_NOFREEZE_at_start=1 should_stop=0 was_frozen=0
                assert!(current().flags().contains(PF_NOFREEZE));
                let mut was_frozen = true;
                assert!(!kthread_freezable_should_stop(Some(&mut was_frozen)) && !was_frozen);
                // set_freezable_ret=0 PF_NOFREEZE_then=0 should_stop=0 was_frozen=0 null_arg_ret=0
                assert!(!set_freezable());
                assert!(!current().flags().contains(PF_NOFREEZE));
                assert!(!kthread_freezable_should_stop(Some(&mut was_frozen)) && !was_frozen);
                assert!(!kthread_freezable_should_stop(None));
                // try_to_freeze=0 freezing=0 wait_event_freezable_true=0
                assert!(!try_to_freeze() && !freezing(&current()));
                let wq = WaitQueueHead::new();
                assert_eq!(wait_event_freezable!(wq, true), Ok(()));
                complete(&asked);
                while !kthread_should_stop() {
                    schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
                }
                // after_stop should_stop=1 was_frozen=0
                assert!(kthread_freezable_should_stop(Some(&mut was_frozen)) && !was_frozen);
                7
            },
            "freezable",
        )
    };
    wait_for_completion(&asked);
    assert_eq!(kthread_stop(&task), 7);
}

/// A kthread that loops over `kthread_freezable_should_stop`, sleeps interruptibly, and counts.
struct Looper {
    task: Task,
    freezes: Arc<AtomicU32>,
}

fn looper(freezable: bool) -> Looper {
    let freezes = Arc::new(AtomicU32::new(0));
    let task = {
        let freezes = freezes.clone();
        run(
            move || {
                if freezable {
                    set_freezable();
                }
                loop {
                    let mut was_frozen = false;
                    if kthread_freezable_should_stop(Some(&mut was_frozen)) {
                        return 20 + i32::from(was_frozen);
                    }
                    freezes.fetch_add(u32::from(was_frozen), SeqCst);
                    set_current_state(TASK_INTERRUPTIBLE);
                    if !kthread_should_stop() && !freezing(&current()) {
                        schedule();
                    }
                    set_current_state(TASK_RUNNING);
                }
            },
            if freezable { "freezable" } else { "unfreezable" },
        )
    };
    await_sleep(&task, TASK_INTERRUPTIBLE);
    Looper { task, freezes }
}

#[test]
fn freezer_freezes_tasks_that_ask_and_tasks_in_freezable_sleeps() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let flag = Arc::new((WaitQueueHead::new(), AtomicBool::new(false)));
    let waiter = {
        let flag = flag.clone();
        run(
            move || {
                set_freezable();
                match wait_event_freezable!(flag.0, flag.1.load(SeqCst)) {
                    Ok(()) => 0,
                    Err(errno) => errno.as_return(),
                }
            },
            "waiter",
        )
    };
    await_sleep(&waiter, TASK_INTERRUPTIBLE | TASK_FREEZABLE); // 0x2001
    let freezable = looper(true);
    let other = looper(false);

    kernel.freeze_kernel_threads().expect("all of them can freeze");
    // all_freezable_frozen=1 freezing(frozen)=1
    for task in [&waiter, &freezable.task] {
        await_sleep(task, TASK_FROZEN);
        assert!(frozen(task) && freezing(task));
    }
    // nonfreezable_runs_on=1
    await_sleep(&other.task, TASK_INTERRUPTIBLE);
    assert!(!freezing(&other.task));
    // wake_up_process_on_frozen=0 state=0x8000
    assert!(!wake_up_process(&freezable.task));
    await_sleep(&freezable.task, TASK_FROZEN);
    // wake_up_on_frozen_waiter state=0x8000
    flag.1.store(true, SeqCst);
    wake_up(&flag.0);
    await_sleep(&waiter, TASK_FROZEN);

    kernel.thaw_processes();
    // after_thaw wait_event_freezable=0
    await_sleep(&waiter, TASK_DEAD);
    assert_eq!(kthread_stop(&waiter), 0);
    // after_thaw was_frozen_count=1; stop_after_thaw=21 was_frozen_at_end=0 (20 here: the loop's
    // own count)
    await_sleep(&freezable.task, TASK_INTERRUPTIBLE);
    assert_eq!(freezable.freezes.load(SeqCst), 1);
    assert_eq!(kthread_stop(&freezable.task), 20);
    assert_eq!(kthread_stop(&other.task), 20);
    assert_eq!(other.freezes.load(SeqCst), 0);
}

#[test]
fn freezer_kthread_stop_of_a_frozen_thread_waits_for_the_thaw() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let frozen_one = looper(true);
    kernel.freeze_kernel_threads().expect("it can freeze");
    await_sleep(&frozen_one.task, TASK_FROZEN);
    let stopper = {
        let task = frozen_one.task.clone();
        run(move || kthread_stop(&task), "stopper")
    };
    // kthread_stop_of_frozen returned_while_frozen=0 its_state=0x8000
    await_sleep(&stopper, TASK_UNINTERRUPTIBLE);
    await_sleep(&frozen_one.task, TASK_FROZEN);
    kernel.thaw_kernel_threads();
    // after_thaw kthread_stop_of_frozen ret=21 was_frozen_at_end=1
    assert_eq!(kthread_stop(&stopper), 21);
}

#[test]
fn a_freezable_sleep_of_a_thread_that_is_not_freezable_is_not_frozen() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let task = run(
        || {
            let wq = WaitQueueHead::new();
            wait_event_freezable!(wq, kthread_should_stop()).map_or(1, |()| 0)
        },
        "nofreeze",
    );
    await_sleep(&task, TASK_INTERRUPTIBLE | TASK_FREEZABLE);
    kernel.freeze_kernel_threads().expect("there is nobody to freeze");
    await_sleep(&task, TASK_INTERRUPTIBLE | TASK_FREEZABLE);
    kernel.thaw_processes();
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn a_foreign_thread_freezes_where_it_asks_to() {
    let kernel = kernel();
    let inside = kernel.enter();
    let tell = Arc::new((Completion::new(), Completion::new()));
    let user = {
        let (kernel, tell) = (kernel.clone(), tell.clone());
        std::thread::spawn(move || {
            let _inside = kernel.enter();
            let me = current();
            complete(&tell.0);
            // Freezable sleeps until the test is over.
            let wq = WaitQueueHead::new();
            let gone = wait_event_freezable!(wq, completion_done(&tell.1));
            (me.pid(), gone)
        })
    };
    wait_for_completion(&tell.0);
    let task = kernel.tasks().into_iter().find(|t| t.pid() > 2).expect("the thread has a task");
    await_sleep(&task, TASK_INTERRUPTIBLE | TASK_FREEZABLE);
    kernel.freeze_processes().expect("it sleeps freezably");
    await_sleep(&task, TASK_FROZEN);
    complete_all(&tell.1);
    kernel.thaw_processes();
    assert_eq!(user.join().unwrap(), (task.pid(), Ok(())));
    drop(inside);
}

#[test]
fn freezer_numbers() {
    // TASK_FREEZABLE=0x2000 TASK_FROZEN=0x8000
    assert_eq!((TASK_FREEZABLE.bits(), TASK_FROZEN.bits()), (0x2000, 0x8000));
    assert_eq!((TASK_INTERRUPTIBLE | TASK_FREEZABLE).bits(), 0x2001);
}

/// A kthread that calls `try_to_freeze()` at each wake-up, and returns how often that was true.
fn asker(freezable: bool, asked: &Arc<AtomicU32>) -> Task {
    let asked = asked.clone();
    let task = run(
        move || {
            if freezable {
                set_freezable();
            }
            let mut times = 0;
            while !kthread_should_stop() {
                asked.fetch_add(1, SeqCst);
                times += i32::from(try_to_freeze());
                set_current_state(TASK_INTERRUPTIBLE);
                if !kthread_should_stop() && !freezing(&current()) {
                    schedule();
                }
                set_current_state(TASK_RUNNING);
            }
            times
        },
        "asker",
    );
    await_sleep(&task, TASK_INTERRUPTIBLE);
    task
}

#[test]
fn freezer_try_to_freeze_is_true_once_for_each_freeze() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let asked = Arc::new(AtomicU32::new(0));
    let (freezable, other) = (asker(true, &asked), asker(false, &asked));
    kernel.freeze_kernel_threads().expect("the freezable one freezes");
    await_sleep(&freezable, TASK_FROZEN);
    // nonfreezable_runs_on=1 try_to_freeze_sum=0
    let before = asked.load(SeqCst);
    assert!(wake_up_process(&other));
    await_sleep(&other, TASK_INTERRUPTIBLE);
    assert_eq!(asked.load(SeqCst), before + 1);
    kernel.thaw_processes();
    await_sleep(&freezable, TASK_INTERRUPTIBLE);
    // after_thaw try_to_freeze_true_count=1; nonfreezable try_to_freeze_sum=0
    assert_eq!((kthread_stop(&freezable), kthread_stop(&other)), (1, 0));
}

#[test]
fn freezer_a_stop_of_one_leaves_the_others_frozen() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let (one, other) = (looper(true), looper(true));
    kernel.freeze_kernel_threads().expect("both can freeze");
    let stopper = {
        let task = one.task.clone();
        run(move || kthread_stop(&task), "stopper")
    };
    // its_state=0x8000 others_state=0x8000
    await_sleep(&stopper, TASK_UNINTERRUPTIBLE);
    await_sleep(&one.task, TASK_FROZEN);
    await_sleep(&other.task, TASK_FROZEN);
    assert_eq!(one.task.state().bits(), 0x8000);
    kernel.thaw_processes();
    // It has left the refrigerator before it is stopped: one that is stopped there comes out with
    // both answers.
    await_sleep(&other.task, TASK_INTERRUPTIBLE);
    assert_eq!((kthread_stop(&stopper), kthread_stop(&other.task)), (21, 20));
    assert_eq!(other.freezes.load(SeqCst), 1);
}

#[test]
fn try_to_freeze_without_a_freeze_leaves_the_state_alone() {
    let kernel = kernel();
    let _inside = kernel.enter();
    for state in [TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE | TASK_FREEZABLE] {
        set_current_state(state);
        assert!(!try_to_freeze());
        assert_eq!(current().state(), state);
        set_current_state(TASK_RUNNING);
    }
    // The refrigerator itself finds that no freeze is on.
    set_current_state(TASK_INTERRUPTIBLE);
    assert!(!__refrigerator(false));
    assert_eq!(current().state(), TASK_RUNNING);
}

#[test]
fn set_freezable_in_the_middle_of_a_freeze_freezes_at_once() {
    let kernel = kernel();
    let _inside = kernel.enter();
    kernel.freeze_kernel_threads().expect("there is nobody to freeze");
    let task = run(
        || {
            let was_frozen = set_freezable();
            assert!(task_is_running(&current()));
            i32::from(was_frozen)
        },
        "late",
    );
    await_sleep(&task, TASK_FROZEN);
    kernel.thaw_kernel_threads();
    await_sleep(&task, TASK_DEAD);
    assert_eq!(kthread_stop(&task), 1);
}

#[test]
fn a_thread_that_was_asked_to_stop_is_not_frozen_any_more() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let task = run(
        || {
            set_freezable();
            while !kthread_should_stop() {
                set_current_state(TASK_UNINTERRUPTIBLE);
                if !kthread_should_stop() {
                    schedule();
                }
                set_current_state(TASK_RUNNING);
            }
            // A freeze is on now, as the test sees to.
            let kernel = Kernel::current();
            kernel.freeze_kernel_threads().expect("nobody else is freezable");
            assert!(freezing(&current()));
            let mut was_frozen = true;
            assert!(kthread_freezable_should_stop(Some(&mut was_frozen)) && !was_frozen);
            kernel.thaw_processes();
            5
        },
        "stopped",
    );
    await_sleep(&task, TASK_UNINTERRUPTIBLE);
    assert_eq!(kthread_stop(&task), 5);
}

#[test]
fn a_signal_reaches_a_frozen_task_after_the_thaw() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let task = run(
        || {
            set_freezable();
            allow_signal(SIGTERM).unwrap();
            let wq = WaitQueueHead::new();
            match wait_event_freezable!(wq, false) {
                Err(Errno::ERESTARTSYS) => kernel_dequeue_signal(),
                _ => 0,
            }
        },
        "waiter",
    );
    await_sleep(&task, TASK_INTERRUPTIBLE | TASK_FREEZABLE);
    kernel.freeze_kernel_threads().expect("it sleeps freezably");
    assert_eq!(send_sig(SIGTERM, &task, 1), Ok(()));
    assert!(signal_pending(&task));
    await_sleep(&task, TASK_FROZEN);
    kernel.thaw_kernel_threads();
    await_sleep(&task, TASK_DEAD);
    assert_eq!(kthread_stop(&task), SIGTERM);
}

#[test]
fn freezing_twice_and_thawing_without_a_freeze_are_harmless() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let one = looper(true);
    thaw_processes();
    thaw_kernel_threads();
    await_sleep(&one.task, TASK_INTERRUPTIBLE);
    assert_eq!(freeze_kernel_threads(), Ok(()));
    assert_eq!(freeze_kernel_threads(), Ok(()));
    await_sleep(&one.task, TASK_FROZEN);
    thaw_kernel_threads();
    await_sleep(&one.task, TASK_INTERRUPTIBLE);
    assert_eq!(one.freezes.load(SeqCst), 1);
    assert_eq!(freeze_processes(), Ok(()), "there is no other user task");
    thaw_processes();
    assert_eq!(kthread_stop(&one.task), 20);
}

#[test]
fn freezer_freezable_worker() {
    let kernel = kernel();
    let _inside = kernel.enter();
    let runs = Arc::new(AtomicU32::new(0));
    let job = || {
        let runs = runs.clone();
        Job::new(move |_| _ = runs.fetch_add(1, SeqCst))
    };
    let (frozen_job, other_job) = (job(), job());
    let worker = kthread_create_worker!(KTW_FREEZABLE, "freezable").expect("kthreadd can create");
    let other = kthread_create_worker!(0, "unfreezable").expect("kthreadd can create");
    let task = worker.task().expect("it has a thread");
    await_sleep(&task, TASK_INTERRUPTIBLE);
    assert!(!task.flags().contains(PF_NOFREEZE));

    kernel.freeze_kernel_threads().expect("it comes to its freezing place");
    await_sleep(&task, TASK_FROZEN);
    // freezable_worker queue=1 runs_while_frozen=0
    assert!(kthread_queue_work(&worker, &frozen_job));
    assert!(kthread_queue_work(&other, &other_job));
    kthread_flush_work(&other_job);
    await_sleep(&task, TASK_FROZEN);
    assert_eq!(runs.load(SeqCst), 1);

    kernel.thaw_processes();
    // after_thaw worker_runs=1
    kthread_flush_work(&frozen_job);
    assert_eq!(runs.load(SeqCst), 2);
}

#[test]
fn freezer_worker_is_frozen_between_two_work_items() {
    let kernel = kernel();
    let inside = kernel.enter();
    let worker = kthread_create_worker!(KTW_FREEZABLE, "freezable").expect("kthreadd can create");
    let task = worker.task().expect("it has a thread");
    let (began, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let slow = Job::new({
        let (began, go) = (began.clone(), go.clone());
        move |_| {
            complete(&began);
            wait_for_completion(&go);
        }
    });
    let ran = Arc::new(AtomicBool::new(false));
    let second = Job::new({
        let ran = ran.clone();
        move |_| ran.store(true, SeqCst)
    });
    kthread_queue_work(&worker, &slow);
    kthread_queue_work(&worker, &second);
    wait_for_completion(&began);
    let freezer = {
        let kernel = kernel.clone();
        std::thread::spawn(move || {
            let _inside = kernel.enter();
            kernel.freeze_kernel_threads()
        })
    };
    // The freezer waits for the work item, which sleeps where it can't be frozen.
    while !freezing(&task) {
        std::thread::yield_now();
    }
    complete(&go);
    freezer.join().unwrap().expect("it freezes when the work is over");
    await_sleep(&task, TASK_FROZEN);
    assert!(!ran.load(SeqCst));
    kernel.thaw_processes();
    kthread_flush_worker(&worker);
    assert!(ran.load(SeqCst));
    drop((slow, second, worker));
    drop(inside);
}
