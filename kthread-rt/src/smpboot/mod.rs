//! `linux/smpboot.h`: one kthread for each cpu, parked while its cpu is down.
//!
//! A [`SmpHotplugThread`] describes such threads: `thread_fn`, which is called whenever
//! `thread_should_run` returns true, and callbacks for setup, cleanup and parking.
//! [`smpboot_register_percpu_thread`] makes one thread for each online cpu. `cpu_down` parks a
//! cpu's threads; `cpu_up` unparks them, bound to their cpu again, or makes them.
//!
//! # The protocol
//!
//! One sleeping lock per Kernel, the kernel's `cpus_write_lock` and `smpboot_threads_lock` in one,
//! protects the set of online cpus and the list of registered kinds. Registering, unregistering,
//! `cpu_down` and `cpu_up` hold it throughout. So a registration finds a cpu up and starts its
//! thread, or finds it down and leaves that to `cpu_up`. The threads themselves do not take it. The
//! kthread layer creates, parks and stops a thread; a thread is created parked, and first unparked
//! when its cpu is online.

// The files:
//
// * `mod`: what the threads do; registering and unregistering
// * `thread`: the loop of a thread
// * `hotplug`: which cpus are online; down and up

#![forbid(unsafe_code)]

mod hotplug;
mod thread;

pub use hotplug::{
    CpuStep, add_cpu, add_cpu_telling, cpu_hotplug_disable, cpu_hotplug_enable, cpu_online, cpu_online_mask,
    cpus_read_lock, cpus_read_trylock, cpus_read_unlock, cpus_write_lock, cpus_write_unlock,
    lockdep_is_cpus_held, num_online_cpus, remove_cpu, remove_cpu_telling,
};
pub(crate) use hotplug::{Hotplug, cpu_down, cpu_up, online};

use crate::errno::Errno;
use crate::kthread::{
    kthread_create_on_cpu, kthread_park, kthread_set_per_cpu, kthread_stop, kthread_unpark,
};
use crate::sched::{wait_task_inactive, with_current};
use crate::sync::{Arc, Mutex, os};
use crate::task::{KernelState, TASK_PARKED, Task};
use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::ptr;

type OfCpu<R> = Box<dyn Fn(u32) -> R + Send + Sync>;
type Cleanup = Box<dyn Fn(u32, bool) + Send + Sync>;

/// `struct smp_hotplug_thread`: describes a kind of per-cpu threads. Every function gets the cpu.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let setups = Arc::new(AtomicU32::new(0));
/// let count = setups.clone();
/// let plug = SmpHotplugThread::new("idle/%u", |_| false, |_| ()).setup(move |_| _ = count.fetch_add(1, SeqCst));
/// let threads = smpboot_register_percpu_thread(plug)?;
/// let cpu = cpu_online_mask().iter().next().unwrap();
/// assert_eq!(threads.task(cpu).unwrap().comm(), format!("idle/{cpu}"));
/// smpboot_unregister_percpu_thread(threads);
/// # Ok::<(), Errno>(())
/// ```
#[must_use]
pub struct SmpHotplugThread {
    thread_comm: String,
    thread_should_run: OfCpu<bool>,
    thread_fn: OfCpu<()>,
    create: Option<OfCpu<()>>,
    setup: Option<OfCpu<()>>,
    cleanup: Option<Cleanup>,
    park: Option<OfCpu<()>>,
    unpark: Option<OfCpu<()>>,
    selfparking: bool,
}

impl SmpHotplugThread {
    /// Threads that call `thread_fn` whenever `thread_should_run` returns true, and sleep
    /// otherwise. The task that changes the condition must wake the thread.
    ///
    /// `thread_comm` is the name, in which `%u` or `{}` stands for the cpu. `thread_should_run` is
    /// called with preemption disabled and must not sleep; `thread_fn` may sleep.
    pub fn new(
        thread_comm: &str,
        thread_should_run: impl Fn(u32) -> bool + Send + Sync + 'static,
        thread_fn: impl Fn(u32) + Send + Sync + 'static,
    ) -> Self {
        Self {
            thread_comm: thread_comm.to_owned(),
            thread_should_run: Box::new(thread_should_run),
            thread_fn: Box::new(thread_fn),
            create: None,
            setup: None,
            cleanup: None,
            park: None,
            unpark: None,
            selfparking: false,
        }
    }

