//! Creating: killed requesters, raw threads, `kernel_thread`, pids, and refused requests.

use crate::handshake::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;

fn try_create(threadfn: impl FnOnce() -> i32 + Send + 'static) -> Result<Task, Errno> {
    kthread_create(|threadfn| threadfn(), threadfn, "one-of-20")
}

/// The results of twenty creates, whose threads are stopped; and how many of their functions ran.
fn twenty() -> (Vec<Errno>, u32) {
    let ran = Arc::new(AtomicU32::new(0));
    let mut errors = Vec::new();
    for _ in 0..20 {
        let counter = ran.clone();
        match try_create(move || counter.fetch_add(1, SeqCst) as i32) {
            Ok(task) => assert_eq!(kthread_stop(&task), -4),
            Err(errno) => errors.push(errno),
        }
    }
    assert_eq!(Arc::strong_count(&ran), 1, "the data of each was dropped");
    (errors, ran.load(SeqCst))
}

#[test]
fn create_killed() {
    on_kthread(|| {
        let me = current();
        allow_signal(SIGTERM).unwrap();
        allow_signal(SIGKILL).unwrap();
        assert_eq!(twenty(), (vec![], 0), "no_signal errors_of_20=0");

        send_sig(SIGTERM, &me, 1).unwrap();
        assert_eq!(twenty(), (vec![], 0), "TERM_pending errors_of_20=0");
        flush_signals(&me);

        send_sig(SIGKILL, &me, 1).unwrap();
        // The kernel fails in most tries; here all fail.
        assert_eq!(twenty(), (vec![Errno::EINTR; 20], 0), "any_error=1 err=-4 threadfn_ran=0");
        assert!(fatal_signal_pending(&me), "KILL_still_pending=1");
        flush_signals(&me);
        assert_eq!(twenty(), (vec![], 0), "after_flush errors_of_20=0");
    });
}

#[test]
fn create_killed_also_for_threads_that_the_runtime_did_not_create() {
    let me = current();
    send_sig(SIGKILL, &me, 1).unwrap();
    assert_eq!(twenty(), (vec![Errno::EINTR; 20], 0));
    flush_signals(&me);
    assert_eq!(twenty(), (vec![], 0));
}

#[test]
fn create_is_not_disturbed_by_the_requesters_own_stop() {
    let (sender, receiver) = channel();
    let task = run(
        move || {
            sender.send(()).unwrap();
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            sleep_until_signalled();
            // The notify-signal is pending, and is not fatal.
            twenty().0.len() as i32
        },
        "requester",
    );
    receiver.recv().unwrap();
    assert_eq!(kthread_stop(&task), 0);
}

unsafe extern "C-unwind" fn adds_one(data: *mut c_void) -> c_int {
    // SAFETY: the tests create threads of this function with a pointer to a static AtomicI32.
    unsafe { &*data.cast::<AtomicI32>() }.fetch_add(1, SeqCst) + 1
}

#[test]
fn create_raw_keeps_its_function_and_its_data() {
    static NUMBER: AtomicI32 = AtomicI32::new(41);
    let data = ptr::from_ref(&NUMBER).cast_mut().cast::<c_void>();
    // SAFETY: the function wants a pointer to an AtomicI32, which is a static.
    let task = unsafe { kthread_create_raw(adds_one, data, NUMA_NO_NODE, "raw/0") }.unwrap();
    assert!(kthread_func(&task).is_some_and(|f| ptr::fn_addr_eq(f, adds_one as RawThreadFn)));
    assert_eq!(kthread_data(&task), data);
    assert_eq!(kthread_probe_data(&task), data);
    assert_eq!(NUMBER.load(SeqCst), 41);
    assert!(wake_up_process(&task));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 42);
    assert_eq!(kthread_data(&task), data, "as long as the task is referenced");
}

#[test]
fn create_raw_stopped_before_its_first_wake_never_runs() {
    static NUMBER: AtomicI32 = AtomicI32::new(0);
    let data = ptr::from_ref(&NUMBER).cast_mut().cast::<c_void>();
    // SAFETY: as above.
    let task = unsafe { kthread_create_raw(adds_one, data, NUMA_NO_NODE, "raw/%d") }.unwrap();
    assert_eq!(task.comm(), "raw/%d", "the name is no format here");
    assert_eq!(kthread_stop(&task), -4);
    assert_eq!(NUMBER.load(SeqCst), 0);
}

#[test]
fn func_and_data_of_others_are_null() {
    let of_a_closure = create(|| 0, "closure");
    for task in [&current(), &kthreadd_task().unwrap(), &of_a_closure] {
        assert!(kthread_func(task).is_none());
        assert!(kthread_data(task).is_null());
        assert!(kthread_probe_data(task).is_null());
        assert!(!kthread_is_per_cpu(task));
    }
    _ = kthread_stop(&of_a_closure);
}

