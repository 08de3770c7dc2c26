//! Workers: what a kernel's documentation says beyond the recorded cases, and what is defined here
//! where a kernel would hang or corrupt memory.

use crate::handshake::*;
use crate::kworker::{Caller, Shop};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

const FAR: u64 = 3600 * HZ;

/// Runs `f` in a work item of `worker`, and returns its result.
#[track_caller]
fn in_work<R: Send + 'static>(worker: &KthreadWorker, f: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = channel();
    worker.queue_once(move || sender.send(f()).unwrap()).expect("it has a thread");
    receiver.recv().expect("the work did not panic")
}

#[test]
fn kworker_has_the_whole_name_and_is_an_ordinary_kthread() {
    let worker = kthread_create_worker!(0, "a-long-worker-name/%d:%s", 7, "x").unwrap();
    let task = worker.task().unwrap();
    assert_eq!((task.comm().as_str(), task.full_name()), ("a-long-worker-n", "a-long-worker-name/7:x"));
    assert!(task.flags().contains(PF_KTHREAD | PF_NOFREEZE) && !task.flags().contains(PF_WQ_WORKER));
    assert!(in_work(&worker, || in_task() && !in_atomic()));
}

#[test]
fn kworker_on_cpu_is_bound_and_named() {
    for worker in [
        kthread_create_worker_on_cpu!(0, 0, "bound/%u").unwrap(),
        kthread_run_worker_on_cpu!(0, 0, "bound/%u", 0_u32).unwrap(),
    ] {
        let task = worker.task().unwrap();
        assert_eq!(task.comm(), "bound/0");
        assert_eq!(task.cpus_allowed(), CpuMask::of(0));
        assert!(task.flags().contains(PF_NO_SETAFFINITY));
    }
    let kernel = WatchedKernel::boot();
    let call = "kthread_create_worker_on_cpu";
    let refused = kernel.warns(WarningKind::BadArgument, call, "there is no cpu", || {
        kthread_create_worker_on_cpu(4711, 0, "nowhere").map(drop)
    });
    assert_eq!(refused, Err(Errno::EINVAL));
    kernel.shut_down();
}

#[test]
fn kworker_on_node() {
    let worker = kthread_create_worker_on_node!(0, NUMA_NO_NODE, "anywhere").unwrap();
    assert_eq!(in_work(&worker, || current().comm()), "anywhere");
    assert_eq!(kthread_create_worker_on_node(0, 4711, "nowhere").map(drop), Err(Errno::EINVAL));
}

#[test]
fn kworker_create_killed_or_refused() {
    let errno = on_kthread(|| {
        let _ = allow_signal(SIGKILL);
        send_sig(SIGKILL, &current(), 1).unwrap();
        kthread_create_worker!(0, "never").map(drop)
    });
    assert_eq!(errno, Err(Errno::EINTR));
    assert_eq!(kthread_create_worker(0, "nul\0byte").map(drop), Err(Errno::EINVAL));
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    kernel.shutdown();
    assert_eq!(kthread_create_worker!(0, "late").map(drop), Err(Errno::ESHUTDOWN));
}

#[test]
fn kworker_destroyed_at_once_has_run_its_function() {
    for _ in 0..50 {
        let shop = kthread_create_worker!(0, "short").unwrap();
        let task = shop.task().unwrap();
        assert_eq!(shop.destroy(), Ok(()));
        assert_eq!(task.stop(), Ok(ExitStatus::Exited(0)));
    }
}

#[test]
fn kworker_of_the_callers_memory_runs_what_was_queued_before_its_thread() {
    DEFINE_KTHREAD_WORKER!(static WORKER);
    static RUNS: AtomicU32 = AtomicU32::new(0);
    DEFINE_KTHREAD_WORK!(static WORK = |work| {
        assert!(WORKER.is_running(work));
        RUNS.fetch_add(1, SeqCst);
    });
    assert!(kthread_queue_work(&WORKER, &WORK));
    assert_eq!((WORKER.task(), RUNS.load(SeqCst)), (None, 0));
    // A flush waits until a thread serves the worker.
    let flusher = Caller::asleep_in(|| WORKER.flush());
    let task = create(|| WORKER.serve(), "server");
    wake_up_process(&task);
    assert_eq!(flusher.returns(), Ok(()));
    assert_eq!((WORKER.task(), RUNS.load(SeqCst)), (Some(task.clone()), 1));
    assert_eq!((kthread_stop(&task), WORKER.task()), (0, None));
    // What is queued then waits for the next thread.
    assert!(kthread_queue_work(&WORKER, &WORK));
    let flusher = Caller::asleep_in(|| WORK.flush());
    let task = run(|| WORKER.serve(), "second");
    assert_eq!(flusher.returns(), Ok(()));
    assert_eq!((RUNS.load(SeqCst), kthread_stop(&task)), (2, 0));
}

