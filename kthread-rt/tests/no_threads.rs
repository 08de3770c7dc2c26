//! Every call that waits, or that needs a thread, when the system refuses threads: none ever hangs.
//!
//! Each row runs in a process of its own, once with RLIMIT_NPROC used up, and once with no address
//! space left for stacks. The table in `docs/no-threads.md` has each row's results and warnings;
//! `BLESS=1` writes it anew. "From the start": the process has only its first thread. "Later": the
//! object of the call exists, and has been used.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::prelude::*;
use kthread_rt::{RcuHead, call_rcu, rcu_barrier};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, io};
use witness::{Noted, Warnings};

/// No row takes longer, from the moment when threads are refused. No call sleeps for more than some
/// jiffies.
const BOUND: Duration = Duration::from_secs(5);

fn ok(result: i32) {
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
}

fn set_soft_limit(resource: libc::__rlimit_resource_t, value: u64) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid for both calls.
    unsafe {
        ok(libc::getrlimit(resource, &mut limit));
        limit.rlim_cur = value.min(limit.rlim_max);
        ok(libc::setrlimit(resource, &limit));
    }
}

/// The resource that the system refuses.
#[derive(Debug, Clone, Copy)]
enum Lack {
    Threads,
    Stacks,
}

impl Lack {
    /// Refuses it from now on.
    fn begins(self) {
        match self {
            Self::Threads => set_soft_limit(libc::RLIMIT_NPROC, 0),
            Self::Stacks => {
                let statm = fs::read_to_string("/proc/self/statm").expect("procfs is there");
                let pages: u64 = statm.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
                // Less than a stack, and enough for everything else.
                set_soft_limit(libc::RLIMIT_AS, pages * 4096 + (3 << 19));
            }
        }
    }
}

impl Lack {
    /// Grants threads again, as before.
    fn ends(self) {
        let resource = match self {
            Self::Threads => libc::RLIMIT_NPROC,
            Self::Stacks => libc::RLIMIT_AS,
        };
        set_soft_limit(resource, libc::RLIM_INFINITY);
    }
}

/// The environment of a row, and the time when the refusal begins.
struct Scene {
    lack: Lack,
    begun: Cell<Instant>,
    warnings: Warnings,
}

impl Scene {
    fn lack(&self) {
        self.warnings.take();
        self.begun.set(Instant::now());
        self.lack.begins();
    }
}

/// Formats a return value.
fn say(value: impl Debug) -> String {
    format!("{value:?}")
}

/// Counts.
#[derive(Clone, Default)]
struct Count(Arc<AtomicU32>);

impl Count {
    fn one(&self) {
        self.0.fetch_add(1, SeqCst);
    }

    fn ran(&self) -> String {
        format!("ran {}", self.0.load(SeqCst))
    }
}

fn counting_work() -> (Work, Count) {
    let count = Count::default();
    let ran = count.clone();
    (Work::new(move |_| ran.one()), count)
}

fn counting_delayed() -> (DelayedWork, Count) {
    let count = Count::default();
    let ran = count.clone();
    (DelayedWork::new(move |_| ran.one()), count)
}

fn fill(queue: &Workqueue) -> Count {
    let count = Count::default();
    for _ in 0..100 {
        let ran = count.clone();
        queue.spawn(move || ran.one()).expect("it has a worker");
    }
    count
}

fn queue_made(flags: WqFlags, scene: &Scene) -> Workqueue {
    let queue = alloc_workqueue!("made", flags, 0).expect("there are threads");
    scene.lack();
    queue
}

/// What a callback completes, or "too late".
fn wait_for(called: &Completion) -> &'static str {
    if wait_for_completion_timeout(called, 4 * HZ) != 0 { "called" } else { "too late" }
}

struct Row {
    name: &'static str,
    ask: fn(&Scene) -> String,
}

macro_rules! rows {
    ($($name:literal => |$scene:ident| $ask:expr;)*) => {
        const ROWS: &[Row] = &[$(Row { name: $name, ask: |$scene| $ask },)*];
    };
}