#[test]
fn create_gives_pids_in_order_which_are_free_after_the_end() {
    let kernel = WatchedKernel::boot();
    assert_eq!(current().pid(), 1);
    assert_eq!(kthreadd_task().unwrap().pid(), 2);
    let tasks = ["a", "b", "c"].map(|name| create(|| 0, name));
    let pids: Vec<i32> = tasks.iter().map(|task| task.pid()).collect();
    assert_eq!(pids, [3, 4, 5]);
    for task in &tasks {
        assert_eq!(find_task_by_pid(task.pid()).as_ref(), Some(task));
        assert_eq!(kthread_stop(task), -4);
        assert_eq!(find_task_by_pid(task.pid()), None);
    }
    kernel.shut_down();
}

#[test]
fn kernel_thread_runs_at_once_as_a_child_of_the_caller_with_its_name() {
    let kernel = WatchedKernel::boot();
    let (sender, receiver) = channel();
    let over = Arc::new(Completion::new());
    let its_over = over.clone();
    let threadfn = move |data: i32| {
        sender.send((data, current())).unwrap();
        sleep_until_stopped(TASK_INTERRUPTIBLE);
        kthread_complete_and_exit(Some(its_over.into()), 0)
    };
    let pid = kernel_thread(threadfn, 17, CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_VM | 17).unwrap();
    let (data, task) = receiver.recv().unwrap();
    assert_eq!((data, task.pid()), (17, pid));
    assert_eq!(find_task_by_pid(pid), Some(task.clone()));
    assert_eq!(task.parent(), Some(current()));
    assert_eq!(task.comm(), current().comm());
    assert!(task.flags().contains(PF_KTHREAD));
    assert_eq!(kthread_stop(&task), 0);
    wait_for_completion(&over);
    kernel.shut_down();
}

#[test]
fn kernel_thread_warns_of_flags_that_it_does_not_honour() {
    const CLONE_NEWPID: u64 = 0x2000_0000;
    let kernel = WatchedKernel::boot();
    let over = Arc::new(Completion::new());
    let threadfn = |over: Arc<Completion>| kthread_complete_and_exit(Some(over.into()), 0);
    let pid = kernel.warns(WarningKind::BadArgument, "kernel_thread", "0x20000000", || {
        kernel_thread(threadfn, over.clone(), CLONE_NEWPID | CLONE_FS)
    });
    assert!(pid.is_ok_and(|pid| pid > 2));
    wait_for_completion(&over);
    kernel.shut_down();
}

#[test]
fn create_refuses_invalid_arguments() {
    let kernel = WatchedKernel::boot();
    let data = Arc::new(());
    let kind = WarningKind::BadArgument;
    let result =
        kernel.warns(kind, "kthread_create", "NUL", || kthread_create(|_| 0, data.clone(), "nul\0byte"));
    assert_eq!(result, Err(Errno::EINVAL));
    let result = kernel.warns(kind, "kthread_create", "4711", || {
        kthread_create_on_node(|_| 0, data.clone(), 4711, "nowhere")
    });
    assert_eq!(result, Err(Errno::EINVAL));
    let result = kernel
        .warns(kind, "kthread_create", "-2", || kthread_create_on_node(|_| 0, data.clone(), -2, "nowhere"));
    assert_eq!(result, Err(Errno::EINVAL));
    let result = kernel.warns(kind, "kthread_create_on_cpu", "4711", || {
        kthread_create_on_cpu(|_| 0, data.clone(), 4711, "nowhere")
    });
    assert_eq!(result, Err(Errno::EINVAL));
    let result = kernel
        .warns(kind, "kthread_create_on_cpu", "4711", || kthread_run_on_cpu(|_| 0, data.clone(), 4711, "no"));
    assert_eq!(result, Err(Errno::EINVAL));
    assert_eq!(Arc::strong_count(&data), 1);
    kernel.shut_down();
}

#[test]
fn run_on_cpu_runs_there() {
    let cpu = kthreadd_task().unwrap().cpus_allowed().iter().last().unwrap();
    let task = kthread_run_on_cpu!(
        |()| {
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            6
        },
        (),
        cpu,
        "runs/%u"
    )
    .unwrap();
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    assert_eq!((task.comm(), task.cpus_allowed()), (format!("runs/{cpu}"), CpuMask::of(cpu)));
    assert_eq!(kthread_stop(&task), 6);
}

#[test]
fn create_after_shutdown_is_refused() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    assert!(kernel.shutdown().alive.is_empty());
    let data = Arc::new(());
    assert_eq!(kthread_create(|_| 0, data.clone(), "late"), Err(Errno::ESHUTDOWN));
    assert_eq!(kernel_thread(|_| 0, data.clone(), 0), Err(Errno::ESHUTDOWN));
    assert_eq!(Arc::strong_count(&data), 1);
}
