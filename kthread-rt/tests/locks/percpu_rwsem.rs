//! `percpu_down_read`, `percpu_down_write` and their like.

use crate::queued::{ReadersAndWriters, Scene, a_reader_waits_behind_a_writer, writers_come_in_order};
use crate::stage::end_of;
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[test]
fn it_is_plain_memory_and_valid_when_zeroed() {
    assert!(!needs_drop::<RawPercpuRwSemaphore>());
    // SAFETY: what is tested.
    let sem = unsafe { MaybeUninit::<RawPercpuRwSemaphore>::zeroed().assume_init() };
    percpu_down_write(&sem);
    percpu_up_write(&sem);
    percpu_down_read(&sem);
    percpu_up_read(&sem);
    percpu_free_rwsem(&sem);
}

#[test]
fn readers_share_it_and_a_writer_does_not() {
    let sem = RawPercpuRwSemaphore::new();
    assert!(percpu_down_read_trylock(&sem) && percpu_down_read_trylock(&sem));
    assert!(percpu_is_read_locked(&sem) && !percpu_is_write_locked(&sem) && percpu_rwsem_is_held(&sem));
    percpu_up_read(&sem);
    percpu_up_read(&sem);
    percpu_down_write(&sem);
    assert!(!percpu_down_read_trylock(&sem));
    assert!(!percpu_is_read_locked(&sem) && percpu_is_write_locked(&sem) && percpu_rwsem_is_held(&sem));
    assert_eq!(current().held_locks().len(), 1);
    percpu_up_write(&sem);
    assert!(!percpu_is_read_locked(&sem) && !percpu_is_write_locked(&sem) && !percpu_rwsem_is_held(&sem));
}

impl ReadersAndWriters for RawPercpuRwSemaphore {
    const KIND: WaitKind = WaitKind::PercpuRwSem;

    fn lock_read(&self) {
        percpu_down_read(self);
    }

    fn unlock_read(&self) {
        percpu_up_read(self);
    }

    fn lock_write(&self) {
        percpu_down_write(self);
    }

    fn unlock_write(&self) {
        percpu_up_write(self);
    }
}

#[test]
fn a_waiting_writer_excludes_readers_and_is_distinguished_from_readers() {
    a_reader_waits_behind_a_writer::<RawPercpuRwSemaphore>(|sem| {
        assert!(!percpu_down_read_trylock(sem), "a writer waits");
        assert!(percpu_is_write_locked(sem) && !percpu_is_read_locked(sem), "as the kernel says then");
    });
}

#[test]
fn waiters_get_it_in_the_order_in_which_they_came_readers_together() {
    let scene = Scene::<RawPercpuRwSemaphore>::new();
    percpu_down_write(&scene.sem);
    let readers = [scene.reader(), scene.reader()];
    let second = scene.writer("writer");
    let last = scene.reader();
    percpu_up_write(&scene.sem);
    scene.meet();
    scene.meet();
    assert_eq!(scene.book.read(), "reader reader", "both at once, and the one behind the writer is not in");
    assert!(wait_task_inactive(&second, TASK_UNINTERRUPTIBLE));
    scene.part();
    readers.iter().chain([&second, &last]).for_each(|task| assert_eq!(end_of(task), 0));
    assert_eq!(scene.book.read(), "reader reader writer reader");
}

#[test]
fn writers_get_it_in_the_order_in_which_they_came() {
    writers_come_in_order::<RawPercpuRwSemaphore>();
}

#[test]
fn a_writers_lock_may_be_left_to_another_task() {
    let sem = Arc::new(RawPercpuRwSemaphore::new());
    percpu_down_write(&sem);
    percpu_rwsem_release(&sem, false);
    assert_eq!(current().held_locks(), []);
    assert!(percpu_is_write_locked(&sem) && !percpu_rwsem_is_held(&sem), "it is locked still");
    let other = crate::stage::run("other", {
        let sem = sem.clone();
        move || {
            percpu_rwsem_acquire(&sem, false);
            let held = percpu_rwsem_is_held(&sem) && current().held_locks().len() == 1;
            percpu_up_write(&sem);
            i32::from(held && current().held_locks().is_empty())
        }
    });
    assert_eq!(end_of(&other), 1);
    percpu_down_read(&sem);
    percpu_rwsem_release(&sem, true);
    percpu_rwsem_acquire(&sem, true);
    percpu_up_read(&sem);
    percpu_free_rwsem(&sem);
}

#[test]
fn guards_give_the_data_and_unlock() {
    let table = PercpuRwSemaphore::new(vec![1]);
    table.write().push(2);
    let (one, two) = (table.read(), table.try_read().expect("readers share"));
    assert_eq!((one.len(), two.len()), (2, 2));
    drop((one, two));
    let writer = table.write();
    assert!(table.try_read().is_none() && table.is_write_locked());
    drop(writer);
    assert!(!table.is_read_locked() && !table.is_write_locked());
}

#[test]
fn a_pair_that_writers_keep_equal_is_never_seen_unequal() {
    let pair = Arc::new((RawPercpuRwSemaphore::new(), AtomicU32::new(0), AtomicU32::new(0)));
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let pair = pair.clone();
            crate::stage::run("stress", move || {
                for _ in 0..2000 {
                    if number == 0 {
                        percpu_down_write(&pair.0);
                        pair.1.store(pair.1.load(Relaxed) + 1, Relaxed);
                        cond_resched();
                        pair.2.store(pair.2.load(Relaxed) + 1, Relaxed);
                        percpu_up_write(&pair.0);
                    } else {
                        percpu_down_read(&pair.0);
                        assert_eq!(pair.1.load(Relaxed), pair.2.load(Relaxed));
                        percpu_up_read(&pair.0);
                    }
                }
                0
            })
        })
        .collect();
    threads.iter().for_each(|thread| assert_eq!(end_of(thread), 0));
    assert_eq!((pair.1.load(Relaxed), pair.2.load(Relaxed)), (2000, 2000));
    percpu_free_rwsem(&pair.0);
}
