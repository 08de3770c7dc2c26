//! Tracks what modules register and create, so that objects that they leave are reported by name
//! and place.
//!
//! Only a Kernel with `debug` tracks objects (`kthread_rt::debug_objects`). One call of a module
//! makes one object: what the call registers beyond that (`misc_register` registers a device with
//! attributes) is registered [within](within) it.

use kthread_rt::debug_objects::{self, ObjectKind, WhenLeft};
use kthread_rt::diag::{self, WarningKind};
use std::cell::Cell;
use std::panic::Location;

/// A kind of objects that can't be deactivated: memory that contains one is never freed.
const fn kind(name: &'static str, state: &'static str, undo: &'static str) -> ObjectKind {
    ObjectKind { name, state, undo, left: WhenLeft::ToldOfModules, is_active: None, take_off: None }
}

const fn registered(name: &'static str, undo: &'static str) -> ObjectKind {
    kind(name, "registered", undo)
}

pub(super) static PROC: ObjectKind = registered("proc entry", "proc_remove() or remove_proc_entry()");
pub(super) static DEBUGFS: ObjectKind = registered("debugfs entry", "debugfs_remove()");
pub(super) static SYSFS: ObjectKind = registered("sysfs entry", "sysfs_remove_file() or its like");
pub(super) static KOBJECT: ObjectKind = registered("kobject", "kobject_put()");
pub(super) static DEVICE: ObjectKind = registered("device", "device_unregister() or device_destroy()");
pub(super) static CLASS: ObjectKind = registered("class", "class_destroy() or class_unregister()");
pub(super) static MISC: ObjectKind = registered("misc device", "misc_deregister()");
pub(super) static CDEV: ObjectKind = registered("cdev", "cdev_del()");
pub(super) static REGION: ObjectKind = registered("chrdev region", "unregister_chrdev_region()");
pub(super) static CHRDEV: ObjectKind = registered("chrdev", "unregister_chrdev()");
pub(super) static FILE: ObjectKind = kind("file", "open", "filp_close()");
pub(super) static NOTIFIER: ObjectKind = registered("notifier", "its unregister function");
pub(super) static REBOOT: ObjectKind = registered("reboot notifier", "unregister_reboot_notifier()");
pub(super) static SYSRQ: ObjectKind = registered("sysrq key", "unregister_sysrq_key()");
pub(super) static SYSCTL: ObjectKind = registered("sysctl table", "unregister_sysctl_table()");
pub(super) static CPUHP: ObjectKind = registered("cpuhp state", "cpuhp_remove_state()");
pub(super) static PERCPU_THREADS: ObjectKind =
    registered("smpboot thread", "smpboot_unregister_percpu_thread()");
pub(super) static WORKER: ObjectKind = kind("kthread_worker", "there", "kthread_destroy_worker()");
pub(super) static CACHE: ObjectKind = kind("kmem_cache", "there", "kmem_cache_destroy()");
pub(super) static PERCPU: ObjectKind = kind("percpu memory", "allocated", "free_percpu()");
pub(super) static HELPER: ObjectKind = kind("usermode helper", "set up", "call_usermodehelper_exec()");
pub(super) static WAIT_ENTRY: ObjectKind = ObjectKind {
    is_active: Some(super::wait::is_on_queue),
    ..kind("wait queue entry", "queued", "remove_wait_queue()")
};

thread_local! {
    /// The nesting depth of [`within`] in this thread.
    static WITHIN: Cell<u32> = const { Cell::new(0) };
}

/// Runs `f`. Objects that it registers are part of the caller's object, and are not tracked
/// themselves.
pub(super) fn within<R>(f: impl FnOnce() -> R) -> R {
    struct Within;
    impl Drop for Within {
        fn drop(&mut self) {
            WITHIN.set(WITHIN.get() - 1);
        }
    }
    WITHIN.set(WITHIN.get() + 1);
    let _within = Within;
    f()
}

/// An object that a call from C makes active. `function` is the module's callback, or 0.
pub(super) struct New {
    pub(super) kind: &'static ObjectKind,
    pub(super) address: usize,
    pub(super) function: usize,
    pub(super) container: usize,
    pub(super) call: &'static str,
}

impl New {
    pub(super) fn of(kind: &'static ObjectKind, address: usize, call: &'static str) -> Self {
        Self { kind, address, function: 0, container: 0, call }
    }

    pub(super) fn calls(self, function: usize) -> Self {
        Self { function, ..self }
    }

    /// The object is on the list whose head is at this address.
    pub(super) fn on(self, container: usize) -> Self {
        Self { container, ..self }
    }

    /// Tracks the object, under the name of its variable if it has one.
    pub(super) fn note(self) {
        self.note_as(None);
    }

    /// Tracks the object under this name.
    pub(super) fn named(self, name: &str) {
        if debug_objects::tracks() {
            self.note_as(Some(format!("{name:?}")));
        }
    }

    fn note_as(self, name: Option<String>) {
        if debug_objects::tracks() && WITHIN.get() == 0 {
            let Self { kind, address, function, container, call } = self;
            debug_objects::note(kind, address, function, container, name, call, Location::caller());
        }
    }
}

/// The object is not active any more.
pub(super) fn gone(kind: &'static ObjectKind, address: usize) {
    debug_objects::forget(kind, address);
}

/// Reports that `call` undoes what is not there: a table of the addresses that C may pass lacks
/// `address`. The call then touches nothing.
#[track_caller]
pub(super) fn warn_gone(address: usize, call: &str) {
    super::printk::print(&format!("\x013BUG: {call} of {address:#x}, which does not exist\n"));
    let message = format!("{address:#x} was destroyed already, or was never created: this call does nothing");
    diag::warn(WarningKind::BadArgument, call, Location::caller(), &message);
}
