//! Reader-writer locks, the waiters that queue up for them, and the order in which they get them:
//! for rwsems and percpu_rwsems.

use crate::stage::{Book, Running, end_of, waiting};
use kthread_rt::prelude::*;
use std::sync::Arc;

pub(crate) trait ReadersAndWriters: Default + Send + Sync + 'static {
    /// The wait that a waiter of it notes.
    const KIND: WaitKind;

    fn lock_read(&self);
    fn unlock_read(&self);
    fn lock_write(&self);
    fn unlock_write(&self);
}

/// A lock, the order in which it was taken, and the meeting point of its readers.
pub(crate) struct Scene<L> {
    pub(crate) sem: Arc<L>,
    pub(crate) book: Book,
    in_it: Arc<Semaphore>,
    out: Arc<Completion>,
}

impl<L: ReadersAndWriters> Scene<L> {
    pub(crate) fn new() -> Self {
        Self {
            sem: Arc::new(L::default()),
            book: Book::default(),
            in_it: Arc::new(Semaphore::new(0)),
            out: Arc::new(Completion::new()),
        }
    }

    /// Starts a writer that waits for it.
    #[track_caller]
    pub(crate) fn writer(&self, name: &'static str) -> Running {
        let (sem, book) = (self.sem.clone(), self.book.clone());
        waiting(name, TASK_UNINTERRUPTIBLE, move || {
            sem.lock_write();
            book.note(name);
            sem.unlock_write();
            0
        })
    }

    /// Starts a reader that waits for it, and holds it until all readers [`part`](Self::part).
    #[track_caller]
    pub(crate) fn reader(&self) -> Running {
        let (sem, book, in_it, out) =
            (self.sem.clone(), self.book.clone(), self.in_it.clone(), self.out.clone());
        waiting("reader", TASK_UNINTERRUPTIBLE, move || {
            sem.lock_read();
            book.note("reader");
            up(&in_it);
            wait_for_completion(&out);
            sem.unlock_read();
            0
        })
    }

    /// Waits until one more reader is in.
    pub(crate) fn meet(&self) {
        down(&self.in_it);
    }

    /// Releases the readers, also later ones.
    pub(crate) fn part(&self) {
        complete_all(&self.out);
    }
}

/// While readers hold it, a writer comes and waits, and then a reader; meanwhile `look` checks the
/// lock.
pub(crate) fn a_reader_waits_behind_a_writer<L: ReadersAndWriters>(look: impl FnOnce(&L)) {
    let scene = Scene::<L>::new();
    scene.sem.lock_read();
    let writer = scene.writer("writer");
    let waits = writer.waits_on().expect("it waits");
    assert_eq!((waits.kind, waits.address), (L::KIND, Arc::as_ptr(&scene.sem).addr()));
    look(&scene.sem);
    let reader = scene.reader();
    scene.sem.unlock_read();
    scene.meet();
    scene.part();
    end_of(&writer);
    end_of(&reader);
    assert_eq!(scene.book.read(), "writer reader");
}

pub(crate) fn writers_come_in_order<L: ReadersAndWriters>() {
    let scene = Scene::<L>::new();
    scene.sem.lock_read();
    let writers = ["a", "b", "c"].map(|name| scene.writer(name));
    scene.sem.unlock_read();
    writers.iter().for_each(|writer| assert_eq!(end_of(writer), 0));
    assert_eq!(scene.book.read(), "a b c");
}
