//! `linux/sysctl.h`: named values that can be changed while the program runs.
//!
//! A value is a [`Sysctl`], which code reads at any time. [`register_sysctl`] names a table of
//! values under a path, such as `kernel/troubled` with the entry `helper`, for the life of the
//! registration. [`sysctl_read`] and [`sysctl_write`] then do what reading and writing
//! `/proc/sys/kernel/troubled/helper` does in a kernel. Each Kernel has a tree of its own, empty at
//! first.
//!
//! Written texts are parsed as in the kernel:
//!
//! * `Sysctl<i32>`, `Sysctl<u32>` (`proc_dointvec_minmax`, `proc_douintvec_minmax`): the first
//!   number of the text, in decimal, in hexadecimal after `0x`, in octal after `0`. Spaces around
//!   it are skipped, and what follows a space is ignored. Any other text, or a number outside the
//!   range, is EINVAL and changes nothing. An empty text is a success and changes nothing.
//! * `Sysctl<bool>`: a number in the range 0 to 1, as is usual for switches.
//! * `Sysctl<String>` (`proc_dostring`): the text up to a newline or a NUL byte, **cut** to the
//!   maximum number of bytes, at the end of a character.
//!
//! A reader sees the old or the new value, never a mixture. A value does not synchronize other
//! data.

mod value;

pub use value::{Sysctl, SysctlValue};

use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::{Arc, Mutex, os};
use crate::task::{KernelState, Subsystem, SubsystemId};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc as StdArc;
use value::Entry;

/// The named values of a Kernel.
pub(crate) struct Tree(Mutex<BTreeMap<String, CtlTable>>);

impl Subsystem for Tree {
    const ID: SubsystemId = SubsystemId::Sysctl;

    fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

/// One name of a table: `struct ctl_table`.
#[derive(Clone)]
pub struct CtlTable {
    procname: String,
    mode: u32,
    entry: StdArc<dyn Entry>,
}

impl CtlTable {
    /// Names `value`. `mode` is the kernel file's mode, of which only the owner's bits count: 0o644
    /// may be read and written, 0o444 only read, 0o200 only written.
    pub fn new<T: SysctlValue>(procname: &str, mode: u32, value: &Sysctl<T>) -> Self {
        Self { procname: procname.to_owned(), mode, entry: value.entry() }
    }

    fn may(&self, bit: u32) -> Result<(), Errno> {
        if self.mode & bit != 0 { Ok(()) } else { Err(Errno::EPERM) }
    }
}

impl fmt::Debug for CtlTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:o})", self.procname, self.mode)
    }
}

/// The owner may read.
const READ: u32 = 0o400;
/// The owner may write.
const WRITE: u32 = 0o200;

/// A registered table: `struct ctl_table_header`. Dropping it unregisters its names:
/// `unregister_sysctl_table`.
#[must_use = "dropping it unregisters the names"]
pub struct CtlTableHeader {
    kernel_state: Arc<KernelState>,
    paths: Vec<String>,
}

impl Drop for CtlTableHeader {
    fn drop(&mut self) {
        if os::forked() {
            return;
        }
        let mut tree = self.kernel_state.subsystem::<Tree>().0.lock();
        let gone: Vec<_> = self.paths.iter().map(|path| tree.remove(path)).collect();
        drop(tree);
        drop(gone);
    }
}

impl fmt::Debug for CtlTableHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CtlTableHeader").field("paths", &self.paths).finish_non_exhaustive()
    }
}

/// Names the values of `table` under `path` in the calling task's Kernel, all or none:
/// `register_sysctl`. Never sleeps.
///
/// # Errors
///
/// `EEXIST` if a name is in use, as a value or as a directory; `EINVAL` if a name or a component of
/// the path is empty, `.` or `..`, or contains a slash or a NUL byte; `EOWNERDEAD` in a forked
/// child. (The kernel's returns NULL for all of these.)
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let helper = Sysctl::string("/sbin/troubled", 256);
/// let limit = Sysctl::ranged(5, 1..=10);
/// let names = register_sysctl(
///     "kernel/troubled",
///     &[CtlTable::new("helper", 0o644, &helper), CtlTable::new("limit", 0o644, &limit)],
/// )?;
/// assert_eq!(sysctl_read("kernel/troubled/limit")?, "5");
///
/// sysctl_write("kernel/troubled/helper", "/usr/local/sbin/troubled\n")?;
/// assert_eq!(helper.get(), "/usr/local/sbin/troubled");
/// assert_eq!(sysctl_write("kernel/troubled/limit", "11"), Err(Errno::EINVAL));
///
/// drop(names);
/// assert_eq!(sysctl_read("kernel/troubled/limit"), Err(Errno::ENOENT));
/// # Ok::<(), Errno>(())
/// ```
pub fn register_sysctl(path: &str, table: &[CtlTable]) -> Result<CtlTableHeader, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let valid = |name: &str| !["", ".", ".."].contains(&name) && !name.contains(['/', '\0']);
    if !path.split('/').all(valid) || !table.iter().all(|entry| valid(&entry.procname)) {
        return Err(Errno::EINVAL);
    }
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let mut header = CtlTableHeader { kernel_state: kernel_state.clone(), paths: Vec::new() };
    let mut tree = kernel_state.subsystem::<Tree>().0.lock();
    for entry in table {
        let name = format!("{path}/{}", entry.procname);
        if is_taken(&tree, &name) {
            // Before the header is dropped, which takes the lock.
            drop(tree);
            return Err(Errno::EEXIST);
        }
        tree.insert(name.clone(), entry.clone());
        header.paths.push(name);
    }
    drop(tree);
    Ok(header)
}

