//! `linux/module.h`: what the constructors of a module register, and what a loader needs of the
//! runtime beside its public face.

pub use super::dmesg::Line;
pub use super::modules::{ModuleInC, ModuleState};
use super::{dmesg, fs, jiffies, kthread, modules, pid, printk, reboot, slab, text, workqueue};
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
    /// Its name.
    pub name: *const c_char,
    /// `int`, `charp`, `callback` …
    pub kind: *const c_char,
    /// For `callback`.
    pub ops: *const KernelParamOps,
    /// What sysfs would show.
    pub perm: u16,
    /// How many elements an array has room for; 0 for what is no array.
    pub max: c_uint,
    /// Bytes of the value, or of an element.
    pub size: c_uint,
    /// Where the count of elements goes, or null.
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
    /// Frees it.
    pub free: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
}

/// What a module's constructors registered.
#[derive(Debug, Default)]
pub struct Registered {
    /// What `module_init` named, in order.
    pub inits: Vec<Initcall>,
    /// What `module_exit` named, in order.
    pub exits: Vec<Exitcall>,
    /// The parameters. The pointers are good as long as the module is mapped.
    pub params: Vec<*const KernelParam>,
    /// `MODULE_PARM_DESC`: name and text.
    pub descriptions: Vec<(String, String)>,
    /// `MODULE_LICENSE` and its like: tag and text.
    pub info: Vec<(String, String)>,
    /// `THIS_MODULE`. Good as long as the module is mapped.
    pub module: Option<&'static ModuleInC>,
}

// SAFETY: addresses of what any thread may read.
unsafe impl Send for Registered {}

/// What was registered since it was taken last.
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

/// What was registered since the last call: after a `dlopen`, by the module that it loaded.
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

/// For a program with modules built in: calls what they registered as init functions; the first
/// error, or 0.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_run_initcalls() -> c_int {
    kthread::know_kthreadd();
    let inits = constructors(|r| std::mem::take(&mut r.inits));
    // SAFETY: `module_init` names a function of this type.
    inits.into_iter().map(|init| unsafe { init() }).find(|&ret| ret != 0).unwrap_or(0)
}

/// Calls their exit functions, the last first.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_run_exitcalls() {
    let exits = constructors(|r| std::mem::take(&mut r.exits));
    for exit in exits.into_iter().rev() {
        // SAFETY: as above.
        unsafe { exit() };
    }
}

/// How printed lines look and where they go: `raw`, without time stamps; `stdout`, rather than
/// standard error.
pub fn set_console(raw: bool, stdout: bool) {
    printk::set_console(raw, stdout);
}

/// From now on `told` is called by the thread that prints a line which can't be written.
pub fn on_console_error(told: fn(ErrorKind)) {
    printk::on_console_error(told);
}

/// The last lines that were printed, the oldest first: those too that the console did not show.
pub fn dmesg() -> Vec<Line> {
    dmesg::lines()
}

/// The console shows messages whose level is less than this: 7, unless it is set, so all but
/// `KERN_DEBUG`.
pub fn set_console_loglevel(level: i32) {
    dmesg::set_console_loglevel(level);
}

/// What a loader has to do before the process ends by `kernel_power_off` or its like. Of several,
/// the last one said is done.
pub fn before_power_off(last: impl FnOnce() + Send + 'static) {
    reboot::before_end(last);
}

/// Prints a line as `printk` does.
pub fn print(message: &str) {
    printk::print(message);
}

/// How many blocks of memory that C code allocated it has not freed, and their bytes.
pub fn outstanding_memory() -> (usize, usize) {
    slab::outstanding()
}

/// How often C code has freed what was freed already, was never allocated, or was allocated by
/// another kind of call.
pub fn wrong_frees() -> usize {
    slab::wrong_frees()
}

/// Memory that was allocated at one place in C and not freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLeft {
    /// The return address of the call there.
    pub place: usize,
    /// The name of a function that allocates such memory.
    pub call: &'static str,
    /// How many blocks.
    pub blocks: usize,
    /// Their bytes.
    pub bytes: usize,
}

/// The memory that C code allocated and has not freed, by place: in the order of allocation. Known
/// in a Kernel with `debug`.
pub fn memory_by_place() -> Vec<MemoryLeft> {
    slab::by_place()
}

/// From now on `here` is asked, at each allocation, where the calling thread is in C.
pub fn note_allocations_by(here: fn() -> usize) {
    slab::note_places_by(here);
}

/// The blocks that are not freed, if [it is noted](note_allocations_by) where they were allocated:
/// their bytes, and where.
pub fn outstanding_blocks() -> Vec<(usize, usize)> {
    slab::outstanding_blocks()
}

/// What modules have registered and not removed, a line for each: device numbers, devices, classes,
/// entries of /proc, debugfs and sysfs, caches. Of a module that has ended, it is what it left
/// behind.
pub fn registered() -> Vec<String> {
    [fs::registered(), slab::registered()].concat()
}

pub use super::caller::take_caller;

/// True if this is a place in the functions that C calls: then the call was made from C, where the
/// runtime sees no place.
pub fn called_from_c(place: &Location<'_>) -> bool {
    // The folder of this file, wherever it was compiled.
    file!().strip_suffix("module.rs").is_some_and(|folder| place.file().starts_with(folder))
}

/// A module is there that names `jiffies`: from now on the variable is right for code that only
/// reads it.
pub fn begin_jiffies() {
    jiffies::begin();
}

/// A module is there that names `kthreadd_task`.
pub fn know_kthreadd() {
    kthread::know_kthreadd();
}

/// Brings `jiffies` up to date, before code is called on a thread that slept elsewhere than in the
/// runtime.
pub fn refresh_jiffies() {
    jiffies::refresh();
}

/// Lets the references go that the runtime keeps for the creators of threads in C.
pub fn forget_created_tasks() {
    pid::forget_pids();
    kthread::forget_created();
    workqueue::forget_system_queues();
}
