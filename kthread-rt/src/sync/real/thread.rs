//! OS threads, and how to detect that one has really ended.
//!
//! They are pthreads rather than std's threads, for two reasons. For each thread, std makes a stack
//! and an alternate stack, and asks the system for the stack's bounds; here `stack` reuses or knows
//! all of these, which saves a third of the cost. And a spare thread gets its name late, but a std
//! thread cannot be renamed. The price: `std::thread::current().name()` is `None` on a kthread, and
//! Rust's panic message calls it unnamed.
//!
//! # Detached threads
//!
//! A stack can be reused or unmapped only after its thread has ended, so another thread must do it.
//! A thread whose [`OsThread`] was dropped (because it outlived its Kernel's kthreadd) puts itself
//! on the list [`ADRIFT`] when it ends. The next thread that starts a thread, or that ends in this
//! way, joins the threads on the list. So at most the stack of the last one is left.

use super::os::set_thread_name;
use super::stack::{Safety, Stack};
use crate::sync::ThreadSpec;
use once_cell::sync::OnceCell;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::{io, mem, ptr};

/// A started OS thread, to be joined. Dropping it detaches the thread.
#[derive(Debug)]
pub(crate) struct OsThread {
    /// `None` once the thread was joined or detached.
    joinable: Option<Joinable>,
    fate: Arc<Fate>,
}

/// The right to join a thread, and the stack that it runs on.
#[derive(Debug)]
struct Joinable {
    id: libc::pthread_t,
    stack: ManuallyDrop<Stack>,
}

impl Joinable {
    /// Waits for the end of the thread.
    fn join(mut self) {
        // SAFETY: the thread was neither joined nor detached, since only the owner of `self` may do
        // that.
        let error = unsafe { libc::pthread_join(self.id, ptr::null_mut()) };
        debug_assert_eq!(error, 0, "no thread joins itself");
        if error == 0 {
            // SAFETY: the stack is taken only once, since `self` is not used any more; the thread
            // has ended.
            unsafe { ManuallyDrop::take(&mut self.stack) }.give_back();
        }
    }

    /// Joins the thread if it has ended already.
    fn try_join(mut self) -> Result<(), Self> {
        // SAFETY: as in `join`.
        if unsafe { libc::pthread_tryjoin_np(self.id, ptr::null_mut()) } != 0 {
            return Err(self);
        }
        // SAFETY: as in `join`.
        unsafe { ManuallyDrop::take(&mut self.stack) }.give_back();
        Ok(())
    }
}

/// Records which comes first: the end of the thread, or the drop of its `OsThread`.
#[derive(Debug, Default)]
struct Fate(Mutex<Story>);

#[derive(Debug, Default)]
enum Story {
    #[default]
    Runs,
    LeftToItself(Joinable),
    /// Its last destructor has run.
    Ends,
}

impl Fate {
    /// Records that the calling thread, to which this belongs, has nothing left to do.
    fn end(&self) {
        let story = mem::replace(&mut *self.0.lock(), Story::Ends);
        if let Story::LeftToItself(me) = story {
            join_those_adrift();
            ADRIFT.lock().push(me);
        }
    }
}

/// Detached threads that are about to end, to be joined by a later thread.
static ADRIFT: Mutex<Vec<Joinable>> = Mutex::new(Vec::new());

fn join_those_adrift() {
    let mut adrift = ADRIFT.lock();
    let all = mem::take(&mut *adrift);
    adrift.extend(all.into_iter().filter_map(|thread| thread.try_join().err()));
}

impl OsThread {
    /// Waits for the end of the thread.
    pub(crate) fn join(mut self) {
        if let Some(thread) = self.joinable.take() {
            thread.join();
        }
    }
}

impl Drop for OsThread {
    fn drop(&mut self) {
        let Some(thread) = self.joinable.take() else { return };
        let mut story = self.fate.0.lock();
        if matches!(*story, Story::Ends) {
            drop(story);
            thread.join();
        } else {
            *story = Story::LeftToItself(thread);
        }
    }
}

