//! `linux/smpboot.h` and `linux/cpuhotplug.h`.
//!
//! [`REGISTERED`] keeps the threads of each registered `struct smp_hotplug_thread`, by its address.

use super::left::{self, New};
use super::{In, int, is_err_or_null, text};
use kthread_rt::prelude::*;
use kthread_rt::{
    CpuStep, PercpuThreads, SmpHotplugThread, add_cpu_telling, cpu_online_mask, cpus_read_lock,
    cpus_read_unlock, remove_cpu_telling, smpboot_register_percpu_thread, work_on_cpu,
};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_int, c_uint};
use std::ops::RangeBounds;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

type OfCpu<R> = unsafe extern "C-unwind" fn(cpu: c_uint) -> R;
/// Finds a cpu's copy of the per-cpu variable that holds its task, or null.
type Place = unsafe extern "C-unwind" fn(store: Store, cpu: c_uint) -> *mut *const TaskStruct;

/// `struct task_struct **`, the address of a per-cpu variable.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Store(*mut *const TaskStruct);

// SAFETY: by the C contract, the variable is valid as long as the threads exist.
unsafe impl Send for Store {}
// SAFETY: as above; only one thread at a time writes each cpu's copy, before it is read.
unsafe impl Sync for Store {}

/// `struct smp_hotplug_thread` of the header.
#[repr(C)]
struct Plug {
    store: Store,
    list: [usize; 2],
    thread_should_run: OfCpu<c_int>,
    thread_fn: OfCpu<()>,
    create: Option<OfCpu<()>>,
    setup: Option<OfCpu<()>>,
    cleanup: Option<unsafe extern "C-unwind" fn(cpu: c_uint, online: bool)>,
    park: Option<OfCpu<()>>,
    unpark: Option<OfCpu<()>>,
    selfparking: bool,
    thread_comm: *const c_char,
}

