//! A test's process, and what it says. It is another process than this one, so that a hang or a
//! crash can be told, too.

use super::spinners::end_with_parent;
use super::table::InTree;
use super::{ctrl_c, say};
use crate::cli::{Ended, RunOptions};
use crate::debugger::again;
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

/// How a test's process ended, and what the test said of itself.
#[derive(Debug)]
pub(crate) struct Outcome {
    ended: Ended,
    /// True for success; and the words.
    said: Option<(bool, String)>,
}

/// A process that does not outlive this.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless something went wrong here.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// What is said of a test that went well.
pub(crate) const SUCCESS: &str = "SUCCESS";

/// How long a process that hangs may take to say who waits for whom.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// When what the modules print is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aloud {
    AtOnce,
    /// At the end, if it was no success.
    IfNotWell,
    Never,
}

/// Runs the modules that `words` name, and prints what they print as `aloud` says.
pub(crate) fn run(
    test: &InTree,
    words: &[OsString],
    options: &RunOptions,
    scratch: &Scratch,
    aloud: Aloud,
) -> io::Result<Outcome> {
    let time = options.time.unwrap_or(test.stays);
    // Some run in their init, which `--for` is not about.
    let init_timeout = options.init_timeout.or(Some(time + test.limit));
    let no_debug = options.no_debug || test.unchecked;
    let options = RunOptions { time: Some(time), strict: true, no_debug, init_timeout, ..options.clone() };
    let mut ukmod = Command::new(std::env::current_exe()?);
    ukmod.arg("load").args(words).args(again(&options)).arg("--scratch").arg(scratch.path());
    end_with_parent(&mut ukmod, libc::SIGTERM);
    let mut child = Running(ukmod.stdout(Stdio::piped()).spawn()?);
    let _stays = ctrl_c::Stays::new();

    let stdout = child.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (line, lines) = mpsc::channel();
    let reader = thread::spawn(move || -> io::Result<()> {
        for text in BufReader::new(stdout).split(b'\n') {
            // Who listens is there until the end, or has given up.
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
                            // SAFETY: a signal to a child that nobody has waited for yet: it
                            // unloads its modules.
                            unsafe { libc::kill(child.0.id().cast_signed(), libc::SIGTERM) };
                        }
                    }
                    _ => {}
                }
                printed.push(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // SAFETY: a signal to a child that nobody has waited for yet.
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
    // With the process, its end of the pipe is gone.
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
    // What is expected is no failure.
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

/// The last line of a run.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.said, self.ended) {
            (Some((true, _)), Ended::Well) => f.write_str(SUCCESS),
            (Some((true, _)), ended) => {
                write!(f, "SUCCESS, it says, but its process ended with status {}", ended as i32)
            }
            (Some((false, _)), _) => write!(f, "FAILURE"),
            (None, ended) => write!(f, "no verdict: its process ended with status {}", ended as i32),
        }
    }
}
