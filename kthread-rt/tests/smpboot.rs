//! Per-cpu threads, and the emulated topology that parks and unparks them.
//!
//! Parts that need a second cpu are skipped where the process may use only one.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use witness::{Warnings, os_status};

/// The recorded callbacks of one cpu's thread, in order.
#[derive(Clone, Default)]
struct Story(Arc<Mutex<Vec<(u32, String)>>>);

impl Story {
    fn tell(&self, cpu: u32, what: impl Into<String>) {
        self.0.lock().unwrap().push((cpu, what.into()));
    }

    fn of(&self, cpu: u32) -> Vec<String> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|(of, _)| *of == cpu).map(|(_, what)| what.clone()).collect()
    }

    /// Threads that record all callbacks, and have nothing to do.
    fn plug(&self) -> SmpHotplugThread {
        let teller = |what: &'static str| {
            let story = self.clone();
            move |cpu| story.tell(cpu, what)
        };
        let story = self.clone();
        SmpHotplugThread::new("story/%u", |_| false, |_| ())
            .create(teller("create"))
            .setup(teller("setup"))
            .park(teller("park"))
            .unpark(teller("unpark"))
            .cleanup(move |cpu, online| story.tell(cpu, if online { "cleanup" } else { "cleanup offline" }))
    }
}

/// A Kernel of the test's own, entered.
fn kernel() -> (Kernel, Entered) {
    let kernel = Kernel::builder().boot().expect("a Kernel boots");
    let inside = kernel.enter();
    (kernel, inside)
}

/// The first two cpus, if there are two.
fn two_cpus() -> Option<(u32, u32)> {
    let online = cpu_online_mask();
    let mut cpus = online.iter();
    Some((cpus.next()?, cpus.next()?))
}

#[track_caller]
fn asleep(task: &TaskStruct) -> TaskState {
    assert!(wait_task_inactive(task, TASK_RUNNING));
    task.state()
}

#[test]
fn each_online_cpu_has_a_thread_that_is_bound_to_it() {
    let (kernel, _inside) = kernel();
    let threads = smpboot_register_percpu_thread(Story::default().plug()).unwrap();
    let tasks = threads.tasks();
    assert_eq!(tasks.iter().map(|(cpu, _)| *cpu).collect::<CpuMask>(), kernel.online_cpus());
    for (cpu, task) in tasks {
        assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
        assert_eq!(task.comm(), format!("story/{cpu}"));
        assert!(kthread_is_per_cpu(&task) && task.flags().contains(PF_NO_SETAFFINITY));
        assert_eq!(task.cpus_allowed(), CpuMask::of(cpu));
        assert_eq!(os_status(task.os_tid(), "Cpus_allowed_list"), cpu.to_string());
    }
    smpboot_unregister_percpu_thread(threads);
    let report = kernel.shutdown();
    assert_eq!((report.alive.len(), report.forked), (0, report.joined));
}

#[test]
fn callbacks_come_in_the_kernels_order() {
    let (_kernel, _inside) = kernel();
    let story = Story::default();
    let threads = smpboot_register_percpu_thread(story.plug()).unwrap();
    let (cpu, task) = threads.tasks().swap_remove(0);
    asleep(&task);
    assert_eq!(story.of(cpu), ["create", "setup"]);
    smpboot_unregister_percpu_thread(threads);
    assert_eq!(story.of(cpu), ["create", "setup", "cleanup"]);
    assert_eq!(task.stop(), Ok(ExitStatus::Exited(0)));
}

