//! The active objects, and the call that made each active: the kernel's CONFIG_DEBUG_OBJECTS.
//!
//! An object is active while others than its owner may access it: an armed timer, a queued work
//! item, a registered entry. A Kernel with [`debug`](crate::KernelBuilder::debug) records each
//! active object here by its address, with the call that made it active. So a free of memory with
//! an active object in it can be reported, and so can what a module or a Kernel leaves behind, by
//! name and line.
//!
//! An object is recorded and removed under the lock that guards its state. The lock of this table
//! is the innermost, and nothing is called with it held. Without `debug` nothing is recorded, and
//! each call here checks one flag, which never changes.
//!
//! An object *runs* while its function has been called and has not returned. The function may free
//! the object, but the module must stay loaded.

use crate::diag::{Warning, WarningKind};
use crate::sync;
use crate::task::{CallPlace, KernelState, TASK_RUNNING, TaskStruct, WaitKind};
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::Location;
use std::ptr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A kind of object that can be active.
#[doc(hidden)]
#[derive(Debug)]
pub struct ObjectKind {
    /// Its name, for messages.
    pub name: &'static str,
    /// The word for its active state: `"armed"`.
    pub state: &'static str,
    /// The call that ends it.
    pub undo: &'static str,
    /// When a report says that one was left active.
    pub left: WhenLeft,
    /// Whether the object at this address is still active, for kinds that end without a call.
    pub is_active: Option<unsafe fn(usize) -> bool>,
    /// Makes the object at this address inactive, and waits for its function if [`Wait`] says so.
    /// `None` if a kind has no way to do that: its memory stays.
    pub take_off: Option<unsafe fn(usize, Wait)>,
}

/// Whether [`ObjectKind::take_off`] waits for a running function. To wait is to sleep.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Until it has returned: then the object is idle.
    ForFunction,
    /// Not at all.
    Not,
}

/// When objects of a kind are reported as left.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenLeft {
    /// When their Kernel shuts down or their module is unloaded.
    Told,
    /// When their module is unloaded. A Kernel that shuts down only lists them: they are harmless.
    Listed,
    /// When their module is unloaded: a Kernel that shuts down still runs them.
    ToldOfModules,
    /// Another object is reported in their place.
    Never,
}

/// The call that made an object active.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    comm: String,
    pid: i32,
    call: String,
    place: CallPlace,
    kernel_state: usize,
}

#[derive(Debug)]
struct Entry {
    kind: &'static ObjectKind,
    function: usize,
    container: usize,
    name: Option<String>,
    made: Made,
    runs: bool,
    /// Its number in the order of all that were recorded.
    stamp: u64,
}

#[derive(Debug)]
struct Objects {
    /// By address and kind, since one may begin with another.
    by_address: BTreeMap<(usize, usize), Entry>,
    stamp: u64,
}

/// Signalled when the function of an object has returned.
static RETURNED: Condvar = Condvar::new();
static OBJECTS: Mutex<Objects> = Mutex::new(Objects { by_address: BTreeMap::new(), stamp: 0 });

fn objects() -> MutexGuard<'static, Objects> {
    OBJECTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(kind: &'static ObjectKind, address: usize) -> (usize, usize) {
    (address, ptr::from_ref(kind).addr())
}

/// True if some Kernel of the process records objects.
#[inline]
pub(crate) fn tracking() -> bool {
    sync::debugs()
}

/// The record of a call of `me`; `None` in a Kernel without `debug`. It takes some time, so the
/// caller makes it before it takes a lock.
#[inline]
pub(crate) fn made(me: &TaskStruct, call: &str, place: &'static Location<'static>) -> Option<Made> {
    (tracking() && me.kernel_state().debug).then(|| made_by(me, call, place))
}

#[cold]
fn made_by(me: &TaskStruct, call: &str, place: &'static Location<'static>) -> Made {
    let kernel_state = me.kernel_state();
    let place = kernel_state.place_of_call(place);
    Made {
        comm: me.comm(),
        pid: me.pid(),
        call: call.to_owned(),
        place,
        kernel_state: ptr::from_ref::<KernelState>(kernel_state).addr(),
    }
}

/// The object becomes active, or is made active again.
#[inline]
pub(crate) fn begin(kind: &'static ObjectKind, address: usize, function: usize, made: Option<Made>) {
    if let Some(made) = made {
        insert(kind, address, function, 0, None, made);
    }
}

