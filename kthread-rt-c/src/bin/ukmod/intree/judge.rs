//! Runs a test in a process of its own, so that a hang or a crash can be reported, too, and judges
//! its output.

use super::spinners::end_with_parent;
use super::table::InTree;
use super::{ctrl_c, say};
use crate::cli::{Ended, RunOptions};
use crate::debugger::as_words;
use crate::output::tell;
use crate::scratch::Scratch;
use crate::watch::EXIT;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How a test's process ended, and the verdict that the test printed.
#[derive(Debug)]
pub(crate) struct Outcome {
    ended: Ended,
    /// True for success; and the line that says so.
    said: Option<(bool, String)>,
}

/// A process that is killed on drop.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if the process has ended already, which is the normal case.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// The verdict for a test that succeeded.
pub(crate) const SUCCESS: &str = "SUCCESS";

/// How long a process that hangs may take to print what its tasks wait for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// When to print the modules' output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aloud {
    AtOnce,
    /// At the end, unless the test succeeded.
    IfNotWell,
    Never,
}

/// Runs the modules that `words` name. `aloud` says when to print their output.
pub(crate) fn run(
    test: &InTree,
    words: &[OsString],
    options: &RunOptions,
    scratch: &Scratch,
    aloud: Aloud,
) -> io::Result<Outcome> {
    let time = options.time.unwrap_or(test.stays);
    // Some tests run in their init, which `--for` must not end.
    let init_timeout = options.init_timeout.or(Some(time + test.limit));
    let no_debug = options.no_debug || test.unchecked;
    let options = RunOptions { time: Some(time), strict: true, no_debug, init_timeout, ..options.clone() };
    let mut ukmod = Command::new(std::env::current_exe()?);
    ukmod.arg("load").args(words).args(as_words(&options)).arg("--scratch").arg(scratch.path());
    end_with_parent(&mut ukmod, libc::SIGTERM);
    let mut child = Running(ukmod.stdout(Stdio::piped()).spawn()?);
    let _stays = ctrl_c::Stays::new();

    let stdout = child.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (line, lines) = mpsc::channel();
    let reader = thread::spawn(move || -> io::Result<()> {
        for text in BufReader::new(stdout).split(b'\n') {
            // An error means that the receiver has given up.
            let _ = line.send(String::from_utf8_lossy(&text?).into_owned());
        }
        Ok(())
    });
    let mut deadline = Instant::now() + time + options.exit_timeout.unwrap_or(EXIT) + test.limit;
    let mut said = None;
    let mut marks = test.verdict.success.to_vec();
    let mut printed = Vec::new();
    let mut in_time = true;
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                if aloud == Aloud::AtOnce {
                    say(&line);
                }
                match test.verdict.of(&line, &mut marks) {
                    Some(success) if !matches!(said, Some((false, _))) => {
                        said = Some((success, line.clone()));
                        if success && test.until_said {
                            // SAFETY: the child has not been waited for, so its pid is still its
                            // own. The signal makes it unload its modules.
                            unsafe { libc::kill(child.0.id().cast_signed(), libc::SIGTERM) };
                        }
                    }
                    _ => {}
                }
                printed.push(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // SAFETY: the child has not been waited for, so its pid is still its own.
            Err(RecvTimeoutError::Timeout) if in_time => unsafe {
                in_time = false;
                libc::kill(child.0.id().cast_signed(), libc::SIGQUIT);
                deadline = Instant::now() + LAST_WORDS;
            },
            Err(RecvTimeoutError::Timeout) => {
                child.0.kill()?;
                break;
            }
        }
    }
    let status = child.0.wait()?;
    // The process has ended, so the reader has come to the end of the pipe.
    drop(reader);
    let ended = match status.code() {
        _ if !in_time => Ended::Hung,
        Some(code) => Ended::ALL.into_iter().find(|ended| *ended as i32 == code).unwrap_or(Ended::Crashed),
        None => Ended::Crashed,
    };
    let said = said.or_else(|| test.verdict.of_all(&printed));
    if let (Some((false, why)), Some(_)) = (&said, test.verdict.whole) {
        tell!("ukmod: {why}");
    }
    // The expected status is a success.
    let ended = if ended == test.ends { Ended::Well } else { ended.max(Ended::NotLoaded) };
    let outcome = Outcome { ended, said };
    if aloud == Aloud::IfNotWell && outcome.status() != Ended::Well {
        printed.iter().for_each(say);
    }
    Ok(outcome)
}

impl Outcome {
    pub(crate) fn status(&self) -> Ended {
        match (&self.said, self.ended) {
            (Some((false, _)), _) => Ended::Failed,
            (None, Ended::Well) => Ended::NoVerdict,
            (_, ended) => ended,
        }
    }
}

/// The last line of a run's output.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.said, self.ended) {
            (Some((true, _)), Ended::Well) => f.write_str(SUCCESS),
            (Some((true, _)), ended) => {
                write!(f, "the test reported SUCCESS, but its process ended with status {}", ended as i32)
            }
            (Some((false, _)), _) => write!(f, "FAILURE"),
            (None, ended) => write!(f, "no verdict: its process ended with status {}", ended as i32),
        }
    }
}
