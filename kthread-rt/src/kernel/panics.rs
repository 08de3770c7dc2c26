//! [`PanicPolicy`]: a panic on a kthread fails the test that made it.

use super::KernelBuilder;
use crate::diag::PanicPolicy;
use crate::task::KernelState;
use std::thread::panicking;

impl KernelBuilder {
    /// Sets how this Kernel treats a panic on its threads: an oops by default.
    ///
    /// [`PanicPolicy::FailTest`] is for tests. A failed assertion in a kthread, a work item or a
    /// callback then fails the test that booted the Kernel: the shutdown, or the drop of the last
    /// handle, panics with the oopses, each with the line that panicked. For that, the Kernel
    /// installs a panic hook in the process, which notes the place and calls the previous hook.
    ///
    /// ```should_panic
    /// use kthread_rt::diag::PanicPolicy;
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().panics(PanicPolicy::FailTest).boot()?;
    /// let inside = kernel.enter();
    /// let task = kthread_run_started!(|()| { assert_eq!(1 + 1, 3); 0 }, (), "wrong").unwrap();
    /// assert_eq!(kthread_stop(&task), Errno::EFAULT.as_return());
    /// kernel.shutdown(); // panics
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn panics(mut self, policy: PanicPolicy) -> Self {
        self.setup.panics = policy;
        self
    }
}

/// Panics if there were oopses that shall fail a test, unless the thread panics already.
#[track_caller]
pub(super) fn fail_test(kernel_state: &KernelState) {
    if !panicking() {
        let oopses = kernel_state.take_oopses();
        assert!(oopses.is_empty(), "panics on this Kernel's threads:\n{}", oopses.join("\n"));
    }
}
