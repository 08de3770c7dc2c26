//! The outcome of an execution.

use std::borrow::Cow;
use std::fmt;

/// The outcome of an execution, in a word or two; a closure that returns `()` has none.
///
/// ```
/// use kthread_rt::model::Outcome;
///
/// assert_eq!(Outcome::from("woken").to_string(), "woken");
/// assert_eq!(Outcome::from(format!("result {}", 7)).to_string(), "result 7");
/// assert_eq!(Outcome::from(()).to_string(), "");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome(Option<Cow<'static, str>>);

impl Outcome {
    pub(super) fn text(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self(None)
    }
}

impl From<&'static str> for Outcome {
    fn from(text: &'static str) -> Self {
        Self(Some(Cow::Borrowed(text)))
    }
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        Self(Some(Cow::Owned(text)))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or_default())
    }
}