    /// Sets a function that is called once for each thread that has been made, by the task that
    /// makes it, while the thread is parked. It must not register, unregister, or take cpus down or
    /// up.
    pub fn create(mut self, create: impl Fn(u32) + Send + Sync + 'static) -> Self {
        self.create = Some(Box::new(create));
        self
    }

    /// Sets a function that the thread calls first of all, once its cpu is online.
    pub fn setup(mut self, setup: impl Fn(u32) + Send + Sync + 'static) -> Self {
        self.setup = Some(Box::new(setup));
        self
    }

    /// Sets a function that the thread calls when it is stopped, if it has called `setup`. Its
    /// second argument says whether the cpu is online.
    pub fn cleanup(mut self, cleanup: impl Fn(u32, bool) + Send + Sync + 'static) -> Self {
        self.cleanup = Some(Box::new(cleanup));
        self
    }

    /// Sets a function that the thread calls before it parks, when its cpu goes down.
    pub fn park(mut self, park: impl Fn(u32) + Send + Sync + 'static) -> Self {
        self.park = Some(Box::new(park));
        self
    }

    /// Sets a function that the thread calls after it has been unparked, when its cpu is up again.
    pub fn unpark(mut self, unpark: impl Fn(u32) + Send + Sync + 'static) -> Self {
        self.unpark = Some(Box::new(unpark));
        self
    }

    /// Leaves parking and unparking to the owner, when cpus go down and come up. The threads begin
    /// parked.
    pub fn selfparking(mut self) -> Self {
        self.selfparking = true;
        self
    }

    fn name(&self, cpu: u32) -> String {
        let cpu = cpu.to_string();
        match self.thread_comm.split_once("%u").or_else(|| self.thread_comm.split_once("{}")) {
            Some((before, after)) => [before, &cpu, after].concat(),
            None => self.thread_comm.clone(),
        }
    }
}

impl fmt::Debug for SmpHotplugThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmpHotplugThread").field("thread_comm", &self.thread_comm).finish_non_exhaustive()
    }
}

/// A registered kind of threads.
struct Plug {
    what: SmpHotplugThread,
    /// The threads: `*per_cpu_ptr(ht->store, cpu)`. Changed only with the Kernel's lock held; this
    /// lock is for readers.
    store: Mutex<BTreeMap<u32, Task>>,
}

impl Plug {
    fn task(&self, cpu: u32) -> Option<Task> {
        self.store.lock().get(&cpu).cloned()
    }

    /// `__smpboot_create_thread`: creates the thread of `cpu`, parked, unless it exists.
    fn create_thread(this: &Arc<Self>, cpu: u32) -> Result<(), Errno> {
        if this.task(cpu).is_some() {
            return Ok(());
        }
        let plug = this.clone();
        let main = move |()| thread::run(&plug, cpu);
        let task = kthread_create_on_cpu(main, (), cpu, &this.what.name(cpu))?;
        kthread_set_per_cpu(&task, cpu as i32);
        // The thread is parked before its first wake-up, so it has called nothing when it begins on
        // its cpu.
        kthread_park(&task)?;
        this.store.lock().insert(cpu, task.clone());
        if let Some(create) = &this.what.create
            && wait_task_inactive(&task, TASK_PARKED)
        {
            create(cpu);
        }
        Ok(())
    }

    /// `smpboot_unpark_thread`.
    fn unpark_thread(&self, cpu: u32) {
        if !self.what.selfparking
            && let Some(task) = self.task(cpu)
        {
            kthread_unpark(&task);
        }
    }

