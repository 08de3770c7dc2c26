//! `ukmod`: insmod for userspace. Builds kernel modules from their unmodified source, loads them
//! into this process, and runs them on kthread-rt.
//!
//! Building: `words` parses the command's words; `build`, `compile` (with `flags`, `refusal`) and
//! `kbuild` compile shared objects; `place` stores them; `symbols` finds the symbols that they
//! lack. Running: `session` is a run; `elf` checks a file, `load` maps a module and calls its
//! functions, `watch` and `signals` end a run that does not end by itself, `crash` (with `scene`)
//! and `oops` report failures, `table` prints the tasks; all print through `output`. `debugger`
//! runs a session under a tool; `fail_nth` runs one session per injected fault, each of which
//! records its result with `trial`. `intree` runs the kernel's own tests. `supported` compares what
//! modules use (`demand`) with what the headers declare (`headers`).

mod build;
mod cli;
mod compile;
mod crash;
mod debugger;
mod demand;
mod elf;
mod fail_nth;
mod flags;
mod headers;
mod intree;
mod kbuild;
mod leave;
mod left;
mod load;
mod names;
mod objects;
mod oops;
mod output;
mod params;
mod place;
mod ps;
mod refusal;
mod repeated;
mod scene;
mod scratch;
mod session;
mod signals;
mod supported;
mod symbols;
mod table;
mod trace;
mod trial;
mod watch;
mod words;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command, Ended};
use output::tell;
use std::fmt;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

// Modules link to the library's symbols; this keeps the library in the program.
use kthread_rt_c as _;

/// Why a run ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    status: Ended,
    message: String,
}

impl Failure {
    pub(crate) fn new(status: Ended, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

fn main() -> ExitCode {
    let ended = match Cli::try_parse() {
        Ok(cli) => run(cli.command),
        Err(e) => Ok(say_usage(&e)),
    };
    let ended = ended.unwrap_or_else(|failure| {
        tell!("ukmod: {failure}");
        failure.status
    });
    output::status(ended).into()
}

fn run(command: Command) -> Result<Ended, Failure> {
    match command {
        Command::Run(run) if run.fail_nth == Some(cli::Nth::All) => fail_nth::command(&run),
        Command::Run(run) => session::build_and_run(&run),
        Command::Build(build) => build::command(&build),
        Command::Load(load) => session::load_and_run(&load),
        Command::Intree(intree) => intree::command(&intree),
        Command::Ps(options) => ps::command(&options),
        Command::Supported(options) => supported::command(&options),
        Command::Man => man(),
    }
}

/// Prints clap's text: `--help` and the like to standard output, an error of the command line to
/// standard error.
fn say_usage(e: &clap::Error) -> Ended {
    let coloured = |terminal: bool| match terminal {
        true => e.render().ansi().to_string(),
        false => e.render().to_string(),
    };
    if e.use_stderr() {
        output::to_stderr(format_args!("{}", coloured(io::stderr().is_terminal())));
        return Ended::Usage;
    }
    output::to_stdout(&coloured(io::stdout().is_terminal()));
    Ended::Well
}

/// `ukmod man`: prints the manual page, with a section for each command at its end.
fn man() -> Result<Ended, Failure> {
    let mut cli = Cli::command();
    cli.build();
    let render = || -> io::Result<String> {
        let mut page = Vec::new();
        clap_mangen::Man::new(cli.clone()).render(&mut page)?;
        let mut page = String::from_utf8_lossy(&page).into_owned();
        for command in cli.get_subcommands().filter(|command| !command.is_hide_set()) {
            let mut section = Vec::new();
            let man = clap_mangen::Man::new(command.clone());
            man.render_synopsis_section(&mut section)?;
            man.render_description_section(&mut section)?;
            man.render_options_section(&mut section)?;
            let section = String::from_utf8_lossy(&section);
            // Each of the three sections begins with a page's header, which is dropped.
            let lines = section.lines().filter(|line| !line.starts_with(".ie ") && !line.starts_with(".el "));
            let name = command.get_name();
            page = page.replace(&format!("ukmod\\-{name}(1)"), &format!("ukmod {name}"));
            for line in lines {
                page.push_str(&match line {
                    ".SH SYNOPSIS" => format!(".SH \"UKMOD {}\"\n", name.to_uppercase()),
                    ".SH DESCRIPTION" | ".SH OPTIONS" => ".PP\n".to_owned(),
                    line => format!("{line}\n"),
                });
            }
        }
        Ok(page)
    };
    output::to_stdout(&render().map_err(|e| Failure::new(Ended::Usage, e.to_string()))?);
    Ok(Ended::Well)
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(ended as u8)
    }
}
