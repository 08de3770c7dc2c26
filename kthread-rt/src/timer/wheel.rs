//! The timer wheel: says which timers are due at a given jiffy, and when the next one is.
//!
//! It is only a data structure: no clock, no thread, no lock. `timer::Base` has one under its lock.
//!
//! # The shape
//!
//! A jiffy count is a number of [`LEVELS`] digits to the base [`SLOTS`]. A timer is filed by the
//! highest digit in which its jiffy differs from the wheel's own time `clk`: that digit's position
//! is the level, its value the slot. So
//!
//! * at level 0 all timers of a slot have one jiffy, the one that the slot stands for;
//! * at a higher level, a slot has the timers of a range of jiffies that begins after `clk`;
//! * all timers of a lower level are due before those of a higher one; within a level, the order of
//!   the slots is the order of their jiffies.
//!
//! When `clk` enters the range of a slot, the slot's timers are filed again (the *cascade*), each
//! at a lower level. So a timer moves at most `LEVELS - 1` times in its life, and arming or
//! deleting it is one list operation. The wheel is exact: arming a timer fixes the tick at which it
//! runs, by the kernel's rule ([`Expiry`]) or, with `exact_timeouts`, by the timer's jiffy.
//!
//! # The order within a tick
//!
//! A timer's slot depends on `clk` and its tick alone. So at every moment all timers of one tick
//! are in one slot, in the order of arming, latest first; and a cascade moves them together and
//! keeps their order. Before another timer of that tick can be armed at the lower level, `clk` has
//! entered the range and the cascade has moved them there.
//!
//! The kernel runs the buckets of a tick from the farthest level to the nearest. So does this
//! wheel.
//!
//! # Invariants
//!
//! * All access happens under the owner's lock, and the wheel does not move while a timer is linked
//!   to it.
//! * A timer's `place` says where it is linked: 0 is nowhere. A linked timer stays valid and where
//!   it is.
//! * A bit of `occupied` is set if and only if its slot has a timer.
//! * At level 0 the occupied slots are not before `clk`'s digit; at other levels they are after it.

use crate::clock::{time_after, time_before};
use crate::expiry::Expiry;
use crate::sync::Ordering::Relaxed;
use crate::sync::list::ListHead;
use crate::sync::record;
use std::array;
use std::cell::Cell;

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
/// Enough digits for every jiffy count.
const LEVELS: usize = u64::BITS.div_ceil(BITS) as usize;

/// `place` of a timer that is on no list.
const NOWHERE: u32 = 0;
/// `place` of a timer whose jiffy has come and that waits for its turn.
const EXPIRING: u32 = u32::MAX;

/// How many bits of `place` the number of a slot has.
const PLACE_BITS: u32 = 16;
const _: () = assert!(LEVELS * SLOTS < 1 << PLACE_BITS);

/// The number of the slot in `place`; `None` for `NOWHERE` and `EXPIRING`.
fn slot_at(place: u32) -> Option<usize> {
    (place != NOWHERE && place != EXPIRING).then(|| (place & ((1 << PLACE_BITS) - 1)) as usize - 1)
}

/// A timer, as far as the wheel is concerned.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Node {
    // First, so that a pointer to the entry is a pointer to the node.
    entry: ListHead,
    /// The jiffy. C code reads it, and writes it before it arms the timer. The wheel reads it under
    /// its lock.
    pub(super) expires: record::AtomicU64,
    /// `NOWHERE`, `EXPIRING`, or a slot's number plus 1, with the kernel's level above
    /// [`PLACE_BITS`]. Written under the lock; reads without it are only informative.
    place: record::AtomicU32,
    /// The lower half of the tick at which it runs by the kernel's rule: no timer is farther off
    /// than that half reaches. Unused with `exact_timeouts`. Under the lock.
    tick: record::AtomicU32,
}

impl Node {
    crate::sync::const_fn! {
        pub(super) const fn new(expires: u64) -> Self {
            Self {
                entry: ListHead::new(),
                expires: record::AtomicU64::new(expires),
                place: record::AtomicU32::new(NOWHERE),
                tick: record::AtomicU32::new(0),
            }
        }
    }