#[test]
fn kworker_stop_leaves_what_is_queued() {
    DEFINE_KTHREAD_WORKER!(static WORKER);
    let task = run(|| WORKER.serve(), "server");
    let (busy, is_busy, let_go) = Busy::new();
    WORKER.queue_once(move || busy.wait()).unwrap();
    is_busy.recv().unwrap();
    let job = Job::new(|_| unreachable!("nobody serves the worker any more"));
    assert!(kthread_queue_work(&WORKER, &job));
    let stopper = Caller::asleep_in(move || kthread_stop(&task));
    let_go.send(()).unwrap();
    assert_eq!(stopper.returns(), 0);
    assert!(kthread_cancel_work_sync(&job), "it was pending");
}

#[test]
fn kworker_second_thread_is_refused() {
    let kernel = WatchedKernel::boot();
    let worker: &'static Worker = Box::leak(Box::new(kthread_create_worker!(0, "served").unwrap()));
    let core: &'static KthreadWorker = worker;
    let task = run(|| core.serve(), "second");
    assert_eq!(kthread_stop_after_end(&task), -16);
    kernel.warned(&task, WarningKind::WorkMisuse, "kthread_worker_fn", "has a thread already");
    // Nor may a work item serve its own worker.
    let again = in_work(worker, || core.serve());
    assert_eq!(again, -16);
    let its = worker.task().unwrap();
    kernel.warned(&its, WarningKind::WorkMisuse, "kthread_worker_fn", "has a thread already");
    // Nor may a task that is not a kthread, and could never be stopped.
    DEFINE_KTHREAD_WORKER!(static IDLE);
    let ret = kernel.warns(WarningKind::NotAKthread, "kthread_worker_fn", "not a kthread", || IDLE.serve());
    assert_eq!(ret, -22);
    kthread_destroy_worker(worker);
    kernel.shut_down();
}

#[track_caller]
fn kthread_stop_after_end(task: &Task) -> i32 {
    await_end(task);
    kthread_stop(task)
}

#[test]
fn kworker_runs_in_the_order_of_queueing() {
    let shop = Shop::open();
    let (slow, runs, let_go) = shop.slow_job(0);
    shop.queue(&slow);
    runs.recv().unwrap();
    let jobs: Vec<Job> = (1..=20).map(|n| shop.job(n)).collect();
    assert!(jobs.iter().rev().all(|job| shop.queue(job)));
    drop(let_go);
    kthread_flush_worker(&shop.worker);
    assert_eq!(shop.order(), [vec![0], (1..=20).rev().collect()].concat());
}

#[test]
fn kworker_flush_waits_for_the_run_that_it_finds() {
    let shop = Shop::open();
    let (slow, runs, let_go) = shop.slow_job(0);
    let slow = Arc::new(slow);
    shop.queue(&slow);
    runs.recv().unwrap();
    let flusher = {
        let slow = slow.clone();
        Caller::asleep_in(move || slow.flush())
    };
    // Queued once more: behind the barrier.
    assert!(shop.queue(&slow));
    let_go.send(()).unwrap();
    assert_eq!(flusher.returns(), Ok(()));
    runs.recv().unwrap();
    assert_eq!(shop.runs(0), 2);
    drop(let_go);
}

#[test]
fn kworker_is_not_woken_while_one_of_its_work_items_sleeps() {
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    let sleeper = Job::new(|_| {
        set_current_state(TASK_UNINTERRUPTIBLE);
        schedule();
    });
    shop.queue(&sleeper);
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    let other = shop.job(1);
    shop.queue(&other);
    assert_eq!((asleep(&task), shop.runs(1)), (TASK_UNINTERRUPTIBLE, 0));
    assert!(wake_up_process(&task));
    kthread_flush_work(&other);
    assert_eq!(shop.runs(1), 1);
}

