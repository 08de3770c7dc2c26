//! Mutexes that are taken several at a time, as `questions/ww_mutex.c` asks of them: a context is
//! the scope of [`WwClass::acquire`], and the drop of a guard is `ww_mutex_unlock`.

use crate::ask::*;
use crate::int::Int;

cases![alone, circle, contended];

type Lock = KWwMutex<()>;

DEFINE_WW_CLASS!(static WOUND);
DEFINE_WD_CLASS!(static DIE);

fn alone() {
    let (a, b) = (Lock::new(&WOUND, ()), Lock::new(&WOUND, ()));
    answer!("init locked={} ctx=unseen", int(a.is_locked()));
    WOUND.acquire(|ctx| {
        WOUND.acquire(|later| {
            answer!("acquired={} older={} task=unseen", ctx.acquired(), int(ctx.stamp() < later.stamp()));
        });
        let first = a.lock(ctx);
        let second = a.lock(ctx);
        let already = int(second.as_ref().is_err_and(|errno| *errno == Errno::EALREADY));
        answer!(
            "lock={} again={} already={already} acquired={} ctx=unseen",
            int(first.as_ref().map(|_| ()).map_err(|errno| *errno)),
            int(second),
            ctx.acquired()
        );
        let own = int(a.try_lock(ctx));
        let free = b.try_lock(ctx);
        answer!("try_own={own} try_free={} acquired={}", int(free.as_ref()), ctx.acquired());
        answer!("interruptible_again={}", int(b.lock_interruptible(ctx)));
        ctx.done();
        drop(first);
        answer!(
            "unlocked acquired={} locked={},{} ctx=unseen",
            ctx.acquired(),
            int(a.is_locked()),
            int(b.is_locked())
        );
    });
    let held = a.lock_alone();
    let locked = held.as_int();
    answer!("without_ctx lock={locked} try={} ctx=unseen", int(a.try_lock_alone()));
    drop(held);
    answer!("without_ctx try={} interruptible={}", int(a.try_lock_alone()), int(b.lock_alone_interruptible()));
}

/// One side of a circle: it takes one lock, then on request the other, and backs off if it must.
struct Side {
    task: Task,
    seen: &'static Seen,
}

#[derive(Default)]
struct Seen {
    go: Completion,
    locked: Completion,
    done: Completion,
    results: [AtomicI64; 3],
}

impl Side {
    fn begin(class: &'static WwClass, mine: &'static Lock, his: &'static Lock, interruptible: bool) -> Self {
        let seen = shared(Seen::default());
        seen.results[2].store(99, SeqCst);
        let task = thread(move || {
            let tells = |which: usize, result: i64| seen.results[which].store(result, SeqCst);
            class.acquire(|ctx| {
                let first = mine.lock(ctx);
                tells(0, int(first.as_ref().map(|_| ()).map_err(|errno| *errno)));
                complete(&seen.locked);
                wait_for_completion(&seen.go);
                let second = his.lock(ctx);
                let backs_off = second.as_ref().is_err_and(|errno| *errno == Errno::EDEADLK);
                tells(1, int(second.as_ref().map(|_| ()).map_err(|errno| *errno)));
                drop(first);
                if backs_off {
                    let third =
                        if interruptible { his.lock_slow_interruptible(ctx) } else { his.lock_slow(ctx) };
                    tells(2, int(third));
                }
            });
            complete(&seen.done);
            sleep_until_stopped()
        });
        wait_for_completion(&seen.locked);
        Self { task, seen }
    }

    fn results(&self) -> [i64; 3] {
        self.seen.results.each_ref().map(|result| result.load(SeqCst))
    }
}

/// Who begins first is older.
fn circle_of(what: &str, class: &'static WwClass, old_first: bool, interruptible: bool) {
    let (a, b) = (shared(Lock::new(class, ())), shared(Lock::new(class, ())));
    let old = Side::begin(class, a, b, interruptible);
    let young = Side::begin(class, b, a, interruptible);
    let (first, second) = if old_first { (&old, &young) } else { (&young, &old) };
    complete(&first.seen.go);
    until_state(&first.task, TASK_UNINTERRUPTIBLE);
    complete(&second.seen.go);
    wait_for_completion(&old.seen.done);
    wait_for_completion(&young.seen.done);
    let ([o1, o2, o3], [y1, y2, y3]) = (old.results(), young.results());
    let edeadlk = int(y2 == i64::from(Errno::EDEADLK.as_return()));
    answer!("{what} old={o1},{o2},{o3} young={y1},{y2},{y3} edeadlk={edeadlk}");
    answer!("{what} left={},{}", int(a.is_locked()), int(b.is_locked()));
    _ = kthread_stop(&old.task);
    _ = kthread_stop(&young.task);
}

fn circle() {
    circle_of("wound", &WOUND, true, false);
    circle_of("wound_interruptible", &WOUND, true, true);
    circle_of("wound_young_first", &WOUND, false, false);
    circle_of("die", &DIE, true, false);
}

/// Begins, takes another one first if it is to, and then what somebody holds.
struct Other {
    task: Task,
    go: &'static Completion,
    locked: &'static Completion,
    result: &'static AtomicI64,
}

impl Other {
    fn begin(class: &'static WwClass, a: &'static Lock, b: Option<&'static Lock>) -> Self {
        let (inited, go, locked) =
            (shared(Completion::new()), shared(Completion::new()), shared(Completion::new()));
        let result = shared(AtomicI64::new(1));
        let task = thread(move || {
            class.acquire(|ctx| {
                let _own = b.map(|b| b.lock(ctx));
                complete(inited);
                wait_for_completion(go);
                let got = a.lock(ctx);
                result.store(int(got.as_ref().map(|_| ()).map_err(|errno| *errno)), SeqCst);
                complete(locked);
            });
            sleep_until_stopped()
        });
        wait_for_completion(inited);
        Self { task, go, locked, result }
    }
}

/// Asks whether a task waits for a lock that another holds. The answer depends on which of them is
/// older, and on whether the task holds a lock itself.
fn contended_by(what: &str, class: &'static WwClass, holder_older: bool, holds_other: bool) {
    let (a, b) = (shared(Lock::new(class, ())), shared(Lock::new(class, ())));
    let begin = || Other::begin(class, a, holds_other.then_some(b));
    let asks = |ctx: &WwContext, other: &Other| {
        let held = a.lock(ctx);
        complete(other.go);
        until(|| completion_done(other.locked) || waits_for_lock(&other.task));
        let waits = int(!completion_done(other.locked));
        drop(held);
        wait_for_completion(other.locked);
        answer!(
            "{what} holder_older={} holds_other={} waits={waits} holder_wounded=unseen result={}",
            int(holder_older),
            int(holds_other),
            other.result.load(SeqCst)
        );
    };
    let other = if holder_older {
        class.acquire(|ctx| {
            let other = begin();
            asks(ctx, &other);
            other
        })
    } else {
        let other = begin();
        class.acquire(|ctx| asks(ctx, &other));
        other
    };
    _ = kthread_stop(&other.task);
}

fn waits_for_lock(task: &Task) -> bool {
    wait_task_inactive(task, TASK_UNINTERRUPTIBLE)
        && task.waits_on().is_some_and(|on| on.kind == WaitKind::WwMutex)
}

fn contended() {
    for (what, class) in [("wound", &WOUND), ("die", &DIE)] {
        for (holder_older, holds_other) in [(true, false), (true, true), (false, false), (false, true)] {
            contended_by(what, class, holder_older, holds_other);
        }
    }
}