#[test]
fn thread_fn_runs_on_its_thread_as_long_as_it_should() {
    let (_kernel, _inside) = kernel();
    let todo = Arc::new(AtomicU32::new(0));
    let ran = Arc::new(Mutex::new(Vec::new()));
    let plug = {
        let (look, todo, ran) = (todo.clone(), todo.clone(), ran.clone());
        SmpHotplugThread::new(
            "worker/{}",
            move |_| {
                assert!(in_atomic(), "preemption is disabled");
                look.load(SeqCst) > 0
            },
            move |cpu| {
                assert!(!in_atomic());
                todo.fetch_sub(1, SeqCst);
                ran.lock().unwrap().push((cpu, current().comm()));
            },
        )
    };
    let threads = smpboot_register_percpu_thread(plug).unwrap();
    for (_, task) in threads.tasks() {
        asleep(&task);
    }
    let (cpu, task) = threads.tasks().swap_remove(0);
    todo.store(3, SeqCst);
    assert!(wake_up_process(&task));
    asleep(&task);
    assert_eq!(*ran.lock().unwrap(), vec![(cpu, format!("worker/{cpu}")); 3]);
}

#[test]
fn cpu_down_parks_and_cpu_up_unparks_and_binds_again() {
    let (kernel, _inside) = kernel();
    let Some((_, cpu)) = two_cpus() else { return };
    let story = Story::default();
    let threads = smpboot_register_percpu_thread(story.plug()).unwrap();
    let task = threads.task(cpu).unwrap();
    asleep(&task);
    assert_eq!(kernel.cpu_down(cpu), Ok(()));
    assert!(!cpu_online(cpu) && !kernel.online_cpus().contains(cpu));
    assert_eq!((task.state(), task.on_rq()), (TASK_PARKED, false));
    // It is down already; or the other one is the last.
    let again = if num_online_cpus() > 1 { Ok(()) } else { Err(Errno::EBUSY) };
    assert_eq!(kernel.cpu_down(cpu), again);
    assert!(!wake_up_process(&task));
    assert_eq!(story.of(cpu), ["create", "setup", "park"]);

    // Another task moves it meanwhile.
    set_cpus_allowed_ptr(&task, &kernel.online_cpus()).unwrap();
    assert_eq!(kernel.cpu_up(cpu), Ok(()));
    assert!(cpu_online(cpu));
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    assert_eq!(task.cpus_allowed(), CpuMask::of(cpu));
    assert_eq!(os_status(task.os_tid(), "Cpus_allowed_list"), cpu.to_string());
    assert_eq!(kernel.cpu_up(cpu), Ok(()), "it is up already");
    assert_eq!(story.of(cpu), ["create", "setup", "park", "unpark"]);

    // Stopped while its cpu is down.
    assert_eq!(kernel.cpu_down(cpu), Ok(()));
    smpboot_unregister_percpu_thread(threads);
    assert_eq!(story.of(cpu)[4..], ["park", "cleanup offline"]);
    assert_eq!(kernel.cpu_up(cpu), Ok(()));
}

#[test]
fn a_cpu_that_was_down_at_registering_gets_its_thread_when_it_comes_up() {
    let (kernel, _inside) = kernel();
    let Some((first, cpu)) = two_cpus() else { return };
    assert_eq!(remove_cpu(cpu), Ok(()));
    let story = Story::default();
    let threads = smpboot_register_percpu_thread(story.plug()).unwrap();
    assert!(threads.task(first).is_some() && threads.task(cpu).is_none());
    assert_eq!(story.of(cpu), [""; 0]);
    assert_eq!(add_cpu(cpu), Ok(()));
    let task = threads.task(cpu).unwrap();
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    assert_eq!(story.of(cpu), ["create", "setup"]);
    assert_eq!(num_online_cpus(), kernel.online_cpus().count());
}