#[test]
fn kworker_waits_for_itself_are_refused() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    let warned = |call| kernel.warned(&task, WarningKind::Deadlock, call, "can't wait");

    let worker = shop.worker.clone();
    assert_eq!(in_work(&shop.worker, move || worker.flush()), Err(Errno::EDEADLK));
    warned("kthread_flush_worker");

    let worker = shop.worker.clone();
    assert_eq!(in_work(&shop.worker, move || worker.destroy()), Err(Errno::EDEADLK));
    warned("kthread_destroy_worker");

    let (worker, other) = (shop.worker.clone(), shop.job(1));
    let flush_behind = in_work(&shop.worker, move || {
        worker.queue(&other);
        let flushed = other.flush();
        (flushed, kthread_cancel_work_sync(&other), other.flush())
    });
    assert_eq!(flush_behind, (Err(Errno::EDEADLK), true, Ok(())));
    warned("kthread_flush_work");

    let (sender, receiver) = channel();
    let worker = shop.worker.clone();
    let of_itself = Job::new(move |work| {
        let requeued = kthread_queue_work(&worker, work);
        sender.send((work.flush(), requeued, kthread_cancel_work_sync(work))).unwrap();
    });
    shop.queue(&of_itself);
    assert_eq!(receiver.recv(), Ok((Err(Errno::EDEADLK), true, true)));
    kthread_flush_worker(&shop.worker);
    assert_eq!(receiver.try_recv().ok(), None, "the cancel has taken it off");
    let mut all = Vec::new();
    kernel.take_warnings(|kind, call| all.push((kind, call.to_owned())));
    let deadlock = |call: &str| (WarningKind::Deadlock, call.to_owned());
    assert_eq!(all, [deadlock("kthread_flush_work"), deadlock("kthread_cancel_work_sync")]);
    drop(of_itself);
    drop(shop);
    kernel.shut_down();
}

#[test]
fn kworker_work_item_moves_to_another_worker_when_it_is_idle() {
    let kernel = WatchedKernel::boot();
    let (first, second) = (Shop::open(), Shop::open());
    let job = first.job(1);
    assert!(first.queue(&job));
    kthread_flush_work(&job);
    let call = "kthread_queue_work";
    let moved = kernel.warns(WarningKind::WorkMisuse, call, "last queued on another worker", || {
        kthread_queue_work(&second.worker, &job)
    });
    assert!(moved);
    kthread_flush_worker(&second.worker);
    assert_eq!(first.runs(1), 2);

    // It leaves a destroyed worker without a warning.
    kthread_destroy_worker(&second.worker);
    assert!(first.queue(&job));
    kthread_flush_work(&job);
    assert_eq!(first.runs(1), 3);

    // While it runs, it stays.
    let (slow, runs, let_go) = first.slow_job(2);
    first.queue(&slow);
    runs.recv().unwrap();
    let third = Shop::open();
    let queued = kernel.warns(WarningKind::WorkMisuse, call, "runs on another worker", || {
        kthread_queue_work(&third.worker, &slow)
    });
    assert!(!queued);
    // It also stays where it is pending; that is no mistake.
    assert!(first.queue(&slow));
    assert!(!third.queue(&slow));
    drop(let_go);
    drop((slow, job, first, second, third));
    kernel.shut_down();
}

#[test]
fn kworker_that_is_destroyed_queues_nothing() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let job = shop.job(1);
    kthread_destroy_worker(&shop.worker);
    let call = "kthread_queue_work";
    let queued = kernel
        .warns(WarningKind::WorkMisuse, call, "is destroyed", || kthread_queue_work(&shop.worker, &job));
    assert!(!queued);
    // Reported once.
    assert!(!shop.queue(&job));
    assert_eq!(shop.worker.queue_once(|| unreachable!()), Err(Errno::ESRCH));
    assert_eq!(shop.worker.flush(), Ok(()));
    assert!(!kthread_cancel_work_sync(&job));
    let again =
        kernel.warns(WarningKind::WorkMisuse, "kthread_destroy_worker", "already", || shop.worker.destroy());
    assert_eq!(again, Err(Errno::EBUSY));
    drop(shop);
    kernel.shut_down();
}

