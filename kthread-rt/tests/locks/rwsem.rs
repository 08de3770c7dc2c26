//! `down_read`, `down_write` and their like.

use crate::queued::{ReadersAndWriters, Scene, a_reader_waits_behind_a_writer, writers_come_in_order};
use crate::stage::{end_of, int, signalled, waiting};
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

impl ReadersAndWriters for RawRwSemaphore {
    const KIND: WaitKind = WaitKind::RwSem;

    fn lock_read(&self) {
        down_read(self);
    }

    fn unlock_read(&self) {
        up_read(self);
    }

    fn lock_write(&self) {
        down_write(self);
    }

    fn unlock_write(&self) {
        up_write(self);
    }
}

#[test]
fn a_reader_that_comes_behind_a_writer_waits_so_that_readers_starve_no_writer() {
    a_reader_waits_behind_a_writer::<RawRwSemaphore>(|sem| {
        assert!(rwsem_is_contended(sem));
        assert!(!down_read_trylock(sem), "a writer waits");
    });
}

#[test]
fn all_readers_in_the_queue_come_in_together_also_those_behind_another_writer() {
    let scene = Scene::<RawRwSemaphore>::new();
    down_write(&scene.sem);
    let one = scene.reader();
    let second_writer = scene.writer("writer");
    let two = scene.reader();
    up_write(&scene.sem);
    // Both are in at the same time, and the writer is not.
    scene.meet();
    scene.meet();
    assert_eq!(scene.book.read(), "reader reader");
    assert!(wait_task_inactive(&second_writer, TASK_UNINTERRUPTIBLE));
    scene.part();
    for task in [one, two, second_writer] {
        end_of(&task);
    }
    assert_eq!(scene.book.read(), "reader reader writer");
}

#[test]
fn writers_get_it_in_the_order_in_which_they_came() {
    writers_come_in_order::<RawRwSemaphore>();
}

#[test]
fn a_downgrade_lets_readers_in_and_no_writer() {
    let scene = Scene::<RawRwSemaphore>::new();
    down_write(&scene.sem);
    assert_eq!(current().held_locks().len(), 1);
    let reader = scene.reader();
    let writer = scene.writer("writer");
    downgrade_write(&scene.sem);
    // Readers are listed with `debug` only.
    let readers = current().held_locks();
    assert!(readers.iter().all(|lock| lock.shared));
    assert_eq!(readers.len(), usize::from(Kernel::current().debugs()));
    scene.meet();
    scene.part();
    end_of(&reader);
    assert_eq!(scene.book.read(), "reader");
    assert!(wait_task_inactive(&writer, TASK_UNINTERRUPTIBLE), "this task reads still");
    up_read(&scene.sem);
    end_of(&writer);
    assert!(!rwsem_is_locked(&scene.sem) && !rwsem_is_contended(&scene.sem));
}

#[test]
fn a_downgrade_with_a_writer_at_the_head_admits_no_waiter() {
    let scene = Scene::<RawRwSemaphore>::new();
    down_write(&scene.sem);
    let writer = scene.writer("writer");
    let reader = scene.reader();
    downgrade_write(&scene.sem);
    assert!(wait_task_inactive(&reader, TASK_UNINTERRUPTIBLE), "as the kernel does it");
    up_read(&scene.sem);
    end_of(&writer);
    scene.part();
    end_of(&reader);
    assert_eq!(scene.book.read(), "writer reader");
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
        let waiter = signalled(state, lock, &sem);
        send_sig(sig, &waiter, 1).unwrap();
        assert_eq!(end_of(&waiter), -4);
    }
    assert!(!rwsem_is_contended(&sem));
    up_write(&sem);
    assert!(!rwsem_is_locked(&sem));
}

#[test]
fn a_killed_writer_lets_the_readers_behind_it_join_the_present_readers() {
    let scene = Scene::<RawRwSemaphore>::new();
    down_read(&scene.sem);
    let killed = waiting("killed", TASK_KILLABLE, {
        let sem = scene.sem.clone();
        move || {
            allow_signal(SIGKILL).unwrap();
            int(down_write_killable(&sem))
        }
    });
    let reader = scene.reader();
    send_sig(SIGKILL, &killed, 1).unwrap();
    assert_eq!(end_of(&killed), -4);
    scene.meet(); // with this task reading all the time
    scene.part();
    end_of(&reader);
    up_read(&scene.sem);
    assert!(!rwsem_is_locked(&scene.sem));
}

#[test]
fn guards_give_the_data_and_unlock() {
    let table = RwSemaphore::new(vec![1]);
    table.write().push(2);
    let (one, two) = (table.read(), table.try_read().expect("readers share"));
    assert_eq!((one.len(), two.len()), (2, 2));
    assert!(table.try_write().is_none());
    drop((one, two));
    assert_eq!(table.write_killable().unwrap().len(), 2);
    assert!(!table.is_locked());
}
