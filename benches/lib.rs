//! What the benches share: the conditions under which they compare, and the baseline that is written in C.

pub mod shim;

/// The stack of every thread in a comparison, ours and the baseline's: what std gives a thread.
pub const STACK_SIZE: usize = 2 * 1024 * 1024;

/// A plain thread with that stack and a name, as a port without kthreads would start it.
///
/// # Panics
///
/// If the operating system refuses the thread.
pub fn std_thread<T: Send + 'static>(
    main: impl FnOnce() -> T + Send + 'static,
) -> std::thread::JoinHandle<T> {
    std::thread::Builder::new()
        .name("baseline".into())
        .stack_size(STACK_SIZE)
        .spawn(main)
        .expect("the system starts a thread")
}

/// Pins the calling thread to one cpu, and with it all threads that it starts and the Kernels that it boots from now on.
///
/// # Panics
///
/// If the operating system refuses.
pub fn pin_to_one_cpu() {
    let allowed = rustix::thread::sched_getaffinity(None).expect("a thread may run somewhere");
    let first = (0..rustix::thread::CpuSet::MAX_CPU).find(|&cpu| allowed.is_set(cpu));
    let mut one = rustix::thread::CpuSet::new();
    one.set(first.expect("a thread may run somewhere"));
    rustix::thread::sched_setaffinity(None, &one).expect("a cpu that was allowed");
}