#[test]
fn kworker_whose_thread_was_stopped_says_so() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    assert_eq!(kthread_stop(&task), 0);
    assert_eq!(shop.worker.task(), None);
    assert_eq!(shop.worker.flush(), Ok(()), "nothing is left to be run");
    let job = shop.job(1);
    assert!(shop.queue(&job));
    let flushed =
        kernel.warns(WarningKind::WorkMisuse, "kthread_flush_worker", "has ended", || shop.worker.flush());
    assert_eq!(flushed, Err(Errno::ESRCH));
    let flushed = kernel.warns(WarningKind::WorkMisuse, "kthread_flush_work", "has ended", || job.flush());
    assert_eq!(flushed, Err(Errno::ESRCH));
    assert!(kthread_cancel_work_sync(&job));
    let destroyed = kernel
        .warns(WarningKind::WorkMisuse, "kthread_destroy_worker", "has ended", || shop.worker.destroy());
    assert_eq!(destroyed, Err(Errno::ESRCH));
    assert_eq!(shop.order(), []);
    drop((job, shop));
    kernel.shut_down();
}

#[test]
fn kworker_chained_work_items_run_before_a_destroy_returns() {
    let shop = Shop::open();
    let (worker, second) = (shop.worker.clone(), shop.job(2));
    let order = shop.job(1);
    let chain = Job::new(move |_| _ = kthread_queue_work(&worker, &second));
    let (slow, runs, let_go) = shop.slow_job(0);
    shop.queue(&slow);
    runs.recv().unwrap();
    shop.queue(&chain);
    shop.queue(&order);
    let destroyer = {
        let worker = shop.worker.clone();
        Caller::asleep_in(move || worker.destroy())
    };
    drop(let_go);
    assert_eq!(destroyer.returns(), Ok(()));
    assert_eq!(shop.order(), [0, 1, 2]);
    drop(chain);
}

#[test]
fn kworker_destroy_takes_delayed_works_off_with_a_warning() {
    let kernel = WatchedKernel::boot();
    let worker = kthread_create_worker!(0, "delayed").unwrap();
    let job = DelayedJob::new(|_| unreachable!());
    assert!(kthread_queue_delayed_work(&worker, &job, FAR));
    let destroyed =
        kernel.warns(WarningKind::WorkMisuse, "kthread_destroy_worker", "1 waiting", || worker.destroy());
    assert_eq!(destroyed, Ok(()));
    assert!(!job.timer_pending());
    assert!(!kthread_cancel_delayed_work_sync(&job));
    drop(worker);
    kernel.shut_down();
}

#[test]
fn kworker_panic_is_an_oops_of_one_work_item() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    let oops = Job::new(|_| std::panic::resume_unwind(Box::new("a bug")));
    let after = shop.job(1);
    shop.queue(&oops);
    shop.queue(&after);
    kthread_flush_worker(&shop.worker);
    kernel.warned_anywhere(&task, WarningKind::Oops, "kthread_work.func", "a bug");
    assert_eq!((shop.runs(1), shop.worker.task()), (1, Some(task)));
    drop((oops, after, shop));
    kernel.shut_down();
}

#[test]
fn kworker_exit_in_a_work_item_ends_the_thread_and_releases_waiters() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    let (busy, is_busy, let_go) = Busy::new();
    let behind = Arc::new(shop.job(1));
    let worker = shop.worker.clone();
    worker
        .queue_once(move || {
            busy.wait();
            kthread_exit(9)
        })
        .unwrap();
    is_busy.recv().unwrap();
    shop.queue(&behind);
    let flusher = {
        let behind = behind.clone();
        Caller::asleep_in(move || behind.flush())
    };
    let_go.send(()).unwrap();
    assert_eq!(flusher.returns(), Err(Errno::ESRCH));
    assert_eq!(task.stop(), Ok(ExitStatus::Exited(9)));
    kernel.take_warnings(|kind, call| {
        assert_eq!((kind, call), (WarningKind::WorkMisuse, "kthread_flush_work"));
    });
    assert!(kthread_cancel_work_sync(&behind));
    drop((behind, worker, shop));
    kernel.shut_down();
}

#[test]
fn kworker_work_item_that_leaves_preemption_disabled_is_reported() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    in_work(&shop.worker, preempt_disable);
    kthread_flush_worker(&shop.worker);
    kernel.warned_anywhere(&task, WarningKind::BadArgument, "kthread_work.func", "preempt_count 0x1");
    assert!(in_work(&shop.worker, || !in_atomic()));
    drop(shop);
    kernel.shut_down();
}