rows! {
    "kthread_run, from the start" => |scene| {
        scene.lack();
        say(kthread_run!(|()| 0, (), "none").map(|_| ()))
    };
    "kthread_create, later" => |scene| {
        Kernel::current().kthreadd().expect("there are threads");
        scene.lack();
        say(kthread_create!(|()| 0, (), "none").map(|_| ()))
    };
    "kthread_park, kthread_unpark, kthread_stop of a thread that is there" => |scene| {
        let body = |()| {
            while !kthread_should_stop() {
                if kthread_should_park() {
                    kthread_parkme();
                }
                schedule_timeout_interruptible(1);
            }
            7
        };
        let task = kthread_run!(body, (), "there").expect("there are threads");
        scene.lack();
        let parked = kthread_park(&task);
        kthread_unpark(&task);
        format!("{parked:?}, {}", kthread_stop(&task))
    };
    "schedule_work, flush_work, cancel_work_sync, from the start" => |scene| {
        scene.lack();
        let (work, ran) = counting_work();
        let said = (schedule_work(&work), flush_work(&work), cancel_work_sync(&work), work_pending(&work));
        format!("{said:?}, {}", ran.ran())
    };
    "schedule_work, flush_work, later" => |scene| {
        let (work, ran) = counting_work();
        schedule_work_on(0, &work);
        flush_work(&work);
        scene.lack();
        let queued = schedule_work(&work);
        flush_work(&work);
        format!("{queued}, {}", ran.ran())
    };
    "flush_workqueue of a system queue, from the start" => |scene| {
        scene.lack();
        let (work, ran) = counting_work();
        let queued = queue_work(&system_highpri_wq(), &work);
        flush_workqueue(&system_highpri_wq());
        format!("{queued}, {}", ran.ran())
    };
    "alloc_workqueue, from the start" => |scene| {
        scene.lack();
        say(alloc_workqueue!("none", WQ_UNBOUND, 0).map(|_| ()))
    };
    "alloc_workqueue with WQ_MEM_RECLAIM, later" => |scene| {
        let queue = queue_made(WQ_UNBOUND, scene);
        let other = alloc_workqueue!("none", WQ_UNBOUND | WQ_MEM_RECLAIM, 0).map(|_| ());
        drop(queue);
        say(other)
    };
    "alloc_ordered_workqueue, of a pool that has a worker" => |scene| {
        let queue = queue_made(WQ_UNBOUND, scene);
        let ordered = alloc_ordered_workqueue!("ordered", 0).expect("there is a worker");
        let count = fill(&ordered);
        destroy_workqueue(&ordered);
        drop(queue);
        count.ran()
    };
    "flush_workqueue, later, of a queue never used" => |scene| {
        let queue = queue_made(WqFlags::empty(), scene);
        let count = fill(&queue);
        flush_workqueue(&queue);
        count.ran()
    };
    "drain_workqueue, later, unbound" => |scene| {
        let queue = queue_made(WQ_UNBOUND, scene);
        let count = fill(&queue);
        drain_workqueue(&queue);
        count.ran()
    };
    "destroy_workqueue, later" => |scene| {
        let queue = queue_made(WQ_CPU_INTENSIVE, scene);
        let count = fill(&queue);
        destroy_workqueue(&queue);
        count.ran()
    };
    "queue_work_on every cpu, flush_workqueue, later" => |scene| {
        let queue = queue_made(WqFlags::empty(), scene);
        let works: Vec<_> = cpu_online_mask().iter().map(|cpu| (cpu, counting_work())).collect();
        let queued = works.iter().all(|(cpu, (work, _))| queue_work_on(*cpu, &queue, work));
        flush_workqueue(&queue);
        format!("{queued}, all ran: {}", works.iter().all(|(_, (_, count))| count.ran() == "ran 1"))
    };
    "a work that sleeps, and one behind it, flush_workqueue, later" => |scene| {
        let queue = queue_made(WQ_UNBOUND, scene);
        let (count, go, sleeper) = (Count::default(), Arc::new(Completion::new()), Arc::new(Mutex::new(None)));
        let (first, second) = (count.clone(), count.clone());
        let begun = Arc::new(Completion::new());
        let sleeps = {
            let (go, begun, sleeper) = (go.clone(), begun.clone(), sleeper.clone());
            move || {
                *sleeper.lock().unwrap() = Some(current());
                complete(&begun);
                wait_for_completion(&go);
                first.one();
            }
        };
        queue.spawn(sleeps).expect("it has a worker");
        wait_for_completion(&begun);
        queue.spawn(move || second.one()).expect("it has a worker");
        let sleeper = sleeper.lock().unwrap().take().expect("it has begun");
        _ = wait_task_inactive(&sleeper, TASK_UNINTERRUPTIBLE);
        complete(&go);
        flush_workqueue(&queue);
        count.ran()
    };
    "dropping a queue after shutdown" => |scene| {
        let queue = queue_made(WqFlags::empty(), scene);
        let count = fill(&queue);
        Kernel::current().shutdown();
        drop(queue);
        count.ran()
    };
    "work_on_cpu, from the start" => |scene| {
        scene.lack();
        say(work_on_cpu(0, || 7))
    };
    "work_on_cpu, later, on every cpu" => |scene| {
        work_on_cpu(0, || ()).expect("there are threads");
        scene.lack();
        say(cpu_online_mask().iter().all(|cpu| work_on_cpu(cpu, || 7) == Ok(7)))
    };
    "schedule_on_each_cpu, from the start" => |scene| {
        scene.lack();
        say(schedule_on_each_cpu(|| ()))
    };
    "schedule_on_each_cpu, later" => |scene| {
        work_on_cpu(0, || ()).expect("there are threads");
        scene.lack();
        let count = Count::default();
        let ran = count.clone();
        let result = schedule_on_each_cpu(move || ran.one());
        format!("{result:?}, all ran: {}", count.0.load(SeqCst) == cpu_online_mask().count())
    };
    "queue_delayed_work, flush_delayed_work, from the start" => |scene| {
        scene.lack();
        let (work, ran) = counting_delayed();
        let queued = schedule_delayed_work(&work, 1);
        format!("{queued}, {}, {}", flush_delayed_work(&work), ran.ran())
    };
    "queue_delayed_work, flush_delayed_work, later" => |scene| {
        let queue = queue_made(WqFlags::empty(), scene);
        let (work, ran) = counting_delayed();
        let queued = queue_delayed_work(&queue, &work, 1000 * HZ);
        format!("{queued}, {}, {}", flush_delayed_work(&work), ran.ran())
    };
    "queue_delayed_work for one jiffy, later" => |scene| {
        let queue = queue_made(WqFlags::empty(), scene);
        let done = Arc::new(Completion::new());
        let work = DelayedWork::new({ let done = done.clone(); move |_| complete(&done) });
        let queued = queue_delayed_work(&queue, &work, 1);
        format!("{queued}, {}", wait_for(&done))
    };
    "mod_delayed_work, cancel_delayed_work_sync, from the start" => |scene| {
        scene.lack();
        let (work, ran) = counting_delayed();
        let said = (mod_delayed_work(&system_wq(), &work, HZ), cancel_delayed_work_sync(&work));
        format!("{said:?}, {}", ran.ran())
    };
    "mod_delayed_work, cancel_delayed_work_sync, later" => |scene| {
        let queue = queue_made(WqFlags::empty(), scene);
        let (work, ran) = counting_delayed();
        let said = (mod_delayed_work(&queue, &work, HZ), cancel_delayed_work_sync(&work));
        format!("{said:?}, {}", ran.ran())
    };
    "async_schedule, async_synchronize_full, from the start" => |scene| {
        scene.lack();
        let count = Count::default();
        async_schedule(|count: Count, _| count.one(), count.clone());
        async_synchronize_full();
        count.ran()
    };
    "async_schedule, async_synchronize_full, later" => |scene| {
        async_schedule(|(), _| (), ());
        async_synchronize_full();
        scene.lack();
        let count = Count::default();
        for _ in 0..50 {
            async_schedule(|count: Count, _| count.one(), count.clone());
        }
        async_synchronize_full();
        count.ran()
    };
    "call_rcu, rcu_barrier, from the start" => |scene| {
        scene.lack();
        called_after_a_grace_period()
    };
    "call_rcu, rcu_barrier, later" => |scene| {
        called_after_a_grace_period();
        scene.lack();
        called_after_a_grace_period()
    };
    "synchronize_rcu, synchronize_srcu, from the start" => |scene| {
        scene.lack();
        synchronize_rcu();
        synchronize_srcu(&SrcuStruct::new());
        "over".into()
    };
    "call_usermodehelper UMH_WAIT_PROC, from the start" => |scene| {
        scene.lack();
        say(call_usermodehelper("/bin/true", &["true"], &[], UMH_WAIT_PROC))
    };
    "call_usermodehelper UMH_WAIT_EXEC, later" => |scene| {
        Kernel::current().kthreadd().expect("there are threads");
        scene.lack();
        say(call_usermodehelper("/bin/true", &["true"], &[], UMH_WAIT_EXEC))
    };
    "call_usermodehelper UMH_NO_WAIT, later" => |scene| {
        Kernel::current().kthreadd().expect("there are threads");
        scene.lack();
        say(call_usermodehelper("/bin/true", &["true"], &[], UMH_NO_WAIT))
    };
    "kthread_create_worker, from the start" => |scene| {
        scene.lack();
        say(kthread_create_worker!(0, "none").map(|_| ()))
    };
    "kthread_queue_work, kthread_flush_worker, kthread_destroy_worker, later" => |scene| {
        let worker = kthread_create_worker!(0, "there").expect("there are threads");
        scene.lack();
        let count = Count::default();
        let work = Job::new({ let count = count.clone(); move |_| count.one() });
        let queued = kthread_queue_work(&worker, &work);
        kthread_flush_worker(&worker);
        let said = (queued, kthread_flush_work(&work), kthread_cancel_work_sync(&work));
        kthread_destroy_worker(&worker);
        format!("{said:?}, {}", count.ran())
    };
    "kthread_queue_delayed_work, kthread_cancel_delayed_work_sync, later" => |scene| {
        let worker = kthread_create_worker!(0, "there").expect("there are threads");
        scene.lack();
        let work = DelayedJob::new(|_| ());
        let said = (kthread_queue_delayed_work(&worker, &work, HZ), kthread_cancel_delayed_work_sync(&work));
        kthread_destroy_worker(&worker);
        say(said)
    };
    "add_timer, del_timer_sync, from the start" => |scene| {
        scene.lack();
        let timer = Timer::new(|_| ());
        mod_timer(&timer, jiffies() + 1);
        msleep(12);
        say((timer_pending(&timer), del_timer_sync(&timer)))
    };
    "mod_timer of a Kernel that had a timer, later" => |scene| {
        let done = Arc::new(Completion::new());
        let timer = Timer::new({ let done = done.clone(); move |_| complete(&done) });
        mod_timer(&timer, jiffies());
        wait_for_completion(&done);
        scene.lack();
        mod_timer(&timer, jiffies() + 1);
        wait_for(&done).into()
    };
    "hrtimer_start, hrtimer_cancel, from the start" => |scene| {
        scene.lack();
        let timer = HighResTimer::new(|_| HrtimerRestart::NoRestart);
        hrtimer_start(&timer, 1_000, HRTIMER_MODE_REL);
        say(hrtimer_cancel(&timer))
    };
    "tasklet_schedule, tasklet_kill, from the start" => |scene| {
        scene.lack();
        let count = Count::default();
        let tasklet = Tasklet::new({ let count = count.clone(); move |_| count.one() });
        tasklet_schedule(&tasklet);
        tasklet_kill(&tasklet);
        tasklet_disable(&tasklet);
        tasklet_enable(&tasklet);
        count.ran()
    };
    "irq_work_queue, irq_work_sync, from the start" => |scene| {
        scene.lack();
        DEFINE_IRQ_WORK!(static WORK = |_| ());
        let queued = irq_work_queue(&WORK);
        irq_work_sync(&WORK);
        say((queued, irq_work_is_pending(&WORK)))
    };
    "mod_timer, from the start; later there are threads, and somebody sleeps" => |scene| {
        let done = Arc::new(Completion::new());
        let timer = Timer::new({ let done = done.clone(); move |_| complete(&done) });
        scene.lack();
        mod_timer(&timer, jiffies() + 1);
        scene.lack.ends();
        wait_for(&done).into()
    };
    "mod_timer, from the start; somebody sleeps, and then there are threads" => |scene| {
        let done = Arc::new(Completion::new());
        let timer = Timer::new({ let done = done.clone(); move |_| complete(&done) });
        let ender = ends_lack_when_asleep(scene, current());
        scene.lack();
        mod_timer(&timer, jiffies() + 1);
        let said = wait_for(&done).into();
        ender.join().expect("it only waits");
        said
    };
    "mod_timer, from the start, by a task that never sleeps; another sleeps already" => |scene| {
        let called = Arc::new(AtomicU32::new(0));
        let timer = Timer::new({ let called = called.clone(); move |_| _ = called.fetch_add(1, SeqCst) });
        let begun = Arc::new(Completion::new());
        let body = |begun: Arc<Completion>| {
            complete(&begun);
            while !kthread_should_stop() {
                set_current_state(TASK_INTERRUPTIBLE);
                schedule();
            }
            0
        };
        let sleeper = kthread_run!(body, begun.clone(), "sleeper").expect("there are threads");
        wait_for_completion(&begun);
        assert!(wait_task_inactive(&sleeper, TASK_RUNNING));
        scene.lack();
        mod_timer(&timer, jiffies() + 1);
        scene.lack.ends();
        // The caller is not a task that sleeps: only the system can refuse it.
        let begun = Instant::now();
        while called.load(SeqCst) == 0 && begun.elapsed() < BOUND {
            std::thread::yield_now();
        }
        let said = if called.load(SeqCst) == 1 { "called" } else { "too late" };
        _ = kthread_stop(&sleeper);
        said.into()
    };
    "hrtimer_start, from the start; later there are threads" => |scene| {
        let done = Arc::new(Completion::new());
        let timer = HighResTimer::new({
            let done = done.clone();
            move |_| {
                complete(&done);
                HrtimerRestart::NoRestart
            }
        });
        scene.lack();
        hrtimer_start(&timer, 1_000, HRTIMER_MODE_REL);
        scene.lack.ends();
        wait_for(&done).into()
    };
    "tasklet_schedule, from the start; later there are threads" => |scene| {
        let done = Arc::new(Completion::new());
        let tasklet = Tasklet::new({ let done = done.clone(); move |_| complete(&done) });
        scene.lack();
        tasklet_schedule(&tasklet);
        scene.lack.ends();
        wait_for(&done).into()
    };
    "irq_work_queue, from the start; later there are threads" => |scene| {
        static DONE: Completion = Completion::new();
        DEFINE_IRQ_WORK!(static WORK = |_| complete(&DONE));
        scene.lack();
        irq_work_queue(&WORK);
        scene.lack.ends();
        wait_for(&DONE).into()
    };
    "a timer, a tasklet and an irq_work, from the start; 0.3 s later there are threads: how many pids that costs" => |scene| {
        static DONE: [Completion; 3] = [const { Completion::new() }; 3];
        DEFINE_IRQ_WORK!(static WORK = |_| complete(&DONE[0]));
        let timer = Timer::new(|_| complete(&DONE[1]));
        let tasklet = Tasklet::new(|_| complete(&DONE[2]));
        scene.lack();
        irq_work_queue(&WORK);
        mod_timer(&timer, jiffies());
        tasklet_schedule(&tasklet);
        msleep(300);
        let idle = DONE.each_ref().map(completion_done);
        scene.lack.ends();
        let said = DONE.each_ref().map(wait_for);
        let next = kthread_create!(|()| 0, (), "next").expect("there are threads");
        let pids = next.pid() - current().pid();
        _ = kthread_stop(&next);
        format!("{idle:?}, {said:?}, {pids}")
    };
    "smpboot_register_percpu_thread, from the start" => |scene| {
        scene.lack();
        say(smpboot_register_percpu_thread(SmpHotplugThread::new("none/%u", |_| false, |_| ())).map(|_| ()))
    };
    "cpu_down, cpu_up with per-cpu threads, later" => |scene| {
        let threads = smpboot_register_percpu_thread(SmpHotplugThread::new("there/%u", |_| false, |_| ()));
        scene.lack();
        let kernel = Kernel::current();
        let cpu = kernel.online_cpus().iter().last().expect("there is one");
        let said = if kernel.online_cpus().count() == 1 {
            "Ok(()), Ok(())".into() // one cpu can't be taken down
        } else {
            format!("{:?}, {:?}", kernel.cpu_down(cpu), kernel.cpu_up(cpu))
        };
        drop(threads);
        said
    };
    "freeze_processes, freeze_kernel_threads, thaw_processes, later" => |scene| {
        let queue = queue_made(WQ_FREEZABLE, scene);
        let said = (freeze_processes(), freeze_kernel_threads());
        let (work, ran) = counting_work();
        queue_work(&queue, &work);
        thaw_processes();
        flush_workqueue(&queue);
        format!("{said:?}, {}", ran.ran())
    };
    "shutdown while a freezable queue is frozen, then its drop" => |scene| {
        let queue = queue_made(WQ_FREEZABLE, scene);
        let frozen = freeze_kernel_threads();
        let (work, ran) = counting_work();
        queue_work(&queue, &work);
        Kernel::current().shutdown();
        drop(queue);
        drop(work);
        format!("{frozen:?}, {}", ran.ran())
    };
    "msleep, usleep_range, schedule_timeout, schedule_hrtimeout, from the start" => |scene| {
        scene.lack();
        msleep(1);
        usleep_range(10, 20);
        set_current_state(TASK_INTERRUPTIBLE);
        let hr = schedule_hrtimeout(Some(1_000), HRTIMER_MODE_REL);
        format!("{}, {hr:?}", schedule_timeout_uninterruptible(1))
    };
    "wait_event_timeout, wait_for_completion_timeout, wait_on_bit_timeout, from the start" => |scene| {
        scene.lack();
        let (head, word) = (WaitQueueHead::new(), std::sync::atomic::AtomicU64::new(1));
        let event = wait_event_timeout!(&head, false, 1);
        let bit = wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, 1);
        format!("{event}, {}, {bit:?}", wait_for_completion_timeout(&Completion::new(), 1))
    };
    "shutdown, from the start" => |scene| {
        scene.lack();
        say(Kernel::current().shutdown().alive.len())
    };
}