    /// `timer_pending`.
    pub(super) fn is_pending(&self) -> bool {
        self.place.load(Relaxed) != NOWHERE
    }
}

#[derive(Debug)]
struct Slot {
    timers: ListHead,
    /// A lower bound of the slot's ticks; exact unless the slot's first timer was deleted. Unused
    /// at level 0.
    least: Cell<u64>,
}

impl Slot {
    fn new() -> Self {
        Self { timers: ListHead::new(), least: Cell::new(u64::MAX) }
    }
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// The first jiffy that has not been expired. May be far behind real time while nothing is due.
    clk: Cell<u64>,
    /// Whether timers run when their jiffies begin, instead of by the kernel's rule.
    exact: Cell<bool>,
    occupied: [Cell<u64>; LEVELS],
    /// On the heap, so that no stack has to be as large as this.
    slots: Box<[Slot]>,
    expiring: ListHead,
}

/// The digit of `jiffy` at `level`.
fn digit(jiffy: u64, level: usize) -> usize {
    (jiffy >> (level as u32 * BITS)) as usize % SLOTS
}

fn list(head: &ListHead) -> *mut ListHead {
    std::ptr::from_ref(head).cast_mut()
}

impl Wheel {
    /// An empty wheel whose time is `clk`.
    pub(super) fn new(clk: u64) -> Self {
        Self {
            clk: Cell::new(clk),
            exact: Cell::new(false),
            occupied: array::from_fn(|_| Cell::new(0)),
            slots: (0..LEVELS * SLOTS).map(|_| Slot::new()).collect(),
            expiring: ListHead::new(),
        }
    }

    /// Gives an empty wheel a new time, and sets the rule by which its timers run.
    pub(super) fn set_time(&self, clk: u64, exact: bool) {
        debug_assert!(self.occupied.iter().all(|slots| slots.get() == 0), "the wheel is empty");
        self.clk.set(clk);
        self.exact.set(exact);
    }

    /// Arms `node` for jiffy `at`, or for the next tick if that has passed. It becomes the first of
    /// its bucket. Returns the tick at which it is due.
    ///
    /// `now` is the present jiffy. A jiffy more than half the range ahead of it counts as past, so
    /// a past `at` may be the greater number. Filed ticks do not wrap, since `now` never reaches
    /// that half.
    ///
    /// # Safety
    ///
    /// The caller holds the lock. `node` is not pending, and stays valid and where it is until it
    /// is taken out.
    pub(super) unsafe fn insert(&self, node: *const Node, at: u64, now: u64) -> u64 {
        // SAFETY: by the contract.
        unsafe {
            let expiry = self.expiry(at, now);
            (*node).expires.store(at, Relaxed);
            (*node).tick.store(expiry.tick as u32, Relaxed);
            let (index, slot) = self.slot_for(expiry.tick);
            ListHead::insert_after(list(&slot.timers), list(&slot.timers), node.cast_mut().cast());
            (*node).place.store((index as u32 + 1) | (expiry.level << PLACE_BITS), Relaxed);
            expiry.tick
        }
    }

    /// Gives a pending `node` another jiffy if it stays in its bucket, and keeps its place there.
    /// Returns false if it has to be armed anew.
    ///
    /// # Safety
    ///
    /// The caller holds the lock; `node` is valid, and is on this wheel if it is pending.
    pub(super) unsafe fn retime(&self, node: *const Node, at: u64, now: u64) -> bool {
        // SAFETY: by the contract.
        unsafe {
            let place = (*node).place.load(Relaxed);
            let is_of = |expiry: Expiry| {
                place >> PLACE_BITS == expiry.level && (*node).tick.load(Relaxed) == expiry.tick as u32
            };
            let stays = match slot_at(place) {
                None => false,
                Some(_) if self.exact.get() => (*node).expires.load(Relaxed) == at,
                Some(_) => is_of(self.expiry(at, now)),
            };
            if stays {
                (*node).expires.store(at, Relaxed);
            }
            stays
        }
    }

