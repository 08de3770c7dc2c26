//! Drops where C calls a function that puts, destroys, cancels or releases: each case here is one
//! of `questions/`, with a drop in that place, and what it answers has to be among what Linux
//! answered, in that order. (A drop returns nothing, so the lines on a result are those of the
//! call.)

use crate::ask::*;
use crate::timer::pass_until;
use std::sync::mpsc::channel;

type Asks = fn();

/// Subject, case, what is dropped in it, and what asks.
pub(crate) const CASES: &[(&str, &str, &str, Asks)] = &[
    ("exit", "not_stopped", "Task", task),
    ("exit", "left", "the last Task", last_task),
    ("kthread_worker", "destroy", "Worker", worker),
    ("kthread_worker", "mod", "DelayedJob", delayed_job),
    ("workqueue_order", "destroy", "Workqueue", workqueue),
    ("works", "waits_for_running", "Work and DelayedWork", works),
    ("works", "cancel_queued", "Work", queued_work),
    ("timer", "running", "Timer", timer),
    ("hrtimer", "running", "HighResTimer", hrtimer),
    ("tasklet", "running", "Tasklet", tasklet),
    ("mutex", "order", "KMutexGuard", mutex),
    ("rt_mutex", "boost", "RtMutexGuard", rt_mutex),
    ("rwsem", "waiting", "RwSemaphoreWriteGuard and RwSemaphoreReadGuard", rwsem),
    ("percpu_rwsem", "waits", "PercpuRwSemaphoreReadGuard and PercpuRwSemaphoreWriteGuard", percpu_rwsem),
    ("semaphore", "order", "SemaphoreGuard", semaphore),
    ("ww_mutex", "circle", "KWwMutexGuard", ww_mutex),
    ("wait_queues", "active", "WaitEntry", wait_entry),
    ("pid", "dead", "Pid", pid),
];

fn task() {
    let completed = Arc::new(Completion::new());
    for i in 0..10 {
        let its: ExitCompletion = completed.clone().into();
        let task = kthread_run!(|its| kthread_complete_and_exit(Some(its), 0), its, "alone/%d", i);
        drop(task.unwrap());
    }
    (0..10).for_each(|_| wait_for_completion(&completed));
    answer!("done={}", completed.done());
}

fn last_task() {
    let task = created("ended", || 7);
    let other = task.clone();
    wake_up_process(&task);
    until_dead(&task);
    drop(task);
    // What a reference holds is there to be seen.
    answer!(
        "state={:#x} exit_state={:#x} dead={EXIT_DEAD:#x} exit_code={}",
        other.state().bits(),
        other.exit_state(),
        other.exit_code()
    );
    answer!("stop={}", kthread_stop(&other));
}

/// What a work that notes its number has noted.
fn notes() -> &'static std::sync::Mutex<Vec<String>> {
    shared(std::sync::Mutex::new(Vec::new()))
}

fn worker() {
    let worker = kthread_create_worker!(0, "worker/%d", 7).unwrap();
    let order = notes();
    let jobs = [1, 2, 3, 4].map(|number| Job::new(move |_| order.lock().unwrap().push(number.to_string())));
    for job in &jobs {
        kthread_queue_work(&worker, job);
    }
    drop(worker);
    answer!("order={}", order.lock().unwrap().join(","));
}

/// Cancelled by its drop, while it waits for its time.
fn delayed_job() {
    let worker = kthread_create_worker!(0, "worker/%d", 7).unwrap();
    let runs = shared(AtomicI64::new(0));
    let job = DelayedJob::new(|_| _ = runs.fetch_add(1, SeqCst));
    let idle = int(kthread_mod_delayed_work(&worker, &job, 3600 * HZ));
    let pending = int(kthread_mod_delayed_work(&worker, &job, 7200 * HZ));
    drop(job);
    drop(worker);
    answer!("idle={idle} pending={pending} runs={}", runs.load(SeqCst));
}

/// A work item that stays until the case lets it continue, and the completions for that.
struct Stays {
    began: Completion,
    go_on: Completion,
    runs: AtomicI64,
}

impl Stays {
    fn new() -> &'static Self {
        shared(Self { began: Completion::new(), go_on: Completion::new(), runs: AtomicI64::new(0) })
    }

    fn run(&self) {
        self.runs.fetch_add(1, SeqCst);
        complete(&self.began);
        wait_for_completion(&self.go_on);
    }
}

