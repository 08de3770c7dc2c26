//! Parking, as `questions/park.c` asks of it.

use crate::ask::*;

cases![
    unasked,
    self_,
    unpark_unasked,
    cycles,
    deaf,
    ends_sleep,
    ends_wait_for_it,
    waits_for_target,
    again_at_once,
    bound
];

/// A thread that parks when it is asked to, and counts how often it came back.
struct Parks {
    task: Task,
    rounds: &'static AtomicI64,
}

fn parks(rounds: &AtomicI64) -> i32 {
    while !kthread_should_stop() {
        if kthread_should_park() {
            kthread_parkme();
            rounds.fetch_add(1, SeqCst);
            continue;
        }
        set_current_state(TASK_INTERRUPTIBLE);
        if !kthread_should_park() && !kthread_should_stop() {
            schedule();
        }
        __set_current_state(TASK_RUNNING);
    }
    21
}

impl Parks {
    fn begin(before: fn()) -> Self {
        let rounds = shared(AtomicI64::new(0));
        let begun = shared(Completion::new());
        let task = thread(move || {
            before();
            complete(begun);
            parks(rounds)
        });
        wait_for_completion(begun);
        Self { task, rounds }
    }

    fn rounds(&self) -> i64 {
        self.rounds.load(SeqCst)
    }

    fn state(&self) -> u32 {
        self.task.state().bits()
    }

    fn stop(self) {
        answer!("stop={}", kthread_stop(&self.task));
    }
}

fn unasked() {
    on_thread(|| {
        answer!("should_park={}", int(kthread_should_park()));
        kthread_parkme();
        answer!("came_back state={:#x} should_park={}", current().state().bits(), int(kthread_should_park()));
    });
}

fn self_() {
    let ended = shared(Completion::new());
    let task = thread(|| {
        let me = current();
        let parked = int(kthread_park(&me));
        let should_park = || int(kthread_should_park());
        answer!("park_self={parked} should_park={} state={:#x}", should_park(), me.state().bits());
        kthread_unpark(&me);
        answer!("unpark_self should_park={}", should_park());
        answer!("again={} should_park={}", int(kthread_park(&me)), should_park());
        kthread_parkme();
        answer!("came_back should_park={}", should_park());
        complete(ended);
        sleep_until_stopped();
        4
    });
    until_state(&task, TASK_PARKED);
    answer!("sleeps state={:#x}", task.state().bits());
    kthread_unpark(&task);
    wait_for_completion(ended);
    answer!("stop={}", kthread_stop(&task));
}

fn unpark_unasked() {
    let asked = Parks::begin(|| {});
    until_state(&asked.task, TASK_INTERRUPTIBLE);
    (0..3).for_each(|_| kthread_unpark(&asked.task));
    answer!("state={:#x} rounds={}", asked.state(), asked.rounds());
    asked.stop();

    let rounds = shared(AtomicI64::new(0));
    let task = created("created", || parks(rounds));
    kthread_unpark(&task);
    answer!("created state={:#x}", task.state().bits());
    answer!("stop={}", kthread_stop(&task));
}

fn cycles() {
    let asked = Parks::begin(|| {});
    let (mut bad, mut not_parked) = (0, 0);
    for i in 0..20 {
        bad += int(kthread_park(&asked.task)).abs().min(1);
        not_parked += int(asked.task.state() != TASK_PARKED);
        kthread_unpark(&asked.task);
        until(|| asked.rounds() == i + 1);
    }
    answer!("bad={bad} not_parked={not_parked} rounds={}", asked.rounds());
    asked.stop();
}

