//! The stacks of OS threads: with a guard below, an alternate stack for signals, and a report of an
//! overflow.
//!
//! From low to high addresses: a guard, the alternate stack, a guard, the stack. One mapping, made
//! once and used by one thread after another: a thread costs no call to map memory as long as
//! others end. What a thread touched far below the top goes back to the system in between.
//!
//! A fault in the upper guard is told with the name of the thread, from the alternate stack; every
//! other fault goes to the handler that was there before. See the module's text for why threads are
//! not std's: `thread`.

use parking_lot::Mutex;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, mem, ptr};

/// How many stacks wait for their next threads, at most.
const KEPT: usize = 32;
/// Room for signal handlers, besides what the processor saves of itself.
const HANDLER: usize = 16 * 1024;
/// What of a stack stays in memory between two threads.
const KEPT_WARM: usize = 64 * 1024;

static CACHE: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

/// A mapping for a thread to run on.
///
/// # Invariants
///
/// `mapping` is a mapping of `length` bytes that nobody else knows, laid out as the module says.
#[derive(Debug)]
pub(super) struct Stack {
    mapping: *mut u8,
    length: usize,
    layout: Layout,
}

// SAFETY: a mapping belongs to no thread.
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
    /// A stack of at least `size` bytes.
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
        // SAFETY: a new mapping where the system likes; it is checked below.
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
            // As pthread_create says it when there is no memory for a stack.
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        let this = Self { mapping: mapping.cast(), length, layout };
        for guard in [this.mapping, this.upper_guard()] {
            // SAFETY: both lie within the mapping, which is ours.
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

    /// The lowest address of the stack proper, and its size.
    pub(super) fn bounds(&self) -> (*mut c_void, usize) {
        (self.upper_guard().wrapping_add(self.layout.guard).cast(), self.layout.stack)
    }

    /// What the thread that runs on the stack has to know of it.
    pub(super) fn safety(&self) -> Safety {
        Safety {
            alternate: self.alternate(),
            alternate_size: self.layout.alternate,
            guard: self.upper_guard(),
            guard_size: self.layout.guard,
        }
    }

    /// Gives the stack back, whose thread has ended.
    pub(super) fn give_back(self) {
        let (bottom, size) = self.bounds();
        if let Some(cold) = size.checked_sub(KEPT_WARM) {
            // SAFETY: the pages are within the mapping, and nobody's any more.
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
        // SAFETY: the mapping is ours (the invariant), and who drops it has nobody running on it.
        unsafe { libc::munmap(self.mapping.cast(), self.length) };
    }
}

/// Where a thread's signal handlers run, and which fault is an overflow of its stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Safety {
    alternate: *mut u8,
    alternate_size: usize,
    guard: *mut u8,
    guard_size: usize,
}

// SAFETY: addresses, which are used on the thread whose stack they are about.
unsafe impl Send for Safety {}

thread_local! {
    /// The upper guard of this thread's stack: its begin and its end.
    static GUARD: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

impl Safety {
    /// Puts it to use on the calling thread, which runs on that stack.
    pub(super) fn install(self) {
        GUARD.set((self.guard.addr(), self.guard.addr() + self.guard_size));
        let alternate =
            libc::stack_t { ss_sp: self.alternate.cast(), ss_flags: 0, ss_size: self.alternate_size };
        // SAFETY: the memory is the stack's own, which lives as long as the thread.
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

/// Tells an overflow and aborts; hands on every other fault. What it calls may be called in a
/// signal handler.
extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the system hands a valid siginfo to a handler that has asked for one.
    let address = unsafe { (*info).si_addr() }.addr();
    let (begin, end) = GUARD.get();
    if (begin..end).contains(&address) {
        report_overflow();
    }
    let which = FAULTS.iter().position(|&fault| fault == signal);
    let handler = which.map_or(libc::SIG_DFL, |which| BEFORE[which].load(Ordering::Acquire));
    if handler == libc::SIG_DFL || handler == libc::SIG_IGN {
        // The instruction is tried again, and ends the process with the right signal.
        // SAFETY: the default action is always valid.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        return;
    }
    // A handler that takes the signal alone is called with more, which it does not look at.
    // SAFETY: it is what the process had installed for this signal, with one of the two signatures.
    let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) = unsafe { mem::transmute(handler) };
    handler(signal, info, context);
}

#[cold]
fn report_overflow() -> ! {
    let mut name = [0_u8; 16];
    let say = |text: &[u8]| {
        // SAFETY: the pointer and the length are the text's.
        unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
    };
    // SAFETY: the call writes at most 16 bytes, with a final NUL.
    unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    say(b"\nkthread-rt: the kthread '");
    say(name.split(|&byte| byte == 0).next().unwrap_or(&[]));
    say(b"' has overflowed its stack\n");
    // SAFETY: no conditions.
    unsafe { libc::abort() }
}
