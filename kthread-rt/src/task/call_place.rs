//! Where a call was made, in Rust or in C, for reports that come later: of a lock that is still
//! held, of a timer that is still armed.
//!
//! `#[track_caller]` ends at the functions that C calls. Who loaded the C code can find the return
//! address into it on the stack, and read its line from what the compiler left; the Kernel is
//! given both functions. To walk the stack takes a microsecond, so only a Kernel with
//! [`debug`](crate::KernelBuilder::debug), or with [faults](crate::faults) on demand, does it.

use super::KernelState;
use std::panic::Location;

/// How places in C are found, of whoever loaded the C code.
#[derive(Debug, Clone, Copy)]
pub struct PlacesInC {
    /// True if calls that are made at this place come from C.
    pub is_c: fn(&Location<'_>) -> bool,
    /// The return address of the calling thread's innermost C function; 0 if it has none.
    pub here: fn() -> usize,
    /// The place that such an address stands for, in words: `file:line in function()`.
    pub name: fn(usize) -> Option<String>,
    /// The name of the function that begins at an address.
    pub function: fn(usize) -> Option<String>,
    /// The name of the variable that is at an address.
    pub variable: fn(usize) -> Option<String>,
}

/// Where a call was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallPlace {
    pub(super) location: &'static Location<'static>,
    /// In C; 0 if that is not known.
    pub(super) address: usize,
}

impl CallPlace {
    /// A call of Rust code's, or one of which no more is wanted.
    pub(crate) fn plain(location: &'static Location<'static>) -> Self {
        Self { location, address: 0 }
    }

    /// The same for calls at one place, and for no others.
    pub(crate) fn identity(&self) -> (usize, usize) {
        (std::ptr::from_ref(self.location).addr(), self.address)
    }

    /// The place in Rust.
    pub(crate) fn location(self) -> &'static Location<'static> {
        self.location
    }

    /// The return address into C code, or 0.
    pub(crate) fn address_in_c(self) -> usize {
        self.address
    }
}

impl KernelState {
    /// True if a call at this place comes from C.
    pub(crate) fn is_c(&self, location: &'static Location<'static>) -> bool {
        self.places_in_c.as_ref().is_some_and(|places| (places.is_c)(location))
    }

    /// The place of a call that came by `location`.
    #[inline]
    pub(crate) fn place_of_call(&self, location: &'static Location<'static>) -> CallPlace {
        let address = match &self.places_in_c {
            Some(places) if (self.debug || self.faults.is_some()) && (places.is_c)(location) => {
                (places.here)()
            }
            _ => 0,
        };
        CallPlace { location, address }
    }

    /// The return address of the calling thread's innermost C function; 0 if it has none, or this
    /// is not to cost time.
    pub(crate) fn here_in_c(&self) -> usize {
        self.places_in_c.filter(|_| self.debug).map_or(0, |places| (places.here)())
    }

    /// The place in words that such an address stands for.
    pub(crate) fn name_in_c(&self, address: usize) -> Option<String> {
        self.places_in_c.filter(|_| address != 0).and_then(|places| (places.name)(address))
    }

    /// Whether calls at `location` come from C, and it tells a user nothing.
    pub(crate) fn is_place_of_c_side(&self, location: &Location<'_>) -> bool {
        self.places_in_c.is_some_and(|places| (places.is_c)(location))
    }

    /// Whether somebody has loaded C code.
    pub(crate) fn has_c(&self) -> bool {
        self.places_in_c.is_some()
    }

    /// The return address of the calling thread's innermost C function, if its call came by
    /// `location`; 0 if it did not.
    pub(crate) fn address_in_c(&self, location: &'static Location<'static>) -> usize {
        match &self.places_in_c {
            Some(places) if (places.is_c)(location) => (places.here)(),
            _ => 0,
        }
    }

    /// The name of C code's variable or function at `address`.
    pub(crate) fn name_of_object(&self, address: usize) -> Option<String> {
        self.places_in_c.filter(|_| address != 0).and_then(|places| (places.variable)(address))
    }

    /// The place in words, for a message.
    pub(crate) fn name_place(&self, place: CallPlace) -> String {
        let in_c = self.places_in_c.filter(|_| place.address != 0);
        in_c.and_then(|places| (places.name)(place.address)).unwrap_or_else(|| place.location.to_string())
    }

    /// The name of the C function that begins at `address`.
    pub(crate) fn name_function(&self, address: usize) -> Option<String> {
        self.places_in_c.and_then(|places| (places.function)(address))
    }

    /// The name of the variable of C code that is at `address`.
    pub(crate) fn name_variable(&self, address: usize) -> Option<String> {
        self.places_in_c.and_then(|places| (places.variable)(address))
    }
}
