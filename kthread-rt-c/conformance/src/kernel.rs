//! The kernels that are asked.

use std::fmt;
use std::str::FromStr;

/// One of Debian's stock kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kernel {
    /// Debian bookworm's.
    V6_1,
    /// Debian bookworm-backports'.
    V6_12,
}

impl Kernel {
    /// All kernels, the older first.
    pub const ALL: [Self; 2] = [Self::V6_1, Self::V6_12];

    /// The version, as in the command line, the folders and `ukmod --kernel-version`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V6_1 => "6.1",
            Self::V6_12 => "6.12",
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version())
    }
}

impl FromStr for Kernel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let of = |kernel: &Self| kernel.version() == text;
        Self::ALL
            .into_iter()
            .find(of)
            .ok_or_else(|| format!("no answers are recorded of {text}: say 6.1 or 6.12"))
    }
}
