//! Read-write semaphores (`rwsem/mod.rs`, `lock_queue.rs`).
//!
//! A writer is alone; readers are together, and see what the last writer did. No release is missed by who waits for it; a
//! killed writer lets the readers go that it kept waiting. A downgraded writer lets readers in and no writer. Who lets it go
//! does not touch it any more once another can take it, let it go, and free it.

use crate::harness::{Actor, Bound, Model, actor, in_small_kernel, prepared, sleeper};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::AcqRel};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "rwsem_excludes",
        claim: "a reader reads before or after the writer's change, never in the middle of it",
        bound: Bound::Preemptions(3),
        outcomes: &["before", "after"],
        run: rwsem_excludes,
    },
    Model {
        name: "rwsem_two_writers",
        claim: "two writers and a reader get it, the writers one after the other",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0", "read 1", "read 2"],
        run: rwsem_two_writers,
    },
    Model {
        name: "rwsem_two_readers",
        claim: "two readers and a writer get it; the last reader lets the writer in, and the writer both readers",
        bound: Bound::Preemptions(3),
        outcomes: &["read 0 and 0", "read 0 and 1", "read 1 and 0", "read 1 and 1"],
        run: rwsem_two_readers,
    },
    Model {
        name: "rwsem_readers_before_writer",
        claim: "a writer that two readers let in comes after all that both did, not after the last one's only",
        bound: Bound::Preemptions(3),
        outcomes: &["read 0 and 0"],
        run: rwsem_readers_before_writer,
    },
    Model {
        name: "rwsem_readers_together",
        claim: "a writer lets two readers in that wait, and both hold it at once",
        bound: Bound::Preemptions(2),
        outcomes: &["together"],
        run: rwsem_readers_together,
    },
    Model {
        name: "rwsem_downgrade",
        claim: "a downgrade lets the reader in that waits, keeps its reader's lock, and no writer gets past it",
        bound: Bound::Preemptions(2),
        outcomes: &["read while downgraded"],
        run: rwsem_downgrade,
    },
    Model {
        name: "rwsem_trylock",
        claim: "trylocks take it or say that it is held",
        bound: Bound::Preemptions(3),
        outcomes: &["neither", "read", "written", "read and written"],
        run: rwsem_trylock,
    },
    Model {
        name: "rwsem_killed",
        claim: "a killed writer has the lock or EINTR while the last reader lets go, and it is free when all is over",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: rwsem_killed,
    },
    Model {
        name: "rwsem_killed_writer_lets_readers_go",
        claim: "a writer that is killed in the queue lets the reader behind it join those who read",
        bound: Bound::Preemptions(2),
        outcomes: &["joined"],
        run: rwsem_killed_writer_lets_readers_go,
    },
    Model {
        name: "rwsem_freed_by_last",
        claim: "the last of a reader and a writer may free it right after it has let go",
        bound: Bound::Preemptions(3),
        outcomes: &["the reader frees", "the writer frees"],
        run: rwsem_freed_by_last,
    },
];

struct Guarded {
    sem: RawRwSemaphore,
    value: UnsafeCell<u32>,
}

impl Guarded {
    fn new() -> Arc<Self> {
        Arc::new(Self { sem: RawRwSemaphore::new(), value: UnsafeCell::new(0) })
    }

    fn change(&self) {
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe { *value += 1 });
    }

    fn value(&self) -> u32 {
        // SAFETY: loom checks it.
        self.value.with(|value| unsafe { *value })
    }

    fn read(&self) -> u32 {
        down_read(&self.sem);
        let value = self.value();
        up_read(&self.sem);
        value
    }

    fn write(&self) {
        down_write(&self.sem);
        self.change();
        up_write(&self.sem);
    }

    fn assert_free(&self) {
        assert!(!rwsem_is_locked(&self.sem) && !rwsem_is_contended(&self.sem));
    }
}

fn with<T: 'static>(guarded: &Arc<Guarded>, f: impl FnOnce(&Guarded) -> T + 'static) -> Actor<T> {
    let guarded = guarded.clone();
    sleeper(move || f(&guarded))
}

/// [`with`], where the actor has gone to sleep behind the lock. Not explored.
fn waiting<T: 'static>(guarded: &Arc<Guarded>, f: impl FnOnce(&Guarded) -> T + 'static) -> (Actor<T>, Task) {
    prepared(|| {
        let (tell, told) = std::sync::mpsc::channel();
        let began = Arc::new(Completion::new());
        let begins = began.clone();
        let waiter = with(guarded, move |guarded| {
            tell.send(current()).expect("the model listens");
            complete(&begins);
            drop(begins);
            f(guarded)
        });
        wait_for_completion(&began);
        let task = told.recv().expect("the waiter has said who it is");
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        (waiter, task)
    })
}

fn rwsem_excludes() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let writer = with(&guarded, Guarded::write);
        let read = guarded.read();
        writer.join();
        guarded.assert_free();
        if read == 0 { "before" } else { "after" }.to_owned()
    })
}

