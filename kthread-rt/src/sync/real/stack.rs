//! The stacks of OS threads, with a guard page, an alternate stack for signals, and a report of
//! overflows.
//!
//! Layout from low to high addresses: a guard, the alternate stack, a guard, the stack. It is one
//! mapping, which threads use one after another; so a new thread needs no call to map memory as
//! long as other threads end. In between, the pages far below the top of the stack are returned to
//! the system.
//!
//! A fault in the upper guard is reported on the alternate stack, with the thread's name. All other
//! faults go to the previously installed handler. `thread` explains why the threads are not std's.

use parking_lot::Mutex;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, mem, ptr};

/// The maximum number of unused stacks to keep.
const KEPT: usize = 32;
/// Room for signal handlers on the alternate stack, besides the saved processor state.
const HANDLER: usize = 16 * 1024;
/// How much of an unused stack stays in memory.
const KEPT_WARM: usize = 64 * 1024;

static CACHE: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

/// A mapping for a thread to run on.
///
/// # Invariants
///
/// `mapping` is a mapping of `length` bytes that this value alone owns, with the layout in the
/// module docs.
#[derive(Debug)]
pub(super) struct Stack {
    mapping: *mut u8,
    length: usize,
    layout: Layout,
}

// SAFETY: a mapping is not tied to a thread.
unsafe impl Send for Stack {}

/// Sizes in bytes, all multiples of the page size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    guard: usize,
    alternate: usize,
    stack: usize,
}

impl Layout {
    fn of(stack_size: usize) -> Self {
        // SAFETY: no memory is involved.
        let (page, least) =
            unsafe { (libc::sysconf(libc::_SC_PAGESIZE), libc::getauxval(libc::AT_MINSIGSTKSZ)) };
        let page = usize::try_from(page).unwrap_or(4096);
        let alternate = least as usize + HANDLER;
        Self {
            guard: page,
            alternate: alternate.next_multiple_of(page),
            stack: stack_size.next_multiple_of(page),
        }
    }

    fn length(self) -> usize {
        2 * self.guard + self.alternate + self.stack
    }
}

impl Stack {
    /// Takes an unused stack of at least `size` bytes, or maps a new one.
    pub(super) fn take(size: usize) -> io::Result<Self> {
        let layout = Layout::of(size);
        let mut cache = CACHE.lock();
        if let Some(found) = cache.iter().rposition(|stack| stack.layout == layout) {
            return Ok(cache.swap_remove(found));
        }
        drop(cache);
        Self::map(layout)
    }

