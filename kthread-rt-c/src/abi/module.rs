//! `linux/module.h`: what the constructors of a module register, and what a loader needs from the
//! runtime beside its public interface.

pub use super::blocks::MemoryLeft;
pub use super::dmesg::Line;
pub use super::modules::{ModuleInC, ModuleState};
use super::{blocks, cache, dmesg, fs, jiffies, kthread, modules, pid, printk, reboot, text, workqueue};
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::io::ErrorKind;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

/// `int (*init)(void)`.
pub type Initcall = unsafe extern "C-unwind" fn() -> c_int;
/// `void (*exit)(void)`.
pub type Exitcall = unsafe extern "C-unwind" fn();

/// `struct kernel_param`.
#[derive(Debug)]
#[repr(C)]
pub struct KernelParam {
    /// The parameter's name.
    pub name: *const c_char,
    /// `int`, `charp`, `callback` …
    pub kind: *const c_char,
    /// The operations, for `callback`.
    pub ops: *const KernelParamOps,
    /// The permissions in sysfs.
    pub perm: u16,
    /// The capacity of an array; 0 if the parameter is not an array.
    pub max: c_uint,
    /// The size of the value, or of an element, in bytes.
    pub size: c_uint,
    /// The variable for the number of elements, or null.
    pub num: *mut c_uint,
    /// The value.
    pub arg: *mut c_void,
}

/// `struct kernel_param_ops`.
#[derive(Debug)]
#[repr(C)]
pub struct KernelParamOps {
    /// Unused here.
    pub flags: c_uint,
    /// Sets the value from a text: 0 or −errno.
    pub set: Option<unsafe extern "C-unwind" fn(*const c_char, *const KernelParam) -> c_int>,
    /// Writes the value as text.
    pub get: Option<unsafe extern "C-unwind" fn(*mut c_char, *const KernelParam) -> c_int>,
    /// Frees the value.
    pub free: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
}

/// What a module's constructors registered.
#[derive(Debug, Default)]
pub struct Registered {
    /// The functions that `module_init` named, in order.
    pub inits: Vec<Initcall>,
    /// The functions that `module_exit` named, in order.
    pub exits: Vec<Exitcall>,
    /// The parameters. The pointers are valid while the module is mapped.
    pub params: Vec<*const KernelParam>,
    /// `MODULE_PARM_DESC`: name and text.
    pub descriptions: Vec<(String, String)>,
    /// `MODULE_LICENSE` and the like: tag and text.
    pub info: Vec<(String, String)>,
    /// `THIS_MODULE`. Valid while the module is mapped.
    pub module: Option<&'static ModuleInC>,
}

// SAFETY: the pointers are addresses of data that any thread may read.
unsafe impl Send for Registered {}

/// What was registered since the last [`take_registered`].
static REGISTERED: Mutex<Registered> = Mutex::new(Registered {
    inits: Vec::new(),
    exits: Vec::new(),
    params: Vec::new(),
    descriptions: Vec::new(),
    info: Vec::new(),
    module: None,
});

fn constructors<R>(f: impl FnOnce(&mut Registered) -> R) -> R {
    f(&mut REGISTERED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Takes what was registered since the last call: after a `dlopen`, what the loaded module
/// registered.
pub fn take_registered() -> Registered {
    let registered = Registered { module: modules::take_last(), ..constructors(std::mem::take) };
    if let Some(module) = registered.module {
        module.set_init_and_exit(registered.inits.first().copied(), registered.exits.first().copied());
    }
    registered
}

#[unsafe(no_mangle)]
extern "C" fn kt_register_init(init: Initcall) {
    constructors(|r| r.inits.push(init));
}

#[unsafe(no_mangle)]
extern "C" fn kt_register_exit(exit: Exitcall) {
    constructors(|r| r.exits.push(exit));
}

#[unsafe(no_mangle)]
extern "C" fn kt_register_param(param: *const KernelParam) {
    constructors(|r| r.params.push(param));
}

/// # Safety
///
/// Both are C strings.
#[unsafe(no_mangle)]
unsafe extern "C" fn kt_register_param_description(name: *const c_char, description: *const c_char) {
    // SAFETY: the C contract.
    let pair = unsafe { (text(name), text(description)) };
    constructors(|r| r.descriptions.push(pair));
}

/// # Safety
///
/// Both are C strings.
#[unsafe(no_mangle)]
unsafe extern "C" fn kt_register_info(tag: *const c_char, value: *const c_char) {
    // SAFETY: the C contract.
    let pair = unsafe { (text(tag), text(value)) };
    constructors(|r| r.info.push(pair));
}

/// For a program with built-in modules: calls their init functions until one fails. Returns its
/// error, or 0.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_run_initcalls() -> c_int {
    kthread::know_kthreadd();
    let inits = constructors(|r| std::mem::take(&mut r.inits));
    // SAFETY: `module_init` names a function of this type.
    inits.into_iter().map(|init| unsafe { init() }).find(|&ret| ret != 0).unwrap_or(0)
}

/// Calls the exit functions of built-in modules, the last first.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_run_exitcalls() {
    let exits = constructors(|r| std::mem::take(&mut r.exits));
    for exit in exits.into_iter().rev() {
        // SAFETY: as above.
        unsafe { exit() };
    }
}

