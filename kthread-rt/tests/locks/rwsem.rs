//! `down_read`, `down_write` and their like.

use crate::stage::{Book, Running, end_of, int, waiting};
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop};
use std::sync::Arc;

#[test]
fn it_is_plain_memory_and_valid_when_zeroed() {
    assert!(!needs_drop::<RawRwSemaphore>());
    // SAFETY: what is tested.
    let sem = unsafe { MaybeUninit::<RawRwSemaphore>::zeroed().assume_init() };
    down_write(&sem);
    downgrade_write(&sem);
    up_read(&sem);
    assert!(!rwsem_is_locked(&sem));
}

#[test]
fn readers_share_it_and_a_writer_does_not() {
    let sem = RawRwSemaphore::new();
    assert!(down_read_trylock(&sem) && down_read_trylock(&sem));
    assert!(!down_write_trylock(&sem));
    up_read(&sem);
    up_read(&sem);
    assert!(down_write_trylock(&sem));
    assert!(!down_read_trylock(&sem) && !down_write_trylock(&sem));
    assert!(sem.is_write_locked());
    up_write(&sem);
    assert!(!rwsem_is_locked(&sem));
}

fn writer(sem: &Arc<RawRwSemaphore>, book: &Book, name: &'static str) -> Running {
    let (sem, book) = (sem.clone(), book.clone());
    waiting(name, TASK_UNINTERRUPTIBLE, move || {
        down_write(&sem);
        book.note(name);
        up_write(&sem);
        0
    })
}

/// A reader that waits, and that keeps the lock until `others` are in too.
fn meeting_reader(
    sem: &Arc<RawRwSemaphore>,
    book: &Book,
    in_it: &Arc<Semaphore>,
    out: &Arc<Completion>,
) -> Running {
    let (sem, book, in_it, out) = (sem.clone(), book.clone(), in_it.clone(), out.clone());
    waiting("reader", TASK_UNINTERRUPTIBLE, move || {
        down_read(&sem);
        book.note("reader");
        up(&in_it);
        wait_for_completion(&out);
        up_read(&sem);
        0
    })
}

#[test]
fn a_reader_that_comes_behind_a_writer_waits_so_that_readers_starve_no_writer() {
    let (sem, book) = (Arc::new(RawRwSemaphore::new()), Book::default());
    down_read(&sem);
    let writer = writer(&sem, &book, "writer");
    assert!(rwsem_is_contended(&sem));
    assert!(!down_read_trylock(&sem), "a writer waits");
    let (in_it, out) = (Arc::new(Semaphore::new(0)), Arc::new(Completion::new()));
    let reader = meeting_reader(&sem, &book, &in_it, &out);
    assert_eq!(writer.waits_on().map(|waits| waits.kind), Some(WaitKind::RwSem));
    up_read(&sem);
    down(&in_it);
    complete_all(&out);
    end_of(&writer);
    end_of(&reader);
    assert_eq!(book.read(), "writer reader");
}

#[test]
fn all_readers_in_the_queue_come_in_together_also_those_behind_another_writer() {
    let (sem, book) = (Arc::new(RawRwSemaphore::new()), Book::default());
    let (in_it, out) = (Arc::new(Semaphore::new(0)), Arc::new(Completion::new()));
    down_write(&sem);
    let one = meeting_reader(&sem, &book, &in_it, &out);
    let second_writer = writer(&sem, &book, "writer");
    let two = meeting_reader(&sem, &book, &in_it, &out);
    up_write(&sem);
    // Both are in at the same time, and the writer is not.
    down(&in_it);
    down(&in_it);
    assert_eq!(book.read(), "reader reader");
    assert!(wait_task_inactive(&second_writer, TASK_UNINTERRUPTIBLE));
    complete_all(&out);
    for task in [one, two, second_writer] {
        end_of(&task);
    }
    assert_eq!(book.read(), "reader reader writer");
}

#[test]
fn writers_get_it_in_the_order_in_which_they_came() {
    let (sem, book) = (Arc::new(RawRwSemaphore::new()), Book::default());
    down_read(&sem);
    let writers = [writer(&sem, &book, "a"), writer(&sem, &book, "b"), writer(&sem, &book, "c")];
    up_read(&sem);
    writers.iter().for_each(|writer| assert_eq!(end_of(writer), 0));
    assert_eq!(book.read(), "a b c");
}