    fn map(layout: Layout) -> io::Result<Self> {
        let length = layout.length();
        // SAFETY: this makes a new mapping at an address that the system chooses; the result is
        // checked below.
        let mapping = unsafe {
            libc::mmap(
                ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK,
                -1,
                0,
            )
        };
        if mapping == libc::MAP_FAILED {
            // The error of pthread_create if there is no memory for a stack.
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        let this = Self { mapping: mapping.cast(), length, layout };
        for guard in [this.mapping, this.upper_guard()] {
            // SAFETY: both guards lie within the mapping, which `this` owns.
            if unsafe { libc::mprotect(guard.cast(), layout.guard, libc::PROT_NONE) } != 0 {
                return Err(io::Error::from_raw_os_error(libc::EAGAIN));
            }
        }
        Ok(this)
    }

    fn alternate(&self) -> *mut u8 {
        self.mapping.wrapping_add(self.layout.guard)
    }

    fn upper_guard(&self) -> *mut u8 {
        self.alternate().wrapping_add(self.layout.alternate)
    }

    /// Returns the lowest address and the size of the stack itself.
    pub(super) fn bounds(&self) -> (*mut c_void, usize) {
        (self.upper_guard().wrapping_add(self.layout.guard).cast(), self.layout.stack)
    }

    /// Returns what the thread that runs on the stack must install.
    pub(super) fn safety(&self) -> Safety {
        Safety {
            alternate: self.alternate(),
            alternate_size: self.layout.alternate,
            guard: self.upper_guard(),
            guard_size: self.layout.guard,
        }
    }

    /// Keeps or frees the stack, whose thread has ended.
    pub(super) fn give_back(self) {
        let (bottom, size) = self.bounds();
        if let Some(cold) = size.checked_sub(KEPT_WARM) {
            // SAFETY: the pages are within the mapping, and no thread uses them any more.
            unsafe { libc::madvise(bottom, cold, libc::MADV_DONTNEED) };
        }
        let mut cache = CACHE.lock();
        if cache.len() < KEPT {
            cache.push(self);
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: this value owns the mapping (the invariant), and no thread runs on it when it is
        // dropped.
        unsafe { libc::munmap(self.mapping.cast(), self.length) };
    }
}

/// Where a thread's signal handlers run, and the addresses whose fault is a stack overflow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Safety {
    alternate: *mut u8,
    alternate_size: usize,
    guard: *mut u8,
    guard_size: usize,
}

// SAFETY: these are addresses, used only on the thread whose stack they describe.
unsafe impl Send for Safety {}

thread_local! {
    /// The start and end address of the upper guard of this thread's stack.
    static GUARD: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

impl Safety {
    /// Installs it on the calling thread, which runs on that stack.
    pub(super) fn install(self) {
        GUARD.set((self.guard.addr(), self.guard.addr() + self.guard_size));
        let alternate =
            libc::stack_t { ss_sp: self.alternate.cast(), ss_flags: 0, ss_size: self.alternate_size };
        // SAFETY: the memory is part of the stack's mapping, which lives as long as the thread.
        unsafe { libc::sigaltstack(&alternate, ptr::null_mut()) };
    }
}

const FAULTS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// What was installed for [`FAULTS`] before ours: the part that our handler needs.
static BEFORE: [AtomicUsize; 2] = [const { AtomicUsize::new(libc::SIG_DFL) }; 2];

static WATCHES: Mutex<Watches> = Mutex::new(Watches { count: 0, before: None });

struct Watches {
    count: usize,
    /// What was installed before ours, while ours are.
    before: Option<[libc::sigaction; 2]>,
}

/// As long as one exists, handlers of SIGSEGV and SIGBUS report an overflow of a [`Stack`]. The
/// last one puts back what was installed before, unless somebody has replaced ours meanwhile.
#[derive(Debug)]
pub(crate) struct OverflowWatch(());

impl OverflowWatch {
    pub(crate) fn begin() -> Self {
        let mut watches = WATCHES.lock();
        watches.count += 1;
        if watches.before.is_none() {
            watches.before = Some(std::array::from_fn(install));
        }
        Self(())
    }
}

impl Drop for OverflowWatch {
    fn drop(&mut self) {
        let mut watches = WATCHES.lock();
        watches.count -= 1;
        if watches.count > 0 {
            return;
        }
        let Some(before) = watches.before else { return };
        if (0..FAULTS.len()).all(is_ours) {
            for (signal, before) in FAULTS.iter().zip(&before) {
                // SAFETY: `before` is what the system had for this signal.
                unsafe { libc::sigaction(*signal, before, ptr::null_mut()) };
            }
            watches.before = None;
        }
        // Otherwise another handler is on top, and may call ours: both stay.
    }
}

fn is_ours(which: usize) -> bool {
    let mut now = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: room for the answer, which the call always fills for these signals.
    unsafe {
        libc::sigaction(FAULTS[which], ptr::null(), now.as_mut_ptr());
        now.assume_init().sa_sigaction == on_fault as *const () as usize
    }
}

fn install(which: usize) -> libc::sigaction {
    let mut before = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: all-zero is a valid sigaction, the handler has the signature that SA_SIGINFO asks
    // for, and the calls fill `before`; they can't fail for these signals. The handler below is
    // known before ours may run.
    unsafe {
        libc::sigaction(FAULTS[which], ptr::null(), before.as_mut_ptr());
        let before = before.assume_init();
        BEFORE[which].store(before.sa_sigaction, Ordering::Release);
        let mut ours: libc::sigaction = mem::zeroed();
        ours.sa_sigaction = on_fault as *const () as usize;
        ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(FAULTS[which], &ours, ptr::null_mut());
        before
    }
}

/// Reports an overflow and aborts; passes on all other faults. It makes only async-signal-safe
/// calls.
extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes a valid siginfo to a SA_SIGINFO handler.
    let address = unsafe { (*info).si_addr() }.addr();
    let (begin, end) = GUARD.get();
    if (begin..end).contains(&address) {
        report_overflow();
    }
    let which = FAULTS.iter().position(|&fault| fault == signal);
    let handler = which.map_or(libc::SIG_DFL, |which| BEFORE[which].load(Ordering::Acquire));
    if handler == libc::SIG_DFL || handler == libc::SIG_IGN {
        // The faulting instruction runs again, and ends the process with the right signal.
        // SAFETY: the default action is always valid.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        return;
    }
    // A handler that takes only the signal number ignores the further arguments.
    // SAFETY: the process had installed this handler for this signal, with one of the two
    // signatures.
    let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) = unsafe { mem::transmute(handler) };
    handler(signal, info, context);
}

#[cold]
fn report_overflow() -> ! {
    let mut name = [0_u8; 16];
    let say = |text: &[u8]| {
        // SAFETY: the pointer and the length are those of the text.
        unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
    };
    // SAFETY: the call writes at most 16 bytes, with a final NUL.
    unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    say(b"\nkthread-rt: the kthread '");
    say(name.split(|&byte| byte == 0).next().unwrap_or(&[]));
    say(b"' has overflowed its stack\n");
    // SAFETY: the call has no preconditions.
    unsafe { libc::abort() }
}
