//! Read-write semaphores (`rwsem/mod.rs`, `lock_queue.rs`).
//!
//! A writer is exclusive; readers share it, and see what the last writer did. No waiter misses a
//! release; a writer that is killed in the queue lets the readers continue that it blocked. A
//! downgraded writer admits readers and no writer. The releasing task does not touch it any more
//! once another task can take it, release it and free it.

use super::locks::{
    self, Counted, ReadersAndWriters, address_of, assert_at_rest, excludes, held, locked_or_killed, oopses,
    readers_together, two_readers, two_writers, waiting, with,
};
use crate::harness::{Bound, Model, actor, in_small_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "rwsem_excludes",
        claim: "a reader reads before or after the writer's change, never in the middle of it",
        bound: Bound::Preemptions(3),
        outcomes: &["before", "after"],
        run: excludes::<RawRwSemaphore>,
    },
    Model {
        name: "rwsem_two_writers",
        claim: "two writers and a reader get it, the writers one after the other",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0", "read 1", "read 2"],
        run: two_writers::<RawRwSemaphore>,
    },
    Model {
        name: "rwsem_two_readers",
        claim: "two readers and a writer all get it; the last reader admits the writer, and the writer both readers",
        bound: Bound::Preemptions(3),
        outcomes: &["read 0 and 0", "read 0 and 1", "read 1 and 0", "read 1 and 1"],
        run: two_readers::<RawRwSemaphore>,
    },
    Model {
        name: "rwsem_readers_before_writer",
        claim: "a writer that two readers admit sees all that both did, not only what the last one did",
        bound: Bound::Preemptions(3),
        outcomes: &["read 0 and 0"],
        run: rwsem_readers_before_writer,
    },
    Model {
        name: "rwsem_readers_together",
        claim: "a writer admits two waiting readers, and both hold it at once",
        bound: Bound::Preemptions(2),
        outcomes: &["together"],
        run: readers_together::<RawRwSemaphore>,
    },
    Model {
        name: "rwsem_downgrade",
        claim: "a downgrade admits the waiting reader and keeps a reader's lock, and no writer gets in",
        bound: Bound::Preemptions(2),
        outcomes: &["read while downgraded"],
        run: rwsem_downgrade,
    },
    Model {
        name: "rwsem_trylock",
        claim: "trylocks take it or report that it is held",
        bound: Bound::Preemptions(3),
        outcomes: &["neither", "read", "written", "read and written"],
        run: rwsem_trylock,
    },
    Model {
        name: "rwsem_killed",
        claim: "a killed writer gets the lock or EINTR while the last reader releases it, and it is free at the end",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: rwsem_killed,
    },
    Model {
        name: "rwsem_killed_writer_lets_readers_go",
        claim: "a writer that is killed in the queue lets the reader behind it join the present readers",
        bound: Bound::Preemptions(2),
        outcomes: &["joined"],
        run: rwsem_killed_writer_lets_readers_go,
    },
    Model {
        name: "rwsem_freed_by_last",
        claim: "the last of a reader and a writer may free it right after its release",
        bound: Bound::Preemptions(3),
        outcomes: &["the reader frees", "the writer frees"],
        run: rwsem_freed_by_last,
    },
    Model {
        name: "rwsem_waiting_writer_first",
        claim: "no new reader joins the readers while a writer waits",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1"],
        run: waiting_writer_first,
    },
    Model {
        name: "rwsem_killed_behind_writer",
        claim: "a waiter that is killed behind a writer lets no one in beside it, and nobody waits for ever",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: killed_behind_writer,
    },
    Model {
        name: "rwsem_killed_reader_keeps_order",
        claim: "a reader that is killed between a writer and a reader does not let that reader overtake the writer",
        bound: Bound::Preemptions(1),
        outcomes: &["locked, read 1", "killed, read 1"],
        run: killed_reader_keeps_order,
    },
    Model {
        name: "rwsem_last_reader_is_joined",
        claim: "a reader that leaves while a killed writer lets another one join leaves the lock to that one",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: last_reader_is_joined,
    },
    Model {
        name: "rwsem_new_waiter_behind_killed",
        claim: "a reader's release that finds its waiter killed and gone does not miss a waiter that comes then",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: || new_waiter_behind_killed(down_read, up_read),
    },
    Model {
        name: "rwsem_new_waiter_behind_killed_for_writer",
        claim: "a writer's release that finds its waiter killed and gone does not miss a waiter that comes then",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: || new_waiter_behind_killed(down_write, up_write),
    },
    Model {
        name: "rwsem_new_reader_after_writer",
        claim: "readers that come while a writer releases it to a waiting one see what the writer did",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1 and 1"],
        run: || new_reader_after(up_write, |_| ()),
    },
    Model {
        name: "rwsem_new_reader_after_downgrade",
        claim: "readers that come while a writer downgrades it see what the writer did, and all are counted",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1 and 1"],
        run: || new_reader_after(downgrade_write, up_read),
    },
    Model {
        name: "rwsem_new_reader_after_quick_downgrade",
        claim: "a reader that comes while a writer downgrades it without waiters sees what the writer did, and is counted",
        bound: Bound::Preemptions(3),
        outcomes: &["read 1"],
        run: new_reader_after_quick_downgrade,
    },
    Model {
        name: "rwsem_downgrade_before_writer",
        claim: "a downgrade with a writer at the head of the queue lets no one in",
        bound: Bound::Preemptions(2),
        outcomes: &["read 2"],
        run: downgrade_before_writer,
    },
    Model {
        name: "rwsem_downgrade_behind_killed",
        claim: "a reader that comes while a downgrade finds its waiter killed and gone sees what the writer did",
        bound: Bound::Preemptions(3),
        outcomes: &["locked", "killed"],
        run: downgrade_behind_killed,
    },
    Model {
        name: "rwsem_guarded",
        claim: "guards unlock when they are dropped, and a downgraded guard is a reader's",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2"],
        run: guarded_data,
    },
    Model {
        name: "rwsem_misused",
        claim: "each misuse warns and changes nothing: locking it again as its writer, releasing what is not held",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: misused,
    },
];

