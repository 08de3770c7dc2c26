//! The compiler's options: those of a kernel's build whose effects a module's author sees.
//!
//! A diagnostic is an error if the top Makefile of the chosen kernel version makes it one. Any
//! other stays a warning, even where today's compiler would make it an error. Where it isn't sure
//! which version first had an option, the later one is taken, so that an old module still builds.
//!
//! Two options are the same for all versions. The dialect is gnu11, which replaced gnu89 in 5.18:
//! the headers need it, and it accepts all gnu89 code; but it also accepts a declaration in a
//! `for`, which gnu89 rejects. And `inline` has gnu89's meaning, as a kernel's compiler.h defines
//! it.

/// A version: major, minor, patch.
pub(crate) type Version = (u32, u32, u32);

/// The kernel version that the headers present by default.
pub(crate) const DEFAULT: Version = (6, 1, 0);

/// For all versions. `-fno-optimize-sibling-calls` keeps every caller in a call trace.
/// `-fno-ipa-icf` keeps equal functions apart, so that each call has its own line.
const ALWAYS: [&str; 31] = [
    "-std=gnu11",
    "-fgnu89-inline",
    "-O2",
    "-g",
    "-fPIC",
    "-fexceptions",
    "-fno-strict-aliasing",
    "-fno-strict-overflow",
    "-fno-delete-null-pointer-checks",
    "-fno-common",
    "-fshort-wchar",
    "-fno-optimize-sibling-calls",
    "-fno-ipa-icf",
    "-fvisibility=hidden",
    "-ffreestanding",
    "-Wall",
    "-Wno-unused-function",
    "-Wno-unused-but-set-variable",
    "-Wno-maybe-uninitialized",
    "-Wno-pointer-sign",
    "-Wno-main",
    "-Wno-trigraphs",
    "-Wno-format-security",
    "-Wno-format-truncation",
    "-Wno-format-overflow",
    "-Wno-frame-address",
    "-Wno-address-of-packed-member",
    "-Wno-dangling-pointer",
    "-Wno-stringop-truncation",
    "-Wno-stringop-overflow",
    "-Wno-restrict",
];

/// The diagnostics that became errors, with the first version of each.
const ERRORS: [(&str, Version); 7] = [
    // Older than 3.0, as -Werror-implicit-function-declaration.
    ("implicit-function-declaration", (0, 0, 0)),
    ("implicit-int", (3, 13, 0)),
    ("strict-prototypes", (3, 13, 0)),
    ("date-time", (3, 14, 0)),
    ("incompatible-pointer-types", (4, 4, 0)),
    ("designated-init", (4, 13, 0)),
    ("return-type", (5, 10, 0)),
];

/// A diagnostic that is an error in no version.
const WARNING: &str = "int-conversion";

/// The first gcc that makes errors of former warnings.
const STRICT_GCC: u32 = 14;

/// From this version on, `char` has no sign.
const UNSIGNED_CHAR: Version = (6, 2, 0);

/// The options for a module that is built for `version` by this gcc.
pub(crate) fn of(version: Option<Version>, gcc: u32) -> Vec<String> {
    let version = version.unwrap_or(DEFAULT);
    let mut flags: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    // Only where it is necessary: a module's own -Werror would not override it.
    let stays_warning = |name: &str| (gcc >= STRICT_GCC).then(|| format!("-Wno-error={name}"));
    for (name, since) in ERRORS {
        if version >= since {
            flags.push(format!("-Werror={name}"));
        } else {
            flags.push(format!("-W{name}"));
            flags.extend(stays_warning(name));
        }
    }
    flags.extend(stays_warning(WARNING));
    if version >= UNSIGNED_CHAR {
        flags.push("-funsigned-char".to_owned());
    }
    flags
}