/// Sets how lines are printed. `raw`: without time stamps; `stdout`: to standard output instead of
/// standard error.
pub fn set_console(raw: bool, stdout: bool) {
    printk::set_console(raw, stdout);
}

/// Sets a function that is called when a line can't be written, by the thread that prints it.
pub fn on_console_error(handler: fn(ErrorKind)) {
    printk::on_console_error(handler);
}

/// The last printed lines, the oldest first, including those that the console did not show.
pub fn dmesg() -> Vec<Line> {
    dmesg::lines()
}

/// Makes the console show messages whose level is less than this. The default is 7: all but
/// `KERN_DEBUG`.
pub fn set_console_loglevel(level: i32) {
    dmesg::set_console_loglevel(level);
}

/// Sets the function that a loader needs to run before `kernel_power_off` and the like end the
/// process. It replaces the function of an earlier call.
pub fn before_power_off(last: impl FnOnce() + Send + 'static) {
    reboot::before_end(last);
}

/// Prints a line as `printk` does.
pub fn print(message: &str) {
    printk::print(message);
}

/// The number of blocks that C code has allocated and not freed, and their total size in bytes.
pub fn outstanding_memory() -> (usize, usize) {
    blocks::outstanding()
}

/// How often C code has freed memory that was already freed, was never allocated, or was allocated
/// by another kind of call.
pub fn wrong_frees() -> usize {
    blocks::wrong_frees()
}

/// The memory that C code has allocated and not freed, by place, in the order of allocation. Needs
/// a Kernel with `debug`.
pub fn memory_by_place() -> Vec<MemoryLeft> {
    blocks::by_place()
}

/// From now on calls `here` at each allocation, for the calling thread's place in C.
pub fn note_allocations_by(here: fn() -> usize) {
    blocks::note_places_by(here);
}

/// The blocks that are not freed: their sizes in bytes, and [the recorded
/// places](note_allocations_by) of their allocation.
pub fn outstanding_blocks() -> Vec<(usize, usize)> {
    blocks::outstanding_blocks()
}

/// What modules have registered and not removed, a line each: device numbers, devices, classes,
/// entries of /proc, debugfs and sysfs, caches. After a module's exit, this is what it has left
/// behind.
pub fn registered() -> Vec<String> {
    [fs::registered(), cache::registered()].concat()
}

pub use super::caller::take_caller;

/// True if the place is in a function of this folder. Then the call came from C, whose place the
/// runtime can't see.
pub fn called_from_c(place: &Location<'_>) -> bool {
    // This file's folder, wherever it was compiled.
    file!().strip_suffix("module.rs").is_some_and(|folder| place.file().starts_with(folder))
}

/// From now on keeps the variable `jiffies` right for code that only reads it. Call it for a module
/// that names the variable.
pub fn begin_jiffies() {
    jiffies::begin();
}

/// Sets the variable `kthreadd_task`. Call it for a module that names it.
pub fn know_kthreadd() {
    kthread::know_kthreadd();
}

/// Updates `jiffies`. Call it before a module's code runs on a thread that has slept outside of the
/// runtime.
pub fn refresh_jiffies() {
    jiffies::refresh();
}

/// Drops the references that the runtime keeps for C code that created threads.
pub fn forget_created_tasks() {
    pid::forget_pids();
    kthread::forget_created();
    workqueue::forget_queues();
}
