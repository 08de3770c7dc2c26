//! A module in this process: maps it, sets its parameters, calls its init and exit.

use crate::objects;
use crate::params;
use kthread_rt::__for_c::Balance;
use kthread_rt_c::module::{self, Exitcall, Initcall, KernelParam, ModuleState, Registered};
use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use std::any::Any;
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// A module that is mapped.
pub(crate) struct Module {
    pub(crate) name: String,
    path: PathBuf,
    registered: Registered,
    library: Library,
}

/// The result of a module's function, or its panic.
pub(crate) type Called<T> = Result<T, Box<dyn Any + Send>>;

impl Module {
    /// Maps the shared object at `path`. Its constructors register its inits, exits and parameters.
    pub(crate) fn map(name: String, path: &Path) -> Result<Self, String> {
        // RTLD_GLOBAL makes the symbols of EXPORT_SYMBOL visible to other modules; all others are
        // hidden. SAFETY: this runs the constructors of our headers and of the module's source,
        // which the user asked to run.
        let library = objects::loading(|| unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL) });
        let library = library.map_err(|e| format!("{}: it can't be loaded: {e}", path.display()))?;
        Ok(Self { name, path: path.to_owned(), registered: module::take_registered(), library })
    }

    /// The file that it was mapped from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn params(&self) -> impl Iterator<Item = (String, &KernelParam)> {
        self.registered.params.iter().map(|&param| {
            // SAFETY: what the module's constructors registered lives as long as it is mapped; the
            // names are C strings.
            unsafe { (CStr::from_ptr((*param).name).to_string_lossy().into_owned(), &*param) }
        })
    }

    /// The names of its parameters.
    pub(crate) fn param_names(&self) -> Vec<String> {
        self.params().map(|(name, _)| name).collect()
    }

    /// Sets a parameter from its text. False if the module has no such parameter. Dashes and
    /// underscores in the name are equal.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<bool, String> {
        let plain = |name: &str| name.replace('-', "_");
        let Some((_, param)) = self.params().find(|(known, _)| plain(known) == plain(name)) else {
            return Ok(false);
        };
        params::set(param, value)
            .map(|()| true)
            .map_err(|e| format!("{}: '{value}' for parameter '{name}': {e}", self.name))
    }

    /// Calls the module's init. As in a kernel, a module may have none. If several of its files
    /// have one, they are called in the files' order, as if they were built in, until one fails.
    pub(crate) fn init(&self) -> Called<i32> {
        let inits = match &self.registered.inits[..] {
            [] => self.symbol("kt_init_module").into_iter().collect(),
            inits => inits.to_vec(),
        };
        let call = |init: Initcall| {
            let balance = Balance::new();
            // SAFETY: `init` is the module's init function, which has this type, and is called
            // once.
            let ret = unsafe { init() };
            balance.judge(init as usize);
            ret
        };
        module::refresh_jiffies();
        self.set_state(ModuleState::Coming);
        let called =
            catch_unwind(AssertUnwindSafe(|| inits.into_iter().map(call).find(|&ret| ret != 0).unwrap_or(0)));
        self.set_state(if matches!(called, Ok(0..)) { ModuleState::Live } else { ModuleState::Going });
        called
    }

    fn set_state(&self, state: ModuleState) {
        if let Some(module) = self.registered.module {
            module.set_state(state);
        }
    }

    /// The module's reference count: open files, and calls of `__module_get`.
    pub(crate) fn references(&self) -> i32 {
        self.registered.module.map_or(0, |module| module.references())
    }

    /// Sleeps until the reference count is 0.
    pub(crate) fn wait_until_unused(&self) {
        if let Some(module) = self.registered.module {
            module.wait_until_unused();
        }
    }

    /// Calls the module's exits, the last first.
    pub(crate) fn exit(&self) -> Called<()> {
        let exits = match &self.registered.exits[..] {
            [] => self.symbol("kt_cleanup_module").into_iter().collect(),
            exits => exits.to_vec(),
        };
        let call = |exit: Exitcall| {
            let balance = Balance::new();
            // SAFETY: as in `init`.
            unsafe { exit() };
            balance.judge(exit as usize);
        };
        module::refresh_jiffies();
        self.set_state(ModuleState::Going);
        catch_unwind(AssertUnwindSafe(|| exits.into_iter().rev().for_each(call)))
    }

    fn symbol<T: Copy>(&self, name: &str) -> Option<T> {
        // SAFETY: the callers ask only for functions, with the types that the headers declare for
        // these names.
        unsafe { self.library.get::<T>(name.as_bytes()).ok().map(|symbol| *symbol) }
    }

    /// Unmaps the module, which runs its destructors.
    pub(crate) fn unmap(self) {
        objects::loading(|| drop(self.library));
    }

    /// Leaves the module mapped for ever: a thread may still run its code.
    pub(crate) fn keep(self) {
        std::mem::forget(self.library);
    }
}
