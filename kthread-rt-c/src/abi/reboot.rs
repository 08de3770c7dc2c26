//! `linux/reboot.h`: the end of the machine, which here is that of the process or, under a loader, of its modules.

use super::notifier::{Chain, Notifier, kt_notifier_call, kt_notifier_register, kt_notifier_unregister};
use super::printk;
use std::ffi::{c_char, c_int, c_ulong};
use std::ptr;
use std::sync::OnceLock;

const SYS_RESTART: c_ulong = 1;
const SYS_HALT: c_ulong = 2;
const SYS_POWER_OFF: c_ulong = 3;

/// Who is told before the machine goes down.
static CHAIN: Chain = Chain::new(ptr::null_mut());

/// What a loader does instead of ending the process.
static LOADER: OnceLock<Box<dyn Fn() + Send + Sync>> = OnceLock::new();

/// The first one stays.
pub(super) fn on_reboot(end: impl Fn() + Send + Sync + 'static) {
    LOADER.get_or_init(|| Box::new(end));
}

/// Tells everybody, the caller's task being the one that does, and ends it all: for good in a program, whose threads could not
/// be stopped from here. With a loader, it comes back.
fn go_down(action: c_ulong, says: &str) {
    // SAFETY: the entries are valid until they are taken off, which is the contract of who registered them.
    unsafe { kt_notifier_call(&CHAIN, action, ptr::null_mut()) };
    printk::print(&format!("\x010reboot: {says}\n"));
    match LOADER.get() {
        Some(end) => end(),
        None => std::process::exit(0),
    }
}

/// # Safety
///
/// `entry` is valid until it is taken off.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn register_reboot_notifier(entry: *mut Notifier) -> c_int {
    // SAFETY: the contract.
    unsafe { kt_notifier_register(&CHAIN, entry) }
}

/// # Safety
///
/// As above.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn unregister_reboot_notifier(entry: *mut Notifier) -> c_int {
    // SAFETY: the contract.
    unsafe { kt_notifier_unregister(&CHAIN, entry) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kernel_restart(_command: *const c_char) {
    go_down(SYS_RESTART, "Restarting system");
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kernel_halt() {
    go_down(SYS_HALT, "System halted");
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kernel_power_off() {
    go_down(SYS_POWER_OFF, "Power down");
}
