//! The emulated topology of a Kernel: which of its cpus are online, and taking them down and up.
//!
//! A Kernel's cpus are those that the process could use when it booted, all of them online. What goes down is the Kernel's idea of a
//! cpu: its per-cpu threads are parked, other threads stay where they are, and the machine's cpu goes on.

use super::Plug;
use crate::cpumask::CpuMask;
use crate::errno::Errno;
use crate::mutex::{KMutex, KMutexGuard};
use crate::sched::with_current;
use crate::sync::{Arc, Mutex, os, refuse_in_forked_child};
use crate::task::{Machine, Part};

/// A Kernel's part.
pub(crate) struct Hotplug {
    /// What is registered, in that order. Its lock is the one in the module's text.
    plugs: KMutex<Vec<Arc<Plug>>>,
    /// The cpus that are down. Changed with the lock of `plugs` held; this one is for those who look.
    down: Mutex<CpuMask>,
}

impl Part for Hotplug {
    const SLOT: usize = 5;

    fn new() -> Self {
        Self { plugs: KMutex::new(Vec::new()), down: Mutex::new(CpuMask::empty()) }
    }
}

#[track_caller]
pub(super) fn lock(machine: &Machine) -> KMutexGuard<'_, Vec<Arc<Plug>>> {
    refuse_in_forked_child();
    machine.part::<Hotplug>().plugs.lock()
}

/// The cpus of `machine` that are online.
pub(crate) fn online(machine: &Machine) -> CpuMask {
    let down = *machine.part::<Hotplug>().down.lock();
    machine.cpus().iter().filter(|&cpu| !down.contains(cpu)).collect()
}

fn mark(machine: &Machine, cpu: u32, is_down: bool) {
    let mut down = machine.part::<Hotplug>().down.lock();
    *down = down.iter().filter(|&other| other != cpu).chain(is_down.then_some(cpu)).collect();
}

/// Takes a cpu down: what [`Kernel::cpu_down`](crate::Kernel::cpu_down) does.
#[track_caller]
pub(crate) fn cpu_down(machine: &Arc<Machine>, cpu: u32) -> Result<(), Errno> {
    let plugs = lock(machine);
    let online = online(machine);
    // In the kernel's order.
    if online.count() == 1 {
        return Err(Errno::EBUSY);
    }
    if !machine.cpus().contains(cpu) {
        return Err(Errno::EINVAL);
    }
    if online.contains(cpu) {
        for plug in plugs.iter().rev() {
            plug.park_thread(cpu);
        }
        mark(machine, cpu, true);
    }
    Ok(())
}

/// Brings a cpu up: what [`Kernel::cpu_up`](crate::Kernel::cpu_up) does.
#[track_caller]
pub(crate) fn cpu_up(machine: &Arc<Machine>, cpu: u32) -> Result<(), Errno> {
    let plugs = lock(machine);
    if !machine.cpus().contains(cpu) {
        return Err(Errno::EINVAL);
    }
    if online(machine).contains(cpu) {
        return Ok(());
    }
    // Those that were registered while it was down.
    for plug in plugs.iter() {
        Plug::create_thread(plug, cpu)?;
    }
    mark(machine, cpu, false);
    for plug in plugs.iter() {
        plug.unpark_thread(cpu);
    }
    Ok(())
}

/// Takes a cpu of the calling task's Kernel down: `remove_cpu`. As [`Kernel::cpu_down`](crate::Kernel::cpu_down).
#[track_caller]
pub fn remove_cpu(cpu: u32) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let machine = with_current(|me| me.machine().clone());
    cpu_down(&machine, cpu)
}

/// Brings a cpu of the calling task's Kernel up: `add_cpu`. As [`Kernel::cpu_up`](crate::Kernel::cpu_up).
#[track_caller]
pub fn add_cpu(cpu: u32) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let machine = with_current(|me| me.machine().clone());
    cpu_up(&machine, cpu)
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
    with_current(|me| online(me.machine()))
}

/// True if `cpu` is online in the calling task's Kernel: `cpu_online`. Never sleeps.
pub fn cpu_online(cpu: u32) -> bool {
    cpu_online_mask().contains(cpu)
}

/// How many cpus are online in the calling task's Kernel: `num_online_cpus`. Never sleeps.
pub fn num_online_cpus() -> u32 {
    cpu_online_mask().count()
}