fn workqueue() {
    let wq = alloc_ordered_workqueue!("ask_destroy", 0).unwrap();
    let stays = Stays::new();
    let turns = notes();
    let takes_turn = move || {
        let mut turns = turns.lock().unwrap();
        let turn = (turns.len() + 1).to_string();
        turns.push(turn);
    };
    let first = Work::new(move |_| {
        takes_turn();
        stays.run();
    });
    let others = [(); 2].map(|()| Work::new(move |_| takes_turn()));
    queue_work(&wq, &first);
    for work in &others {
        queue_work(&wq, work);
    }
    wait_for_completion(&stays.began);
    let destroyer = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || drop(wq));
    answer!("ended={} turns={}", int(destroyer.ended()), turns.lock().unwrap().len());
    complete(&stays.go_on);
    destroyer.returned();
    answer!("turns={}", turns.lock().unwrap().join(","));
    destroyer.stop();
}

/// The drop of what runs waits for it.
fn works() {
    let wq = alloc_workqueue!("waits", 0, 4).unwrap();
    for how in [1, 3] {
        let stays = Stays::new();
        let waiter = if how == 1 {
            let work = Work::new(|_| stays.run());
            queue_work(&wq, &work);
            wait_for_completion(&stays.began);
            Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || drop(work))
        } else {
            let work = DelayedWork::new(|_| stays.run());
            queue_delayed_work(&wq, &work, 0);
            wait_for_completion(&stays.began);
            Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || drop(work))
        };
        complete(&stays.go_on);
        answer!("how={how} returned={} runs_in_the_end={}", waiter.returned(), stays.runs.load(SeqCst));
        waiter.stop();
    }
}

/// One that is dropped while it waits for its turn does not run; its like, queued then, does.
fn queued_work() {
    let wq = alloc_ordered_workqueue!("%s", 0, "cancel_queued").unwrap();
    let stays = Stays::new();
    let runs = shared(AtomicI64::new(0));
    let blocker = Work::new(|_| stays.run());
    let work = || Work::new(|_| _ = runs.fetch_add(1, SeqCst));
    queue_work(&wq, &blocker);
    wait_for_completion(&stays.began);
    let dropped = work();
    queue_work(&wq, &dropped);
    drop(dropped);
    let kept = work();
    let queued = int(queue_work(&wq, &kept));
    complete(&stays.go_on);
    flush_workqueue(&wq);
    answer!("queue={queued} runs={}", runs.load(SeqCst));
}

/// Three times, as C asks of three calls.
fn timer() {
    for waits in 0..3 {
        let (under_way, is_under_way) = channel();
        let ended = Arc::new(AtomicBool::new(false));
        let its = ended.clone();
        let timer = Timer::new(move |_| {
            let until = jiffies() + 5;
            under_way.send(()).unwrap();
            pass_until(until);
            its.store(true, SeqCst);
        });
        mod_timer(&timer, jiffies() + 1);
        is_under_way.recv().unwrap();
        let returned = int(timer_pending(&timer));
        drop(timer);
        answer!("waits={waits} returned={returned} ended={}", int(ended.load(SeqCst)));
    }
}

/// It asks for more while its owner waits for it, and is not called again.
fn hrtimer() {
    let (under_way, is_under_way) = channel();
    let ended = Arc::new(AtomicBool::new(false));
    let runs = Arc::new(AtomicI64::new(0));
    let (its, its_runs) = (ended.clone(), runs.clone());
    let timer = HighResTimer::new(move |timer| {
        let end = ktime_add_ms(ktime_get(), 20);
        its_runs.fetch_add(1, SeqCst);
        under_way.send(()).unwrap();
        while ktime_before(ktime_get(), end) {
            std::thread::yield_now();
        }
        its.store(true, SeqCst);
        hrtimer_forward_now(timer, 1000 * NSEC_PER_MSEC);
        HRTIMER_RESTART
    });
    hrtimer_start(&timer, 2 * NSEC_PER_MSEC, HRTIMER_MODE_REL);
    is_under_way.recv().unwrap();
    let cancels = int(timer.is_active());
    drop(timer);
    let again = is_under_way.try_recv().is_ok();
    answer!("restarting waited={} cancel={cancels} active={}", int(ended.load(SeqCst)), int(again));
}

fn tasklet() {
    let (under_way, is_under_way) = channel();
    let ended = Arc::new(AtomicBool::new(false));
    let its = ended.clone();
    let tasklet = Tasklet::new(move |_| {
        let until = jiffies() + 5;
        under_way.send(()).unwrap();
        pass_until(until);
        its.store(true, SeqCst);
    });
    tasklet_schedule(&tasklet);
    is_under_way.recv().unwrap();
    drop(tasklet);
    answer!("kill waited={}", int(ended.load(SeqCst)));
}

/// The guards go out of scope, one after another.
fn mutex() {
    let lock = shared(KMutex::new(0_i64));
    let waiters = {
        let _guard = lock.lock();
        let takes = || {
            Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), move || {
                let mut turns = lock.lock();
                *turns += 1;
                // The one that leaves is the first.
                (*turns + 1, turns)
            })
        };
        [takes(), takes(), takes()]
    };
    for (i, waiter) in [0, 2, 3].into_iter().zip(&waiters) {
        answer!("i={i} turn={} waiters={}", waiter.returned(), somebody_waits(WaitKind::Mutex));
        waiter.let_go();
    }
    waiters.into_iter().for_each(Waiter::stop);
}

