//! OS threads, and the moment at which one is really over.
//!
//! They are pthreads and not std's threads, for what std does for each: it makes a stack and an
//! alternate stack, and asks the system for the stack's bounds, all of which is known or kept here
//! (`stack`); with that a thread costs two thirds. And a thread that was forked ahead gets its name
//! late, when std's has one for good. The price is that `std::thread::current().name()` is `None`
//! on a kthread, and that Rust's own panic message calls it unnamed.
//!
//! # Threads that nobody joins
//!
//! A stack can be used again, or unmapped, only by somebody else than the thread that ran on it,
//! when that has ended. So a thread whose [`OsThread`] was dropped (it outlived its Kernel's
//! kthreadd) is put on a list, [`ADRIFT`], by its own end, and is joined by whoever starts a thread
//! or ends so next. At most the last one's stack waits for that.

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

/// A started OS thread that somebody has to join. One that is dropped instead is left to itself.
#[derive(Debug)]
pub(crate) struct OsThread {
    /// `None` once it was joined, or left to itself.
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
        // SAFETY: the thread was neither joined nor detached: `self` is the right to do either.
        let error = unsafe { libc::pthread_join(self.id, ptr::null_mut()) };
        debug_assert_eq!(error, 0, "no thread joins itself");
        if error == 0 {
            // SAFETY: taken once, since `self` is not used any more; the thread has ended.
            unsafe { ManuallyDrop::take(&mut self.stack) }.give_back();
        }
    }

    /// The same, if that needs no waiting.
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

/// Which comes first: the end of the thread, or the drop of its `OsThread`.
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
    /// The calling thread, whose fate this is, has nothing left to do.
    fn end(&self) {
        let story = mem::replace(&mut *self.0.lock(), Story::Ends);
        if let Story::LeftToItself(me) = story {
            join_those_adrift();
            ADRIFT.lock().push(me);
        }
    }
}

/// Threads that are about to end and that nobody joins.
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

/// What a new thread gets.
struct Start<M, L> {
    name: String,
    safety: Safety,
    main: M,
    last: L,
    fate: Arc<Fate>,
}

/// Starts an OS thread that runs `main`, and `last` after all the thread's thread-local
/// destructors. Neither unwinds.
///
/// `last` tells the joiner that joining will not wait: user code in a destructor may create or stop
/// kthreads, and must not find kthreadd busy joining the very thread it runs on.
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
    // SAFETY: the attributes are initialised before they are used, and hold a stack that is nobody
    // else's; the thread takes over `start`.
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
        // SAFETY: the key exists for the life of the process; its destructor owns the box from here
        // on.
        if last_key().is_ok_and(|key| unsafe { libc::pthread_setspecific(key, last.cast()) } == 0) {
            return None;
        }
        // SAFETY: the pointer was made above and handed to nobody.
        Some(unsafe { Box::from_raw(last) }.run)
    }
}

/// glibc runs the destructors of thread-specific data after those of `thread_local!`, and repeats
/// up to PTHREAD_DESTRUCTOR_ITERATIONS times while destructors set values anew. Setting ours anew
/// puts `run` into the last round, behind the destructors of other libraries.
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
    // SAFETY: the value is what `keep` stored, and pthread hands it to one destructor call at a
    // time.
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
