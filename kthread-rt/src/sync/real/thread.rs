//! OS threads, and the moment at which one is really over.

use crate::sync::ThreadSpec;
use once_cell::sync::OnceCell;
use std::ffi::c_void;
use std::io;
use std::thread::JoinHandle;

/// A started OS thread that somebody has to join.
#[derive(Debug)]
pub(crate) struct OsThread(JoinHandle<()>);

impl OsThread {
    /// Waits for the end of the thread.
    pub(crate) fn join(self) {
        // The thread's main function lets no panic out, so there is no result to look at.
        let _ = self.0.join();
    }
}

/// Starts an OS thread that runs `main`, and `last` after all the thread's thread-local destructors.
///
/// `last` tells the joiner that joining will not wait: user code in a destructor may create or stop kthreads, and
/// must not find kthreadd busy joining the very thread it runs on.
pub(crate) fn spawn(
    spec: ThreadSpec,
    main: impl FnOnce() + Send + 'static,
    last: impl FnOnce() + Send + 'static,
) -> io::Result<OsThread> {
    let key = last_key()?;
    std::thread::Builder::new()
        .name(spec.name)
        .stack_size(spec.stack_size)
        .spawn(move || {
            let last = Box::into_raw(Box::new(Last { run: Box::new(last), rounds: 0 }));
            // SAFETY: the key exists for the life of the process; its destructor owns the box from here on.
            if unsafe { libc::pthread_setspecific(key, last.cast()) } != 0 {
                // Out of memory for the slot: `last` runs right after `main` instead.
                // SAFETY: the pointer was made above and handed to nobody.
                let last = unsafe { Box::from_raw(last) };
                main();
                (last.run)();
                return;
            }
            main();
        })
        .map(OsThread)
}

struct Last {
    run: Box<dyn FnOnce() + Send>,
    rounds: u32,
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
    // SAFETY: the value is what `spawn` stored, and pthread hands it to one destructor call at a time.
    let rounds = unsafe {
        (*last).rounds += 1;
        (*last).rounds
    };
    if rounds < ROUNDS
        && let Ok(key) = last_key()
        // SAFETY: as in `spawn`; glibc has set the slot to null before this call.
        && unsafe { libc::pthread_setspecific(key, value) } == 0
    {
        return;
    }
    // SAFETY: this is the last call for this value; the box is ours.
    let last = unsafe { Box::from_raw(last) };
    (last.run)();
}
