//! The emulated cpu topology of a Kernel: which cpus are online, and taking them down and up.
//!
//! A Kernel's cpus are those that the process could use when it booted; all are online at first.
//! Taking a cpu down only parks the Kernel's per-cpu threads of that cpu: other threads stay where
//! they are, and the machine's cpu keeps running.
//!
//! [`cpus_read_lock`] keeps the set of online cpus as it is. It is a percpu_rwsem of the Kernel,
//! taken for writing before a cpu goes down or comes up, and before the lock of the registered
//! threads, as in the kernel.

use super::Plug;
use crate::cpumask::CpuMask;
use crate::diag::{WarningKind, too_many};
use crate::errno::Errno;
use crate::mutex::{KMutex, KMutexGuard};
use crate::percpu_rwsem::RawPercpuRwSemaphore;
use crate::sched::with_current;
use crate::sync::{Arc, Mutex, os, refuse_in_forked_child};
use crate::task::{KernelState, Subsystem, SubsystemId};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

/// A Kernel's state of its cpus.
pub(crate) struct Hotplug {
    /// The registered kinds of threads, in the order of registration. Its lock is the one in the
    /// module's text.
    plugs: KMutex<Vec<Arc<Plug>>>,
    /// The cpus that are down. Changed only with the lock of `plugs` held; this lock is for
    /// readers.
    down: Mutex<CpuMask>,
    /// The kernel's `cpu_hotplug_lock`.
    cpus: RawPercpuRwSemaphore,
    /// The number of [`cpu_hotplug_disable`] calls that were not undone.
    disabled: Mutex<u32>,
}

/// Holds the cpus' lock for writing while they are being changed.
struct CpusChange<'a>(&'a RawPercpuRwSemaphore);

impl<'a> CpusChange<'a> {
    /// Returns `EBUSY` if hotplug is disabled.
    #[track_caller]
    fn begin(kernel_state: &'a KernelState) -> Result<Self, Errno> {
        refuse_in_forked_child();
        let part = kernel_state.subsystem::<Hotplug>();
        part.cpus.write();
        let change = Self(&part.cpus);
        if *part.disabled.lock() == 0 { Ok(change) } else { Err(Errno::EBUSY) }
    }
}

impl Drop for CpusChange<'_> {
    fn drop(&mut self) {
        self.0.unlock_write();
    }
}

impl Subsystem for Hotplug {
    const ID: SubsystemId = SubsystemId::Hotplug;

    fn new() -> Self {
        Self {
            plugs: KMutex::new(Vec::new()),
            down: Mutex::new(CpuMask::empty()),
            cpus: RawPercpuRwSemaphore::new(),
            disabled: Mutex::new(0),
        }
    }
}

#[track_caller]
pub(super) fn lock(kernel_state: &KernelState) -> KMutexGuard<'_, Vec<Arc<Plug>>> {
    refuse_in_forked_child();
    kernel_state.subsystem::<Hotplug>().plugs.lock()
}

/// The cpus of `kernel_state` that are online.
pub(crate) fn online(kernel_state: &KernelState) -> CpuMask {
    let down = *kernel_state.subsystem::<Hotplug>().down.lock();
    kernel_state.cpus().iter().filter(|&cpu| !down.contains(cpu)).collect()
}

fn mark(kernel_state: &KernelState, cpu: u32, is_down: bool) {
    let mut down = kernel_state.subsystem::<Hotplug>().down.lock();
    *down = down.iter().filter(|&other| other != cpu).chain(is_down.then_some(cpu)).collect();
}

/// A step of a cpu's way up or down, for the callback of [`add_cpu_telling`] and
/// [`remove_cpu_telling`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuStep {
    /// It is about to come up, and is not online.
    Coming,
    /// It is online, and its threads are unparked.
    Come,
    /// It is about to go down, and is online.
    Going,
    /// It is not online any more; or did not come up, after all.
    Gone,
}

/// The callback for the steps. An error cancels the change, except at `Gone`.
type Tell<'a> = &'a mut dyn FnMut(CpuStep) -> Result<(), Errno>;

/// Takes a cpu down: what [`Kernel::cpu_down`](crate::Kernel::cpu_down) does.
#[track_caller]
pub(crate) fn cpu_down(kernel_state: &Arc<KernelState>, cpu: u32) -> Result<(), Errno> {
    take_down(kernel_state, cpu, &mut |_| Ok(()))
}

