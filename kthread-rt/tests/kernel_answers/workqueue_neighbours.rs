//! Neighbours of the recorded cases of workqueues.

use crate::handshake::{WatchedKernel, asleep, run};
use crate::workqueue::{Gate, gated};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

#[test]
fn sixty_four_work_items_that_sleep_do_not_hold_up_the_sixty_fifth() {
    for flags in [WqFlags::empty(), WQ_UNBOUND] {
        let wq = Workqueue::new("sleepers", flags, 0).unwrap();
        let gate = Gate::new();
        let sleepers: Vec<_> = (0..64).map(|_| gated(&gate)).collect();
        for work in &sleepers {
            assert!(queue_work_on(0, &wq, work));
        }
        let last = Work::new(|_| ());
        assert!(queue_work_on(0, &wq, &last));
        assert!(flush_work(&last));
        for _ in 0..64 {
            wait_for_completion(&gate.began);
        }
        complete_all(&gate.go);
        flush_workqueue(&wq);
        assert_eq!(gate.runs(), 64);
    }
}

#[test]
fn a_work_item_that_blocks_unseen_does_not_hold_up_others_for_ever() {
    for flags in [WqFlags::empty(), WQ_UNBOUND] {
        let wq = Workqueue::new("blockers", flags, 0).unwrap();
        let (go, may_go) = std::sync::mpsc::channel::<()>();
        let blocked = Work::new(move |_| may_go.recv().unwrap());
        let other = Work::new(move |_| go.send(()).unwrap());
        queue_work_on(0, &wq, &blocked);
        queue_work_on(0, &wq, &other);
        flush_workqueue(&wq);
    }
}

#[test]
fn blocking_lets_another_work_item_run_at_once() {
    let kernel = WatchedKernel::boot();
    let wq = Workqueue::new("blockers", WqFlags::empty(), 0).unwrap();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let blocked = Work::new(move |_| kthread_rt::blocking(|| may_go.recv().unwrap()));
    let other = Work::new(move |_| go.send(()).unwrap());
    queue_work_on(0, &wq, &blocked);
    queue_work_on(0, &wq, &other);
    flush_workqueue(&wq);
    drop((blocked, other, wq));
    kernel.shut_down();
}

#[test]
fn max_active_work_items_of_a_queue_run_and_no_more() {
    let wq = alloc_workqueue!("three", WQ_UNBOUND, 3).unwrap();
    let gate = Gate::new();
    let works: Vec<_> = (0..5).map(|_| gated(&gate)).collect();
    for work in &works {
        queue_work(&wq, work);
    }
    for _ in 0..3 {
        wait_for_completion(&gate.began);
    }
    assert!(workqueue_congested(None, &wq));
    assert_eq!(gate.runs(), 3);
    // The fourth runs once one of the three has ended, or the queue allows more.
    workqueue_set_max_active(&wq, 4);
    wait_for_completion(&gate.began);
    assert_eq!(gate.runs(), 4);
    complete(&gate.go);
    wait_for_completion(&gate.began);
    assert!(!workqueue_congested(None, &wq));
    complete_all(&gate.go);
    flush_workqueue(&wq);
}

#[test]
fn cancel_sync_waits_for_a_work_item_that_runs_and_queues_itself() {
    let gate = Gate::new();
    let requeued = Arc::new(Mutex::new(Vec::new()));
    let work = Arc::new(Work::new({
        let (gate, requeued) = (gate.clone(), requeued.clone());
        move |work| {
            gate.pass();
            requeued.lock().unwrap().push(schedule_work(work));
        }
    }));
    schedule_work(&work);
    wait_for_completion(&gate.began);
    let canceller = run(
        {
            let work = work.clone();
            move || i32::from(cancel_work_sync(&work))
        },
        "canceller",
    );
    assert_eq!(asleep(&canceller), TASK_UNINTERRUPTIBLE);
    assert!(!schedule_work(&work)); // nothing else queues it meanwhile
    complete(&gate.go);
    assert_eq!(kthread_stop(&canceller), 0); // it was not pending
    assert_eq!(*requeued.lock().unwrap(), [false]);
    assert_eq!(work_busy(&work), 0);
    // And it can be queued again.
    complete_all(&gate.go);
    assert!(schedule_work(&work));
    cancel_work_sync(&work);
}