fn deaf() {
    let asked = Parks::begin(|| {
        let _ = (allow_signal(SIGTERM), allow_signal(SIGKILL));
    });
    let _ = kthread_park(&asked.task);
    let sent = int(send_sig(SIGTERM, &asked.task, 1));
    let pending = || int(signal_pending(&asked.task));
    answer!("term={sent} pending={} state={:#x} rounds={}", pending(), asked.state(), asked.rounds());
    let sent = int(send_sig(SIGKILL, &asked.task, 1));
    let woken = int(wake_up_process(&asked.task));
    answer!("kill={sent} woken={woken} state={:#x} rounds={}", asked.state(), asked.rounds());
    kthread_unpark(&asked.task);
    until(|| asked.rounds() == 1);
    answer!("rounds={} pending={}", asked.rounds(), pending());
    asked.stop();
}

fn ends_sleep() {
    let task = thread(|| {
        let left = schedule_timeout_interruptible(3600 * HZ as i64);
        answer!(
            "schedule_timeout_interruptible left={} pending={} should_park={}",
            int(left > 0),
            int(signal_pending(&current())),
            int(kthread_should_park())
        );
        kthread_parkme();
        sleep_until_stopped()
    });
    until_state(&task, TASK_INTERRUPTIBLE);
    let parked = int(kthread_park(&task));
    answer!("park={parked} state={:#x}", task.state().bits());
    _ = kthread_stop(&task);
}

fn ends_wait_for_it() {
    let queue = shared(WaitQueueHead::new());
    let task = thread(move || {
        let waited = int(wait_event_interruptible!(queue, kthread_should_park()));
        answer!("wait_event should_park={} returned={waited}", int(kthread_should_park()));
        kthread_parkme();
        sleep_until_stopped()
    });
    until_state(&task, TASK_INTERRUPTIBLE);
    answer!("park={}", int(kthread_park(&task)));
    _ = kthread_stop(&task);
}

fn waits_for_target() {
    let queue = shared(WaitQueueHead::new());
    let flag = shared(AtomicBool::new(false));
    let task = thread(move || {
        let _ = wait_event_interruptible!(queue, flag.load(SeqCst));
        answer!("woken_for_flag should_park={}", int(kthread_should_park()));
        kthread_parkme();
        sleep_until_stopped()
    });
    until_state(&task, TASK_INTERRUPTIBLE);
    let target = task.clone();
    let parker = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || kthread_park(&target));
    answer!("parker_state={:#x} parked={}", parker.task.state().bits(), int(parker.ended()));
    flag.store(true, SeqCst);
    wake_up(queue);
    answer!("park={} state={:#x}", parker.returned(), task.state().bits());
    parker.stop();
    _ = kthread_stop(&task);
}

fn again_at_once() {
    let asked = Parks::begin(|| {});
    let first = int(kthread_park(&asked.task));
    kthread_unpark(&asked.task);
    let second = int(kthread_park(&asked.task));
    answer!("first={first} second={second} state={:#x}", asked.state());
    asked.stop();
}

fn bound() {
    let cpu = shared(AtomicI64::new(-1));
    let rounds = shared(AtomicI64::new(0));
    let threadfn = move |()| {
        while !kthread_should_stop() {
            kthread_parkme();
            cpu.store(current().cpus_allowed().iter().next().map_or(-1, i64::from), SeqCst);
            rounds.fetch_add(1, SeqCst);
            set_current_state(TASK_INTERRUPTIBLE);
            if !kthread_should_park() && !kthread_should_stop() {
                schedule();
            }
            __set_current_state(TASK_RUNNING);
        }
        6
    };
    let task = kthread_create_on_cpu!(threadfn, (), 0, "bound/%u").unwrap();
    let parked = int(kthread_park(&task));
    answer!(
        "park={parked} state={:#x} cpu={} rounds={}",
        task.state().bits(),
        cpu.load(SeqCst),
        rounds.load(SeqCst)
    );
    kthread_unpark(&task);
    until(|| rounds.load(SeqCst) == 1);
    let no_setaffinity = int(task.flags().contains(PF_NO_SETAFFINITY));
    answer!("cpu={} no_setaffinity={no_setaffinity}", cpu.load(SeqCst));
    answer!("stop={}", kthread_stop(&task));
}