#[track_caller]
fn take_down(kernel_state: &Arc<KernelState>, cpu: u32, tell: Tell<'_>) -> Result<(), Errno> {
    // No other task changes the online cpus until this is dropped.
    let _cpus = CpusChange::begin(kernel_state)?;
    let online = online(kernel_state);
    // The checks are in the kernel's order.
    if online.count() == 1 {
        return Err(Errno::EBUSY);
    }
    if !kernel_state.cpus().contains(cpu) {
        return Err(Errno::EINVAL);
    }
    if online.contains(cpu) {
        tell(CpuStep::Going)?;
        set_offline(kernel_state, cpu);
        let _ = tell(CpuStep::Gone);
    }
    Ok(())
}

#[track_caller]
fn set_offline(kernel_state: &KernelState, cpu: u32) {
    let plugs = lock(kernel_state);
    for plug in plugs.iter().rev() {
        plug.park_thread(cpu);
    }
    mark(kernel_state, cpu, true);
}

/// Brings a cpu up: what [`Kernel::cpu_up`](crate::Kernel::cpu_up) does.
#[track_caller]
pub(crate) fn cpu_up(kernel_state: &Arc<KernelState>, cpu: u32) -> Result<(), Errno> {
    bring_up(kernel_state, cpu, &mut |_| Ok(()))
}

#[track_caller]
fn bring_up(kernel_state: &Arc<KernelState>, cpu: u32, tell: Tell<'_>) -> Result<(), Errno> {
    let _cpus = CpusChange::begin(kernel_state)?;
    if !kernel_state.cpus().contains(cpu) {
        return Err(Errno::EINVAL);
    }
    if online(kernel_state).contains(cpu) {
        return Ok(());
    }
    tell(CpuStep::Coming)?;
    // A panic, of the callback or of a thread's `create`, cancels the change and then continues.
    let mut come = catch_unwind(AssertUnwindSafe(|| set_online(kernel_state, cpu)));
    if matches!(come, Ok(Ok(()))) {
        come = catch_unwind(AssertUnwindSafe(|| tell(CpuStep::Come)));
        if !matches!(come, Ok(Ok(()))) {
            set_offline(kernel_state, cpu);
        }
    }
    if !matches!(come, Ok(Ok(()))) {
        let _ = tell(CpuStep::Gone);
    }
    come.unwrap_or_else(|panic| resume_unwind(panic))
}

#[track_caller]
fn set_online(kernel_state: &KernelState, cpu: u32) -> Result<(), Errno> {
    let plugs = lock(kernel_state);
    // Kinds that were registered while the cpu was down have no thread for it yet.
    for plug in plugs.iter() {
        Plug::create_thread(plug, cpu)?;
    }
    mark(kernel_state, cpu, false);
    for plug in plugs.iter() {
        plug.unpark_thread(cpu);
    }
    Ok(())
}

/// Takes a cpu of the calling task's Kernel down: `remove_cpu`. As
/// [`Kernel::cpu_down`](crate::Kernel::cpu_down).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (cpus, last) = (num_online_cpus(), cpu_online_mask().iter().last().unwrap());
/// if cpus > 1 {
///     remove_cpu(last)?; // parks the threads of that cpu
///     assert!(!cpu_online(last));
///     assert_eq!(num_online_cpus(), cpus - 1);
///     add_cpu(last)?;
/// }
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn remove_cpu(cpu: u32) -> Result<(), Errno> {
    remove_cpu_telling(cpu, |_| Ok(()))
}

/// [`remove_cpu`] that calls `tell` at each step, for callers that keep the kernel's `cpuhp`
/// states. The calling task calls it, and excludes other changes meanwhile. If it returns an error
/// for [`CpuStep::Going`], the call returns that error and the cpu stays online.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let last = cpu_online_mask().iter().last().unwrap();
/// let refused = remove_cpu_telling(last, |step| if step == CpuStep::Going { Err(Errno::EBUSY) } else { Ok(()) });
/// assert_eq!(refused, Err(Errno::EBUSY));
/// assert!(cpu_online(last));
/// ```
#[track_caller]
pub fn remove_cpu_telling(cpu: u32, mut tell: impl FnMut(CpuStep) -> Result<(), Errno>) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let kernel_state = with_current(|me| me.kernel_state().clone());
    take_down(&kernel_state, cpu, &mut tell)
}