fn rt_mutex() {
    let me = current();
    let lock = shared(RtMutex::new(()));
    let low = {
        let _guard = lock.lock();
        answer!("alone prio={} normal_prio={} policy={}", me.prio(), me.normal_prio(), me.policy());
        let low = Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), move || {
            sched_set_fifo_low(&current());
            (0, lock.lock())
        });
        answer!("low waits prio={} normal_prio={} policy={}", me.prio(), me.normal_prio(), me.policy());
        low
    };
    answer!("unlocked prio={}", me.prio());
    low.returned();
    answer!("low prio={} policy={}", low.task.prio(), low.task.policy());
    low.stop();
}

fn rwsem() {
    let sem = shared(RwSemaphore::new(()));
    let (waiter, contended) = {
        let _guard = sem.write();
        let waiter = Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), move || (0, sem.read()));
        (waiter, sem.is_contended())
    };
    answer!("read contended={} returned={}", int(contended), waiter.returned());
    waiter.let_go();
    waiter.stop();
    let (waiter, contended) = {
        let _guard = sem.write();
        let waiter = Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), move || (0, sem.write()));
        (waiter, sem.is_contended())
    };
    answer!("write contended={} returned={}", int(contended), waiter.returned());
    waiter.stop();
}

fn percpu_rwsem() {
    let sem = shared(PercpuRwSemaphore::new(()));
    let guard = sem.read();
    let writer = Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), || (0, sem.write()));
    until(|| sem.try_read().is_none());
    let reader = Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), || (0, sem.read()));
    answer!("writer_got_in={} reader_got_in={}", int(writer.ended()), int(reader.ended()));
    drop(guard);
    writer.returned();
    answer!("writer_in reader_got_in={}", int(reader.ended()));
    writer.let_go();
    reader.returned();
    answer!(
        "reader_in read_locked={} write_locked={} reader_gets={}",
        int(sem.is_read_locked()),
        int(sem.is_write_locked()),
        int(sem.try_read())
    );
    reader.let_go();
    answer!(
        "after read_locked={} write_locked={} reader_gets={}",
        int(sem.is_read_locked()),
        int(sem.is_write_locked()),
        int(sem.try_read())
    );
    writer.stop();
    reader.stop();
}

/// Each guard that goes lets the next one in.
fn semaphore() {
    let sem = shared(Semaphore::new(1));
    let turns = shared(AtomicI64::new(0));
    let mut guard = Some(sem.acquire());
    let begin = || {
        Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), move || {
            let guard = sem.acquire();
            (turns.fetch_add(1, SeqCst) + 1, guard)
        })
    };
    let waiters = [begin(), begin(), begin()];
    for (i, waiter) in waiters.iter().enumerate() {
        match i {
            0 => drop(guard.take()),
            _ => waiters[i - 1].let_go(),
        }
        answer!("i={i} turn={} count={}", waiter.returned(), sem.count());
    }
    waiters.into_iter().for_each(Waiter::stop);
}

/// Both at the end of the context's closure.
fn ww_mutex() {
    DEFINE_WW_CLASS!(static CLASS);
    let (a, b) = (KWwMutex::new(&CLASS, ()), KWwMutex::new(&CLASS, ()));
    let held = CLASS.acquire(|ctx| {
        let (_a, _b) = (a.lock(ctx), b.lock(ctx));
        ctx.acquired()
    });
    assert_eq!(held, 2);
    answer!("wound left={},{}", int(a.is_locked()), int(b.is_locked()));
}

fn wait_entry() {
    let queue = WaitQueueHead::new();
    {
        DECLARE_WAITQUEUE!(entry, current());
        add_wait_queue(&queue, entry);
        answer!("added active={} sleeper={}", int(waitqueue_active(&queue)), int(wq_has_sleeper(&queue)));
    }
    answer!("removed active={}", int(waitqueue_active(&queue)));
}

fn pid() {
    let task = thread(|| {
        interruptible_until_stopped();
        3
    });
    until_state(&task, TASK_INTERRUPTIBLE);
    let (pid, other) = (get_task_pid(&task, PIDTYPE_PID), find_get_pid(task.pid()));
    let stopped = kthread_stop(&task);
    until_dead(&task);
    drop(other);
    answer!(
        "stop={stopped} gone={} got={} found={} killed={}",
        int(pid.task().is_none()),
        int(get_pid_task(&pid, PIDTYPE_PID)),
        int(find_get_pid(task.pid())),
        int(kill_pid(&pid, SIGTERM, 1))
    );
    let number = task.pid();
    drop(task);
    answer!("nr_kept={} task_nr_kept={}", int(pid_nr(&pid) == number), int(pid.nr() == number));
}
