//! `linux/cpumask.h`: sets of cpus.

use std::fmt;

/// A set of cpu numbers, as `cpumask_t`.
///
/// ```
/// use kthread_rt::CpuMask;
///
/// let mask: CpuMask = [0, 2, 3].into_iter().collect();
/// assert!(mask.contains(2) && !mask.contains(1));
/// assert_eq!(mask.to_string(), "0,2-3");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CpuMask {
    bits: [u64; Self::WORDS],
}

impl CpuMask {
    pub(crate) const WORDS: usize = 16;
    /// How many cpus a mask can name: 1024, as glibc's `cpu_set_t`.
    pub const CAPACITY: u32 = 64 * Self::WORDS as u32;

    /// Returns the empty set.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut mask = CpuMask::empty();
    /// assert!(mask.is_empty());
    /// mask.insert(3);
    /// assert!(mask.contains(3));
    /// ```
    pub const fn empty() -> Self {
        Self { bits: [0; Self::WORDS] }
    }

    /// Returns the set of one cpu: `cpumask_of(cpu)`. Empty if `cpu` is not below
    /// [`CAPACITY`](Self::CAPACITY).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let (one, four) = (CpuMask::of(2), CpuMask::first(4));
    /// assert!(one.is_subset(&four));
    /// assert_eq!(one.and(&four), one);
    /// ```
    pub fn of(cpu: u32) -> Self {
        [cpu].into_iter().collect()
    }

    /// Returns the set of the cpus `0..count`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let (one, four) = (CpuMask::of(2), CpuMask::first(4));
    /// assert!(one.is_subset(&four));
    /// assert_eq!(one.and(&four), one);
    /// ```
    pub fn first(count: u32) -> Self {
        (0..count).collect()
    }

    /// Adds `cpu`: `cpumask_set_cpu`. Ignores a number that is not below
    /// [`CAPACITY`](Self::CAPACITY).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut mask = CpuMask::empty();
    /// assert!(mask.is_empty());
    /// mask.insert(3);
    /// assert!(mask.contains(3));
    /// ```
    pub fn insert(&mut self, cpu: u32) {
        if cpu < Self::CAPACITY {
            self.bits[cpu as usize / 64] |= 1 << (cpu % 64);
        }
    }

    /// True if `cpu` is in the set: `cpumask_test_cpu`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut mask = CpuMask::empty();
    /// assert!(mask.is_empty());
    /// mask.insert(3);
    /// assert!(mask.contains(3));
    /// ```
    pub fn contains(&self, cpu: u32) -> bool {
        cpu < Self::CAPACITY && self.bits[cpu as usize / 64] & (1 << (cpu % 64)) != 0
    }

    /// Returns how many cpus the set has: `cpumask_weight`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mask = CpuMask::parse_list("0-2,5").unwrap();
    /// assert_eq!(mask.iter().collect::<Vec<_>>(), [0, 1, 2, 5]);
    /// assert_eq!(mask.count(), 4);
    /// ```
    pub fn count(&self) -> u32 {
        self.bits.iter().map(|w| w.count_ones()).sum()
    }

    /// True if the set is empty: `cpumask_empty`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut mask = CpuMask::empty();
    /// assert!(mask.is_empty());
    /// mask.insert(3);
    /// assert!(mask.contains(3));
    /// ```
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The set's bits.
    pub(crate) fn words(&self) -> [u64; Self::WORDS] {
        self.bits
    }

    /// Returns the cpus that are in both sets: `cpumask_and`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let (one, four) = (CpuMask::of(2), CpuMask::first(4));
    /// assert!(one.is_subset(&four));
    /// assert_eq!(one.and(&four), one);
    /// ```
    pub fn and(&self, other: &Self) -> Self {
        let mut both = *self;
        for (word, other) in both.bits.iter_mut().zip(other.bits) {
            *word &= other;
        }
        both
    }

    /// True if every cpu of `self` is in `other`: `cpumask_subset`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let (one, four) = (CpuMask::of(2), CpuMask::first(4));
    /// assert!(one.is_subset(&four));
    /// assert_eq!(one.and(&four), one);
    /// ```
    pub fn is_subset(&self, other: &Self) -> bool {
        self.and(other) == *self
    }

    /// Iterates over the cpus in ascending order: `for_each_cpu`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mask = CpuMask::parse_list("0-2,5").unwrap();
    /// assert_eq!(mask.iter().collect::<Vec<_>>(), [0, 1, 2, 5]);
    /// assert_eq!(mask.count(), 4);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..Self::CAPACITY).filter(|&cpu| self.contains(cpu))
    }

    /// Parses the kernel's list format, `0-3,8`: `cpulist_parse`. `None` for other text; an empty
    /// text is an empty set.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mask = CpuMask::parse_list("0-2,5").unwrap();
    /// assert_eq!(mask.iter().collect::<Vec<_>>(), [0, 1, 2, 5]);
    /// assert_eq!(mask.count(), 4);
    /// ```
    pub fn parse_list(text: &str) -> Option<Self> {
        let mut mask = Self::empty();
        for part in text.split(',').filter(|p| !p.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            for cpu in first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?.min(Self::CAPACITY) {
                mask.insert(cpu);
            }
        }
        Some(mask)
    }
}

impl Default for CpuMask {
    fn default() -> Self {
        Self::empty()
    }
}

impl FromIterator<u32> for CpuMask {
    fn from_iter<I: IntoIterator<Item = u32>>(cpus: I) -> Self {
        let mut mask = Self::empty();
        cpus.into_iter().for_each(|cpu| mask.insert(cpu));
        mask
    }
}

/// Prints the kernel's list format (`%*pbl`): `0-3,8`.
impl fmt::Display for CpuMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cpus = self.iter().peekable();
        let mut comma = "";
        while let Some(first) = cpus.next() {
            let mut last = first;
            while let Some(next) = cpus.next_if_eq(&(last + 1)) {
                last = next;
            }
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                _ => write!(f, "{comma}{first}-{last}")?,
            }
            comma = ",";
        }
        Ok(())
    }
}

impl fmt::Debug for CpuMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CpuMask({self})")
    }
}