/// Brings a cpu of the calling task's Kernel up: `add_cpu`. As
/// [`Kernel::cpu_up`](crate::Kernel::cpu_up).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (cpus, last) = (num_online_cpus(), cpu_online_mask().iter().last().unwrap());
/// if cpus > 1 {
///     remove_cpu(last)?; // parks the threads of that cpu
///     assert!(!cpu_online(last));
///     assert_eq!(num_online_cpus(), cpus - 1);
///     add_cpu(last)?;
/// }
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn add_cpu(cpu: u32) -> Result<(), Errno> {
    add_cpu_telling(cpu, |_| Ok(()))
}

/// [`add_cpu`] that calls `tell` at each step, as [`remove_cpu_telling`] does. If it panics or
/// returns an error for [`CpuStep::Coming`] or [`CpuStep::Come`], the cpu stays down. After the
/// latter it is called again with [`CpuStep::Gone`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // The cpu is online already, so there are no steps.
/// let first = cpu_online_mask().iter().next().unwrap();
/// assert_eq!(add_cpu_telling(first, |step| panic!("{step:?}")), Ok(()));
/// ```
#[track_caller]
pub fn add_cpu_telling(cpu: u32, mut tell: impl FnMut(CpuStep) -> Result<(), Errno>) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let kernel_state = with_current(|me| me.kernel_state().clone());
    bring_up(&kernel_state, cpu, &mut tell)
}

/// Returns the cpus of the calling task's Kernel that are online: `cpu_online_mask`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(cpu_online_mask().count(), num_online_cpus());
/// ```
pub fn cpu_online_mask() -> CpuMask {
    refuse_in_forked_child();
    with_current(|me| online(me.kernel_state()))
}

/// Returns true if `cpu` is online in the calling task's Kernel: `cpu_online`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (cpus, last) = (num_online_cpus(), cpu_online_mask().iter().last().unwrap());
/// if cpus > 1 {
///     remove_cpu(last)?; // parks the threads of that cpu
///     assert!(!cpu_online(last));
///     assert_eq!(num_online_cpus(), cpus - 1);
///     add_cpu(last)?;
/// }
/// # Ok::<(), Errno>(())
/// ```
pub fn cpu_online(cpu: u32) -> bool {
    cpu_online_mask().contains(cpu)
}

/// Returns the number of cpus that are online in the calling task's Kernel: `num_online_cpus`.
/// Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (cpus, last) = (num_online_cpus(), cpu_online_mask().iter().last().unwrap());
/// if cpus > 1 {
///     remove_cpu(last)?; // parks the threads of that cpu
///     assert!(!cpu_online(last));
///     assert_eq!(num_online_cpus(), cpus - 1);
///     add_cpu(last)?;
/// }
/// # Ok::<(), Errno>(())
/// ```
pub fn num_online_cpus() -> u32 {
    cpu_online_mask().count()
}

/// Keeps the cpus of the calling task's Kernel as they are until [`cpu_hotplug_enable`]:
/// `cpu_hotplug_disable`. [`remove_cpu`] and [`add_cpu`] return `EBUSY` meanwhile. Nests. Sleeps
/// while a change is being made.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// cpu_hotplug_disable();
/// assert_eq!(remove_cpu(0), Err(Errno::EBUSY));
/// cpu_hotplug_enable();
/// ```
#[track_caller]
pub fn cpu_hotplug_disable() {
    change_disabled("cpu_hotplug_disable", Location::caller(), |count| {
        Some(count.checked_add(1).unwrap_or_else(|| too_many("calls of cpu_hotplug_disable()")))
    });
}

/// Undoes one [`cpu_hotplug_disable`]: `cpu_hotplug_enable`. Warns if there is none, as the
/// kernel's.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// cpu_hotplug_disable();
/// assert_eq!(remove_cpu(0), Err(Errno::EBUSY));
/// cpu_hotplug_enable();
/// ```
#[track_caller]
pub fn cpu_hotplug_enable() {
    change_disabled("cpu_hotplug_enable", Location::caller(), |count| count.checked_sub(1));
}