#[test]
fn a_disabled_work_item_is_not_queued_until_it_is_enabled_as_often() {
    let kernel = WatchedKernel::boot();
    let work = Work::new(|_| ());
    assert!(!disable_work(&work) && !disable_work_sync(&work));
    assert!(!schedule_work(&work));
    assert!(!enable_work(&work));
    assert!(!schedule_work(&work));
    assert!(enable_work(&work));
    assert!(schedule_work(&work));
    flush_work(&work);
    kernel.warns(WarningKind::BadArgument, "enable_work", "not disabled", || {
        assert!(enable_work(&work));
    });
    drop(work);
    kernel.shut_down();
}

#[test]
fn bottom_half_work_items_have_a_softirqs_context_and_their_queues_few_flags() {
    let kernel = WatchedKernel::boot();
    for (flags, max_active) in [(WQ_BH, 5), (WQ_BH | WQ_FREEZABLE, 0), (WQ_BH | WQ_UNBOUND, 0)] {
        kernel.warns(WarningKind::BadArgument, "alloc_workqueue", "WQ_BH", || {
            assert_eq!(alloc_workqueue!("bh", flags, max_active).unwrap_err(), Errno::EINVAL);
        });
    }
    let seen = Arc::new(Mutex::new(None));
    let work = Work::new({
        let seen = seen.clone();
        move |_| *seen.lock().unwrap() = Some((in_task(), in_serving_softirq(), irqs_disabled()))
    });
    let own = alloc_workqueue!("bh", WQ_BH | WQ_HIGHPRI, 0).unwrap();
    for wq in [own, system_bh_wq(), system_bh_highpri_wq()] {
        assert!(queue_work(&wq, &work));
        flush_work(&work);
        assert_eq!(seen.lock().unwrap().take(), Some((false, true, false)));
    }
    // An ordinary item runs as a task, also on a worker that has run others.
    assert!(schedule_work(&work));
    flush_work(&work);
    assert_eq!(seen.lock().unwrap().take(), Some((true, false, false)));
    drop(work);
    kernel.shut_down();
}

#[test]
fn a_work_item_that_flushes_cancels_or_drains_itself_is_warned_and_continues() {
    let kernel = WatchedKernel::boot();
    let wq = alloc_workqueue!("selfish", 0, 0).unwrap();
    let worker = Arc::new(Mutex::new(None));
    let step = Arc::new(AtomicU32::new(0));
    let work = Work::new({
        let (wq, worker, step) = (wq.clone(), worker.clone(), step.clone());
        move |work| {
            *worker.lock().unwrap() = Some(current());
            match step.fetch_add(1, SeqCst) {
                0 => assert!(!flush_work(work)),
                1 => assert!(!cancel_work_sync(work)),
                2 => flush_workqueue(&wq),
                3 => drain_workqueue(&wq),
                _ => destroy_workqueue(&wq),
            }
        }
    });
    let calls = ["flush_work", "cancel_work_sync", "flush_workqueue", "drain_workqueue", "destroy_workqueue"];
    for call in calls {
        assert!(queue_work(&wq, &work), "{call}");
        flush_work(&work);
        let worker = worker.lock().unwrap().clone().unwrap();
        kernel.warned(&worker, WarningKind::Deadlock, call, "own");
    }
    drop((worker, work, wq));
    kernel.shut_down();
}