#[test]
fn the_last_cpu_and_unknown_cpus_are_refused() {
    let (kernel, _inside) = kernel();
    let cpus: Vec<u32> = kernel.online_cpus().iter().collect();
    if cpus.len() > 1 {
        assert_eq!(kernel.cpu_down(4711), Err(Errno::EINVAL));
    }
    assert_eq!(kernel.cpu_up(4711), Err(Errno::EINVAL));
    let (last, others) = cpus.split_last().unwrap();
    for cpu in others {
        assert_eq!(kernel.cpu_down(*cpu), Ok(()));
    }
    assert_eq!(kernel.cpu_down(*last), Err(Errno::EBUSY));
    assert_eq!((num_online_cpus(), cpu_online(*last)), (1, true));
    for cpu in others {
        assert_eq!(kernel.cpu_up(*cpu), Ok(()));
    }
    assert_eq!(num_online_cpus() as usize, cpus.len());
}

#[test]
fn two_kernels_have_topologies_of_their_own() {
    let (first, _inside) = kernel();
    let Some((_, cpu)) = two_cpus() else { return };
    assert_eq!(first.cpu_down(cpu), Ok(()));
    let (second, _inside) = kernel();
    assert!(second.online_cpus().contains(cpu) && !first.online_cpus().contains(cpu));
    // From a task of another Kernel: threads are made in the Kernel of the cpu.
    let threads = {
        let _inside = first.enter();
        smpboot_register_percpu_thread(Story::default().plug()).unwrap()
    };
    assert_eq!(first.cpu_up(cpu), Ok(()));
    let task = threads.task(cpu).unwrap();
    assert_eq!(first.find_task_by_pid(task.pid()), Some(task));
}

#[test]
fn self_parking_threads_are_left_to_their_owner() {
    let (kernel, _inside) = kernel();
    let story = Story::default();
    let threads = smpboot_register_percpu_thread(story.plug().selfparking()).unwrap();
    let (cpu, task) = threads.tasks().pop().unwrap();
    assert_eq!((asleep(&task), story.of(cpu)), (TASK_PARKED, vec!["create".to_owned()]));
    kthread_unpark(&task);
    assert_eq!((asleep(&task), story.of(cpu).len()), (TASK_INTERRUPTIBLE, 2));
    if kernel.online_cpus().count() > 1 {
        assert_eq!(kernel.cpu_down(cpu), Ok(()));
        assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
        assert_eq!(kernel.cpu_up(cpu), Ok(()));
    }
    assert_eq!(story.of(cpu), ["create", "setup"]);
    // One that was never unparked runs, and is stopped before it is set up.
    drop(threads);
}

#[test]
fn a_thread_that_was_never_set_up_is_not_cleaned_up() {
    let (_kernel, _inside) = kernel();
    let story = Story::default();
    let threads = smpboot_register_percpu_thread(story.plug().selfparking()).unwrap();
    let (cpu, task) = threads.tasks().pop().unwrap();
    drop(threads);
    assert_eq!((story.of(cpu), task.exit_state()), (vec!["create".to_owned()], EXIT_DEAD));
}

#[test]
fn a_sleep_in_thread_should_run_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let slept = Arc::new(AtomicU32::new(0));
    let count = slept.clone();
    let plug = SmpHotplugThread::new(
        "sleepy/%u",
        move |cpu| {
            if cpu_online_mask().iter().next() == Some(cpu) && count.fetch_add(1, SeqCst) == 0 {
                might_sleep();
            }
            false
        },
        |_| (),
    );
    let threads = smpboot_register_percpu_thread(plug).unwrap();
    for (_, task) in threads.tasks() {
        asleep(&task);
    }
    assert_eq!(warnings.take_one().kind, WarningKind::SleepingWhileAtomic);
}

#[test]
fn a_kernel_that_has_shut_down_registers_nothing() {
    let (kernel, _inside) = kernel();
    kernel.shutdown();
    let refused = smpboot_register_percpu_thread(Story::default().plug()).map(drop);
    assert_eq!(refused, Err(Errno::ESHUTDOWN));
}

#[test]
fn threads_that_are_registered_at_shutdown_are_reported_alive() {
    let (kernel, _inside) = kernel();
    let threads = smpboot_register_percpu_thread(Story::default().plug()).unwrap();
    let alive: Vec<_> = threads.tasks().iter().map(|(_, task)| task.id()).collect();
    assert_eq!(kernel.shutdown().alive, alive);
    drop(threads);
}

