//! The default Kernel's options and its owner, and what a library decides for the whole process.
//!
//! The default Kernel belongs to all parts of a process. One part may give it options, before
//! anybody uses it, and owns it then: nobody else shuts it down.

use super::builder::prepare;
use super::{BootError, Kernel, KernelBuilder, ShutdownReport};
use crate::diag::WarningKind;
use crate::kthread;
use crate::sched::with_current;
use crate::sync::{self, Arc, os};
use crate::task::{KernelState, PF_EXITING};
use std::panic::Location;

impl KernelBuilder {
    /// Gives the default Kernel these options, before the first call that needs it boots it. As
    /// with every default Kernel, the first thread that makes a call becomes init, and kthreadd
    /// starts with the first thread that is created.
    ///
    /// The handle that this returns is the right to shut the default Kernel down. Dropping it
    /// changes nothing: the Kernel lives as long as the process. [`Kernel::shutdown`] of any other
    /// handle, such as [`Kernel::current`], is refused with a warning, whether the default Kernel
    /// was installed or not. After a shutdown by its owner the default Kernel stays down.
    ///
    /// # Errors
    ///
    /// [`BootError::AlreadyBooted`] if the default Kernel has options already: a call has booted
    /// it, or another part of the process has installed it. [`BootError::Forked`] in a forked
    /// child.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().on_warning(|warning| eprintln!("mylib: {warning}")).install_default()?;
    /// let task = kthread_run_started!(|()| 7, (), "in-the-default")?;
    /// assert_eq!(kthread_stop(&task), 7);
    ///
    /// assert!(Kernel::current().shutdown().refused); // not the owner's handle
    /// assert_eq!(kernel.shutdown().joined, 1);
    /// assert_eq!(Kernel::builder().install_default().err(), Some(BootError::AlreadyBooted));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn install_default(self) -> Result<Kernel, BootError> {
        if os::forked() {
            return Err(BootError::Forked);
        }
        let kernel_state = KernelState::install_default(self.setup).ok_or(BootError::AlreadyBooted)?;
        prepare(kernel_state, self.ps);
        Ok(Kernel { kernel_state: kernel_state.clone(), owner: None, installer: true })
    }

    /// Whether this Kernel has handlers of SIGSEGV and SIGBUS, which report a kthread's stack
    /// overflow by the kthread's name: yes unless said otherwise, here or by the environment
    /// variable `KTHREAD_RT_SIGNAL_HANDLERS=0`.
    ///
    /// The handlers are the process's. They are installed when the first such Kernel starts its
    /// kthreadd, call the handler that was there before for every other fault, and are removed when
    /// the last such Kernel shuts down, unless somebody has replaced them meanwhile. Without them
    /// an overflow ends the process by SIGSEGV, and says nothing.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().signal_handlers(false).boot()?;
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn signal_handlers(mut self, install: bool) -> Self {
        self.setup.signal_handlers = install;
        self
    }
}

/// [`Kernel::shutdown`] of the default Kernel by a handle that is not its owner's.
pub(super) fn refuse_shutdown(
    kernel_state: &Arc<KernelState>,
    place: &'static Location<'static>,
) -> ShutdownReport {
    sync::refuse_in_forked_child();
    with_current(|me| {
        me.warn(
            WarningKind::ShutDown,
            "shutdown",
            place,
            "the default Kernel belongs to all parts of this process, and stays up: only the handle that \
             Kernel::builder().install_default() returned shuts it down",
        );
    });
    let runs = |task: &crate::Task| kthread::is_kthread(task) && !task.flags().contains(PF_EXITING);
    let alive = kernel_state.pids.all().iter().filter(|task| runs(task)).map(|task| task.id()).collect();
    ShutdownReport { alive, refused: true, ..ShutdownReport::default() }
}
