//! Lock classes. Locks that were initialised at the same place are one class, since code uses them
//! alike: a rule for one lock of a class is a rule for all.
//!
//! A [`Key`] identifies a class: a static lock's own address, the `lock_class_key` of a place of
//! initialisation in C, or the place of the `new` in Rust. A lock in other memory has no class
//! until an init call names it, and its order is not checked.

use super::{LockKind, Mode};
use crate::task::CallPlace;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::panic::Location;

/// What identifies a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A static lock itself, or a key of C code.
    Address(usize),
    /// The place where the lock was made.
    Made(&'static Location<'static>),
}

/// Omits the file name: hashing it would take longer than all the rest.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Address(address) => address.hash(state),
            Self::Made(place) => (place.line(), place.column()).hash(state),
        }
    }
}

/// The number of a class.
pub(crate) type ClassId = u32;

/// How a lock is used with respect to interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// An interrupt takes it: a hardirq, or with `soft` a softirq.
    Inside { soft: bool },
    /// A task holds it with that interrupt enabled.
    Open { soft: bool },
}

impl Use {
    pub(super) const ALL: [Self; 4] = [
        Self::Inside { soft: false },
        Self::Inside { soft: true },
        Self::Open { soft: false },
        Self::Open { soft: true },
    ];

    fn index(self) -> usize {
        match self {
            Self::Inside { soft } => usize::from(soft),
            Self::Open { soft } => 2 + usize::from(soft),
        }
    }

    /// The use that excludes this one.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Inside { soft } => Self::Open { soft },
            Self::Open { soft } => Self::Inside { soft },
        }
    }

    pub(super) fn is_soft(self) -> bool {
        match self {
            Self::Inside { soft } | Self::Open { soft } => soft,
        }
    }
}

/// A class.
#[derive(Debug)]
pub(crate) struct Class {
    pub(super) key: Key,
    pub(super) subclass: u32,
    pub(super) kind: LockKind,
    pub(super) name: Option<Box<str>>,
    /// The place of the first use of each kind, for writing and for reading.
    uses: [[Option<CallPlace>; 4]; 2],
}

impl Class {
    /// The place of the first such use, by a reader if `read`.
    pub(super) fn used(&self, how: Use, read: bool) -> Option<CallPlace> {
        self.uses[usize::from(read)][how.index()]
    }

    /// Notes a use. True if it is the first of its kind.
    pub(super) fn note_use(&mut self, how: Use, mode: Mode, place: CallPlace) -> bool {
        let use_of = &mut self.uses[usize::from(mode.is_read())][how.index()];
        let first = use_of.is_none();
        use_of.get_or_insert(place);
        first
    }
}

/// What the program declared about the lock at an address.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    /// It belongs to the class of this key.
    Class { key: Key, subclass: u32, name: Option<Box<str>> },
    /// Its order is not checked.
    Nothing,
}

/// All classes of a Kernel, and the class of each known lock.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    all: Vec<Class>,
    ids: HashMap<(Key, u32, LockKind), ClassId>,
    given: BTreeMap<usize, Given>,
}

impl Classes {
    /// The lock at `address` was initialised, or given another class.
    pub(crate) fn give(&mut self, address: usize, given: Given) {
        self.given.insert(address, given);
    }

    /// The lock at `address` keeps its key, and begins with another subclass.
    pub(crate) fn give_subclass(&mut self, address: usize, to: u32) {
        match self.given.get_mut(&address) {
            Some(Given::Class { subclass, .. }) => *subclass = to,
            Some(Given::Nothing) => {}
            None => {
                let key = Key::Address(address);
                self.give(address, Given::Class { key, subclass: to, name: None });
            }
        }
    }

    /// True if the program declared something about the lock at `address`.
    pub(crate) fn knows(&self, address: usize) -> bool {
        self.given.contains_key(&address)
    }

    /// Forgets the locks in memory that is freed.
    pub(crate) fn forget(&mut self, address: usize, length: usize) {
        let range = address..address.saturating_add(length);
        while let Some((&gone, _)) = self.given.range(range.clone()).next() {
            self.given.remove(&gone);
        }
    }

