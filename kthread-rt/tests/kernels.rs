//! More than one Kernel in a process: what they share and what not, and in which one a call acts.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, mpsc};
use std::thread;
use witness::{Warnings, running_kthread};

fn kernel() -> Kernel {
    Kernel::builder().boot().expect("a Kernel boots")
}

#[test]
fn two_kernels_share_neither_pids_nor_kthreadd() {
    let (one, two) = (kernel(), kernel());
    let [in_one, in_two] = [&one, &two].map(|kernel| {
        let _inside = kernel.enter();
        kthread_create!(|()| 0, (), "first").unwrap()
    });
    assert_eq!(in_one.pid(), in_two.pid());
    assert_ne!(in_one, in_two);
    assert_eq!(one.find_task_by_pid(in_one.pid()), Some(in_one.clone()));
    assert_eq!(two.find_task_by_pid(in_two.pid()), Some(in_two.clone()));

    let kthreadds = [&one, &two].map(|kernel| kernel.kthreadd().unwrap());
    assert_eq!(kthreadds.each_ref().map(|task| task.pid()), [2, 2]);
    assert_ne!(kthreadds[0], kthreadds[1]);
    assert_ne!(kthreadds[0].os_tid(), kthreadds[1].os_tid());
    assert_eq!(in_one.parent(), Some(kthreadds[0].clone()));
    assert_eq!(in_two.parent(), Some(kthreadds[1].clone()));

    _ = kthread_stop(&in_one);
    _ = kthread_stop(&in_two);
    assert_eq!([one.shutdown().forked, two.shutdown().forked], [1, 1]);
}

#[test]
fn the_end_of_one_kernel_does_not_affect_the_other() {
    let (one, two) = (kernel(), kernel());
    let (_in_one, _in_two) = (one.enter(), two.enter());
    let task = running_kthread("of-two", 6);
    one.shutdown();
    let another = kthread_create!(|()| 0, (), "of-two-too").unwrap();
    assert_eq!(kthread_stop(&another), -4);
    assert_eq!(kthread_stop(&task), 6);
}

#[test]
fn a_free_function_acts_in_the_kernel_of_the_calling_task() {
    let (one, two) = (kernel(), kernel());
    let _in_one = one.enter();
    let outer = running_kthread("outer", 0);
    let pid = outer.pid();
    assert_eq!(find_task_by_pid(pid), Some(outer.clone()));
    assert_eq!(kthreadd_task().unwrap(), one.kthreadd().unwrap());
    {
        let _in_two = two.enter();
        assert_eq!(find_task_by_pid(pid), None);
        assert_eq!(kthreadd_task().unwrap(), two.kthreadd().unwrap());
    }
    assert_eq!(find_task_by_pid(pid), Some(outer.clone()));
    _ = kthread_stop(&outer);
}

#[test]
fn a_kthread_creates_in_its_creator_s_kernel() {
    let kernel = kernel();
    let inside = kernel.enter();
    let (tx, rx) = mpsc::channel();
    let parent = kthread_run!(
        |tx: mpsc::Sender<Task>| {
            tx.send(kthread_create!(|()| 0, (), "grandchild").unwrap()).expect("the test waits for this");
            witness::sleep_until_stopped();
            0
        },
        tx,
        "child"
    )
    .unwrap();
    drop(inside);
    let grandchild = rx.recv().unwrap();
    assert_eq!(kernel.find_task_by_pid(grandchild.pid()), Some(grandchild.clone()));
    assert_eq!(grandchild.parent(), kernel.kthreadd().ok());
    _ = kthread_stop(&grandchild);
    _ = kthread_stop(&parent);
    assert_eq!(kernel.shutdown().joined, 2);
}

#[test]
fn the_booting_thread_is_init_and_others_get_new_tasks() {
    let kernel = kernel();
    let inside = kernel.enter();
    let init = current();
    assert_eq!(init.pid(), 1);
    let again = kernel.enter();
    assert_eq!(current(), init);
    drop(again);
    assert_eq!(current(), init);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let _inside = kernel.enter();
            current()
        });
        let other = other.join().unwrap();
        assert!(other.pid() > 2);
        assert_eq!(kernel.find_task_by_pid(other.pid()), None); // it went with the guard
    });
    drop(inside);
    assert_ne!(current(), init);
    assert_eq!(kernel.find_task_by_pid(1), Some(init));
}

