//! What kthreads inherit from their process: its limits, its affinity, its priority.
//!
//! Each test has a process of its own. Tests for privileged users are skipped for others, and say
//! so.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::io;
use std::mem::zeroed;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use witness::{Warnings, os_status, running_kthread};

fn ok(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn os_cpus(tid: i32) -> CpuMask {
    CpuMask::parse_list(&os_status(tid, "Cpus_allowed_list")).expect("a list")
}

/// Pins the calling thread.
fn pin(cpus: &CpuMask) -> io::Result<()> {
    // SAFETY: all-zero is an empty cpu_set_t, and the numbers fit into it.
    unsafe {
        let mut set: libc::cpu_set_t = zeroed();
        cpus.iter().for_each(|cpu| libc::CPU_SET(cpu as usize, &mut set));
        ok(libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set))
    }
}

fn os_nice(tid: i32) -> i32 {
    // SAFETY: no memory is involved.
    unsafe { libc::getpriority(libc::PRIO_PROCESS, tid as libc::id_t) }
}

fn os_policy(tid: i32) -> i32 {
    // SAFETY: no memory is involved.
    unsafe { libc::sched_getscheduler(tid) }
}

fn set_own_nice(nice: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    ok(unsafe { libc::setpriority(libc::PRIO_PROCESS, libc::gettid() as libc::id_t, nice) })
}

fn gettid() -> i32 {
    // SAFETY: no memory is involved.
    unsafe { libc::gettid() }
}

// ---- no more threads

/// Lets this process start threads, or not. The limit does not apply to root, so it must have
/// dropped that.
fn allow_threads(yes: bool) {
    // SAFETY: `limit` is valid for both calls.
    unsafe {
        let mut limit: libc::rlimit = zeroed();
        ok(libc::getrlimit(libc::RLIMIT_NPROC, &mut limit)).unwrap();
        limit.rlim_cur = if yes { limit.rlim_max } else { 0 };
        ok(libc::setrlimit(libc::RLIMIT_NPROC, &limit)).unwrap();
    }
}

/// Becomes an unprivileged user, to whom the limit applies; false, with the reason, if that fails.
fn become_ordinary() -> bool {
    // SAFETY: no memory is involved.
    let result = unsafe { if libc::geteuid() == 0 { ok(libc::setuid(65534)) } else { Ok(()) } };
    result.inspect_err(|error| println!("skipped: can't become uid 65534: {error}")).is_ok()
}

#[test]
fn a_refused_thread_is_eagain_and_nothing_is_lost() {
    child::run("a_refused_thread_is_eagain_and_nothing_is_lost", || {
        if !become_ordinary() {
            return;
        }
        // A spare thread would not be refused.
        let (kernel, warnings) = Warnings::of(Kernel::builder().spare_threads(0));
        let _inside = kernel.enter();
        let before = running_kthread("before", 1);
        allow_threads(false);
        for _ in 0..20 {
            let (datum, tally) = witness::Datum::new();
            let refused = kthread_run!(|_: witness::Datum| 0, datum, "refused");
            assert_eq!(refused.err(), Some(Errno::EAGAIN));
            assert_eq!((tally.runs(), tally.drops()), (0, 1));
        }
        assert_eq!(kernel.tasks().len(), 4); // idle, init, kthreadd, "before"
        allow_threads(true);
        let after = running_kthread("after", 2);
        assert_eq!([kthread_stop(&before), kthread_stop(&after)], [1, 2]);
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined), (2, 2));
        warnings.assert_none();
    });
}