    /// `smpboot_park_thread`.
    fn park_thread(&self, cpu: u32) {
        if !self.what.selfparking
            && let Some(task) = self.task(cpu)
        {
            // A thread that has ended (by a panic) does not park; the oops was reported.
            let _ = kthread_park(&task);
        }
    }

    /// `smpboot_destroy_threads`.
    fn destroy_threads(&self) {
        loop {
            let last = self.store.lock().pop_last();
            let Some((_, task)) = last else { break };
            _ = kthread_stop(&task);
        }
    }
}

/// The threads of a kind that is being registered: dropping it stops them, if registering fails or
/// a callback panics.
struct Made<'a>(&'a Plug);

impl Drop for Made<'_> {
    fn drop(&mut self) {
        self.0.destroy_threads();
    }
}

/// The per-cpu threads that [`smpboot_register_percpu_thread`] made. Dropping it unregisters them.
#[must_use = "dropping it stops the threads"]
pub struct PercpuThreads {
    plug: Arc<Plug>,
    kernel_state: Arc<KernelState>,
}

impl PercpuThreads {
    /// Returns the thread of `cpu`, if it has one: `*per_cpu_ptr(store, cpu)`. A cpu that was never
    /// online has none.
    pub fn task(&self, cpu: u32) -> Option<Task> {
        self.plug.task(cpu)
    }

    /// Returns all threads, by cpu.
    pub fn tasks(&self) -> Vec<(u32, Task)> {
        self.plug.store.lock().iter().map(|(&cpu, task)| (cpu, task.clone())).collect()
    }
}

impl fmt::Debug for PercpuThreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PercpuThreads").field("tasks", &self.tasks()).finish_non_exhaustive()
    }
}

impl Drop for PercpuThreads {
    #[track_caller]
    fn drop(&mut self) {
        if os::forked() {
            return;
        }
        let mut plugs = hotplug::lock(&self.kernel_state);
        plugs.retain(|plug| !ptr::eq(Arc::as_ptr(plug), Arc::as_ptr(&self.plug)));
        self.plug.destroy_threads();
    }
}

/// Makes a thread for each online cpu of the calling task's Kernel, and for other cpus when they
/// come up: `smpboot_register_percpu_thread`. Sleeps.
///
/// The operating system binds the threads to their cpus, and they run when this returns (unless
/// they are self-parking). The cpus are those that the process may use; see
/// [`Kernel::cpu_down`](crate::Kernel::cpu_down).
///
/// # Errors
///
/// Those of [`kthread_create`](crate::kthread_create()) (the kernel's is `ENOMEM`). No thread is
/// left then.
///
/// # Panics
///
/// If a `create` callback calls it, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock): a kernel hangs there.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let threads = smpboot_register_percpu_thread(SmpHotplugThread::new("none/%u", |_| false, |_| ()))?;
/// assert_eq!(threads.tasks().len(), num_online_cpus() as usize);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn smpboot_register_percpu_thread(plug_thread: SmpHotplugThread) -> Result<PercpuThreads, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let plug = Arc::new(Plug { what: plug_thread, store: Mutex::new(BTreeMap::new()) });
    let mut plugs = hotplug::lock(&kernel_state);
    let made = Made(&plug);
    for cpu in online(&kernel_state).iter() {
        Plug::create_thread(&plug, cpu)?;
        plug.unpark_thread(cpu);
    }
    mem::forget(made);
    plugs.push(plug.clone());
    drop(plugs);
    Ok(PercpuThreads { plug, kernel_state })
}

/// Stops the threads, also those of cpus that are down: `smpboot_unregister_percpu_thread`. Sleeps.
/// It drops the [`PercpuThreads`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let threads = smpboot_register_percpu_thread(SmpHotplugThread::new("drain/%u", |_| false, |_| ()))?;
/// smpboot_unregister_percpu_thread(threads); // they have ended
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn smpboot_unregister_percpu_thread(threads: PercpuThreads) {
    drop(threads);
}