#[test]
fn a_queue_that_its_own_work_item_can_t_destroy_is_frozen_with_the_others() {
    let kernel = WatchedKernel::boot();
    let wq = alloc_workqueue!("selfish", WQ_FREEZABLE, 0).unwrap();
    let worker = Arc::new(Mutex::new(None));
    let own = Work::new({
        let (wq, worker) = (wq.clone(), worker.clone());
        move |_| {
            *worker.lock().unwrap() = Some(current());
            destroy_workqueue(&wq);
        }
    });
    assert!(queue_work(&wq, &own));
    flush_work(&own);
    let worker = worker.lock().unwrap().take().unwrap();
    kernel.warned(&worker, WarningKind::Deadlock, "destroy_workqueue", "own");
    let runs = Arc::new(AtomicU32::new(0));
    let counted = || {
        let runs = runs.clone();
        Work::new(move |_| _ = runs.fetch_add(1, SeqCst))
    };
    let (work, after) = (counted(), counted());
    Kernel::current().freeze_kernel_threads().unwrap();
    // The same pool: the second one begins after the first, if that begins at all.
    assert!(queue_work_on(0, &wq, &work) && queue_work_on(0, &system_wq(), &after));
    flush_work(&after);
    assert!(work_pending(&work) && runs.load(SeqCst) == 1);
    Kernel::current().thaw_processes();
    flush_work(&work);
    assert_eq!(runs.load(SeqCst), 2);
    drop((worker, own, work, wq));
    kernel.shut_down();
}

#[test]
fn a_drained_queue_takes_items_only_from_its_own_items() {
    let kernel = WatchedKernel::boot();
    let wq = alloc_workqueue!("drained", 0, 0).unwrap();
    let gate = Gate::new();
    let chained = Arc::new(AtomicU32::new(0));
    let next = Arc::new(Work::new({
        let chained = chained.clone();
        move |_| {
            chained.fetch_add(1, SeqCst);
        }
    }));
    let first = Work::new({
        let (wq, gate, next) = (wq.clone(), gate.clone(), next.clone());
        move |_| {
            gate.pass();
            assert!(queue_work(&wq, &next));
        }
    });
    queue_work(&wq, &first);
    wait_for_completion(&gate.began);
    let drainer = run(
        {
            let wq = wq.clone();
            move || {
                drain_workqueue(&wq);
                0
            }
        },
        "drainer",
    );
    asleep(&drainer);
    let stranger = Work::new(|_| unreachable!("it is refused"));
    kernel.warns(WarningKind::ShutDown, "queue_work", "drained", || {
        assert!(!queue_work(&wq, &stranger));
    });
    assert!(!work_pending(&stranger));
    complete(&gate.go);
    assert_eq!(kthread_stop(&drainer), 0);
    assert_eq!(chained.load(SeqCst), 1);
    // Afterwards it takes all items again.
    complete(&gate.go);
    assert!(queue_work(&wq, &first));
    flush_workqueue(&wq);
    drop((first, next, stranger, wq));
    kernel.shut_down();
}

#[test]
fn a_destroyed_queue_refuses_and_the_work_item_stays_idle() {
    let kernel = WatchedKernel::boot();
    let wq = alloc_workqueue!("gone", 0, 0).unwrap();
    let work = Work::new(|_| unreachable!("it is refused"));
    let delayed = DelayedWork::new(|_| unreachable!("it is refused"));
    destroy_workqueue(&wq);
    destroy_workqueue(&wq); // a second time does nothing
    kernel.warns(WarningKind::ShutDown, "queue_work", "destroyed", || {
        assert!(!queue_work(&wq, &work));
    });
    assert!(!work_pending(&work));
    assert!(queue_delayed_work(&wq, &delayed, 1000 * HZ)); // its timer can be armed
    kernel.warns(WarningKind::ShutDown, "flush_delayed_work", "destroyed", || {
        assert!(!flush_delayed_work(&delayed));
    });
    kernel.warns(WarningKind::BadArgument, "destroy_workqueue", "system workqueue", || {
        destroy_workqueue(&system_wq());
    });
    drop((work, delayed, wq));
    kernel.shut_down();
}

#[test]
fn a_work_item_that_panics_is_an_oops_and_its_worker_goes_on() {
    let kernel = WatchedKernel::boot();
    let worker = Arc::new(Mutex::new(None));
    let wq = alloc_ordered_workqueue!("oops", 0).unwrap();
    let note = |panics: bool| {
        let worker = worker.clone();
        Work::new(move |_| {
            *worker.lock().unwrap() = Some(current());
            assert!(!panics, "as it should");
        })
    };
    let (bad, good) = (note(true), note(false));
    queue_work(&wq, &bad);
    flush_workqueue(&wq);
    let first = worker.lock().unwrap().take().unwrap();
    queue_work(&wq, &good);
    flush_workqueue(&wq);
    assert_eq!(worker.lock().unwrap().take(), Some(first.clone()));
    kernel.warned_anywhere(&first, WarningKind::Oops, "work_struct.func", "\"oops\"");
    drop((first, bad, good, wq));
    kernel.shut_down();
}