fn change_disabled(call: &'static str, place: &'static Location<'static>, change: fn(u32) -> Option<u32>) {
    refuse_in_forked_child();
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let part = kernel_state.subsystem::<Hotplug>();
    part.cpus.write_at(call, place);
    let changed = {
        let mut disabled = part.disabled.lock();
        let changed = change(*disabled);
        *disabled = changed.unwrap_or(*disabled);
        changed
    };
    part.cpus.unlock_write_at(call, place);
    if changed.is_none() {
        let message = "cpu hotplug is not disabled: a cpu_hotplug_disable() is missing";
        with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
    }
}

fn with_cpus<R>(f: impl FnOnce(&RawPercpuRwSemaphore) -> R) -> R {
    refuse_in_forked_child();
    let kernel_state = with_current(|me| me.kernel_state().clone());
    f(&kernel_state.subsystem::<Hotplug>().cpus)
}

/// Keeps the cpus of the calling task's Kernel as they are until [`cpus_read_unlock`]:
/// `cpus_read_lock`. May sleep: [`remove_cpu`] and [`add_cpu`] wait for each other and for this. A
/// task of the same Kernel must unlock it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// cpus_read_lock();
/// for cpu in cpu_online_mask().iter() {
///     assert!(cpu_online(cpu));
/// }
/// cpus_read_unlock();
/// ```
#[track_caller]
pub fn cpus_read_lock() {
    let place = Location::caller();
    with_cpus(|cpus| cpus.read_at("cpus_read_lock", place));
}

/// [`cpus_read_lock`] that never sleeps: `cpus_read_trylock`. Returns true (the kernel's 1) if it
/// got the lock.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(cpus_read_trylock());
/// // No cpu comes or goes here.
/// cpus_read_unlock();
/// ```
#[must_use]
pub fn cpus_read_trylock() -> bool {
    with_cpus(RawPercpuRwSemaphore::try_read)
}

/// Undoes one [`cpus_read_lock`]: `cpus_read_unlock`. Warns if there is none. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(cpus_read_trylock());
/// // No cpu comes or goes here.
/// cpus_read_unlock();
/// ```
#[track_caller]
pub fn cpus_read_unlock() {
    let place = Location::caller();
    with_cpus(|cpus| cpus.unlock_read_at("cpus_read_unlock", place));
}

/// Excludes all other readers and writers of the set of cpus until [`cpus_write_unlock`], as a cpu
/// that goes down or comes up does: `cpus_write_lock`. May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// cpus_write_lock();
/// assert!(!cpus_read_trylock());
/// cpus_write_unlock();
/// ```
#[track_caller]
pub fn cpus_write_lock() {
    let place = Location::caller();
    with_cpus(|cpus| cpus.write_at("cpus_write_lock", place));
}

/// Undoes [`cpus_write_lock`]: `cpus_write_unlock`. Warns if the calling task did not lock it.
/// Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// cpus_write_lock();
/// // No reader is in its section.
/// cpus_write_unlock();
/// ```
#[track_caller]
pub fn cpus_write_unlock() {
    let place = Location::caller();
    with_cpus(|cpus| cpus.unlock_write_at("cpus_write_unlock", place));
}

/// Returns true if the calling task holds the cpus for writing, or any task holds
/// [`cpus_read_lock`]: what `lockdep_assert_cpus_held` can know. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// cpus_read_lock();
/// assert!(lockdep_is_cpus_held());
/// cpus_read_unlock();
/// ```
pub fn lockdep_is_cpus_held() -> bool {
    with_cpus(RawPercpuRwSemaphore::is_held)
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{Hotplug, cpu_hotplug_disable, cpu_hotplug_enable, remove_cpu, with_current};
    use crate::diag::tests::assert_aborts;
    use crate::errno::Errno;

    #[test]
    fn a_cpu_does_not_go_after_too_many_disables() {
        let name = "smpboot::hotplug::tests::a_cpu_does_not_go_after_too_many_disables";
        assert_aborts(name, "calls of cpu_hotplug_disable()", || {
            cpu_hotplug_disable();
            with_current(|me| *me.kernel_state().subsystem::<Hotplug>().disabled.lock() = u32::MAX - 1);
            cpu_hotplug_disable();
            assert_eq!(remove_cpu(0), Err(Errno::EBUSY));
            cpu_hotplug_enable();
            cpu_hotplug_disable();
            cpu_hotplug_disable();
        });
    }
}
