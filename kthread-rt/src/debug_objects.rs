//! Which objects are active, and where each became so: what a kernel has CONFIG_DEBUG_OBJECTS for.
//!
//! An object is active while somebody else than its owner may touch it: a timer that is armed, a
//! work that is queued, an entry that is registered. In a Kernel with
//! [`debug`](crate::KernelBuilder::debug) each is noted here, by its address, as long as it is,
//! with the call that made it so. So whoever frees memory can be told what is active in it, and
//! what a module or a Kernel leaves behind is known by name and line.
//!
//! An object is noted, and forgotten, with the lock held that guards whether it is active. This
//! lock is taken inside of all others, and nothing is called with it held. Without `debug` nothing
//! is noted, and each call here is one look at a flag that never changes.
//!
//! *Runs* is between active and not: its function has been called and has not returned. It may free
//! the object then, but its module must not go.

use crate::diag::{Warning, WarningKind};
use crate::sync;
use crate::task::{CallPlace, KernelState, TASK_RUNNING, TaskStruct, WaitKind};
use std::collections::BTreeMap;
use std::panic::Location;
use std::ptr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A kind of objects that can be active.
#[doc(hidden)]
#[derive(Debug)]
pub struct ObjectKind {
    /// What one is.
    pub name: &'static str,
    /// What it is as long as it is active.
    pub state: &'static str,
    /// The call that ends it.
    pub undo: &'static str,
    /// When it is told that one was left.
    pub left: WhenLeft,
    /// Whether the object at this address is active still, for kinds that end without a call.
    pub is_active: Option<unsafe fn(usize) -> bool>,
    /// Takes the object at this address from whoever has it, and waits until its function does not
    /// run, or does not wait for anybody; `None` for kinds of which nobody can: their memory stays.
    pub take_off: Option<unsafe fn(usize, Wait)>,
}

/// Whether taking off waits for a function that runs, which is to sleep.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Until it has returned: the object is idle then.
    ForFunction,
    /// Not at all.
    Not,
}

/// When it is told of a kind's objects that they were left.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenLeft {
    /// When their Kernel shuts down or their module is unloaded.
    Told,
    /// When their module is unloaded. A Kernel that shuts down only lists them: they do no harm to
    /// anybody.
    Listed,
    /// When their module is unloaded: a Kernel that shuts down still runs them.
    ToldOfModules,
    /// Another object stands for them.
    Never,
}

/// Who made an object active, by which call.
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
    /// When, by the count of all.
    stamp: u64,
}

#[derive(Debug)]
struct Objects {
    /// By address and kind, since one may begin with another.
    by_address: BTreeMap<(usize, usize), Entry>,
    stamp: u64,
}

/// A function of one has returned.
static RETURNED: Condvar = Condvar::new();
static OBJECTS: Mutex<Objects> = Mutex::new(Objects { by_address: BTreeMap::new(), stamp: 0 });

fn objects() -> MutexGuard<'static, Objects> {
    OBJECTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(kind: &'static ObjectKind, address: usize) -> (usize, usize) {
    (address, ptr::from_ref(kind).addr())
}

/// Whether anything may be noted at all.
#[inline]
pub(crate) fn tracking() -> bool {
    sync::debugs()
}

/// What is to be noted of a call of `me`'s: nothing in a Kernel without `debug`. It takes some
/// time, so it is asked for before a lock is taken.
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

/// The object becomes active, or is active anew.
#[inline]
pub(crate) fn begin(kind: &'static ObjectKind, address: usize, function: usize, made: Option<Made>) {
    if let Some(made) = made {
        insert(kind, address, function, 0, None, made);
    }
}

/// As [`begin`], unless it is known to be active already, as one that was [turned](turn) into this
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
    // Its function may run, and has made it active again.
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

/// The object's function has returned, and the object is active again or, if nobody has made it so,
/// is not.
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

/// An active object of the one kind becomes one of the other: a delayed work whose time has come.
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

/// How many were noted so far: for [`end_before`].
pub(crate) fn count() -> u64 {
    if tracking() { objects().stamp } else { 0 }
}

/// All of a kind that were noted by then are not active any more.
pub(crate) fn end_before(kind: &'static ObjectKind, count: u64) {
    if tracking() {
        objects().by_address.retain(|_, entry| !ptr::eq(entry.kind, kind) || entry.stamp > count);
    }
}

/// Whether [`note`] may note anything.
#[doc(hidden)]
#[inline]
pub fn tracks() -> bool {
    tracking()
}

/// The C side's [`begin`], of an object with a name, or one whose variable has one.
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

/// Sleeps until no function of these objects runs, at most as long as `limit`. A function that has
/// done all that somebody waits for may be about to return.
#[doc(hidden)]
pub fn wait_for_functions(wanted: impl Fn(&ActiveObject) -> bool, limit: Duration) {
    let runs = |objects: &Objects| -> Vec<ActiveObject> {
        let running = objects.by_address.iter().filter(|(_, entry)| entry.runs);
        running.map(|(key, entry)| ActiveObject::new(key, entry)).collect()
    };
    let until = Instant::now() + limit;
    let mut locked = objects();
    // What is wanted is asked with the lock held: it looks at addresses only.
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
    /// What will be called; 0 if nothing.
    pub function: usize,
    /// What has it; 0 if that is the Kernel, whatever else it has.
    pub container: usize,
    /// Its name, if it has one that is not its variable's.
    pub name: Option<String>,
    made: Made,
}

