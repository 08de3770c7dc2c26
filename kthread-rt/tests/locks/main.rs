//! Mutexes, ww_mutexes, rt_mutexes, semaphores, rwsems, percpu_rwsems, spinlocks: what they return,
//! who gets them and in which order, what ends a wait, what misuse is told. That a waiter sleeps is
//! asked of the scheduler, never guessed.

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