/// The arguments of a new thread.
struct Start<M, L> {
    name: String,
    safety: Safety,
    main: M,
    last: L,
    fate: Arc<Fate>,
}

/// Starts an OS thread that runs `main`, and then `last` after all the thread's thread-local
/// destructors. Neither may unwind.
///
/// `last` notifies kthreadd that it can join the thread without waiting. This comes after the
/// destructors because user code in one may create or stop kthreads, and kthreadd must not be
/// blocked in the join of that very thread.
pub(crate) fn spawn<M, L>(spec: ThreadSpec, main: M, last: L) -> io::Result<OsThread>
where
    M: FnOnce() + Send + 'static,
    L: FnOnce() + Send + 'static,
{
    last_key()?;
    join_those_adrift();
    let stack = Stack::take(spec.stack_size)?;
    let fate = Arc::new(Fate::default());
    let start = Start { name: spec.name, safety: stack.safety(), main, last, fate: fate.clone() };
    let start = Box::into_raw(Box::new(start));
    let (bottom, size) = stack.bounds();
    let mut attributes = MaybeUninit::uninit();
    let mut id = 0;
    // SAFETY: the attributes are initialized before use, and have a stack that no other thread
    // uses; the new thread takes ownership of `start`.
    let error = unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr());
        libc::pthread_attr_setstack(attributes.as_mut_ptr(), bottom, size);
        let error = libc::pthread_create(&mut id, attributes.as_ptr(), thread_main::<M, L>, start.cast());
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        error
    };
    if error != 0 {
        // SAFETY: no thread was created that could have taken it.
        drop(unsafe { Box::from_raw(start) });
        stack.give_back();
        return Err(io::Error::from_raw_os_error(error));
    }
    Ok(OsThread { joinable: Some(Joinable { id, stack: ManuallyDrop::new(stack) }), fate })
}

extern "C" fn thread_main<M: FnOnce(), L: FnOnce() + 'static>(start: *mut c_void) -> *mut c_void {
    // SAFETY: `spawn` made it for this thread.
    let Start { name, safety, main, last, fate } = *unsafe { Box::from_raw(start.cast::<Start<M, L>>()) };
    safety.install();
    set_thread_name(&name);
    let last = Last::keep(move || {
        last();
        fate.end();
    });
    // A panic that gets here does not come from user code, and must not unwind further.
    if catch_unwind(AssertUnwindSafe(main)).is_err() {
        std::process::abort();
    }
    if let Some(last) = last {
        last();
    }
    ptr::null_mut()
}

/// What to do after all destructors have run.
struct Last {
    run: Box<dyn FnOnce()>,
    rounds: u32,
}

impl Last {
    /// Registers `run` for the end of the calling thread. Returns it if there is no memory for
    /// that.
    fn keep<L: FnOnce() + 'static>(run: L) -> Option<Box<dyn FnOnce()>> {
        let last = Box::into_raw(Box::new(Self { run: Box::new(run), rounds: 0 }));
        // SAFETY: the key exists as long as the process; its destructor owns the box from here on.
        if last_key().is_ok_and(|key| unsafe { libc::pthread_setspecific(key, last.cast()) } == 0) {
            return None;
        }
        // SAFETY: the pointer was made above, and setting it as a value failed.
        Some(unsafe { Box::from_raw(last) }.run)
    }
}

/// glibc runs the destructors of thread-specific data after those of `thread_local!`, and repeats
/// this up to PTHREAD_DESTRUCTOR_ITERATIONS times while destructors set values again. By setting
/// its value again, our destructor runs in the last round, after the destructors of other
/// libraries.
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
    // SAFETY: `keep` stored this value, and pthread passes it to one destructor call at a time.
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
    // SAFETY: this is the last call for this value, so it owns the box.
    let last = unsafe { Box::from_raw(last) };
    (last.run)();
}
