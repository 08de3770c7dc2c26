//! The states of a task, as `ps` shows them.
//!
//! A kthread goes through all of them, and the table says what brought it there: it is created (D),
//! runs (R), sleeps until it is woken or signalled (S), until it is woken (D), until it is woken or
//! killed (D), idly (I), parks (P), returns, is a zombie (Z) and is dead (X).
//!
//! A kthread is a zombie only for a moment, since no parent waits for it: it removes itself from
//! the pid table. So the Kernel's event handler, which the ending thread itself calls, shows that
//! row.
//!
//! ```text
//! cargo run --release --example task_states
//! ```
//!
//! You see a table: the letter, the state's name, whether the task can be found by its pid, and
//! what brought it there. The program fails if a row is wrong or missing.

use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind};
use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// The rows in the order in which they are printed.
#[derive(Clone, Default)]
struct Table(Arc<Mutex<String>>);

impl Table {
    fn row(&self, task: &TaskStruct, why: &str) {
        let letter = task_state_to_char(task);
        let state = match letter {
            'Z' => "EXIT_ZOMBIE".to_owned(),
            'X' => format!("EXIT_DEAD, {}", task.state()),
            _ => task.state().to_string(),
        };
        let found = if find_task_by_pid(task.pid()).is_some() { "yes" } else { "no" };
        println!("{letter}  {state:<20}  {found:<5}  {why}");
        self.0.lock().unwrap().push(letter);
    }
}

/// The thread's commands.
type Commands = Receiver<fn()>;

/// Runs its commands, until it is asked to stop.
fn subject(commands: Commands) -> i32 {
    // While it blocks in the channel, the task is running, as far as its Kernel knows: only
    // `schedule()` puts a task to sleep.
    for command in commands {
        command();
    }
    0
}

fn sleep_in(state: TaskState) {
    set_current_state(state);
    schedule();
}

fn park_when_asked() {
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_park() {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
    kthread_parkme();
}

/// Runs a command that puts the thread to sleep, shows its state, and wakes it.
fn show_sleep(table: &Table, task: &Task, sender: &Sender<fn()>, why: &str, command: fn()) {
    sender.send(command).expect("the thread takes commands");
    // Waits for a sleep in any state.
    _ = wait_task_inactive(task, TASK_RUNNING);
    table.row(task, why);
    assert!(wake_up_process(task), "the sleep ends by a wake-up");
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let table = Table::default();
    let watcher = table.clone();
    let kernel = Kernel::builder()
        .on_event(move |event: &Event| {
            if event.kind == EventKind::Zombie && event.task.comm == "subject" {
                watcher
                    .row(&current(), "threadfn has returned; do_exit(): no parent waits, so it reaps itself");
            }
        })
        .boot()?;
    let _init = kernel.enter();
    println!("S  state                 found  what brought it there");

    let (sender, commands) = channel();
    let task = kthread_create!(subject, commands, "subject")?;
    _ = wait_task_inactive(&task, TASK_UNINTERRUPTIBLE);
    table.row(&task, "kthread_create(): it sleeps until its first wake-up");

    wake_up_process(&task);
    table.row(&task, "wake_up_process(): it runs, or is ready to");

    show_sleep(&table, &task, &sender, "set_current_state(TASK_INTERRUPTIBLE); schedule()", || {
        sleep_in(TASK_INTERRUPTIBLE);
    });
    show_sleep(&table, &task, &sender, "schedule_timeout_interruptible(): the same, with a timeout", || {
        schedule_timeout_interruptible(60 * HZ as i64);
    });
    show_sleep(&table, &task, &sender, "TASK_UNINTERRUPTIBLE: no signal ends it", || {
        sleep_in(TASK_UNINTERRUPTIBLE);
    });
    show_sleep(&table, &task, &sender, "TASK_KILLABLE: a fatal signal ends it", || sleep_in(TASK_KILLABLE));
    show_sleep(&table, &task, &sender, "TASK_IDLE: like D, but not counted as load", || sleep_in(TASK_IDLE));

    // The thread has to call kthread_parkme() itself; kthread_park() wakes it for that, and waits.
    sender.send(park_when_asked)?;
    kthread_park(&task)?;
    table.row(&task, "kthread_park(): only kthread_unpark() ends it");
    kthread_unpark(&task);

    // The channel closes, so the thread returns.
    drop(sender);
    _ = wait_task_inactive(&task, TASK_RUNNING);
    table.row(&task, "out of the pid table; only this program's reference is left");
    assert_eq!(kthread_stop(&task), 0);

    let letters = table.0.lock().unwrap().clone();
    let report = kernel.shutdown();
    if letters != "DRSSDDIPZX" || report.forked != report.joined {
        eprintln!("task_states: the states were {letters}; {report:?}");
        return Ok(ExitCode::FAILURE);
    }
    println!("all states were seen: {letters}");
    Ok(ExitCode::SUCCESS)
}
