//! `call_srcu` of `linux/srcu.h`: callbacks that run after a grace period of a domain, without a
//! wait by the caller.
//!
//! A Kernel keeps a queue of callbacks for each domain that has any, in the order of the calls. One
//! server at a time takes all of a queue, waits for the domain's readers, and calls the callbacks,
//! until the queue is empty. The server is a job on a workqueue, or the task of a barrier if no job
//! would come.
//!
//! # Safety
//!
//! A queue is found by its domain's address. The domain is valid while one of its callbacks is
//! queued or called (the contract of [`call_srcu`]), and is accessed only then.

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

/// A function that may still be called: until a task has waited for all callbacks of its domain.
static SRCU_FUNCTION: ObjectKind = ObjectKind {
    name: "srcu callback",
    state: "not waited for",
    undo: "srcu_barrier()",
    left: WhenLeft::ToldOfModules,
    is_active: None,
    take_off: None,
};

/// One callback. Its head is the caller's memory; nothing is stored in it.
struct Callback {
    head: *mut RcuHead,
    func: RcuCallback,
}

// SAFETY: it may be called on any task, by `call_srcu`'s contract.
unsafe impl Send for Callback {}

/// The callbacks of one domain.
#[derive(Default)]
struct Queue {
    callbacks: Vec<Callback>,
    /// A task serves, or a job has been queued that will.
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
/// Never sleeps. `func` runs in the same context as the callbacks of
/// [`call_rcu`](fn@crate::call_rcu).
///
/// # Safety
///
/// `domain` is valid and stays in place until the callback has returned, which [`srcu_barrier`]
/// waits for. `head` is valid and not queued, and stays valid and unused until `func` is called
/// with it, which may happen on any task.
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

/// [`get_state_synchronize_srcu`] that also starts the grace period, if none is going to start:
/// `start_poll_synchronize_srcu`. Never sleeps.
///
/// # Safety
///
/// As for [`call_srcu`]: `domain` stays valid until [`srcu_barrier`] has returned.
#[track_caller]
pub unsafe fn start_poll_synchronize_srcu(domain: *const SrcuStruct) -> u64 {
    // SAFETY: by the contract.
    let cookie = get_state_synchronize_srcu(unsafe { &*domain });
    // SAFETY: the same contract; the head is on the heap until it is called.
    unsafe { call_srcu(domain, Box::into_raw(Box::new(RcuHead::new())), free_head) };
    cookie
}

/// Waits until all callbacks that were given to [`call_srcu`] for `domain` in the calling task's
/// Kernel are over: `srcu_barrier`. Sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// srcu_barrier(&domain); // no callback of the domain is left
/// ```
#[track_caller]
pub fn srcu_barrier(domain: &SrcuStruct) {
    #[repr(C)]
    struct Barrier {
        // First, so that a pointer to it is a pointer to the barrier.
        head: RcuHead,
        over: Completion,
    }

    unsafe extern "C-unwind" fn reached(head: *mut RcuHead) {
        // SAFETY: `srcu_barrier` keeps the barrier until this completes it.
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
    // SAFETY: the barrier is in this frame; other tasks only complete it.
    unsafe { (*barrier).over.wait() };
    debug_objects::end_before(&SRCU_FUNCTION, before);
}

impl Queues {
    /// Returns true if no task serves: the caller has to serve or ask for a job.
    fn add(&self, domain: *const SrcuStruct, callback: Callback) -> bool {
        let mut queues = self.0.lock();
        let queue = queues.entry(domain.addr()).or_default();
        queue.callbacks.push(callback);
        !mem::replace(&mut queue.served, true)
    }

    /// Takes all callbacks. If there are none, the queue is removed.
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
        // A Kernel that is shutting down has refused: a barrier will serve.
        if let Some(queue) = kernel_state.subsystem::<Queues>().0.lock().get_mut(&domain) {
            queue.served = false;
        }
    }
}

/// Serves until nothing is left. For a caller that has found that no task serves.
#[track_caller]
fn serve(kernel_state: &Arc<KernelState>, domain: usize) {
    let queues = kernel_state.subsystem::<Queues>();
    loop {
        let callbacks = queues.take(domain);
        if callbacks.is_empty() {
            return;
        }
        // SAFETY: its callbacks are not over, so the domain is valid.
        synchronize_srcu(unsafe { &*ptr::with_exposed_provenance(domain) });
        for Callback { head, func } in callbacks {
            // SAFETY: by the contract of `call_srcu`.
            call(func as usize, || unsafe { func(head) });
        }
    }
}
