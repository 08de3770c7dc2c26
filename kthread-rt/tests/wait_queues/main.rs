//! What a real kernel answered about wait queues, asked of this crate: the groups wq_order and wq_misc, and what the groups
//! about signals and stop say of waits for an event.

#![cfg(not(any(loom, shuttle)))]

mod bit;
mod event;
mod order;