    /// The tick and level for a timer that is armed for jiffy `at`.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    unsafe fn expiry(&self, at: u64, now: u64) -> Expiry {
        if self.exact.get() {
            // `clk` is at most a jiffy after the present, but may be far behind it. The present
            // jiffy itself counts as past if it was expired already.
            let clk = self.clk.get();
            let tick = if time_before(at, clk) && !time_after(at, now) { clk } else { at };
            return Expiry { tick, level: 0 };
        }
        // SAFETY: by the contract.
        unsafe { self.catch_up(now) };
        Expiry::of(at, self.clk.get())
    }

    /// Moves the wheel's time to the tick after `now` if nothing is due before it: the kernel's
    /// rule counts from there.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    unsafe fn catch_up(&self, now: u64) {
        // SAFETY: by the contract.
        if now >= self.clk.get() && unsafe { self.earliest() }.is_none_or(|at| at > now) {
            self.enter(now + 1);
        }
    }

    /// The tick at which a pending `node` runs.
    fn tick_of(&self, node: &Node) -> u64 {
        if self.exact.get() {
            return node.expires.load(Relaxed);
        }
        let clk = self.clk.get();
        clk.wrapping_add_signed((node.tick.load(Relaxed).wrapping_sub(clk as u32) as i32).into())
    }

    /// The slot for a timer of tick `at`, which the caller is about to link there.
    fn slot_for(&self, at: u64) -> (usize, &Slot) {
        let clk = self.clk.get();
        // `at` is not before `clk`, unless a user wrote to `expires` meanwhile.
        let at = at.max(clk);
        let level = (((clk ^ at) | (SLOTS as u64 - 1)).ilog2() / BITS) as usize;
        let digit = digit(at, level);
        let occupied = &self.occupied[level];
        occupied.set(occupied.get() | 1 << digit);
        let index = level * SLOTS + digit;
        let slot = &self.slots[index];
        slot.least.set(slot.least.get().min(at));
        (index, slot)
    }

    /// Takes `node` out. Returns false if it was not pending.
    ///
    /// # Safety
    ///
    /// The caller holds the lock; `node` is valid, and is on this wheel if it is pending.
    pub(super) unsafe fn remove(&self, node: *const Node) -> bool {
        // SAFETY: by the contract.
        let place = unsafe {
            ListHead::remove(node.cast_mut().cast());
            (*node).place.swap(NOWHERE, Relaxed)
        };
        if let Some(index) = slot_at(place) {
            self.note_removal(index);
        }
        place != NOWHERE
    }

    fn note_removal(&self, index: usize) {
        let slot = &self.slots[index];
        // SAFETY: the lock is held, by the callers' contracts.
        if unsafe { ListHead::is_empty(&slot.timers) } {
            let occupied = &self.occupied[index / SLOTS];
            occupied.set(occupied.get() & !(1 << (index % SLOTS)));
            slot.least.set(u64::MAX);
        }
    }

    /// The earliest occupied slot, as level and digit.
    fn first_slot(&self) -> Option<(usize, usize)> {
        let level = self.occupied.iter().position(|slots| slots.get() != 0)?;
        Some((level, self.occupied[level].get().trailing_zeros() as usize))
    }

    /// The first jiffy of a slot's range.
    fn range_begins(&self, level: usize, digit: usize) -> u64 {
        let shift = level as u32 * BITS;
        // The bits above the digit are `clk`'s; at the top level there are none.
        let above = self.clk.get().checked_shr(shift + BITS).unwrap_or(0);
        above.checked_shl(shift + BITS).unwrap_or(0) | (digit as u64) << shift
    }

    /// The jiffy before which nothing is due; `None` if no timer is pending. Exact, unless the
    /// first timer was deleted.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    pub(super) unsafe fn earliest(&self) -> Option<u64> {
        // SAFETY: by the contract.
        if unsafe { !ListHead::is_empty(&self.expiring) } {
            return Some(self.clk.get());
        }
        self.first_slot().map(|(level, digit)| match level {
            0 => self.range_begins(0, digit),
            _ => self.slots[level * SLOTS + digit].least.get(),
        })
    }

    /// Takes out one timer whose jiffy is `now` or before: the earliest jiffy first, within a
    /// bucket the timer that was armed last.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    pub(super) unsafe fn take_due(&self, now: u64) -> Option<*const Node> {
        loop {
            // SAFETY: the lock is held, so what is linked is valid.
            unsafe {
                if let Some(entry) = ListHead::first(&self.expiring) {
                    ListHead::remove(entry);
                    let node = entry.cast_const().cast::<Node>();
                    (*node).place.store(NOWHERE, Relaxed);
                    return Some(node);
                }
            }
            let (level, digit) = self.first_slot()?;
            let begins = self.range_begins(level, digit);
            if begins > now {
                return None;
            }
            if level == 0 {
                self.expire(digit);
                // Before any callback: a timer that a callback arms for a past time waits for the
                // next jiffy and can't starve the others.
                self.enter(begins + 1);
            } else {
                self.enter(begins);
            }
        }
    }

    /// Moves the timers of a slot of level 0 to the list `expiring`, those of the kernel's farthest
    /// level first.
    fn expire(&self, digit: usize) {
        let from = list(&self.slots[digit].timers);
        let mut levels = 0_u32;
        // SAFETY: the lock is held by the callers' contracts, so what is linked is valid, and a
        // node's first field.
        unsafe {
            let mut next = ListHead::first(from);
            while let Some(entry) = next {
                levels |= 1 << ((*entry.cast::<Node>()).place.load(Relaxed) >> PLACE_BITS);
                next = ListHead::after(from, entry);
            }
        }
        while levels != 0 {
            let level = levels.ilog2();
            levels &= !(1 << level);
            self.move_if(digit, |node| {
                (node.place.load(Relaxed) >> PLACE_BITS == level).then_some((EXPIRING, &self.expiring))
            });
        }
    }

    /// Makes `clk` the wheel's time. Nothing may be due before it, and it may be in a slot's range
    /// only at the range's first jiffy.
    fn enter(&self, clk: u64) {
        let before = self.clk.replace(clk);
        if (before ^ clk) < SLOTS as u64 {
            return;
        }
        for level in (1..LEVELS).rev() {
            let digit = digit(clk, level);
            if self.occupied[level].get() & 1 << digit != 0 {
                self.move_if(level * SLOTS + digit, |node| {
                    let (index, slot) = self.slot_for(self.tick_of(node));
                    let kernels_level = node.place.load(Relaxed) >> PLACE_BITS;
                    Some(((index as u32 + 1) | (kernels_level << PLACE_BITS), &slot.timers))
                });
            }
        }
    }

    /// Moves the timers of a slot, in their order, to the ends of the lists that `to` chooses.
    fn move_if<'a>(&'a self, index: usize, to: impl Fn(&Node) -> Option<(u32, &'a ListHead)>) {
        let from = list(&self.slots[index].timers);
        // SAFETY: the lock is held by the callers' contracts, so what is linked is valid; `to`
        // never chooses this slot's list.
        unsafe {
            let mut next = ListHead::first(from);
            while let Some(entry) = next {
                next = ListHead::after(from, entry);
                let node = entry.cast::<Node>();
                if let Some((place, timers)) = to(&*node) {
                    ListHead::remove(entry);
                    ListHead::push_back(list(timers), entry);
                    (*node).place.store(place, Relaxed);
                }
            }
        }
        self.note_removal(index);
    }

    /// Takes all timers out.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    pub(super) unsafe fn clear(&self) {
        let lists = self.slots.iter().map(|slot| &slot.timers).chain([&self.expiring]);
        // SAFETY: the lock is held, so what is linked is valid.
        unsafe {
            for timers in lists {
                while let Some(entry) = ListHead::first(timers) {
                    self.remove(entry.cast_const().cast());
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "wheel_tests.rs"]
mod tests;
