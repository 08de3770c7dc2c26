//! Small programs of a hostile user who writes no `unsafe`: each ends, with any result, and touches
//! no freed memory.

use super::{enter_for_long, leave, within_a_minute};
use kthread_rt::prelude::*;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;

/// Holds an object that its own function takes out and drops.
type Place<T> = Arc<Mutex<Option<T>>>;

fn kernel() -> Kernel {
    Kernel::builder().on_warning(|_| ()).boot().unwrap()
}

fn here() -> Kernel {
    Kernel::builder().on_warning(|_| ()).boot_on_demand().unwrap()
}

fn quietly(f: impl FnOnce()) {
    super::witness::oopses_are_quiet();
    let _ = catch_unwind(AssertUnwindSafe(f));
}

/// Runs each program in a thread of its own, and fails if one does not end.
macro_rules! programs {
    ($($name:ident => $body:block)*) => { $(
        #[test]
        fn $name() {
            super::witness::oopses_are_quiet();
            within_a_minute(stringify!($name), || $body);
        }
    )* };
}

/// Two runs of one `FnMut` at once would have two exclusive references to its captures.
struct Alone {
    inside: AtomicBool,
    runs: AtomicU32,
}

impl Alone {
    fn new() -> Arc<Self> {
        Arc::new(Self { inside: AtomicBool::new(false), runs: AtomicU32::new(0) })
    }

    /// One run, during which `meanwhile` is called.
    fn run(&self, meanwhile: impl FnOnce()) {
        assert!(!self.inside.swap(true, SeqCst), "it runs twice at once");
        meanwhile();
        for _ in 0..200 {
            thread::yield_now();
        }
        self.inside.store(false, SeqCst);
        self.runs.fetch_add(1, SeqCst);
    }

    fn await_runs(&self, n: u32) {
        while self.runs.load(SeqCst) < n {
            thread::yield_now();
        }
    }
}