impl ActiveObject {
    fn new(&(address, _): &(usize, usize), entry: &Entry) -> Self {
        let Entry { kind, function, container, ref name, ref made, .. } = *entry;
        Self { kind, address, function, container, name: name.clone(), made: made.clone() }
    }

    /// The return address of the call in C that made it active; 0 if that was no C code.
    pub fn made_at(&self) -> usize {
        self.made.place.address_in_c()
    }

    /// What it is, with its name and that of its function, as far as they are known.
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

    /// Tells that it is active still, when `what` happens: as a warning of the call that made it
    /// so.
    pub fn report_left(&self, what: &str) {
        crate::sched::with_current(|me| {
            let message = self.message(me.kernel_state(), what);
            me.kernel_state().warnings.tell(&self.warning(&message));
        });
    }

    fn message(&self, kernel_state: &KernelState, what: &str) -> String {
        let ObjectKind { state, undo, .. } = self.kind;
        format!("{} is still {state} {what}: {undo} ends that", self.describe(kernel_state))
    }

    fn warning<'a>(&'a self, message: &'a str) -> Warning<'a> {
        let Made { comm, pid, call, place, .. } = &self.made;
        let kind = WarningKind::ActiveObject;
        let (place, address_in_c) = (place.location(), place.address_in_c());
        Warning {
            kind,
            comm,
            pid: *pid,
            call,
            place,
            message,
            place_in_c: None,
            place_of_panic: None,
            address_in_c,
        }
    }

    /// Whether it is active still, which not all kinds say themselves.
    ///
    /// # Safety
    ///
    /// The object's memory is valid.
    pub unsafe fn is_active(&self) -> bool {
        // SAFETY: by the contract.
        self.kind.is_active.is_none_or(|is_active| unsafe { is_active(self.address) })
    }

    /// Takes it from whoever has it, as far as that can be done.
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

/// The objects that are active or whose functions run, of those that `wanted` chooses, in the order
/// in which they became so.
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

/// What a Kernel had when it shut down that somebody should have ended, in the order of their
/// addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftObject {
    /// What it is: `"timer"`, `"delayed work"` …
    pub kind: &'static str,
    /// Where it is.
    pub address: usize,
    /// The call that armed, queued or made it.
    pub call: String,
    /// Where that was called.
    pub place: String,
}

/// The Kernel shuts down: what is active in it is told, and forgotten. What C code has made is the
/// affair of who loaded that.
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
                kernel_state.warnings.tell(&object.warning(&message));
            }
            let (kind, address, call) = (object.kind.name, object.address, object.made.call.clone());
            LeftObject { kind, address, call, place: object.made.place.location().to_string() }
        })
        .collect()
}

/// A Kernel is freed: what was noted of it since it shut down, too.
pub(crate) fn forget_all_in(kernel_state: &KernelState) {
    if kernel_state.debug {
        let kernel_state = ptr::from_ref(kernel_state).addr();
        objects().by_address.retain(|_, entry| entry.made.kernel_state != kernel_state);
    }
}

/// Memory is about to be freed by `call`. What is active in it is told, and taken off. True if
/// there was something: then the memory should stay, since somebody may look at it yet.
///
/// # Safety
///
/// The memory is valid.
#[doc(hidden)]
pub unsafe fn freed(address: usize, size: usize, call: &str, place: &'static Location<'static>) -> bool {
    if !tracking() {
        return false;
    }
    let range = (address, 0)..(address + size, 0);
    let active: Vec<_> = objects()
        .by_address
        .range(range)
        .filter(|(_, entry)| !entry.runs)
        .map(|(key, entry)| ActiveObject::new(key, entry))
        // SAFETY: by the contract: it is in the memory.
        .filter(|object| unsafe { object.is_active() })
        .collect();
    crate::sched::with_current(|me| {
        let kernel_state = me.kernel_state();
        for object in &active {
            let made = &object.made;
            let message = format!(
                "free of an active object: {} {} by {}() at {}: {} has to come before",
                object.describe(kernel_state),
                object.kind.state,
                made.call,
                kernel_state.name_place(made.place),
                object.kind.undo
            );
            me.warn(WarningKind::ActiveObject, call, place, &message);
            // SAFETY: by the contract: it is in the memory.
            unsafe { object.take_off(Wait::Not) };
        }
        let used = used_by_tasks(kernel_state, address, size);
        for message in &used {
            me.warn(WarningKind::ActiveObject, call, place, message);
        }
        !active.is_empty() || !used.is_empty()
    })
}

/// The locks in this memory that tasks hold, and the queues that they sleep on.
fn used_by_tasks(kernel_state: &KernelState, address: usize, size: usize) -> Vec<String> {
    let memory = address..address + size;
    let mut used = Vec::new();
    kernel_state.pids.for_each(|task| {
        let who = || format!("task {:?} (pid {})", task.comm(), task.pid());
        for lock in task.held_locks().iter().filter(|lock| memory.contains(&lock.address)) {
            let kind = lock.kind.map_or_else(|| "lock".to_owned(), |kind| kind.to_string());
            let place = kernel_state.name_in_c(lock.address_in_c);
            // One in the functions that C calls says nothing to the user.
            let place = place.or_else(|| (!kernel_state.is_c(lock.place)).then(|| lock.place.to_string()));
            let taken = place.map_or_else(String::new, |place| format!(", taken at {place}"));
            used.push(format!("free of an active object: a {kind} that {} holds{taken}", who()));
        }
        // One that was woken may not look at the queue again.
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
            used.push(format!("free of an active object: {what} on which {} waits", who()));
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
