//! Builds with deliberate defects: the linker's `--wrap` replaces a function of the runtime in the
//! module that asks. The comparison has to notice each of them.

use crate::places;
use std::path::PathBuf;

/// A defect.
#[derive(Debug)]
pub struct Defect {
    /// The name for `compare --defect`; `defects/NAME.c` has the function.
    pub name: &'static str,
    /// A description of the defect.
    pub what: &'static str,
    /// The function that is replaced.
    pub function: &'static str,
    /// The subject that asks about it.
    pub subject: &'static str,
}

/// All defects.
pub const ALL: [Defect; 5] = [
    Defect {
        name: "complete_all_counts",
        what: "complete_all() is three times complete()",
        function: "complete_all",
        subject: "completion",
    },
    Defect {
        name: "crash",
        what: "try_wait_for_completion() follows a null pointer",
        function: "try_wait_for_completion",
        subject: "completion",
    },
    Defect {
        name: "stop_forgets",
        what: "kthread_stop() returns 0 whatever the thread returned",
        function: "kthread_stop",
        subject: "create_stop",
    },
    Defect {
        name: "rounds_down",
        what: "msecs_to_jiffies() rounds down",
        function: "kt_msecs_to_jiffies",
        subject: "time",
    },
    Defect {
        name: "zero_is_late",
        what: "wait_for_completion_timeout() of what is done already returns 0 if the time is 0",
        function: "wait_for_completion_timeout",
        subject: "completion",
    },
];

impl Defect {
    /// Finds the defect of this name.
    pub fn named(name: &str) -> Result<&'static Self, String> {
        let names = || {
            ALL.iter().map(|one| format!("  {:<20} {}", one.name, one.what)).collect::<Vec<_>>().join("\n")
        };
        ALL.iter()
            .find(|one| one.name == name)
            .ok_or_else(|| format!("there is no defect {name}; there are\n{}", names()))
    }

    /// The file with the wrong function.
    pub fn source(&self) -> PathBuf {
        places::package().join("defects").join(format!("{}.c", self.name))
    }
}