programs! {
    // ---- objects that end in their own functions

    a_timer_drops_itself => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let place: Place<Timer> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let mine = place.clone();
        *place.lock().unwrap() = Some(Timer::new(move |_| {
            drop(mine.lock().unwrap().take());
            tx.send(()).unwrap();
        }));
        mod_timer(place.lock().unwrap().as_ref().unwrap(), jiffies());
        rx.recv().unwrap();
    }
    a_high_resolution_timer_drops_itself_and_asks_to_be_started_again => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let place: Place<HighResTimer> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let mine = place.clone();
        *place.lock().unwrap() = Some(HighResTimer::new(move |_| {
            drop(mine.lock().unwrap().take());
            tx.send(()).unwrap();
            HRTIMER_RESTART
        }));
        hrtimer_start(place.lock().unwrap().as_ref().unwrap(), 0, HRTIMER_MODE_REL);
        rx.recv().unwrap();
    }
    a_tasklet_drops_itself => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let place: Place<Tasklet> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let mine = place.clone();
        *place.lock().unwrap() = Some(Tasklet::new(move |_| {
            drop(mine.lock().unwrap().take());
            tx.send(()).unwrap();
        }));
        tasklet_schedule(place.lock().unwrap().as_ref().unwrap());
        rx.recv().unwrap();
    }
    a_work_drops_itself_and_its_queue => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let place: Place<(Work, Workqueue)> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let mine = place.clone();
        let work = Work::new(move |_| {
            let taken = mine.lock().unwrap().take();
            tx.send(taken.is_some()).unwrap();
            drop(taken);
        });
        let queue = alloc_workqueue!("mine", 0, 0).unwrap();
        let mut locked = place.lock().unwrap();
        queue_work(&queue, &work);
        *locked = Some((work, queue));
        drop(locked);
        assert!(rx.recv().unwrap());
    }
    a_delayed_work_drops_itself => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let queue = alloc_workqueue!("mine", 0, 0).unwrap();
        let place: Place<DelayedWork> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let mine = place.clone();
        let work = DelayedWork::new(move |_| {
            drop(mine.lock().unwrap().take());
            tx.send(()).unwrap();
        });
        let mut locked = place.lock().unwrap();
        queue_delayed_work(&queue, &work, 1);
        *locked = Some(work);
        drop(locked);
        rx.recv().unwrap();
    }
    a_job_drops_itself_and_its_worker => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let place: Place<(Job, Worker)> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let mine = place.clone();
        let job = Job::new(move |_| {
            drop(mine.lock().unwrap().take());
            tx.send(()).unwrap();
        });
        let worker = kthread_create_worker!(0, "mine").unwrap();
        let mut locked = place.lock().unwrap();
        kthread_queue_work(&worker, &job);
        *locked = Some((job, worker));
        drop(locked);
        rx.recv().unwrap();
    }
    a_sysctl_s_value_ends_while_it_is_told => {
        struct Loud(Arc<AtomicU32>);
        impl Drop for Loud {
            fn drop(&mut self) {
                self.0.fetch_add(sysctl_names().len() as u32 + 1, SeqCst);
            }
        }
        let kernel = kernel();
        let _inside = kernel.enter();
        let value = Sysctl::int(5);
        let header = register_sysctl("kernel/hostile", &[CtlTable::new("n", 0o644, &value)]).unwrap();
        drop(value);
        assert_eq!(sysctl_read("kernel/hostile/n").as_deref().map(str::trim), Ok("5"));
        let seen = Arc::new(AtomicU32::new(0));
        let loud = Loud(seen.clone());
        drop((header, loud));
        assert_eq!(seen.load(SeqCst), 1);
    }

    // ---- the Kernel ends in its own functions

    a_timer_drops_the_last_handle_of_its_kernel => {
        let place: Place<Kernel> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let kernel = kernel();
        let inside = kernel.enter();
        let timer = Timer::new({
            let place = place.clone();
            move |_| {
                drop(place.lock().unwrap().take());
                tx.send(()).unwrap();
            }
        });
        let mut locked = place.lock().unwrap();
        mod_timer(&timer, jiffies());
        *locked = Some(kernel);
        drop(locked);
        rx.recv().unwrap();
        drop((timer, inside));
    }
    a_work_drops_the_last_handle_of_its_kernel => {
        let place: Place<Kernel> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let kernel = kernel();
        let inside = kernel.enter();
        let queue = alloc_workqueue!("mine", 0, 0).unwrap();
        let mut locked = place.lock().unwrap();
        let mine = place.clone();
        queue.spawn(move || {
            drop(mine.lock().unwrap().take());
            tx.send(()).unwrap();
        }).unwrap();
        *locked = Some(kernel);
        drop(locked);
        rx.recv().unwrap();
        drop(queue);
        drop(inside);
    }
    a_thread_function_drops_the_last_handle_of_its_kernel => {
        let place: Place<Kernel> = Arc::default();
        let kernel = kernel();
        let inside = kernel.enter();
        let task = super::witness::runs_for_sure(
            |place: Place<Kernel>| {
                while place.lock().unwrap().is_none() {
                    thread::yield_now();
                }
                drop(place.lock().unwrap().take());
                5
            },
            place.clone(),
            "last",
        );
        *place.lock().unwrap() = Some(kernel);
        assert_eq!(kthread_stop(&task), 5);
        drop(inside);
    }
    a_condition_drops_the_last_handle_of_its_kernel => {
        let place: Place<Kernel> = Arc::default();
        let kernel = kernel();
        enter_for_long(&kernel);
        *place.lock().unwrap() = Some(kernel);
        let queue = WaitQueueHead::new();
        let left = wait_event_timeout!(queue, {
            leave();
            drop(place.lock().unwrap().take());
            false
        }, 2);
        assert_eq!(left, 0);
    }

    // ---- one object in two Kernels, and twice at once

    a_timer_is_armed_elsewhere_in_its_own_callback => {
        let (one, two) = (kernel(), kernel());
        let alone = Alone::new();
        let timer = Arc::new(OnceLock::<Timer>::new());
        let inside = one.enter();
        timer.set(Timer::new({
            let (alone, two) = (alone.clone(), two.clone());
            move |timer| alone.run(|| {
                if alone.runs.load(SeqCst) < 3 {
                    let _inside = two.enter();
                    mod_timer(timer, jiffies());
                }
            })
        })).unwrap();
        mod_timer(timer.get().unwrap(), jiffies());
        alone.await_runs(4);
        drop(inside);
    }
    a_work_is_queued_elsewhere_while_it_runs => {
        let (one, two) = (kernel(), kernel());
        let alone = Alone::new();
        let queues = [&one, &two].map(|kernel| {
            let _inside = kernel.enter();
            alloc_workqueue!("q", 0, 0).unwrap()
        });
        let queues = Arc::new(Mutex::new(queues));
        let inside = one.enter();
        let work = Work::new({
            let (alone, queues, two) = (alone.clone(), queues.clone(), two.clone());
            move |work| alone.run(|| {
                if alone.runs.load(SeqCst) < 3 {
                    let _inside = two.enter();
                    queue_work(&queues.lock().unwrap()[1], work);
                }
            })
        });
        queue_work(&queues.lock().unwrap()[0], &work);
        alone.await_runs(4);
        drop(work);
        drop(inside);
        // A cycle of the queue and the work item's function would keep it.
        drop(queues);
    }
    a_tasklet_is_scheduled_elsewhere_while_it_runs => {
        let (one, two) = (kernel(), kernel());
        let alone = Alone::new();
        let inside = one.enter();
        let tasklet = Tasklet::new({
            let (alone, two) = (alone.clone(), two.clone());
            move |tasklet| alone.run(|| {
                if alone.runs.load(SeqCst) < 3 {
                    let _inside = two.enter();
                    tasklet_schedule(tasklet);
                }
            })
        });
        tasklet_schedule(&tasklet);
        alone.await_runs(4);
        drop(tasklet);
        drop(inside);
    }
    a_high_resolution_timer_is_started_elsewhere_while_it_runs => {
        let (one, two) = (kernel(), kernel());
        let alone = Alone::new();
        let inside = one.enter();
        let timer = HighResTimer::new({
            let (alone, two) = (alone.clone(), two.clone());
            move |timer| {
                alone.run(|| {
                    if alone.runs.load(SeqCst) < 3 {
                        let _inside = two.enter();
                        hrtimer_start(timer, 0, HRTIMER_MODE_REL);
                    }
                });
                HRTIMER_NORESTART
            }
        });
        hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
        alone.await_runs(4);
        drop(timer);
        drop(inside);
    }

    // ---- guards that are forgotten, moved, or dropped in the wrong order

    a_mutex_moves_while_it_is_locked => {
        let kernel = here();
        let _inside = kernel.enter();
        let mutex = Box::new(RawMutex::new());
        mutex.lock();
        let moved = *mutex;
        moved.unlock();
        assert!(!moved.is_locked());
        moved.lock();
        assert_eq!(moved.owner(), Some(current()));
    }
    what_was_waited_on_moves => {
        let kernel = here();
        let _inside = kernel.enter();
        let (queue, done, sem) = (WaitQueueHead::new(), Completion::new(), Semaphore::new(0));
        assert_eq!(wait_event_timeout!(queue, false, 1), 0);
        assert_eq!(wait_for_completion_timeout(&done, 1), 0);
        assert_eq!(sem.down_timeout(1), Err(Errno::ETIME));
        let boxed = Box::new((queue, done, sem));
        wake_up_all(&boxed.0);
        complete(&boxed.1);
        boxed.2.up();
        assert_eq!(wait_event_timeout!(boxed.0, false, 1), 0);
        wait_for_completion(&boxed.1);
        boxed.2.down();
    }
    a_lock_s_owner_has_ended_and_its_kernel_too => {
        static LOCK: KMutex<u32> = KMutex::new(5);
        static PI: RtMutex<u32> = RtMutex::new(5);
        let kernel = here();
        thread::spawn(move || {
            enter_for_long(&kernel);
            mem::forget(LOCK.lock());
            mem::forget(PI.lock());
            leave();
            drop(kernel);
        }).join().unwrap();
        let other = here();
        let _inside = other.enter();
        assert!(LOCK.try_lock().is_none() && PI.try_lock().is_none());
        let owners = [LOCK.owner(), PI.owner()].map(|owner| owner.map(|task| task.state()));
        assert_eq!(owners, [Some(TASK_DEAD); 2]);
        assert!(format!("{LOCK:?} {PI:?}").contains("locked"));
    }
    guards_are_dropped_in_another_kernel => {
        let (one, two) = (here(), here());
        let (mutex, rt, rw) = (KMutex::new(1), RtMutex::new(2), RwSemaphore::new(3));
        let (ww, percpu, spin) = (WwClass::wound_wait(), PercpuRwSemaphore::new(4), SpinLock::new(5));
        enter_for_long(&one);
        let guards = (mutex.lock(), rt.lock(), rw.write(), percpu.write(), spin.lock());
        let context = WwAcquireCtx::new(&ww);
        leave();
        drop(one);
        let _inside = two.enter();
        drop(guards);
        assert!(!mutex.is_locked() && !rt.is_locked() && !rw.is_locked());
        assert_eq!(context.acquired(), 0);
    }
    attachments_go_in_any_order => {
        let kernels = [here(), here(), here()];
        let me = current();
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut inside: Vec<_> = kernels.iter().map(|kernel| Some(kernel.enter())).collect();
            for gone in order {
                drop(inside[gone].take());
                let _ = current().comm();
            }
            assert_eq!(current(), me);
        }
        let forgotten = kernels[0].enter();
        mem::forget(forgotten);
        drop(kernels);
        let _ = current().comm();
    }
    an_entry_outlives_its_task => {
        static QUEUE: WaitQueueHead = WaitQueueHead::new();
        let kernel = here();
        enter_for_long(&kernel);
        let entries = [Box::pin(WaitEntry::new()), Box::pin(WaitEntry::staying()), Box::pin(WaitEntry::woken())];
        for entry in &entries {
            prepare_to_wait(&QUEUE, entry.as_ref(), TASK_INTERRUPTIBLE);
        }
        leave();
        drop(kernel);
        wake_up_all(&QUEUE);
        assert_eq!(wait_woken(entries[2].as_ref(), TASK_INTERRUPTIBLE, 1), 1);
        let [forgotten, ..] = entries;
        mem::forget(forgotten);
        wake_up_all(&QUEUE);
    }
    sections_are_never_ended => {
        let kernel = here();
        let _inside = kernel.enter();
        let domain = SrcuStruct::new();
        let _never_ended = srcu_read_lock(&domain);
        let moved = Box::new(domain);
        srcu_read_unlock(&moved, 0);
        srcu_read_unlock(&moved, 1);
        srcu_read_unlock(&moved, 77);
        synchronize_srcu(&moved);
        local_bh_disable();
        preempt_disable();
        msleep(1);
    }

    // ---- panics, and exits, in everything

    a_panic_of_any_payload_ends_what_panicked_alone => {
        struct Worse;
        impl Drop for Worse {
            fn drop(&mut self) {
                panic!("in the payload's drop");
            }
        }
        let kernel = kernel();
        let _inside = kernel.enter();
        let queue = alloc_workqueue!("panics", 0, 0).unwrap();
        let timer = Timer::new(|_| panic_any(Worse));
        let tasklet = Tasklet::new(|_| panic_any(Worse));
        let work = Work::new(|_| panic_any(Worse));
        mod_timer(&timer, jiffies());
        tasklet_schedule(&tasklet);
        queue_work(&queue, &work);
        queue.spawn(|| panic_any(Worse)).unwrap();
        let task = super::witness::runs_for_sure(|()| panic_any(Worse), (), "panics");
        assert_eq!(kthread_stop(&task), Errno::EFAULT.as_return());
        flush_workqueue(&queue);
        drop((timer, tasklet, work, queue));
        let task = super::witness::runs_for_sure(|()| 3, (), "goes-on");
        assert_eq!(kthread_stop(&task), 3);
    }
    an_exit_where_there_is_no_function_of_a_kthread => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let queue = alloc_workqueue!("exits", 0, 0).unwrap();
        let timer = Timer::new(|_| kthread_exit(1));
        let tasklet = Tasklet::new(|_| kthread_exit(1));
        mod_timer(&timer, jiffies());
        tasklet_schedule(&tasklet);
        queue.spawn(|| kthread_exit(1)).unwrap();
        flush_workqueue(&queue);
        async_schedule(|(), _| kthread_exit(1), ());
        async_synchronize_full();
        quietly(|| kthread_exit(1));
        drop((timer, tasklet, queue));
        let task = super::witness::runs_for_sure(|()| 3, (), "goes-on");
        assert_eq!(kthread_stop(&task), 3);
    }
    a_condition_exits_and_panics_in_each_wait => {
        let kernel = kernel();
        let _inside = kernel.enter();
        static QUEUE: WaitQueueHead = WaitQueueHead::new();
        static LOCK: SpinLock<u32> = SpinLock::new(0);
        let waits: [fn(&mut dyn FnMut() -> bool); 6] = [
            |c| wait_event!(QUEUE, c()),
            |c| _ = wait_event_interruptible!(QUEUE, c()),
            |c| _ = wait_event_timeout!(QUEUE, c(), 1000),
            |c| swait_event_exclusive!(SwaitQueueHead::new(), c()),
            |c| wait_var_event!(&0_u32, c()),
            |c| {
                let mut guard = LOCK.lock();
                wait_event_lock_irq!(QUEUE, c(), guard);
            },
        ];
        for wait in waits {
            for panics in [false, true] {
                let looks = Arc::new(AtomicU32::new(0));
                let function = move |()| {
                    let looked = looks.clone();
                    wait(&mut || {
                        // Not at the first test, when it has not queued up.
                        if looked.fetch_add(1, SeqCst) == 0 {
                            return false;
                        }
                        if panics {
                            panic!("a condition");
                        }
                        kthread_exit(9)
                    });
                    0
                };
                let task = super::witness::runs_for_sure(function, (), "waits");
                assert_eq!(kthread_stop(&task), if panics { Errno::EFAULT.as_return() } else { 9 });
                assert!(!waitqueue_active(&QUEUE) && LOCK.try_lock().is_some());
            }
        }
    }
    data_locks_what_it_is_in => {
        struct Inner(Arc<KMutex<Option<Inner>>>);
        impl Drop for Inner {
            fn drop(&mut self) {
                // The lock is held: a panic, in a destructor.
                let _ = self.0.lock();
            }
        }
        let kernel = here();
        let _inside = kernel.enter();
        let lock = Arc::new(KMutex::new(None));
        *lock.lock() = Some(Inner(lock.clone()));
        quietly(|| *lock.lock() = None);
        assert!(lock.try_lock().is_some());
    }
    callbacks_of_hotplug_panic => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let plug = || SmpHotplugThread::new("plug/%u", |_| true, |_| panic!("thread_fn"));
        let last = cpu_online_mask().iter().last().unwrap();
        for plug in [
            plug(),
            plug().setup(|_| panic!("setup")),
            plug().cleanup(|_, _| panic!("cleanup")),
            plug().park(|_| panic!("park")),
            plug().unpark(|_| panic!("unpark")),
        ] {
            let threads = smpboot_register_percpu_thread(plug).unwrap();
            quietly(|| _ = kernel.cpu_down(last));
            quietly(|| _ = kernel.cpu_up(last));
            drop(threads);
        }
        quietly(|| _ = remove_cpu_telling(last, |_| panic!("tell")));
        quietly(|| _ = add_cpu_telling(last, |_| panic!("tell")));
        cpus_read_lock();
        cpus_read_unlock();
        drop(smpboot_register_percpu_thread(SmpHotplugThread::new("after/%u", |_| false, |_| ())).unwrap());
    }

    // ---- tasks that have ended, or are not the user's own

    all_calls_on_tasks_that_have_ended => {
        let kernel = kernel();
        let inside = kernel.enter();
        let ended = super::witness::runs_for_sure(|()| 4, (), "ended");
        _ = kthread_stop(&ended);
        let own = current();
        let others = [ended, kernel.kthreadd().unwrap(), own.clone(), own.parent().unwrap()];
        let calls = |task: &Task| {
            wake_up_process(task);
            set_user_nice(task, 3);
            sched_set_fifo(task);
            let _ = set_cpus_allowed_ptr(task, &CpuMask::first(1));
            let _ = send_sig(15, task, 1);
            flush_signals(task);
            let _ = kthread_park(task);
            kthread_unpark(task);
            let _ = kthread_stop(task);
            let _ = wait_task_inactive(task, TASK_DEAD);
            let _ = (format!("{task:?}"), task.waits_on(), task.held_locks(), task.os_tid(), kthread_func(task));
            assert_eq!(kthread_data(task), std::ptr::null_mut());
            let _ = freezing(task);
        };
        others.iter().for_each(calls);
        kernel.shutdown();
        others.iter().for_each(calls);
        drop(inside);
        drop(kernel);
        others.iter().for_each(calls);
    }
    a_handle_outlives_the_kernel => {
        let kernel = kernel();
        let inside = kernel.enter();
        let handle = Kernel::current();
        let queue = alloc_workqueue!("late", 0, 0).unwrap();
        let worker = kthread_create_worker!(0, "late").unwrap();
        let (timer, work) = (Timer::new(|_| ()), Work::new(|_| ()));
        drop(inside);
        drop(kernel);
        let _inside = handle.enter();
        assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
        mod_timer(&timer, jiffies());
        queue_work(&queue, &work);
        let _ = worker.queue_once(|| ());
        let _ = (handle.cpu_down(0), handle.cpu_up(0), handle.tasks(), handle.kthreadd(), handle.uptime_ns());
        handle.thaw_processes();
        handle.shutdown();
        drop((timer, work));
        drop(worker);
    }
    a_kthread_stops_and_parks_itself_in_its_last_destructor => {
        struct Last(Task);
        impl Drop for Last {
            fn drop(&mut self) {
                assert_eq!(kthread_stop(&self.0), 6);
                let _ = (kthread_park(&self.0), kthread_should_stop());
                mem::forget(KMutex::new(1).lock());
                let late = kthread_create!(|()| 0, (), "late");
                late.iter().for_each(|task| _ = kthread_stop(task));
            }
        }
        thread_local! { static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) } }
        let kernel = kernel();
        let _inside = kernel.enter();
        let task = super::witness::runs_for_sure(
            |()| {
                let me = current();
                _ = kthread_stop(&me);
                let _ = kthread_park(&me);
                LAST.set(Some(Last(me)));
                6
            },
            (),
            "self",
        );
        assert_eq!(kthread_stop(&task), 6);
        kernel.shutdown();
    }
    calls_from_a_call_of_async_schedule => {
        let kernel = kernel();
        let _inside = kernel.enter();
        let domain = Arc::new(AsyncDomain::exclusive());
        let (tx, rx) = mpsc::channel();
        let again = domain.clone();
        domain.schedule(move |_| {
            async_synchronize_full();
            again.synchronize_full();
            let last = again.clone();
            again.schedule(move |_| drop(last));
            drop(again);
            tx.send(()).unwrap();
        });
        rx.recv().unwrap();
        drop(domain);
    }
}