#[test]
fn kworker_signal_that_a_work_item_has_allowed_does_not_keep_the_worker_awake() {
    let shop = Shop::open();
    let task = shop.worker.task().unwrap();
    assert!(in_work(&shop.worker, || allow_signal(10)).is_ok());
    send_sig(10, &task, 0).unwrap();
    assert_eq!(asleep(&task), TASK_IDLE);
    assert!(in_work(&shop.worker, || signal_pending(&current())));
    kthread_destroy_worker(&shop.worker);
}

#[test]
fn kworker_job_is_dropped_once_wherever_it_is() {
    struct Counted(Arc<AtomicU32>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    let drops = Arc::new(AtomicU32::new(0));
    let counted = || Counted(drops.clone());
    let shop = Shop::open();
    // Never queued, queued, running, and in its own function.
    drop(Job::new({
        let counted = counted();
        move |_| _ = &counted
    }));
    assert_eq!(drops.load(SeqCst), 1);
    let (slow, runs, let_go) = shop.slow_job(0);
    shop.queue(&slow);
    runs.recv().unwrap();
    let pending = Job::new({
        let counted = counted();
        move |_| unreachable!("{}", counted.0.load(SeqCst))
    });
    shop.queue(&pending);
    drop(pending);
    assert_eq!(drops.load(SeqCst), 2);
    let dropper = Caller::asleep_in(move || drop(slow));
    drop(let_go);
    dropper.returns();
    let slot = Arc::new(Mutex::new(None::<Job>));
    let suicide = Job::new({
        let (counted, slot, worker) = (counted(), slot.clone(), shop.worker.clone());
        move |work| {
            drop(slot.lock().unwrap().take());
            assert_eq!(counted.0.load(SeqCst), 2, "the closure lives as long as it runs");
            assert!(!kthread_queue_work(&worker, work), "nobody owns it any more");
        }
    });
    let mut locked = slot.lock().unwrap();
    shop.queue(&suicide);
    *locked = Some(suicide);
    drop(locked);
    kthread_flush_worker(&shop.worker);
    assert_eq!(drops.load(SeqCst), 3);
    // A function that runs once, run and not run.
    let once = counted();
    shop.worker.queue_once(move || drop(once)).unwrap();
    kthread_flush_worker(&shop.worker);
    assert_eq!(drops.load(SeqCst), 4);
    _ = kthread_stop(&shop.worker.task().unwrap());
    let never = counted();
    assert_eq!(shop.worker.queue_once(move || drop(never)), Err(Errno::ESRCH));
    assert_eq!(drops.load(SeqCst), 5);
}

#[test]
fn kworker_dropped_on_its_own_thread_runs_what_is_queued_and_ends() {
    let worker = kthread_create_worker!(0, "detached").unwrap();
    let task = worker.task().unwrap();
    let (sender, receiver) = channel();
    let slot = Arc::new(Mutex::new(None::<Worker>));
    let mut locked = slot.lock().unwrap();
    worker
        .queue_once({
            let slot = slot.clone();
            let sender = sender.clone();
            move || {
                let worker = slot.lock().unwrap().take().unwrap();
                worker.queue_once(move || sender.send("the last").unwrap()).unwrap();
                drop(worker);
            }
        })
        .unwrap();
    *locked = Some(worker);
    drop(locked);
    assert_eq!(receiver.recv(), Ok("the last"));
    await_end(&task);
    assert_eq!(task.stop(), Ok(ExitStatus::Exited(0)));
}

#[test]
fn kworker_alive_at_shutdown_is_reported_and_goes_on() {
    let kernel = Kernel::builder().boot().unwrap();
    let inside = kernel.enter();
    let shop = Shop::open();
    let report = kernel.shutdown();
    assert_eq!(report.alive, [shop.worker.task().unwrap().id()]);
    let (job, worker) = (shop.job(1), shop.worker.clone());
    assert!(shop.queue(&job));
    assert_eq!(worker.destroy(), Ok(()));
    assert_eq!(shop.runs(1), 1);
    drop(inside);
}

#[test]
fn kworker_delayed_after_shutdown_is_refused() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let job = DelayedJob::new(|_| ());
    let worker = shop.worker.clone();
    kernel.kernel().shutdown();
    let call = "kthread_queue_delayed_work";
    let queued = kernel
        .warns(WarningKind::ShutDown, call, "has shut down", || kthread_queue_delayed_work(&worker, &job, 1));
    assert!(!queued);
    assert!(kthread_queue_delayed_work(&worker, &job, 0), "that needs no timer");
    kthread_flush_work(job.work());
    assert_eq!(worker.destroy(), Ok(()));
}

