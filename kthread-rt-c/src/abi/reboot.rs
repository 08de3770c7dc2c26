//! `linux/reboot.h`: shutdown of the machine, which ends the process.

use super::left::{self, New};
use super::notifier::{BlockingChain, Notifier, kt_notifier_call};
use super::{printk, text};
use kthread_rt::prelude::*;
use std::ffi::{c_char, c_int, c_ulong, c_void};
use std::io::Write;
use std::ptr;
use std::sync::{Mutex, PoisonError};

const SYS_RESTART: c_ulong = 1;
const SYS_HALT: c_ulong = 2;
const SYS_POWER_OFF: c_ulong = 3;

static CHAIN: BlockingChain = BlockingChain::new();

/// The loader's function to run before the process ends.
static LAST: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

pub(super) fn before_end(last: impl FnOnce() + Send + 'static) {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(last));
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn register_reboot_notifier(entry: *mut Notifier) -> c_int {
    // SAFETY: the C contract; the chain is a static.
    let registered = left::within(|| unsafe { CHAIN.register(entry) });
    if registered == 0 {
        // SAFETY: the C contract.
        let function = unsafe { Notifier::function(entry) };
        New::of(&left::REBOOT, entry.addr(), "register_reboot_notifier").calls(function).note();
    }
    registered
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn unregister_reboot_notifier(entry: *mut Notifier) -> c_int {
    left::gone(&left::REBOOT, entry.addr());
    // SAFETY: as above.
    unsafe { CHAIN.unregister(entry) }
}

/// Calls the notifiers, prints a kernel's last message, and ends the process.
fn end(event: c_ulong, command: *mut c_char, last_words: &str) -> ! {
    // SAFETY: entries of the chain are valid until they are unregistered: the C contract.
    CHAIN.call(|chain| unsafe { kt_notifier_call(chain, event, command.cast::<c_void>()) });
    printk::print(&format!("\x010reboot: {last_words}\n"));
    // Held to the end: another thread that shuts down, too, waits here.
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(last) = last.take() {
        last();
    }
    // A failed write can't be reported any more.
    let _ = std::io::stdout().flush();
    // SAFETY: ends the process at once without exit handlers, since other threads still run.
    unsafe { libc::_exit(0) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kernel_restart(command: *mut c_char) -> ! {
    let _whole = crate::abi::may_sleep_in_all("kernel_restart");
    let words = match command.is_null() {
        true => "Restarting system".to_owned(),
        // SAFETY: the C contract.
        false => format!("Restarting system with command '{}'", unsafe { text(command) }),
    };
    end(SYS_RESTART, command, &words)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kernel_halt() -> ! {
    let _whole = crate::abi::may_sleep_in_all("kernel_halt");
    end(SYS_HALT, ptr::null_mut(), "System halted")
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kernel_power_off() -> ! {
    let _whole = crate::abi::may_sleep_in_all("kernel_power_off");
    end(SYS_POWER_OFF, ptr::null_mut(), "Power down")
}

/// Shuts down in a new thread, or in the caller's if none can be created.
fn orderly(name: &'static str, event: c_ulong, last_words: &'static str) {
    let ending = kthread_run!(move |()| end(event, ptr::null_mut(), last_words), (), "%s", name);
    if ending.is_err() {
        end(event, ptr::null_mut(), last_words);
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn orderly_poweroff(_force: bool) {
    orderly("poweroff", SYS_POWER_OFF, "Power down");
}

#[unsafe(no_mangle)]
extern "C-unwind" fn orderly_reboot() {
    orderly("reboot", SYS_RESTART, "Restarting system");
}
