//! Semaphores, as `questions/semaphore.c` asks of them.

use crate::ask::*;

cases![counts, timed_out, waiting, signalled, order];

DEFINE_SEMAPHORE!(static DEFINED);

type Take = fn(&Semaphore) -> i64;

fn plain(sem: &Semaphore) -> i64 {
    down(sem);
    0
}

fn interruptible(sem: &Semaphore) -> i64 {
    int(down_interruptible(sem))
}

fn killable(sem: &Semaphore) -> i64 {
    int(down_killable(sem))
}

fn timeout(sem: &Semaphore) -> i64 {
    int(down_timeout(sem, MAX_SCHEDULE_TIMEOUT as u64))
}

/// As the kernel: true, its 1, if it got none.
fn trylock(sem: &Semaphore) -> i64 {
    int(down_trylock(sem))
}

fn begin(sem: &'static Semaphore, take: Take, state: TaskState) -> Waiter {
    Waiter::begin(Some(state), move || take(sem))
}

fn counts() {
    answer!("defined count={}", DEFINED.count());
    let mut sem = Semaphore::new(0);
    sema_init(&mut sem, 5);
    answer!("init count={}", sem.count());
    down(&sem);
    let (first, second, third) = (sem.down_interruptible(), sem.down_killable(), sem.down_timeout(0));
    answer!(
        "interruptible={} killable={} timeout={} try={} count={}",
        int(first),
        int(second),
        int(third),
        trylock(&sem),
        sem.count()
    );
    let first = trylock(&sem);
    answer!(
        "none try={first} timeout_0={} timeout_2={} count={}",
        int(down_timeout(&sem, 0)),
        int(down_timeout(&sem, 2)),
        sem.count()
    );
    up(&sem);
    sem.up();
    answer!("up count={}", sem.count());
    let first = sem.try_acquire();
    // The guard of the Rust face releases the semaphore; C does that by hand.
    let got = first.is_some();
    std::mem::forget(first);
    answer!("try={} count={}", int(!got), sem.count());
    sema_init(&mut sem, 0);
    up(&sem);
    answer!("from_none count={}", sem.count());
}

fn timed_out() {
    let sem = Semaphore::new(0);
    let begin = jiffies();
    let result = down_timeout(&sem, 3);
    answer!(
        "etime={} at_least_3={} count={}",
        int(result == Err(Errno::ETIME)),
        int(jiffies() - begin >= 3),
        sem.count()
    );
    up(&sem);
    answer!("result={} count={}", int(down_timeout(&sem, 3)), sem.count());
}

fn waiting() {
    let all: [(&str, Take, TaskState); 4] = [
        ("plain", plain, TASK_UNINTERRUPTIBLE),
        ("interruptible", interruptible, TASK_INTERRUPTIBLE),
        ("killable", killable, TASK_KILLABLE),
        ("timeout", timeout, TASK_UNINTERRUPTIBLE),
    ];
    for (name, take, state) in all {
        let sem = shared(Semaphore::new(0));
        let waiter = begin(sem, take, state);
        let before = trylock(sem);
        up(sem);
        let count = sem.count();
        let tries = before + 10 * trylock(sem);
        answer!("{name} returned={} count={count} tries={tries}", waiter.returned());
        waiter.stop();
    }
}

fn signalled() {
    let all: [(&str, Take, TaskState, i32, bool); 6] = [
        ("interruptible", interruptible, TASK_INTERRUPTIBLE, SIGTERM, true),
        ("interruptible", interruptible, TASK_INTERRUPTIBLE, SIGKILL, true),
        ("killable", killable, TASK_KILLABLE, SIGKILL, true),
        ("killable", killable, TASK_KILLABLE, SIGTERM, false),
        ("plain", plain, TASK_UNINTERRUPTIBLE, SIGKILL, false),
        ("timeout", timeout, TASK_UNINTERRUPTIBLE, SIGKILL, false),
    ];
    for (name, take, state, signal, ends) in all {
        let sem = shared(Semaphore::new(0));
        let waiter = begin(sem, take, state);
        let _ = send_sig(signal, &waiter.task, 1);
        if ends {
            waiter.returned();
        }
        let early = waiter.ended();
        up(sem);
        let eintr = is_eintr(waiter.returned());
        answer!(
            "{name} signal={signal} ended_by_it={} eintr={} count={}",
            int(early),
            eintr,
            sem.count()
        );
        waiter.stop();
    }
}

fn order() {
    let sem = shared(Semaphore::new(0));
    let turns = shared(AtomicI64::new(0));
    let begin = || {
        Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || {
            down(sem);
            turns.fetch_add(1, SeqCst) + 1
        })
    };
    let waiters = [begin(), begin(), begin()];
    for (i, waiter) in waiters.iter().enumerate() {
        up(sem);
        answer!("i={i} turn={} count={}", waiter.returned(), sem.count());
    }
    waiters.into_iter().for_each(Waiter::stop);
}
