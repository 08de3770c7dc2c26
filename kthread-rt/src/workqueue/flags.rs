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
        /// Work items run in softirq context and must not sleep. May only be combined with
        /// [`WQ_HIGHPRI`] and [`WQ_PERCPU`], and needs a `max_active` of 0.
        const BH = 1 << 0;
        /// Work items are bound to no cpu.
        const UNBOUND = 1 << 1;
        /// The queue starts no work items while the kthreads are frozen.
        const FREEZABLE = 1 << 2;
        /// The queue has a rescuer thread, so it makes progress even if no worker can be created.
        const MEM_RECLAIM = 1 << 3;
        /// Work items run on workers with nice value −20, if the operating system permits.
        const HIGHPRI = 1 << 4;
        /// Work items may compute for long: they don't delay other work items of the pool.
        const CPU_INTENSIVE = 1 << 5;
        /// Makes the queue visible in sysfs in the kernel. Ignored: there is no sysfs here.
        const SYSFS = 1 << 6;
        /// Lets the kernel make the queue unbound to save power. Ignored.
        const POWER_EFFICIENT = 1 << 7;
        /// Work items are bound to cpus (6.17). This is the default without [`WQ_UNBOUND`].
        const PERCPU = 1 << 8;
    }
}

/// Work items run in softirq context and must not sleep. May only be combined with [`WQ_HIGHPRI`]
/// and [`WQ_PERCPU`], and needs a `max_active` of 0.
pub const WQ_BH: WqFlags = WqFlags::BH;
/// Work items are bound to no cpu.
pub const WQ_UNBOUND: WqFlags = WqFlags::UNBOUND;
/// The queue starts no work items while the kthreads are frozen.
pub const WQ_FREEZABLE: WqFlags = WqFlags::FREEZABLE;
/// The queue has a rescuer thread, so it makes progress even if no worker can be created.
pub const WQ_MEM_RECLAIM: WqFlags = WqFlags::MEM_RECLAIM;
/// Work items run on workers with nice value −20, if the operating system permits.
pub const WQ_HIGHPRI: WqFlags = WqFlags::HIGHPRI;
/// Work items may compute for long: they don't delay other work items of the pool.
pub const WQ_CPU_INTENSIVE: WqFlags = WqFlags::CPU_INTENSIVE;
/// Makes the queue visible in sysfs in the kernel. Ignored: there is no sysfs here.
pub const WQ_SYSFS: WqFlags = WqFlags::SYSFS;
/// Lets the kernel make the queue unbound to save power. Ignored.
pub const WQ_POWER_EFFICIENT: WqFlags = WqFlags::POWER_EFFICIENT;
/// Work items are bound to cpus (6.17). This is the default without [`WQ_UNBOUND`].
pub const WQ_PERCPU: WqFlags = WqFlags::PERCPU;
