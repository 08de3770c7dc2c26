//! Where a thread panicked last: the panic hook knows, and the payload does not.
//!
//! The hook is the process's, so it is installed on demand. It calls the one that was there before.

use std::cell::RefCell;
use std::panic::{set_hook, take_hook};
use std::sync::Once;
use std::thread::panicking;

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on the place of each panic is noted.
pub(crate) fn note_places_of_panics() {
    static HOOK: Once = Once::new();
    if panicking() {
        // No hook can be set now.
        return;
    }
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            // A thread-local that is gone already: nobody asks any more.
            _ = PLACE.try_with(|place| {
                if let Ok(mut place) = place.try_borrow_mut() {
                    *place = info.location().map(ToString::to_string);
                }
            });
            before(info);
        }));
    });
}

/// Where the calling thread panicked last, if that was noted: `file:line:column`.
pub(crate) fn take_place_of_panic() -> Option<String> {
    PLACE.try_with(|place| place.try_borrow_mut().ok()?.take()).ok().flatten()
}
