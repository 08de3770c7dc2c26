//! The operating system's side of a task: thread ids, names, affinity, priorities, signal masks,
//! topology, fork.

use crate::cpumask::CpuMask;
use crate::errno::Errno;
use once_cell::sync::OnceCell;
use rustix::process::Pid;
use rustix::thread::CpuSet;
use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, io, mem};

fn errno(e: rustix::io::Errno) -> Errno {
    Errno::from_raw(e.raw_os_error())
}

fn pid(tid: i32) -> Result<Pid, Errno> {
    Pid::from_raw(tid).ok_or(Errno::ESRCH)
}

/// The calling thread's id.
pub(crate) fn gettid() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

/// The cpu that the calling thread runs on at this moment.
pub(crate) fn current_cpu() -> u32 {
    // SAFETY: the call takes no arguments.
    let cpu = unsafe { libc::sched_getcpu() };
    u32::try_from(cpu).unwrap_or(0)
}

/// Returns true if the address is in the program or in a loaded library, that is in memory that
/// lives as long as its code.
pub(crate) fn is_static(address: usize) -> bool {
    let mut found = mem::MaybeUninit::<libc::Dl_info>::uninit();
    let address = std::ptr::without_provenance::<libc::c_void>(address);
    // SAFETY: the call takes any address, and `found` has room for the answer.
    unsafe { libc::dladdr(address, found.as_mut_ptr()) != 0 }
}

/// Returns how far CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC, in nanoseconds.
pub(crate) fn boottime_offset_ns() -> u64 {
    let mut since_boot = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let monotonic = super::monotonic_ns();
    // SAFETY: room for the answer. The clock exists on every Linux, so the call does not fail.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &mut since_boot) };
    (since_boot.tv_sec as u64 * 1_000_000_000 + since_boot.tv_nsec as u64).saturating_sub(monotonic)
}

/// Returns the cpu time, in nanoseconds, of a thread of this process. `None` if there is no such
/// thread.
pub(crate) fn cpu_time_ns(tid: i32) -> Option<u64> {
    if tid <= 0 {
        return None;
    }
    // The system's number for the clock of a thread's cpu time.
    let clock = (!tid << 3) | 6;
    let mut used = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `used` has room for the answer; an unknown clock is an error return.
    let failed = unsafe { libc::clock_gettime(clock, &mut used) } != 0;
    (!failed).then(|| used.tv_sec as u64 * 1_000_000_000 + used.tv_nsec as u64)
}

/// Returns the process's soft and hard resource limits, in the order of their numbers.
pub(crate) fn resource_limits() -> [[u64; 2]; 16] {
    std::array::from_fn(|resource| {
        let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: `limit` has room for the answer. An unknown number does not change it.
        unsafe { libc::getrlimit(resource as _, &mut limit) };
        [limit.rlim_cur, limit.rlim_max]
    })
}

/// Returns the OS's name for the calling thread.
pub(crate) fn thread_name() -> String {
    rustix::thread::name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Names the calling thread; the OS keeps the first 15 bytes.
pub(crate) fn set_thread_name(name: &str) {
    let mut bytes = [0; 16];
    let length = name.len().min(15);
    bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
    if let Ok(name) = CStr::from_bytes_until_nul(&bytes) {
        let _ = rustix::thread::set_name(name);
    }
}

/// The cpus that thread `tid` may run on.
pub(crate) fn affinity(tid: i32) -> Result<CpuMask, Errno> {
    let set = rustix::thread::sched_getaffinity(Some(pid(tid)?)).map_err(errno)?;
    Ok((0..CpuMask::CAPACITY).filter(|&cpu| set.is_set(cpu as usize)).collect())
}

/// Restricts thread `tid` to the cpus of `mask`.
pub(crate) fn set_affinity(tid: i32, mask: &CpuMask) -> Result<(), Errno> {
    let mut set = CpuSet::new();
    for cpu in mask.iter() {
        set.set(cpu as usize);
    }
    rustix::thread::sched_setaffinity(Some(pid(tid)?), &set).map_err(errno)
}

/// The affinity and nice value of this process, read from its main thread.
pub(crate) fn process_attributes() -> (CpuMask, i32) {
    let main = rustix::process::getpid().as_raw_nonzero().get();
    (affinity(main).unwrap_or_else(|_| CpuMask::first(1)), nice(main).unwrap_or(0))
}

/// The nice value of thread `tid`.
pub(crate) fn nice(tid: i32) -> Result<i32, Errno> {
    rustix::process::getpriority_process(Some(pid(tid)?)).map_err(errno)
}

/// Sets the nice value of thread `tid` (on Linux the call that names a process takes a thread).
pub(crate) fn set_nice(tid: i32, nice: i32) -> Result<(), Errno> {
    rustix::process::setpriority_process(Some(pid(tid)?), nice).map_err(errno)
}

/// The scheduling policy of thread `tid`.
pub(crate) fn policy(tid: i32) -> Result<i32, Errno> {
    // SAFETY: no memory is involved.
    match unsafe { libc::sched_getscheduler(tid) } {
        -1 => Err(last_errno()),
        policy => Ok(policy & !libc::SCHED_RESET_ON_FORK),
    }
}

/// Sets the scheduling policy and real-time priority of thread `tid`.
pub(crate) fn set_policy(tid: i32, policy: i32, rt_priority: i32) -> Result<(), Errno> {
    // SAFETY: all-zero is a valid sched_param.
    let mut param: libc::sched_param = unsafe { mem::zeroed() };
    param.sched_priority = rt_priority;
    // SAFETY: `param` is valid for the call.
    if unsafe { libc::sched_setscheduler(tid, policy, &param) } == 0 { Ok(()) } else { Err(last_errno()) }
}

/// Makes thread `tid` a SCHED_OTHER thread with this affinity and nice value, with system calls
/// only for what differs. A refused change is ignored: the process itself could not have that value
/// either.
pub(crate) fn make_ordinary(tid: i32, cpus: &CpuMask, wanted_nice: i32) {
    if policy(tid) != Ok(libc::SCHED_OTHER) {
        let _ = set_policy(tid, libc::SCHED_OTHER, 0);
    }
    if nice(tid) != Ok(wanted_nice) {
        let _ = set_nice(tid, wanted_nice);
    }
    if affinity(tid).as_ref() != Ok(cpus) {
        let _ = set_affinity(tid, cpus);
    }
}

fn last_errno() -> Errno {
    Errno::from_raw(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL))
}