type Guarded = locks::Guarded<RawRwSemaphore>;

impl ReadersAndWriters for RawRwSemaphore {
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

    fn is_free(&self) -> bool {
        !rwsem_is_locked(self) && !rwsem_is_contended(self)
    }
}

fn rwsem_readers_before_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        // For the two readers, which have no tasks: only the lock orders what they did.
        down_read(&guarded.lock);
        down_read(&guarded.lock);
        let (writer, _) = waiting(&guarded, Guarded::write);
        let reader = || {
            let guarded = guarded.clone();
            actor(move || {
                let value = guarded.value();
                up_read(&guarded.lock);
                value
            })
        };
        let (one, two) = (reader(), reader());
        writer.join();
        let (one, two) = (one.join(), two.join());
        guarded.end();
        format!("read {one} and {two}")
    })
}

fn rwsem_downgrade() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        let (reader, _) = waiting(&guarded, Guarded::read);
        let (writer, _) = waiting(&guarded, Guarded::write);
        guarded.change();
        downgrade_write(&guarded.lock);
        assert_eq!(reader.join(), 1);
        assert_eq!(guarded.value(), 1, "a writer got past a reader");
        up_read(&guarded.lock);
        writer.join();
        guarded.end();
        "read while downgraded".to_owned()
    })
}

fn rwsem_trylock() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = with(&guarded, Guarded::write);
        let read = down_read_trylock(&guarded.lock);
        if read {
            let _ = guarded.value();
            up_read(&guarded.lock);
        }
        let written = down_write_trylock(&guarded.lock);
        if written {
            guarded.change();
            up_write(&guarded.lock);
        }
        other.join();
        assert_eq!(guarded.value(), 1 + u32::from(written));
        guarded.end();
        match (read, written) {
            (false, false) => "neither",
            (true, false) => "read",
            (false, true) => "written",
            (true, true) => "read and written",
        }
        .to_owned()
    })
}

fn rwsem_killed() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let reader = with(&guarded, Guarded::read);
        let task = current();
        let killer = actor(move || send_sig(SIGKILL, &task, 1).expect("the task is alive"));
        let result = down_write_killable(&guarded.lock);
        if result.is_ok() {
            guarded.change();
            up_write(&guarded.lock);
        }
        reader.join();
        killer.join();
        guarded.end();
        locked_or_killed(result)
    })
}

