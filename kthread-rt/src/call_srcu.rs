//! `call_srcu`: work for after a grace period of a domain, without waiting for it.
//!
//! A Kernel keeps the callbacks of each domain in a queue, in the order in which they came, which
//! exists as long as there are some. One server at a time takes all that are there, waits for the
//! domain's readers, and calls them, until it finds none. It is a job on a workqueue; or the task
//! of a barrier, if no job would come.
//!
//! # Safety
//!
//! A queue has its domain's address. The domain is valid while a callback of its is queued or
//! called (the contract of [`call_srcu`]), and is looked at only then.

use crate::call_rcu::{RcuCallback, RcuHead, call, free_head};
use crate::completion::Completion;
use crate::debug_objects::{self, ObjectKind, WhenLeft};
use crate::rcu::{SrcuStruct, get_state_synchronize_srcu, synchronize_srcu};
use crate::sched::{might_sleep_in_all, with_current};
use crate::sync::{self, Arc, Mutex};
use crate::task::{KernelState, Subsystem, SubsystemId};
use crate::workqueue::system_unbound_wq;
use std::collections::BTreeMap;
use std::mem;
use std::panic::Location;
use std::ptr;

/// A function that may be called until somebody has waited for all callbacks of its domain.
static SRCU_FUNCTION: ObjectKind = ObjectKind {
    name: "srcu callback",
    state: "not waited for",
    undo: "srcu_barrier()",
    left: WhenLeft::ToldOfModules,
    is_active: None,
    take_off: None,
};

/// One callback. Its head is the caller's memory, and nothing is kept in it.
struct Callback {
    head: *mut RcuHead,
    func: RcuCallback,
}

// SAFETY: it may be called anywhere, by `call_srcu`'s contract.
unsafe impl Send for Callback {}

/// Of one domain.
#[derive(Default)]
struct Queue {
    callbacks: Vec<Callback>,
    /// Somebody serves, or a job has been queued that will.
    served: bool,
}

/// The queues of one Kernel, by the addresses of the domains.
struct Queues(Mutex<BTreeMap<usize, Queue>>);

impl Subsystem for Queues {
    const ID: SubsystemId = SubsystemId::CallSrcu;

    fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

/// Calls `func` with `head` once all sections of `domain` that have begun are over: `call_srcu`.
/// Never sleeps. `func` runs as one of [`call_rcu`](fn@crate::call_rcu)'s.
///
/// # Safety
///
/// `domain` is valid, and stays so and in place until the callback has returned, for which
/// [`srcu_barrier`] waits. `head` is valid and queued nowhere, and stays so until it is called;
/// `func` may be called with it on any task.
#[track_caller]
pub unsafe fn call_srcu(domain: *const SrcuStruct, head: *mut RcuHead, func: RcuCallback) {
    sync::refuse_in_forked_child();
    let place = Location::caller();
    let made = with_current(|me| debug_objects::made(me, "call_srcu", place));
    let function = func as *const () as usize;
    debug_objects::begin(&SRCU_FUNCTION, function, function, made);
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let must_ask = kernel_state.subsystem::<Queues>().add(domain, Callback { head, func });
    if must_ask {
        ask_for_a_job(&kernel_state, domain.expose_provenance(), Location::caller());
    }
}

/// [`get_state_synchronize_srcu`] that begins the grace period, if none does:
/// `start_poll_synchronize_srcu`. Never sleeps.
///
/// # Safety
///
/// As for [`call_srcu`], with [`srcu_barrier`] as what the end is waited for by.
#[track_caller]
pub unsafe fn start_poll_synchronize_srcu(domain: *const SrcuStruct) -> u64 {
    // SAFETY: by the contract.
    let cookie = get_state_synchronize_srcu(unsafe { &*domain });
    // SAFETY: the same contract; the head is on the heap until it is called.
    unsafe { call_srcu(domain, Box::into_raw(Box::new(RcuHead::new())), free_head) };
    cookie
}

/// Waits until all callbacks of the calling task's Kernel that were given to [`call_srcu`] for
/// `domain` are over: `srcu_barrier`. Sleeps.
#[track_caller]
pub fn srcu_barrier(domain: &SrcuStruct) {
    #[repr(C)]
    struct Barrier {
        // First, so that a pointer to it is a pointer to the barrier.
        head: RcuHead,
        over: Completion,
    }

    unsafe extern "C-unwind" fn reached(head: *mut RcuHead) {
        // SAFETY: the barrier waits until this is complete.
        unsafe { (*head.cast::<Barrier>()).over.complete() };
    }

    sync::refuse_in_forked_child();
    let place = Location::caller();
    let _whole = with_current(|me| might_sleep_in_all(me, "srcu_barrier", place));
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let before = debug_objects::count();
    let queues = kernel_state.subsystem::<Queues>();
    let address = ptr::from_ref(domain).expose_provenance();
    if !queues.0.lock().contains_key(&address) {
        return debug_objects::end_before(&SRCU_FUNCTION, before);
    }
    let mut barrier = Barrier { head: RcuHead::new(), over: Completion::new() };
    let barrier = &raw mut barrier;
    if queues.add(domain, Callback { head: barrier.cast(), func: reached }) {
        serve(&kernel_state, address);
    }
    // SAFETY: it is this frame's; others complete it, and no more.
    unsafe { (*barrier).over.wait() };
    debug_objects::end_before(&SRCU_FUNCTION, before);
}

impl Queues {
    /// True if nobody serves: the caller has to see to it.
    fn add(&self, domain: *const SrcuStruct, callback: Callback) -> bool {
        let mut queues = self.0.lock();
        let queue = queues.entry(domain.addr()).or_default();
        queue.callbacks.push(callback);
        !mem::replace(&mut queue.served, true)
    }

    /// All that are there. If there are none, the queue has been served, and goes.
    fn take(&self, domain: usize) -> Vec<Callback> {
        let mut queues = self.0.lock();
        let taken = queues.get_mut(&domain).map(|queue| mem::take(&mut queue.callbacks)).unwrap_or_default();
        if taken.is_empty() {
            queues.remove(&domain);
        }
        taken
    }
}

fn ask_for_a_job(kernel_state: &Arc<KernelState>, domain: usize, place: &'static Location<'static>) {
    let job = {
        let kernel_state = kernel_state.clone();
        move || serve(&kernel_state, domain)
    };
    if system_unbound_wq().spawn_for(job, "call_srcu", place).is_err() {
        // By a Kernel that is shutting down: a barrier will serve.
        if let Some(queue) = kernel_state.subsystem::<Queues>().0.lock().get_mut(&domain) {
            queue.served = false;
        }
    }
}

/// Serves until nothing is left. By who has found that nobody does.
#[track_caller]
fn serve(kernel_state: &Arc<KernelState>, domain: usize) {
    let queues = kernel_state.subsystem::<Queues>();
    loop {
        let callbacks = queues.take(domain);
        if callbacks.is_empty() {
            return;
        }
        // SAFETY: there are callbacks, so it is valid.
        synchronize_srcu(unsafe { &*ptr::with_exposed_provenance(domain) });
        for Callback { head, func } in callbacks {
            // SAFETY: by the contract of `call_srcu`.
            call(func as usize, || unsafe { func(head) });
        }
    }
}