#[test]
fn a_queue_with_a_rescuer_drains_when_no_thread_can_be_made() {
    child::run("a_queue_with_a_rescuer_drains_when_no_thread_can_be_made", || {
        if !become_ordinary() {
            return;
        }
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let rescued = alloc_workqueue!("rescued", WQ_MEM_RECLAIM | WQ_UNBOUND, 0).unwrap();
        let other = alloc_workqueue!("other", WQ_UNBOUND, 0).unwrap();
        // The worker that the pool has had since its first queue is busy elsewhere.
        let (begun, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let blocks = {
            let (begun, go) = (begun.clone(), go.clone());
            move || {
                complete(&begun);
                wait_for_completion(&go);
            }
        };
        other.spawn(blocks).unwrap();
        wait_for_completion(&begun);
        allow_threads(false);
        let ran = Arc::new(AtomicU32::new(0));
        for _ in 0..100 {
            let ran = ran.clone();
            rescued
                .spawn(move || {
                    assert!(current_is_workqueue_rescuer());
                    assert_eq!(current().comm(), "rescued");
                    ran.fetch_add(1, SeqCst);
                })
                .unwrap();
        }
        flush_workqueue(&rescued);
        assert_eq!(ran.load(SeqCst), 100);
        // A queue without a rescuer waits, and is not lost.
        let late = Work::new(|_| assert!(!current_is_workqueue_rescuer()));
        assert!(queue_work(&other, &late));
        assert!(work_pending(&late));
        allow_threads(true);
        assert!(flush_work(&late));
        complete(&go);
        let told: Vec<_> = warnings.take().iter().map(|warning| warning.kind).collect();
        assert_eq!(told, [WarningKind::OsRefused]); // both queues share the pool
        destroy_workqueue(&rescued);
        let report = kernel.shutdown();
        assert_eq!((report.alive.len(), report.forked), (0, report.joined), "{report:?}");
    });
}

#[test]
fn a_timer_whose_kernel_got_no_thread_may_be_armed_anew_from_another_kernel() {
    child::run("a_timer_whose_kernel_got_no_thread_may_be_armed_anew_from_another_kernel", || {
        if !become_ordinary() {
            return;
        }
        let (first, told) = Warnings::of_new_kernel();
        let second = Kernel::builder().boot().unwrap();
        let called = Arc::new(Completion::new());
        let timer = Timer::new({
            let called = called.clone();
            move |_| complete(&called)
        });
        let inside = first.enter();
        allow_threads(false);
        mod_timer(&timer, jiffies() + 1000 * HZ);
        assert_eq!(told.take_one().kind, WarningKind::OsRefused);
        allow_threads(true);
        {
            let _inside = second.enter();
            // It stays with the first Kernel, where it is pending, and which has no thread for it
            // yet.
            assert_eq!(mod_timer(&timer, jiffies()), 1);
        }
        assert_eq!(timer_pending(&timer), 1);
        mod_timer(&timer, jiffies());
        wait_for_completion(&called);
        drop((timer, inside));
        told.assert_none();
    });
}

#[test]
fn a_kernel_that_gets_no_thread_does_not_boot_and_a_later_one_does() {
    child::run("a_kernel_that_gets_no_thread_does_not_boot_and_a_later_one_does", || {
        if !become_ordinary() {
            return;
        }
        allow_threads(false);
        assert_eq!(Kernel::builder().boot().err(), Some(BootError::NoThread(Errno::EAGAIN)));
        let on_demand = Kernel::builder().boot_on_demand().unwrap();
        assert_eq!(on_demand.kthreadd().err(), Some(BootError::NoThread(Errno::EAGAIN)));
        // The default Kernel.
        let create = || kthread_create!(|()| 0, (), "first");
        assert_eq!(create().err(), Some(Errno::EAGAIN));
        assert_eq!(kthreadd_task().err(), Some(Errno::EAGAIN));
        assert_eq!(find_task_by_pid(2), None);
        allow_threads(true);
        assert_eq!(on_demand.kthreadd().unwrap().pid(), 2);
        assert_eq!(kthread_stop(&create().unwrap()), -4);
        assert!(Kernel::builder().boot().is_ok());
    });
}

#[test]
fn a_stack_that_can_not_be_allocated_is_an_error() {
    let result = Kernel::builder().stack_size(usize::MAX / 2).boot();
    assert!(matches!(result, Err(BootError::NoThread(_))), "{result:?}");
}

// ---- affinity

/// A child that has only the first cpu of this process, and another cpu that exists.
fn run_on_one_cpu(test: &str, body: impl FnOnce(CpuMask, CpuMask)) {
    let of_process = os_cpus(gettid()).iter().next().expect("a process has a cpu");
    let online = std::fs::read_to_string("/sys/devices/system/cpu/online").expect("sysfs is there");
    let online = CpuMask::parse_list(online.trim()).expect("a list");
    let Some(elsewhere) = online.iter().find(|&cpu| cpu != of_process) else {
        println!("skipped: there is one cpu only");
        return;
    };
    let (here, elsewhere) = (CpuMask::of(of_process), CpuMask::of(elsewhere));
    let prepare = |command: &mut Command| {
        // SAFETY: one system call.
        unsafe { command.pre_exec(move || pin(&here)) };
    };
    child::run_prepared(test, prepare, || body(here, elsewhere));
}

#[test]
fn kthreads_have_the_affinity_of_the_process_at_boot() {
    run_on_one_cpu("kthreads_have_the_affinity_of_the_process_at_boot", |here, elsewhere| {
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        if let Err(error) = pin(&elsewhere) {
            println!("skipped: this process may not run on cpus {elsewhere}: {error}");
            return;
        }
        assert_eq!(os_cpus(gettid()), elsewhere);
        let task = running_kthread("at-home", 0);
        assert_eq!((os_cpus(task.os_tid()), task.cpus_allowed()), (here, here));
        assert_eq!(os_cpus(kernel.kthreadd().unwrap().os_tid()), here);

        // "Everywhere" means the process's cpus.
        set_cpus_allowed_ptr(&task, &CpuMask::first(CpuMask::CAPACITY)).unwrap();
        assert_eq!((os_cpus(task.os_tid()), task.cpus_allowed()), (here, here));
        // A cpu that is requested by number is granted, and can be given back.
        set_cpus_allowed_ptr(&task, &elsewhere).unwrap();
        assert_eq!((os_cpus(task.os_tid()), task.cpus_allowed()), (elsewhere, elsewhere));
        set_cpus_allowed_ptr(&task, &CpuMask::first(CpuMask::CAPACITY)).unwrap();
        assert_eq!(os_cpus(task.os_tid()), here);
        _ = kthread_stop(&task);
        warnings.assert_none();
    });
}

#[test]
fn a_kernel_booted_by_a_pinned_thread_has_the_affinity_of_the_process() {
    child::run("a_kernel_booted_by_a_pinned_thread_has_the_affinity_of_the_process", || {
        // SAFETY: no memory is involved.
        let of_process = os_cpus(unsafe { libc::getpid() });
        let booted = thread::spawn(move || {
            let one = CpuMask::of(of_process.iter().next().expect("a cpu"));
            pin(&one).unwrap();
            let task = running_kthread("free", 0);
            let seen = (os_cpus(task.os_tid()), task.cpus_allowed(), os_cpus(gettid()));
            _ = kthread_stop(&task);
            (seen, one)
        });
        let (seen, one) = booted.join().unwrap();
        assert_eq!(seen, (of_process, of_process, one));
    });
}

#[test]
fn a_bound_thread_is_really_bound() {
    child::run("a_bound_thread_is_really_bound", || {
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let cpu = os_cpus(gettid()).iter().last().expect("a cpu");
        let one = CpuMask::of(cpu);
        let created = kthread_create_on_cpu!(|()| 0, (), cpu, "created/%u").unwrap();
        let bound = kthread_create!(|()| 0, (), "bound").unwrap();
        kthread_bind(&bound, cpu);
        let masked = kthread_create!(|()| 0, (), "masked").unwrap();
        kthread_bind_mask(&masked, &one);
        let preferred = kthread_create!(|()| 0, (), "preferred").unwrap();
        kthread_affine_preferred(&preferred, &one).unwrap();
        for task in [created, bound, masked, preferred] {
            assert_eq!((os_cpus(task.os_tid()), task.cpus_allowed()), (one, one), "{}", task.comm());
            _ = kthread_stop(&task);
        }
        warnings.assert_none();
    });
}

// ---- priority

#[test]
fn kthreads_keep_the_nice_value_of_the_process_and_count_from_it() {
    let prepare = |command: &mut Command| {
        // SAFETY: system calls only.
        unsafe { command.pre_exec(|| set_own_nice(os_nice(0) + 5)) };
    };
    child::run_prepared("kthreads_keep_the_nice_value_of_the_process_and_count_from_it", prepare, || {
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        // SAFETY: no memory is involved.
        let of_process = os_nice(unsafe { libc::getpid() });
        assert!(of_process >= 5);
        // A requester with a higher nice value than its process.
        set_own_nice((of_process + 7).min(19)).unwrap();
        let task = running_kthread("nice", 0);
        assert_eq!((os_nice(task.os_tid()), task_nice(&task), task.prio()), (of_process, 0, 120));
        set_user_nice(&task, 3);
        assert_eq!((os_nice(task.os_tid()), task_nice(&task)), ((of_process + 3).min(19), 3));
        set_user_nice(&task, 20);
        assert_eq!((os_nice(task.os_tid()), task_nice(&task)), ((of_process + 3).min(19), 3));
        _ = kthread_stop(&task);
        warnings.assert_none();
    });
}

#[test]
fn a_real_time_requester_gets_ordinary_kthreads() {
    child::run("a_real_time_requester_gets_ordinary_kthreads", || {
        // SAFETY: all-zero is a valid sched_param.
        let fifo = unsafe {
            let mut param: libc::sched_param = zeroed();
            param.sched_priority = 1;
            ok(libc::sched_setscheduler(0, libc::SCHED_FIFO, &param))
        };
        if let Err(error) = fifo {
            println!("skipped: no SCHED_FIFO: {error}");
            return;
        }
        // SAFETY: no memory is involved.
        let nice = os_nice(unsafe { libc::getpid() });
        // It even boots the Kernel.
        let task = running_kthread("ordinary", 0);
        for tid in [task.os_tid(), kthreadd_task().unwrap().os_tid()] {
            assert_eq!((os_policy(tid), os_nice(tid)), (libc::SCHED_OTHER, nice));
        }
        assert_eq!((task.policy(), task.rt_priority(), task.prio()), (SCHED_NORMAL, 0, 120));
        _ = kthread_stop(&task);
    });
}

#[test]
fn a_nice_requester_that_boots_gets_kthreads_like_its_process() {
    child::run("a_nice_requester_that_boots_gets_kthreads_like_its_process", || {
        let booted = thread::spawn(|| {
            set_own_nice(10).unwrap();
            // Lowering the nice value is a privilege.
            let privileged = thread::spawn(|| set_own_nice(0)).join().unwrap();
            let task = running_kthread("like-the-process", 0);
            let nice = os_nice(task.os_tid());
            _ = kthread_stop(&task);
            (privileged, nice)
        });
        let (privileged, nice) = booted.join().unwrap();
        match privileged {
            // SAFETY: no memory is involved.
            Ok(()) => assert_eq!(nice, os_nice(unsafe { libc::getpid() })),
            Err(error) => println!("skipped: a nice thread stays so: {error}"),
        }
    });
}

#[test]
fn priorities_are_real_and_a_refusal_is_reported_once() {
    child::run("priorities_are_real_and_a_refusal_is_reported_once", || {
        if !become_ordinary() {
            return;
        }
        // SAFETY: all-zero limits are valid: no priority above the ordinary.
        unsafe {
            let none: libc::rlimit = zeroed();
            ok(libc::setrlimit(libc::RLIMIT_NICE, &none)).unwrap();
            ok(libc::setrlimit(libc::RLIMIT_RTPRIO, &none)).unwrap();
        }
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let task = running_kthread("ambitious", 0);
        let line = line!() + 1;
        sched_set_fifo(&task);
        let told = warnings.take_one();
        assert_eq!((told.kind, told.call.as_str()), (WarningKind::OsRefused, "sched_set_fifo"));
        assert_eq!((told.file, told.line), (file!(), line));
        // The fields have the requested values, the thread its old ones.
        assert_eq!((task.policy(), task.rt_priority(), task.prio()), (SCHED_FIFO, 50, 49));
        assert_eq!(os_policy(task.os_tid()), libc::SCHED_OTHER);
        sched_set_normal(&task, -5);
        assert_eq!((task.policy(), task_nice(&task)), (SCHED_NORMAL, -5));
        assert_eq!(os_nice(task.os_tid()), os_nice(0));
        _ = kthread_stop(&task);
        warnings.assert_none();
    });
}
