//! Reader-writer semaphores, as `questions/rwsem.c` asks of them: with guards, whose drops are
//! `up_read` and `up_write`.

use crate::ask::*;

cases![states, waiting, signalled, behind_writer, writer_leaves, together];

type Sem = RwSemaphore<()>;

/// What a guard is of; its drop gives it back.
enum Held {
    Nothing,
    Read(#[expect(dead_code, reason = "for its drop")] RwSemaphoreReadGuard<'static, ()>),
    Write(#[expect(dead_code, reason = "for its drop")] RwSemaphoreWriteGuard<'static, ()>),
}

type Take = fn(&'static Sem) -> (i64, Held);

fn read_held(got: Result<RwSemaphoreReadGuard<'static, ()>, Errno>) -> (i64, Held) {
    got.map_or_else(|errno| (errno.as_return().into(), Held::Nothing), |guard| (0, Held::Read(guard)))
}

fn write_held(got: Result<RwSemaphoreWriteGuard<'static, ()>, Errno>) -> (i64, Held) {
    got.map_or_else(|errno| (errno.as_return().into(), Held::Nothing), |guard| (0, Held::Write(guard)))
}

const READS: Take = |sem| read_held(Ok(sem.read()));
const READS_INTERRUPTIBLE: Take = |sem| read_held(sem.read_interruptible());
const READS_KILLABLE: Take = |sem| read_held(sem.read_killable());
const WRITES: Take = |sem| write_held(Ok(sem.write()));
const WRITES_KILLABLE: Take = |sem| write_held(sem.write_killable());

fn begin(sem: &'static Sem, take: Take, state: TaskState) -> Waiter {
    Waiter::with_guard(Some(state), move || take(sem))
}

/// What another task gets now, without waiting.
fn tries(when: &str, sem: &'static Sem) {
    let reader = Waiter::begin(None, move || sem.try_read());
    let writer = Waiter::begin(None, move || sem.try_write());
    answer!(
        "{when} locked={} contended={} reader_gets={} writer_gets={}",
        int(sem.is_locked()),
        int(sem.is_contended()),
        reader.returned(),
        writer.returned()
    );
    reader.stop();
    writer.stop();
}

fn states() {
    tries("declared", shared(Sem::new(())));
    let sem = shared(Sem::new(()));
    tries("free", sem);
    let first = sem.read();
    tries("read", sem);
    let write_try = int(sem.try_write());
    let second = sem.try_read();
    answer!("own_read write_try={write_try} read_try={}", int(second.is_some()));
    drop(second);
    tries("read_once_more", sem);
    drop(first);
    let guard = sem.write();
    tries("write", sem);
    answer!("own_write write_try={} read_try={}", int(sem.try_write()), int(sem.try_read()));
    let guard = guard.downgrade();
    tries("downgraded", sem);
    drop(guard);
    tries("free_again", sem);
    answer!(
        "read_interruptible={} read_killable={} write_killable={} write_try={}",
        int(sem.read_interruptible()),
        int(sem.read_killable()),
        int(sem.write_killable()),
        int(sem.try_write())
    );
}

fn waiting() {
    let all: [(&str, Take, TaskState); 5] = [
        ("read", READS, TASK_UNINTERRUPTIBLE),
        ("read_interruptible", READS_INTERRUPTIBLE, TASK_INTERRUPTIBLE),
        ("read_killable", READS_KILLABLE, TASK_KILLABLE),
        ("write", WRITES, TASK_UNINTERRUPTIBLE),
        ("write_killable", WRITES_KILLABLE, TASK_KILLABLE),
    ];
    for (name, take, state) in all {
        let sem = shared(Sem::new(()));
        let guard = sem.write();
        let waiter = begin(sem, take, state);
        let contended = int(sem.is_contended());
        drop(guard);
        answer!("{name} contended={contended} returned={}", waiter.returned());
        tries(name, sem);
        waiter.let_go();
        waiter.stop();
    }
}

fn signalled() {
    let all: [(&str, Take, TaskState, i32); 8] = [
        ("read_interruptible", READS_INTERRUPTIBLE, TASK_INTERRUPTIBLE, SIGTERM),
        ("read_interruptible", READS_INTERRUPTIBLE, TASK_INTERRUPTIBLE, SIGKILL),
        ("read_killable", READS_KILLABLE, TASK_KILLABLE, SIGKILL),
        ("write_killable", WRITES_KILLABLE, TASK_KILLABLE, SIGKILL),
        ("read_killable", READS_KILLABLE, TASK_KILLABLE, SIGTERM),
        ("write_killable", WRITES_KILLABLE, TASK_KILLABLE, SIGTERM),
        ("read", READS, TASK_UNINTERRUPTIBLE, SIGKILL),
        ("write", WRITES, TASK_UNINTERRUPTIBLE, SIGKILL),
    ];
    for (i, (name, take, state, signal)) in all.into_iter().enumerate() {
        let sem = shared(Sem::new(()));
        let guard = sem.write();
        let waiter = begin(sem, take, state);
        let _ = send_sig(signal, &waiter.task, 1);
        if i < 4 {
            waiter.returned();
        }
        let early = waiter.ended();
        drop(guard);
        let eintr = is_eintr(waiter.returned());
        answer!("{name} signal={signal} ended_by_it={} eintr={}", int(early), eintr);
        waiter.let_go();
        tries("after", sem);
        waiter.stop();
    }
}

/// Counts the turns of those who get in.
fn in_turn(sem: &'static Sem, take: Take, turns: &'static AtomicI64) -> Waiter {
    Waiter::with_guard(Some(TASK_UNINTERRUPTIBLE), move || {
        let (_, held) = take(sem);
        (turns.fetch_add(1, SeqCst) + 1, held)
    })
}

fn behind_writer() {
    let sem = shared(Sem::new(()));
    let turns = shared(AtomicI64::new(0));
    let guard = sem.read();
    let writer = in_turn(sem, WRITES, turns);
    tries("writer_waits", sem);
    let reader = in_turn(sem, READS, turns);
    answer!("reader_got_in={} writer_got_in={}", int(reader.ended()), int(writer.ended()));
    drop(guard);
    let writer_turn = writer.returned();
    answer!("writer_in reader_got_in={}", int(reader.ended()));
    writer.let_go();
    let reader_turn = reader.returned();
    reader.let_go();
    answer!("turns writer={writer_turn} reader={reader_turn}");
    tries("after", sem);
    writer.stop();
    reader.stop();
}

fn writer_leaves() {
    let sem = shared(Sem::new(()));
    let guard = sem.read();
    let writer = begin(sem, WRITES_KILLABLE, TASK_KILLABLE);
    let reader = begin(sem, READS, TASK_UNINTERRUPTIBLE);
    let _ = send_sig(SIGKILL, &writer.task, 1);
    let eintr = is_eintr(writer.returned());
    answer!("writer_eintr={} reader={}", eintr, reader.returned());
    tries("beside", sem);
    drop(guard);
    reader.let_go();
    tries("after", sem);
    writer.stop();
    reader.stop();
}

fn together() {
    for downgrade in [false, true] {
        let sem = shared(Sem::new(()));
        let turns = shared(AtomicI64::new(0));
        let guard = sem.write();
        let waiters = [READS, READS, WRITES, READS].map(|take| in_turn(sem, take, turns));
        let kept = if downgrade {
            Some(guard.downgrade())
        } else {
            drop(guard);
            None
        };
        let readers = [0, 1].map(|i: usize| int(waiters[i].returned() > 0));
        waiters[3].until_settled(TASK_UNINTERRUPTIBLE);
        answer!(
            "downgrade={} readers={},{} writer={} last_reader={}",
            int(downgrade),
            readers[0],
            readers[1],
            int(waiters[2].ended()),
            int(waiters[3].ended())
        );
        drop(kept);
        [0, 1, 3].into_iter().for_each(|i: usize| waiters[i].let_go());
        answer!("downgrade={} writer_turn={}", int(downgrade), waiters[2].returned());
        waiters.into_iter().for_each(Waiter::stop);
    }
}
