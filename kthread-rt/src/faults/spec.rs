//! Reads and writes a plan as a spec. [The module's](super) text has the grammar.

use super::plan::{Fault, FaultPlan, When};
use crate::errno::Errno;
use crate::sync;
use std::fmt;
use std::io::Write;
use std::str::FromStr;

/// The environment variable.
const VARIABLE: &str = "KTHREAD_RT_FAULTS";

/// The errors that a create can fail with, by name.
const ERRNOS: [Errno; 6] =
    [Errno::ENOMEM, Errno::EAGAIN, Errno::EINTR, Errno::EPERM, Errno::EBUSY, Errno::EINVAL];

/// Why a spec is not valid. Each has the wrong part of the spec.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultSpecError {
    /// No such fault.
    UnknownFault(String),
    /// A create without what happens to it, or with an unknown word.
    BadCreate(String),
    /// A delay or a seed is missing or is no number.
    BadNumber(String),
    /// A value where there can be none.
    NoValue(String),
    /// The number that says when is none, or is out of range.
    BadWhen(String),
}

impl fmt::Display for FaultSpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFault(part) => write!(
                f,
                "unknown fault {part:?}; there are create=…, alloc, fail, wake=…, timer=…, signal and seed=…"
            ),
            Self::BadCreate(part) => write!(
                f,
                "{part:?}: a create can be lost, be killed, or fail with ENOMEM, EAGAIN, EINTR, EPERM, EBUSY or EINVAL"
            ),
            Self::BadNumber(part) => write!(f, "{part:?}: a number is to be behind the `=`"),
            Self::NoValue(part) => write!(f, "{part:?} takes no value"),
            Self::BadWhen(part) => write!(
                f,
                "{part:?}: when is `@N` (the Nth), `/N` (every Nth), N from 1 on, or `%P` (P in a hundred, 0 to 100)"
            ),
        }
    }
}

impl std::error::Error for FaultSpecError {}

impl FromStr for FaultPlan {
    type Err = FaultSpecError;

    fn from_str(spec: &str) -> Result<Self, FaultSpecError> {
        let mut plan = Self::new();
        for item in spec.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            if let Some(seed) = item.strip_prefix("seed=") {
                plan.seed = seed.parse().map_err(|_| FaultSpecError::BadNumber(item.into()))?;
                continue;
            }
            let (what, when) = match item.find(['@', '/', '%']) {
                Some(at) => (&item[..at], parse_when(&item[at..], item)?),
                None => (item, When::Always),
            };
            plan.rules.push((parse_fault(what)?, when));
        }
        Ok(plan)
    }
}

fn parse_when(text: &str, item: &str) -> Result<When, FaultSpecError> {
    let bad = || FaultSpecError::BadWhen(item.into());
    let (sign, number) = text.split_at(1);
    if sign == "%" {
        let percent: f64 = number.parse().map_err(|_| bad())?;
        return (0.0..=100.0).contains(&percent).then_some(When::Percent(percent)).ok_or_else(bad);
    }
    let nth: u64 = number.parse().ok().filter(|&nth| nth > 0).ok_or_else(bad)?;
    Ok(if sign == "@" { When::Nth(nth) } else { When::EveryNth(nth) })
}

fn parse_fault(what: &str) -> Result<Fault, FaultSpecError> {
    let (name, value) = what.split_once('=').map_or((what, None), |(name, value)| (name, Some(value)));
    let jiffies = || {
        value.and_then(|value| value.parse().ok()).ok_or_else(|| FaultSpecError::BadNumber(what.to_owned()))
    };
    let plain = |fault| match value {
        None => Ok(fault),
        Some(_) => Err(FaultSpecError::NoValue(name.into())),
    };
    match name {
        "create" => match value {
            Some("lost") => Ok(Fault::CompletionLost),
            Some("killed") => Ok(Fault::CreatorKilled),
            Some(error) => {
                let errno = ERRNOS.into_iter().find(|errno| format!("{errno:?}") == error);
                errno.map(Fault::CreateFails).ok_or_else(|| FaultSpecError::BadCreate(what.into()))
            }
            None => Err(FaultSpecError::BadCreate(what.into())),
        },
        "alloc" => plain(Fault::AllocationFails),
        "fail" => plain(Fault::Fails),
        "wake" => Ok(Fault::LateWakeUp(jiffies()?)),
        "timer" => Ok(Fault::LateTimer(jiffies()?)),
        "signal" => plain(Fault::SignalInSleep),
        _ => Err(FaultSpecError::UnknownFault(what.into())),
    }
}

