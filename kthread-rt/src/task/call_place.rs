//! The place of a call, in Rust or in C, for later reports: of a lock that is still held, of a
//! timer that is still armed.
//!
//! `#[track_caller]` ends at the functions that C calls. The program that loads C code can find the
//! return address into it on the stack, and look up its line in the debug information; it passes
//! both functions to the Kernel. Walking the stack takes a microsecond, so only a Kernel with
//! [`debug`](crate::KernelBuilder::debug) or with injected [faults](crate::faults) does it.

use super::KernelState;
use std::panic::Location;

/// The functions that find places in C, from the program that loads C code.
#[derive(Debug, Clone, Copy)]
pub struct PlacesInC {
    /// True if calls that are made at this place come from C.
    pub is_c: fn(&Location<'_>) -> bool,
    /// The return address of the calling thread's innermost C function; 0 if it has none.
    pub here: fn() -> usize,
    /// The place of a return address as text: `file:line in function()`.
    pub name: fn(usize) -> Option<String>,
    /// The name of the function that begins at an address.
    pub function: fn(usize) -> Option<String>,
    /// The name of the variable at an address.
    pub variable: fn(usize) -> Option<String>,
}

/// The place of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallPlace {
    pub(super) location: &'static Location<'static>,
    /// The return address into C; 0 if unknown.
    pub(super) address: usize,
}

impl CallPlace {
    /// The place of a call from Rust, or of one whose place in C isn't needed.
    pub(crate) fn plain(location: &'static Location<'static>) -> Self {
        Self { location, address: 0 }
    }

    /// Equal for calls at one place, and different for all others.
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

    /// The place of the current call, which entered this crate at `location`.
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

    /// The return address of the calling thread's innermost C function; 0 if it has none, or
    /// without `debug`.
    pub(crate) fn here_in_c(&self) -> usize {
        self.places_in_c.filter(|_| self.debug).map_or(0, |places| (places.here)())
    }

    /// The place of a return address as text.
    pub(crate) fn name_in_c(&self, address: usize) -> Option<String> {
        self.places_in_c.filter(|_| address != 0).and_then(|places| (places.name)(address))
    }

    /// True if calls at `location` come from C, so that `location` itself means nothing to a user.
    pub(crate) fn is_place_of_c_side(&self, location: &Location<'_>) -> bool {
        self.places_in_c.is_some_and(|places| (places.is_c)(location))
    }

    /// True if C code can be loaded.
    pub(crate) fn has_c(&self) -> bool {
        self.places_in_c.is_some()
    }

    /// The return address of the calling thread's innermost C function if the call entered at
    /// `location` from C; else 0.
    pub(crate) fn address_in_c(&self, location: &'static Location<'static>) -> usize {
        match &self.places_in_c {
            Some(places) if (places.is_c)(location) => (places.here)(),
            _ => 0,
        }
    }

    /// The name of the C variable or function at `address`.
    pub(crate) fn name_of_object(&self, address: usize) -> Option<String> {
        self.places_in_c.filter(|_| address != 0).and_then(|places| (places.variable)(address))
    }

    /// The place as text, for a message.
    pub(crate) fn name_place(&self, place: CallPlace) -> String {
        let in_c = self.places_in_c.filter(|_| place.address != 0);
        in_c.and_then(|places| (places.name)(place.address)).unwrap_or_else(|| place.location.to_string())
    }

    /// The name of the C function that begins at `address`.
    pub(crate) fn name_function(&self, address: usize) -> Option<String> {
        self.places_in_c.and_then(|places| (places.function)(address))
    }

    /// The name of the C variable at `address`.
    pub(crate) fn name_variable(&self, address: usize) -> Option<String> {
        self.places_in_c.and_then(|places| (places.variable)(address))
    }
}
