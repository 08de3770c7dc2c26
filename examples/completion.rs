//! Completions: one task waits until another has done something.
//!
//! A completion counts. `complete` adds one and wakes the waiter that waited longest; each wait
//! takes one; and `complete_all` opens it for all tasks until `reinit_completion`. The scenes:
//!
//! * request and answer: a kthread serves, with two static completions;
//! * a completion on the waiter's stack, which the waiter may drop as soon as the wait has
//!   returned; and one in an `Arc`, which a kthread needs because its data has to live as long as
//!   the thread may;
//! * `complete` wakes one of four waiters, `complete_all` all of them, and `reinit_completion`
//!   closes the completion again;
//! * a wait with a timeout returns 0 if it timed out, else the remaining jiffies, at least 1.
//!
//! ```text
//! cargo run --release --example completion
//! ```
//!
//! You see each scene's lines. Each is checked: the program fails at the first wrong one.

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

// The request and the answer. The values are in QUESTION and ANSWER; each is written before the
// completion that announces it, so the waiter sees it.
DECLARE_COMPLETION!(static REQUEST_MADE);
DECLARE_COMPLETION!(static ANSWER_GIVEN);
static QUESTION: AtomicI32 = AtomicI32::new(0);
static ANSWER: AtomicI32 = AtomicI32::new(0);

/// Squares numbers until it is stopped. Returns how many.
fn squarer(_: ()) -> i32 {
    let mut served = 0;
    // kthread_stop() ends an interruptible wait, with ERESTARTSYS.
    while wait_for_completion_interruptible(&REQUEST_MADE).is_ok() {
        let question = QUESTION.load(Ordering::Relaxed);
        ANSWER.store(question * question, Ordering::Relaxed);
        served += 1;
        complete(&ANSWER_GIVEN);
    }
    served
}

fn request_and_answer() -> Result<(), Errno> {
    let task = kthread_run!(squarer, (), "squarer")?;
    // A thread that is stopped before it has begun never runs its function; after its first answer
    // it has begun.
    for question in [3, 4, 5] {
        QUESTION.store(question, Ordering::Relaxed);
        complete(&REQUEST_MADE);
        wait_for_completion(&ANSWER_GIVEN);
        let answer = ANSWER.load(Ordering::Relaxed);
        println!("  {question} squared is {answer}");
        assert_eq!(answer, question * question);
    }
    let served = kthread_stop(&task);
    println!("  {} has served {served} requests", task.comm());
    assert_eq!(served, 3);
    Ok(())
}

fn stack_and_arc() -> Result<(), Errno> {
    // Any thread of the process may complete and wait. A scoped thread may borrow from this stack.
    DECLARE_COMPLETION_ONSTACK!(done);
    thread::scope(|scope| {
        scope.spawn(|| complete(&done));
        wait_for_completion(&done);
    });
    println!("  on the stack: done, taken by the wait, completion_done() is {}", completion_done(&done));
    assert!(!completion_done(&done));

    let done = Arc::new(Completion::new());
    let task = kthread_run!(
        |done: Arc<Completion>| {
            complete(&done);
            0
        },
        done.clone(),
        "completer"
    )?;
    wait_for_completion(&done);
    println!("  counted: {} has completed it", task.comm());
    assert_eq!(kthread_stop(&task), 0);
    Ok(())
}

/// What the four waiters share.
#[derive(Default)]
struct Gate {
    open: Completion,
    /// The waiters that have passed, in order.
    through: Mutex<Vec<i32>>,
    /// Completed by each waiter when it has passed.
    came_through: Completion,
}

fn waiter((number, gate): (i32, Arc<Gate>)) -> i32 {
    wait_for_completion(&gate.open);
    gate.through.lock().unwrap().push(number);
    complete(&gate.came_through);
    number
}

fn one_against_all() -> Result<(), Errno> {
    let gate = Arc::new(Gate::default());
    let mut tasks = Vec::new();
    for number in 1..=4 {
        let task = kthread_run!(waiter, (number, gate.clone()), "waiter/%d", number)?;
        // One after another: it sleeps on `open`, behind those before it.
        _ = wait_task_inactive(&task, TASK_RUNNING);
        tasks.push(task);
    }
    let through = || gate.through.lock().unwrap().clone();

    complete(&gate.open);
    wait_for_completion(&gate.came_through);
    println!("  complete():     {:?} came through, the others wait", through());
    assert_eq!(through(), [1]);

    complete(&gate.open);
    wait_for_completion(&gate.came_through);
    println!("  complete():     {:?}", through());
    assert_eq!(through(), [1, 2]);

    complete_all(&gate.open);
    wait_for_completion(&gate.came_through);
    wait_for_completion(&gate.came_through);
    println!("  complete_all(): all {}, and it stays open: {}", through().len(), completion_done(&gate.open));
    assert!(through().len() == 4 && try_wait_for_completion(&gate.open) && completion_done(&gate.open));

    reinit_completion(&gate.open);
    println!("  reinit_completion(): open: {}", completion_done(&gate.open));
    assert!(!completion_done(&gate.open) && !try_wait_for_completion(&gate.open));

    for (number, task) in (1..).zip(tasks) {
        assert_eq!(kthread_stop_put(task), number);
    }
    Ok(())
}

fn timeouts() {
    DECLARE_COMPLETION_ONSTACK!(done);
    let timeout = msecs_to_jiffies(40);

    let begin = jiffies();
    let left = wait_for_completion_timeout(&done, timeout);
    println!("  not done: {left} of {timeout} jiffies left, the time has passed");
    assert!(left == 0 && time_after_eq(jiffies(), begin + timeout));

    complete(&done);
    let left = wait_for_completion_timeout(&done, timeout);
    println!("  done:     {left} of {timeout} jiffies left");
    assert_eq!(left, timeout);

    complete(&done);
    let left = wait_for_completion_timeout(&done, 0);
    println!("  done:     {left} with a timeout of 0, since 0 would mean that the time has passed");
    assert_eq!(left, 1);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kernel = Kernel::builder().install_default()?;
    println!("request and answer");
    request_and_answer()?;
    println!("on the stack, and counted");
    stack_and_arc()?;
    println!("complete() against complete_all()");
    one_against_all()?;
    println!("with a timeout, of {} ms a jiffy", jiffies_to_msecs(1));
    timeouts();

    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (6, 6));
    println!("all as it should be");
    Ok(())
}
