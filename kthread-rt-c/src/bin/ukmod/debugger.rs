//! `--gdb`, `--valgrind`, `--asan`: runs the modules under a tool.
//!
//! This process builds the modules, then executes the tool, which runs `ukmod load` on the result.

use crate::Failure;
use crate::cli::{Ended, RunOptions, Tool};
use crate::scratch::Scratch;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The compiler and linker options that the tool needs.
pub(crate) fn flags(tool: Option<Tool>) -> &'static [&'static str] {
    match tool {
        Some(Tool::Asan) => &["-fsanitize=address", "-fno-omit-frame-pointer"],
        Some(Tool::Gdb | Tool::Valgrind) => &["-fno-omit-frame-pointer"],
        None => &[],
    }
}

/// Executes the tool in place of this process. `words` are the arguments of `ukmod load`. Returns
/// only if that fails.
pub(crate) fn become_tool(tool: Tool, words: &[OsString], options: &RunOptions, scratch: Scratch) -> Failure {
    let ukmod = match std::env::current_exe() {
        Ok(ukmod) => ukmod,
        Err(e) => return Failure::new(Ended::Usage, format!("can't find ukmod's own executable: {e}")),
    };
    let status = Ended::FoundByTool as i32;
    let mut command = match tool {
        Tool::Gdb => {
            let mut gdb = Command::new("gdb");
            // Modules are not loaded yet when the user sets breakpoints; ukmod handles these
            // signals itself.
            gdb.args([
                "-q",
                "-ex",
                "set breakpoint pending on",
                "-ex",
                "handle SIGQUIT SIGTERM nostop noprint pass",
            ]);
            gdb.arg("--args").arg(ukmod);
            gdb
        }
        Tool::Valgrind => {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["-q", "--leak-check=full", "--errors-for-leak-kinds=definite"]);
            // With `--keep-debuginfo`, traces of allocations keep their names after the module is
            // unmapped.
            valgrind.args(["--show-leak-kinds=definite", "--keep-debuginfo=yes", "--num-callers=30"]);
            // Fair scheduling: no thread starves another.
            valgrind.args(["--fair-sched=try"]).arg(format!("--error-exitcode={status}")).arg(ukmod);
            valgrind
        }
        Tool::Asan => {
            let library = match asan_library() {
                Ok(library) => library,
                Err(e) => return Failure::new(Ended::NotBuilt, e),
            };
            let mut ukmod = Command::new(ukmod);
            // The runtime's threads have their own alternate signal stacks, which the sanitizer
            // would unmap when a thread ends. ukmod itself reports leaks; memory of its own that
            // lives as long as the process is not a leak.
            let asan = format!("use_sigaltstack=0:detect_leaks=0:exitcode={status}");
            let given = std::env::var("ASAN_OPTIONS").unwrap_or_default();
            ukmod.env("LD_PRELOAD", library).env("ASAN_OPTIONS", format!("{asan}:{given}"));
            ukmod
        }
    };
    let options = &patient(tool, options);
    command.arg("load").args(words).args(as_words(options)).arg("--scratch").arg(scratch.path());
    let error = command.exec();
    Failure::new(
        Ended::Usage,
        format!("{} can't be started: {error}", Path::new(command.get_program()).display()),
    )
}

/// The options with longer timeouts: for a user at a breakpoint, or for a run that is many times
/// slower.
fn patient(tool: Tool, options: &RunOptions) -> RunOptions {
    let mut options = options.clone();
    match tool {
        Tool::Gdb => {
            options.init_timeout.get_or_insert(LONGEST);
            options.exit_timeout = options.exit_timeout.max(Some(LONGEST));
        }
        Tool::Valgrind | Tool::Asan => _ = options.init_timeout.get_or_insert(SLOW_INIT),
    }
    options
}

/// For a user who stops at a breakpoint: effectively no limit.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
const SLOW_INIT: Duration = Duration::from_secs(1800);

/// The options as words of a command line.
pub(crate) fn as_words(options: &RunOptions) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(time) = options.exit_timeout {
        words.extend(["--exit-timeout".to_owned(), format!("{}ms", time.as_millis())]);
    }
    if let Some(time) = options.init_timeout {
        words.extend(["--init-timeout".to_owned(), format!("{}ms", time.as_millis())]);
    }
    if let Some(time) = options.time {
        words.extend(["--for".to_owned(), format!("{}ms", time.as_millis())]);
    }
    if let Some(plan) = &options.faults {
        words.extend(["--faults".to_owned(), plan.to_string()]);
    }
    words.extend(options.raw.then(|| "--raw".to_owned()));
    words.extend(options.strict.then(|| "--strict".to_owned()));
    words.extend(options.exact_timeouts.then(|| "--exact-timeouts".to_owned()));
    words.extend(options.hung_task.map(|limit| format!("--hung-task={}ms", limit.as_millis())));
    words.extend(options.no_debug.then(|| "--no-debug".to_owned()));
    words
}

/// The library of gcc's address sanitizer, which has to be loaded first.
fn asan_library() -> Result<PathBuf, String> {
    let output =
        Command::new("gcc").arg("-print-file-name=libasan.so").output().map_err(|e| e.to_string())?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    // If gcc does not find the file, it prints the bare name.
    let there = path.is_absolute() && path.exists();
    if there {
        Ok(path)
    } else {
        Err("gcc's address sanitizer is not installed: there is no libasan.so".to_owned())
    }
}