/// As [`begin`], unless the object is recorded as active: it may have been [turned](turn) into this
/// kind.
pub(crate) fn begin_unless_turned(
    kind: &'static ObjectKind,
    address: usize,
    function: usize,
    made: impl FnOnce() -> Option<Made>,
) {
    if tracking() && objects().by_address.get(&key(kind, address)).is_none_or(|entry| entry.runs) {
        begin(kind, address, function, made());
    }
}

#[cold]
fn insert(
    kind: &'static ObjectKind,
    address: usize,
    function: usize,
    container: usize,
    name: Option<String>,
    made: Made,
) {
    let mut objects = objects();
    objects.stamp += 1;
    let stamp = objects.stamp;
    let entry = Entry { kind, function, container, name, made, runs: false, stamp };
    objects.by_address.insert(key(kind, address), entry);
    drop(objects);
    // Its function may be running, and have made it active again.
    RETURNED.notify_all();
}

/// The object is not active any more.
#[inline]
pub(crate) fn end(kind: &'static ObjectKind, address: usize) {
    if tracking() {
        remove(kind, address);
    }
}

#[cold]
fn remove(kind: &'static ObjectKind, address: usize) {
    objects().by_address.remove(&key(kind, address));
}

/// The object's function is about to be called.
#[inline]
pub(crate) fn runs(kind: &'static ObjectKind, address: usize) {
    if tracking()
        && let Some(entry) = objects().by_address.get_mut(&key(kind, address))
    {
        entry.runs = true;
    }
}

/// The object's function has returned. `again`: whether something has made the object active again.
#[inline]
pub(crate) fn ran(kind: &'static ObjectKind, address: usize, again: impl FnOnce() -> bool) {
    if tracking() {
        let mut objects = objects();
        let key = key(kind, address);
        if let Some(entry) = objects.by_address.get_mut(&key).filter(|entry| entry.runs) {
            entry.runs = !again();
            if entry.runs {
                objects.by_address.remove(&key);
            }
            drop(objects);
            RETURNED.notify_all();
        }
    }
}

/// An active object becomes one of another kind: a delayed work whose timer has expired.
#[inline]
pub(crate) fn turn(from: &'static ObjectKind, to: &'static ObjectKind, address: usize) {
    if tracking() {
        let mut objects = objects();
        if let Some(mut entry) = objects.by_address.remove(&key(from, address)) {
            entry.kind = to;
            objects.by_address.insert(key(to, address), entry);
        }
    }
}

/// How many were recorded so far, for [`end_before`].
pub(crate) fn count() -> u64 {
    if tracking() { objects().stamp } else { 0 }
}

/// Those of a kind that were recorded before `count` are not active any more.
pub(crate) fn end_before(kind: &'static ObjectKind, count: u64) {
    if tracking() {
        objects().by_address.retain(|_, entry| !ptr::eq(entry.kind, kind) || entry.stamp > count);
    }
}

/// Whether [`note`] may record anything.
#[doc(hidden)]
#[inline]
pub fn tracks() -> bool {
    tracking()
}

/// The C side's [`begin`]. The object has this name, or that of its variable.
#[doc(hidden)]
pub fn note(
    kind: &'static ObjectKind,
    address: usize,
    function: usize,
    container: usize,
    name: Option<String>,
    call: &str,
    place: &'static Location<'static>,
) {
    if tracking() {
        let made = crate::sched::with_current(|me| made(me, call, place));
        if let Some(made) = made {
            insert(kind, address, function, container, name, made);
        }
    }
}

/// [`note`] of an object that has a name.
pub(crate) fn note_named(
    kind: &'static ObjectKind,
    address: usize,
    name: &str,
    call: &str,
    place: &'static Location<'static>,
) {
    if tracking() {
        note(kind, address, 0, 0, Some(format!("{name:?}")), call, place);
    }
}

/// The C side's [`end`].
#[doc(hidden)]
pub fn forget(kind: &'static ObjectKind, address: usize) {
    end(kind, address);
}

/// The return address of the calling thread's innermost C function; 0 if it has none, or its Kernel
/// has no `debug`.
#[doc(hidden)]
#[inline]
pub fn place_in_c() -> usize {
    if tracking() { crate::sched::with_current(|me| me.kernel_state().here_in_c()) } else { 0 }
}