fn rwsem_killed_writer_lets_readers_go() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_read(&guarded.lock);
        let (writer, task) = waiting(&guarded, |guarded| down_write_killable(&guarded.lock));
        let (reader, _) = waiting(&guarded, Guarded::read);
        send_sig(SIGKILL, &task, 1).expect("the task is alive");
        drop(task);
        reader.join();
        assert_eq!(writer.join(), Err(Errno::EINTR));
        up_read(&guarded.lock);
        guarded.end();
        "joined".to_owned()
    })
}

fn rwsem_freed_by_last() -> String {
    in_small_kernel(|| {
        let counted = Counted::new(RawRwSemaphore::new(), 2);
        let writer = sleeper(move || {
            down_write(counted.lock());
            counted.put(up_write)
        });
        // The other user is a reader, so this one is exclusive or the only reader.
        down_read(counted.lock());
        let mine = counted.put(up_read);
        assert_ne!(mine, writer.join());
        if mine { "the reader frees" } else { "the writer frees" }.to_owned()
    })
}

fn waiting_writer_first() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_read(&guarded.lock);
        assert!(held().is_empty() && !rwsem_is_contended(&guarded.lock));
        let (writer, _) = waiting(&guarded, Guarded::write);
        assert!(rwsem_is_contended(&guarded.lock));
        assert!(!down_read_trylock(&guarded.lock) && !down_write_trylock(&guarded.lock));
        let reader = with(&guarded, Guarded::read);
        up_read(&guarded.lock);
        let read = reader.join();
        writer.join();
        guarded.end();
        format!("read {read}")
    })
}

fn killed_behind_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        assert_eq!(held(), [address_of(&guarded.lock)]);
        let (killed, task) = waiting(&guarded, |guarded| {
            let result = down_write_killable(&guarded.lock);
            if result.is_ok() {
                guarded.change();
                up_write(&guarded.lock);
            }
            result
        });
        let (reader, _) = waiting(&guarded, Guarded::read);
        send_sig(SIGKILL, &task, 1).expect("it waits");
        drop(task);
        guarded.change();
        up_write(&guarded.lock);
        let (read, result) = (reader.join(), killed.join());
        assert_eq!(read, 1 + u32::from(result.is_ok()));
        guarded.end();
        locked_or_killed(result)
    })
}

fn killed_reader_keeps_order() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_read(&guarded.lock);
        let (writer, _) = waiting(&guarded, Guarded::write);
        let (killed, task) = waiting(&guarded, |guarded| {
            let result = down_read_killable(&guarded.lock);
            if result.is_ok() {
                up_read(&guarded.lock);
            }
            result
        });
        let (reader, _) = waiting(&guarded, Guarded::read);
        send_sig(SIGKILL, &task, 1).expect("it waits");
        drop(task);
        up_read(&guarded.lock);
        let (read, result) = (reader.join(), killed.join());
        writer.join();
        guarded.end();
        format!("{}, read {read}", locked_or_killed(result))
    })
}

fn last_reader_is_joined() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_read(&guarded.lock);
        let (killed, task) = waiting(&guarded, |guarded| {
            let result = down_write_killable(&guarded.lock);
            if result.is_ok() {
                up_write(&guarded.lock);
            }
            result
        });
        let (reader, _) = waiting(&guarded, Guarded::read);
        let (writer, _) = waiting(&guarded, Guarded::write);
        send_sig(SIGKILL, &task, 1).expect("it waits");
        drop(task);
        up_read(&guarded.lock);
        assert_eq!(reader.join(), 0);
        let result = killed.join();
        writer.join();
        guarded.end();
        locked_or_killed(result)
    })
}

fn new_waiter_behind_killed(lock: fn(&RawRwSemaphore), unlock: fn(&RawRwSemaphore)) -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        lock(&guarded.lock);
        let (killed, task) = waiting(&guarded, |guarded| {
            let result = down_write_killable(&guarded.lock);
            if result.is_ok() {
                up_write(&guarded.lock);
            }
            result
        });
        let new = with(&guarded, move |guarded| {
            // ESRCH if it has got the lock and ended before.
            let _ = send_sig(SIGKILL, &task, 1);
            guarded.write()
        });
        unlock(&guarded.lock);
        new.join();
        let result = killed.join();
        guarded.end();
        locked_or_killed(result)
    })
}

