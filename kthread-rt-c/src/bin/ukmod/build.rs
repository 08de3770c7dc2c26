//! Building a module: gcc over its unmodified source, against the headers of this package.

use crate::cli::{self, BuildOptions, Ended};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why there is no module.
#[derive(Debug)]
pub(crate) enum BuildError {
    /// The compiler could not be started.
    NoCompiler(io::Error),
    /// It found something; it has said what.
    Refused(PathBuf),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCompiler(e) => write!(f, "cc can't be started: {e}; modules need gcc"),
            Self::Refused(source) => write!(f, "{} was not built", source.display()),
        }
    }
}

/// Where the headers are: where they were installed beside this program, or in this package's source.
pub(crate) fn include_dir() -> PathBuf {
    let installed = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.join("include/kthread-rt")))
        .filter(|dir| dir.join("linux/kthread.h").exists());
    installed.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
}

/// The module's name, as Kbuild makes it of a file's.
pub(crate) fn module_name(source: &Path) -> String {
    source.file_stem().map_or("module".into(), |stem| stem.to_string_lossy().replace('-', "_"))
}

/// `ukmod build`.
pub(crate) fn command(build: &cli::Build) -> Result<Ended, crate::session::Failure> {
    let name = module_name(&build.sources[0]);
    let output = build.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.so")));
    module(&build.sources, &name, &output, &build.build).map_err(crate::session::Failure::Build)?;
    Ok(Ended::Well)
}

/// Builds `sources` into one shared object, which imports what the runtime has and exports what `EXPORT_SYMBOL` names.
pub(crate) fn module(
    sources: &[PathBuf],
    name: &str,
    output: &Path,
    options: &BuildOptions,
) -> Result<(), BuildError> {
    let mut cc = Command::new("gcc");
    cc.args([
        "-std=gnu11",
        "-O2",
        "-g",
        "-fPIC",
        "-fexceptions",
        "-fno-strict-aliasing",
        "-fvisibility=hidden",
        "-ffreestanding",
    ])
    .args(["-Wall", "-Wno-unused-function", "-Wno-pointer-sign", "-Wno-main"])
    .args(["-nostdinc", "-isystem"])
    .arg(compiler_headers()?)
    .args(["-D__KERNEL__", "-DMODULE"])
    .arg(format!("-DKBUILD_MODNAME=\"{name}\""))
    .arg("-I")
    .arg(include_dir())
    .args(["-shared", "-Wl,-Bsymbolic", "-Wl,-z,now"]);
    if let Some((a, b, c)) = options.kernel_version {
        cc.arg(format!("-DKT_LINUX_VERSION_CODE=(({a}<<16)+({b}<<8)+{c})"));
    }
    cc.args(&options.cflag).arg("-o").arg(output).args(sources);
    let status = cc.status().map_err(BuildError::NoCompiler)?;
    if status.success() { Ok(()) } else { Err(BuildError::Refused(sources[0].clone())) }
}

/// The compiler's own headers (stddef.h and its like), the only ones that a module has beside ours.
fn compiler_headers() -> Result<PathBuf, BuildError> {
    let output =
        Command::new("gcc").arg("-print-file-name=include").output().map_err(BuildError::NoCompiler)?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
