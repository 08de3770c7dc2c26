//! Running a process that may fail loudly or not end at all.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How a process ended.
#[derive(Debug)]
pub enum Ended {
    /// With exit code 0.
    Well,
    /// With another, or by a signal.
    Badly,
    /// It did not, and was killed when its time was over.
    TimedOut,
}

/// Runs `command` for `limit` at most; how it ended, and all that it wrote.
pub fn run(mut command: Command, limit: Duration) -> io::Result<(Ended, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the writing ends; the reader waits for the last one to go.
    drop(command);
    let output = thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = reader.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    let ended = loop {
        match child.try_wait()? {
            Some(status) if status.success() => break Ended::Well,
            Some(_) => break Ended::Badly,
            None if Instant::now() >= deadline => {
                child.kill()?;
                child.wait()?;
                break Ended::TimedOut;
            }
            None => {
                thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
        }
    };
    Ok((ended, output.join().unwrap_or_default()))
}