#[test]
fn entered_kernels_nest() {
    let (one, two) = (kernel(), kernel());
    let outside = current();
    let in_one = one.enter();
    let first = current();
    let in_two = two.enter();
    let second = current();
    let in_one_again = one.enter();
    assert_eq!(current(), first); // it is init in both
    drop(in_one_again);
    assert_eq!(current(), second);
    drop(in_two);
    assert_eq!(current(), first);
    drop(in_one);
    assert_eq!(current(), outside);
}

#[test]
fn guards_may_be_dropped_in_any_order() {
    let kernels = [kernel(), kernel(), kernel()];
    // On a thread that booted neither Kernel, so that every guard has a task of its own that ends
    // with it.
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    thread::scope(|scope| {
        let runs = scope.spawn(|| {
            for order in orders {
                let mut guards = kernels.each_ref().map(|kernel| Some(kernel.enter()));
                for number in order {
                    guards[number] = None;
                    // The newest remaining guard decides, and after the last one the thread's own
                    // task.
                    let newest = (0..3).rev().find(|&n| guards[n].is_some());
                    let task = current();
                    match newest {
                        Some(n) => assert_eq!(kernels[n].find_task_by_pid(task.pid()), Some(task)),
                        None => assert!(kernels.iter().all(|k| !k.tasks().contains(&task))),
                    }
                    msleep(1);
                }
            }
        });
        runs.join().unwrap();
    });
    for kernel in kernels {
        assert_eq!(kernel.tasks().iter().map(|task| task.pid()).collect::<Vec<_>>(), [0, 1, 2]);
    }
}

#[test]
fn a_kthread_may_enter_another_kernel_and_come_back() {
    let (home, abroad) = (kernel(), kernel());
    let _inside = home.enter();
    let (tx, rx) = mpsc::channel();
    let task = kthread_create!(
        |(abroad, tx): (Kernel, mpsc::Sender<[Task; 3]>)| {
            let before = current();
            let guard = abroad.enter();
            let there = current();
            assert!(!there.flags().contains(PF_KTHREAD));
            drop(guard);
            tx.send([before, there, current()]).expect("the test waits for this");
            0
        },
        (abroad.clone(), tx),
        "traveller"
    )
    .unwrap();
    wake_up_process(&task);
    let [before, there, after] = rx.recv().unwrap();
    assert_eq!((&before, &after), (&task, &task));
    assert_ne!(there, task);
    _ = kthread_stop(&task);
}

#[test]
fn completions_and_wake_ups_reach_tasks_of_any_kernel() {
    let (one, two) = (kernel(), kernel());
    let (asked, answered) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let waiter = {
        let _in_one = one.enter();
        kthread_run!(
            |(asked, answered): (Arc<Completion>, Arc<Completion>)| {
                wait_for_completion(&asked);
                complete(&answered);
                witness::sleep_until_stopped();
                1
            },
            (asked.clone(), answered.clone()),
            "waiter"
        )
        .unwrap()
    };
    let _in_two = two.enter();
    complete(&asked);
    wait_for_completion(&answered);

    let sleeper = {
        let _in_one = one.enter();
        kthread_create!(|()| 2, (), "sleeper").unwrap()
    };
    assert!(wait_task_inactive(&sleeper, TASK_UNINTERRUPTIBLE));
    assert!(wake_up_process(&sleeper));
    // A stop from another Kernel too; the sleeper's first check may come before or after.
    assert!([2, -4].contains(&kthread_stop(&sleeper)));
    assert_eq!(kthread_park(&waiter), Ok(()));
    assert_eq!(kthread_stop(&waiter), 1);
    assert_eq!(send_sig(SIGTERM, &waiter, 1), Err(Errno::ESRCH));
}

#[test]
fn a_warning_goes_to_the_kernel_of_the_task_that_made_the_call() {
    let ((one, of_one), (two, of_two)) = (Warnings::of_new_kernel(), Warnings::of_new_kernel());
    let task = {
        let _in_one = one.enter();
        running_kthread("of-one", 0)
    };
    let _in_two = two.enter();
    kthread_bind(&task, 0);
    of_one.assert_none();
    assert_eq!(of_two.take_one().pid, 1);
    _ = kthread_stop(&task);
}

