//! Faults on demand: a create that fails or is never answered, an allocation that returns NULL, a
//! late wake-up, a late timer, a signal in a sleep. The kernel: CONFIG_FAULT_INJECTION.
//!
//! A [`FaultPlan`] says which faults are to happen when:
//! [`Kernel::builder().faults(plan)`](crate::KernelBuilder::faults), or the environment variable
//! `KTHREAD_RT_FAULTS`, in the words of a *spec*. Each fault is told when it happens, as an
//! [event](crate::trace::EventKind::FaultInjected), or, in a Kernel that has nobody for events, as
//! a line on standard error: with the task, the call and the place in the user's source. It is no
//! [warning](crate::diag::Warning): nobody has done anything wrong.
//!
//! # A spec
//!
//! Faults with commas between them; of each: what, and then when.
//!
//! | what | happens to | |
//! |---|---|---|
//! | `create=ENOMEM`, `create=EAGAIN` … | a create of a kthread | fails with this error |
//! | `create=killed` | a create of a kthread | its creator gets SIGKILL meanwhile: EINTR |
//! | `create=lost` | a create of a kthread | the thread is there, and its creator is never told |
//! | `alloc` | an allocation | fails: NULL, or ENOMEM |
//! | `fail` | an allocation or a create, counted together | fails: NULL, or ENOMEM |
//! | `wake=N` | a wake-up of a task that sleeps | the task goes on N jiffies later |
//! | `timer=N` | a timer that is armed | its function is called N jiffies later |
//! | `signal` | an interruptible sleep | a signal interrupts it, and is gone afterwards |
//!
//! | when | |
//! |---|---|
//! | `@N` | the Nth time, counted from 1 |
//! | `/N` | every Nth time |
//! | `%P` | P times in a hundred, by chance |
//! | nothing | each time; of `signal`: once at each place |
//!
//! `seed=N` is the seed of what happens by chance. The same spec draws the same numbers, so the
//! same run meets the same faults.
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
//! * Creates: the calls that make a kthread for their caller (`kthread_create`, `kthread_run`,
//!   workers, per-cpu threads, `kernel_thread`), not the threads that the runtime has for itself.
//! * Allocations: what asks [`allocation_fails`]: `alloc_workqueue`, and on the C side all that a
//!   kernel allocates. Those with `__GFP_NOFAIL` are not counted.
//! * Wake-ups: each sleep that ends by a wake-up or its time limit, and the first wake-up of a
//!   thread; not those of the runtime's own threads, as of an idle worker.
//! * Timers: each time that one is armed, high-resolution ones and those of delayed works too.
//! * Sleeps: those in an interruptible state of a task that takes signals: a foreign thread, or a
//!   kthread that has allowed one.
//!
//! # A signal that is gone afterwards
//!
//! [`signal_pending`](crate::signal_pending()) is true from the sleep on, until it was asked once:
//! by the wait, which then returns ERESTARTSYS, or by who sleeps by hand. There is no signal to
//! take. Who does not ask has slept for nothing, and sleeps again.

mod happen;
mod plan;
mod spec;

pub use happen::allocation_fails;
pub(crate) use happen::{CreateFault, Faults};
pub use plan::{Fault, FaultPlan, When};
pub use spec::FaultSpecError;
pub(crate) use spec::plan_of_environment;
