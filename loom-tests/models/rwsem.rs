//! Read-write semaphores (`rwsem/mod.rs`, `lock_queue.rs`).
//!
//! A writer is exclusive; readers share it, and see what the last writer did. No waiter misses a
//! release; a writer that is killed in the queue lets the readers continue that it blocked. A
//! downgraded writer admits readers and no writer. The releasing task does not touch it any more
//! once another task can take it, release it and free it.

use super::locks::{
    self, Counted, ReadersAndWriters, excludes, locked_or_killed, two_readers, two_writers, waiting, with,
};
use crate::harness::{Bound, Model, actor, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
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
        run: rwsem_readers_together,
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
        guarded.assert_free();
        format!("read {one} and {two}")
    })
}

fn rwsem_readers_together() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        down_write(&guarded.lock);
        // Each releases it only once the other has it: they wait for each other with the lock held.
        let (mine, yours) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let meet = |mine: Arc<Completion>, yours: Arc<Completion>| {
            move |guarded: &Guarded| {
                down_read(&guarded.lock);
                assert_eq!(guarded.value(), 1);
                complete(&mine);
                wait_for_completion(&yours);
                up_read(&guarded.lock);
            }
        };
        let (one, _) = waiting(&guarded, meet(mine.clone(), yours.clone()));
        let (two, _) = waiting(&guarded, meet(yours, mine));
        guarded.change();
        up_write(&guarded.lock);
        one.join();
        two.join();
        guarded.assert_free();
        "together".to_owned()
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
        guarded.assert_free();
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
        let result = down_write_killable(&guarded.lock);
        if result.is_ok() {
            guarded.change();
            up_write(&guarded.lock);
        }
        reader.join();
        killer.join();
        guarded.assert_free();
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
        guarded.assert_free();
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
