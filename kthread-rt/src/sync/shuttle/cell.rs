//! Cells whose accesses are checked, and objects that are counted.

use shuttle::sync::atomic::{AtomicBool, Ordering};
use std::cell::Cell;
use std::panic::Location;

/// A cell that detects conflicting accesses.
///
/// There is a scheduling point in the middle of each access, where another thread may run. Two
/// accesses that overlap are a data race, unless both only read.
#[derive(Debug, Default)]
pub struct UnsafeCell<T> {
    value: std::cell::UnsafeCell<T>,
    /// The number of readers at this moment, or [`WRITER`]. std's: all threads share one OS thread,
    /// and this is not a step of the model.
    users: Cell<u32>,
    /// Holds no data. Loading it is a scheduling point.
    point: AtomicBool,
}

/// One writer, and no readers.
const WRITER: u32 = u32::MAX;

impl<T> UnsafeCell<T> {
    /// Makes a cell with this value.
    pub fn new(value: T) -> Self {
        Self { value: std::cell::UnsafeCell::new(value), users: Cell::new(0), point: AtomicBool::new(false) }
    }

    /// Returns the value; `&mut self` proves exclusive access.
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
    // std's: all threads of a model share one OS thread.
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// Returns how many objects with a [`Life`] exist on this OS thread.
pub(super) fn alive() -> usize {
    ALIVE.get()
}

/// Tracks the life of an object: one that outlives its execution is a leak.
#[derive(Debug)]
pub(crate) struct Life(());

impl Life {
    pub(crate) fn new() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }

    /// Does nothing: shuttle cannot check uses.
    pub(crate) fn touch(&self) {}
}

impl Drop for Life {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}