/// The threads, and the functions that find their variables.
static REGISTERED: Mutex<BTreeMap<usize, (PercpuThreads, Place)>> = Mutex::new(BTreeMap::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stores a cpu's task in the module's variable. The pointer is valid while the threads are
/// registered.
fn note(store: Store, place: Place, cpu: u32, task: *const TaskStruct) {
    if !is_err_or_null(store.0) {
        // SAFETY: the header's function, with the module's variable.
        let place = unsafe { place(store, cpu) };
        if !place.is_null() {
            // SAFETY: as above.
            unsafe { place.write(task) };
        }
    }
}

/// # Safety
///
/// `plug` is valid until it is unregistered, and its functions may be called on the threads.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_smpboot_register_percpu_thread(plug: In<Plug>, place: Place) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("smpboot_register_percpu_thread");
    let (store, should_run, run, setup) = (plug.store, plug.thread_should_run, plug.thread_fn, plug.setup);
    // SAFETY: the C contract, here and in each of the functions below.
    let comm = unsafe { text(plug.thread_comm) };
    // SAFETY: as above.
    let should_run = move |cpu| unsafe { should_run(cpu) != 0 };
    // SAFETY: as above.
    let run = move |cpu| unsafe { run(cpu) };
    let mut new = SmpHotplugThread::new(&comm, should_run, run).setup(move |cpu| {
        // The thread may look itself up before the registration returns.
        note(store, place, cpu, current().as_ptr());
        if let Some(setup) = setup {
            // SAFETY: as above.
            unsafe { setup(cpu) };
        }
    });
    if let Some(create) = plug.create {
        // SAFETY: as above.
        new = new.create(move |cpu| unsafe { create(cpu) });
    }
    if let Some(cleanup) = plug.cleanup {
        // SAFETY: as above.
        new = new.cleanup(move |cpu, online| unsafe { cleanup(cpu, online) });
    }
    if let Some(park) = plug.park {
        // SAFETY: as above.
        new = new.park(move |cpu| unsafe { park(cpu) });
    }
    if let Some(unpark) = plug.unpark {
        // SAFETY: as above.
        new = new.unpark(move |cpu| unsafe { unpark(cpu) });
    }
    if plug.selfparking {
        new = new.selfparking();
    }
    match smpboot_register_percpu_thread(new) {
        Ok(threads) => {
            for (cpu, task) in threads.tasks() {
                note(store, place, cpu, task.as_ptr());
            }
            let address = std::ptr::from_ref::<Plug>(&plug).addr();
            lock(&REGISTERED).insert(address, (threads, place));
            New::of(&left::PERCPU_THREADS, address, "smpboot_register_percpu_thread")
                .calls(plug.thread_fn as *const () as usize)
                .named(&comm);
            0
        }
        Err(errno) => errno.as_return(),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn smpboot_unregister_percpu_thread(plug: In<Plug>) {
    let _whole = crate::abi::may_sleep_in_all("smpboot_unregister_percpu_thread");
    let address = std::ptr::from_ref::<Plug>(&plug).addr();
    left::gone(&left::PERCPU_THREADS, address);
    let registered = lock(&REGISTERED).remove(&address);
    if let Some((threads, place)) = registered {
        let cpus: Vec<_> = threads.tasks().into_iter().map(|(cpu, _)| cpu).collect();
        drop(threads);
        cpus.into_iter().for_each(|cpu| note(plug.store, place, cpu, std::ptr::null()));
    }
}

// `linux/cpuhotplug.h`.

/// States without callbacks: `CPUHP_OFFLINE`, `CPUHP_ONLINE`.
const OFFLINE: c_int = 0;
const ONLINE: c_int = 224;
/// `CPUHP_AP_OFFLINE`: from here on, a state's callbacks run on the cpu concerned.
const ON_ITS_CPU: c_int = 96;
/// The dynamic states: `CPUHP_BP_PREPARE_DYN` and `CPUHP_AP_ONLINE_DYN`, with the number of each.
const DYNAMIC: [(c_int, c_int); 2] = [(64, 20), (192, 30)];

/// A state's callbacks for a cpu that goes online, and for one that goes offline.
#[derive(Clone, Copy)]
struct Pair {
    startup: Option<OfCpu<c_int>>,
    teardown: Option<OfCpu<c_int>>,
}

/// The states that are set up. A cpu on its way up passes the lowest first. The lock is never held
/// while a callback runs.
static STATES: Mutex<BTreeMap<c_int, Pair>> = Mutex::new(BTreeMap::new());

/// Calls `function` for `cpu`.
fn call(state: c_int, function: OfCpu<c_int>, cpu: u32) -> c_int {
    // SAFETY: the C contract.
    let call = move || unsafe { function(cpu) };
    if state < ON_ITS_CPU { call() } else { work_on_cpu(cpu, call).unwrap_or_else(Errno::as_return) }
}

impl Pair {
    /// Calls a callback. Returns 0 or its error.
    fn call(self, state: c_int, up: bool, cpu: u32) -> c_int {
        let function = if up { self.startup } else { self.teardown };
        function.map_or(0, |function| call(state, function, cpu))
    }
}

/// Takes a cpu through the states of `part`, up or down, and back if a callback fails.
fn pass(part: impl RangeBounds<c_int>, up: bool, cpu: u32) -> Result<(), Errno> {
    let mut states: Vec<_> = lock(&STATES).range(part).map(|(&state, &pair)| (state, pair)).collect();
    if !up {
        states.reverse();
    }
    for (passed, &(state, pair)) in states.iter().enumerate() {
        // An oops is a failure, too, and is passed on.
        let refused = match catch_unwind(|| pair.call(state, up, cpu)) {
            Ok(0) => continue,
            refused => refused,
        };
        for &(state, pair) in states[..passed].iter().rev() {
            pair.call(state, !up, cpu);
        }
        let error = refused.unwrap_or_else(|oops| resume_unwind(oops));
        return Err(Errno::from_raw(error.wrapping_abs()));
    }
    Ok(())
}

/// Calls the callbacks for a step: one part of the states belongs to an offline cpu, the other part
/// to an online one.
fn tell(step: CpuStep, cpu: u32) -> Result<(), Errno> {
    match step {
        CpuStep::Coming => pass(..ON_ITS_CPU, true, cpu),
        CpuStep::Come => pass(ON_ITS_CPU.., true, cpu),
        CpuStep::Going => pass(ON_ITS_CPU.., false, cpu),
        CpuStep::Gone => pass(..ON_ITS_CPU, false, cpu),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn add_cpu(cpu: c_uint) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("add_cpu");
    int(add_cpu_telling(cpu, |step| tell(step, cpu)))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn remove_cpu(cpu: c_uint) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("remove_cpu");
    int(remove_cpu_telling(cpu, |step| tell(step, cpu)))
}

/// Runs `does` while no cpu goes online or offline. `locked`: the caller holds the lock already.
fn with_cpus<R>(locked: bool, does: impl FnOnce() -> R) -> R {
    if locked {
        return does();
    }
    cpus_read_lock();
    // A guard, so that an oops releases the lock, too.
    let done = catch_unwind(AssertUnwindSafe(does));
    cpus_read_unlock();
    done.unwrap_or_else(|oops| resume_unwind(oops))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_cpuhp_setup_state(
    state: c_int,
    calls: bool,
    locked: bool,
    named: bool,
    startup: Option<OfCpu<c_int>>,
    teardown: Option<OfCpu<c_int>>,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("cpuhp_setup_state");
    if !named || !(OFFLINE + 1..ONLINE).contains(&state) {
        return Errno::EINVAL.as_return();
    }
    with_cpus(locked, || set_up(state, calls, Pair { startup, teardown }))
}

fn set_up(state: c_int, calls: bool, pair: Pair) -> c_int {
    let dynamic = DYNAMIC.iter().find(|&&(first, _)| first == state);
    let taken = {
        let mut states = lock(&STATES);
        let wanted = match dynamic {
            Some(&(first, count)) => (first..=first + count).find(|state| !states.contains_key(state)),
            None => (!states.contains_key(&state)).then_some(state),
        };
        let Some(wanted) = wanted else {
            return if dynamic.is_some() { Errno::from_raw(libc::ENOSPC) } else { Errno::EBUSY }.as_return();
        };
        states.insert(wanted, pair);
        wanted
    };
    let mut begun = Vec::new();
    for cpu in cpu_online_mask().iter().filter(|_| calls) {
        let refused = match catch_unwind(|| pair.call(taken, true, cpu)) {
            Ok(0) => {
                begun.push(cpu);
                continue;
            }
            refused => refused,
        };
        for cpu in begun.into_iter().rev() {
            pair.call(taken, false, cpu);
        }
        lock(&STATES).remove(&taken);
        return refused.unwrap_or_else(|oops| resume_unwind(oops));
    }
    let function = pair.startup.or(pair.teardown).map_or(0, |function| function as *const () as usize);
    New::of(&left::CPUHP, taken as usize, "cpuhp_setup_state").calls(function).note();
    if dynamic.is_some() { taken } else { int(Ok(())) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_cpuhp_remove_state(state: c_int, calls: bool, locked: bool) {
    let _whole = crate::abi::may_sleep_in_all("cpuhp_remove_state");
    left::gone(&left::CPUHP, state as usize);
    with_cpus(locked, || {
        let removed = lock(&STATES).remove(&state);
        if let (Some(pair), true) = (removed, calls) {
            for cpu in cpu_online_mask().iter() {
                pair.call(state, false, cpu);
            }
        }
    });
}
