//! Cells whose accesses are seen, and objects that are counted.

use shuttle::sync::atomic::{AtomicBool, Ordering};
use std::cell::Cell;
use std::panic::Location;

/// A cell whose accesses are checked against each other.
///
/// An access takes time: in its middle another thread may run. An access that finds another under
/// way, and is not by a reader beside readers, is one that nothing keeps apart from it.
#[derive(Debug, Default)]
pub struct UnsafeCell<T> {
    value: std::cell::UnsafeCell<T>,
    /// Readers that are at it, or [`WRITER`]. std's: all threads are one OS thread, and this is no
    /// step of the model's.
    users: Cell<u32>,
    /// Nothing. To load it is a scheduling point.
    point: AtomicBool,
}

/// There is one writer, and nobody else.
const WRITER: u32 = u32::MAX;

impl<T> UnsafeCell<T> {
    /// A cell with this value.
    pub fn new(value: T) -> Self {
        Self { value: std::cell::UnsafeCell::new(value), users: Cell::new(0), point: AtomicBool::new(false) }
    }

    /// The value, which nobody else can reach.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// Calls `f` with a pointer to read through.
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        assert!(self.users.get() != WRITER, "a cell is read at {} while it is written", Location::caller());
        self.users.set(self.users.get() + 1);
        self.point.load(Ordering::SeqCst);
        let result = f(self.value.get());
        self.users.set(self.users.get() - 1);
        result
    }

    /// Calls `f` with a pointer to write through.
    #[track_caller]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        assert!(self.users.get() == 0, "a cell is written at {} while it is used", Location::caller());
        self.users.set(WRITER);
        self.point.load(Ordering::SeqCst);
        let result = f(self.value.get());
        self.users.set(0);
        result
    }
}

thread_local! {
    // std's: all threads of a model are one OS thread.
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// How many objects with a life there are on this OS thread.
pub(super) fn alive() -> usize {
    ALIVE.get()
}

/// The life of an object: one that outlives its execution is a leak.
#[derive(Debug)]
pub(crate) struct Life(());

impl Life {
    pub(crate) fn new() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }

    /// The object is being used. Nothing that shuttle could see.
    pub(crate) fn touch(&self) {}
}

impl Drop for Life {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}