/// Ends the refusal when `task` sleeps.
fn ends_lack_when_asleep(scene: &Scene, task: Task) -> std::thread::JoinHandle<()> {
    let lack = scene.lack;
    std::thread::spawn(move || {
        // As a task of the default Kernel, which lacks no thread, so that this sleep tries nothing.
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        lack.ends();
    })
}

/// The callback is called before `rcu_barrier` returns.
fn called_after_a_grace_period() -> String {
    static CALLED: AtomicU32 = AtomicU32::new(0);
    unsafe extern "C-unwind" fn called(head: *mut RcuHead) {
        CALLED.fetch_add(1, SeqCst);
        // SAFETY: boxed below.
        drop(unsafe { Box::from_raw(head) });
    }
    CALLED.store(0, SeqCst);
    // SAFETY: no other code has the head.
    unsafe { call_rcu(Box::into_raw(Box::new(RcuHead::new())), called) };
    rcu_barrier();
    format!("called {}", CALLED.load(SeqCst))
}

/// Tells the child which row to run.
const ROW: &str = "KT_TEST_ROW";

/// The result of a row, and its time, from a process of its own. `None` where the limit does not
/// apply.
fn answer(test: &str, lack: Lack, row: usize) -> Option<String> {
    // With more than one arena the size of the address space would change.
    let prepare = |command: &mut Command| _ = command.env(ROW, row.to_string()).env("MALLOC_ARENA_MAX", "1");
    let output = child::output_of(test, prepare, || {
        // Root may start threads whatever the limit. SAFETY: no memory is involved.
        if unsafe { libc::geteuid() == 0 && libc::setuid(65534) != 0 } {
            println!("skipped: can't become uid 65534");
            return;
        }
        let row: usize = env::var(ROW).ok().and_then(|row| row.parse().ok()).expect("the parent says it");
        let warnings = Warnings::default();
        let kernel =
            Kernel::builder().on_warning(warnings.handler()).spare_threads(0).boot_on_demand().unwrap();
        let _inside = kernel.enter();
        let scene = Scene { lack, begun: Cell::new(Instant::now()), warnings };
        let Row { name, ask } = &ROWS[row];
        let said = ask(&scene);
        let took = scene.begun.get().elapsed();
        assert!(took < BOUND, "{name}: {took:?}");
        // Not counted: the refusal of a second worker, which comes late, or not at all on a busy
        // machine; and what a shutdown says that finds work items running.
        let counts = |w: &&Noted| {
            !w.message.contains("work items wait until") && !w.message.contains("run only after those")
        };
        let told: BTreeSet<String> = scene
            .warnings
            .take()
            .iter()
            .filter(counts)
            .map(|w| format!("{:?} of {}", w.kind, w.call))
            .collect();
        let told: Vec<_> = told.into_iter().collect();
        println!("answer: {said} | {}", told.join(", "));
    })?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if stdout.contains("skipped:") {
        return None;
    }
    let said = stdout.lines().find_map(|line| line.split("answer: ").nth(1));
    assert!(output.status.success(), "{}, {lack:?}\n{}", ROWS[row].name, child::told(&output));
    Some(said.unwrap_or_else(|| panic!("{}: {}", ROWS[row].name, child::told(&output))).to_owned())
}

