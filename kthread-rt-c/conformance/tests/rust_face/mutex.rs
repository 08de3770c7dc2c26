//! Mutexes, as `questions/mutex.c` asks of them: with guards, whose drops are `mutex_unlock`.

use crate::ask::*;

cases![states, waiting, signalled, not_signalled, signal_before, order];

type Lock = KMutex<()>;
type Guard = KMutexGuard<'static, ()>;
type Take = fn(&'static Lock) -> (i64, Option<Guard>);

fn held(got: Result<Guard, Errno>) -> (i64, Option<Guard>) {
    (int(got.as_ref().map(drop).map_err(|errno| *errno)), got.ok())
}

const PLAIN: Take = |lock| held(Ok(lock.lock()));
const INTERRUPTIBLE: Take = |lock| held(lock.lock_interruptible());
const KILLABLE: Take = |lock| held(lock.lock_killable());
const TRIED: Take = |lock| {
    let got = lock.try_lock();
    (int(got.is_none()), got)
};

fn begin(lock: &'static Lock, take: Take, state: Option<TaskState>) -> Waiter {
    Waiter::with_guard(state, move || take(lock))
}

/// What is seen of a lock. The flag that a kernel keeps in the owner's word says that somebody
/// waits.
fn state(when: &str, locked: bool, owner: Option<Task>) {
    let waiters = somebody_waits(WaitKind::Mutex);
    let owner = int(owner == Some(current()));
    answer!("{when} locked={} owner={owner} flags={waiters} waiters={waiters}", int(locked));
}

fn state_of(when: &str, lock: &Lock) {
    state(when, lock.is_locked(), lock.owner());
}

DEFINE_MUTEX!(static DEFINED);

fn states() {
    state("defined", mutex_is_locked(&DEFINED), DEFINED.owner());
    let mut lock = RawMutex::new();
    mutex_init(&mut lock);
    let state = |when: &str| state(when, lock.is_locked(), lock.owner());
    state("init");
    mutex_lock(&lock);
    state("locked");
    answer!("try_by_owner={}", int(mutex_trylock(&lock)));
    mutex_unlock(&lock);
    state("unlocked");
    let got = int(mutex_trylock(&lock));
    state("tried");
    mutex_unlock(&lock);
    let interruptibly = int(mutex_lock_interruptible(&lock));
    mutex_unlock(&lock);
    let killably = int(mutex_lock_killable(&lock));
    mutex_unlock(&lock);
    mutex_lock_nested(&lock, 1);
    mutex_unlock(&lock);
    let nested = int(lock.lock_interruptible());
    lock.unlock();
    answer!("try={got} interruptible={interruptibly} killable={killably} nested={nested}");
}

fn waiting() {
    let all: [(&str, Take, Option<TaskState>); 5] = [
        ("plain", PLAIN, Some(TASK_UNINTERRUPTIBLE)),
        // A mutex of Rust has no wait that is counted as one for a device.
        ("io", PLAIN, Some(TASK_UNINTERRUPTIBLE)),
        ("interruptible", INTERRUPTIBLE, Some(TASK_INTERRUPTIBLE)),
        ("killable", KILLABLE, Some(TASK_KILLABLE)),
        ("try", TRIED, None),
    ];
    for (name, take, sleeps) in all {
        let lock = shared(Lock::new(()));
        let guard = lock.lock();
        let waiter = begin(lock, take, sleeps);
        state_of(name, lock);
        drop(guard);
        let returned = waiter.returned();
        answer!("{name} returned={returned} try_then={}", int(lock.try_lock()));
        waiter.stop();
    }
}

fn signalled() {
    let all: [(&str, Take, TaskState, i32); 3] = [
        ("interruptible", INTERRUPTIBLE, TASK_INTERRUPTIBLE, SIGTERM),
        ("interruptible", INTERRUPTIBLE, TASK_INTERRUPTIBLE, SIGKILL),
        ("killable", KILLABLE, TASK_KILLABLE, SIGKILL),
    ];
    for (name, take, sleeps, signal) in all {
        let lock = shared(Lock::new(()));
        let guard = lock.lock();
        let waiter = begin(lock, take, Some(sleeps));
        let _ = send_sig(signal, &waiter.task, 1);
        let eintr = is_eintr(waiter.returned());
        answer!("{name} signal={signal} eintr={eintr} pending={}", waiter.pending());
        state_of(name, lock);
        drop(guard);
        state_of("unlocked", lock);
        waiter.stop();
    }
}

fn not_signalled() {
    for (killable, take, sleeps) in [(0, PLAIN, TASK_UNINTERRUPTIBLE), (1, KILLABLE, TASK_KILLABLE)] {
        let lock = shared(Lock::new(()));
        let guard = lock.lock();
        let waiter = begin(lock, take, Some(sleeps));
        let _ = send_sig(SIGTERM, &waiter.task, 1);
        answer!("killable={killable} ended={}", int(waiter.ended()));
        drop(guard);
        answer!("killable={killable} returned={} pending={}", waiter.returned(), waiter.pending());
        waiter.stop();
    }
}

fn signal_before() {
    for contended in [false, true] {
        let lock = shared(Lock::new(()));
        let guard = contended.then(|| lock.lock());
        on_thread(move || {
            let _ = allow_signal(SIGKILL);
            let _ = send_sig(SIGKILL, &current(), 1);
            answer!(
                "contended={} interruptible={} killable={}",
                int(contended),
                int(lock.lock_interruptible()),
                int(lock.lock_killable())
            );
        });
        drop(guard);
    }
}

fn order() {
    let lock = shared(Lock::new(()));
    let turns = shared(AtomicI64::new(0));
    let guard = lock.lock();
    let begin = |take: Take, state| {
        Waiter::with_guard(Some(state), move || {
            let (_, held) = take(lock);
            (turns.fetch_add(1, SeqCst) + 1, held)
        })
    };
    let waiters = [PLAIN, INTERRUPTIBLE, PLAIN, PLAIN].map(|take| {
        let is_plain = std::ptr::fn_addr_eq(take, PLAIN);
        begin(take, if is_plain { TASK_UNINTERRUPTIBLE } else { TASK_INTERRUPTIBLE })
    });
    let _ = send_sig(SIGTERM, &waiters[1].task, 1);
    let left = waiters[1].returned();
    drop(guard);
    for (i, waiter) in waiters.iter().enumerate().filter(|(i, _)| *i != 1) {
        answer!("i={i} turn={} waiters={}", waiter.returned(), somebody_waits(WaitKind::Mutex));
        waiter.let_go();
    }
    answer!("left={left} locked={}", int(lock.is_locked()));
    waiters.into_iter().for_each(Waiter::stop);
}