#[test]
fn a_downgrade_lets_readers_in_and_no_writer() {
    let (sem, book) = (Arc::new(RawRwSemaphore::new()), Book::default());
    let (in_it, out) = (Arc::new(Semaphore::new(0)), Arc::new(Completion::new()));
    down_write(&sem);
    assert_eq!(current().held_locks().len(), 1);
    let reader = meeting_reader(&sem, &book, &in_it, &out);
    let writer = writer(&sem, &book, "writer");
    downgrade_write(&sem);
    assert_eq!(current().held_locks(), []);
    down(&in_it);
    complete_all(&out);
    end_of(&reader);
    assert_eq!(book.read(), "reader");
    assert!(wait_task_inactive(&writer, TASK_UNINTERRUPTIBLE), "this task reads still");
    up_read(&sem);
    end_of(&writer);
    assert!(!rwsem_is_locked(&sem) && !rwsem_is_contended(&sem));
}

#[test]
fn a_downgrade_with_a_writer_at_the_head_lets_nobody_in() {
    let (sem, book) = (Arc::new(RawRwSemaphore::new()), Book::default());
    let (in_it, out) = (Arc::new(Semaphore::new(0)), Arc::new(Completion::new()));
    down_write(&sem);
    let writer = writer(&sem, &book, "writer");
    let reader = meeting_reader(&sem, &book, &in_it, &out);
    downgrade_write(&sem);
    assert!(wait_task_inactive(&reader, TASK_UNINTERRUPTIBLE), "as the kernel does it");
    up_read(&sem);
    end_of(&writer);
    complete_all(&out);
    end_of(&reader);
    assert_eq!(book.read(), "writer reader");
}

#[test]
fn signals_end_the_waits_that_admit_them_with_eintr() {
    type Lock = fn(&RawRwSemaphore) -> Result<(), Errno>;
    let sem = Arc::new(RawRwSemaphore::new());
    down_write(&sem);
    let cases: [(TaskState, i32, Lock); 4] = [
        (TASK_INTERRUPTIBLE, SIGTERM, down_read_interruptible),
        (TASK_KILLABLE, SIGKILL, down_read_killable),
        (TASK_KILLABLE, SIGKILL, down_write_killable),
        (TASK_INTERRUPTIBLE, SIGKILL, down_read_interruptible),
    ];
    for (state, sig, lock) in cases {
        let waiter = waiting("signalled", state, {
            let sem = sem.clone();
            move || {
                allow_signal(SIGTERM).unwrap();
                allow_signal(SIGKILL).unwrap();
                int(lock(&sem))
            }
        });
        send_sig(sig, &waiter, 1).unwrap();
        assert_eq!(end_of(&waiter), -4);
    }
    assert!(!rwsem_is_contended(&sem));
    up_write(&sem);
    assert!(!rwsem_is_locked(&sem));
}

#[test]
fn a_killed_writer_lets_the_readers_behind_it_join_those_who_read() {
    let (sem, book) = (Arc::new(RawRwSemaphore::new()), Book::default());
    let (in_it, out) = (Arc::new(Semaphore::new(0)), Arc::new(Completion::new()));
    down_read(&sem);
    let killed = waiting("killed", TASK_KILLABLE, {
        let sem = sem.clone();
        move || {
            allow_signal(SIGKILL).unwrap();
            int(down_write_killable(&sem))
        }
    });
    let reader = meeting_reader(&sem, &book, &in_it, &out);
    send_sig(SIGKILL, &killed, 1).unwrap();
    assert_eq!(end_of(&killed), -4);
    down(&in_it); // with this task reading all the time
    complete_all(&out);
    end_of(&reader);
    up_read(&sem);
    assert!(!rwsem_is_locked(&sem));
}

#[test]
fn guards_give_the_data_and_let_go() {
    let table = RwSemaphore::new(vec![1]);
    table.write().push(2);
    let (one, two) = (table.read(), table.try_read().expect("readers share"));
    assert_eq!((one.len(), two.len()), (2, 2));
    assert!(table.try_write().is_none());
    drop((one, two));
    assert_eq!(table.write_killable().unwrap().len(), 2);
    assert!(!table.is_locked());
}
