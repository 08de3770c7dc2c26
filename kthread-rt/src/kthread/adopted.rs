//! OS threads that others than kthreadd have forked, and that kthreadd joins all the same.
//!
//! Who must know at once whether there is a thread, and may not sleep, forks a [`Spare`] by itself
//! (the first worker of a pool: see `workqueue::pool`). It leaves the thread's handle here, and
//! kthreadd takes it when it is awake for something else.
//!
//! The thread can't end before its handle is here: until it has a task it sleeps in its start gate,
//! and the forker gives it one after that. The forker has an open request until then; so a
//! shutdown, which waits for the last open request, finds every one of them.

use super::daemon::SPARE_NAME;
use super::kthreadd::Kthreadd;
use super::spare::{self, Spare};
use crate::errno::Errno;
use crate::sync::os::SignalsBlocked;
use crate::sync::{self, Arc, Mutex, OsThread, ThreadSpec};
use crate::task::KernelState;
use std::mem;

/// A thread that somebody else has forked, with its number.
pub(super) struct Adopted {
    pub(super) number: u64,
    pub(super) spare: Arc<Spare>,
    pub(super) os_thread: OsThread,
}

/// Those that wait for kthreadd.
pub(super) struct Adoptions(Mutex<Waiting>);

struct Waiting {
    /// Their numbers go down from the top; those that kthreadd gives go up from 1.
    last_number: u64,
    threads: Vec<Adopted>,
}

impl Adoptions {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Waiting { last_number: u64::MAX, threads: Vec::new() }))
    }

    fn draw_number(&self) -> u64 {
        let mut waiting = self.0.lock();
        waiting.last_number -= 1;
        waiting.last_number
    }

    fn leave(&self, adopted: Adopted) {
        self.0.lock().threads.push(adopted);
    }

    /// For kthreadd: those that have come since.
    pub(super) fn take(&self) -> Vec<Adopted> {
        mem::take(&mut self.0.lock().threads)
    }
}

impl Kthreadd {
    /// Forks a spare for the caller, who has an open request, and leaves its OS thread to kthreadd.
    pub(super) fn fork_for_itself(&self, kernel_state: &Arc<KernelState>) -> Result<Arc<Spare>, Errno> {
        let spare = Spare::new();
        let main = {
            let (spare, kernel_state) = (spare.clone(), kernel_state.clone());
            // What the caller has of affinity, priority and the like is not for a thread of the
            // Kernel's.
            move || spare::main(&spare, &kernel_state, true)
        };
        let number = self.adoptions.draw_number();
        let last = {
            let kernel_state = kernel_state.clone();
            move || kernel_state.subsystem::<Self>().announce_finished(number, 1)
        };
        let spec = ThreadSpec { name: SPARE_NAME.into(), stack_size: kernel_state.stack_size };
        let blocked = SignalsBlocked::new();
        let os_thread = sync::spawn(spec, main, last);
        drop(blocked);
        let os_thread = os_thread
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(Errno::EAGAIN.raw())))?;
        self.adoptions.leave(Adopted { number, spare: spare.clone(), os_thread });
        Ok(spare)
    }
}