#[test]
fn a_work_item_without_a_function_is_not_queued() {
    let kernel = WatchedKernel::boot();
    let work = WorkStruct::new();
    kernel.warns(WarningKind::BadArgument, "schedule_work", "no function", || {
        assert!(!schedule_work(&work));
    });
    assert!(!flush_work(&work) && !cancel_work_sync(&work));
    kernel.shut_down();
}

#[test]
fn a_shut_down_kernel_takes_no_work_items_and_leaves_no_worker() {
    let kernel = Kernel::builder().on_warning(|_| ()).boot().unwrap();
    let inside = kernel.enter();
    let wq = alloc_workqueue!("late", WQ_UNBOUND, 0).unwrap();
    let work = Work::new(|_| ());
    queue_work(&wq, &work);
    schedule_work(&work);
    flush_work(&work);
    let report = kernel.shutdown();
    assert_eq!((report.alive.len(), report.forked), (0, report.joined));
    assert!(report.forked > 0);
    assert!(!queue_work(&wq, &work) && !schedule_work(&work));
    drop((work, wq, inside));
}

#[test]
fn a_queue_of_a_freed_kernel_does_not_take_work_items_for_the_next() {
    let work = Work::new(|_| ());
    let delayed = DelayedWork::new(|_| ());
    let old = {
        let kernel = Kernel::builder().on_warning(|_| ()).boot().unwrap();
        let _inside = kernel.enter();
        let old = alloc_workqueue!("old", WQ_UNBOUND, 0).unwrap();
        assert!(queue_work(&old, &work));
        flush_workqueue(&old);
        assert!(queue_delayed_work(&old, &delayed, 1000 * HZ));
        old
    };
    // The new Kernel gets the memory of the other's pools.
    let kernel = WatchedKernel::boot();
    let new = alloc_workqueue!("new", WQ_UNBOUND, 0).unwrap();
    kernel.warns(WarningKind::ShutDown, "queue_work", "shut down", || {
        assert!(!queue_work(&old, &work));
    });
    kernel.warns(WarningKind::ShutDown, "flush_delayed_work", "shut down", || {
        assert!(!flush_delayed_work(&delayed));
    });
    assert!(queue_work(&new, &work));
    flush_workqueue(&new);
    drop((work, delayed, old, new));
    kernel.shut_down();
}

#[test]
fn a_worker_that_runs_an_item_at_shutdown_is_reported() {
    let kernel = Kernel::builder().on_warning(|_| ()).boot().unwrap();
    let inside = kernel.enter();
    let gate = Gate::new();
    let work = gated(&gate);
    schedule_work(&work);
    wait_for_completion(&gate.began);
    let report = kernel.shutdown();
    assert_eq!(report.alive.len(), 1, "{report:?}");
    assert!(report.alive[0].comm.starts_with("kworker/"), "{report:?}");
    complete(&gate.go);
    drop((work, inside));
}

#[test]
fn workers_have_the_kernels_names() {
    let kernel = WatchedKernel::boot();
    let name_in = |flags: WqFlags| {
        let wq = Workqueue::new("named", flags, 0).unwrap();
        let name = Arc::new(Mutex::new(String::new()));
        let keep = name.clone();
        let work = Work::new(move |_| *keep.lock().unwrap() = current().comm());
        queue_work_on(0, &wq, &work);
        flush_workqueue(&wq);
        name.lock().unwrap().clone()
    };
    assert_eq!(name_in(WqFlags::empty()), "kworker/0:0");
    assert_eq!(name_in(WQ_HIGHPRI), "kworker/0:0H");
    if std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap().trim() == "0-1" {
        assert_eq!(name_in(WQ_UNBOUND), "kworker/u4:0");
    }
    kernel.shut_down();
}