/// Unregisters a table: `unregister_sysctl_table`. It drops the [`CtlTableHeader`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let limit = Sysctl::int(7);
/// let table = register_sysctl("dev/disk", &[CtlTable::new("limit", 0o644, &limit)])?;
/// assert!(sysctl_names().contains(&"dev/disk/limit".to_owned()));
/// assert_eq!(sysctl_read("dev/disk/limit")?, "7");
/// unregister_sysctl_table(table);
/// # Ok::<(), Errno>(())
/// ```
pub fn unregister_sysctl_table(header: CtlTableHeader) {
    drop(header);
}

/// True if `name` is a value or a directory, or if a prefix of its path is a value.
fn is_taken(tree: &BTreeMap<String, CtlTable>, name: &str) -> bool {
    let inside_a_value = name.match_indices('/').any(|(i, _)| tree.contains_key(&name[..i]));
    tree.contains_key(name) || is_directory(tree, name) || inside_a_value
}

fn is_directory(tree: &BTreeMap<String, CtlTable>, name: &str) -> bool {
    let below = format!("{name}/");
    let mut from_there = tree.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
    from_there.next().is_some_and(|(first, _)| first.starts_with(&below))
}

fn find(path: &str) -> Result<CtlTable, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    with_current(|me| {
        let tree = me.kernel_state().subsystem::<Tree>().0.lock();
        match tree.get(path) {
            Some(entry) => Ok(entry.clone()),
            None if is_directory(&tree, path) => Err(Errno::EISDIR),
            None => Err(Errno::ENOENT),
        }
    })
}

/// Returns the value with this name in the calling task's Kernel, as the file in `/proc/sys` shows
/// it, without the final newline. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let limit = Sysctl::int(7);
/// let table = register_sysctl("dev/disk", &[CtlTable::new("limit", 0o644, &limit)])?;
/// assert!(sysctl_names().contains(&"dev/disk/limit".to_owned()));
/// assert_eq!(sysctl_read("dev/disk/limit")?, "7");
/// unregister_sysctl_table(table);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// `ENOENT` if the name does not exist, `EISDIR` if it is a directory, `EPERM` if the mode forbids
/// reading, `EOWNERDEAD` in a forked child.
pub fn sysctl_read(path: &str) -> Result<String, Errno> {
    let entry = find(path)?;
    entry.may(READ)?;
    Ok(entry.entry.show())
}

/// Sets the value with this name in the calling task's Kernel, as writing `text` to its file in
/// `/proc/sys` does. Never sleeps.
///
/// # Errors
///
/// `EINVAL` if the text is not a value or is out of range, and nothing changes; `EPERM` if the mode
/// forbids writing; `ENOENT`, `EISDIR` and `EOWNERDEAD` as for [`sysctl_read`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let version = Sysctl::string("1.0", 16);
/// let _names = register_sysctl("kernel/demo", &[CtlTable::new("version", 0o444, &version)])?;
/// assert_eq!(sysctl_write("kernel/demo/version", "2.0"), Err(Errno::EPERM));
/// assert_eq!(sysctl_write("kernel/demo/verison", "2.0"), Err(Errno::ENOENT));
/// # Ok::<(), Errno>(())
/// ```
pub fn sysctl_write(path: &str, text: &str) -> Result<(), Errno> {
    let entry = find(path)?;
    entry.may(WRITE)?;
    entry.entry.store(text)
}

/// Returns all names of the calling task's Kernel, sorted: what `sysctl -aN` shows, with slashes.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let limit = Sysctl::int(7);
/// let table = register_sysctl("dev/disk", &[CtlTable::new("limit", 0o644, &limit)])?;
/// assert!(sysctl_names().contains(&"dev/disk/limit".to_owned()));
/// assert_eq!(sysctl_read("dev/disk/limit")?, "7");
/// unregister_sysctl_table(table);
/// # Ok::<(), Errno>(())
/// ```
pub fn sysctl_names() -> Vec<String> {
    with_current(|me| me.kernel_state().subsystem::<Tree>().0.lock().keys().cloned().collect())
}
