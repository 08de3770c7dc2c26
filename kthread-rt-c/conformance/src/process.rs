//! Runs other programs, with their output and a time limit.

use crate::Result;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status; none if it was killed.
    pub status: Option<i32>,
    /// True if it did not end in time.
    pub late: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs a program to its end and returns its standard output. `Err` if it can't be started or
/// fails.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().map_err(|e| format!("{name} can't be started: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{name} {}` failed ({}):\n{}", words.join(" "), output.status, said.trim_end()))
}

/// Runs a program for at most this time. Calls `line` for each line of its standard output; calls
/// `late` when the time is over, before the program is killed.
pub fn run_for(
    command: &mut Command,
    limit: Duration,
    mut line: impl FnMut(&str),
    late: impl FnOnce(&mut Child),
) -> Result<Ended> {
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|e| format!("{name} can't be started: {e}"))?;
    let (Some(out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(format!("{name} has no output"));
    };
    let (lines, received) = mpsc::channel();
    thread::scope(|scope| {
        let errors = scope.spawn(move || {
            let mut text = Vec::new();
            // Output that can't be read is ignored.
            let _ = err.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        scope.spawn(move || {
            for bytes in BufReader::new(out).split(b'\n').map_while(std::result::Result::ok) {
                if lines.send(String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_owned()).is_err() {
                    break;
                }
            }
        });
        let end = Instant::now() + limit;
        let mut late = Some(late);
        let mut text = String::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            // Killing it ends its pipe.
            let left = if late.is_some() { left } else { limit };
            match received.recv_timeout(left) {
                Ok(one) => {
                    line(&one);
                    text += &one;
                    text.push('\n');
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Some(late) = late.take() {
                        late(&mut child);
                    }
                    // An error means that it has ended already.
                    let _ = child.kill();
                }
            }
        }
        let status = child.wait().map_err(|e| format!("{name}: {e}"))?;
        let err = errors.join().unwrap_or_default();
        Ok(Ended { status: status.code(), late: late.is_none(), out: text, err })
    })
}