#[test]
fn work_items_bound_to_a_cpu_run_there_with_real_affinity() {
    for cpu in CpuMask::first(2).iter().take(std::thread::available_parallelism().unwrap().get()) {
        let on = work_on_cpu(cpu, || (current().cpus_allowed(), current().comm())).unwrap();
        assert_eq!(on.0, CpuMask::of(cpu));
        assert!(on.1.starts_with(&format!("kworker/{cpu}:")), "{on:?}");
    }
    let count = Arc::new(AtomicU32::new(0));
    let counted = count.clone();
    schedule_on_each_cpu(move || {
        counted.fetch_add(1, SeqCst);
    })
    .unwrap();
    assert!(count.load(SeqCst) >= 1);
}

#[test]
fn spawn_runs_a_closure_once_and_a_work_item_may_free_itself() {
    let wq = alloc_workqueue!("spawner", WQ_UNBOUND, 0).unwrap();
    let ran = Arc::new(AtomicU32::new(0));
    for _ in 0..100 {
        let ran = ran.clone();
        wq.spawn(move || {
            ran.fetch_add(1, SeqCst);
        })
        .unwrap();
    }
    drain_workqueue(&wq);
    assert_eq!(ran.load(SeqCst), 100);
    // A work item that is dropped in its own function.
    let slot: Arc<Mutex<Option<Work>>> = Arc::new(Mutex::new(None));
    let gone = Arc::new(Completion::new());
    let work = Work::new({
        let (slot, gone, wq) = (slot.clone(), gone.clone(), wq.clone());
        move |work| {
            queue_work(&wq, work); // cancelled by the drop
            drop(slot.lock().unwrap().take());
            complete(&gone);
        }
    });
    let mut held = slot.lock().unwrap();
    let work = held.insert(work);
    queue_work(&wq, work);
    drop(held);
    wait_for_completion(&gone);
    flush_workqueue(&wq);
    assert_eq!(Arc::strong_count(&slot), 1);
}

#[test]
fn a_flush_does_not_wait_for_later_items() {
    let wq = alloc_ordered_workqueue!("epochs", 0).unwrap();
    let (first, second) = (Gate::new(), Gate::new());
    let works = [gated(&first), gated(&second)];
    queue_work(&wq, &works[0]);
    wait_for_completion(&first.began);
    let flusher = run(
        {
            let wq = wq.clone();
            move || {
                flush_workqueue(&wq);
                0
            }
        },
        "flusher",
    );
    asleep(&flusher);
    queue_work(&wq, &works[1]);
    complete(&first.go);
    assert_eq!(kthread_stop(&flusher), 0);
    wait_for_completion(&second.began); // it is still running
    complete(&second.go);
    flush_workqueue(&wq);
}

#[test]
fn flush_work_waits_for_the_run_that_it_found() {
    let gate = Gate::new();
    let work = Arc::new(gated(&gate));
    schedule_work(&work);
    wait_for_completion(&gate.began);
    let flushed = Arc::new(AtomicBool::new(false));
    let flusher = run(
        {
            let (work, flushed) = (work.clone(), flushed.clone());
            move || {
                let waited = flush_work(&work);
                flushed.store(true, SeqCst);
                i32::from(waited)
            }
        },
        "flusher",
    );
    asleep(&flusher);
    schedule_work(&work);
    complete(&gate.go);
    assert_eq!(kthread_stop(&flusher), 1);
    wait_for_completion(&gate.began); // the second run, which was not waited for
    complete(&gate.go);
    flush_work(&work);
}

#[test]
fn freezing_waits_for_a_running_work_item() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let wq = alloc_workqueue!("freezing", WQ_FREEZABLE, 0).unwrap();
    let gate = Gate::new();
    let work = gated(&gate);
    queue_work(&wq, &work);
    wait_for_completion(&gate.began);
    let freezer = {
        let kernel = kernel.clone();
        run(
            move || {
                kernel.freeze_kernel_threads().unwrap();
                0
            },
            "freezer",
        )
    };
    asleep(&freezer);
    assert!(queue_work(&wq, &work));
    complete(&gate.go);
    assert_eq!(kthread_stop(&freezer), 0);
    assert_eq!(gate.runs(), 1);
    kernel.thaw_kernel_threads();
    wait_for_completion(&gate.began);
    complete(&gate.go);
    flush_workqueue(&wq);
}