fn rwsem_two_writers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let (one, two) = (with(&guarded, Guarded::write), with(&guarded, Guarded::write));
        let read = guarded.read();
        one.join();
        two.join();
        guarded.assert_free();
        assert_eq!(guarded.value(), 2);
        format!("read {read}")
    })
}

fn rwsem_two_readers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let (one, two) = (with(&guarded, Guarded::read), with(&guarded, Guarded::read));
        guarded.write();
        let (one, two) = (one.join(), two.join());
        guarded.assert_free();
        format!("read {one} and {two}")
    })
}

fn rwsem_readers_before_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        // For the two readers, which have no tasks: nothing orders what they did but the lock.
        down_read(&guarded.sem);
        down_read(&guarded.sem);
        let (writer, _) = waiting(&guarded, Guarded::write);
        let reader = || {
            let guarded = guarded.clone();
            actor(move || {
                let value = guarded.value();
                up_read(&guarded.sem);
                value
            })
        };
        let (one, two) = (reader(), reader());
        writer.join();
        let (one, two) = (one.join(), two.join());
        guarded.assert_free();
        format!("read {one} and {two}")
    })
}

fn rwsem_readers_together() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.sem);
        // Each lets go only once the other is in: they wait for each other with the lock held.
        let (mine, yours) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let meet = |mine: Arc<Completion>, yours: Arc<Completion>| {
            move |guarded: &Guarded| {
                down_read(&guarded.sem);
                assert_eq!(guarded.value(), 1);
                complete(&mine);
                wait_for_completion(&yours);
                up_read(&guarded.sem);
            }
        };
        let (one, _) = waiting(&guarded, meet(mine.clone(), yours.clone()));
        let (two, _) = waiting(&guarded, meet(yours, mine));
        guarded.change();
        up_write(&guarded.sem);
        one.join();
        two.join();
        guarded.assert_free();
        "together".to_owned()
    })
}

fn rwsem_downgrade() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.sem);
        let (reader, _) = waiting(&guarded, Guarded::read);
        let (writer, _) = waiting(&guarded, Guarded::write);
        guarded.change();
        downgrade_write(&guarded.sem);
        assert_eq!(reader.join(), 1);
        assert_eq!(guarded.value(), 1, "a writer got past a reader");
        up_read(&guarded.sem);
        writer.join();
        guarded.assert_free();
        "read while downgraded".to_owned()
    })
}

fn rwsem_trylock() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = with(&guarded, Guarded::write);
        let read = down_read_trylock(&guarded.sem);
        if read {
            let _ = guarded.value();
            up_read(&guarded.sem);
        }
        let written = down_write_trylock(&guarded.sem);
        if written {
            guarded.change();
            up_write(&guarded.sem);
        }
        other.join();
        guarded.assert_free();
        assert_eq!(guarded.value(), 1 + u32::from(written));
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
        let result = down_write_killable(&guarded.sem);
        if result.is_ok() {
            guarded.change();
            up_write(&guarded.sem);
        }
        reader.join();
        killer.join();
        guarded.assert_free();
        match result {
            Ok(()) => "locked",
            Err(Errno::EINTR) => "killed",
            Err(_) => "another error",
        }
        .to_owned()
    })
}

fn rwsem_killed_writer_lets_readers_go() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_read(&guarded.sem);
        let (writer, task) = waiting(&guarded, |guarded| down_write_killable(&guarded.sem));
        let (reader, _) = waiting(&guarded, Guarded::read);
        send_sig(SIGKILL, &task, 1).expect("the task is alive");
        drop(task);
        reader.join();
        assert_eq!(writer.join(), Err(Errno::EINTR));
        up_read(&guarded.sem);
        guarded.assert_free();
        "joined".to_owned()
    })
}

/// A rwsem on the heap, and how many users it still has.
#[derive(Clone, Copy)]
struct Counted(*mut (RawRwSemaphore, AtomicU32));

impl Counted {
    fn get(&self) -> &(RawRwSemaphore, AtomicU32) {
        // SAFETY: that it is valid where it is used is what the model claims; loom checks it.
        unsafe { &*self.0 }
    }

    /// One user less; true if it was the last. To be called with the lock held.
    fn last(&self) -> bool {
        self.get().1.fetch_sub(1, AcqRel) == 1
    }

    fn free_if(self, last: bool) -> bool {
        if last {
            // SAFETY: made by the model, freed by its last user.
            drop(unsafe { Box::from_raw(self.0) });
        }
        last
    }
}

fn rwsem_freed_by_last() -> String {
    in_small_kernel(|| {
        let counted = Counted(Box::into_raw(Box::new((RawRwSemaphore::new(), AtomicU32::new(2)))));
        let writer = sleeper(move || {
            down_write(&counted.get().0);
            let last = counted.last();
            up_write(&counted.get().0);
            counted.free_if(last)
        });
        down_read(&counted.get().0);
        let last = counted.last();
        up_read(&counted.get().0);
        let mine = counted.free_if(last);
        assert_ne!(mine, writer.join());
        if mine { "the reader frees" } else { "the writer frees" }.to_owned()
    })
}
