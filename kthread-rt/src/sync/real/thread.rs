//! OS threads, and the moment at which one is really over.
//!
//! They are pthreads and not std's threads, for what std does for each: it makes a stack and an alternate stack, and asks the
//! system for the stack's bounds, all of which is known or kept here (`stack`); with that a thread costs two thirds. And a
//! thread that was forked ahead gets its name late, when std's has one for good. The price is that
//! `std::thread::current().name()` is `None` on a kthread, and that Rust's own panic message calls it unnamed.

use super::os::set_thread_name;
use super::stack::{Safety, Stack, watch_overflows};
use crate::sync::ThreadSpec;
use once_cell::sync::OnceCell;
use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{io, ptr};

/// A started OS thread that somebody has to join. One that is dropped instead keeps its stack for good.
#[derive(Debug)]
pub(crate) struct OsThread {
    id: libc::pthread_t,
    stack: ManuallyDrop<Stack>,
}

impl OsThread {
    /// Waits for the end of the thread.
    pub(crate) fn join(self) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: the thread was neither joined nor detached: `self` is the right to do either.
        let error = unsafe { libc::pthread_join(this.id, ptr::null_mut()) };
        debug_assert_eq!(error, 0, "no thread joins itself");
        if error == 0 {
            // SAFETY: taken once, since `this` is not used any more; the thread has ended.
            unsafe { ManuallyDrop::take(&mut this.stack) }.give_back();
        }
    }
}

impl Drop for OsThread {
    fn drop(&mut self) {
        // SAFETY: as in `join`.
        unsafe { libc::pthread_detach(self.id) };
    }
}

/// What a new thread gets.
struct Start<M, L> {
    name: String,
    safety: Safety,
    main: M,
    last: L,
}

/// Starts an OS thread that runs `main`, and `last` after all the thread's thread-local destructors. Neither unwinds.
///
/// `last` tells the joiner that joining will not wait: user code in a destructor may create or stop kthreads, and
/// must not find kthreadd busy joining the very thread it runs on.
pub(crate) fn spawn<M, L>(spec: ThreadSpec, main: M, last: L) -> io::Result<OsThread>
where
    M: FnOnce() + Send + 'static,
    L: FnOnce() + Send + 'static,
{
    last_key()?;
    watch_overflows();
    let stack = Stack::take(spec.stack_size)?;
    let start = Box::into_raw(Box::new(Start { name: spec.name, safety: stack.safety(), main, last }));
    let (bottom, size) = stack.bounds();
    let mut attributes = MaybeUninit::uninit();
    let mut id = 0;
    // SAFETY: the attributes are initialised before they are used, and hold a stack that is nobody else's; the thread takes
    // over `start`.
    let error = unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr());
        libc::pthread_attr_setstack(attributes.as_mut_ptr(), bottom, size);
        let error = libc::pthread_create(&mut id, attributes.as_ptr(), thread_main::<M, L>, start.cast());
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        error
    };
    if error != 0 {
        // SAFETY: there is no thread that could have taken it.
        drop(unsafe { Box::from_raw(start) });
        stack.give_back();
        return Err(io::Error::from_raw_os_error(error));
    }
    Ok(OsThread { id, stack: ManuallyDrop::new(stack) })
}

extern "C" fn thread_main<M: FnOnce(), L: FnOnce() + 'static>(start: *mut c_void) -> *mut c_void {
    // SAFETY: `spawn` made it for this thread.
    let Start { name, safety, main, last } = *unsafe { Box::from_raw(start.cast::<Start<M, L>>()) };
    safety.install();
    set_thread_name(&name);
    let last = Last::keep(last);
    // A panic that got this far is none of the user's, and can't go further.
    if catch_unwind(AssertUnwindSafe(main)).is_err() {
        std::process::abort();
    }
    if let Some(last) = last {
        last();
    }
    ptr::null_mut()
}

/// What is left to do when all destructors have run.
struct Last {
    run: Box<dyn FnOnce()>,
    rounds: u32,
}

impl Last {
    /// Keeps `run` for the end of the calling thread. Gives it back if there is no memory for that.
    fn keep<L: FnOnce() + 'static>(run: L) -> Option<Box<dyn FnOnce()>> {
        let last = Box::into_raw(Box::new(Self { run: Box::new(run), rounds: 0 }));
        // SAFETY: the key exists for the life of the process; its destructor owns the box from here on.
        if last_key().is_ok_and(|key| unsafe { libc::pthread_setspecific(key, last.cast()) } == 0) {
            return None;
        }
        // SAFETY: the pointer was made above and handed to nobody.
        Some(unsafe { Box::from_raw(last) }.run)
    }
}

/// glibc runs the destructors of thread-specific data after those of `thread_local!`, and repeats up to
/// PTHREAD_DESTRUCTOR_ITERATIONS times while destructors set values anew. Setting ours anew puts `run` into the
/// last round, behind the destructors of other libraries.
const ROUNDS: u32 = 4;

fn last_key() -> io::Result<libc::pthread_key_t> {
    static KEY: OnceCell<libc::pthread_key_t> = OnceCell::new();
    KEY.get_or_try_init(|| {
        let mut key = 0;
        // SAFETY: `key` is valid for writing, and `run_last` fits the signature.
        match unsafe { libc::pthread_key_create(&mut key, Some(run_last)) } {
            0 => Ok(key),
            errno => Err(io::Error::from_raw_os_error(errno)),
        }
    })
    .copied()
}

extern "C" fn run_last(value: *mut c_void) {
    let last = value.cast::<Last>();
    // SAFETY: the value is what `keep` stored, and pthread hands it to one destructor call at a time.
    let rounds = unsafe {
        (*last).rounds += 1;
        (*last).rounds
    };
    if rounds < ROUNDS
        && let Ok(key) = last_key()
        // SAFETY: as in `keep`; glibc has set the slot to null before this call.
        && unsafe { libc::pthread_setspecific(key, value) } == 0
    {
        return;
    }
    // SAFETY: this is the last call for this value; the box is ours.
    let last = unsafe { Box::from_raw(last) };
    (last.run)();
}