/// The place that such an address stands for, in words: `file:line in function()`.
#[doc(hidden)]
pub fn name_in_c(place: usize) -> Option<String> {
    if place == 0 { None } else { crate::sched::with_current(|me| me.kernel_state().name_in_c(place)) }
}

/// Sleeps until no function of the wanted objects runs, for `limit` at most. A function that has
/// done what its module's exit waits for may not have returned yet.
#[doc(hidden)]
pub fn wait_for_functions(wanted: impl Fn(&ActiveObject) -> bool, limit: Duration) {
    let runs = |objects: &Objects| -> Vec<ActiveObject> {
        let running = objects.by_address.iter().filter(|(_, entry)| entry.runs);
        running.map(|(key, entry)| ActiveObject::new(key, entry)).collect()
    };
    let until = Instant::now() + limit;
    let mut locked = objects();
    // `wanted` is called with the lock held: it compares addresses only.
    while runs(&locked).iter().any(&wanted) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        locked = RETURNED.wait_timeout(locked, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// An object that is active, or whose function runs.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct ActiveObject {
    /// What it is.
    pub kind: &'static ObjectKind,
    /// Where it is.
    pub address: usize,
    /// The address of the function that will be called; 0 if there is none.
    pub function: usize,
    /// The address of the list that it is on; 0 if that is the runtime's.
    pub container: usize,
    /// Its own name, if it has one. Its variable may have another.
    pub name: Option<String>,
    made: Made,
}

impl ActiveObject {
    fn new(&(address, _): &(usize, usize), entry: &Entry) -> Self {
        let Entry { kind, function, container, ref name, ref made, .. } = *entry;
        Self { kind, address, function, container, name: name.clone(), made: made.clone() }
    }

    /// The return address of the call in C that made it active; 0 if Rust code made it.
    pub fn made_at(&self) -> usize {
        self.made.place.address_in_c()
    }

    /// Its kind, with its name and that of its function if they are known.
    fn describe(&self, kernel_state: &KernelState) -> String {
        let mut text = self.kind.name.to_owned();
        let name = self.name.clone();
        let variable = || kernel_state.name_variable(self.address).filter(|_| self.address != self.function);
        if let Some(name) = name.or_else(variable) {
            text = format!("{text} {name}");
        }
        if let Some(function) = kernel_state.name_function(self.function) {
            text = format!("{text}, function {function}(),");
        }
        text
    }

    /// Reports that it is still active when `what` happens, as a warning about the call that made
    /// it active.
    pub fn report_left(&self, what: &str) {
        crate::sched::with_current(|me| {
            let message = self.message(me.kernel_state(), what);
            self.warn(me.kernel_state(), &message);
        });
    }

    fn message(&self, kernel_state: &KernelState, what: &str) -> String {
        let ObjectKind { state, undo, .. } = self.kind;
        format!("{} is still {state} {what}: {undo} ends that", self.describe(kernel_state))
    }

    /// Warns in the name of the call that made it active.
    fn warn(&self, kernel_state: &KernelState, message: &str) {
        let Made { comm, pid, call, place, .. } = &self.made;
        let place_in_c = kernel_state.name_in_c(place.address_in_c());
        kernel_state.warnings.tell(&Warning {
            kind: WarningKind::ActiveObject,
            comm,
            pid: *pid,
            call,
            place: place.location(),
            place_in_c: place_in_c.as_deref(),
            place_of_panic: None,
            message,
        });
    }

    /// Whether it is still active. Not every kind is removed by a call.
    ///
    /// # Safety
    ///
    /// The object's memory is valid.
    pub unsafe fn is_active(&self) -> bool {
        // SAFETY: by the contract.
        self.kind.is_active.is_none_or(|is_active| unsafe { is_active(self.address) })
    }

    /// Makes it inactive, if its kind can do that.
    ///
    /// # Safety
    ///
    /// The object is valid until this has returned.
    pub unsafe fn take_off(&self, wait: Wait) {
        if let Some(take_off) = self.kind.take_off {
            // SAFETY: by the contract.
            unsafe { take_off(self.address, wait) };
        }
        end(self.kind, self.address);
    }
}

/// The wanted objects that are active or whose functions run, in the order in which they became
/// active.
#[doc(hidden)]
pub fn active(wanted: impl Fn(&ActiveObject) -> bool) -> Vec<ActiveObject> {
    let mut all: Vec<_> = objects()
        .by_address
        .iter()
        .map(|(key, entry)| (entry.stamp, ActiveObject::new(key, entry)))
        .collect();
    all.sort_by_key(|&(stamp, _)| stamp);
    all.into_iter().map(|(_, object)| object).filter(wanted).collect()
}

/// An object that was still active when its Kernel shut down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftObject {
    /// Its kind: `"timer"`, `"delayed work"` …
    pub kind: &'static str,
    /// Where it is.
    pub address: usize,
    /// The call that armed, queued or made it.
    pub call: String,
    /// Where that was called.
    pub place: String,
}

