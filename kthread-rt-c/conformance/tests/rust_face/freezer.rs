//! Freezing, as `questions/freezer.c` asks of it.

use crate::ask::*;

cases![not_freezing, frozen];

fn not_freezing() {
    on_thread(|| {
        let me = current();
        let nofreeze = || int(me.flags().contains(PF_NOFREEZE));
        let is_freezing = || int(freezing(&me));
        answer!("begins nofreeze={} freezing={}", nofreeze(), is_freezing());
        answer!("try_to_freeze={}", int(try_to_freeze()));
        answer!("set_freezable={}", int(set_freezable()));
        answer!(
            "then nofreeze={} freezing={} try_to_freeze={}",
            nofreeze(),
            is_freezing(),
            int(try_to_freeze())
        );
        let mut was_frozen = true;
        let stop = int(kthread_freezable_should_stop(Some(&mut was_frozen)));
        answer!("should_stop={stop} was_frozen={} state={:#x}", int(was_frozen), me.state().bits());
        answer!("set_again={}", int(set_freezable()));
    });
}

#[derive(Default)]
struct Shared {
    queue: WaitQueueHead,
    over: WaitQueueHead,
    flag: AtomicBool,
    done: AtomicBool,
    seen: Completion,
    thawed: Completion,
    tries: AtomicI64,
    was_frozens: AtomicI64,
    wakes: AtomicI64,
    ticks: AtomicI64,
    works: AtomicI64,
}

/// Starts a thread, which has said that it takes part, or that it does not.
fn begin(freezable: bool, threadfn: impl FnOnce() -> i32 + Send + 'static) -> Task {
    let begun = shared(Completion::new());
    let task = thread(move || {
        if freezable {
            set_freezable();
        }
        complete(begun);
        threadfn()
    });
    wait_for_completion(begun);
    task
}

/// It takes no part itself, so it can look at the others.
fn observe(all: &'static Shared, tasks: &[Task; 4], worker: &Worker, job: &Job) {
    let state = |task: &Task| task.state().bits();
    let its_task = worker.task().unwrap();
    tasks[..3].iter().chain([&its_task]).for_each(|task| until_state(task, TASK_FROZEN));
    answer!(
        "frozen states={:#x},{:#x},{:#x} worker={:#x}",
        state(&tasks[0]),
        state(&tasks[1]),
        state(&tasks[2]),
        state(&its_task)
    );
    let freezing = |task: &TaskStruct| int(freezing(task));
    let of = tasks.each_ref().map(|task| freezing(task).to_string()).join(",");
    answer!("freezing={of} self={} try_to_freeze={}", freezing(&current()), int(try_to_freeze()));
    let ticks = || all.ticks.load(SeqCst);
    let before = ticks();
    until(|| ticks() > before);
    answer!("goes_on={}", int(ticks() > before));
    // Neither a wake-up nor a work reaches them.
    all.flag.store(true, SeqCst);
    wake_up(&all.queue);
    let queued = int(kthread_queue_work(worker, job));
    let before = ticks();
    until(|| ticks() >= before + 2);
    let [works, wakes, tries, was_frozens] = [&all.works, &all.wakes, &all.tries, &all.was_frozens];
    let so_far = || {
        let [works, wakes, tries, frozen] = [works, wakes, tries, was_frozens].map(|n| n.load(SeqCst));
        format!("works={works} wakes={wakes} tries={tries} was_frozen={frozen}")
    };
    answer!("queued={queued} {} state={:#x}", so_far(), state(&tasks[0]));
    complete(&all.seen);
    wait_for_completion(&all.thawed);
    until(|| tries.load(SeqCst) > 0 && was_frozens.load(SeqCst) > 0 && works.load(SeqCst) > 0);
    answer!("thawed {} freezing={}", so_far(), freezing(&tasks[1]));
    all.done.store(true, SeqCst);
    wake_up(&all.over);
}

fn frozen() {
    let all: &'static Shared = shared(Shared::default());
    let waits = move || {
        let _ = wait_event_freezable!(all.queue, all.flag.load(SeqCst));
        all.wakes.fetch_add(1, SeqCst);
        complete(&all.thawed);
        interruptible_until_stopped();
        0
    };
    let tries_to_freeze = move || {
        while !kthread_should_stop() {
            all.tries.fetch_add(int(try_to_freeze()), SeqCst);
            schedule_timeout_interruptible(1);
        }
        0
    };
    let asks_to_stop = move || {
        let mut was_frozen = false;
        while !kthread_freezable_should_stop(Some(&mut was_frozen)) {
            all.was_frozens.fetch_add(int(was_frozen), SeqCst);
            schedule_timeout_interruptible(1);
        }
        4
    };
    let goes_on = move || {
        while !kthread_should_stop() {
            try_to_freeze();
            all.ticks.fetch_add(1, SeqCst);
            schedule_timeout_interruptible(1);
        }
        0
    };
    let tasks =
        [begin(true, waits), begin(true, tries_to_freeze), begin(true, asks_to_stop), begin(false, goes_on)];
    let worker = Arc::new(kthread_create_worker!(KTW_FREEZABLE, "freezable").unwrap());
    let job = Job::new(|_| _ = all.works.fetch_add(1, SeqCst));
    until_state(&worker.task().unwrap(), TASK_INTERRUPTIBLE);
    until_state(&tasks[0], TASK_INTERRUPTIBLE | TASK_FREEZABLE);
    let (its_tasks, its_worker) = (tasks.clone(), worker.clone());
    let observer = thread(move || {
        observe(all, &its_tasks, &its_worker, &job);
        sleep_until_stopped()
    });
    let freezer = thread(move || {
        let frozen = freeze_processes().and_then(|()| freeze_kernel_threads());
        if frozen.is_err() {
            answer!("not_frozen={}", int(frozen));
        }
        wait_for_completion(&all.seen);
        thaw_processes();
        sleep_until_stopped()
    });
    // The creator of the threads is frozen too.
    let _ = wait_event_freezable!(all.over, all.done.load(SeqCst));
    _ = kthread_stop(&freezer);
    _ = kthread_stop(&observer);
    drop(worker);
    let stops = tasks.map(|task| kthread_stop(&task).to_string());
    answer!("stops={}", stops.join(","));
}