#[test]
fn a_cpu_goes_down_when_no_task_holds_the_cpus_any_more() {
    let (kernel, inside) = kernel();
    if let Some((_, second)) = two_cpus() {
        cpus_read_lock();
        assert!(cpus_read_trylock() && lockdep_is_cpus_held());
        cpus_read_unlock();
        let remover = kthread_run!(move |()| kthread_rt::errno::to_return(remove_cpu(second)), (), "remover")
            .expect("a kthread");
        assert!(wait_task_inactive(&remover, TASK_RUNNING));
        assert_eq!(remover.waits_on().map(|waits| waits.kind), Some(WaitKind::PercpuRwSem));
        assert!(cpu_online(second) && !cpus_read_trylock(), "it waits for this task");
        cpus_read_unlock();
        assert_eq!(kthread_stop(&remover), 0);
        assert!(!cpu_online(second) && !lockdep_is_cpus_held());
        add_cpu(second).unwrap();
    }
    drop(inside);
    kernel.shutdown();
}

/// The steps that `call` has passed to its callback until that panicked at `at`.
fn told_until(at: CpuStep, call: impl FnOnce(&mut dyn FnMut(CpuStep) -> Result<(), Errno>)) -> Vec<CpuStep> {
    let mut told = Vec::new();
    let mut tell = |step| {
        told.push(step);
        assert_ne!(step, at, "on purpose");
        Ok(())
    };
    assert!(catch_unwind(AssertUnwindSafe(|| call(&mut tell))).is_err());
    told
}

/// The caller's functions run in the middle of the change, and so do its `create`s.
#[test]
fn a_panic_in_the_middle_leaves_a_cpu_that_goes_down_and_comes_up() {
    let (_kernel, _inside) = kernel();
    let Some((_, cpu)) = two_cpus() else { return };
    let add = |at| told_until(at, |tell| _ = add_cpu_telling(cpu, tell));
    let remove = |at| told_until(at, |tell| _ = remove_cpu_telling(cpu, tell));

    assert_eq!(remove(CpuStep::Going), [CpuStep::Going]);
    assert!(cpu_online(cpu));
    assert_eq!(remove(CpuStep::Gone), [CpuStep::Going, CpuStep::Gone]);
    assert!(!cpu_online(cpu));
    assert_eq!(add(CpuStep::Coming), [CpuStep::Coming]);
    assert!(!cpu_online(cpu));
    // Some subsystems may know the cpu as online already; so it goes down, and they are notified.
    assert_eq!(add(CpuStep::Come), [CpuStep::Coming, CpuStep::Come, CpuStep::Gone]);
    assert!(!cpu_online(cpu));

    let panics = Arc::new(AtomicU32::new(1));
    let plug = SmpHotplugThread::new("panics/%u", |_| false, |_| ());
    let create = {
        let panics = panics.clone();
        move |of| assert!(of != cpu || panics.load(SeqCst) == 0, "on purpose")
    };
    let threads = smpboot_register_percpu_thread(plug.create(create)).unwrap();
    let mut told = Vec::new();
    let tell = |step| {
        told.push(step);
        Ok(())
    };
    assert!(catch_unwind(AssertUnwindSafe(|| add_cpu_telling(cpu, tell))).is_err());
    assert_eq!(told, [CpuStep::Coming, CpuStep::Gone]);
    assert!(!cpu_online(cpu));

    panics.store(0, SeqCst);
    assert_eq!((add_cpu(cpu), cpu_online(cpu)), (Ok(()), true));
    assert_eq!(asleep(&threads.task(cpu).unwrap()), TASK_INTERRUPTIBLE);
    assert_eq!(remove_cpu(cpu), Ok(()));
}