/// As in a spec.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateFails(errno) => write!(f, "create={errno:?}"),
            Self::CreatorKilled => f.write_str("create=killed"),
            Self::CompletionLost => f.write_str("create=lost"),
            Self::AllocationFails => f.write_str("alloc"),
            Self::Fails => f.write_str("fail"),
            Self::LateWakeUp(jiffies) => write!(f, "wake={jiffies}"),
            Self::LateTimer(jiffies) => write!(f, "timer={jiffies}"),
            Self::SignalInSleep => f.write_str("signal"),
        }
    }
}

/// As in a spec.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nth(nth) => write!(f, "@{nth}"),
            Self::EveryNth(nth) => write!(f, "/{nth}"),
            Self::Percent(percent) => write!(f, "%{percent}"),
            Self::Always => Ok(()),
        }
    }
}

/// The spec.
impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut items: Vec<String> =
            self.rules.iter().map(|(fault, when)| format!("{fault}{when}")).collect();
        if self.seed != 0 {
            items.push(format!("seed={}", self.seed));
        }
        f.write_str(&items.join(","))
    }
}

/// The plan of the environment variable `KTHREAD_RT_FAULTS`, if it is set. A spec that is not valid
/// is reported and ignored.
pub(crate) fn plan_of_environment() -> Option<FaultPlan> {
    match sync::environment(VARIABLE)?.parse() {
        Ok(plan) => Some(plan),
        Err(e) => {
            // As in `diag`.
            _ = writeln!(std::io::stderr(), "kthread-rt: {VARIABLE}: {e}; there are no faults");
            None
        }
    }
}

/// True if the environment variable is set and not empty.
pub(super) fn environment_has_plan() -> bool {
    sync::environment(VARIABLE).is_some()
}

/// False if no Kernel of this process has a plan. Quick, for calls that have no Kernel at hand.
#[inline]
pub(super) fn may_have_faults() -> bool {
    sync::may_have_faults(environment_has_plan)
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_written_as_it_was_read() {
        for spec in [
            "create=ENOMEM@1",
            "create=EAGAIN/3",
            "create=killed@2",
            "create=lost@1",
            "alloc@5",
            "alloc%0.5,seed=7",
            "fail@12",
            "wake=10/5,timer=3@1",
            "signal",
            "",
        ] {
            assert_eq!(spec.parse::<FaultPlan>().unwrap().to_string(), spec);
        }
        assert_eq!(" alloc@1 , , seed=3".parse::<FaultPlan>().unwrap().to_string(), "alloc@1,seed=3");
    }

    #[test]
    fn what_is_wrong_in_a_spec_is_told_with_its_part() {
        let error = |spec: &str| spec.parse::<FaultPlan>().unwrap_err();
        assert_eq!(error("alloc@1,oom@1"), FaultSpecError::UnknownFault("oom".into()));
        assert_eq!(error("create@1"), FaultSpecError::BadCreate("create".into()));
        assert_eq!(error("create=EWHAT"), FaultSpecError::BadCreate("create=EWHAT".into()));
        assert_eq!(error("wake@1"), FaultSpecError::BadNumber("wake".into()));
        assert_eq!(error("timer=soon"), FaultSpecError::BadNumber("timer=soon".into()));
        assert_eq!(error("seed=x"), FaultSpecError::BadNumber("seed=x".into()));
        assert_eq!(error("alloc=3"), FaultSpecError::NoValue("alloc".into()));
        for when in
            ["alloc@0", "alloc@", "alloc@x", "alloc/0", "alloc%101", "alloc%-1", "alloc%x", "alloc%NaN"]
        {
            assert_eq!(error(when), FaultSpecError::BadWhen(when.into()));
        }
        let told = error("create=EWHAT").to_string();
        assert!(told.contains("\"create=EWHAT\"") && told.contains("ENOMEM"), "{told}");
    }
}
