//! The answers of a real kernel, compared with this crate's.
//!
//! A module on Linux 6.1 recorded the answers, in groups. A test's name begins with the name of its
//! group, and the comment above an assertion is the recorded line where that helps. The files also
//! have neighbours of the recorded cases, whose answers follow from the kernel's documentation.
//!
//! No test waits for a guessed time: tests shake hands with their threads, and
//! [`handshake::asleep`] blocks until a task really sleeps.

#![cfg(not(any(loom, shuttle)))]

mod affinity;
mod completion;
mod completion_signal;
mod create;
mod handshake;
mod kworker;
mod kworker_delayed;
mod kworker_neighbours;
mod names_and_state;
mod park;
mod park_neighbours;
mod signals;
mod sleeping;
mod stop;
mod stop_neighbours;
mod wake_and_sleep;
mod workqueue;
mod workqueue_neighbours;
