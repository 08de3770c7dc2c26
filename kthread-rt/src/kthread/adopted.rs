//! OS threads that other tasks than kthreadd have forked. kthreadd joins them too.
//!
//! A caller that needs a thread at once and may not sleep forks a [`Spare`] itself (for the first
//! worker of a pool: see `workqueue::pool`). It leaves the thread's handle here, and kthreadd takes
//! the handle when it is awake for something else.
//!
//! The thread can't end before its handle is here: it sleeps at its start gate until it has a task,
//! and the forker assigns the task after it has left the handle. The forker has an open request
//! until then. So a shutdown, which waits for the last open request, finds all handles.

use super::daemon::SPARE_NAME;
use super::kthreadd::Kthreadd;
use super::spare::{self, Spare};
use crate::errno::Errno;
use crate::sync::os::SignalsBlocked;
use crate::sync::{self, Arc, Mutex, OsThread, ThreadSpec};
use crate::task::KernelState;
use std::mem;

/// A thread that another task has forked, with its number.
pub(super) struct Adopted {
    pub(super) number: u64,
    pub(super) spare: Arc<Spare>,
    pub(super) os_thread: OsThread,
}

/// The threads that kthreadd has not taken over yet.
pub(super) struct Adoptions(Mutex<Waiting>);

struct Waiting {
    /// Their numbers count down from `u64::MAX`; kthreadd's own count up from 1.
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

    /// kthreadd takes the threads that were left since its last call.
    pub(super) fn take(&self) -> Vec<Adopted> {
        mem::take(&mut self.0.lock().threads)
    }
}

impl Kthreadd {
    /// Forks a spare for the caller, which has an open request, and leaves its OS thread to
    /// kthreadd.
    pub(super) fn fork_for_itself(&self, kernel_state: &Arc<KernelState>) -> Result<Arc<Spare>, Errno> {
        let spare = Spare::new();
        let main = {
            let (spare, kernel_state) = (spare.clone(), kernel_state.clone());
            // `true`: the thread must not inherit the caller's affinity, priority and the like.
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