const HEAD: &str = "\
# Without threads

Calls that wait, or that leave something to a thread, when the operating system refuses threads: with RLIMIT_NPROC used up,
and with no address space left for a stack (RLIMIT_AS). The test `no_threads` makes each call in a process of its own, compares
the results with this table, and fails if a row takes longer than five seconds; all of them together take less than one.

\"From the start\": the process has only its first thread, and no worker. \"Later\": the queue, thread or timer existed before.
`Err(…)` from Rust is the negative number, NULL or `ERR_PTR` of the C function.

A kernel never loses a timer, and nor does a Kernel here: timers, tasklets and irq_works whose thread is refused stay queued, and
are called late, as soon as the system grants the thread. The system sends no notification of that, so the Kernel's tasks try
again: a task that arms one, a task that goes to sleep, and a sleeping task ten times a second. No task tries only while all tasks
of the Kernel are busy.

| call | returns | warns |
|---|---|---|
";

/// Fails for the first row that differs from the table.
fn check(test: &str, lack: Lack) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/no-threads.md");
    let mut text = HEAD.to_owned();
    for (number, row) in ROWS.iter().enumerate() {
        match answer(test, lack, number) {
            Some(said) => text += &format!("| {} | {said} |\n", row.name),
            None if env::var_os(ROW).is_some() => return,
            None => return println!("skipped: this process can't have the limit"),
        }
    }
    if env::var_os("BLESS").is_some() {
        fs::write(path, &text).expect("the folder is there");
    }
    let table = fs::read_to_string(path).expect("the table is there");
    for (ours, theirs) in text.lines().zip(table.lines()) {
        assert_eq!(ours, theirs, "left: {lack:?}; right: docs/no-threads.md (BLESS=1 writes it)");
    }
    assert_eq!(text.lines().count(), table.lines().count());
}

#[test]
fn no_call_hangs_when_there_are_no_threads() {
    check("no_call_hangs_when_there_are_no_threads", Lack::Threads);
}

#[test]
fn no_call_hangs_when_there_is_no_room_for_stacks() {
    check("no_call_hangs_when_there_is_no_room_for_stacks", Lack::Stacks);
}
