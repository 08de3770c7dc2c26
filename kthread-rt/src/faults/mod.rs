//! Faults on demand: a create that fails or is never answered, an allocation that returns NULL, a
//! late wake-up, a late timer, a signal in a sleep. The kernel: CONFIG_FAULT_INJECTION.
//!
//! A [`FaultPlan`] says which faults happen when:
//! [`Kernel::builder().faults(plan)`](crate::KernelBuilder::faults), or the environment variable
//! `KTHREAD_RT_FAULTS`, as a *spec*. Each fault is reported when it happens, with the task, the
//! call and the place in the user's source: as an [event](crate::trace::EventKind::FaultInjected),
//! or, in a Kernel without an event handler, as a line on standard error. It is no
//! [warning](crate::diag::Warning), since the code did nothing wrong.
//!
//! # A spec
//!
//! A list of faults, separated by commas. Each says what happens, and then when.
//!
//! | what | happens to | |
//! |---|---|---|
//! | `create=ENOMEM`, `create=EAGAIN` … | a create of a kthread | fails with this error |
//! | `create=killed` | a create of a kthread | its creator gets SIGKILL while it waits: EINTR |
//! | `create=lost` | a create of a kthread | the thread is made, and its creator waits for ever |
//! | `alloc` | an allocation | fails: NULL, or ENOMEM |
//! | `fail` | an allocation or a create, counted together | fails: NULL, or ENOMEM |
//! | `wake=N` | a wake-up of a task that sleeps | the task continues N jiffies later |
//! | `timer=N` | a timer that is armed | its function is called N jiffies later |
//! | `signal` | an interruptible sleep | a signal interrupts it, and is not pending afterwards |
//!
//! | when | |
//! |---|---|
//! | `@N` | the Nth time, counted from 1 |
//! | `/N` | every Nth time |
//! | `%P` | P times in a hundred, by chance |
//! | nothing | each time; for `signal`: once at each place |
//!
//! `seed=N` is the seed of the random numbers. The same spec draws the same numbers, so the same
//! run has the same faults.
//!
//! ```
//! use kthread_rt::faults::{Fault, FaultPlan, When};
//! use kthread_rt::prelude::*;
//!
//! let plan = FaultPlan::new().with(Fault::CreateFails(Errno::ENOMEM), When::Nth(2));
//! assert_eq!("create=ENOMEM@2".parse(), Ok(plan.clone()));
//!
//! let kernel = Kernel::builder().faults(plan).boot()?;
//! let inside = kernel.enter();
//! let first = kthread_create!(|()| 0, (), "first").unwrap();
//! assert_eq!(kthread_create!(|()| 0, (), "second").unwrap_err(), Errno::ENOMEM);
//! _ = kthread_stop(&first);
//! # Ok::<(), BootError>(())
//! ```
//!
//! # What is counted
//!
//! * Creates: calls that make a kthread for their caller (`kthread_create`, `kthread_run`, workers,
//!   per-cpu threads, `kernel_thread`), but not threads that the runtime makes for itself.
//! * Allocations: calls of [`allocation_fails`]: `alloc_workqueue`, and on the C side all that
//!   allocates in a kernel. Allocations with `__GFP_NOFAIL` are not counted.
//! * Wake-ups: each end of a sleep by a wake-up or a timeout, and the first wake-up of a thread,
//!   but not those of the runtime's own threads, such as idle workers.
//! * Timers: each call that arms one, high-resolution ones and those of delayed works included.
//! * Sleeps: interruptible sleeps of a task that takes signals: a foreign thread, or a kthread that
//!   has allowed one.
//!
//! # The signal
//!
//! [`signal_pending`](crate::signal_pending()) is true from the sleep on, until it is called once:
//! by the wait, which then returns ERESTARTSYS, or by code that sleeps by hand. There is no signal
//! to dequeue. Code that does not call it has slept for nothing, and sleeps again.

mod happen;
mod plan;
mod spec;

pub use happen::allocation_fails;
pub(crate) use happen::{CreateFault, Faults};
pub use plan::{Fault, FaultPlan, When};
pub use spec::FaultSpecError;
pub(crate) use spec::plan_of_environment;