/// The Kernel shuts down: reports and forgets its active objects, in the order of their addresses.
/// The loader of C code reports those that C code made.
pub(crate) fn left_in(kernel_state: &KernelState) -> Vec<LeftObject> {
    if !kernel_state.debug {
        return Vec::new();
    }
    let listed = |entry: &Entry| matches!(entry.kind.left, WhenLeft::Told | WhenLeft::Listed);
    let mut left = Vec::new();
    objects().by_address.retain(|key, entry| {
        let mine = entry.made.kernel_state == ptr::from_ref(kernel_state).addr();
        if mine && !entry.runs && listed(entry) && !kernel_state.is_c(entry.made.place.location()) {
            left.push(ActiveObject::new(key, entry));
        }
        !mine
    });
    left.iter()
        .map(|object| {
            let message = object.message(kernel_state, "when the Kernel shuts down");
            if object.kind.left == WhenLeft::Told {
                object.warn(kernel_state, &message);
            }
            let (kind, address, call) = (object.kind.name, object.address, object.made.call.clone());
            LeftObject { kind, address, call, place: object.made.place.location().to_string() }
        })
        .collect()
}

/// A Kernel is freed: forgets the objects that were recorded after its shutdown, too.
pub(crate) fn forget_all_in(kernel_state: &KernelState) {
    if kernel_state.debug {
        let kernel_state = ptr::from_ref(kernel_state).addr();
        objects().by_address.retain(|_, entry| entry.made.kernel_state != kernel_state);
    }
}

/// `call` is about to free memory: reports the active objects in it and makes them inactive. True
/// if there were some: the memory should stay then, since others may still access it.
///
/// # Safety
///
/// The memory is valid.
#[doc(hidden)]
pub unsafe fn freed(address: usize, size: usize, call: &str, place: &'static Location<'static>) -> bool {
    // SAFETY: the contract.
    tracking() && unsafe { lost(address, size, "free", true, call, place) }
}

/// `call` is about to initialise memory: reports the active objects in it and makes them inactive.
///
/// On a stack, the object may be one of a function that has returned, and its memory may hold
/// anything: there the report is all. `is_on_stack` is called only if there is something to report.
///
/// # Safety
///
/// The memory is valid, but need not hold any object yet. Elsewhere than on a stack, the objects
/// that are tracked in it are there.
#[doc(hidden)]
pub unsafe fn initialised(
    address: usize,
    size: usize,
    is_on_stack: impl FnOnce() -> bool,
    call: &str,
    place: &'static Location<'static>,
) {
    if !tracking() {
        return;
    }
    let memory = (address, 0)..(address + size, 0);
    let is_there = objects().by_address.range(memory).next().is_none() || !is_on_stack();
    // SAFETY: the contract.
    unsafe { lost(address, size, "initialisation", is_there, call, place) };
}

/// True if an object of the kind with this name is active at this address.
#[doc(hidden)]
pub fn is_active_at(address: usize, kind: &str) -> bool {
    tracking()
        && objects()
            .by_address
            .range((address, 0)..(address + 1, 0))
            .any(|(_, entry)| entry.kind.name == kind && !entry.runs)
}