/// The signals that a kthread does not block: those that its own instructions raise, whose handlers
/// (stack overflow, crash reporters, profilers) must run on that thread.
const OPEN_SIGNALS: [i32; 8] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
    libc::SIGABRT,
    libc::SIGPROF,
];

/// Blocks the process's signals on the calling thread, except [`OPEN_SIGNALS`], until it is
/// dropped. Threads that are started meanwhile inherit the mask.
#[derive(Debug)]
pub(crate) struct SignalsBlocked {
    old: libc::sigset_t,
}

impl SignalsBlocked {
    pub(crate) fn new() -> Self {
        // SAFETY: all-zero is a valid sigset_t to be filled, and every pointer is valid for its
        // call.
        unsafe {
            let mut block: libc::sigset_t = mem::zeroed();
            let mut old: libc::sigset_t = mem::zeroed();
            libc::sigfillset(&mut block);
            for signal in OPEN_SIGNALS {
                libc::sigdelset(&mut block, signal);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &block, &mut old);
            Self { old }
        }
    }
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: `old` is the mask that `new` found.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.old, std::ptr::null_mut()) };
    }
}

/// Returns the online cpus of this machine.
pub(crate) fn online_cpus() -> CpuMask {
    read_cpu_list("/sys/devices/system/cpu/online")
        .unwrap_or_else(|| CpuMask::first(std::thread::available_parallelism().map_or(1, |n| n.get() as u32)))
}

/// Returns the cpus of a NUMA node, or `None` if there is no such node. A system without NUMA has
/// node 0 only.
pub(crate) fn node_cpus(node: u32) -> Option<CpuMask> {
    read_cpu_list(&format!("/sys/devices/system/node/node{node}/cpulist")).or_else(|| {
        (node == 0 && !fs::exists("/sys/devices/system/node/node0").unwrap_or(false)).then(online_cpus)
    })
}

fn read_cpu_list(path: &str) -> Option<CpuMask> {
    fs::read_to_string(path).ok().and_then(|text| CpuMask::parse_list(text.trim()))
}

static FORKED: AtomicBool = AtomicBool::new(false);

/// Returns true in a process that was forked from one that used the runtime. The runtime must not
/// be used there.
#[inline(always)]
pub(crate) fn forked() -> bool {
    FORKED.load(Ordering::Relaxed)
}

/// Aborts a forked child whose call cannot return an error.
#[cold]
pub(crate) fn abort_in_forked_child() -> ! {
    const TEXT: &str = "kthread-rt: a call in a process that was forked from one that uses kthread-rt. The runtime's \
                        threads do not exist here and its locks may be held for ever: exec, or make no call.\n";
    // Not `eprintln`: another thread may have held std's lock on stderr when the process was
    // forked.
    // SAFETY: the pointer and the length are those of the text.
    unsafe { libc::write(libc::STDERR_FILENO, TEXT.as_ptr().cast(), TEXT.len()) };
    std::process::abort()
}

/// Ensures that a later child of fork(2) finds [`forked`] true and no current task.
pub(crate) fn watch_fork() {
    static WATCHING: OnceCell<()> = OnceCell::new();
    WATCHING.get_or_init(|| {
        extern "C" fn in_child() {
            FORKED.store(true, Ordering::Relaxed);
            super::set_current_ptr(std::ptr::null());
            super::set_top_attachment(std::ptr::null());
        }
        // SAFETY: the handler makes three stores, two of them to thread-locals without destructors,
        // so it is safe in a forked child of a threaded process.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}
