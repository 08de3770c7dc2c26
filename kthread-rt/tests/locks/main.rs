//! Mutexes, ww_mutexes, rt_mutexes, semaphores, rwsems, percpu_rwsems, spinlocks: their results,
//! who gets them and in which order, what ends a wait, which misuse is reported. Tests ask the
//! scheduler whether a waiter sleeps; they never guess.

#![cfg(not(any(loom, shuttle)))]

mod misuse;
mod moved;
mod mutex;
mod percpu_rwsem;
mod queued;
#[path = "../random/mod.rs"]
mod random;
mod rtmutex;
mod rwsem;
mod semaphore;
mod spinlock;
mod stage;
mod stress;
#[path = "../witness/mod.rs"]
mod witness;
mod ww_mutex;
