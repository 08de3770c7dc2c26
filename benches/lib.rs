//! What the benches share: nothing but the conditions under which they compare.

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