#[test]
fn a_foreign_thread_s_task_ends_with_the_thread() {
    let (task, tid) = thread::Builder::new()
        .name("a-foreign-thread-of-mine".into())
        .spawn(|| {
            let task = current();
            assert_eq!(find_task_by_pid(task.pid()), Some(task.clone()));
            assert_eq!(current(), task);
            assert_eq!(task.comm(), "a-foreign-threa");
            assert!(!task.flags().contains(PF_KTHREAD));
            (task.clone(), task.os_tid())
        })
        .unwrap()
        .join()
        .unwrap();
    assert!(tid > 0);
    assert_eq!(find_task_by_pid(task.pid()), None);
    assert_eq!((task.os_tid(), task.state()), (0, TASK_DEAD));
    assert!(!wake_up_process(&task));
    assert_eq!(send_sig(SIGKILL, &task, 1), Err(Errno::ESRCH));
}

#[test]
fn a_thread_local_destructor_of_a_foreign_thread_still_has_a_task() {
    thread_local! { static LAST: RefCell<Option<Asks>> = const { RefCell::new(None) } }
    struct Asks(mpsc::Sender<(Task, i32)>);
    impl Drop for Asks {
        fn drop(&mut self) {
            let created = kthread_create!(|()| 0, (), "very-late").expect("kthreadd is there");
            self.0.send((current(), kthread_stop(&created))).expect("the test waits for this");
        }
    }

    let (tx, rx) = mpsc::channel();
    let own = thread::spawn(|| {
        // First ours, then the runtime's: destructors run in the opposite order.
        LAST.set(Some(Asks(tx)));
        current()
    });
    let own = own.join().unwrap();
    let (late, stopped) = rx.recv().unwrap();
    assert_ne!(own, late); // the thread's own task had gone already
    assert_eq!(stopped, -4);
    assert_eq!(find_task_by_pid(late.pid()), None);
}

#[test]
fn many_short_lived_foreign_threads_leave_nothing() {
    child::run("many_short_lived_foreign_threads_leave_nothing", || {
        let pids = |kernel: &Kernel| kernel.tasks().iter().map(|task| task.pid()).collect::<HashSet<_>>();
        let of_default = Kernel::current();
        let of_builder = kernel();
        let before = [pids(&of_default), pids(&of_builder)];
        for _ in 0..50 {
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let outside = current();
                        let _inside = of_builder.enter();
                        assert_ne!(current(), outside);
                        let done = Completion::new();
                        complete(&done);
                        wait_for_completion(&done);
                    });
                }
            });
        }
        // A scope ends when its closures have ended, which may be before the thread-locals are
        // dropped: joined threads have none left.
        for _ in 0..400 {
            thread::spawn(current).join().unwrap();
        }
        while pids(&of_default) != before[0] {
            thread::yield_now();
        }
        assert_eq!(pids(&of_builder), before[1]);
    });
}

#[test]
fn many_kernels_one_after_the_other_leave_no_os_thread() {
    child::run("many_kernels_one_after_the_other_leave_no_os_thread", || {
        let os_threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
        let before = os_threads();
        for _ in 0..50 {
            let kernel = kernel();
            let _inside = kernel.enter();
            let task = kthread_create!(|()| 0, (), "one-of-many").unwrap();
            _ = kthread_stop(&task);
        }
        // pthread_join has returned for a joined thread; the system may list it a moment longer.
        while os_threads() != before {
            thread::yield_now();
        }
    });
}

#[test]
fn eight_first_calls_at_once_boot_one_kernel() {
    child::run("eight_first_calls_at_once_boot_one_kernel", || {
        let kernel = Kernel::builder().install_default().unwrap();
        let together = std::sync::Barrier::new(8);
        let kthreadds: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        together.wait();
                        let task = kthread_create!(|()| 0, (), "early").unwrap();
                        _ = kthread_stop(&task);
                        kthreadd_task().unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(kthreadds.iter().all(|kthreadd| *kthreadd == kthreadds[0]));
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined), (8, 8));
    });
}
