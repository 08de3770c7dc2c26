//! Reports of one mistake that is made again and again. As a kernel's might_sleep() does, this
//! prints one a second, and says how many it left out.

use crate::output::tell;
use kthread_rt::diag::Warning;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_secs(1);

/// Call, place and message of a report, whatever task made the call.
type Key = (String, String, String);

static PRINTED: Mutex<Option<HashMap<Key, Printed>>> = Mutex::new(None);

struct Printed {
    last: Instant,
    left_out: usize,
}

/// True if the report of `warning`, whose call stands at `place`, is to be printed now; with how
/// many such reports were left out since the last one.
pub(crate) fn is_due(warning: &Warning<'_>, place: &str) -> Option<usize> {
    let key = (warning.call.to_owned(), place.to_owned(), warning.message.to_owned());
    let now = Instant::now();
    let mut printed = PRINTED.lock().unwrap_or_else(|e| e.into_inner());
    let printed = printed.get_or_insert_default();
    match printed.get_mut(&key) {
        Some(before) if now.duration_since(before.last) < PAUSE => {
            before.left_out += 1;
            None
        }
        Some(before) => {
            before.last = now;
            Some(std::mem::take(&mut before.left_out))
        }
        None => {
            printed.insert(key, Printed { last: now, left_out: 0 });
            Some(0)
        }
    }
}

/// The line that says how many reports were left out.
pub(crate) fn left_out(count: usize) -> String {
    if count == 0 { String::new() } else { format!("\n  ({count} more since the last report)") }
}

/// At the end: how often each report was left out since it was printed last.
pub(crate) fn report_rest() {
    let printed = PRINTED.lock().unwrap_or_else(|e| e.into_inner()).take().unwrap_or_default();
    let mut rest: Vec<_> = printed.into_iter().filter(|(_, one)| one.left_out > 0).collect();
    rest.sort_by(|one, other| one.0.cmp(&other.0));
    for ((call, place, _), one) in rest {
        let times = if one.left_out == 1 { "time" } else { "times" };
        tell!("ukmod: the report of {call}() at {place} was due {} more {times}", one.left_out);
    }
}