    /// Returns the class of the lock at `address`, taken with `subclass`. `made` is the place where
    /// it was made, if the lock records that. `is_static`: it exists as long as the code.
    pub(crate) fn of(
        &mut self,
        address: usize,
        kind: LockKind,
        made: Option<&'static Location<'static>>,
        subclass: u32,
        is_static: bool,
    ) -> Option<ClassId> {
        let (key, first, name) = match (made, self.given.get(&address)) {
            (_, Some(Given::Nothing)) => return None,
            (Some(made), _) => (Key::Made(made), 0, None),
            (None, Some(Given::Class { key, subclass, name })) => (*key, *subclass, name.clone()),
            (None, None) if is_static => {
                let key = Key::Address(address);
                self.give(address, Given::Class { key, subclass: 0, name: None });
                (key, 0, None)
            }
            (None, None) => return None,
        };
        Some(self.of_key(key, kind, first + subclass, name))
    }

    /// Returns the class of `key`.
    pub(crate) fn of_key(
        &mut self,
        key: Key,
        kind: LockKind,
        subclass: u32,
        name: Option<Box<str>>,
    ) -> ClassId {
        let all = &mut self.all;
        *self.ids.entry((key, subclass, kind)).or_insert_with(|| {
            all.push(Class { key, subclass, kind, name, uses: [[None; 4]; 2] });
            all.len() as ClassId - 1
        })
    }

    pub(super) fn class(&self, id: ClassId) -> &Class {
        &self.all[id as usize]
    }

    pub(super) fn class_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.all[id as usize]
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{Classes, Given, Key, LockKind};
    use std::panic::Location;

    fn made(key: usize) -> Given {
        Given::Class { key: Key::Address(key), subclass: 0, name: None }
    }

    #[test]
    fn locks_of_one_key_are_one_class_and_each_subclass_another() {
        let mut classes = Classes::default();
        classes.give(100, made(1));
        classes.give(200, made(1));
        classes.give(300, made(2));
        let mut of = |address, subclass| classes.of(address, LockKind::Mutex, None, subclass, false);
        assert_eq!(of(100, 0), of(200, 0));
        assert_ne!(of(100, 0), of(300, 0));
        assert_ne!(of(100, 0), of(100, 1));
        assert_eq!(of(100, 1), of(200, 1));
    }

    #[test]
    fn a_static_lock_is_a_class_and_one_in_other_memory_is_none() {
        let mut classes = Classes::default();
        let mut of = |address| classes.of(address, LockKind::SpinLock, None, 0, address < 1000);
        assert!(of(8).is_some());
        assert_eq!(of(8), of(8));
        assert_ne!(of(8), of(16));
        assert_eq!(of(2000), None);
    }

    #[test]
    fn a_later_declaration_counts_and_freed_memory_is_forgotten() {
        let mut classes = Classes::default();
        classes.give(100, made(1));
        let first = classes.of(100, LockKind::Mutex, None, 0, false);
        classes.give_subclass(100, 1);
        let second = classes.of(100, LockKind::Mutex, None, 0, false);
        assert_ne!(first, second);
        classes.give(100, Given::Nothing);
        assert_eq!(classes.of(100, LockKind::Mutex, None, 0, false), None);
        classes.give(164, made(1));
        classes.forget(100, 64);
        assert_eq!(classes.of(100, LockKind::Mutex, None, 0, false), None);
        assert_eq!(classes.of(164, LockKind::Mutex, None, 0, false), first);
    }

    #[test]
    fn a_place_in_rust_makes_a_class() {
        let mut classes = Classes::default();
        let (here, there) = (Location::caller(), Location::caller());
        let mut of = |address, at| classes.of(address, LockKind::Mutex, Some(at), 0, false);
        assert_eq!(of(1, here), of(2, here));
        assert_ne!(of(1, here), of(1, there));
    }
}