#[test]
fn kworker_delayed_flush_does_not_wait_for_the_timer() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let job = DelayedJob::new(|_| unreachable!());
    kthread_queue_delayed_work(&shop.worker, &job, FAR);
    let flushed = kernel
        .warns(WarningKind::WorkMisuse, "kthread_flush_work", "waits for its timer", || job.work().flush());
    assert_eq!(flushed, Ok(()));
    kthread_flush_worker(&shop.worker);
    // The cancel of a plain work item finds the timer too.
    assert!(kthread_cancel_work_sync(job.work()));
    assert!(!job.timer_pending());
    drop((job, shop));
    kernel.shut_down();
}

#[test]
fn kworker_delayed_work_may_be_queued_and_changed_in_its_own_function() {
    let worker = Arc::new(kthread_create_worker!(0, "periodic").unwrap());
    let (done, returns) = (Arc::new(Completion::new()), Arc::new(Mutex::new(Vec::new())));
    let job = DelayedJob::new({
        let (worker, done, returns) = (worker.clone(), done.clone(), returns.clone());
        move |dwork| {
            let mut returns = returns.lock().unwrap();
            match returns.len() {
                0 => returns.push(kthread_mod_delayed_work(&worker, dwork, 1)),
                1 => returns.push(kthread_queue_delayed_work(&worker, dwork, 1)),
                2 => {
                    returns.push(kthread_queue_delayed_work(&worker, dwork, FAR));
                    returns.push(kthread_mod_delayed_work(&worker, dwork, 0));
                }
                _ => complete(&done),
            }
        }
    });
    assert!(kthread_queue_delayed_work(&worker, &job, 1));
    wait_for_completion(&done);
    assert_eq!(*returns.lock().unwrap(), [false, true, true, true]);
    drop(job);
}

#[test]
fn kworker_work_item_without_a_function_is_refused() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let work = KthreadWork::new();
    let call = "kthread_queue_work";
    let queued = kernel
        .warns(WarningKind::BadArgument, call, "no function", || kthread_queue_work(&shop.worker, &work));
    assert!(!queued);
    kthread_flush_work(&work);
    drop(shop);
    kernel.shut_down();
}

#[test]
fn kworker_queueing_works_where_sleeping_does_not() {
    let shop = Shop::open();
    let ran = Arc::new(Completion::new());
    let job = Arc::new(Job::new({
        let ran = ran.clone();
        move |_| complete(&ran)
    }));
    preempt_disable();
    assert!(shop.queue(&job));
    preempt_enable();
    wait_for_completion(&ran);
    let timer = Timer::new({
        let (worker, job) = (shop.worker.clone(), job.clone());
        move |_| assert!(kthread_queue_work(&worker, &job))
    });
    mod_timer(&timer, jiffies());
    wait_for_completion(&ran);
}

#[test]
fn kworker_work_item_outlives_its_worker() {
    let runs = Arc::new(AtomicU32::new(0));
    let job = Job::new({
        let runs = runs.clone();
        move |_| _ = runs.fetch_add(1, SeqCst)
    });
    for round in 1..=3 {
        let worker = kthread_create_worker!(0, "round/%d", round).unwrap();
        assert!(kthread_queue_work(&worker, &job));
        drop(worker);
        assert_eq!(runs.load(SeqCst), round);
        // Another worker may use the memory that it points to.
        assert_eq!((job.flush(), kthread_cancel_work_sync(&job)), (Ok(()), false));
    }
}

#[test]
fn kworker_destroy_ends_a_work_item_that_queues_itself_for_ever() {
    let kernel = WatchedKernel::boot();
    let shop = Shop::open();
    let (worker, began) = (shop.worker.clone(), Arc::new(Completion::new()));
    let again = Job::new({
        let began = began.clone();
        move |work| {
            complete(&began);
            kthread_queue_work(&worker, work);
        }
    });
    shop.queue(&again);
    wait_for_completion(&began);
    assert_eq!(shop.worker.destroy(), Ok(()));
    assert!(!kthread_cancel_work_sync(&again), "it was refused in the end");
    let mut told = 0;
    kernel.take_warnings(|kind, call| {
        assert_eq!((kind, call), (WarningKind::WorkMisuse, "kthread_queue_work"));
        told += 1;
    });
    assert_eq!(told, 1);
    drop((again, shop));
    kernel.shut_down();
}
