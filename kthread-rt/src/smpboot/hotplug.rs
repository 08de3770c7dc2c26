//! The emulated topology of a Kernel: which of its cpus are online, and taking them down and up.
//!
//! A Kernel's cpus are those that the process could use when it booted, all of them online. What
//! goes down is the Kernel's idea of a cpu: its per-cpu threads are parked, other threads stay
//! where they are, and the machine's cpu goes on.
//!
//! Who goes through the cpus keeps them as they are by [`cpus_read_lock`]: a percpu_rwsem of the
//! Kernel, that is taken for writing before a cpu goes or comes, and before the lock of what is
//! registered, as the kernel does.

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

/// A Kernel's part.
pub(crate) struct Hotplug {
    /// What is registered, in that order. Its lock is the one in the module's text.
    plugs: KMutex<Vec<Arc<Plug>>>,
    /// The cpus that are down. Changed with the lock of `plugs` held; this one is for those who
    /// look.
    down: Mutex<CpuMask>,
    /// The kernel's `cpu_hotplug_lock`.
    cpus: RawPercpuRwSemaphore,
    /// How often [`cpu_hotplug_disable`] was called and not taken back.
    disabled: Mutex<u32>,
}

/// The cpus of a Kernel are being changed, until it is dropped.
struct CpusChange<'a>(&'a RawPercpuRwSemaphore);

impl<'a> CpusChange<'a> {
    /// `EBUSY` if it is disabled.
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

/// Where a cpu is on its way up or down, when [`add_cpu_telling`] or [`remove_cpu_telling`] says
/// so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuStep {
    /// It is to come, and is not online.
    Coming,
    /// It is online, and its threads are unparked.
    Come,
    /// It is to go, and is online.
    Going,
    /// It is not online any more; or not, after all.
    Gone,
}

/// Who is told of the steps. What it refuses is not done; of `Gone` it can't refuse.
type Tell<'a> = &'a mut dyn FnMut(CpuStep) -> Result<(), Errno>;

/// Takes a cpu down: what [`Kernel::cpu_down`](crate::Kernel::cpu_down) does.
#[track_caller]
pub(crate) fn cpu_down(kernel_state: &Arc<KernelState>, cpu: u32) -> Result<(), Errno> {
    take_down(kernel_state, cpu, &mut |_| Ok(()))
}

#[track_caller]
fn take_down(kernel_state: &Arc<KernelState>, cpu: u32, tell: Tell<'_>) -> Result<(), Errno> {
    // Until its end, nobody else changes what is online.
    let _cpus = CpusChange::begin(kernel_state)?;
    let online = online(kernel_state);
    // In the kernel's order.
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
    // A panic, of who is told or of a thread's `create`, is a refusal that goes on.
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
    // Those that were registered while it was down.
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
#[track_caller]
pub fn remove_cpu(cpu: u32) -> Result<(), Errno> {
    remove_cpu_telling(cpu, |_| Ok(()))
}

/// [`remove_cpu`], with `tell` called at each step, for who keeps the kernel's `cpuhp` states: by
/// the calling task, which keeps everybody else out of the cpus meanwhile. What it returns for
/// [`CpuStep::Going`] ends it, with the cpu as it was.
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
#[track_caller]
pub fn add_cpu(cpu: u32) -> Result<(), Errno> {
    add_cpu_telling(cpu, |_| Ok(()))
}

/// [`add_cpu`], with `tell` called at each step, as [`remove_cpu_telling`] does. What it returns
/// for [`CpuStep::Coming`] or [`CpuStep::Come`] ends it, with the cpu down; after the latter, it is
/// told that the cpu is gone. So does a panic of it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // It is online already, so there is nothing to tell.
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

/// The cpus of the calling task's Kernel that are online: `cpu_online_mask`. Never sleeps.
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

/// True if `cpu` is online in the calling task's Kernel: `cpu_online`. Never sleeps.
pub fn cpu_online(cpu: u32) -> bool {
    cpu_online_mask().contains(cpu)
}

/// How many cpus are online in the calling task's Kernel: `num_online_cpus`. Never sleeps.
pub fn num_online_cpus() -> u32 {
    cpu_online_mask().count()
}

/// No cpu of the calling task's Kernel goes or comes until [`cpu_hotplug_enable`]; [`remove_cpu`]
/// and [`add_cpu`] return `EBUSY`: `cpu_hotplug_disable`. Nests. Waits for a change that is being
/// made.
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

/// Takes a [`cpu_hotplug_disable`] back: `cpu_hotplug_enable`. Without one it warns, as the
/// kernel's.
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
        with_current(|me| me.warn(WarningKind::LockMisuse, call, place, "it is not disabled"));
    }
}

fn with_cpus<R>(f: impl FnOnce(&RawPercpuRwSemaphore) -> R) -> R {
    refuse_in_forked_child();
    let kernel_state = with_current(|me| me.kernel_state().clone());
    f(&kernel_state.subsystem::<Hotplug>().cpus)
}

/// Keeps the cpus of the calling task's Kernel as they are until [`cpus_read_unlock`]:
/// `cpus_read_lock`. May sleep: [`remove_cpu`] and [`add_cpu`] wait for each other and for this. To
/// be called by a task of the same Kernel as its unlock.
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

/// [`cpus_read_lock`] if that needs no sleep; true (the kernel's 1) if it did: `cpus_read_trylock`.
/// Never sleeps.
#[must_use]
pub fn cpus_read_trylock() -> bool {
    with_cpus(RawPercpuRwSemaphore::try_read)
}

/// Lets the cpus go and come again: `cpus_read_unlock`. Without a lock it warns. Never sleeps.
#[track_caller]
pub fn cpus_read_unlock() {
    let place = Location::caller();
    with_cpus(|cpus| cpus.unlock_read_at("cpus_read_unlock", place));
}

/// Keeps everybody else out of the cpus until [`cpus_write_unlock`], as a cpu that goes or comes
/// does: `cpus_write_lock`. May sleep.
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

/// The end of [`cpus_write_lock`]: `cpus_write_unlock`. By the task that locked; otherwise it
/// warns. Never sleeps.
#[track_caller]
pub fn cpus_write_unlock() {
    let place = Location::caller();
    with_cpus(|cpus| cpus.unlock_write_at("cpus_write_unlock", place));
}

/// What `lockdep_assert_cpus_held` can know: the calling task holds the cpus for writing, or
/// somebody keeps them by [`cpus_read_lock`]. Never sleeps.
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