/// A writer with a waiting reader does `release`, then `end`; another reader comes meanwhile.
fn new_reader_after(release: fn(&RawRwSemaphore), end: fn(&RawRwSemaphore)) -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        let (one, _) = waiting(&guarded, Guarded::read);
        let two = with(&guarded, Guarded::read);
        guarded.change();
        release(&guarded.lock);
        end(&guarded.lock);
        let (one, two) = (one.join(), two.join());
        guarded.end();
        format!("read {one} and {two}")
    })
}

fn new_reader_after_quick_downgrade() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        let reader = with(&guarded, Guarded::read);
        guarded.change();
        downgrade_write(&guarded.lock);
        assert_eq!(held(), []);
        up_read(&guarded.lock);
        let read = reader.join();
        guarded.end();
        format!("read {read}")
    })
}

fn downgrade_before_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        let (writer, _) = waiting(&guarded, Guarded::write);
        let (reader, _) = waiting(&guarded, Guarded::read);
        let changed = guarded.change();
        downgrade_write(&guarded.lock);
        assert_eq!(guarded.value(), changed);
        up_read(&guarded.lock);
        let read = reader.join();
        writer.join();
        guarded.end();
        format!("read {read}")
    })
}

fn downgrade_behind_killed() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        let (killed, task) = waiting(&guarded, |guarded| {
            let result = down_write_killable(&guarded.lock);
            if result.is_ok() {
                up_write(&guarded.lock);
            }
            result
        });
        let reader = with(&guarded, move |guarded| {
            // ESRCH if it has got the lock and ended before.
            let _ = send_sig(SIGKILL, &task, 1);
            guarded.read()
        });
        guarded.change();
        downgrade_write(&guarded.lock);
        up_read(&guarded.lock);
        assert_eq!(reader.join(), 1);
        let result = killed.join();
        guarded.end();
        locked_or_killed(result)
    })
}

fn guarded_data() -> String {
    in_small_kernel(|| {
        let shared = Arc::new(RwSemaphore::new(0));
        let count = |shared: &RwSemaphore<u32>| {
            let mut guard = shared.write();
            *guard += 1;
            *guard
        };
        let other = with(&shared, count);
        let mine = count(&shared);
        assert_eq!(mine + other.join(), 3);
        let reader = shared.try_write().expect("it is free").downgrade();
        assert!(*reader == 2 && shared.try_read().is_some() && shared.try_write().is_none());
        drop(reader);
        assert_at_rest();
        drop(shared.read());
        drop(shared.try_write().expect("it is free again"));
        mine.to_string()
    })
}

fn misused() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let rwsem = &guarded.lock;
        up_read(rwsem);
        up_write(rwsem);
        downgrade_write(rwsem);
        assert_eq!(warnings(), [WarningKind::LockMisuse; 3]);
        down_write(rwsem);
        assert!(!down_read_trylock(rwsem) && !down_write_trylock(rwsem));
        assert_eq!(down_read_interruptible(rwsem), Err(Errno::EDEADLK));
        assert_eq!(down_read_killable(rwsem), Err(Errno::EDEADLK));
        assert_eq!(down_write_killable(rwsem), Err(Errno::EDEADLK));
        assert!(oopses(|| down_read(rwsem)) && oopses(|| down_write(rwsem)));
        assert_eq!(warnings(), [WarningKind::Deadlock; 5]);
        up_read(rwsem);
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        let by_another = |f: fn(&RawRwSemaphore)| {
            prepared(|| with(&guarded, move |guarded| f(&guarded.lock)).join());
            assert_eq!(warnings(), [WarningKind::LockMisuse]);
            assert!(rwsem_is_locked(rwsem) && rwsem.is_write_locked());
        };
        by_another(up_write);
        by_another(downgrade_write);
        assert_eq!(held(), [address_of(rwsem)]);
        downgrade_write(rwsem);
        assert_eq!(held(), []);
        up_write(rwsem);
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        assert!(rwsem_is_locked(rwsem) && !rwsem.is_write_locked());
        up_read(rwsem);
        guarded.end();
        "refused".to_owned()
    })
}