/// Reports the active objects in memory whose `end` comes by `call`, and makes them inactive if
/// they are there. True if there were some.
///
/// # Safety
///
/// If `are_there`, the objects that are tracked in this memory are there.
unsafe fn lost(
    address: usize,
    size: usize,
    end: &str,
    are_there: bool,
    call: &str,
    place: &'static Location<'static>,
) -> bool {
    let range = (address, 0)..(address + size, 0);
    let active: Vec<_> = objects()
        .by_address
        .range(range)
        .filter(|(_, entry)| !entry.runs)
        .map(|(key, entry)| ActiveObject::new(key, entry))
        // SAFETY: by the contract: it is in the memory.
        .filter(|object| !are_there || unsafe { object.is_active() })
        .collect();
    crate::sched::with_current(|me| {
        let kernel_state = me.kernel_state();
        for object in &active {
            let made = &object.made;
            let message = format!(
                "{end} of an active object: {} {} by {}() at {}: {} has to come before",
                object.describe(kernel_state),
                object.kind.state,
                made.call,
                kernel_state.name_place(made.place),
                object.kind.undo
            );
            me.warn(WarningKind::ActiveObject, call, place, &message);
            if are_there {
                // SAFETY: by the contract: it is in the memory.
                unsafe { object.take_off(Wait::Not) };
            } else {
                self::end(object.kind, object.address);
            }
        }
        let used = used_by_tasks(kernel_state, address..address + size, end);
        for message in &used {
            me.warn(WarningKind::ActiveObject, call, place, message);
        }
        !active.is_empty() || !used.is_empty()
    })
}

/// Messages about the locks in this memory that tasks hold, and the queues that they sleep on.
fn used_by_tasks(kernel_state: &KernelState, memory: Range<usize>, end: &str) -> Vec<String> {
    let mut used = Vec::new();
    kernel_state.pids.for_each(|task| {
        let who = || format!("task {:?} (pid {})", task.comm(), task.pid());
        for lock in task.held_locks().iter().filter(|lock| memory.contains(&lock.address)) {
            let kind = lock.kind.map_or_else(|| "lock".to_owned(), |kind| kind.to_string());
            let place = kernel_state.name_in_c(lock.address_in_c);
            // A place in the functions that C calls says nothing to the user.
            let place = place.or_else(|| (!kernel_state.is_c(lock.place)).then(|| lock.place.to_string()));
            let taken = place.map_or_else(String::new, |place| format!(", taken at {place}"));
            used.push(format!("{end} of an active object: a {kind} that {} holds{taken}", who()));
        }
        // A task that was woken may not touch the queue again.
        if task.state() != TASK_RUNNING
            && let Some(wait) = task.waits_on().filter(|wait| memory.contains(&wait.address))
        {
            let what = match wait.kind {
                WaitKind::Completion => "a completion",
                WaitKind::WaitQueue => "a wait queue",
                WaitKind::Timer | WaitKind::Softirq => "a timer or tasklet",
                WaitKind::Work => "a work",
                _ => "a lock or queue",
            };
            used.push(format!("{end} of an active object: {what} on which {} waits", who()));
        }
    });
    used
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    static THING: ObjectKind = ObjectKind {
        name: "thing",
        state: "made",
        undo: "unmake()",
        left: WhenLeft::Told,
        is_active: None,
        take_off: None,
    };
    static OTHER: ObjectKind = ObjectKind {
        name: "other thing",
        state: "made",
        undo: "unmake()",
        left: WhenLeft::Told,
        is_active: None,
        take_off: None,
    };

    /// Which of the two kinds are noted at an address.
    fn at(address: usize) -> Vec<&'static str> {
        active(|object| object.address == address).iter().map(|object| object.kind.name).collect()
    }

    #[test]
    fn an_object_is_known_while_it_is_active_or_runs() {
        let kernel = crate::Kernel::builder().debug(true).boot().unwrap();
        let inside = kernel.enter();
        let place = Location::caller();
        let note_it = || note(&THING, 64, 0, 0, None, "make", place);
        note_it();
        assert_eq!(at(64), ["thing"]);
        turn(&THING, &OTHER, 64);
        assert_eq!(at(64), ["other thing"]);
        end(&OTHER, 64);
        assert_eq!(at(64), [""; 0]);

        note_it();
        runs(&THING, 64);
        assert_eq!(at(64), ["thing"]);
        ran(&THING, 64, || true);
        assert_eq!(at(64), ["thing"], "it is active again");
        ran(&THING, 64, || false);
        assert_eq!(at(64), ["thing"], "it did not run");
        runs(&THING, 64);
        ran(&THING, 64, || false);
        assert_eq!(at(64), [""; 0]);

        note_it();
        let count = count();
        note(&THING, 65, 0, 0, None, "make", place);
        end_before(&THING, count);
        assert_eq!((at(64), at(65)), (vec![], vec!["thing"]));
        end(&THING, 65);
        drop(inside);
    }
}
