//! The flags of a workqueue, in a type of their own, so that they don't change places with
//! `max_active`.

use bitflags::bitflags;

bitflags! {
    /// How a workqueue runs its work items: `WQ_…`. The numbers are those of the kernel.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let wq = alloc_workqueue!("writeback", WQ_UNBOUND | WQ_HIGHPRI, 4)?;
    /// let plain = alloc_workqueue!("plain", 0, 4)?; // as `WqFlags::empty()`
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use kthread_rt::prelude::*;
    /// let swapped = alloc_workqueue!("writeback", 4, WQ_UNBOUND);
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct WqFlags: u32 {
        /// Works run as a softirq's work does, on a worker that must not sleep meanwhile. With
        /// [`WQ_HIGHPRI`] at most, and no `max_active`.
        const BH = 1 << 0;
        /// Works are bound to no cpu.
        const UNBOUND = 1 << 1;
        /// The queue stands still while the kthreads are frozen.
        const FREEZABLE = 1 << 2;
        /// The queue has a rescuer, so that it makes progress also when no worker can be forked.
        const MEM_RECLAIM = 1 << 3;
        /// Works run on workers of nice value −20, if the operating system permits.
        const HIGHPRI = 1 << 4;
        /// Works may compute for long: they don't keep others from running.
        const CPU_INTENSIVE = 1 << 5;
        /// The queue is visible in the kernel's sysfs. Ignored: there is none.
        const SYSFS = 1 << 6;
        /// The queue may be unbound to save power. Ignored.
        const POWER_EFFICIENT = 1 << 7;
        /// Works are bound to cpus, which is what they are without [`WQ_UNBOUND`] too (6.17).
        const PERCPU = 1 << 8;
    }
}

/// Works run as a softirq's work does, on a worker that must not sleep meanwhile. With
/// [`WQ_HIGHPRI`] at most, and no `max_active`.
pub const WQ_BH: WqFlags = WqFlags::BH;
/// Works are bound to no cpu.
pub const WQ_UNBOUND: WqFlags = WqFlags::UNBOUND;
/// The queue stands still while the kthreads are frozen.
pub const WQ_FREEZABLE: WqFlags = WqFlags::FREEZABLE;
/// The queue has a rescuer, so that it makes progress also when no worker can be forked.
pub const WQ_MEM_RECLAIM: WqFlags = WqFlags::MEM_RECLAIM;
/// Works run on workers of nice value −20, if the operating system permits.
pub const WQ_HIGHPRI: WqFlags = WqFlags::HIGHPRI;
/// Works may compute for long: they don't keep others from running.
pub const WQ_CPU_INTENSIVE: WqFlags = WqFlags::CPU_INTENSIVE;
/// The queue is visible in the kernel's sysfs. Ignored: there is none.
pub const WQ_SYSFS: WqFlags = WqFlags::SYSFS;
/// The queue may be unbound to save power. Ignored.
pub const WQ_POWER_EFFICIENT: WqFlags = WqFlags::POWER_EFFICIENT;
/// Works are bound to cpus, which is what they are without [`WQ_UNBOUND`] too (6.17).
pub const WQ_PERCPU: WqFlags = WqFlags::PERCPU;
